"""Totals by period and place or area, with small public cells hidden."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import not_, select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.areas import service as areas
from app.areas.models import AreaKind
from app.areas.queries import AREA, below
from app.areas.rules import Scheme
from app.core import clock
from app.core.errors import Fault, Invalid, RuleBroken
from app.core.language import Words
from app.core.localized import Localized
from app.core.periods import Length, Month, Period, months_between
from app.places import service as places
from app.places.queries import PLACE
from app.statistics import disclosure, queries
from app.statistics.queries import DAY
from app.statistics.rules import FormField, Part, Sums, summed

Group = Literal["place", "municipality", "area", "county"]
VISITS = "visits"
_VISITS_NAME = Localized(fi="Käynnit", sv="Besök", en="Visits")
_KINDS: dict[Group, AreaKind] = {"municipality": AreaKind.municipality, "area": AreaKind.family_centre_area}
MOST_MONTHS = 600

NOT_A_PERIOD = Words(
    "Tähän kuuluu 2026, 2026-Q1, 2026-03 tai päivä 2026-03-12.",
    "This must be 2026, 2026-Q1, 2026-03 or a date such as 2026-03-12.",
)
BACKWARDS = Words("Jakso loppuu ennen kuin alkaa.", "The range ends before it begins.")
TOO_LONG = Words("Jaksossa on yli {most} kuukautta. Kysy lyhyempää.", "The range has over {most} months. Ask for less.")
UNKNOWN_FIELD = Words("Tällaista lukua ei ole. Luvut: {known}.", "There is no such figure. Figures: {known}.")


class WholeMonthsOnly(RuleBroken):
    """Without a token, ranges begin and end with a month."""

    title = Words("Vain kokonaisia kuukausia", "Whole months only")
    detail = Words(
        "Julkiset luvut ovat kokonaisilta kuukausilta. Kysy from={first}&to={last}, tai kirjaudu.",
        "Public figures are of whole months. Ask for from={first}&to={last}, or sign in.",
    )
    cure = Words(
        "Anna from ja to kuukausina (2026-03), tai kirjaudu.", "Give from and to as months (2026-03), or sign in."
    )


@dataclass(frozen=True)
class Range:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def months(self) -> list[Month]:
        return list(months_between(Month.of(self.first), Month.of(self.last)))

    def holds_whole(self, month: Month) -> bool:
        """Whether every day of ``month`` is in the range."""
        return self.first <= month.first and month.last <= self.last


def range_of(first: str | None, last: str | None) -> Range:
    """The range that two texts ask for; the 12 months up to the present one where both are absent. Raises Invalid."""
    until = _day(last, "to", ends=True) if last else Month.of(clock.today()).last
    begin = _day(first, "from", ends=False) if first else Month.of(until).plus(-11).first
    if begin > until:
        raise Invalid(faults=[Fault("backwards", BACKWARDS, parameter="to")])
    if (until.year - begin.year) * 12 + until.month - begin.month >= MOST_MONTHS:
        raise Invalid(faults=[Fault("too-long", TOO_LONG.about(most=MOST_MONTHS), parameter="from")])
    return Range(begin, until)


def must_be_whole_months(asked: Range) -> None:
    """Refuse a public range that cuts a month. Raises WholeMonthsOnly."""
    months = asked.months
    if not (asked.holds_whole(months[0]) and asked.holds_whole(months[-1])):
        raise WholeMonthsOnly(first=months[0], last=months[-1])


def is_reached(session: Session, caller: Caller, area_id: uuid.UUID | None, place_id: uuid.UUID | None) -> bool:
    """Whether a caller may read every count that a question about an area, a place or all of them touches."""
    if "visits:read" not in caller.scopes or not caller.reach("visits:read"):
        return "visits:read" in caller.scopes
    asked = select(PLACE.id)
    if area_id is not None:
        merged = places.inside(session, [("area", area_id)])  # places of what was merged into it count in it too
        asked = asked.where(PLACE.municipality_id.in_(below(area_id)) | PLACE.id.in_(merged))
    if place_id is not None:
        asked = asked.where(PLACE.id == place_id)
    unreached = asked.where(not_(places.reachable(session, caller, "visits:read")))
    asks_for_some = session.execute(asked.limit(1)).first() is not None
    return asks_for_some and session.execute(unreached.limit(1)).first() is None


def _day(text: str, parameter: str, *, ends: bool) -> date:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        period = Period.read(text)
        return period.last.last if ends else period.first.first
    except ValueError:
        raise Invalid(faults=[Fault("not-a-period", NOT_A_PERIOD, parameter=parameter)]) from None


@dataclass
class _Total:
    sums: Sums = field(default_factory=Sums)
    hidden: set[str] = field(default_factory=set)


@dataclass
class _World:
    """All that the totals of some places are made from."""

    places: dict[uuid.UUID, Any]
    areas: dict[uuid.UUID, Any]
    scheme: Scheme
    form: list[FormField]

    def chain(self, place_id: uuid.UUID, month: Month) -> list[uuid.UUID]:
        """The place and the areas above it in a month, up to its county."""
        place = self.places[place_id]
        above = self.scheme.chain(place.municipality_id, month.first)
        cut = above.index(place.county_id) + 1 if place.county_id in above else len(above)
        return [place_id, *above[:cut]]

    def node(self, id: uuid.UUID) -> Any:
        return self.places.get(id) or self.areas[id]

    def is_in(self, id: uuid.UUID, group: Group) -> bool:
        if id in self.places:
            return group == "place"
        if group == "county":
            return any(place.county_id == id for place in self.places.values())
        return group in _KINDS and bool(self.areas[id].kind == _KINDS[group])


def summaries(
    session: Session,
    *,
    by: Length,
    group: Group,
    asked: Range,
    area_id: uuid.UUID | None,
    place_id: uuid.UUID | None,
    only: Sequence[str] | None,
    hide_below: int | None,
) -> dict[str, Any]:
    """The totals of ``asked``, by period and group. ``hide_below``: k for the public, None for true values.

    What is hidden is decided month by month over whole counties, whatever is asked for: so no two
    answers together tell what one of them hides.
    """
    shown = set(session.scalars(below(area_id))) if area_id else None
    world = _world(session, shown, place_id)
    codes = _codes(world.form, only)
    totals: dict[tuple[Period, uuid.UUID], _Total] = {}
    facts = _facts(session, world, asked)
    for month in asked.months:
        of_month = {place: sums for (place, m), sums in facts.items() if m == month}
        _add_month(totals, world, Period.holding(month, by), month, of_month, hide_below)
    wanted = [
        (period, id, total)
        for (period, id), total in totals.items()
        if world.is_in(id, group) and _is_shown(world, id, shown, place_id)
    ]
    wanted.sort(key=lambda found: (found[0], world.node(found[1]).sort_name, str(found[1])))
    return {
        "items": [_item(world, period, id, total, codes, asked) for period, id, total in wanted],
        "next": None,
        "by": by,
        "group": group,
        "from_": asked.first,
        "to": asked.last,
        "fields": _fields_shown(world.form, codes),
        "hidden_below": hide_below,
    }


def _is_shown(world: _World, id: uuid.UUID, shown: set[uuid.UUID] | None, place_id: uuid.UUID | None) -> bool:
    if place_id is not None and id in world.places:
        return id == place_id
    where = world.places[id].municipality_id if id in world.places else id
    return shown is None or where in shown


def _add_month(
    totals: dict[tuple[Period, uuid.UUID], _Total],
    world: _World,
    period: Period,
    month: Month,
    of_month: dict[uuid.UUID, Sums],
    hide_below: int | None,
) -> None:
    chains = {place: world.chain(place, month) for place in of_month}
    for place, sums in of_month.items():
        for id in chains[place]:
            totals.setdefault((period, id), _Total()).sums.add(sums)
    if hide_below is not None:
        for id, code in _hidden(world.form, chains, of_month, hide_below):
            totals[period, id].hidden.add(code)


def _hidden(
    form: list[FormField], chains: dict[uuid.UUID, list[uuid.UUID]], of_month: dict[uuid.UUID, Sums], k: int
) -> Iterable[tuple[uuid.UUID, str]]:
    tree: dict[uuid.UUID, uuid.UUID | None] = {}
    for chain in chains.values():
        tree |= dict(zip(chain, [*chain[1:], None], strict=True))
    codes = [VISITS, *(f.code for f in form)]
    leaves = {place: {code: _value(form, sums, code) for code in codes} for place, sums in of_month.items()}
    return disclosure.hidden(tree, disclosure.totals(tree, leaves, codes), _relations(form), k)


def _relations(form: list[FormField]) -> list[disclosure.Relation]:
    wholes = [(VISITS, tuple(f.code for f in form if f.counts_as_visit))]
    wholes += [(f.code, tuple(p.code for p in form if p.part_of == f.code)) for f in form]
    return [disclosure.Relation(whole, parts) for whole, parts in wholes if parts]


def _value(form: list[FormField], sums: Sums, code: str) -> int | None:
    if code != VISITS:
        return sums.totals[code][0] if code in sums.totals else None
    counted = [sums.totals[f.code][0] for f in form if f.counts_as_visit and f.code in sums.totals]
    return sum(counted) if counted else None


def _world(session: Session, shown: set[uuid.UUID] | None, place_id: uuid.UUID | None) -> _World:
    columns = (PLACE.id, PLACE.slug, PLACE.name, PLACE.sort_name, PLACE.municipality_id, PLACE.county_id)
    places = {row.id: row for row in session.execute(select(*columns))}
    wanted = {
        p.county_id
        for p in places.values()
        if (shown is None or p.municipality_id in shown) and place_id in (None, p.id)
    }
    kept = {id: p for id, p in places.items() if p.county_id in wanted}
    rows = session.execute(select(AREA.id, AREA.kind, AREA.slug, AREA.name, AREA.sort_name))
    return _World(kept, {row.id: row for row in rows}, areas.scheme(session), _merged_form(session, wanted))


def _merged_form(session: Session, county_ids: set[uuid.UUID]) -> list[FormField]:
    """Every field that a form of these counties ever had; the newest version's words win."""
    fields: dict[str, FormField] = {}
    for form in session.execute(queries.forms()):
        if not county_ids or form.county_id in county_ids:
            fields |= {f["code"]: FormField.model_validate(f) for f in form.fields}
    return list(fields.values())


