"""``/v1/meetings/{meeting}/agenda-items``, ``/v1/agenda-items``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Response
from sqlmodel import Session

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
from app.meetings.schemas.agenda import (
    AgendaItemPatch,
    AgendaItemShown,
    AgendaItemWrite,
    Answering,
    CarryingOver,
    Escalated,
    Escalating,
)
from app.meetings.service import agenda, carrying, meetings, states
from app.meetings.service.agenda import MeetingIsFull
from app.meetings.service.carrying import CarriedOverAlready, EscalatedAlready, NoMeetingPlanned, NotEscalated
from app.meetings.service.states import MeetingIsCancelled, MeetingIsHeld

router = room("", "meetings")
Planner = Annotated[Caller, Needs("meetings:write", at="meeting")]
PlannerOfItem = Annotated[Caller, Needs("meetings:write", at="agenda_item")]
MeetingId = Annotated[str, Path(max_length=36, description="Id of the meeting.")]
ItemId = Annotated[str, Path(max_length=36, description="Id of the item.")]
ITEM = "/agenda-items/{agenda_item}"
OF_A_CHANGE = (NoSuchThing, ChangedMeanwhile, VersionNotStated, MeetingIsCancelled)


def _to_add_to(meeting: MeetingId, session: WriteSession) -> Meeting:
    return rows.find(session, Meeting, meeting, lock=True)


def _to_take_along(agenda_item: ItemId, session: WriteSession) -> AgendaItem:
    return states.part(session, AgendaItem, agenda_item)


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
    return _shown(session, item, caller)


@router.get(ITEM, response_model=AgendaItemShown, responses=answers(NoSuchThing))
def read_agenda_item(
    caller: Annotated[Caller | None, Public(FAMILY)], session: SnapshotSession, agenda_item: ItemId
) -> Any:
    """A matter on the agenda of a meeting.

    Those that are public; with `meetings:read` on the network of the meeting, or a seat in it today, all.
    """
    return meetings.item_seen(session, agenda_item, caller)


@router.patch(ITEM, response_model=AgendaItemShown, responses=answers(*OF_A_CHANGE))
def change_agenda_item(
    caller: PlannerOfItem, session: WriteSession, kinds: KindsDep, agenda_item: Changed, patch: AgendaItemPatch
) -> Any:
    """Change the named fields of a matter on an agenda (merge patch, RFC 7396).

    With another `position` the others move, and are new versions.
    """
    return _shown(session, agenda.change(session, kinds, caller, agenda_item, patch), caller)


@router.delete(ITEM, status_code=204, responses=answers(*OF_A_CHANGE))
def remove_agenda_item(_: PlannerOfItem, session: WriteSession, agenda_item: Changed) -> None:
    """Take a matter off the agenda of its meeting.

    Those after it move up. What was decided under it stays.
    """
    agenda.remove(session, agenda_item)


@router.post(
    f"{ITEM}/carry-over",
    status_code=201,
    response_model=AgendaItemShown,
    responses=answers(*OF_A_CHANGE, CarriedOverAlready, NoMeetingPlanned, MeetingIsHeld, MeetingIsFull),
)
def carry_over_agenda_item(
    caller: PlannerOfItem, session: WriteSession, agenda_item: Changed, write: CarryingOver, response: Response
) -> Any:
    """Carry a matter over to a later meeting of its network, once.

    To the next one that is planned, or to the one that `to` names; also from a meeting that was cancelled. The
    answer is the new item, with `carried_from`; the old one has the outcome `carried_over` from then on. If the new
    one is taken away, the matter can be carried over again.
    """
    item = carrying.carry_over(session, agenda_item, write.to)
    response.headers["Location"] = f"/v1/agenda-items/{item.id}"
    return _shown(session, item, caller)


@router.post(
    f"{ITEM}/escalate",
    status_code=201,
    response_model=Escalated,
    responses=answers(NoSuchThing, MeetingIsCancelled, CarriedOverAlready, EscalatedAlready, MeetingIsFull),
)
def escalate_agenda_item(
    _: PlannerOfItem,
    session: WriteSession,
    agenda_item: Annotated[AgendaItem, Depends(_to_take_along)],
    write: Escalating,
    response: Response,
) -> Any:
    """Take a matter to a network that steers its own.

    There it is put on the agenda of the next planned meeting or, where none is planned, among the proposals of
    topics. What that network answers is shown here, in `answers` of the item, and of those to which it is carried over.
    One that was carried over goes up from the later agenda.
    """
    found = carrying.escalate(session, agenda_item, write.to)
    item, proposal = found["agenda_item"], found["topic_proposal"]
    response.headers["Location"] = f"/v1/agenda-items/{item}" if item else f"/v1/topic-proposals/{proposal}"
    return found


@router.post(f"{ITEM}/answer", response_model=AgendaItemShown, responses=answers(*OF_A_CHANGE, NotEscalated))
def answer_agenda_item(caller: PlannerOfItem, session: WriteSession, agenda_item: Changed, write: Answering) -> Any:
    """Answer the network that a matter was escalated from.

    Its members read the answer at their own item. Another answer replaces it.
    """
    return _shown(session, carrying.answer(session, agenda_item, write.text), caller)


def _shown(session: Session, item: AgendaItem, caller: Caller) -> dict[str, Any]:
    return agenda.shown(session, item, sees=meetings.sees_all(session, item.meeting_id, caller))
