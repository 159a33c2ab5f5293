"""What can be done with the persons that networks name."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlmodel import Session

from app.accounts.models import User
from app.accounts.reach import Kind, Kinds
from app.accounts.rules import Caller, Chain, Thing, address_of, is_address
from app.accounts.service import grants, users
from app.accounts.service.callers import must_reach
from app.core import clock, ids, rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid, NoSuchThing, NotFound
from app.core.language import Words
from app.core.text import folded, sort_name
from app.organisations import queries
from app.organisations.models import Organisation, Person
from app.organisations.queries import PERSON
from app.organisations.rules import latest_retention, may_be_kept_until
from app.organisations.schemas import PersonFacts, PersonPatch, PersonWrite
from app.organisations.service import organisations, rights

READ, WRITE = "persons:read", "persons:write"


class WorkEmailTaken(Conflict):
    """Somebody in the county has this address at work already."""

    title = Words("Työosoite on käytössä", "Work address taken")
    detail = Words(
        "Tämä työosoite on alueella jo toisella henkilöllä{who.fi}. Mitään ei muutettu.",
        "Somebody else in the county has this work address already{who.en}. Nothing was changed.",
    )
    cure = Words(
        "Tarkista, onko henkilö jo tallennettu (GET /v1/persons?q=OSOITE). Yhteisen osoitteen voi jättää pois.",
        "See whether they are stored already (GET /v1/persons?q=ADDRESS). A shared address can be left out.",
    )


class SignInIsLinked(Conflict):
    """This sign-in belongs to another person."""

    title = Words("Tunnus on toisen henkilön", "The sign-in belongs to another person")
    detail = Words(
        "Tämä tunnus on jo liitetty toiseen henkilöön{who.fi}. Mitään ei muutettu.",
        "This sign-in is linked to another person already{who.en}. Nothing was changed.",
    )
    cure = Words("Poista ensin liitos siitä henkilöstä (user null).", "Unlink it from that person first (user null).")


UNKNOWN = Words("Tällaista henkilöä ei ole. Henkilöt: /v1/persons.", "There is no such person. Persons: /v1/persons.")
NOT_AN_EMAIL = Words("Tämä ei ole sähköpostiosoite.", "This is not an e-mail address.")
NOT_IN_TIME = Words(
    "Anna päivä, joka on tämän päivän jälkeen ja viimeistään {latest}.",
    "Give a day after today, {latest} at the latest.",
)
IN_THE_FUTURE = Words("Suostumus ei voi olla tulevaisuudessa.", "The consent can't lie in the future.")
NOBODY = Words("", "")


def resolved(session: Session, reference: str, pointer: str) -> Person:
    """The person with this id. Raises Invalid, pointing at where they were named."""
    try:
        return rows.find(session, Person, reference)
    except NotFound:
        raise Invalid(faults=[Fault("unknown-person", UNKNOWN, pointer=pointer)]) from None


def must_be_seen(session: Session, caller: Caller, person: Person) -> None:
    """Let persons be nobody to who may not see them. Raises NoSuchThing."""
    if not caller.may(READ, chain_above(session, person)):
        raise NoSuchThing(kind=KIND.name)


def shown(session: Session, person_id: uuid.UUID) -> dict[str, Any]:
    """One person as an answer to who may see them."""
    return queries.as_person(session.execute(queries.persons().where(PERSON.id == person_id)).one())


def add(session: Work, kinds: Kinds, caller: Caller, write: PersonWrite) -> Person:
    """Add a person of an organisation where the caller may.

    Raises Invalid, OutOfReach, WiderThanYourOwn, SignInIsLinked, WorkEmailTaken.
    """
    organisation = organisations.resolved(session, write.organisation, "/organisation")
    chain = organisations.chain_above(session, organisation)
    must_reach(caller, WRITE, chain)
    facts = _facts(write, write.model_fields_set)
    user = _sign_in(session, kinds, caller, chain, None, write.user) if write.user is not None else None
    person = Person(
        **facts,
        county_id=organisation.county_id,
        organisation_id=organisation.id,
        user_id=user.id if user else None,  # nothing waits for it yet
    )
    _must_be_the_one(session, caller, person, user)
    _must_have_own_address(session, caller, person)
    return rows.add(session, person)


def change(session: Work, kinds: Kinds, caller: Caller, person: Person, patch: PersonPatch) -> Person:
    """Change what ``patch`` names; with another sign-in, the rights of the person go over to it.

    The person must be held (``lock``), and seen by the caller. To move them to another organisation takes the right
    to add them, both where they were and where they go. Raises Invalid, OutOfReach, WiderThanYourOwn, SignInIsLinked,
    WorkEmailTaken.
    """
    given = patch.model_fields_set
    stored = {"organisation": str(person.organisation_id), "user": str(person.user_id) if person.user_id else None}
    whole = rows.merged(person, patch, PersonFacts, **stored)
    facts = _facts(whole, given)
    version, address = person.version, person.work_email
    if "organisation" in given:
        facts["organisation_id"] = _moved_to(session, caller, person, whole.organisation)
    if "user" in given and whole.user != stored["user"]:
        user = _sign_in(session, kinds, caller, chain_above(session, person), person.user_id, whole.user)
        _must_be_the_one(session, caller, person, user)
        rights.link(session, kinds, caller, person, user)
    if rows.apply(person, facts) and person.work_email != address:
        with session.no_autoflush:
            _must_have_own_address(session, caller, person)
    person.version = min(person.version, version + 1)  # one change, whatever it touched
    session.flush()
    return person


def chain_above(session: Session, person: Person) -> Chain:
    """A person and all that they lie in: their organisation, and what that lies in."""
    organisation = session.get_one(Organisation, person.organisation_id)
    return [(KIND.name, person.id), *organisations.chain_above(session, organisation)]


def inside(session: Session, things: Collection[Thing]) -> Select[tuple[uuid.UUID]]:
    """Ids of the persons that are one of some things, or whose organisation lies in one."""
    own = {id for kind, id in things if kind == KIND.name}
    lies_in = organisations.inside(session, things)
    return select(PERSON.id).where(or_(PERSON.id.in_(own), PERSON.organisation_id.in_(lies_in)))


def reachable(session: Session, caller: Caller, scope: str) -> ColumnElement[bool]:
    """Persons where the caller has ``scope``: a condition for lists."""
    return and_(true(), *(PERSON.id.in_(inside(session, things)) for things in caller.reach(scope)))


def _chain_of(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    person = session.get(Person, id) if id else None
    return chain_above(session, person) if person else None


KIND = Kind("person", "person", _chain_of, inside, is_somebody=True)


def _facts(whole: PersonFacts, given: Collection[str]) -> dict[str, Any]:
    """What is said of a person, as columns; what is ``given`` is held against the calendar. Raises Invalid."""
    today, faults = clock.today(), []
    email = address_of(whole.work_email) if whole.work_email is not None else None
    if email is not None and "work_email" in given and not is_address(email):
        faults.append(Fault("not-an-email", NOT_AN_EMAIL, pointer="/work_email"))
    if "retention_until" in given and not may_be_kept_until(whole.retention_until, today):
        words = NOT_IN_TIME.about(latest=latest_retention(today))
        faults.append(Fault("not-in-time", words, pointer="/retention_until"))
    if whole.consented_on is not None and "consented_on" in given and whole.consented_on > today:
        faults.append(Fault("in-the-future", IN_THE_FUTURE, pointer="/consented_on"))
    if faults:
        raise Invalid(faults=faults)
    return {
        "display_name": whole.display_name,
        "work_email": email,
        "purpose": whole.purpose,
        "is_public": whole.is_public,
        "consented_on": whole.consented_on,
        "retention_until": whole.retention_until,
        "sort_name": sort_name(whole.display_name),
        "search_name": folded(whole.display_name),
    }


def _moved_to(session: Session, caller: Caller, person: Person, reference: str) -> uuid.UUID:
    """The organisation of a person who may go there. Raises Invalid, OutOfReach."""
    organisation = organisations.of_county(session, person.county_id, reference, "/organisation")
    if organisation.id != person.organisation_id:
        for left_or_entered in (session.get_one(Organisation, person.organisation_id), organisation):
            must_reach(caller, WRITE, organisations.chain_above(session, left_or_entered))
    return organisation.id


def _sign_in(
    session: Session, kinds: Kinds, caller: Caller, chain: Chain, before: uuid.UUID | None, reference: str | None
) -> User | None:
    """The user behind a sign-in whom the caller sees, held until the transaction ends.

    To say whose a sign-in is takes ``users:write`` where the person works: whoever opens a seat for the person
    later gives its rights to that sign-in. Raises WiderThanYourOwn, Invalid.
    """
    grants.must_be_able_to_give(caller, (), chain, clock.today(), clock.today())
    if before is not None and str(before) != reference:
        _must_see(session, kinds, caller, before)
    if reference is None:
        return None
    user = users.called(session, reference, "/user")
    return _must_see(session, kinds, caller, user.id)


def _must_see(session: Session, kinds: Kinds, caller: Caller, user_id: uuid.UUID) -> User:
    try:
        return users.seen(session, kinds, caller, str(user_id))
    except NoSuchThing:
        raise Invalid(faults=[Fault("unknown-user", users.NO_USER, pointer="/user")]) from None


def _must_be_the_one(session: Session, caller: Caller, person: Person, user: User | None) -> None:
    """Refuse a sign-in that belongs to another person. Raises SignInIsLinked."""
    if user is not None:
        query = select(Person).where(PERSON.user_id == user.id, PERSON.id != person.id)
        if other := session.scalars(query).first():
            raise SignInIsLinked(who=_who(session, caller, other))


def _must_have_own_address(session: Session, caller: Caller, person: Person) -> None:
    """Refuse an address that somebody in the county has. Raises WorkEmailTaken."""
    if person.work_email is None:
        return
    # Of two who take one address at the same moment the constraint refuses one: no lock that imports wait for.
    same = PERSON.county_id == person.county_id, PERSON.work_email == person.work_email
    if other := session.scalars(select(Person).where(*same, PERSON.id != person.id)).first():
        raise WorkEmailTaken(who=_who(session, caller, other))


def _who(session: Session, caller: Caller, person: Person) -> Words:
    """Which person it is, to those who may see them."""
    if not caller.may(READ, chain_above(session, person)):
        return NOBODY
    return Words(f" (henkilö {person.id})", f" (person {person.id})")