def _facts(session: Session, world: _World, asked: Range) -> dict[tuple[uuid.UUID, Month], Sums]:
    """The sums of each place and month: from the roll-up, and from the days where the range cuts a month."""
    months = asked.months
    whole, fields = queries.months(list(world.places), str(months[0]), str(months[-1]))
    found: dict[tuple[uuid.UUID, Month], Sums] = {}
    for place, month, *sums in session.execute(whole):
        if any(sums[:4]):
            found[place, Month.read(month)] = Sums(*sums)
    for place, month, code, total, days in session.execute(fields):
        found[place, Month.read(month)].totals[code] = (total, days)
    for cut in {m for m in (months[0], months[-1]) if not asked.holds_whole(m)}:
        found = {key: sums for key, sums in found.items() if key[1] != cut} | _cut(session, world, asked, cut)
    return found


def _cut(session: Session, world: _World, asked: Range, month: Month) -> dict[tuple[uuid.UUID, Month], Sums]:
    rows = session.execute(
        select(DAY.place_id, DAY.visited_on, DAY.status, DAY.open_minutes, DAY.counts).where(
            DAY.place_id.in_(list(world.places)),
            DAY.visited_on.between(max(asked.first, month.first), min(asked.last, month.last)),
        )
    )
    parts: dict[uuid.UUID, list[Part]] = {}
    for place, *part in rows:
        parts.setdefault(place, []).append(Part(*part))
    return {(place, month): summed(found) for place, found in parts.items()}


