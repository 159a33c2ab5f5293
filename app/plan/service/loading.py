"""What a plan file brings of a plan: the plan itself, and its later editions."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock, rows
from app.core.database import Work
from app.core.shapes import Row
from app.networks.queries import KIND as NETWORK_KIND
from app.networks.queries import NETWORK
from app.plan import parameters
from app.plan.models import FocusArea, Goal, GoalFocus, Measure, Plan, PlanRevision, PlanRule
from app.plan.queries import FOCUS, GOAL, GOAL_FOCUS, MEASURE, PLAN, REVISION, RULE
from app.plan.schemas import GoalSpec, PlanSpec, RuleSpec

MADE = ("plans", "plan_revisions", "focus_areas", "goals", "measures", "rules")


def load(session: Work, county_id: uuid.UUID, spec: PlanSpec) -> dict[str, int]:
    """Create the plan or what it lacks, and answer how many of each were made.

    The revision that is stored, again: only what is missing is made. A later one is a new edition: texts, owners,
    focus areas, themes and rules follow the file, and what it leaves out ends; status and notes stay as they are, and
    the day from which the plan is recorded.
    The plan was judged before (``faults``).
    """
    plan = session.scalars(select(Plan).where(PLAN.slug == spec.slug).with_for_update()).first()
    is_first = plan is None
    if plan is None:
        begun = spec.recorded_from if "recorded_from" in spec.model_fields_set else clock.today()
        plan = rows.add(session, Plan(county_id=county_id, slug=spec.slug, recorded_from=begun, **_facts(spec)))
    is_new = is_first or spec.revision > plan.revision
    editions = len(session.scalars(select(REVISION.number).where(REVISION.plan_id == plan.id)).all()) + is_new
    edition = _Edition(session, plan, spec, is_first, is_new, since=spec.valid_from if editions > 1 else None)
    edition.take_in()
    return {name: edition.made[name] for name in MADE}


def _facts(spec: PlanSpec) -> dict[str, Any]:
    plain = ("title", "first_year", "last_year", "approved_on", "revision")
    return {name: getattr(spec, name) for name in plain} | {
        name: [item.model_dump(mode="json", exclude_none=True) for item in getattr(spec, name)]
        for name in ("background", "links")
    }


@dataclass
class _Edition:
    """A plan as the file has it, on its way into the database.

    ``is_new``: what is there follows the file. ``since``: from when on a rule holds that is new; null where it is the
    first edition, whose rules hold since ever. ``changes``: what became different, for the row of the revision.
    """

    session: Work
    plan: Plan
    spec: PlanSpec
    is_first: bool
    is_new: bool
    since: date | None
    changes: list[dict[str, str]] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)

    def take_in(self) -> None:
        if self.is_first:
            self.made["plans"] = 1
        elif self.is_new:
            before = _content(self.plan, PLAN_CONTENT)
            rows.apply(self.plan, _facts(self.spec))
            if _content(self.plan, PLAN_CONTENT) != before:
                self._note("plan", self.plan.slug, "changed")
        focus = self._focus_areas()
        goals = self._goals(focus)
        if self.is_new:
            self._drop(focus)
        self._measures(goals)
        self._rules()
        if self.is_new:
            self.made["plan_revisions"] = 1
            self.session.add(
                PlanRevision(
                    plan_id=self.plan.id,
                    number=self.spec.revision,
                    valid_from=self.spec.valid_from,
                    summary=self.spec.summary,
                    changes=self.changes,
                )
            )
        self.session.flush()

    def _note(self, kind: str, code: str, action: str) -> None:
        told = {"kind": kind, "code": code, "action": action}
        if told not in self.changes:  # a rule may begin with several times at once
            self.changes.append(told)

    def _follow(self, kind: str, code: str, row: Row, values: Mapping[str, Any], *, also: bool = False) -> None:
        """Let a row that is there follow the file; ``also``: what belongs to it is different."""
        came_back = getattr(row, "ended_in", None) is not None
        differs = also or any(getattr(row, name) != value for name, value in values.items() if name != "position")
        rows.apply(row, {**values, **({"ended_in": None} if came_back else {})}, also=also)
        if came_back or differs:
            self._note(kind, code, "added" if came_back else "changed")

    def _end(self, kind: str, code: str, row: Goal | Measure) -> None:
        if row.ended_in is None:
            rows.apply(row, {"ended_in": self.spec.revision})
            self._note(kind, code, "ended")

    def _focus_areas(self) -> dict[str, FocusArea]:
        stored = {row.code: row for row in self.session.scalars(select(FocusArea).where(FOCUS.plan_id == self.plan.id))}
        for position, spec in enumerate(self.spec.focus_areas):
            values: dict[str, Any] = {"name": spec.name, "position": position}
            if spec.code not in stored:
                stored[spec.code] = FocusArea(plan_id=self.plan.id, code=spec.code, **values)
                self.session.add(stored[spec.code])
                self._made("focus_area", spec.code)
            elif self.is_new:
                self._follow("focus_area", spec.code, stored[spec.code], values)
        self.session.flush()
        return stored

    def _drop(self, focus: Mapping[str, FocusArea]) -> None:
        """Take away the focus areas that the file leaves out; only goals that ended may carry them still."""
        for code in focus.keys() - {spec.code for spec in self.spec.focus_areas}:
            for link in self.session.scalars(select(GoalFocus).where(GOAL_FOCUS.focus_area_id == focus[code].id)).all():
                self.session.delete(link)
            self.session.flush()
            rows.remove(self.session, focus[code])
            self._note("focus_area", code, "ended")

    def _made(self, kind: str, code: str) -> None:
        self.made[f"{kind}s"] += 1
        self._note(kind, code, "added")

    def _goals(self, focus: Mapping[str, FocusArea]) -> dict[str, Goal]:
        networks = dict(self.session.execute(select(NETWORK.slug, NETWORK.id)).all())
        kinds = dict(
            self.session.execute(
                select(NETWORK_KIND.code, NETWORK_KIND.id).where(NETWORK_KIND.county_id == self.plan.county_id)
            ).all()
        )
        held = select(Goal).where(GOAL.plan_id == self.plan.id).order_by(GOAL.id).with_for_update(key_share=True)
        stored = {row.code: row for row in self.session.scalars(held)}
        carried: dict[uuid.UUID, dict[uuid.UUID, GoalFocus]] = {row.id: {} for row in stored.values()}
        for link in self.session.scalars(select(GoalFocus).where(GOAL_FOCUS.goal_id.in_(list(carried)))):
            carried[link.goal_id][link.focus_area_id] = link
        for position, spec in enumerate(self.spec.goals):
            wanted = {focus[code].id for code in spec.focus_areas}
            values: dict[str, Any] = {
                "position": position,
                "plan_ref": spec.plan_ref,
                "text": spec.text,
                "network_id": networks[spec.network] if spec.network else None,
                "network_kind_id": kinds[spec.network_kind] if spec.network_kind else None,
                "themes": list(spec.themes),
            }
            if spec.code not in stored:
                stored[spec.code] = goal = rows.add(self.session, Goal(plan_id=self.plan.id, code=spec.code, **values))
                self._made("goal", spec.code)
                carried[goal.id] = {}
            elif self.is_new:
                goal = stored[spec.code]
                self._follow("goal", spec.code, goal, values, also=wanted != carried[goal.id].keys())
            else:
                continue
            for gone in carried[goal.id].keys() - wanted:
                self.session.delete(carried[goal.id][gone])
            for new in wanted - carried[goal.id].keys():
                self.session.add(GoalFocus(goal_id=goal.id, focus_area_id=new))
        self.session.flush()
        if self.is_new:
            for code in stored.keys() - {spec.code for spec in self.spec.goals}:
                self._end("goal", code, stored[code])
        return stored

    def _measures(self, goals: Mapping[str, Goal]) -> None:
        names = {goal.id: code for code, goal in goals.items()}
        found = self.session.scalars(select(Measure).where(MEASURE.goal_id.in_(list(names))).order_by(MEASURE.id))
        stored = {(names[row.goal_id], row.code): row for row in found}
        wanted: set[tuple[str, str]] = set()
        for goal in self.spec.goals:
            wanted |= self._measures_of(goal, goals[goal.code], stored)
        if self.is_new:
            for key in [key for key in stored if key not in wanted]:
                self._end("measure", "/".join(key), stored[key])

    def _measures_of(
        self, spec: GoalSpec, goal: Goal, stored: Mapping[tuple[str, str], Measure]
    ) -> set[tuple[str, str]]:
        for position, measure in enumerate(spec.measures):
            values: dict[str, Any] = {"position": position, "text": measure.text}
            name = f"{spec.code}/{measure.code}"
            row = stored.get((spec.code, measure.code))
            if row is None:
                self.session.add(Measure(goal_id=goal.id, code=measure.code, **values))
                self._made("measure", name)
            elif self.is_new:
                self._follow("measure", name, row, values)
        return {(spec.code, measure.code) for measure in spec.measures}

    def _rules(self) -> None:
        rows_by_code: dict[str, PlanRule] = {}  # the latest of each
        periods: dict[str, list[PlanRule]] = {}
        query = select(PlanRule).where(RULE.plan_id == self.plan.id)
        for row in sorted(self.session.scalars(query), key=lambda row: row.valid_from or date.min):
            rows_by_code[row.code] = row
            periods.setdefault(row.code, []).append(row)
        specs: dict[str, list[RuleSpec]] = {}
        for spec in sorted(self.spec.rules, key=lambda spec: spec.valid_from or date.min):
            specs.setdefault(spec.code, []).append(spec)
        for code in dict.fromkeys(spec.code for spec in self.spec.rules):
            latest = rows_by_code.get(code)
            if latest is None:
                for spec in specs[code]:
                    self._begin(spec, "added")
            elif self.is_new:
                ahead = [row for row in periods[code] if not self._is_over(row)]
                if len(ahead) > 1 or len(specs[code]) > 1:
                    self._follow_periods(code, specs[code], ahead)
                else:
                    self._follow_rule(specs[code][-1], latest)
        if self.is_new:
            for code in rows_by_code.keys() - specs.keys():
                ahead = [row for row in periods[code] if not self._is_over(row)]
                for row in ahead:
                    self._end_rule(row, self.spec.valid_from)
                if ahead:
                    self._note("rule", code, "ended")

    def _follow_periods(self, code: str, specs: list[RuleSpec], ahead: list[PlanRule]) -> None:
        """Let a rule that has several times in a row hold as the edition says from its first day on."""
        day = self.spec.valid_from
        wanted = [
            (max(spec.valid_from or day, day), spec.valid_to, _rule(spec))
            for spec in specs
            if spec.valid_to is None or spec.valid_to > day
        ]
        if [(max(r.valid_from or day, day), r.valid_to, _rule_of(r)) for r in ahead] == wanted:
            return
        self._note("rule", code, "changed" if wanted else "ended")
        for row in ahead:
            goes_on = (row.valid_from is None or row.valid_from < day) and wanted and wanted[0][0] == day
            if goes_on and _rule_of(row) == wanted[0][2]:
                rows.apply(row, {"valid_to": wanted.pop(0)[1]})
            else:
                self._end_rule(row, day)
        self.session.flush()
        for first, last, facts in wanted:
            self.session.add(PlanRule(plan_id=self.plan.id, code=code, valid_from=first, valid_to=last, **facts))
            self.made["rules"] += 1
        self.session.flush()

    def _follow_rule(self, spec: RuleSpec, latest: PlanRule) -> None:
        day, over = self.spec.valid_from, self._is_over(latest)
        if _rule_of(latest) != _rule(spec):
            begins = self._first_day(spec) or day
            if not over:
                self._end_rule(latest, begins)
            has_begun = self._begin(spec, "added" if over else "changed")
            if not (has_begun or over):
                self._note("rule", spec.code, "ended")
        elif over:
            if spec.valid_to != latest.valid_to:  # it was left out for a time, or goes on longer
                self._begin(spec, "added")
        elif spec.valid_to is not None and spec.valid_to <= day:
            self._end_rule(latest, day)
            self._note("rule", spec.code, "ended")
        else:
            begun = latest.valid_from is None or latest.valid_from < day
            first = latest.valid_from if begun else self._first_day(spec)
            if rows.apply(latest, {"valid_from": first, "valid_to": spec.valid_to}):
                self._note("rule", spec.code, "changed")

    def _is_over(self, row: PlanRule) -> bool:
        return row.valid_to is not None and row.valid_to <= self.spec.valid_from

    def _end_rule(self, row: PlanRule, day: date) -> None:
        if row.valid_from is not None and row.valid_from >= day:
            rows.remove(self.session, row)  # it never held
        elif row.valid_to is None or row.valid_to > day:
            rows.apply(row, {"valid_to": day})

    def _first_day(self, spec: RuleSpec) -> date | None:
        """From when on a rule holds that is new."""
        return spec.valid_from if self.since is None else max(spec.valid_from or self.since, self.since)

    def _begin(self, spec: RuleSpec, action: str) -> bool:
        """Make a rule and answer that; a rule that would end before it begins is none."""
        first = self._first_day(spec)
        if first is not None and spec.valid_to is not None and spec.valid_to <= first:
            return False
        facts = _rule(spec)
        self.session.add(
            PlanRule(plan_id=self.plan.id, code=spec.code, valid_from=first, valid_to=spec.valid_to, **facts)
        )
        self.session.flush()
        self.made["rules"] += 1
        self._note("rule", spec.code, action)
        return True


PLAN_CONTENT = ("title", "first_year", "last_year", "approved_on", "background", "links")
RULE_CONTENT = ("rule", "type", "subject_kind", "subject", "parameters", "plan_ref", "is_soft")


def _content(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _rule_of(row: PlanRule) -> dict[str, Any]:
    """What a rule says; parameters that are newer than it are what they are by default."""
    return {**_content(row, RULE_CONTENT), "parameters": parameters.stored(row.type, row.parameters)}


def _rule(spec: RuleSpec) -> dict[str, Any]:
    return {
        "rule": spec.rule,
        "type": spec.type,
        "subject_kind": spec.subject.kind,
        "subject": spec.subject.of,
        "parameters": parameters.stored(spec.type, spec.parameters),
        "plan_ref": spec.plan_ref,
        "is_soft": spec.is_soft,
    }
