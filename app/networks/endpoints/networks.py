"""``/v1/network-kinds``, ``/v1/networks``, ``/v1/seats``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.accounts.service.grants import WiderThanYourOwn
from app.areas import service as areas
from app.areas.models import FAMILY as AREAS
from app.core import clock, language, paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.core.slugs import SlugTaken
from app.core.spreadsheets import Dialect, as_csv
from app.networks import queries
from app.networks.models import FAMILY, Network, Seat
from app.networks.schemas import (
    NetworkKindPublic,
    NetworkPatch,
    NetworkPublic,
    NetworkWrite,
    SeatPatch,
    SeatPublic,
    SeatWrite,
)
from app.networks.service import mailing, networks, seats
from app.networks.service.seats import RoleIsHeld, SeatIsHeld
from app.organisations.models import FAMILY as ORGANISATIONS
from app.places.models import FAMILY as PLACES

router = room("", "networks")
Anyone = Annotated[Caller | None, Public(FAMILY, ORGANISATIONS, PLACES, AREAS)]
AnyoneOnSeats = Annotated[Caller | None, Public(FAMILY, ORGANISATIONS, PLACES)]
AnyoneOnKinds = Annotated[Caller | None, Public(FAMILY, AREAS)]
NetworkRef = Annotated[str, Path(max_length=80, description="Id or slug of the network.")]
SeatId = Annotated[str, Path(max_length=36, description="Id of the seat.")]
AreaParam = Annotated[str | None, Query(max_length=80, description="Only in this area (id or slug) and below it.")]
OnDay = Annotated[AnyDay | None, Query(description="Only what is valid on this day.")]


def _to_read(network: NetworkRef, session: SnapshotSession) -> Network:
    return rows.find(session, Network, network)


def _to_change(network: NetworkRef, session: WriteSession, if_match: IfMatch) -> Network:
    found = rows.find(session, Network, network, lock=True)
    rows.must_match(found, if_match)
    return found


def _to_fill(network: NetworkRef, session: WriteSession) -> Network:
    return rows.find(session, Network, network, lock=True)


def _seat_to_change(seat: SeatId, session: WriteSession, if_match: IfMatch) -> Seat:
    found = rows.find(session, Seat, seat)
    rows.find(session, Network, found.network_id, lock=True)  # the network first, as by those who open seats
    session.refresh(found, with_for_update={"key_share": True})
    rows.must_match(found, if_match)
    return found


@router.get("/network-kinds", response_model=Page[NetworkKindPublic])
def list_network_kinds(
    _: AnyoneOnKinds,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: AreaParam = None,
) -> Any:
    """What networks are in each county, and the roles of their seats."""
    county = areas.resolved(session, area, parameter="area") if area else None
    page = paging.page(session, queries.kinds(county_id=county), window, request, response)
    return {**page, "items": networks.kinds_shown(session, page["items"])}


@router.get("/networks", response_model=Page[NetworkPublic])
def list_networks(
    _: Anyone,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: AreaParam = None,
    kind: Annotated[str | None, Query(max_length=40, description="Only of this kind, by code.")] = None,
    steered_by: Annotated[
        str | None, Query(max_length=80, description="Only those that this network (id or slug) steers.")
    ] = None,
    on: OnDay = None,
    q: Annotated[str | None, Query(max_length=100, description="Only those with this in their name.")] = None,
) -> Any:
    """Networks by name: kind, area, who steers them, what they are for."""
    found = queries.networks(
        kind=kind,
        inside=areas.resolved(session, area, parameter="area") if area else None,
        steered_by=networks.resolved(session, steered_by, parameter="steered_by").id if steered_by else None,
        on=on,
        named=q,
    )
    page = paging.page(session, found, window, request, response)
    return {**page, "items": networks.shown(session, page["items"])}


@router.post("/networks", status_code=201, response_model=NetworkPublic, responses=answers(SlugTaken, OutOfReach))
def found_network(
    caller: Annotated[Caller, Needs("networks:write")], session: WriteSession, write: NetworkWrite, response: Response
) -> Any:
    """Found a network in an area, or the team of a meeting place."""
    network = networks.found(session, write, caller)
    response.headers["Location"] = f"/v1/networks/{network.id}"
    return networks.read(session, network.id)


@router.get("/networks/{network}", response_model=NetworkPublic, responses=answers(NoSuchThing))
def read_network(_: Anyone, session: SnapshotSession, network: Annotated[Network, Depends(_to_read)]) -> Any:
    """One network."""
    return networks.read(session, network.id)


@router.patch(
    "/networks/{network}",
    response_model=NetworkPublic,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, WiderThanYourOwn),
)
def change_network(
    caller: Annotated[Caller, Needs("networks:write", at="network")],
    session: WriteSession,
    network: Annotated[Network, Depends(_to_change)],
    patch: NetworkPatch,
) -> Any:
    """Change the named fields of a network (merge patch, RFC 7396).

    Where the name changes for good, add the old one to `former_names`. A network ends with `valid_to`, and its seats
    and what they give end with it.
    """
    seats.keep_within(session, networks.change(session, network, patch), caller)
    return networks.read(session, network.id)


@router.get("/networks/{network}/members", response_model=Page[SeatPublic], responses=answers(NoSuchThing))
def list_members(
    caller: AnyoneOnSeats,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: Annotated[Network, Depends(_to_read)],
    on: OnDay = None,
) -> Any:
    """The seats of a network, held and vacant, in order of role.

    Without `on`, those of all times.
    Names are shown of those who agreed to it. With `persons:read` on the network: all names, and contacts.
    """
    knows = seats.knows(session, caller, network)
    page = paging.page(session, queries.seats(network_id=network.id, on=on), window, request, response)
    return {**page, "items": [queries.as_seat(row, knows=knows) for row in page["items"]]}


@router.get(
    "/networks/{network}/members.csv",
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **answers(NoSuchThing)},
    response_class=Response,
)
def export_members(
    _: Annotated[Caller, Needs("persons:read", at="network")],
    session: SnapshotSession,
    request: Request,
    network: Annotated[Network, Depends(_to_read)],
    on: OnDay = None,
    dialect: Dialect = "rfc4180",
) -> Any:
    """The mailing list of a network, as CSV: seats with names and addresses.

    Of today, or of `on`. An import of `members` reads it back.
    """
    to = language.asked(request.scope)
    table = mailing.members(session, network, on or clock.today(), to)
    return as_csv(table, dialect, f"{network.slug}-members.csv")


@router.post(
    "/networks/{network}/seats",
    status_code=201,
    response_model=SeatPublic,
    responses=answers(NoSuchThing, RoleIsHeld, WiderThanYourOwn),
)
def open_seat(
    caller: Annotated[Caller, Needs("seats:write", at="network")],
    session: WriteSession,
    network: Annotated[Network, Depends(_to_fill)],
    write: SeatWrite,
    response: Response,
) -> Any:
    """Open a seat in a network, for an organisation, held or vacant.

    Where the role carries rights, whoever holds the seat gets them with it, for the same time: that takes
    that you could give them (`users:write` and the scopes of the role, there and as long).
    """
    seat = seats.open(session, network, write, caller)
    response.headers["Location"] = f"/v1/seats/{seat.id}"
    return seats.shown(session, seat.id, caller)


@router.get("/seats/{seat}", response_model=SeatPublic, responses=answers(NoSuchThing))
def read_seat(caller: AnyoneOnSeats, session: SnapshotSession, seat: SeatId) -> Any:
    """One seat."""
    return seats.shown(session, rows.find(session, Seat, seat).id, caller)


@router.patch(
    "/seats/{seat}",
    response_model=SeatPublic,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, RoleIsHeld, SeatIsHeld, WiderThanYourOwn),
)
def change_seat(
    caller: Annotated[Caller, Needs("seats:write", at="seat")],
    session: WriteSession,
    seat: Annotated[Seat, Depends(_seat_to_change)],
    patch: SeatPatch,
) -> Any:
    """Fill a vacant seat, end one, or change its deputy, office or time.

    It ends with `valid_to`. Who comes to a vacant seat sits there from today unless you give `valid_from`. Another
    holder is another seat.
    """
    return seats.shown(session, seats.change(session, seat, patch, caller).id, caller)
