"""``/v1/plans/{plan}/compliance``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query

from app.accounts.needs import Public, SignedIn
from app.accounts.rules import Caller
from app.core import clock, rows
from app.core.database import SnapshotSession
from app.core.errors import NoSuchThing
from app.core.problems import answers
from app.core.route import room
from app.follow_up.rules.verdicts import Status
from app.follow_up.schemas.compliance import Compliance, Simulated, Simulation
from app.follow_up.schemas.days import DayAsked
from app.follow_up.service import compliance
from app.follow_up.service.sources import FAMILIES
from app.networks.service import networks
from app.plan.models import Plan
from app.plan.schemas import RULE

router = room("/plans/{plan}/compliance", "plans")


def _plan(session: SnapshotSession, plan: Annotated[str, Path(max_length=80, description="Id or slug.")]) -> Plan:
    return rows.find(session, Plan, plan)


Of = Annotated[Plan, Depends(_plan)]


@router.get("", response_model=Compliance, responses=answers(NoSuchThing))
def read_compliance(
    caller: Annotated[Caller | None, Public(*FAMILIES)],
    session: SnapshotSession,
    plan: Of,
    on: Annotated[DayAsked | None, Query(description="The day that is asked about; absent: today in Helsinki.")] = None,
    network: Annotated[str | None, Query(max_length=80, description="Only of this network (id or slug).")] = None,
    subject: Annotated[
        str | None, Query(max_length=80, description="Only of this network, place, document... (id or slug).")
    ] = None,
    rule: Annotated[str | None, Query(pattern=RULE, max_length=4, description="Only rules called this.")] = None,
    status: Annotated[Status | None, Query(description="Only these verdicts.")] = None,
) -> Any:
    """Whether a plan is kept on a day, rule by rule, and why.

    It is looked at from that day with what is known now: what is dated up to it counts as done if it was, what is
    later counts as planned. Not paged. Without a token, evidence that needs one is left out and counted.
    """
    on = on or clock.today()
    of = [subject] if subject is not None else []
    of += [networks.resolved(session, network, parameter="network").slug] if network is not None else []
    return compliance.of_plan(session, plan, on, hides=caller is None, of=of, rule=rule, status=status)


@router.post("/simulate", response_model=Simulated, responses=answers(NoSuchThing))
def simulate_compliance(_: Annotated[Caller, SignedIn()], session: SnapshotSession, plan: Of, write: Simulation) -> Any:
    """Whether a plan would be kept with some more meetings; nothing is stored.

    `changes` are the verdicts that would be others than they are.
    """
    return compliance.simulated(session, plan, write.meetings, write.on or clock.today())