def _codes(form: list[FormField], only: Sequence[str] | None) -> list[str]:
    known = [VISITS, *(f.code for f in form)]
    if only is None:
        return known
    if any(code not in known for code in only):
        raise Invalid(faults=[Fault("unknown-field", UNKNOWN_FIELD.about(known=", ".join(known)), parameter="fields")])
    return [code for code in known if code in only]


def _fields_shown(form: list[FormField], codes: list[str]) -> list[dict[str, Any]]:
    parts = {relation.whole: list(relation.parts) for relation in _relations(form)}
    named = {f.code: (f.name, f.unit) for f in form} | {VISITS: (_VISITS_NAME, "visit")}
    return [{"code": c, "name": named[c][0], "unit": named[c][1], "sum_of": parts.get(c, [])} for c in codes]


def _item(
    world: _World, period: Period, id: uuid.UUID, total: _Total, codes: list[str], asked: Range
) -> dict[str, Any]:
    node, sums = world.node(id), total.sums
    values = {code: _value(world.form, sums, code) for code in {*codes, VISITS}}
    visits = None if VISITS in total.hidden else values[VISITS]
    today = clock.today()
    return {
        "period": str(period),
        "group": {"kind": getattr(node, "kind", "place"), "id": id, "slug": node.slug, "name": node.name},
        "counts": {code: _cell(values[code], hidden=code in total.hidden) for code in codes},
        "open_days": sums.open_days,
        "counted_days": sums.counted_days,
        "closed_days": sums.closed_days,
        "not_collected_days": sums.not_collected_days,
        "open_minutes": sums.open_minutes,
        "expected_days": None,
        "visits_per_open_day": round(visits / sums.counted_days, 1)
        if visits is not None and sums.counted_days
        else None,
        "revised": False,
        "partial": period.first.first <= today <= period.last.last
        or asked.first > period.first.first
        or asked.last < period.last.last,
    }


def _cell(value: int | None, *, hidden: bool) -> dict[str, Any]:
    if value is None:
        return {"value": None, "status": "m"}
    return {"value": None, "status": "c"} if hidden else {"value": value, "status": None}
