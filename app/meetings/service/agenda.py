"""The agenda of a meeting: its matters, from 1 on without gaps."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlmodel import Session

from app.accounts.reach import Kinds
from app.accounts.rules import Caller
from app.core import clock, rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid
from app.core.language import Words
from app.core.validity import valid_on
from app.meetings import rules
from app.meetings.models.agenda import AgendaItem, Outcome
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.models.proposals import TopicProposal
from app.meetings.models.standing_items import StandingItem
from app.meetings.queries.agenda import ITEM, answers_to
from app.meetings.queries.decisions import DECISION
from app.meetings.schemas.agenda import (
    About,
    AgendaItemChange,
    AgendaItemFacts,
    AgendaItemPatch,
    AgendaItemWrite,
    MatterFacts,
)
from app.meetings.schemas.named import MOST_ITEMS
from app.meetings.service.states import NOT_A_MEMBER, must_go_on
from app.networks.queries import SEAT

UNKNOWN_KIND = Words("Tällaista lajia ei ole. Lajit: {known}.", "There is no such kind. Kinds: {known}.")
UNKNOWN_THING = Words("Tällaista kohdetta ei ole. Tarkista id.", "There is no such thing. Check the id.")
BY_CARRYING = Words(
    "Asia siirretään pyynnöllä POST /v1/agenda-items/{id}/carry-over.",
    "A matter is carried over by POST /v1/agenda-items/{id}/carry-over.",
)
IS_CARRIED = Words(
    "Asia on siirretty, ja se on myöhemmän kokouksen esityslistalla. Merkitse se siellä.",
    "The matter was carried over and stands on a later agenda. Mark it there.",
)


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
    return {
        **{name: getattr(whole, name) for name in MatterFacts.model_fields},
        "about_kind": about.kind if about else None,
        "about_id": about.id if about else None,
        "owner_seat_id": whole.owner,
    }


def again(matter: AgendaItem | TopicProposal | StandingItem) -> dict[str, Any]:
    """The columns of a matter that it takes along to another agenda."""
    taken = {"title", "text", "themes", "is_public", "minutes", "about_kind", "about_id", "escalated_from_id"}
    return {name: value for name, value in rows.columns(matter).items() if name in taken}


def shown(session: Session, item: AgendaItem, *, sees: bool) -> dict[str, Any]:
    """A matter as an answer to a caller, who perhaps ``sees`` what members see."""
    return as_answers(session, [rows.columns(item)], sees=sees)[0]


def as_answers(session: Session, found: Sequence[Any], *, sees: bool) -> list[dict[str, Any]]:
    """Matters of a meeting, as mappings, as answers.

    Who brings them up, where they came from and went is for who ``sees`` what members see.
    """
    answers: dict[uuid.UUID, list[dict[str, Any]]] = {item["id"]: [] for item in found}
    for row in session.execute(answers_to(list(answers))) if sees and answers else ():
        network = {"id": row.network_id, "slug": row.slug, "name": row.name}
        answers[row.item_id].append({"network": network, "text": row.text, "answered_at": row.answered_at})
    return [
        {
            **item,
            "owner": item["owner_seat_id"] if sees else None,
            "about": {"kind": item["about_kind"], "id": item["about_id"]} if sees and item["about_kind"] else None,
            "carried_from": item["carried_from_id"] if sees else None,
            "escalated_from": item["escalated_from_id"] if sees else None,
            "answer": item["answer"] if sees else None,
            "answered_at": item["answered_at"] if sees else None,
            "answers": answers[item["id"]],
        }
        for item in found
    ]


def faults(
    session: Session,
    kinds: Kinds,
    caller: Caller,
    where: tuple[uuid.UUID, date],
    item: AgendaItemFacts,
    pointer: str = "",
    of: Collection[str] = ("about", "owner"),
) -> list[Fault]:
    """What is wrong with the things that an item names, of a network and a day: what it is about, who brings it up."""
    found = []
    if item.about and "about" in of:
        found += faults_of_about(session, kinds, caller, item.about, f"{pointer}/about")
    if item.owner and "owner" in of and not sits(session, item.owner, *where):
        found.append(Fault("not-a-member", NOT_A_MEMBER.about(day=where[1]), pointer=f"{pointer}/owner"))
    return found


def sits(session: Session, seat_id: uuid.UUID, network_id: uuid.UUID, day: date) -> bool:
    """Whether a network has a seat on a day."""
    query = select(SEAT.id).where(SEAT.id == seat_id, SEAT.network_id == network_id, valid_on(SEAT, day))
    return session.scalar(query) is not None


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
    if wrong := faults(session, kinds, caller, _where(meeting), write):
        raise Invalid(faults=wrong)
    return put(session, meeting, facts(write), write.position)


def put(session: Work, meeting: Meeting, values: Mapping[str, Any], position: int | None = None) -> AgendaItem:
    """Put what has been judged on the agenda of a meeting, which is locked: at the end, if no position is named.

    Raises MeetingIsCancelled, MeetingIsFull.
    """
    must_go_on(meeting)
    before = _items(session, meeting.id)
    if len(before) >= MOST_ITEMS:
        raise MeetingIsFull(most=MOST_ITEMS)
    position = min(position or MOST_ITEMS, len(before) + 1)
    item = AgendaItem(meeting_id=meeting.id, position=position, **values)
    in_order(rules.placed(before, item, position))
    return rows.add(session, item)


def change(session: Work, kinds: Kinds, caller: Caller, item: AgendaItem, patch: AgendaItemPatch) -> AgendaItem:
    """Change what ``patch`` names of a matter, whose meeting is locked. Raises Invalid, MeetingIsCancelled."""
    about = {"kind": item.about_kind, "id": item.about_id} if item.about_kind else None
    whole = rows.merged(item, patch, AgendaItemChange, about=about, owner=item.owner_seat_id)
    meeting = session.get_one(Meeting, item.meeting_id)
    wrong = faults(session, kinds, caller, _where(meeting), whole, of=patch.model_fields_set)
    if wrong := wrong + _faults_of_outcome(session, item, whole.outcome):
        raise Invalid(faults=wrong)
    items = _items(session, item.meeting_id)
    position = min(whole.position, len(items))
    must_go_on(meeting)
    if item.is_public and not whole.is_public:
        _is_gone(meeting)
    rows.apply(item, {**facts(whole), "outcome": whole.outcome, "position": position})
    in_order(rules.placed(items, item, position))
    session.flush()
    return item


def remove(session: Work, item: AgendaItem) -> None:
    """Take a matter off the agenda of its meeting, which is locked; what was decided under it stays.

    Raises MeetingIsCancelled.
    """
    meeting = session.get_one(Meeting, item.meeting_id)
    must_go_on(meeting)
    for decision in session.scalars(select(Decision).where(DECISION.agenda_item_id == item.id)):
        rows.apply(decision, {"agenda_item_id": None})
    in_order([other for other in _items(session, item.meeting_id) if other is not item])
    _is_gone(meeting)
    rows.remove(session, item)


def is_carried(session: Session, item: AgendaItem) -> bool:
    """Whether a matter stands on a later agenda."""
    return bool(session.scalar(select(exists().where(ITEM.carried_from_id == item.id))))


def _faults_of_outcome(session: Session, item: AgendaItem, outcome: Outcome) -> list[Fault]:
    if outcome == item.outcome:
        return []
    if outcome == Outcome.carried_over:
        return [Fault("by-carrying-over", BY_CARRYING.about(id=item.id), pointer="/outcome")]
    return [Fault("is-carried-over", IS_CARRIED, pointer="/outcome")] if is_carried(session, item) else []


def _is_gone(meeting: Meeting) -> None:
    """Let a meeting have changed with a matter that is no more to be seen: calendars tell when they last changed."""
    meeting.updated_at = clock.now()


def _where(meeting: Meeting) -> tuple[uuid.UUID, date]:
    return meeting.network_id, meeting.local_start.date()


def _items(session: Session, meeting_id: uuid.UUID) -> Sequence[AgendaItem]:
    query = select(AgendaItem).where(ITEM.meeting_id == meeting_id).order_by(ITEM.position)
    return session.scalars(query).all()


def in_order(parts: Iterable[AgendaItem] | Iterable[Decision] | Iterable[StandingItem]) -> None:
    """Count the parts of a meeting or a network from 1 on. Those that move are new versions."""
    for position, each in enumerate(parts, 1):
        rows.apply(each, {"position": position})
