"""``/v1/networks/{network}/member-list-checks``, ``/v1/member-list-checks``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.accounts.needs import Needs
from app.accounts.rules import Caller
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.networks import queries
from app.networks.models import MemberListCheck, Network
from app.networks.schemas import MemberListCheckShown, MemberListCheckWrite
from app.networks.service import member_list_checks
from app.networks.service.member_list_checks import CheckedThatDay

router = room("", "networks")
NetworkRef = Annotated[str, Path(max_length=80, description="Id or slug of the network.")]
CheckId = Annotated[str, Path(max_length=36, description="Id of the check.")]
OF_NETWORK = "/networks/{network}/member-list-checks"
ONE = "/member-list-checks/{member_list_check}"


def _to_read(network: NetworkRef, session: SnapshotSession) -> Network:
    return rows.find(session, Network, network)


def _to_check(network: NetworkRef, session: WriteSession) -> Network:
    return rows.find(session, Network, network, lock=True)


@router.get(OF_NETWORK, response_model=Page[MemberListCheckShown], responses=answers(NoSuchThing))
def list_member_list_checks(
    _: Annotated[Caller, Needs("meetings:read", at="network")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: Annotated[Network, Depends(_to_read)],
) -> Any:
    """Days on which a network looked over its list of members, in order."""
    return paging.page(session, queries.checks(network.id), window, request, response)


@router.post(
    OF_NETWORK, status_code=201, response_model=MemberListCheckShown, responses=answers(NoSuchThing, CheckedThatDay)
)
def record_member_list_check(
    _: Annotated[Caller, Needs("networks:write", at="network")],
    session: WriteSession,
    network: Annotated[Network, Depends(_to_check)],
    write: MemberListCheckWrite,
    response: Response,
) -> Any:
    """Record that a network looked over its list of members.

    Today, or on an earlier day; once a day. The latest is the network's `members_checked_on`.
    """
    check = member_list_checks.record(session, network, write)
    response.headers["Location"] = f"/v1/member-list-checks/{check.id}"
    return check


@router.get(ONE, response_model=MemberListCheckShown, responses=answers(NoSuchThing))
def read_member_list_check(
    _: Annotated[Caller, Needs("meetings:read", at="member_list_check")],
    session: SnapshotSession,
    member_list_check: CheckId,
) -> Any:
    """A day on which a network looked over its list of members."""
    return rows.find(session, MemberListCheck, member_list_check)


@router.delete(ONE, status_code=204, responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated))
def remove_member_list_check(
    _: Annotated[Caller, Needs("networks:write", at="member_list_check")],
    session: WriteSession,
    member_list_check: CheckId,
    if_match: IfMatch,
) -> None:
    """Take a check away that was recorded by mistake."""
    found = rows.find(session, MemberListCheck, member_list_check, lock=True)
    rows.must_match(found, if_match)
    rows.remove(session, found)
