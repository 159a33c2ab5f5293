"""Meetings of the demo: held, cancelled and planned, with attendance and decisions."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.service.grants import OPERATOR
from app.core.database import Work
from app.core.validity import is_valid
from app.meetings.models.attendances import Attended
from app.meetings.models.meetings import Meeting
from app.meetings.models.swaps import Duty
from app.meetings.schemas.attendances import AttendanceWrite
from app.meetings.schemas.decisions import DecisionWrite
from app.meetings.schemas.meetings import MeetingWrite
from app.meetings.service import attendances, decisions, meetings, swaps
from app.networks.models import Network, NetworkRole, Seat
from app.networks.queries import NETWORK, ROLE, SEAT
from app.organisations.queries import ORGANISATION
from app.places.queries import PLACE
from app.transfer.demo import agendas, between_meetings

EXCUSED_SHARE = 0.6  # of those who are absent and send no deputy


Made = dict[tuple[str, str], Meeting]


def load(session: Work, plan: dict[str, Any]) -> Made:
    """Add the meetings with all that was recorded of them, and answer them by network and month."""
    agendas.stand(session, plan)
    seats, made = _seats(session, plan), {}
    for entry in plan["meetings"]:
        for number, (day, key) in enumerate(_days(entry, plan)):
            there = [each for each in seats[entry["network"]] if _sits(each["seat"], day)]
            table = {each["order"][:2]: each["seat"].id for each in there}
            body = _body(entry, number, day, key)
            if (turn := entry.get("secretaries", {}).get(key)) is not None:
                body["secretary"] = table[tuple(turn.split())]
            meeting = meetings.plan(session, MeetingWrite.model_validate(body), OPERATOR)
            made[entry["network"], key] = meeting
            if (swap := entry.get("swaps", {}).get(key)) is not None:
                to = table[tuple(swap["to"].split())]
                swaps.take(session, meeting, Duty.secretary, to, swap["reason"])
            if key in entry.get("cancelled", {}):
                meetings.cancel(session, meeting, entry["cancelled"][key])
            elif day <= plan["last_day"]:
                meetings.hold(session, meeting)
                dice = random.Random(f"{plan['seed']} {entry['network']} {day}")  # noqa: S311 - figures, no secrets
                came = [_attended(dice, each, entry) for each in there]
                attendances.record(session, meeting, came)
    _decide(session, plan, made)
    agendas.load(session, plan, made, seats)
    return made


def _days(entry: dict[str, Any], plan: dict[str, Any]) -> Iterator[tuple[date, str]]:
    """The days of a network's meetings, each with its month."""
    last = entry.get("planned_until", plan["meetings_until"])
    for year in range(plan["first_day"].year, int(last[:4]) + 1):
        for month in entry["months"]:
            key = f"{year}-{month:02d}"
            if key <= last and key not in entry.get("skipped", ()):
                yield entry.get("on_day", {}).get(key) or _nth(year, month, entry["nth"], entry["weekday"]), key


def _nth(year: int, month: int, nth: int, weekday: int) -> date:
    """The nth such weekday of a month; Monday is 1."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))


def _body(entry: dict[str, Any], number: int, day: date, key: str) -> dict[str, Any]:
    modes, matters = entry.get("modes", {}), entry["agenda"]
    mode = modes.get(key) or modes.get(day.month) or entry["mode"]
    agenda = [matters[(number + n) % len(matters)] for n in range(min(2, len(matters)))]
    return {
        "network": entry["network"],
        "mode": mode,
        "local_start": f"{day}T{entry['at']}",
        "duration_minutes": entry["minutes"],
        "location": entry.get("location") if mode != "remote" else None,
        "led_by": entry.get("leads", {}).get(key),
        "window_code": entry.get("windows", {}).get(day.month),
        "agenda": [{"title": title, "is_public": True} for title in agenda],
    }


def _seats(session: Session, plan: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The seats of each network in order, with the share of meetings that each attends where that is said."""
    told = {
        (seat["network"], seat["role"], seat.get("organisation"), seat.get("place")): seat["attends"]
        for seat in plan["seats"]
        if "attends" in seat
    }
    query = (
        select(Seat, NETWORK.slug, ROLE.code, ORGANISATION.slug.label("organisation"), PLACE.slug.label("place"))
        .join(Network, SEAT.network_id == NETWORK.id)
        .join(NetworkRole, SEAT.role_id == ROLE.id)
        .outerjoin_from(Seat, ORGANISATION.slug.table, SEAT.organisation_id == ORGANISATION.id)
        .outerjoin_from(Seat, PLACE.slug.table, SEAT.place_id == PLACE.id)
        .where(SEAT.is_held)
    )
    found: dict[str, list[dict[str, Any]]] = {entry["network"]: [] for entry in plan["meetings"]}
    for seat, network, role, organisation, place in session.execute(query):
        order = (role, organisation or "", place or "", str(seat.valid_from))
        attends = told.get((network, role, organisation, place))
        found.setdefault(network, []).append({"seat": seat, "order": order, "attends": attends})
    return {network: sorted(seats, key=lambda each: each["order"]) for network, seats in found.items()}


def _sits(seat: Seat, day: date) -> bool:
    return is_valid(seat.valid_from, seat.valid_to, day)


def _attended(dice: random.Random, each: dict[str, Any], entry: dict[str, Any]) -> AttendanceWrite:
    seat, chance, luck = each["seat"], dice.random(), dice.random()
    share = entry["attendance"] if each["attends"] is None else each["attends"]
    if chance < share:
        state = Attended.present
    elif seat.deputy_id is not None:
        state = Attended.deputy
    else:
        state = Attended.excused if luck < EXCUSED_SHARE else Attended.absent
    return AttendanceWrite(seat=seat.id, state=state)


def _decide(session: Work, plan: dict[str, Any], made: Made) -> None:
    for each in plan["decisions"]:
        facts = {"text": each["text"], "due_on": each.get("due_on"), "is_public": each["public"]}
        write = DecisionWrite.model_validate(facts | {"to_be_carried": "carried" in each})
        decision = decisions.record(session, made[each["network"], each["month"]], write)
        if write.to_be_carried:
            between_meetings.carry(session, decision, each["carried"])
