"""How often, how and when networks meet: cadence, mode and windows. Plan 3-15, rules R1 to R3. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from app.follow_up.rules.facts import Facts, Gathering, Network, Rule, Window
from app.follow_up.rules.verdicts import Named, Span, Status, Subject, Verdict, unless_unknown
from app.plan.parameters import Cadence, Mode
from app.plan.parameters import Window as WindowRule
from app.year_clock.rules import days_of, is_kept_by

HYBRID = "hybrid"


def is_done(gathering: Gathering, span: Span) -> bool:
    """Whether it was held by the day from which a period is looked at."""
    return gathering.is_held and gathering.day <= span.on


def is_planned(gathering: Gathering, span: Span) -> bool:
    """Whether it is still to come, seen from that day; on the day itself, and from today to it, until it was held."""
    return gathering.day > span.on or (not gathering.is_held and gathering.day >= min(span.on, span.today))


def is_past(gathering: Gathering, span: Span) -> bool:
    """Whether its day is over, held or not."""
    return gathering.day < min(span.on, span.today)


def cadence(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R1: so many meetings in the period, and no gap too long between two."""
    wanted: Cadence = rule.parameters
    known = [
        each
        for each in facts.gatherings.get(_key(rule, subject), ())
        if wanted.mode is None or each.mode == wanted.mode
    ]
    verdict = _enough(_in(known, span), span, wanted.times, ("enough-planned", "too-few-planned", "too-few-held"))
    if wanted.longest_gap_days is not None:
        verdict = _with_gaps(verdict, known, span, wanted)
    return unless_unknown(verdict, span, subject.since)


