"""Terms of the agreement on which a network stands, and what is done in each."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Caller, Chain
from app.core import ids, rows
from app.core.database import Work
from app.core.dates import faults_of_future
from app.core.errors import Conflict, Invalid, NoSuchThing
from app.core.language import Words
from app.networks import queries
from app.networks.models import AgreementTerm, AgreementTermStep, Network, StepKind
from app.networks.queries import STEP, TERM
from app.networks.schemas import AgreementTermFacts, AgreementTermPatch, AgreementTermStepWrite, AgreementTermWrite
from app.networks.service import networks, seats


class TermsOverlap(Conflict):
    """The network has another term at the same time."""

    title = Words("Sopimuskaudet menevät päällekkäin", "Terms overlap")
    detail = Words(
        "Verkostolla on jo sopimuskausi {starts_on} – {ends_on}. Mitään ei muutettu.",
        "The network has a term from {starts_on} to {ends_on} already. Nothing was changed.",
    )
    cure = Words(
        "Päätä se kausi ensin (PATCH ends_on) tai valitse toiset päivät.",
        "End that term first (PATCH ends_on), or choose other days.",
    )


def shown(session: Session, found: Sequence[Any], *, with_notes: bool) -> list[dict[str, Any]]:
    """Rows of ``queries.terms`` as answers with what was done in them: one query more, however many rows."""
    steps: dict[uuid.UUID, list[dict[str, Any]]] = {row.id: [] for row in found}
    for row in session.execute(queries.steps(list(steps))):
        steps[row.term_id].append({**row._mapping, "note": row.note if with_notes else None})
    return [queries.as_term(row, steps[row.id]) for row in found]


def read(session: Session, reference: str, caller: Caller | None) -> dict[str, Any]:
    """One term as an answer. Raises NoSuchThing."""
    found = session.execute(queries.terms(term_id=ids.as_uuid(reference) or uuid.UUID(int=0))).all()
    if not found:
        raise NoSuchThing(kind=KIND.name)
    network = session.get_one(Network, found[0].network_id) if caller else None
    return shown(session, found, with_notes=sees_notes(session, caller, network))[0]


def sees_notes(session: Session, caller: Caller | None, network: Network | None) -> bool:
    """Whether a caller sees what the members of a network see."""
    if caller is None or network is None or "meetings:read" not in caller.scopes:
        return False
    return caller.may("meetings:read", networks.chain_above(session, network))


def step_shown(session: Session, term: AgreementTerm, step: AgreementTermStep, caller: Caller) -> dict[str, Any]:
    """What was done in a term as an answer to who has written it."""
    sees = sees_notes(session, caller, session.get_one(Network, term.network_id))
    return {**rows.columns(step), "note": step.note if sees else None}


def begin(session: Work, network: Network, write: AgreementTermWrite) -> AgreementTerm:
    """Begin a term of a network, which is locked. Raises TermsOverlap."""
    term = AgreementTerm(network_id=network.id, **_facts(write))
    _must_be_alone(session, term.id, network.id, write)
    return rows.add(session, term)


def change(session: Work, term: AgreementTerm, patch: AgreementTermPatch) -> AgreementTerm:
    """Change what ``patch`` names of a term, whose network is locked. Raises Invalid, TermsOverlap."""
    whole = rows.merged(term, patch, AgreementTermFacts)
    _must_be_alone(session, term.id, term.network_id, whole)
    rows.apply(term, _facts(whole))
    session.flush()
    return term


def record_step(
    session: Work,
    term: AgreementTerm,
    kind: StepKind,
    code: str,
    write: AgreementTermStepWrite,
    if_match: Sequence[str] | None,
) -> tuple[AgreementTermStep, bool]:
    """Record what was done in a term, which is locked, and answer the row and whether it is new.

    The same content again changes nothing; other content needs the version that it replaces.
    Raises Invalid, VersionNotStated, ChangedMeanwhile, NoSuchThing for a version of what is not there.
    """
    if faults := faults_of_future(write.done_on, "/done_on"):
        raise Invalid(faults=faults)
    if kind == StepKind.role:
        seats.role_named(session, session.get_one(Network, term.network_id), code, parameter="code")
    stored = _step(session, term, kind, code)
    facts: dict[str, Any] = {"done_on": write.done_on, "note": write.note}
    if stored is None:
        if if_match is not None:
            raise NoSuchThing(kind=STEP_KIND.name)
        return rows.add(session, AgreementTermStep(term_id=term.id, kind=kind, code=code, **facts)), True
    is_other = any(getattr(stored, name) != value for name, value in facts.items())
    if is_other or if_match is not None:  # equal content too: two who both add one must not both be told "done"
        rows.must_match(stored, if_match)
    rows.apply(stored, facts)
    session.flush()
    return stored, False


def erase_step(session: Work, term: AgreementTerm, kind: StepKind, code: str, if_match: Sequence[str] | None) -> None:
    """Take away what was recorded as done in a term, which is locked.

    Raises NoSuchThing, VersionNotStated, ChangedMeanwhile.
    """
    stored = _step(session, term, kind, code)
    if stored is None:
        raise NoSuchThing(kind=STEP_KIND.name)
    rows.must_match(stored, if_match)
    rows.remove(session, stored)


def _step(session: Session, term: AgreementTerm, kind: StepKind, code: str) -> AgreementTermStep | None:
    query = select(AgreementTermStep).where(STEP.term_id == term.id, STEP.kind == kind, STEP.code == code)
    return session.scalars(query).first()


def _facts(whole: AgreementTermFacts) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in AgreementTermFacts.model_fields}


def _must_be_alone(session: Session, id: uuid.UUID, network_id: uuid.UUID, whole: AgreementTermFacts) -> None:
    query = select(TERM.starts_on, TERM.ends_on).where(
        TERM.network_id == network_id,
        TERM.id != id,
        TERM.starts_on <= (whole.ends_on or date.max),
        or_(TERM.ends_on.is_(None), TERM.ends_on >= whole.starts_on),
    )
    if other := session.execute(query.order_by(TERM.starts_on)).first():
        raise TermsOverlap(starts_on=other.starts_on, ends_on=other.ends_on or "…")


def _chain_of(session: Session, reference: str) -> Chain | None:
    term = session.get(AgreementTerm, id) if (id := ids.as_uuid(reference)) else None
    if term is None:
        return None
    return [(KIND.name, term.id), *networks.chain_above(session, session.get_one(Network, term.network_id))]


def _chain_of_step(session: Session, reference: str) -> Chain | None:
    step = session.get(AgreementTermStep, id) if (id := ids.as_uuid(reference)) else None
    return [(STEP_KIND.name, step.id), *(_chain_of(session, str(step.term_id)) or ())] if step else None


KIND = Kind("agreement_term", "agreement_term", _chain_of)
STEP_KIND = Kind("agreement_term_step", None, _chain_of_step)
