"""Evaluations, reviews of documents, how goals go, and since when the plan is recorded, in the demo."""

import random
import uuid
from typing import Any

from sqlalchemy import select

from app.accounts.service.grants import OPERATOR
from app.core.database import Work
from app.evaluations.models import CriteriaSet, Criterion
from app.evaluations.queries import CRITERION, SET
from app.evaluations.schemas import EvaluationWrite
from app.evaluations.service import evaluations
from app.materials import service as materials
from app.materials.schemas import ReviewWrite
from app.plan.queries import GOAL
from app.plan.schemas import ProgressWrite
from app.plan.service import goals, plans


def load(session: Work, county_id: uuid.UUID, plan: dict[str, Any]) -> None:
    """Add what was evaluated, reviewed and noted."""
    _evaluate(session, county_id, plan)
    for slug, period in plan["reviews"].items():
        materials.review(session, slug, ReviewWrite(reviewed_in=period))
    plans.record_since(session, county_id, plan["recorded_from"])
    known = dict(session.execute(select(GOAL.code, GOAL.id)).all())
    for note in plan["progress"]:
        facts = {"noted_on": str(note["day"]), "text": note["text"], "status": note.get("status")}
        goals.note(session, str(known[note["goal"]]), ProgressWrite.model_validate(facts))


def _evaluate(session: Work, county_id: uuid.UUID, plan: dict[str, Any]) -> None:
    usual = plan["evaluation_defaults"]
    criteria_set = session.scalars(
        select(CriteriaSet).where(
            SET.county_id == county_id,
            SET.code == usual["set"],
            SET.edition == usual["edition"],
        )
    ).one()
    criteria = session.scalars(
        select(Criterion).where(CRITERION.set_id == criteria_set.id).order_by(CRITERION.position)
    ).all()
    for each in plan["evaluations"]:
        dice = random.Random(f"{plan['seed']} {each['place']} {each['year']} {each['kind']}")  # noqa: S311
        findings = [{"kind": kind, "text": each[kind]} for kind in ("strength", "development") if kind in each]
        body = {
            "place": each["place"],
            "year": each["year"],
            "kind": each["kind"],
            "criteria_set": str(criteria_set.id),
            "peer_place": each.get("peer"),
            "visited_on": str(each["day"]),
            "scores": [_score(dice, criterion, each["mean"], usual, criteria_set.scale) for criterion in criteria],
            "findings": findings,
            "evaluators": [{"organisation": slug} for slug in each["by"]],
            "is_shared": each.get("shared", True),
            "state": each.get("state", "final"),
        }
        evaluations.record(session, EvaluationWrite.model_validate(body), OPERATOR)


def _score(
    dice: random.Random, criterion: Criterion, mean: float, usual: dict[str, Any], scale: dict[str, Any]
) -> dict[str, Any]:
    chance, value = dice.random(), dice.gauss(mean + usual["moved"].get(criterion.area, 0), usual["spread"])
    within = max(scale["min"], min(scale["max"], round(value)))
    return {"criterion": criterion.code, "value": None if chance < usual["not_applicable"] else within}
