"""``/v1/tokens``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.accounts.models import MachineToken
from app.accounts.needs import KindsDep, Needs
from app.accounts.rules import Caller
from app.accounts.schemas import MachineTokenMade, MachineTokenShown, MachineTokenWrite
from app.accounts.service import machines
from app.accounts.service.callers import TOKEN
from app.accounts.service.grants import WiderThanYourOwn
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room

router = room("/tokens", "access")
Maker = Annotated[Caller, Needs("tokens:write")]
TokenId = Annotated[str, Path(alias="token", max_length=36, description="Id of the token.")]


def _to_revoke(
    caller: Maker, token: TokenId, session: WriteSession, kinds: KindsDep, if_match: IfMatch
) -> MachineToken:
    found = machines.seen(session, kinds, caller, token, lock=True)
    rows.must_match(found, if_match)
    return found


@router.get("", response_model=Page[MachineTokenShown])
def list_tokens(
    caller: Maker, session: SnapshotSession, kinds: KindsDep, window: WindowDep, request: Request, response: Response
) -> Any:
    """Tokens of machines, oldest first, those that were revoked or have expired too."""
    query = machines.tokens(seen=machines.seen_by(session, kinds, caller))
    page = paging.page(session, query, window, request, response, entities=True)
    return {**page, "items": machines.shown(session, kinds, page["items"])}


@router.post("", status_code=201, response_model=MachineTokenMade, responses=answers(WiderThanYourOwn))
def make_token(
    caller: Maker, session: WriteSession, kinds: KindsDep, response: Response, write: MachineTokenWrite
) -> Any:
    """Make a token for a machine. It is shown only now.

    It may do what you gave it, where you gave it, and never more than you may do yourself at that moment: when
    your account goes out of use, so does the token.
    """
    made, token = machines.make(session, kinds, caller, write)
    response.headers["Location"] = f"/v1/tokens/{made.id}"
    return {**machines.shown(session, kinds, [(made, None)])[0], "token": token}


@router.get("/{token}", response_model=MachineTokenShown, responses=answers(NoSuchThing))
def read_token(caller: Maker, session: SnapshotSession, kinds: KindsDep, token: TokenId) -> Any:
    """A machine's token, without the token."""
    found = machines.seen(session, kinds, caller, token)
    query = machines.tokens(seen=TOKEN.id == found.id)
    return machines.shown(session, kinds, [(row, used_at) for row, used_at in session.execute(query)])[0]


@router.delete("/{token}", status_code=204, responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated))
def revoke_token(_: Maker, session: WriteSession, token: Annotated[MachineToken, Depends(_to_revoke)]) -> None:
    """Revoke a machine's token, from its very next request on.

    It stays in the list, as revoked.
    """
    machines.revoke(session, token)
