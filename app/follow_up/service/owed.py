"""What somebody owes in a month over all their seats."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from app.accounts.roles import Role
from app.accounts.rules import Caller
from app.core import clock
from app.core.localized import Localized
from app.core.periods import Month
from app.core.validity import is_valid
from app.follow_up.queries import facts, owed
from app.follow_up.rules.plan import holding
from app.follow_up.rules.verdicts import Named, Status
from app.follow_up.service import compliance, words
from app.meetings.models.meetings import MeetingStatus
from app.networks.models import CarriedOn

PRESSING = (Status.breached, Status.at_risk, Status.advisory)
LEADS = (Role.network_lead, Role.place_contact)  # whoever has these answers for what the plan asks for
Items = Iterator[dict[str, Any]]


def in_month(session: Session, caller: Caller, month: Month) -> dict[str, Any]:
    """What is owed in a month, the first due first. As many queries for many seats as for one.

    In the present month all that presses today; of another month only what falls due in it.
    """
    seats = session.execute(owed.seats(caller.id)).all() if caller.kind == "user" else []
    today = clock.today()
    is_now = month == Month.of(today)
    now = [seat for seat in seats if is_valid(seat.valid_from, seat.valid_to, today)]
    items = [
        *_meetings(session, seats, month),
        *_agenda_items(session, now, date.min if is_now else month.first, month.last),
        *_duties(session, now, None if is_now else month, today),
    ]
    items.sort(key=lambda item: (item["due_on"] or date.max, item["kind"], item["link"]))
    return {"month": str(month), "items": items}


def _meetings(session: Session, seats: Sequence[Any], month: Month) -> Items:
    valid = {seat.id: seat for seat in seats}
    told: set[uuid.UUID] = set()
    found = session.execute(owed.meetings(list(valid), month.first, month.last)).all()
    for row in sorted(found, key=lambda row: (row.local_start, row.id, not valid[row.seat].holds)):
        day, seat = row.local_start.date(), valid[row.seat]
        if is_valid(seat.valid_from, seat.valid_to, day) and row.id not in told:
            told.add(row.id)
            state = "held" if row.status == MeetingStatus.held else str(row.answer or "unanswered")
            title = Localized(fi=row.title) if row.title else row.name
            yield _item("meeting", row, day, title, state, f"/v1/meetings/{row.id}")


def _agenda_items(session: Session, seats: Sequence[Any], first: date, last: date) -> Items:
    for row in session.execute(owed.agenda_items([seat.id for seat in seats], first, last)):
        title = Localized(fi=row.title)
        yield _item("agenda_item", row, row.local_start.date(), title, "open", f"/v1/agenda-items/{row.id}")


def _duties(session: Session, seats: Sequence[Any], due_in: Month | None, today: date) -> Items:
    """What is to be carried home, and what the plan asks for in the networks and places that somebody leads.

    What presses today; or, given a month, what falls due then, seen from its first day where that is still to come.
    """
    on = today if due_in is None else max(today, due_in.first)
    within: dict[tuple[uuid.UUID, str, str | None], int] = {}
    for county_id in {seat.county_id for seat in seats}:
        plan = session.scalars(facts.plan_on(county_id, on)).first()
        if plan is None:
            continue
        of_plan = compliance.rules_of(session, plan)
        for rule in holding(of_plan, (plan.first_year, plan.last_year), on):
            if rule.type == "relay":
                within[county_id, *rule.subject] = rule.parameters.within_days
        leads = _leads(seat for seat in seats if seat.county_id == county_id)
        if leads:
            answer = compliance.of_plan(session, plan, on, hides=False)
            yield from _rules(answer, leads, f"/v1/plans/{plan.slug}/compliance?on={on}", due_in)
    held = {seat.id: seat for seat in seats}
    for row in session.execute(owed.relays(list(held))):
        seat = held[row.seat]
        keys = ((seat.county_id, "network", row.slug), (seat.county_id, "network_kind", seat.kind))
        days = next((within[key] for key in keys if key in within), None)
        due = row.local_start.date() + timedelta(days=days) if days else None
        if due_in is None or (due and Month.of(due) == due_in):
            yield _item("relay", row, due, Localized(fi=row.text[:500]), "open", f"/v1/relays/{row.id}")


def _leads(seats: Iterable[Any]) -> dict[uuid.UUID, Any]:
    """The networks and places for which somebody answers, by id, each with the seat because of which."""
    leads: dict[uuid.UUID, Any] = {}
    for seat in seats:
        if seat.holds and seat.carries in LEADS:
            of_place = seat.place_id or seat.team_of
            things = (of_place,) if seat.carries_on == CarriedOn.meeting_place else (seat.network_id, of_place)
            leads |= {thing: seat for thing in things if thing}
    return leads


def _rules(answer: dict[str, Any], leads: dict[uuid.UUID, Any], link: str, due_in: Month | None) -> Items:
    for rule in answer["rules"]:
        named: Named = rule["subject"]
        due = rule["next_deadline_on"]
        if due_in is None:
            is_owed = rule["status"] in PRESSING
        else:
            is_owed = rule["status"] != Status.met and due is not None and Month.of(due) == due_in
        if is_owed and rule["type"] != "relay" and named.id in leads:
            yield {
                "kind": "rule",
                "due_on": due,
                "title": words.titled(rule["name"], rule["because"]),
                "subject": named,
                "seat": leads[named.id].id,
                "state": rule["status"],
                "link": f"{link}&subject={named.slug}&rule={rule['rule']}",
            }


def _item(kind: str, row: Any, due_on: date | None, title: Localized, state: str, link: str) -> dict[str, Any]:
    network = Named("network", row.slug, row.name, row.network_id)
    return {
        "kind": kind,
        "due_on": due_on,
        "title": title,
        "subject": network,
        "seat": row.seat,
        "state": state,
        "link": link,
    }
