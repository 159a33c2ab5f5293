"""Whether a plan is kept on a day, as an answer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session

from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.follow_up.queries import facts as queries
from app.follow_up.rules import plan as rules
from app.follow_up.rules.facts import Evidence, Facts, Gathering, Network, Rule, ThingKey
from app.follow_up.rules.plan import Entry, Judgement
from app.follow_up.rules.verdicts import Status
from app.follow_up.schemas.compliance import ProposedMeeting
from app.follow_up.service import words
from app.follow_up.service.sources import facts
from app.plan import parameters
from app.plan.models import Plan, RuleType

UNKNOWN_NETWORK = Words(
    "Suunnitelman alueella ei ole tällaista verkostoa. Verkostot: /v1/networks.",
    "The plan's county has no such network. Networks: /v1/networks.",
)
UNKNOWN_WINDOW = Words(
    "Tällaisen verkoston ikkunat vuosikelloissa ovat: {known}.",
    "The windows of year clocks for this kind of network are: {known}.",
)


def of_plan(
    session: Session,
    plan: Plan,
    on: date,
    *,
    hides: bool,
    of: Sequence[str] = (),
    rule: str | None = None,
    status: Status | None = None,
) -> dict[str, Any]:
    """A plan on a day. ``hides``: evidence that needs a token is left out, and counted.

    ``of``: only what is judged of the thing that each of these, an id or a slug, names.
    """
    judgement = _judged(plan, facts(session, plan), rules_of(session, plan), on)
    entries = [
        entry
        for entry in judgement.entries
        if all(reference in (entry.subject.slug, str(entry.subject.id)) for reference in of)
        and (rule is None or entry.rule.rule == rule)
        and (status is None or entry.verdict.status == status)
    ]
    return _answer(plan, replace(judgement, entries=entries), on, hides=hides)


def simulated(session: Session, plan: Plan, meetings: Sequence[ProposedMeeting], on: date) -> dict[str, Any]:
    """A plan on a day as it would be with some more meetings. Raises Invalid where a network or a window is unknown."""
    known, of_plan = facts(session, plan), rules_of(session, plan)
    before, after = (_judged(plan, each, of_plan, on) for each in (known, _with(known, meetings)))
    was = {(entry.rule.code, entry.subject.slug): entry.verdict.status for entry in before.entries}
    changes = [
        {
            "rule": entry.rule.rule,
            "code": entry.rule.code,
            "subject": entry.subject,
            "before": was[entry.rule.code, entry.subject.slug],
            "after": entry.verdict.status,
        }
        for entry in after.entries
        if was[entry.rule.code, entry.subject.slug] != entry.verdict.status
    ]
    return {**_answer(plan, after, on, hides=False), "changes": changes}


def rules_of(session: Session, plan: Plan) -> list[Rule]:
    """The rules of a plan, of all times."""
    return [
        Rule(
            row.code,
            row.rule,
            row.type,
            (row.subject_kind, row.subject),
            parameters.read(RuleType(row.type), row.parameters),
            row.plan_ref,
            row.is_soft,
            row.valid_from,
            row.valid_to,
        )
        for row in session.execute(queries.rules(plan.id))
    ]


def _judged(plan: Plan, known: Facts, of_plan: Sequence[Rule], on: date) -> Judgement:
    return rules.judged(known, of_plan, (plan.first_year, plan.last_year), on)


def _with(known: Facts, meetings: Sequence[ProposedMeeting]) -> Facts:
    """The facts with meetings that might be planned."""
    networks = {reference: each for each in known.networks for reference in (each.slug, str(each.id))}
    gatherings: dict[ThingKey, Sequence[Gathering]] = dict(known.gatherings)
    for index, meeting in enumerate(meetings):
        network = _named(networks, meeting.network, f"/meetings/{index}/network")
        led_by = _named(networks, meeting.led_by, f"/meetings/{index}/led_by") if meeting.led_by else None
        if meeting.window_code:
            _must_have_window(known, network, meeting.window_code, f"/meetings/{index}/window_code")
        made = Gathering(
            meeting.day,
            meeting.mode,
            is_held=False,
            evidence=Evidence(f"/v1/networks/{network.slug}/meetings"),
            window=meeting.window_code,
            turns={"lead": led_by.id if led_by else None, "secretary": meeting.secretary},
        )
        key = ("network", network.slug)
        gatherings[key] = sorted([*gatherings.get(key, ()), made], key=lambda each: each.day)
    return replace(known, gatherings=gatherings)


def _must_have_window(known: Facts, network: Network, code: str, pointer: str) -> None:
    windows = {window.code for clock in known.windows.values() for window in clock if window.kind == network.kind}
    if code not in windows:
        told = UNKNOWN_WINDOW.about(known=", ".join(sorted(windows)) or "-")
        raise Invalid(faults=[Fault("unknown-window", told, pointer=pointer)])


def _named(networks: Mapping[str, Network], reference: str, pointer: str) -> Network:
    if reference not in networks:
        raise Invalid(faults=[Fault("unknown-network", UNKNOWN_NETWORK, pointer=pointer)])
    return networks[reference]


def _answer(plan: Plan, judgement: Judgement, on: date, *, hides: bool) -> dict[str, Any]:
    counts = Counter(entry.verdict.status for entry in judgement.entries)
    return {
        "on": on,
        "revision": plan.revision,
        "recorded_from": plan.recorded_from,
        "counts": {status: counts[status] for status in Status},
        "rules": [_shown(entry, hides=hides) for entry in judgement.entries],
        "not_evaluated": [{**_short(rule), "reason": "no-facts-yet"} for rule in judgement.unknown],
        "invariants": [_short(rule) for rule in judgement.invariants],
    }


def _short(rule: Rule) -> dict[str, Any]:
    return {"rule": rule.rule, "code": rule.code, "name": words.name_of(rule), "plan_ref": rule.plan_ref}


def _shown(entry: Entry, *, hides: bool) -> dict[str, Any]:
    rule, verdict = entry.rule, entry.verdict
    shown = [each for each in verdict.evidence if each.is_public or not hides]
    return {
        **_short(rule),
        "type": rule.type,
        "subject": entry.subject,
        "period": entry.period,
        "status": verdict.status,
        "expected": verdict.expected,
        "actual": verdict.actual,
        "planned": verdict.planned,
        "missing": verdict.missing,
        "next_deadline_on": verdict.next_deadline_on,
        "reason": verdict.reason,
        "because": words.because(rule, verdict),
        "is_soft": rule.is_soft,
        "evidence": [each.path for each in shown],
        "evidence_hidden": len(verdict.evidence) - len(shown),
        "previous": entry.previous,
    }
