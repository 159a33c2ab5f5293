"""Minutes: drafted, approved once, and corrected after that with a reason."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.core import clock, ids, rows
from app.core.clock import HELSINKI
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid, NoSuchThing
from app.core.language import Words
from app.meetings.models.meetings import Meeting
from app.meetings.models.minutes import Minutes, MinutesRevision
from app.meetings.queries import minutes as queries
from app.meetings.queries.minutes import MINUTES
from app.meetings.schemas.minutes import MinutesChange, MinutesPatch, MinutesWrite
from app.meetings.service.meetings import where_it_sees
from app.meetings.service.states import must_go_on, must_have_come

REASON_NEEDED = Words(
    "Hyväksyttyä pöytäkirjaa korjataan vain syyn kanssa. Anna reason.",
    "Approved minutes are corrected with a reason only. Give reason.",
)
ONLY_APPROVED = Words(
    "Luonnosta voi muuttaa ilman syytä. Jätä reason pois.", "A draft is changed without a reason. Leave reason out."
)


class MinutesAreBegun(Conflict):
    """The meeting has minutes already."""

    title = Words("Pöytäkirja on jo aloitettu", "Minutes are begun")
    detail = Words(
        "Kokouksella on jo pöytäkirja. Muuta sitä (PATCH).", "The meeting has minutes already. Change those (PATCH)."
    )
    cure = Words("Lue pöytäkirja ja muuta sitä (PATCH).", "Read the minutes, and change them (PATCH).")


class MinutesAreApproved(Conflict):
    """The minutes were approved already."""

    title = Words("Pöytäkirja on hyväksytty", "Minutes are approved")
    detail = Words(
        "Pöytäkirja hyväksyttiin {day} klo {time}. Sitä voi korjata (PATCH) syyn kanssa.",
        "The minutes were approved on {day} at {time}. They can be corrected (PATCH) with a reason.",
    )
    cure = Words("Korjaa pöytäkirjaa (PATCH, reason).", "Correct the minutes (PATCH, reason).")


def as_answer(found: Any, *, sees: bool) -> dict[str, Any]:
    """Minutes as an answer; their text is for who sees what members see."""
    row = rows.columns(found) if isinstance(found, Minutes) else found._mapping
    state = "approved" if row["approved_at"] else "draft"
    return {**row, "state": state, "text": row["text"] if sees else None}


def seen(session: Session, reference: str, caller: Caller | None) -> dict[str, Any]:
    """The minutes of a meeting, or what is public of them, as an answer. Raises NoSuchThing."""
    id = ids.as_uuid(reference)
    row = session.execute(queries.minutes(id, sees=where_it_sees(session, caller))).first() if id else None
    if row is None:
        raise NoSuchThing(kind="minutes")
    return as_answer(row, sees=row.sees)


def of_meeting(session: Session, meeting_id: uuid.UUID) -> Minutes:
    """The minutes of a meeting. Raises NoSuchThing."""
    found = session.scalars(select(Minutes).where(MINUTES.meeting_id == meeting_id)).first()
    if found is None:
        raise NoSuchThing(kind="minutes")
    return found


def draft(session: Work, meeting: Meeting, write: MinutesWrite) -> Minutes:
    """Begin the minutes of a meeting, which is locked. Raises MeetingIsCancelled, MinutesAreBegun."""
    must_go_on(meeting)
    if session.scalars(select(MINUTES.id).where(MINUTES.meeting_id == meeting.id)).first():
        raise MinutesAreBegun()
    return rows.add(session, Minutes(meeting_id=meeting.id, **write.model_dump()))


def change(session: Work, minutes: Minutes, patch: MinutesPatch) -> Minutes:
    """Change a draft, or correct what was approved; the meeting is locked. Raises Invalid, MeetingIsCancelled."""
    whole = rows.merged(minutes, patch, MinutesChange, reason=None)
    if (minutes.revision is None) != (whole.reason is None):
        code, words = ("missing", REASON_NEEDED) if minutes.revision else ("only-once-approved", ONLY_APPROVED)
        raise Invalid(faults=[Fault(code, words, pointer="/reason")])
    must_go_on(session.get_one(Meeting, minutes.meeting_id))
    values: dict[str, Any] = {"text": whole.text, "public_extract": whole.public_extract}
    if any(getattr(minutes, name) != value for name, value in values.items()):
        rows.apply(minutes, {**values, "revision": minutes.revision and minutes.revision + 1})
        _keep(session, minutes, clock.now(), whole.reason)
    return minutes


def approve(session: Work, minutes: Minutes, *, at: datetime | None = None) -> Minutes:
    """Approve minutes, once, now or ``at`` a moment; the meeting is locked.

    Raises MinutesAreApproved, MeetingIsCancelled, MeetingIsAhead.
    """
    meeting = session.get_one(Meeting, minutes.meeting_id)
    must_go_on(meeting)
    if minutes.approved_at is not None:
        told = minutes.approved_at.astimezone(HELSINKI)
        raise MinutesAreApproved(day=told.date(), time=f"{told:%H:%M}")
    must_have_come(meeting)
    approved_at = at or clock.now()
    rows.apply(minutes, {"approved_at": approved_at, "revision": 1})
    _keep(session, minutes, approved_at)
    return minutes


def _keep(session: Work, minutes: Minutes, made_at: datetime, reason: str | None = None) -> None:
    """Keep what is approved as it is now."""
    if minutes.revision is not None:
        kept: dict[str, Any] = {"text": minutes.text, "public_extract": minutes.public_extract, "reason": reason}
        session.add(MinutesRevision(minutes_id=minutes.id, number=minutes.revision, made_at=made_at, **kept))
    session.flush()
