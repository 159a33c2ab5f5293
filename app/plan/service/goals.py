"""What can be done with goals, and with the notes on how they go."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Chain
from app.areas import service as areas
from app.core import clock, ids, rows
from app.core.database import Work
from app.core.dates import faults_of_future
from app.core.errors import Fault, Invalid, NoSuchThing
from app.core.language import Words
from app.networks.models import Network
from app.networks.queries import KIND as NETWORK_KIND
from app.networks.service import networks
from app.plan import queries
from app.plan.models import Goal, GoalProgress, GoalStatus, Plan
from app.plan.queries import GOAL, PROGRESS
from app.plan.schemas import ProgressWrite

NO_KIND = Words(
    "Suunnitelman alueella ei ole tällaista verkostojen lajia.", "The county of the plan has no such kind of network."
)


def shown(session: Session, found: Sequence[Any], *, with_ended: bool = False) -> list[dict[str, Any]]:
    """Rows of ``queries.goals`` as answers, with focus areas and measures: two queries, however many rows.

    Measures that ended before their goal did are left out, unless ``with_ended``.
    """
    whole = {row.id: {**row._mapping, "focus_areas": [], "measures": []} for row in found}
    focus_areas, measures = queries.belongings(list(whole))
    for focus in session.execute(focus_areas):
        whole[focus.goal_id]["focus_areas"].append(focus._mapping)
    for measure in session.execute(measures):
        goal = whole[measure.goal_id]
        if with_ended or measure.ended_in == goal["ended_in"]:
            goal["measures"].append(measure._mapping)
    return [{**goal, **_owner(goal)} for goal in whole.values()]


def _owner(goal: dict[str, Any]) -> dict[str, Any]:
    network = {"id": goal["network_id"], "slug": goal["network_slug"], "name": goal["network_name"]}
    kind = {"id": goal["network_kind_id"], "code": goal["network_kind_code"], "name": goal["network_kind_name"]}
    return {"network": network if network["id"] else None, "network_kind": kind if kind["id"] else None}


def read(session: Session, goal_id: str) -> dict[str, Any]:
    """One goal as an answer. Raises NoSuchThing."""
    id = ids.as_uuid(goal_id)
    found = session.execute(queries.goals().where(GOAL.id == id)).all() if id else []
    if not found:
        raise NoSuchThing(kind=KIND.name)
    return shown(session, found)[0]


def network_kind(session: Session, county_id: uuid.UUID, code: str) -> uuid.UUID:
    """The id of the kind of network with this code in a county. Raises Invalid, pointing at the parameter."""
    query = select(NETWORK_KIND.id).where(NETWORK_KIND.county_id == county_id, NETWORK_KIND.code == code)
    id: uuid.UUID | None = session.scalar(query)
    if id is None:
        raise Invalid(faults=[Fault("unknown-network-kind", NO_KIND, parameter="network_kind")])
    return id


def note(session: Work, goal_id: str, write: ProgressWrite) -> GoalProgress:
    """Note how a goal goes; with a status, the goal gets it, unless a later note says another.

    Raises NoSuchThing, Invalid.
    """
    goal = rows.find(session, Goal, goal_id, lock=True)
    noted_on = write.noted_on or clock.today()
    if faults := faults_of_future(noted_on, "/noted_on"):
        raise Invalid(faults=faults)
    made = rows.add(session, GoalProgress(goal_id=goal.id, noted_on=noted_on, text=write.text, status=write.status))
    _take_status(session, goal)
    return made


def erase(session: Work, progress_id: str, if_match: Sequence[str] | None) -> None:
    """Take a note away; the goal gets the status that the notes left say.

    Raises NoSuchThing, VersionNotStated, ChangedMeanwhile.
    """
    found = rows.find(session, GoalProgress, progress_id)
    goal = rows.find(session, Goal, found.goal_id, lock=True)  # before its notes: as those who write one do
    found = rows.find(session, GoalProgress, progress_id, lock=True)
    rows.must_match(found, if_match)
    rows.remove(session, found)
    _take_status(session, goal)


def _take_status(session: Work, goal: Goal) -> None:
    query = queries.notes(goal.id).where(PROGRESS.status.is_not(None)).with_only_columns(PROGRESS.status).limit(1)
    rows.apply(goal, {"status": session.scalar(query) or GoalStatus.not_started})
    session.flush()


def chain_above(session: Session, goal: Goal) -> Chain:
    """A goal and all that it lies in: its network if one owns it, else the area on which its plan stands."""
    if goal.network_id is not None:
        above = networks.chain_above(session, session.get_one(Network, goal.network_id))
    else:
        above = areas.chain_above(session, session.get_one(Plan, goal.plan_id).county_id)
    return [(KIND.name, goal.id), *above]


def _chain_of(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    goal = session.get(Goal, id) if id else None
    return chain_above(session, goal) if goal else None


def _chain_of_note(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    found = session.get(GoalProgress, id) if id else None
    if found is None:
        return None
    return [(NOTE.name, found.id), *chain_above(session, session.get_one(Goal, found.goal_id))]


KIND = Kind("goal", "goal", _chain_of)
NOTE = Kind("goal_progress", "goal_progress", _chain_of_note)
