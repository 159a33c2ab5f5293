"""``/v1/networks/{network}/agreement-terms``, ``/v1/agreement-terms``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.core.slugs import Code
from app.networks import queries
from app.networks.models import FAMILY, AgreementTerm, Network, StepKind
from app.networks.schemas import (
    AgreementTermPatch,
    AgreementTermPublic,
    AgreementTermStepPublic,
    AgreementTermStepWrite,
    AgreementTermWrite,
)
from app.networks.service import agreement_terms
from app.networks.service.agreement_terms import TermsOverlap

router = room("", "networks")
Anyone = Annotated[Caller | None, Public(FAMILY)]
Leader = Annotated[Caller, Needs("networks:write", at="agreement_term")]
NetworkRef = Annotated[str, Path(max_length=80, description="Id or slug of the network.")]
TermId = Annotated[str, Path(max_length=36, description="Id of the term.")]
Kind = Annotated[StepKind, Path(description="`role`: somebody was chosen for it; `review`: it was looked over.")]
OfWhat = Annotated[Code, Path(description="Code of the role (`chair`), or of what was looked over (`members`).")]
ONE = "/agreement-terms/{agreement_term}"
STEP = ONE + "/steps/{kind}/{code}"
OF_A_CHANGE = (NoSuchThing, ChangedMeanwhile, VersionNotStated)


def _to_read(network: NetworkRef, session: SnapshotSession) -> Network:
    return rows.find(session, Network, network)


def _to_begin_in(network: NetworkRef, session: WriteSession) -> Network:
    return rows.find(session, Network, network, lock=True)


def _to_change(agreement_term: TermId, session: WriteSession, if_match: IfMatch) -> AgreementTerm:
    found = rows.find(session, AgreementTerm, agreement_term)
    rows.find(session, Network, found.network_id, lock=True)  # the network first, as by those who begin terms
    session.refresh(found, with_for_update={"key_share": True})
    rows.must_match(found, if_match)
    return found


def _to_act_in(agreement_term: TermId, session: WriteSession) -> AgreementTerm:
    return rows.find(session, AgreementTerm, agreement_term, lock=True)


@router.get(
    "/networks/{network}/agreement-terms", response_model=Page[AgreementTermPublic], responses=answers(NoSuchThing)
)
def list_agreement_terms(
    caller: Anyone,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: Annotated[Network, Depends(_to_read)],
) -> Any:
    """Terms of the agreement on which a network stands, with what was done in each."""
    page = paging.page(session, queries.terms(network_id=network.id), window, request, response)
    with_notes = agreement_terms.sees_notes(session, caller, network)
    return {**page, "items": agreement_terms.shown(session, page["items"], with_notes=with_notes)}


@router.post(
    "/networks/{network}/agreement-terms",
    status_code=201,
    response_model=AgreementTermPublic,
    responses=answers(NoSuchThing, TermsOverlap),
)
def begin_agreement_term(
    caller: Annotated[Caller, Needs("networks:write", at="network")],
    session: WriteSession,
    network: Annotated[Network, Depends(_to_begin_in)],
    write: AgreementTermWrite,
    response: Response,
) -> Any:
    """Begin a term of the agreement on which a network stands.

    No two terms of a network have a day in common.
    """
    term = agreement_terms.begin(session, network, write)
    response.headers["Location"] = f"/v1/agreement-terms/{term.id}"
    return agreement_terms.read(session, str(term.id), caller)


@router.get(ONE, response_model=AgreementTermPublic, responses=answers(NoSuchThing))
def read_agreement_term(caller: Anyone, session: SnapshotSession, agreement_term: TermId) -> Any:
    """A term of the agreement on which a network stands, with what was done in it."""
    return agreement_terms.read(session, agreement_term, caller)


@router.patch(ONE, response_model=AgreementTermPublic, responses=answers(*OF_A_CHANGE, TermsOverlap))
def change_agreement_term(
    caller: Leader,
    session: WriteSession,
    agreement_term: Annotated[AgreementTerm, Depends(_to_change)],
    patch: AgreementTermPatch,
) -> Any:
    """Change the name or the days of a term (merge patch, RFC 7396)."""
    term = agreement_terms.change(session, agreement_term, patch)
    return agreement_terms.read(session, str(term.id), caller)


@router.put(
    STEP,
    response_model=AgreementTermStepPublic,
    responses={201: {"description": "Recorded anew"}, **answers(*OF_A_CHANGE)},
)
def record_agreement_term_step(
    caller: Leader,
    session: WriteSession,
    response: Response,
    agreement_term: Annotated[AgreementTerm, Depends(_to_act_in)],
    kind: Kind,
    code: OfWhat,
    write: AgreementTermStepWrite,
    if_match: IfMatch,
) -> Any:
    """Record what was done in a term: a role was filled, or something looked over.

    What is new needs no `If-Match` and answers 201. The same content again changes nothing; other content needs the
    version that it replaces.
    """
    step, is_new = agreement_terms.record_step(session, agreement_term, kind, code, write, if_match)
    response.status_code = 201 if is_new else 200
    return agreement_terms.step_shown(session, agreement_term, step, caller)


@router.delete(STEP, status_code=204, responses=answers(*OF_A_CHANGE))
def erase_agreement_term_step(
    _: Leader,
    session: WriteSession,
    agreement_term: Annotated[AgreementTerm, Depends(_to_act_in)],
    kind: Kind,
    code: OfWhat,
    if_match: IfMatch,
) -> None:
    """Take away what was recorded as done in a term."""
    agreement_terms.erase_step(session, agreement_term, kind, code, if_match)
