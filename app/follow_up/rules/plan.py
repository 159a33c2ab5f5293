"""Every rule of a plan, judged for every subject as of a day. Pure.

A room that comes later plugs in by its facts (``Facts.recorded`` names them), and by a judge where its rules are of a
new type.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.validity import is_valid
from app.follow_up.rules import cycles, duties, gatherings, parties, places
from app.follow_up.rules.facts import Facts, Network, Place, Rule
from app.follow_up.rules.verdicts import Named, Span, Status, Subject, Verdict, advised, before, span_of

Judge = Callable[[Facts, Rule, Subject, Span], Verdict]
JUDGES: Mapping[str, Judge] = {
    "cadence": gatherings.cadence,
    "mode": gatherings.mode,
    "window": gatherings.windows,
    "representation": parties.representation,
    "coverage": places.coverage,
    "alternation": places.alternation,
    "review": cycles.review,
    "agreement_term": cycles.agreement_term,
    "rotation": duties.rotation,
    "relay": duties.relays,
}
KEPT_BY_TABLES = frozenset({"privacy", "integrity"})  # nothing that is stored can break them


@dataclass(frozen=True)
class Entry:
    """What comes of a rule for one subject on a day, and what came of it in the period before."""

    rule: Rule
    subject: Named
    period: str
    verdict: Verdict
    previous: Status


@dataclass(frozen=True)
class Judgement:
    """A plan on a day. ``unknown``: rules whose facts nobody records; ``invariants``: rules that nothing can break."""

    entries: Sequence[Entry]
    unknown: Sequence[Rule]
    invariants: Sequence[Rule]


def judged(facts: Facts, rules: Iterable[Rule], years: tuple[int, int], on: date) -> Judgement:
    """A plan for these years, first and last, on a day. ``rules`` are all of its rules, of all times."""
    entries: list[Entry] = []
    unknown: list[Rule] = []
    invariants: list[Rule] = []
    for rows in _by_code(rules):
        rule = _holding(rows, years, on) or _nearest(rows, on)
        if rule.type in KEPT_BY_TABLES:
            invariants.append(rule)
        elif rule.type not in JUDGES or fact_of(rule) not in facts.recorded:
            unknown.append(rule)
        else:
            entries += [_entry(facts, rows, rule, subject, years, on) for subject in subjects(facts, rule, on)]
    return Judgement(entries, unknown, invariants)


def holding(rules: Iterable[Rule], years: tuple[int, int], on: date) -> list[Rule]:
    """The rules of a plan for these years that hold on a day."""
    found = (_holding(rows, years, on) for rows in _by_code(rules))
    return [rule for rule in found if rule is not None]


def fact_of(rule: Rule) -> tuple[str, str]:
    """The kind of facts by which a rule is judged, as ``Facts.recorded`` names it."""
    return rule.type, rule.parameters.duty if rule.type == "rotation" else rule.subject[0]


def subjects(facts: Facts, rule: Rule, on: date) -> list[Subject]:
    """What a rule is judged for on a day."""
    kind, of = rule.subject
    if kind == "network":
        return [_of_network(facts, network) for network in facts.networks if network.slug == of]
    if kind == "network_kind":
        alike = (network for network in facts.networks if network.kind == of)
        return [_of_network(facts, n) for n in alike if is_valid(n.valid_from, n.valid_to, on)]
    if kind == "county":
        county = facts.county
        return [Subject(Named("area", county.slug, county.name, county.id), facts.recorded_from, county)]
    if kind == "meeting_places":
        alike_places = [p for p in facts.places if p.kind == rule.parameters.place_kind and not p.is_closed(on)]
        return [_of_place(facts, place) for place in alike_places]
    thing = facts.things.get(rule.subject)
    if kind == "report" and thing:
        return [replace(_of_network(facts, n), of=thing) for n in facts.networks if n.slug == of]
    return [Subject(Named(kind, thing.slug, thing.name, thing.id), facts.recorded_from, thing)] if thing else []


def _of_network(facts: Facts, network: Network) -> Subject:
    since = max(facts.recorded_from, network.valid_from or date.min)
    return Subject(Named("network", network.slug, network.name, network.id), since, network, network.valid_to)


def _of_place(facts: Facts, place: Place) -> Subject:
    since = max(facts.recorded_from, place.opened_on or date.min)
    return Subject(Named("meeting_place", place.slug, place.name, place.id), since, place)


def _entry(facts: Facts, rows: Sequence[Rule], rule: Rule, subject: Subject, years: tuple[int, int], on: date) -> Entry:
    per = getattr(rule.parameters, "per", "year")
    span = span_of(on, facts.today, per)
    earlier = before(span, per)
    verdict = _verdict(facts, _holding(rows, years, on), subject, span)
    was = _verdict(facts, _holding(rows, years, earlier.last), subject, earlier.at_its_end())
    return Entry(rule, subject.named, span.name, verdict, was.status)


def _verdict(facts: Facts, rule: Rule | None, subject: Subject, span: Span) -> Verdict:
    if rule is None:
        return Verdict(Status.not_due, "rule-not-valid")
    if span.day < subject.since:
        return Verdict(Status.not_due, "recorded-later")
    if not is_valid(None, subject.until, span.day):
        return Verdict(Status.not_due, "ended")
    verdict = JUDGES[rule.type](facts, rule, subject, span)
    is_advice = parties.is_advice(rule.parameters, rule) if rule.type == "representation" else rule.is_soft
    return advised(verdict) if is_advice else verdict


def _by_code(rules: Iterable[Rule]) -> Iterable[list[Rule]]:
    by_code: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: (len(rule.rule), rule.rule)):  # R2 before R10
        by_code.setdefault(rule.code, []).append(rule)
    return by_code.values()


def holds(own: tuple[date | None, date | None], years: tuple[int, int], day: date) -> bool:
    """Whether a rule holds on a day by its own dates; without these in the years of its plan and the one before."""
    return is_valid(own[0] or date(years[0] - 1, 1, 1), own[1] or date(years[1] + 1, 1, 1), day)


def _holding(rows: Sequence[Rule], years: tuple[int, int], day: date) -> Rule | None:
    """That row of a rule which holds on a day."""
    return next((rule for rule in rows if holds((rule.valid_from, rule.valid_to), years, day)), None)


def _nearest(rows: Sequence[Rule], day: date) -> Rule:
    """The row of a rule that is shown on a day on which none holds: the next one, else the last."""
    in_order = sorted(rows, key=lambda rule: rule.valid_from or date.min)
    return next((rule for rule in in_order if rule.valid_from and rule.valid_from > day), in_order[-1])
