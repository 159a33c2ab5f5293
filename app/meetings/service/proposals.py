"""What members would have on an agenda: proposed, then taken or declined."""

from typing import Any

from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service import callers
from app.core import clock, rows
from app.core.database import Work
from app.core.errors import Conflict, NotAllowed
from app.core.language import Words
from app.meetings.models.proposals import ProposalState, TopicProposal
from app.meetings.schemas.proposals import Taking, TopicProposalWrite
from app.meetings.service import agenda
from app.meetings.service.carrying import meeting_to_go_to
from app.meetings.service.invitees import seats_held
from app.meetings.service.meetings import WRITE
from app.networks.models import Network
from app.networks.service import networks


class NoSeatThere(NotAllowed):
    """The caller neither has a seat in the network nor plans its meetings."""

    title = Words("Ei paikkaa verkostossa", "No seat there")
    detail = Words(
        "Aiheita ehdottaa se, jolla on paikka verkostossa tai joka on sen varahenkilö, tai jolla on siihen oikeus "
        "{scope}.",
        "Topics are proposed by who holds a seat in the network, or is the deputy, or has the scope {scope} there.",
    )
    cure = Words(
        "Pyydä verkoston puheenjohtajaa ehdottamaan, tai paikkaa verkostossa.",
        "Ask the chair of the network to propose it, or for a seat in the network.",
    )


class ProposalIsDecided(Conflict):
    """The proposal was taken or declined already."""

    title = Words("Ehdotus on jo käsitelty", "Proposal is decided")
    detail = Words(
        "Ehdotus on jo otettu esityslistalle tai hylätty. Tee tarvittaessa uusi ehdotus.",
        "The proposal was put on an agenda or declined already. Propose it anew if need be.",
    )
    cure = Words("Lue ehdotus uudestaan.", "Read the proposal again.")


def as_answer(found: Any) -> dict[str, Any]:
    """A proposal as an answer."""
    row = rows.columns(found) if isinstance(found, TopicProposal) else found._mapping
    return {
        **row,
        "seat": row["seat_id"],
        "agenda_item": row["agenda_item_id"],
        "escalated_from": row["escalated_from_id"],
    }


def propose(session: Work, network: Network, caller: Caller, write: TopicProposalWrite) -> TopicProposal:
    """Propose a topic, in the name of a seat that the caller has there today. Raises NoSeatThere, TokenNotAccepted."""
    seats = seats_held(session, caller, network.id, clock.today())
    if not seats and not _plans(session, network, caller):
        raise NoSeatThere(scope=WRITE)
    return rows.add(
        session, TopicProposal(network_id=network.id, seat_id=next(iter(seats), None), **write.model_dump())
    )


def take(session: Work, proposal: TopicProposal, write: Taking) -> TopicProposal:
    """Put a proposal, which is locked, on the agenda of a meeting; whoever proposed it brings it up.

    Raises Invalid, ProposalIsDecided, MeetingIsCancelled, MeetingIsHeld, MeetingIsFull.
    """
    _must_be_open(proposal)
    meeting = meeting_to_go_to(session, proposal.network_id, write.meeting, "/meeting")
    seat = proposal.seat_id
    is_there = seat is not None and agenda.sits(session, seat, meeting.network_id, meeting.local_start.date())
    values = {**agenda.again(proposal), "owner_seat_id": seat if is_there else None}
    item = agenda.put(session, meeting, values, write.position)
    return _becomes(session, proposal, state=ProposalState.taken, agenda_item_id=item.id)


def decline(session: Work, proposal: TopicProposal, reason: str) -> TopicProposal:
    """Decline a proposal, which is locked, and say why. Raises ProposalIsDecided."""
    _must_be_open(proposal)
    return _becomes(session, proposal, state=ProposalState.declined, reason=reason)


def _becomes(session: Work, proposal: TopicProposal, **values: Any) -> TopicProposal:
    rows.apply(proposal, {**values, "decided_at": clock.now()})
    session.flush()
    return proposal


def _must_be_open(proposal: TopicProposal) -> None:
    if proposal.state != ProposalState.proposed:
        raise ProposalIsDecided()


def _plans(session: Session, network: Network, caller: Caller) -> bool:
    return callers.known_now(session, caller).may(WRITE, networks.chain_above(session, network))
