"""``/v1/networks/{network}/representation``, ``/v1/representation-matrix``"""

from typing import Annotated, Any

from fastapi import Path, Query

from app.accounts.needs import Public, SignedIn
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import clock, rows
from app.core.database import SnapshotSession
from app.core.errors import NoSuchThing
from app.core.problems import answers
from app.core.route import room
from app.follow_up.queries import facts as queries
from app.follow_up.schemas.days import DayAsked
from app.follow_up.schemas.representation import Matrix, Representation
from app.follow_up.service import representation
from app.networks.models import Network

router = room("", "networks")
OnDay = Annotated[DayAsked | None, Query(description="The day that is asked about; absent: today in Helsinki.")]


@router.get("/networks/{network}/representation", response_model=Representation, responses=answers(NoSuchThing))
def read_representation(
    _: Annotated[Caller | None, Public("networks", "plan", "areas", "organisations", "places", "meetings")],
    session: SnapshotSession,
    network: Annotated[str, Path(max_length=80, description="Id or slug of the network.")],
    on: OnDay = None,
) -> Any:
    """The seats of a network on a day, against the parties that the plan asks for.

    `vacant`: nobody holds it, or there is none. `expiring`: it ends within 60 days, and nobody is known to follow.
    `silent`: neither its holder nor the deputy came to the last three meetings (of at least two) of the past year whose
    attendance was recorded. Municipalities and places count as they are on that day. Nobody is named. Not paged.
    """
    return representation.of_network(session, rows.find(session, Network, network), on or clock.today())


@router.get("/representation-matrix", response_model=Matrix)
def read_representation_matrix(
    _: Annotated[Caller, SignedIn()],
    session: SnapshotSession,
    on: OnDay = None,
    area: Annotated[
        str | None, Query(max_length=80, description="Only networks in this area (id or slug) and below it.")
    ] = None,
) -> Any:
    """Networks and the parties that the plan asks for in each, on a day. Not paged."""
    on = on or clock.today()
    inside = areas.resolved(session, area, parameter="area") if area else None
    return representation.matrix(session, session.scalars(queries.plans_on(on)).all(), on, inside=inside)
