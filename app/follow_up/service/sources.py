"""Where the facts come from by which a plan is judged: a reader for each room.

A room that comes later adds a reader to ``SOURCES``, and names what it records.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row as Found
from sqlmodel import Session

from app.areas import service as areas
from app.areas.models import Area as AreaRow
from app.core import clock
from app.core.localized import Localized
from app.core.periods import Month, Period
from app.evaluations.models import EvaluationState
from app.follow_up.queries import duties
from app.follow_up.queries import facts as queries
from app.follow_up.rules.facts import (
    Area,
    Carried,
    Done,
    Evaluated,
    Evidence,
    Facts,
    Gathering,
    Network,
    Place,
    Seat,
    Term,
    Thing,
    ThingKey,
    Window,
)
from app.meetings.models.meetings import MeetingStatus
from app.plan.models import Plan

Read = dict[str, Any]  # fields of Facts
Source = Callable[[Session, uuid.UUID], Read]
REVIEWS = {
    ("review", "members"): Localized(fi="jäsenet", en="members"),
    ("review", "tasks"): Localized(fi="tehtävät", en="tasks"),
    ("review", "goals"): Localized(fi="tavoitteet", en="goals"),
}
ALL_RULES_OF = {"network", "network_kind"}
# Of all that a verdict is made of: a public answer is kept until one of these grows.
FAMILIES = (
    "plan",
    "areas",
    "organisations",
    "networks",
    "meetings",
    "year_clock",
    "places",
    "evaluations",
    "criteria",
    "materials",
)


def facts(session: Session, plan: Plan, sources: Sequence[Source] | None = None) -> Facts:
    """What is known of a plan's county, all or what some sources tell. As many queries for many networks as for one."""
    county = session.get_one(AreaRow, plan.county_id)
    read: Read = {"recorded": set(), "gatherings": {}, "things": {}}
    for source in SOURCES if sources is None else sources:
        for name, found in source(session, plan.county_id).items():
            read[name] = read[name] | found if name in read else found
    return Facts(
        county=Area(county.id, county.slug, county.name),
        recorded_from=plan.recorded_from or date(plan.first_year - 1, 1, 1),
        today=clock.today(),
        scheme=areas.scheme(session),
        **{**read, "recorded": frozenset(read["recorded"])},
    )


def _municipalities(session: Session, county_id: uuid.UUID) -> Read:
    found = session.execute(queries.municipalities(county_id))
    return {"municipalities": [Area(*row) for row in found]}


def _networks(session: Session, county_id: uuid.UUID) -> Read:
    networks = [Network(**row._mapping) for row in session.execute(queries.networks(county_id))]
    seats: dict[uuid.UUID, list[Seat]] = {}
    for row in session.execute(queries.seats(county_id)):
        found = dict(row._mapping)
        seats.setdefault(found.pop("network_id"), []).append(Seat(**found))
    return {"networks": networks, "seats": seats, "recorded": _of_networks("representation")}


def _meetings(session: Session, county_id: uuid.UUID) -> Read:
    gatherings: dict[ThingKey, list[Gathering]] = {}
    swapped: dict[uuid.UUID, set[str]] = {}
    for meeting_id, duty in session.execute(duties.swaps(county_id)):
        swapped.setdefault(meeting_id, set()).add(str(duty))
    for row in session.execute(queries.meetings(county_id)):
        made = _gathering(row, frozenset(swapped.get(row.id, ())))
        gatherings.setdefault(("network", row.slug), []).append(made)
    turns = {("rotation", duty) for duty in ("lead", "secretary")}
    return {"gatherings": gatherings, "recorded": _of_networks("cadence", "mode", "window") | turns}


def _gathering(row: "Found[Any]", swapped: frozenset[str]) -> Gathering:
    return Gathering(
        day=row.local_start.date(),
        mode=row.mode,
        is_held=row.status == MeetingStatus.held,
        evidence=Evidence(f"/v1/meetings/{row.id}", row.is_public),
        window=row.window_code,
        turns={"lead": row.led_by_id, "secretary": row.secretary_id},
        swapped=swapped,
    )


