"""What can still be done with a meeting, as it stands and as the day is."""

from typing import TypeVar

from sqlalchemy import select

from app.core import clock, ids, rows
from app.core.database import Work
from app.core.errors import Conflict, NoSuchThing
from app.core.language import Words
from app.meetings import rules
from app.meetings.models.agenda import AgendaItem
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting, MeetingStatus

AnyPart = TypeVar("AnyPart", AgendaItem, Decision)
NOT_A_MEMBER = Words(
    "Verkostossa ei ole tätä paikkaa kokouspäivänä {day}. Paikat: /v1/networks/VERKOSTO/members.",
    "The network does not have this seat on the day of the meeting, {day}. Seats: /v1/networks/NETWORK/members.",
)


class MeetingIsCancelled(Conflict):
    """The meeting was cancelled, and that is final."""

    title = Words("Kokous on peruttu", "Meeting is cancelled")
    detail = Words(
        "Kokous on peruttu, eikä sitä voi enää muuttaa. Kutsu koolle uusi kokous.",
        "The meeting was cancelled and can't be changed any more. Plan another.",
    )
    cure = Words("Kutsu koolle uusi kokous: POST /v1/meetings.", "Plan another meeting: POST /v1/meetings.")


class MeetingIsHeld(Conflict):
    """The meeting was held already."""

    title = Words("Kokous on pidetty", "Meeting is held")
    detail = Words(
        "Kokous on jo merkitty pidetyksi. Sen tietoja voi korjata (PATCH), mutta sitä ei voi enää perua, eikä siihen "
        "kutsuta, vastata, siirretä asioita tai vaihdeta vuoroja.",
        "The meeting is marked as held already. It can be corrected (PATCH), but no more be cancelled, nor does "
        "anybody invite, answer, carry matters to it or swap its turns.",
    )
    cure = Words(
        "Lue kokous uudestaan. Virheen voi korjata PATCH-pyynnöllä.", "Read the meeting again. Mend slips with PATCH."
    )


class MeetingIsAhead(Conflict):
    """The day of the meeting is still to come."""

    title = Words("Kokous on vasta tulossa", "Meeting is ahead")
    detail = Words(
        "Kokous on {day}. Siitä päivästä alkaen kokouksen voi merkitä pidetyksi, läsnäolot ja päätökset kirjata ja "
        "pöytäkirjan hyväksyä.",
        "The meeting is on {day}. From that day on it can be held, attendance and decisions be recorded, "
        "and minutes be approved.",
    )
    cure = Words(
        "Odota kokouspäivään, tai siirrä kokous (PATCH local_start), jos päivä on väärä.",
        "Wait for the day, or move the meeting (PATCH local_start) if the day is wrong.",
    )


class MeetingHasBegun(Conflict):
    """Something was recorded of the meeting already: people did meet."""

    title = Words("Kokouksesta on jo kirjauksia", "Meeting has begun")
    detail = Words(
        "Kokouksesta on jo kirjattu läsnäoloja tai päätöksiä, tai sen pöytäkirja on aloitettu. Sitä ei voi perua. "
        "Mitään ei muutettu.",
        "Attendance or decisions of the meeting were recorded, or its minutes begun. It can't be cancelled. "
        "Nothing was changed.",
    )
    cure = Words(
        "Merkitse kokous pidetyksi: POST /v1/meetings/KOKOUS/hold. Jos kirjaukset ovat väärässä kokouksessa, "
        "poista ne ensin.",
        "Say that it was held: POST /v1/meetings/MEETING/hold. If what was recorded belongs to another meeting, "
        "take it away first.",
    )


def part(session: Work, table: type[AnyPart], reference: str) -> AnyPart:
    """An item or a decision, with its meeting locked until the transaction ends. Raises NoSuchThing."""
    columns, id = table.__table__.c, ids.as_uuid(reference)  # type: ignore[attr-defined]
    meeting_id = session.scalar(select(columns.meeting_id).where(columns.id == id)) if id else None
    if meeting_id is None:
        raise NoSuchThing(kind=table.__tablename__)
    rows.find(session, Meeting, meeting_id, lock=True)
    return rows.find(session, table, reference)


def must_go_on(meeting: Meeting) -> None:
    """Refuse to change what was cancelled. Raises MeetingIsCancelled."""
    if meeting.status == MeetingStatus.cancelled:
        raise MeetingIsCancelled()


def must_be_planned(meeting: Meeting) -> None:
    """Refuse to hold or cancel a meeting again. Raises MeetingIsCancelled, MeetingIsHeld."""
    must_go_on(meeting)
    if meeting.status == MeetingStatus.held:
        raise MeetingIsHeld()


def must_have_come(meeting: Meeting) -> None:
    """Refuse to record what has not been. Raises MeetingIsAhead."""
    if not rules.has_come(meeting.local_start, meeting.time_zone, clock.now()):
        raise MeetingIsAhead(day=meeting.local_start.date())
