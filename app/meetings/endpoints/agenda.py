"""``/v1/meetings/{meeting}/agenda-items``, ``/v1/agenda-items``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Response

from app.accounts.needs import KindsDep, Needs, Public
from app.accounts.rules import Caller
from app.core import rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.agenda import AgendaItem
from app.meetings.models.meetings import FAMILY, Meeting
from app.meetings.schemas.agenda import AgendaItemPatch, AgendaItemShown, AgendaItemWrite
from app.meetings.service import agenda, meetings, states
from app.meetings.service.agenda import MeetingIsFull
from app.meetings.service.states import MeetingIsCancelled

router = room("", "meetings")
Planner = Annotated[Caller, Needs("meetings:write", at="meeting")]
PlannerOfItem = Annotated[Caller, Needs("meetings:write", at="agenda_item")]
MeetingId = Annotated[str, Path(max_length=36, description="Id of the meeting.")]
ItemId = Annotated[str, Path(max_length=36, description="Id of the item.")]
ITEM = "/agenda-items/{agenda_item}"
OF_A_CHANGE = answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, MeetingIsCancelled)


def _to_add_to(meeting: MeetingId, session: WriteSession) -> Meeting:
    return rows.find(session, Meeting, meeting, lock=True)


def _to_change(agenda_item: ItemId, session: WriteSession, if_match: IfMatch) -> AgendaItem:
    found = states.part(session, AgendaItem, agenda_item)
    rows.must_match(found, if_match)
    return found


Changed = Annotated[AgendaItem, Depends(_to_change)]


@router.post(
    "/meetings/{meeting}/agenda-items",
    status_code=201,
    response_model=AgendaItemShown,
    responses=answers(NoSuchThing, MeetingIsCancelled, MeetingIsFull),
)
def add_agenda_item(
    caller: Planner,
    session: WriteSession,
    kinds: KindsDep,
    meeting: Annotated[Meeting, Depends(_to_add_to)],
    write: AgendaItemWrite,
    response: Response,
) -> Any:
    """Put a matter on the agenda of a meeting.

    At the end, or at `position`: those from there on move, so that positions run from 1 without gaps.
    """
    item = agenda.add(session, kinds, caller, meeting, write)
    response.headers["Location"] = f"/v1/agenda-items/{item.id}"
    return agenda.as_answer(item, sees=meetings.sees_all(session, meeting.id, caller))


@router.get(ITEM, response_model=AgendaItemShown, responses=answers(NoSuchThing))
def read_agenda_item(
    caller: Annotated[Caller | None, Public(FAMILY)], session: SnapshotSession, agenda_item: ItemId
) -> Any:
    """A matter on the agenda of a meeting.

    Without `meetings:read` on the network of the meeting one sees those that are public.
    """
    return meetings.item_seen(session, agenda_item, caller)


@router.patch(ITEM, response_model=AgendaItemShown, responses=OF_A_CHANGE)
def change_agenda_item(
    caller: PlannerOfItem, session: WriteSession, kinds: KindsDep, agenda_item: Changed, patch: AgendaItemPatch
) -> Any:
    """Change the named fields of a matter on an agenda (merge patch, RFC 7396).

    With another `position` the others move, and are new versions.
    """
    item = agenda.change(session, kinds, caller, agenda_item, patch)
    return agenda.as_answer(item, sees=meetings.sees_all(session, item.meeting_id, caller))


@router.delete(ITEM, status_code=204, responses=OF_A_CHANGE)
def remove_agenda_item(_: PlannerOfItem, session: WriteSession, agenda_item: Changed) -> None:
    """Take a matter off the agenda of its meeting.

    Those after it move up. What was decided under it stays.
    """
    agenda.remove(session, agenda_item)
