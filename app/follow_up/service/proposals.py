"""Meetings that a year clock proposes: nothing is written."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.areas import service as areas
from app.core import clock
from app.core.errors import Fault, Invalid
from app.core.ids import as_uuid
from app.core.language import Language, Words
from app.core.localized import Localized
from app.core.validity import is_valid
from app.follow_up.queries import turns as queries
from app.follow_up.rules import proposals as rules
from app.follow_up.rules.days_off import eves, public_holidays
from app.follow_up.rules.proposals import Avoided, Choice, Habit, Met, Opening
from app.follow_up.rules.turns import next_after
from app.follow_up.schemas.proposals import ProposalsAsked
from app.follow_up.service.turns import Circles, as_network, who_of
from app.meetings.models.swaps import Duty
from app.meetings.queries.meetings import MEETING
from app.meetings.rules import instant_of
from app.meetings.service import meetings
from app.meetings.service.swaps import HELD_BY
from app.networks.models import Network
from app.networks.queries import NETWORK
from app.networks.service import networks
from app.year_clock import queries as of_clock
from app.year_clock.models import YearClock, YearClockWindow
from app.year_clock.queries import WINDOW
from app.year_clock.rules import days_of

HABIT_OF = 6  # how many of its last meetings show how a network meets
LOOKED_BACK = 24  # how many show who had the last turn
HELSINKI = "Europe/Helsinki"
NOT_OF_THE_CLOCK = Words(
    "Vuosikellossa ei ole ikkunoita tämän verkoston lajille.",
    "The year clock has no windows for networks of this kind.",
)


def windows_of(session: Session, year_clock: YearClock) -> Sequence[YearClockWindow]:
    """The windows of a clock in order."""
    of_it = select(YearClockWindow).where(WINDOW.clock_id == year_clock.id)
    return session.scalars(of_it.order_by(WINDOW.position, WINDOW.code)).all()


def met(row: Any) -> Met:
    """A row of ``queries.meetings`` as the rules see it."""
    return Met(
        row.network_id,
        row.local_start,
        row.starts_at,
        row.duration_minutes,
        row.mode,
        row.time_zone,
        row.window_code,
        is_known=row.is_known,
    )


def proposed(
    session: Session, year_clock: YearClock, asked: ProposalsAsked, caller: Caller, country: str, language: Language
) -> dict[str, Any]:
    """Meetings for the windows of a year in which networks do not meet yet, as an answer.

    Raises Invalid, OutOfReach.
    """
    windows = windows_of(session, year_clock)
    meeting = _meeting_in(session, windows, asked, caller)
    year = _Year(session, year_clock, asked, caller, meeting, country)
    made = [
        _Proposal(window, network, *year.choice(window, network))
        for window in windows
        for network in meeting
        if network.kind_id == window.network_kind_id and not year.has_meeting(window, network)
    ]
    year.give_turns(made)
    return {"year": asked.year, "proposals": [year.as_answer(each, language) for each in made]}


def _meeting_in(
    session: Session, windows: Sequence[YearClockWindow], asked: ProposalsAsked, caller: Caller
) -> Sequence[Network]:
    """The networks that meet in some windows, as far as they are asked for and the caller may plan their meetings."""
    kinds = {window.network_kind_id for window in windows}
    query = select(Network).order_by(NETWORK.sort_name, NETWORK.id)
    theirs = networks.reachable(session, caller, meetings.WRITE)
    if asked.networks is None:
        return session.scalars(query.where(NETWORK.kind_id.in_(kinds), theirs)).all()
    ids = [id for reference in asked.networks if (id := as_uuid(reference))]
    named = NETWORK.id.in_(ids) | NETWORK.slug.in_(asked.networks)
    there = session.scalars(query.where(named)).all()
    by_name = {name: network for network in there for name in (str(network.id), network.slug)}
    found = [by_name.get(str(as_uuid(reference) or reference)) for reference in asked.networks]
    if faults := _faults_at([each is None for each in found], "unknown-network", networks.UNKNOWN):
        raise Invalid(faults=faults)
    if len(session.scalars(query.where(named, theirs)).all()) < len(there):
        raise OutOfReach(scope=meetings.WRITE)
    others = [each is not None and each.kind_id not in kinds for each in found]
    if faults := _faults_at(others, "not-of-this-clock", NOT_OF_THE_CLOCK):
        raise Invalid(faults=faults)
    return there


def _faults_at(are_wrong: Sequence[bool], code: str, words: Words) -> list[Fault]:
    return [Fault(code, words, pointer=f"/networks/{index}") for index, is_wrong in enumerate(are_wrong) if is_wrong]


@dataclass
class _Proposal:
    """A meeting as it could be. Whose turns it takes is found when all have their days."""

    window: YearClockWindow
    network: Network
    habit: Habit
    choice: Choice
    turns: dict[Duty, uuid.UUID | None] = field(default_factory=dict)


class _Year:
    """What is known of a year in a county: so many queries, however many networks there are."""

    def __init__(
        self,
        session: Session,
        year_clock: YearClock,
        asked: ProposalsAsked,
        caller: Caller,
        meeting: Sequence[Network],
        country: str,
    ) -> None:
        self.year, self.county = asked.year, NETWORK.county_id == year_clock.county_id
        self._first, self._last = first, last = date(asked.year, 1, 1), date(asked.year, 12, 31)
        own = NETWORK.id.in_([network.id for network in meeting])
        is_before = MEETING.local_start < datetime.combine(first, time())
        is_after = MEETING.local_start >= datetime.combine(last, time()) + timedelta(days=1)
        sees = meetings.where_it_sees(session, caller)
        self._in_it = session.execute(queries.meetings(self.county & ~is_before & ~is_after, sees=sees)).all()
        self._before = session.execute(queries.last_meetings(own & is_before, LOOKED_BACK)).all()
        self._networks = {row.id: row for row in session.execute(queries.named(self.county))}
        readable = networks.reachable(session, caller, meetings.READ)
        self._readable = set(session.scalars(select(NETWORK.id).where(own, readable)))
        self._breaks = session.execute(of_clock.breaks(first=first, last=last)).all()
        self._areas = areas.scheme(session)
        self._circles = Circles(session, year_clock.county_id, first, last, self.county)
        self._seats = defaultdict(list)
        for seat in self._circles.sitting:
            self._seats[seat.network_id].append(seat)
        self._sitting = cache(self._sitting_on)
        self._met = [met(row) for row in self._in_it]
        self._usual = Habit(asked.weekday, time.fromisoformat(asked.at), asked.duration_minutes, asked.mode, HELSINKI)
        self._holidays = public_holidays(country, asked.year)
        self._days_off = cache(self._days_off_in)

    def has_meeting(self, window: YearClockWindow, network: Network) -> bool:
        """Whether a network meets in a window already, or has met."""
        days = days_of(window.first_month, window.last_month, self.year)
        own = (each for each in self._met if each.network_id == network.id)
        return any(rules.keeps(each, window.code, window.mode, *days) for each in own)

    def choice(self, window: YearClockWindow, network: Network) -> tuple[Habit, Choice]:
        """When a network could meet in a window. It counts as a meeting from then on."""
        first, last = days_of(window.first_month, window.last_month, self.year)
        tomorrow = clock.today() + timedelta(days=1)
        since = max(first, tomorrow, network.valid_from or first)
        until = min(last, network.valid_to - timedelta(days=1)) if network.valid_to else last
        opening = Opening(first, last, since, until, "past" if last < tomorrow else "network-not-valid")
        had = [met(row) for row in (*self._in_it, *self._before) if row.network_id == network.id][:HABIT_OF]
        habit = rules.habit_of(had, self._usual)
        if window.mode is not None:
            habit = replace(habit, mode=window.mode)
        known = rules.known_of(network.id, self._met, self._sitting)
        found = rules.choose(opening, habit, self._days_off(network.area_id), known)
        if found.local_start is not None:
            starts_at = instant_of(found.local_start, habit.time_zone)
            assert starts_at is not None  # it was chosen so
            meant = (habit.minutes, habit.mode, habit.time_zone, window.code)
            self._met.append(Met(network.id, found.local_start, starts_at, *meant))
        return habit, found

    def give_turns(self, made: Sequence[_Proposal]) -> None:
        """Give each proposal to whoever is next, in the order of their days."""
        had: dict[tuple[uuid.UUID, Duty], list[tuple[datetime, uuid.UUID | None]]] = defaultdict(list)
        for row in (*self._before, *self._in_it):
            for duty, (column, _) in HELD_BY.items():
                had[row.network_id, duty].append((row.local_start, row._mapping[column]))
        dated = [(start, each) for each in made if (start := each.choice.local_start)]
        for start, each in sorted(dated, key=itemgetter(0)):
            for duty in Duty:
                order = [who_of(duty, row) for row in self._circles.order(duty, each.network, start.date())]
                turns = had[each.network.id, duty]
                earlier = [who for day, who in sorted(turns, key=itemgetter(0)) if day < start]
                each.turns[duty] = next_after(order, earlier)
                turns.append((start, each.turns[duty]))

    def as_answer(self, each: _Proposal, language: Language) -> dict[str, Any]:
        """A proposal as an answer."""
        start, lead = each.choice.local_start, each.turns.get(Duty.lead)
        may_read = each.network.id in self._readable
        return {
            "network": as_network(each.network),
            "window_code": each.window.code,
            "mode": each.habit.mode,
            "local_start": start,
            "time_zone": each.habit.time_zone,
            "duration_minutes": each.habit.minutes,
            "led_by": as_network(self._networks[lead]) if lead else None,
            "secretary": each.turns.get(Duty.secretary) if may_read else None,
            "agenda": [
                {"title": Localized(**topic["text"]).to(language)[:300], "is_public": True}
                for topic in each.window.topics
            ],
            "avoided": [self._avoided(day) for day in each.choice.avoided],
        }

    def _avoided(self, day: Avoided) -> dict[str, Any]:
        named = self._networks.get(day.network_id) if day.network_id and day.is_known else None
        return {
            "on": day.on,
            "reason": day.reason,
            "name": day.name,
            "network": as_network(named) if named else None,
        }

    def _sitting_on(self, network_id: uuid.UUID, day: date) -> frozenset[uuid.UUID]:
        """Who sits in a network on a day, holders and deputies."""
        seats = [seat for seat in self._seats[network_id] if is_valid(seat.valid_from, seat.valid_to, day)]
        return frozenset(filter(None, (person for seat in seats for person in (seat.person_id, seat.deputy_id))))

    def _days_off_in(self, area_id: uuid.UUID) -> Mapping[date, Avoided]:
        """Holidays, their eves, and school breaks of an area and of all that it lies in."""
        off: dict[date, Avoided] = {}
        above = {area_id, *self._areas.chain(area_id, clock.today())}
        for row in self._breaks:
            if row.area_id in above:
                first, last = max(row.first_on, self._first), min(row.last_on, self._last)
                days = (first + timedelta(days=n) for n in range((last - first).days + 1))
                off |= {day: Avoided(day, "school-break", row.name) for day in days}
        off |= {day: Avoided(day, "eve", name) for day, name in eves(self._holidays).items()}
        return off | {day: Avoided(day, "holiday", name) for day, name in self._holidays.items()}
