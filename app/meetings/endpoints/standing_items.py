"""``/v1/networks/{network}/standing-items``, ``/v1/standing-items``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.accounts.needs import Needs
from app.accounts.rules import Caller
from app.core import paging, rows
from app.core.database import ReadSession, SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.standing_items import StandingItem
from app.meetings.queries.proposals import standing_items as items_of
from app.meetings.schemas.standing_items import StandingItemPatch, StandingItemShown, StandingItemWrite
from app.meetings.service import standing_items
from app.meetings.service.standing_items import TooManyStandingItems
from app.networks.models import Network

router = room("", "meetings")
NetworkRef = Annotated[str, Path(max_length=80, description="Id or slug of the network.")]
ItemId = Annotated[str, Path(max_length=36, description="Id of the standing item.")]
Planner = Annotated[Caller, Needs("meetings:write", at="standing_item")]
OF_NETWORK, ONE = "/networks/{network}/standing-items", "/standing-items/{standing_item}"
OF_A_CHANGE = answers(NoSuchThing, ChangedMeanwhile, VersionNotStated)


def _to_add_to(network: NetworkRef, session: WriteSession) -> Network:
    return rows.find(session, Network, network, lock=True)


def _to_change(standing_item: ItemId, session: WriteSession, if_match: IfMatch) -> StandingItem:
    found = standing_items.found(session, standing_item)
    rows.must_match(found, if_match)
    return found


Changed = Annotated[StandingItem, Depends(_to_change)]


@router.get(OF_NETWORK, response_model=Page[StandingItemShown], responses=answers(NoSuchThing))
def list_standing_items(
    _: Annotated[Caller, Needs("meetings:read", at="network")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: NetworkRef,
) -> Any:
    """What comes up at each meeting of a network, in order."""
    return paging.page(session, items_of(rows.find(session, Network, network).id), window, request, response)


@router.post(
    OF_NETWORK, status_code=201, response_model=StandingItemShown, responses=answers(NoSuchThing, TooManyStandingItems)
)
def add_standing_item(
    _: Annotated[Caller, Needs("meetings:write", at="network")],
    session: WriteSession,
    network: Annotated[Network, Depends(_to_add_to)],
    write: StandingItemWrite,
    response: Response,
) -> Any:
    """Let a matter come up at each meeting that is planned from now on.

    It follows what the meeting is planned with. Meetings that are planned already stay as they are.
    """
    item = standing_items.add(session, network, write)
    response.headers["Location"] = f"/v1/standing-items/{item.id}"
    return item


@router.get(ONE, response_model=StandingItemShown, responses=answers(NoSuchThing))
def read_standing_item(
    _: Annotated[Caller, Needs("meetings:read", at="standing_item")], session: ReadSession, standing_item: ItemId
) -> Any:
    """What comes up at each meeting of a network: one matter."""
    return rows.find(session, StandingItem, standing_item)


@router.patch(ONE, response_model=StandingItemShown, responses=OF_A_CHANGE)
def change_standing_item(_: Planner, session: WriteSession, standing_item: Changed, patch: StandingItemPatch) -> Any:
    """Change the named fields of a standing item (merge patch, RFC 7396)."""
    return standing_items.change(session, standing_item, patch)


@router.delete(ONE, status_code=204, responses=OF_A_CHANGE)
def remove_standing_item(_: Planner, session: WriteSession, standing_item: Changed) -> None:
    """Let a matter come up no more.

    It stays on the agendas that it is on.
    """
    standing_items.remove(session, standing_item)
