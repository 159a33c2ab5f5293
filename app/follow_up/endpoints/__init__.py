"""Endpoints of what follows the plan."""

from app.follow_up.endpoints.compliance import router as compliance
from app.follow_up.endpoints.owed import router as owed
from app.follow_up.endpoints.proposals import router as proposals
from app.follow_up.endpoints.representation import router as representation
from app.follow_up.endpoints.turns import router as turns

ROUTERS = (compliance, representation, owed, proposals, turns)
