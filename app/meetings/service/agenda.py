"""The agenda of a meeting: its matters, from 1 on without gaps."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.reach import Kinds
from app.accounts.rules import Caller
from app.core import rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid
from app.core.language import Words
from app.meetings import rules
from app.meetings.models.agenda import AgendaItem
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.queries.agenda import ITEM
from app.meetings.queries.decisions import DECISION
from app.meetings.schemas.agenda import About, AgendaItemChange, AgendaItemFacts, AgendaItemPatch, AgendaItemWrite
from app.meetings.schemas.named import MOST_ITEMS
from app.meetings.service.states import must_go_on

UNKNOWN_KIND = Words("Tällaista lajia ei ole. Lajit: {known}.", "There is no such kind. Kinds: {known}.")
UNKNOWN_THING = Words("Tällaista kohdetta ei ole. Tarkista id.", "There is no such thing. Check the id.")


class MeetingIsFull(Conflict):
    """The meeting has as many of these as it can have."""

    title = Words("Kokoukseen ei mahdu enempää", "Meeting is full")
    detail = Words(
        "Kokouksessa on jo {most} asiaa tai päätöstä. Poista jokin tai yhdistä niitä.",
        "The meeting has {most} of these already. Take one away, or join some.",
    )
    cure = Words("Poista tai yhdistä asioita.", "Take some away, or join them.")


def facts(whole: AgendaItemFacts) -> dict[str, Any]:
    """The columns that an item's body fills."""
    about = whole.about
    own = {name: getattr(whole, name) for name in AgendaItemFacts.model_fields if name != "about"}
    return {**own, "about_kind": about.kind if about else None, "about_id": about.id if about else None}


def as_answer(item: Any, *, sees: bool) -> dict[str, Any]:
    """A row of the agenda as an answer; what it is about is for those who see what members see."""
    found: Mapping[str, Any] = rows.columns(item) if isinstance(item, AgendaItem) else item._mapping
    about = {"kind": found["about_kind"], "id": found["about_id"]} if sees and found["about_kind"] else None
    return {**found, "about": about}


def faults_of_about(session: Session, kinds: Kinds, caller: Caller, about: About, pointer: str) -> list[Fault]:
    """What is wrong with the thing that an item is about: none of a known kind that the caller may know of."""
    kind = kinds.by_name.get(about.kind)
    if kind is None or kind.is_somebody:
        known = ", ".join(sorted(name for name, each in kinds.by_name.items() if not each.is_somebody))
        return [Fault("unknown-kind", UNKNOWN_KIND.about(known=known), pointer=f"{pointer}/kind")]
    if kind.chain_for(session, caller, str(about.id)) is None:
        return [Fault("unknown-thing", UNKNOWN_THING, pointer=f"{pointer}/id")]
    return []


def add(session: Work, kinds: Kinds, caller: Caller, meeting: Meeting, write: AgendaItemWrite) -> AgendaItem:
    """Put a matter on the agenda of a meeting, which is locked. Raises Invalid, MeetingIsCancelled, MeetingIsFull."""
    _about_must_be_there(session, kinds, caller, write.about)
    must_go_on(meeting)
    before = _items(session, meeting.id)
    if len(before) >= MOST_ITEMS:
        raise MeetingIsFull(most=MOST_ITEMS)
    position = min(write.position or MOST_ITEMS, len(before) + 1)
    item = AgendaItem(meeting_id=meeting.id, position=position, **facts(write))
    in_order(rules.placed(before, item, position))
    return rows.add(session, item)


def change(session: Work, kinds: Kinds, caller: Caller, item: AgendaItem, patch: AgendaItemPatch) -> AgendaItem:
    """Change what ``patch`` names of a matter, whose meeting is locked. Raises Invalid, MeetingIsCancelled."""
    about = {"kind": item.about_kind, "id": item.about_id} if item.about_kind else None
    whole = rows.merged(item, patch, AgendaItemChange, about=about)
    if "about" in patch.model_fields_set:
        _about_must_be_there(session, kinds, caller, whole.about)
    items = _items(session, item.meeting_id)
    position = min(whole.position, len(items))
    must_go_on(session.get_one(Meeting, item.meeting_id))
    rows.apply(item, {**facts(whole), "position": position})
    in_order(rules.placed(items, item, position))
    session.flush()
    return item


def remove(session: Work, item: AgendaItem) -> None:
    """Take a matter off the agenda of its meeting, which is locked; what was decided under it stays.

    Raises MeetingIsCancelled.
    """
    must_go_on(session.get_one(Meeting, item.meeting_id))
    for decision in session.scalars(select(Decision).where(DECISION.agenda_item_id == item.id)):
        rows.apply(decision, {"agenda_item_id": None})
    in_order([other for other in _items(session, item.meeting_id) if other is not item])
    rows.remove(session, item)


def _about_must_be_there(session: Session, kinds: Kinds, caller: Caller, about: About | None) -> None:
    if about and (faults := faults_of_about(session, kinds, caller, about, "/about")):
        raise Invalid(faults=faults)


def _items(session: Session, meeting_id: uuid.UUID) -> Sequence[AgendaItem]:
    query = select(AgendaItem).where(ITEM.meeting_id == meeting_id).order_by(ITEM.position)
    return session.scalars(query).all()


def in_order(parts: Iterable[AgendaItem] | Iterable[Decision]) -> None:
    """Count the parts of a meeting from 1 on. Those that move are new versions."""
    for position, each in enumerate(parts, 1):
        rows.apply(each, {"position": position})