def _windows(session: Session, county_id: uuid.UUID) -> Read:
    windows: dict[str, list[Window]] = {}
    for row in session.execute(queries.windows(county_id)):
        found = dict(row._mapping)
        windows.setdefault(found.pop("slug"), []).append(Window(**found))
    return {"windows": windows}


def _places(session: Session, county_id: uuid.UUID) -> Read:
    places = [Place(**row._mapping) for row in session.execute(queries.places(county_id))]
    return {"places": places, "recorded": {("coverage", "county")}}


def _evaluations(session: Session, county_id: uuid.UUID) -> Read:
    evaluations: dict[uuid.UUID, list[Evaluated]] = {}
    for row in session.execute(queries.evaluations(county_id)):
        made = Evaluated(
            row.year,
            row.kind,
            row.code,
            row.state == EvaluationState.final,
            row.visited_on,
            Evidence(f"/v1/evaluations/{row.id}", is_public=False),
        )
        evaluations.setdefault(row.place_id, []).append(made)
    return {"evaluations": evaluations, "recorded": {("alternation", "meeting_places")}}


def _documents(session: Session, county_id: uuid.UUID) -> Read:
    done: dict[tuple[uuid.UUID, str, Any], list[Done]] = {}
    for row in session.execute(queries.documents(county_id)):
        reviews = done.setdefault((row.id, row.slug, row.title), [])
        if row.reviewed_in is not None:
            first = Period.read(row.reviewed_in).first.first
            reviews.append(Done(first, row.reviewed_in, Evidence(f"/v1/reviewed-documents/{row.slug}/reviews")))
    things = {("document", document[1]): Thing(*document, reviews) for document, reviews in done.items()}
    return {"things": things, "recorded": {("review", "document")}}


def _relays(session: Session, county_id: uuid.UUID) -> Read:
    carried: dict[str, list[Carried]] = {}
    for row in session.execute(duties.relays(county_id)):
        evidence = Evidence(f"/v1/relays/{row.id}", is_public=False)
        carried.setdefault(row.slug, []).append(Carried(row.local_start.date(), row.carried_on, evidence))
    return {"carried": carried, "recorded": _of_networks("relay")}


def _reports(session: Session, county_id: uuid.UUID) -> Read:
    done: dict[tuple[uuid.UUID, str, Any], list[Done]] = {}
    for row in session.execute(duties.reports(county_id)):
        given = done.setdefault((row.id, row.slug, row.name), [])
        if row.report is not None:
            evidence = Evidence(f"/v1/status-reports/{row.report}", row.is_public)
            given.append(Done(row.delivered_on, str(Month.of(row.delivered_on)), evidence))
    things = {("report", network[1]): Thing(*network, given) for network, given in done.items()}
    return {"things": things, "recorded": {("review", "report")}}


def _terms(session: Session, county_id: uuid.UUID) -> Read:
    steps: dict[tuple[str, date, date | None], dict[tuple[str, str], date]] = {}
    for row in session.execute(duties.terms(county_id)):
        its = steps.setdefault((row.slug, row.starts_on, row.ends_on), {})
        if row.kind is not None:
            its[str(row.kind), row.code] = row.done_on
    terms: dict[str, list[Term]] = {}
    for (slug, starts_on, ends_on), its in steps.items():
        evidence = Evidence(f"/v1/networks/{slug}/agreement-terms")
        terms.setdefault(slug, []).append(Term(starts_on, ends_on, its, evidence))
    names = {("role", row.code): row.name for row in session.execute(duties.roles(county_id))}
    return {"terms": terms, "step_names": {**REVIEWS, **names}, "recorded": _of_networks("agreement_term")}


def _of_networks(*types: str) -> set[tuple[str, str]]:
    return {(of, kind) for of in types for kind in ALL_RULES_OF}


SOURCES: tuple[Source, ...] = (
    *(_municipalities, _networks, _meetings, _windows, _places, _evaluations, _documents, _relays, _reports, _terms),
)
OF_SEATS: tuple[Source, ...] = (_municipalities, _networks, _places)