def mode(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R2: so many of the period's meetings in a mode, at least and at most."""
    wanted: Mode = rule.parameters
    counted = {wanted.mode, HYBRID} if wanted.hybrid_counts else {wanted.mode}
    alike = [each for each in _in(facts.gatherings.get(_key(rule, subject), ()), span) if each.mode in counted]
    least = wanted.at_least or 0
    verdict = _enough(alike, span, least, ("enough-planned", "mode-not-planned", "mode-not-held"))
    if wanted.at_most is not None:
        expected = replace(verdict, expected=wanted.at_least if wanted.at_least is not None else wanted.at_most)
        done, planned = verdict.actual or 0, verdict.planned or 0
        if done > wanted.at_most:
            verdict = replace(expected, status=Status.breached, reason="too-many-of-mode", next_deadline_on=None)
        elif done + planned > wanted.at_most:
            first = min(each.day for each in alike if is_planned(each, span))
            verdict = replace(expected, status=Status.at_risk, reason="too-many-planned", next_deadline_on=first)
        else:
            verdict = expected
    return unless_unknown(verdict, span, subject.since)


def windows(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R3: a meeting in each window of a year clock for the kind of the network."""
    wanted: WindowRule = rule.parameters
    network = _network(subject)
    due = [
        each
        for each in facts.windows.get(wanted.clock, ())
        if each.kind == network.kind
        and (not wanted.windows or each.code in wanted.windows)
        and _days(each, span)[0] >= subject.since
    ]
    met = _in(facts.gatherings.get(_key(rule, subject), ()), span)
    held = [each for each in due if _kept(each, met, span, is_done)]
    planned = [each for each in due if each not in held and _kept(each, met, span, is_planned)]
    without = [each for each in due if each not in held and each not in planned and span.on >= _days(each, span)[0]]
    over = [each for each in without if span.on > _days(each, span)[1]]
    status, reason = _of_windows(len(due), len(held), len(planned), len(without), len(over))
    if without and all(_kept(each, met, span, is_past) for each in without):
        reason = "past-meetings-not-marked"
    left = [each for each in due if each not in held]
    verdict = Verdict(
        status,
        reason,
        expected=len(due),
        actual=len(held),
        planned=len(planned),
        next_deadline_on=next((last for each in left if (last := _days(each, span)[1]) >= span.on), None),
        missing=[Named("window", each.code, each.name) for each in left if each not in planned],
        evidence=[each.evidence for each in met if is_done(each, span) or is_planned(each, span)],
    )
    return verdict if due else replace(verdict, reason="recorded-later" if span.first < subject.since else "no-window")


def _of_windows(due: int, held: int, planned: int, without: int, over: int) -> tuple[Status, str]:
    """``without``: windows that began, with no meeting done or planned; ``over``: those of them that ended."""
    if over:
        return Status.breached, "window-missed"
    if due and held == due:
        return Status.met, "fulfilled"
    if due and held + planned == due:
        return Status.on_track, "enough-planned"
    return (Status.at_risk, "window-open") if without else (Status.not_due, "next-window-not-begun")


def _kept(window: Window, met: Iterable[Gathering], span: Span, is_so: Callable[[Gathering, Span], bool]) -> bool:
    days = _days(window, span)
    return any(
        is_so(each, span)
        and is_kept_by(window.code, window.mode, days, met_on=each.day, met_as=each.mode, marked=each.window)
        for each in met
    )


def _days(window: Window, span: Span) -> tuple[date, date]:
    return days_of(window.first_month, window.last_month, span.first.year)


def _enough(alike: Sequence[Gathering], span: Span, least: int, reasons: tuple[str, str, str]) -> Verdict:
    """Whether so many meetings of a period were held or are planned."""
    done = [each for each in alike if is_done(each, span)]
    planned = [each for each in alike if is_planned(each, span)]
    enough, too_few, too_late = reasons
    deadline: date | None = span.last
    if len(done) >= least:
        status, reason, deadline = Status.met, "fulfilled", None
    elif span.is_over:
        status, reason, deadline = Status.breached, too_late, None
    elif len(done) + len(planned) >= least:
        status, reason = Status.on_track, enough
    else:
        status, reason = Status.at_risk, too_few
    if status in (Status.at_risk, Status.breached) and len(alike) >= least:
        reason = "past-meetings-not-marked"
    evidence = [each.evidence for each in (*done, *planned)]
    return Verdict(status, reason, least, len(done), len(planned), deadline, evidence=evidence)


def _with_gaps(verdict: Verdict, known: Sequence[Gathering], span: Span, wanted: Cadence) -> Verdict:
    """The verdict on the number of meetings, once the days between them are looked at."""
    end = min(span.on, span.last)
    held = sorted(each.day for each in known if each.day < end or (each.is_held and each.day == end))
    ahead = sorted(each.day for each in known if end < each.day <= span.last)
    ended = [pair for pair in pairwise(held) if pair[1] >= span.first]
    running = [(held[-1], end)] if held else []
    if any(_gap(*pair, wanted) > (wanted.longest_gap_days or 0) for pair in (*ended, *running)):
        return replace(verdict, status=Status.breached, reason="gap-too-long", next_deadline_on=None)
    if verdict.status not in (Status.met, Status.on_track):
        return verdict
    to_come = [*held[-1:], *ahead, span.last]
    for one, other in pairwise(to_come):
        if _gap(one, other, wanted) > (wanted.longest_gap_days or 0):
            return replace(verdict, status=Status.at_risk, reason="gap-ahead", next_deadline_on=_gap_ends(one, wanted))
    return verdict


def _gap(one: date, other: date, wanted: Cadence) -> int:
    """Days from one meeting to another, those in months that a gap may span left out."""
    days = (one + timedelta(days=n) for n in range(1, (other - one).days + 1))
    return sum(day.month not in wanted.gap_pauses_in for day in days)


def _gap_ends(one: date, wanted: Cadence) -> date:
    """The last day on which a gap that began is not yet too long."""
    day, left = one, wanted.longest_gap_days or 0
    while True:
        following = day + timedelta(days=1)
        left -= following.month not in wanted.gap_pauses_in
        if left < 0:
            return day
        day = following


def _in(known: Iterable[Gathering], span: Span) -> list[Gathering]:
    return [each for each in known if span.first <= each.day <= span.last]


def _network(subject: Subject) -> Network:
    assert isinstance(subject.of, Network)
    return subject.of


def _key(rule: Rule, subject: Subject) -> tuple[str, str | None]:
    return ("network", subject.named.slug) if isinstance(subject.of, Network) else rule.subject
