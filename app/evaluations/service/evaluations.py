"""Evaluations: recorded by those who judge, made final, changed."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service.callers import must_reach
from app.areas import service as areas
from app.core import clock, ids, rows
from app.core.database import Change, Work
from app.core.errors import Conflict, Fault, Invalid, NoSuchThing
from app.core.language import Words
from app.evaluations import queries, rules
from app.evaluations.models import (
    CriteriaSet,
    Evaluation,
    EvaluationKind,
    EvaluationState,
    Evaluator,
    Finding,
    Score,
)
from app.evaluations.queries import EVALUATION
from app.evaluations.schemas import EvaluationFacts, EvaluationPatch, EvaluationWrite, Scale
from app.evaluations.service import criteria, sight
from app.evaluations.service.evaluators import Named, named
from app.evaluations.service.sight import WRITE
from app.organisations.service import persons
from app.places import service as places
from app.places.models import MeetingPlace

LISTS = ("scores", "findings", "evaluators")
OWN_PLACE = Words(
    "Paikka ei ole itsensä vertainen. Nimeä toinen paikka, tai tee itsearviointi (kind self).",
    "A place is no peer of itself. Name another place, or make a self evaluation (kind self).",
)


class EvaluatedAlready(Conflict):
    """The place has an evaluation of this year and kind by this set."""

    title = Words("Arviointi on jo", "Evaluated already")
    detail = Words(
        "Paikasta on jo tämän vuoden ja lajin arviointi samalla kriteeristöllä. Mitään ei tallennettu.",
        "The place has an evaluation of this year and kind by the same set of criteria. Nothing was stored.",
    )
    cure = Words("Muuta sitä: PATCH /v1/evaluations/ID.", "Change that one: PATCH /v1/evaluations/ID.")


class EvaluationIsFinal(Conflict):
    """The evaluation is final: it is not deleted, and only the county may still change it."""

    title = Words("Arviointi on valmis", "Evaluation is final")
    detail = Words(
        "Arviointi on valmis. Sitä voi muuttaa vain se, jolla on evaluations:write koko alueella, eikä sitä poisteta.",
        "The evaluation is final. It is changed only by who has evaluations:write on the county, and is not deleted.",
    )
    cure = Words(
        "Pyydä alueen koordinaattoria palauttamaan se luonnokseksi (state draft).",
        "Ask the coordinator of the county to make it a draft again (state draft).",
    )


def must_judge(session: Session, evaluation: Evaluation, caller: Caller) -> None:
    """Refuse who has not the scope on the place of those who judge: of the peers, or the place itself.

    Raises OutOfReach.
    """
    must_reach(caller, WRITE, sight.chain_of_place(session, evaluation.peer_place_id or evaluation.place_id))


def seen(session: Session, reference: str, caller: Caller) -> dict[str, Any]:
    """An evaluation that the caller may read, as an answer. Raises NoSuchThing."""
    id = ids.as_uuid(reference)
    query = queries.evaluations(seen=sight.seen_by(session, caller)).where(EVALUATION.id == id)
    found = session.execute(query).first() if id else None
    if found is None:
        raise NoSuchThing(kind=sight.KIND.name)
    return _whole(session, found, caller)


def shown(session: Session, evaluation: Evaluation, caller: Caller) -> dict[str, Any]:
    """An evaluation as an answer to who has written it."""
    return _whole(session, session.execute(queries.evaluations(seen=EVALUATION.id == evaluation.id)).one(), caller)


def _whole(session: Session, row: Any, caller: Caller) -> dict[str, Any]:
    people = queries.evaluators(row.id, knows=persons.reachable(session, caller, persons.READ))
    judges = session.execute(people).all()
    hosts = queries.hosts(row.place_id, row.visited_on or clock.today())
    are_peers = row.kind == EvaluationKind.peer
    return {
        **queries.as_listed(row),
        "scores": [score._mapping for score in session.execute(queries.scores(row.id))],
        "findings": [finding._mapping for finding in session.execute(queries.findings(row.id))],
        "evaluators": [queries.as_evaluator(judge) for judge in judges],
        "warnings": rules.warnings_of_evaluators(
            (judge.organisation_id for judge in judges), set(session.scalars(hosts)) if are_peers else ()
        ),
    }


def record(session: Work, write: EvaluationWrite, caller: Caller) -> Evaluation:
    """Record the evaluation of a place, in the name of those who judge.

    Raises Invalid, OutOfReach, EvaluatedAlready.
    """
    place = places.resolved(session, write.place, pointer="/place")
    by = criteria.resolved(session, place.county_id, write.criteria_set, "/criteria_set")
    faults = rules.faults_of_year(write.year, clock.today())
    faults += rules.faults_of_peers(write.kind, are_named=write.peer_place is not None)
    if faults:
        raise Invalid(faults=faults)
    values = _values(session, place, by, write)
    must_reach(caller, WRITE, sight.chain_of_place(session, values["peer_place_id"] or place.id))
    codes = criteria.criteria_of(session, by.id)
    _must_be_right(write, write.year, by, codes)
    judges = named(session, caller, place.county_id, write.evaluators)
    own: dict[str, Any] = {"place_id": place.id, "year": write.year, "kind": write.kind, "set_id": by.id}
    same = {**own, "peer_place_id": values["peer_place_id"]}  # other peers may judge it too
    if session.execute(select(EVALUATION.id).where(*(EVALUATION[name] == same[name] for name in same))).first():
        raise EvaluatedAlready()
    _must_share(session, caller, place, None, values)
    evaluation = rows.add(session, Evaluation(**own, **values))
    _fill(session, evaluation, write, LISTS, codes, judges)
    return evaluation


def change(session: Work, evaluation: Evaluation, patch: EvaluationPatch, caller: Caller) -> Evaluation:
    """Change what ``patch`` names; the whole must still be an evaluation. A list that is given replaces the whole.

    The caller must be one who may judge. Raises OutOfReach for other peers, EvaluationIsFinal, Invalid.
    """
    place = session.get_one(MeetingPlace, evaluation.place_id)
    is_above = caller.may(WRITE, areas.chain_above(session, place.county_id))
    if evaluation.state == EvaluationState.final and not is_above:
        raise EvaluationIsFinal()
    peers = evaluation.peer_place_id
    stored = [dict(score._mapping) for score in session.execute(queries.scores(evaluation.id))]
    other = {"peer_place": str(peers) if peers else None, "scores": stored, "findings": [], "evaluators": []}
    whole = rows.merged(evaluation, patch, EvaluationFacts, **other)
    by = session.get_one(CriteriaSet, evaluation.set_id)
    if faults := rules.faults_of_peers(evaluation.kind, are_named=whole.peer_place is not None):
        raise Invalid(faults=faults)
    values = _values(session, place, by, whole)
    if values["peer_place_id"] != peers:
        must_reach(caller, WRITE, sight.chain_of_place(session, values["peer_place_id"]))
    _must_share(session, caller, place, evaluation, values)
    codes = criteria.criteria_of(session, by.id)
    _must_be_right(whole, evaluation.year, by, codes)
    given = [name for name in LISTS if name in patch.model_fields_set]
    judges = named(session, caller, place.county_id, whole.evaluators, evaluation.id) if "evaluators" in given else []
    changed = [name for name in given if _differs(session, evaluation, name, whole, judges)]
    rows.apply(evaluation, values, also=bool(changed))
    if changed:
        _empty(session, evaluation, changed)
        _fill(session, evaluation, whole, changed, codes, judges)
        trail = Change(sight.KIND.name, "changed", evaluation.id, tuple(changed))
        session.wrote(Evaluation.__table__, trail)  # type: ignore[attr-defined]
    session.flush()
    return evaluation


def remove(session: Work, evaluation: Evaluation) -> None:
    """Take a draft away. Raises EvaluationIsFinal."""
    if evaluation.state == EvaluationState.final:
        raise EvaluationIsFinal()
    rows.remove(session, evaluation)


def _must_share(
    session: Session, caller: Caller, place: MeetingPlace, evaluation: Evaluation | None, values: dict[str, Any]
) -> None:
    """Let nobody show the evaluation of another place to the county: that takes the right there. Raises OutOfReach."""
    was_shared = evaluation is not None and evaluation.is_shared
    if values["is_shared"] and not was_shared:
        must_reach(caller, WRITE, sight.chain_of_place(session, place.id))


def _values(session: Session, place: MeetingPlace, by: CriteriaSet, whole: EvaluationFacts) -> dict[str, Any]:
    """The columns that the body fills. Raises Invalid for peers of another county, and for the place itself."""
    peers = places.of_county(session, place.county_id, whole.peer_place, "/peer_place") if whole.peer_place else None
    if peers is not None and peers.id == place.id:
        raise Invalid(faults=[Fault("own-place-as-peer", OWN_PLACE, pointer="/peer_place")])
    return {
        "scale": whole.scale.model_dump(exclude_none=True) if whole.scale else by.scale,
        "peer_place_id": peers.id if peers else None,
        **{name: getattr(whole, name) for name in ("visited_on", "is_shared", "state")},
    }


def _must_be_right(whole: EvaluationFacts, year: int, by: CriteriaSet, codes: Mapping[str, uuid.UUID]) -> None:
    scale = whole.scale or Scale.model_validate(by.scale)
    scores = [(score.criterion, score.value) for score in whole.scores]
    today = clock.today()
    faults = rules.faults_of_day(whole.visited_on, year, today)
    faults += rules.faults_of_state(is_final=whole.state == EvaluationState.final, year=year, today=today)
    faults += rules.faults_of_scores(scores, codes, (scale.min, scale.max), str(by.id))
    faults += rules.faults_of_findings((finding.criterion for finding in whole.findings), codes, str(by.id))
    if whole.state == EvaluationState.final:
        faults += rules.faults_of_end(scores, list(codes))
    if faults:
        raise Invalid(faults=faults)


def _differs(session: Session, evaluation: Evaluation, name: str, whole: EvaluationFacts, judges: list[Named]) -> bool:
    """Whether a list that is given is another than that which is stored."""
    if name == "scores":
        stored = {tuple(row) for row in session.execute(queries.scores(evaluation.id))}
        return stored != {(score.criterion, score.value, score.comment) for score in whole.scores}
    if name == "findings":
        found = [tuple(row) for row in session.execute(queries.findings(evaluation.id))]
        return found != [(finding.kind, finding.text, finding.criterion) for finding in whole.findings]
    query = select(queries.EVALUATOR.organisation_id, queries.EVALUATOR.person_id)
    known = session.execute(query.where(queries.EVALUATOR.evaluation_id == evaluation.id))
    return {tuple(row) for row in known} != set(judges)


def _empty(session: Work, evaluation: Evaluation, lists: list[str]) -> None:
    for name, table, columns in (
        ("scores", Score, queries.SCORE),
        ("findings", Finding, queries.FINDING),
        ("evaluators", Evaluator, queries.EVALUATOR),
    ):
        if name in lists:
            session.execute(delete(table).where(columns.evaluation_id == evaluation.id))


def _fill(
    session: Work,
    evaluation: Evaluation,
    whole: EvaluationFacts,
    lists: list[str] | tuple[str, ...],
    codes: Mapping[str, uuid.UUID],
    judges: list[Named],
) -> None:
    own = {"evaluation_id": evaluation.id}
    if "scores" in lists:
        session.add_all(
            Score(**own, criterion_id=codes[score.criterion], value=score.value, comment=score.comment)
            for score in whole.scores
        )
    if "findings" in lists:
        session.add_all(
            Finding(
                **own,
                position=position,
                kind=finding.kind,
                text=finding.text,
                criterion_id=codes[finding.criterion] if finding.criterion else None,
            )
            for position, finding in enumerate(whole.findings, 1)
        )
    if "evaluators" in lists:
        session.add_all(Evaluator(**own, organisation_id=of, person_id=person) for of, person in judges)
    session.flush()
