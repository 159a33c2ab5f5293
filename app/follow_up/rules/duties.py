"""Duties that go round, and matters carried home. Plan 4, 7, 9 and 13, rules R10 and R11. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from app.core.validity import is_valid
from app.follow_up.rules.facts import Facts, Gathering, Network, Rule
from app.follow_up.rules.gatherings import is_done, is_planned
from app.follow_up.rules.turns import next_after
from app.follow_up.rules.verdicts import Span, Status, Subject, Verdict, unless_unknown
from app.plan.parameters import Relay, Rotation


def rotation(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R10: to lead, or to be the secretary, goes round from meeting to meeting."""
    wanted: Rotation = rule.parameters
    known = sorted(facts.gatherings.get(("network", subject.named.slug), ()), key=lambda each: each.day)
    counted = [each for each in known if is_done(each, span) or is_planned(each, span)]
    turns = list(zip(counted, _in_turn(counted, wanted.duty, _order(facts, wanted, subject)), strict=True))
    of_period = [turn for turn in turns if span.first <= turn[0].day <= span.last]
    held = [turn for turn in of_period if is_done(turn[0], span)]
    ahead = [turn for turn in of_period if not is_done(turn[0], span)]
    if not of_period:
        return unless_unknown(Verdict(Status.not_due, "no-meeting"), span, subject.since)
    verdict = Verdict(
        Status.on_track if ahead else Status.met,
        "enough-planned" if ahead else "fulfilled",
        len(of_period),
        sum(bool(is_so) for _, is_so in held),
        sum(bool(is_so) for _, is_so in ahead),
        next_deadline_on=next((each.day for each, _ in ahead), None),
        evidence=[each.evidence for each, _ in (*held, *ahead)],
    )
    if any(is_so is False for _, is_so in held):
        verdict = replace(verdict, status=Status.breached, reason="out-of-turn")
    elif any(is_so is None for _, is_so in of_period):
        verdict = replace(verdict, status=Status.breached if span.is_over else Status.at_risk, reason="turn-not-named")
    elif not all(is_so for _, is_so in ahead):
        verdict = replace(verdict, status=Status.at_risk, reason="out-of-turn")
    return unless_unknown(verdict, span, subject.since)


def _order(facts: Facts, wanted: Rotation, subject: Subject) -> Callable[[date], list[UUID]]:
    """Who takes turns on a day, in order."""
    if wanted.duty == "lead":
        networks = {network.slug: network for network in facts.networks}
        among = [networks[slug] for slug in wanted.among if slug in networks]
        return lambda day: [each.id for each in among if is_valid(each.valid_from, each.valid_to, day)]
    assert isinstance(subject.of, Network)
    seats = [seat for seat in facts.seats.get(subject.of.id, ()) if seat.names_person and seat.is_held]
    return lambda day: [seat.id for seat in seats if is_valid(seat.valid_from, seat.valid_to, day)]


def _in_turn(counted: Sequence[Gathering], duty: str, order: Callable[[date], list[UUID]]) -> Iterator[bool | None]:
    """Whether each meeting has somebody for a duty whose turn it is; None where nobody is named."""
    had: list[UUID] = []
    for each in counted:
        who, those = each.turns.get(duty), order(each.day)
        is_first = not any(other in those for other in had)
        if who is None:
            yield None
            continue
        yield who in those and (is_first or duty in each.swapped or next_after(those, had) == who)
        had.append(who)


def relays(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R11: each organisation carries home what a network agreed."""
    wanted: Relay = rule.parameters
    on = span.day
    counted = [
        each
        for each in facts.carried.get(subject.named.slug, ())
        if each.decided_on <= on and (each.carried_on is None or each.carried_on >= span.first)
    ]
    if not counted:
        return unless_unknown(Verdict(Status.not_due, "nothing-to-carry"), span, subject.since)
    left = [each for each in counted if each.carried_on is None or each.carried_on > on]
    evidence = [each.evidence for each in counted]
    verdict = Verdict(Status.met, "fulfilled", len(counted), len(counted) - len(left), evidence=evidence)
    if left:
        until = min(each.decided_on for each in left) + timedelta(days=wanted.within_days)
        if until < on:
            return replace(verdict, status=Status.breached, reason="relays-late")
        return replace(verdict, status=Status.on_track, reason="relays-open", next_deadline_on=until)
    return verdict
