"""``/v1/meetings`` and what belongs to them, ``/v1/relays``, ``/v1/status-reports``, ``/v1/draft-documents``"""

from app.meetings.endpoints.agenda import router as agenda
from app.meetings.endpoints.attendances import router as attendances
from app.meetings.endpoints.decisions import router as decisions
from app.meetings.endpoints.draft_documents import router as draft_documents
from app.meetings.endpoints.invitees import router as invitees
from app.meetings.endpoints.meetings import router as meetings
from app.meetings.endpoints.minutes import router as minutes
from app.meetings.endpoints.proposals import router as proposals
from app.meetings.endpoints.relays import router as relays
from app.meetings.endpoints.standing_items import router as standing_items
from app.meetings.endpoints.status_reports import router as status_reports

ROUTERS = (
    *(meetings, invitees, agenda, standing_items, proposals, attendances, minutes, decisions),
    *(relays, status_reports, draft_documents),
)
