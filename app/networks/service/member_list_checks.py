"""Days on which networks looked over their lists of members."""

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Caller, Chain
from app.core import clock, ids, rows
from app.core.database import Work
from app.core.dates import faults_of_future
from app.core.errors import Conflict, Invalid
from app.core.language import Words
from app.networks.models import MemberListCheck, Network
from app.networks.queries import CHECK
from app.networks.schemas import MemberListCheckWrite
from app.networks.service import networks


class CheckedThatDay(Conflict):
    """The list of members was looked over that day already."""

    title = Words("Jäsenluettelo on jo tarkistettu", "Checked that day")
    detail = Words(
        "Jäsenluettelon tarkistus {day} on jo kirjattu. Mitään ei tallennettu.",
        "The check of the list of members on {day} is recorded already. Nothing was stored.",
    )
    cure = Words(
        "Katso tarkistukset: /v1/networks/VERKOSTO/member-list-checks. Väärän voi poistaa.",
        "See the checks: /v1/networks/NETWORK/member-list-checks. A wrong one can be removed.",
    )


def record(session: Work, network: Network, write: MemberListCheckWrite) -> MemberListCheck:
    """Record that a network, which is locked, looked over its list of members. Raises Invalid, CheckedThatDay."""
    day = write.checked_on or clock.today()
    if faults := faults_of_future(day, "/checked_on"):
        raise Invalid(faults=faults)
    if session.scalar(select(CHECK.id).where(CHECK.network_id == network.id, CHECK.checked_on == day)):
        raise CheckedThatDay(day=day)
    return rows.add(session, MemberListCheck(network_id=network.id, checked_on=day, note=write.note))


def _chain_of(session: Session, reference: str) -> Chain | None:
    check = session.get(MemberListCheck, id) if (id := ids.as_uuid(reference)) else None
    if check is None:
        return None
    return [(KIND.name, check.id), *networks.chain_above(session, session.get_one(Network, check.network_id))]


def _shows_to(_: Session, caller: Caller, chain: Chain) -> bool:
    return caller.may("meetings:read", chain) or caller.may(networks.SCOPE, chain)


KIND = Kind("member_list_check", "member_list_check", _chain_of, shows_to=_shows_to)
