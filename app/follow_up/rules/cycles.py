"""What is done again and again, and at the beginning of a term. Plan 3.4 and 9-18, rules R7 and R9. Pure."""

from dataclasses import replace
from datetime import date, timedelta

from app.core.localized import Localized
from app.core.periods import Month, Period
from app.follow_up.rules.facts import Evidence, Facts, Rule, Term, Thing
from app.follow_up.rules.verdicts import Named, Span, Status, Subject, Verdict
from app.materials.rules import due_on, recency
from app.plan.parameters import AgreementTerm, Review


def review(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R7: a document reviewed, a report given, every so many months."""
    wanted: Review = rule.parameters
    thing = subject.of
    assert isinstance(thing, Thing)
    on = span.day
    done = sorted((each for each in thing.done if each.first <= on), key=lambda each: recency(each.period))
    begins, due = _next(wanted, done[-1].period if done else None, subject.since)
    planned = [each for each in thing.done if on < each.first <= due]
    verdict = Verdict(Status.not_due, "not-due-yet", 1, 0, len(planned), due, evidence=[e.evidence for e in done[-1:]])
    if on > due:
        return replace(verdict, status=Status.breached, reason="overdue" if done else "never-done")
    if on >= begins:
        status, reason = (Status.on_track, "enough-planned") if planned else (Status.at_risk, "due")
        return replace(verdict, status=status, reason=reason)
    if done and Period.read(done[-1].period).last.year == on.year:
        return replace(verdict, status=Status.met, reason="done-in-period", actual=1)
    return verdict


def _next(wanted: Review, last: str | None, since: date) -> tuple[date, date]:
    """From when on the next one is due, and until when."""
    if last is None and wanted.to_month is not None:
        window = Month(since.year, wanted.to_month)
        due = (window if window.last >= since else window.plus(12)).last
    else:
        due = due_on(last or str(Month.of(since)), wanted.every_months, wanted.to_month)
    if wanted.from_month is not None:
        return Month(due.year, wanted.from_month).first, due
    after = (Period.read(last).last.last if last else since) + timedelta(days=1)
    return max(date(due.year, 1, 1), after), due


def agreement_term(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R9: at the start of a term, roles are filled anew and matters looked over."""
    wanted: AgreementTerm = rule.parameters
    on = span.day
    known = facts.terms.get(subject.named.slug, ())
    term = next((t for t in known if t.starts_on <= on and (t.ends_on is None or on <= t.ends_on)), None)
    if term is None and (begun := [day for day in wanted.starts_on if day <= on]):
        term = Term(max(begun), None, {}, Evidence(f"/v1/networks/{subject.named.slug}/agreement-terms"))
    if term is None:
        return Verdict(Status.not_due, "no-term")
    steps = [("role", code) for code in wanted.choose_roles] + [("review", code) for code in wanted.review]
    done = [step for step in steps if step in term.steps and term.steps[step] <= on]
    until = term.starts_on + timedelta(days=wanted.within_days)
    dated = [step for step in steps if step in term.steps and on < term.steps[step] <= until]
    verdict = Verdict(
        Status.met,
        "fulfilled",
        len(steps),
        len(done),
        len(dated),
        missing=[
            Named(step[0], step[1], facts.step_names.get(step, Localized(fi=step[1])))
            for step in steps
            if step not in done and step not in dated
        ],
        evidence=[term.evidence],
    )
    if len(done) == len(steps):
        return verdict
    if len(done) + len(dated) == len(steps):
        return replace(verdict, status=Status.on_track, reason="enough-planned", next_deadline_on=until)
    if on <= until:
        return replace(verdict, status=Status.at_risk, reason="steps-open", next_deadline_on=until)
    return replace(verdict, status=Status.breached, reason="steps-late")
