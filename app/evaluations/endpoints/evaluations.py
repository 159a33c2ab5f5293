"""``/v1/evaluations``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.areas import service as areas
from app.core import language, paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.numbers import Whole
from app.core.paging import Page, WindowDep
from app.core.problems import answers, shown
from app.core.route import room
from app.evaluations import queries
from app.evaluations.models import Evaluation, EvaluationKind, EvaluationState
from app.evaluations.schemas import EvaluationListed, EvaluationPatch, EvaluationShown, EvaluationWrite
from app.evaluations.service import evaluations, sight
from app.evaluations.service.evaluations import EvaluatedAlready, EvaluationIsFinal
from app.places import service as places

router = room("/evaluations", "evaluations")
Reader = Annotated[Caller, Needs("evaluations:read")]
Judge = Annotated[Caller, Needs("evaluations:write", at="evaluation")]
EvaluationId = Annotated[str, Path(max_length=36, description="Id of the evaluation.")]
OF_A_CHANGE = answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, EvaluationIsFinal)


def _to_change(caller: Judge, evaluation: EvaluationId, session: WriteSession, if_match: IfMatch) -> Evaluation:
    found = rows.find(session, Evaluation, evaluation, lock=True)
    evaluations.must_judge(session, found, caller)  # a host who sees what peers found does not write it
    rows.must_match(found, if_match)
    return found


def _told(request: Request, whole: dict[str, Any]) -> dict[str, Any]:
    to = language.asked(request.scope)
    return {**whole, "warnings": [shown(warning, to) for warning in whole["warnings"]]}


Changed = Annotated[Evaluation, Depends(_to_change)]


@router.get("", response_model=Page[EvaluationListed])
def list_evaluations(
    caller: Reader,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    place: Annotated[str | None, Query(max_length=80, description="Only of this place (id or slug).")] = None,
    area: Annotated[
        str | None, Query(max_length=80, description="Only of places in this area (id or slug) and below it.")
    ] = None,
    year: Annotated[Whole | None, Query(ge=1900, le=2200, description="Only of this year.")] = None,
    kind: Annotated[EvaluationKind | None, Query(description="Only by peers, or only by the place itself.")] = None,
    state: Annotated[EvaluationState | None, Query(description="Only drafts, or only what is final.")] = None,
    criteria_set: Annotated[
        str | None, Query(max_length=40, description="Only by this edition (id), or by editions with this code.")
    ] = None,
) -> Any:
    """Evaluations that you may read, the newest years first.

    With `evaluations:read` on a place one sees its evaluations, and those that its people made of others; with it
    anywhere in a county also those that are shared there.
    """
    which = {
        "place_id": places.resolved(session, place, parameter="place").id if place else None,
        "inside": areas.resolved(session, area, parameter="area") if area else None,
    }
    found = queries.of(
        queries.evaluations(seen=sight.seen_by(session, caller)),
        **which,
        year=year,
        kind=kind,
        state=state,
        criteria_set=criteria_set,
    )
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [queries.as_listed(row) for row in page["items"]]}


@router.post("", status_code=201, response_model=EvaluationShown, responses=answers(OutOfReach, EvaluatedAlready))
def record_evaluation(
    caller: Annotated[Caller, Needs("evaluations:write")],
    session: WriteSession,
    write: EvaluationWrite,
    request: Request,
    response: Response,
) -> Any:
    """Record an evaluation of a place, by itself or by the people of another.

    It takes the scope on the place of those who judge: in a peer evaluation on that of the peers. `warnings` names
    organisations among the peers that speak for the place itself.
    """
    evaluation = evaluations.record(session, write, caller)
    response.headers["Location"] = f"/v1/evaluations/{evaluation.id}"
    return _told(request, evaluations.shown(session, evaluation, caller))


@router.get("/{evaluation}", response_model=EvaluationShown, responses=answers(NoSuchThing))
def read_evaluation(caller: Reader, session: SnapshotSession, evaluation: EvaluationId, request: Request) -> Any:
    """An evaluation with its scores and findings.

    Persons among its evaluators are named only to who has `persons:read` on them.
    """
    return _told(request, evaluations.seen(session, evaluation, caller))


@router.patch("/{evaluation}", response_model=EvaluationShown, responses=OF_A_CHANGE)
def change_evaluation(
    caller: Judge, session: WriteSession, evaluation: Changed, patch: EvaluationPatch, request: Request
) -> Any:
    """Change the named fields of an evaluation (merge patch, RFC 7396).

    It takes the scope on the place of those who judge. What is final is changed only by who has it on the county.
    """
    changed = evaluations.change(session, evaluation, patch, caller)
    return _told(request, evaluations.shown(session, changed, caller))


@router.delete("/{evaluation}", status_code=204, responses=OF_A_CHANGE)
def remove_evaluation(_: Judge, session: WriteSession, evaluation: Changed) -> None:
    """Take a draft of an evaluation away.

    It takes the scope on the place of those who judge.
    """
    evaluations.remove(session, evaluation)
