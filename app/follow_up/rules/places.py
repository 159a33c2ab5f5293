"""Where families have a meeting place, and how it is evaluated. Plan 7, rules R5 and R6. Pure."""

from datetime import date

from app.follow_up.rules.facts import Evidence, Facts, Place, Rule
from app.follow_up.rules.verdicts import Named, Span, Status, Subject, Verdict, unless_unknown
from app.plan.parameters import Alternation, Coverage


def coverage(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R5: so many municipalities of the county have an open place of a kind on the day."""
    wanted: Coverage = rule.parameters
    inside = {area.id: area for area in facts.within(facts.county.id, span.day)}
    alike = [place for place in facts.places if place.kind == wanted.place_kind and place.municipality_id in inside]
    covered = {place.municipality_id for place in alike if place.is_open(span.day)}
    to_come = {place.municipality_id for place in alike if _opens_later(place, span)} - covered
    is_enough = len(covered) >= wanted.municipalities
    return Verdict(
        Status.met if is_enough else Status.breached,
        "fulfilled" if is_enough else "too-few-municipalities",
        wanted.municipalities,
        len(covered),
        len(to_come),
        missing=[Named("area", a.slug, a.name, a.id) for a in inside.values() if a.id not in covered],
        evidence=[Evidence(f"/v1/meeting-places/{place.slug}") for place in alike if place.is_open(span.day)],
    )


def alternation(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R6: a place is evaluated in the year, in the way whose turn it is."""
    wanted: Alternation = rule.parameters
    place, year = subject.of, span.first.year
    assert isinstance(place, Place)
    way = wanted.kinds[(year - wanted.anchor_year) % len(wanted.kinds)]
    of_year = [
        each
        for each in facts.evaluations.get(place.id, ())
        if each.year == year and wanted.criteria_set in (None, each.criteria_set)
    ]
    alike = [each for each in of_year if each.kind == way]
    done = [each for each in alike if each.is_final and _was(each.visited_on, span.day)]
    others = [each for each in of_year if each.kind != way and each.is_final and _was(each.visited_on, span.day)]
    coming = [] if span.is_over else [each for each in alike if each not in done]
    deadline: date | None = span.last
    if done:
        status, reason, deadline = Status.met, "fulfilled", None
    elif coming:
        status, reason = Status.on_track, "evaluation-planned"
    elif span.is_over:
        status, reason, deadline = Status.breached, "wrong-kind" if others else "not-evaluated", None
    else:
        status, reason = Status.at_risk, "wrong-kind" if others else "not-evaluated-yet"
    evidence = [each.evidence for each in (*done, *coming, *others)]
    verdict = Verdict(status, reason, 1, int(bool(done)), int(bool(coming)), deadline, evidence=evidence)
    return unless_unknown(verdict, span, subject.since)


def _opens_later(place: Place, span: Span) -> bool:
    return place.opened_on is not None and span.day < place.opened_on <= span.last


def _was(visited_on: date | None, on: date) -> bool:
    return visited_on is None or visited_on <= on
