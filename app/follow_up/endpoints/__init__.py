"""Endpoints of what follows the plan."""

ROUTERS = ()
