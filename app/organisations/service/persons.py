"""What can be done with the persons that networks name."""

import uuid
from collections.abc import Collection

from sqlalchemy import Select, or_, select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Chain, Thing
from app.core import ids, rows
from app.core.errors import Fault, Invalid, NotFound
from app.core.language import Words
from app.organisations.models import Organisation, Person
from app.organisations.queries import PERSON
from app.organisations.service import organisations

UNKNOWN = Words("Tällaista henkilöä ei ole. Henkilöt: /v1/persons.", "There is no such person. Persons: /v1/persons.")


def resolved(session: Session, reference: str, pointer: str) -> Person:
    """The person with this id. Raises Invalid, pointing at where they were named."""
    try:
        return rows.find(session, Person, reference)
    except NotFound:
        raise Invalid(faults=[Fault("unknown-person", UNKNOWN, pointer=pointer)]) from None


def chain_above(session: Session, person: Person) -> Chain:
    """A person and all that they lie in: their organisation, and what that lies in."""
    organisation = session.get_one(Organisation, person.organisation_id)
    return [(KIND.name, person.id), *organisations.chain_above(session, organisation)]


def inside(session: Session, things: Collection[Thing]) -> Select[tuple[uuid.UUID]]:
    """Ids of the persons that are one of some things, or whose organisation lies in one."""
    own = {id for kind, id in things if kind == KIND.name}
    lies_in = organisations.inside(session, things)
    return select(PERSON.id).where(or_(PERSON.id.in_(own), PERSON.organisation_id.in_(lies_in)))


def _chain_of(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    person = session.get(Person, id) if id else None
    return chain_above(session, person) if person else None


KIND = Kind("person", "person", _chain_of, inside)
