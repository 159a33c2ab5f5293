"""``/v1/networks/{network}/topic-proposals``, ``/v1/topic-proposals``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, SignedIn
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.proposals import ProposalState, TopicProposal
from app.meetings.queries import proposals as queries
from app.meetings.schemas.proposals import Declining, Taking, TopicProposalShown, TopicProposalWrite
from app.meetings.service import proposals
from app.meetings.service.agenda import MeetingIsFull
from app.meetings.service.kinds import TOPIC_PROPOSAL, must_see
from app.meetings.service.proposals import NoSeatThere, ProposalIsDecided
from app.meetings.service.states import MeetingIsCancelled, MeetingIsHeld
from app.networks.models import Network
from app.networks.service import networks

router = room("", "meetings")
NetworkRef = Annotated[str, Path(max_length=80, description="Id or slug of the network.")]
ProposalId = Annotated[str, Path(max_length=36, description="Id of the proposal.")]
StateParam = Annotated[ProposalState | None, Query(description="Only those of which this became.")]
Planner = Annotated[Caller, Needs("meetings:write", at="topic_proposal")]
OF_NETWORK, ONE = "/networks/{network}/topic-proposals", "/topic-proposals/{topic_proposal}"
OF_A_CHANGE = (NoSuchThing, ChangedMeanwhile, VersionNotStated, ProposalIsDecided)


def _to_decide(topic_proposal: ProposalId, session: WriteSession, if_match: IfMatch) -> TopicProposal:
    found = rows.find(session, TopicProposal, topic_proposal, lock=True)
    rows.must_match(found, if_match)
    return found


Decided = Annotated[TopicProposal, Depends(_to_decide)]


@router.get(OF_NETWORK, response_model=Page[TopicProposalShown], responses=answers(NoSuchThing, OutOfReach))
def list_topic_proposals(
    caller: Annotated[Caller, SignedIn()],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: NetworkRef,
    state: StateParam = None,
) -> Any:
    """What was proposed to a network, the first one first.

    `state=proposed`: what waits to be taken or declined. Takes `meetings:read` there, or a seat in the network today,
    as holder or deputy.
    """
    must_see(session, networks.KIND, caller, network)
    found = queries.proposals(rows.find(session, Network, network).id, state)
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [proposals.as_answer(row) for row in page["items"]]}


@router.post(
    OF_NETWORK, status_code=201, response_model=TopicProposalShown, responses=answers(NoSuchThing, NoSeatThere)
)
def propose_topic(
    caller: Annotated[Caller, SignedIn()],
    session: WriteSession,
    network: NetworkRef,
    write: TopicProposalWrite,
    response: Response,
) -> Any:
    """Propose a topic to a network in which you hold a seat, or are a deputy.

    No further right is needed. Who has `meetings:write` there can write down what others propose.
    """
    proposal = proposals.propose(session, rows.find(session, Network, network), caller, write)
    response.headers["Location"] = f"/v1/topic-proposals/{proposal.id}"
    return proposals.as_answer(proposal)


@router.get(ONE, response_model=TopicProposalShown, responses=answers(NoSuchThing, OutOfReach))
def read_topic_proposal(
    caller: Annotated[Caller, SignedIn()], session: SnapshotSession, topic_proposal: ProposalId
) -> Any:
    """A topic that was proposed to a network, and what became of it.

    Takes `meetings:read` there, or a seat in the network today, as holder or deputy.
    """
    must_see(session, TOPIC_PROPOSAL, caller, topic_proposal)
    return proposals.as_answer(rows.find(session, TopicProposal, topic_proposal))


@router.post(
    f"{ONE}/take",
    response_model=TopicProposalShown,
    responses=answers(*OF_A_CHANGE, MeetingIsCancelled, MeetingIsHeld, MeetingIsFull),
)
def take_topic_proposal(_: Planner, session: WriteSession, topic_proposal: Decided, write: Taking) -> Any:
    """Put a proposal on the agenda of a planned meeting, once.

    The seat that proposes it is the owner of the item.
    """
    return proposals.as_answer(proposals.take(session, topic_proposal, write))


@router.post(f"{ONE}/decline", response_model=TopicProposalShown, responses=answers(*OF_A_CHANGE))
def decline_topic_proposal(_: Planner, session: WriteSession, topic_proposal: Decided, write: Declining) -> Any:
    """Decline a proposal, and say why.

    Where it came from a network that this one steers, the reason is shown there as an answer.
    """
    return proposals.as_answer(proposals.decline(session, topic_proposal, write.reason))
