"""``/v1/meetings``, ``/v1/networks/{network}/meetings``, ``/v1/agenda-items``, ``/v1/decisions``"""

from app.meetings.endpoints.agenda import router as agenda
from app.meetings.endpoints.attendances import router as attendances
from app.meetings.endpoints.decisions import router as decisions
from app.meetings.endpoints.meetings import router as meetings

ROUTERS = (meetings, agenda, attendances, decisions)
