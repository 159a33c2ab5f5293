"""Who judged: organisations and persons, as they were named."""

import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.core import ids
from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.evaluations.queries import EVALUATOR
from app.evaluations.schemas import EvaluatorWrite
from app.organisations.queries import ORGANISATION, PERSON
from app.organisations.service import organisations, persons

Named = tuple[uuid.UUID, uuid.UUID | None]  # organisation, person
TWICE = Words("Sama arvioija on luettelossa jo. Anna se kerran.", "This evaluator is listed already. Give it once.")


def named(
    session: Session,
    caller: Caller,
    county_id: uuid.UUID,
    evaluators: Sequence[EvaluatorWrite],
    evaluation_id: uuid.UUID | None = None,
) -> list[Named]:
    """Who is meant: organisations of the county, and persons of it whom the caller may see. Raises Invalid.

    Whom the evaluation names already may stay. Two queries and those of the condition, however many are named.
    """
    known = _organisations(session, county_id, {evaluator.organisation for evaluator in evaluators})
    people = {evaluator.person for evaluator in evaluators if evaluator.person}
    visible = _visible(session, caller, county_id, people, evaluation_id) if people else set()
    hidden = _hidden(session, caller, evaluation_id)
    faults, found = [], list[Named]()
    for index, evaluator in enumerate(evaluators):
        pointer = f"/evaluators/{index}"
        organisation = known.get(evaluator.organisation)
        if organisation is None:
            faults.append(Fault("unknown-organisation", organisations.UNKNOWN, pointer=f"{pointer}/organisation"))
            continue
        if evaluator.person and evaluator.person not in visible:
            faults.append(Fault("unknown-person", persons.UNKNOWN, pointer=f"{pointer}/person"))
        # Who is shown without their name, and sent back so, stays: nobody takes away what they can't see.
        unseen = hidden.get(organisation) if evaluator.person is None else None
        person = unseen.pop() if unseen else evaluator.person
        if (organisation, person) in found:
            faults.append(Fault("named-twice", TWICE, pointer=pointer))
        found.append((organisation, person))
    if faults:
        raise Invalid(faults=faults)
    return found


def _hidden(session: Session, caller: Caller, evaluation_id: uuid.UUID | None) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The persons of an evaluation whom the caller may not see, by organisation."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    known = select(PERSON.id).where(persons.reachable(session, caller, persons.READ))
    query = select(EVALUATOR.organisation_id, EVALUATOR.person_id).where(
        EVALUATOR.evaluation_id == evaluation_id, EVALUATOR.person_id.is_not(None), EVALUATOR.person_id.not_in(known)
    )
    for organisation, person in session.execute(query) if evaluation_id else ():
        found.setdefault(organisation, []).append(person)
    return found


def _organisations(session: Session, county_id: uuid.UUID, references: set[str]) -> dict[str, uuid.UUID]:
    """Ids of the organisations of a county, by how each was named: id or slug."""
    meant = {reference: ids.as_uuid(reference) for reference in references}
    query = select(ORGANISATION.id, ORGANISATION.slug).where(
        ORGANISATION.county_id == county_id,
        or_(
            ORGANISATION.id.in_([id for id in meant.values() if id]),
            ORGANISATION.slug.in_([slug for slug, id in meant.items() if id is None]),
        ),
    )
    stored = session.execute(query).all() if meant else []
    by_slug, all_ids = {slug: id for id, slug in stored}, {id for id, _ in stored}
    found = {reference: id or by_slug.get(reference) for reference, id in meant.items()}
    return {reference: id for reference, id in found.items() if id is not None and id in all_ids}


def _visible(
    session: Session, caller: Caller, county_id: uuid.UUID, people: set[uuid.UUID], evaluation_id: uuid.UUID | None
) -> set[uuid.UUID]:
    already = select(EVALUATOR.person_id).where(EVALUATOR.evaluation_id == evaluation_id)
    may_be_named = or_(persons.reachable(session, caller, persons.READ), PERSON.id.in_(already))
    query = select(PERSON.id).where(PERSON.id.in_(people), PERSON.county_id == county_id, may_be_named)
    return set(session.scalars(query))
