"""``/v1/calendar-addresses``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.accounts.needs import SignedIn
from app.accounts.rules import Caller
from app.core import paging, rows, urls
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.feeds import queries
from app.feeds.models import CalendarAddress
from app.feeds.schemas import CalendarAddressMade, CalendarAddressShown, CalendarAddressWrite
from app.feeds.service import addresses
from app.feeds.service.addresses import NotAPerson, TooManyAddresses

router = room("/calendar-addresses", "calendars")
Owner = Annotated[Caller, SignedIn()]
AddressId = Annotated[str, Path(alias="address", max_length=36, description="Id of the address.")]


def _to_revoke(caller: Owner, address: AddressId, session: WriteSession, if_match: IfMatch) -> CalendarAddress:
    found = addresses.own(session, caller, address, lock=True)
    rows.must_match(found, if_match)
    return found


@router.get("", response_model=Page[CalendarAddressShown], responses=answers(NotAPerson))
def list_calendar_addresses(
    caller: Owner, session: SnapshotSession, window: WindowDep, request: Request, response: Response
) -> Any:
    """Your own secret addresses, oldest first, without the secrets."""
    addresses.must_be_a_person(caller)
    page = paging.page(session, queries.addresses(caller.id), window, request, response)
    return {**page, "items": [addresses.shown(row) for row in page["items"]]}


@router.post("", status_code=201, response_model=CalendarAddressMade, responses=answers(NotAPerson, TooManyAddresses))
def make_calendar_address(
    caller: Owner, session: WriteSession, request: Request, response: Response, write: CalendarAddressWrite
) -> Any:
    """Make a secret address for your calendar application. It is shown only now.

    Whoever knows it reads what you may see at that moment, without a token: keep it to yourself, and revoke it if
    it got about.
    """
    made, secret = addresses.make(session, caller, write)
    response.headers["Location"] = f"/v1/calendar-addresses/{made.id}"
    return {**addresses.read(session, caller, made.id), "url": f"{urls.base(request)}/v1/calendars/s/{secret}.ics"}


@router.get("/{address}", response_model=CalendarAddressShown, responses=answers(NotAPerson, NoSuchThing))
def read_calendar_address(caller: Owner, session: SnapshotSession, address: AddressId) -> Any:
    """A secret address of yours, without the secret."""
    return addresses.read(session, caller, addresses.own(session, caller, address).id)


@router.delete(
    "/{address}", status_code=204, responses=answers(NotAPerson, NoSuchThing, ChangedMeanwhile, VersionNotStated)
)
def revoke_calendar_address(
    _: Owner, session: WriteSession, address: Annotated[CalendarAddress, Depends(_to_revoke)]
) -> None:
    """Revoke a secret address of yours.

    From the very next request on there is nothing at it.
    """
    rows.remove(session, address)
