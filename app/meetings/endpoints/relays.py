"""``/v1/relays``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import SignedIn
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.relays import Relay, RelayState
from app.meetings.queries import meetings as of_meetings
from app.meetings.queries import relays as queries
from app.meetings.queries.decisions import RELAY
from app.meetings.schemas.relays import RelayCarrying, RelayShown
from app.meetings.service import relays
from app.meetings.service.relays import NotYourOrganisation, RelayIsCarried
from app.networks.service import networks
from app.organisations.service import organisations

router = room("/relays", "meetings")
Anybody = Annotated[Caller, SignedIn()]
RelayId = Annotated[str, Path(max_length=36, description="Id of the relay.")]


def _to_carry(caller: Anybody, relay: RelayId, session: WriteSession, if_match: IfMatch) -> Relay:
    found = relays.to_carry(session, relay, caller)
    rows.must_match(found, if_match)
    return found


@router.get("", response_model=Page[RelayShown])
def list_relays(
    caller: Anybody,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    state: Annotated[RelayState | None, Query(description="Only those that are open, or carried.")] = None,
    network: Annotated[str | None, Query(max_length=80, description="Only of this network (id or slug).")] = None,
    organisation: Annotated[
        str | None, Query(max_length=80, description="Only of this organisation (id or slug).")
    ] = None,
    area: Annotated[
        str | None, Query(max_length=80, description="Only in this area (id or slug) and below it.")
    ] = None,
    sort: Annotated[
        of_meetings.Sorted, Query(description="By start of the meeting; `-starts_at`: the last one first.")
    ] = "starts_at",
) -> Any:
    """Decisions that organisations are to carry home, or have, by start of the meeting.

    Those of networks where you have `meetings:read`, and of organisations for which you have a seat in the network
    today, as holder or deputy.
    """
    of = organisations.resolved(session, organisation, parameter="organisation").id if organisation else None
    network_id = networks.resolved(session, network, parameter="network").id if network else None
    inside = areas.resolved(session, area, parameter="area") if area else None
    found = queries.of_relays(queries.relays(seen=relays.seen_by(session, caller)), state=state, organisation_id=of)
    found = of_meetings.of_meetings(found, network_id=network_id, inside=inside)
    page = paging.page(session, of_meetings.by_start(found, sort, RELAY.id), window, request, response)
    return {**page, "items": [relays.listed(row) for row in page["items"]]}


@router.get("/{relay}", response_model=RelayShown, responses=answers(NoSuchThing))
def read_relay(caller: Anybody, session: SnapshotSession, relay: RelayId) -> Any:
    """A decision that an organisation is to carry home, or has."""
    return relays.seen(session, relay, caller)


@router.post(
    "/{relay}/carry",
    response_model=RelayShown,
    responses=answers(NoSuchThing, NotYourOrganisation, ChangedMeanwhile, VersionNotStated, RelayIsCarried),
)
def carry_relay(
    caller: Anybody, session: WriteSession, relay: Annotated[Relay, Depends(_to_carry)], write: RelayCarrying
) -> Any:
    """Say that an organisation has carried a decision home.

    Takes no right but a seat of that organisation in the network today, as holder or deputy; or `meetings:write` on
    the network. Once, from the day of the meeting on.
    """
    return relays.shown(session, relays.carry(session, relay, write))
