"""What persons may do because of what they are: grants that open and end with a seat."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.models import User
from app.accounts.reach import Kinds
from app.accounts.roles import SCOPES_OF, Role
from app.accounts.rules import Caller, Chain
from app.accounts.service import bound_grants, grants
from app.core import clock, rows
from app.core.database import Work
from app.organisations.models import Person, PersonRight
from app.organisations.queries import RIGHT


def begin(
    session: Work,
    caller: Caller,
    person: Person,
    role: Role,
    chain: Chain,
    valid_from: date,
    valid_to: date | None,
    because_of: str,
) -> PersonRight:
    """Give a person a role on the thing at the start of ``chain``; without a sign-in it waits for one.

    Raises WiderThanYourOwn where the caller could not give it as a grant.
    """
    _must_be_able(caller, role, chain, valid_from, valid_to)
    _hold(session, person)
    kind, item_id = chain[0]
    right = PersonRight(
        person_id=person.id,
        role=role,
        kind=kind,
        item_id=item_id,
        valid_from=valid_from,
        valid_to=valid_to,
        because_of=because_of,
    )
    session.add(right)
    session.flush()
    _give(session, right, person.user_id)
    return right


def change(session: Work, caller: Caller, right: PersonRight, chain: Chain, begins: date, ends: date | None) -> None:
    """Let a right hold at another time. Raises WiderThanYourOwn where the caller could not give it then, or end it."""
    person = session.get_one(Person, right.person_id)
    _hold(session, person)
    session.refresh(right)
    for valid_from, valid_to in ((right.valid_from, right.valid_to), (begins, ends)):
        if valid_to is None or clock.today() < valid_to:
            _must_be_able(caller, Role(right.role), chain, valid_from, valid_to)
    right.valid_from, right.valid_to = begins, ends
    if right.grant_id is not None:
        bound_grants.hold(session, right.grant_id, begins, ends)
    else:
        _give(session, right, person.user_id)  # it had ended before there was a sign-in
    session.flush()


def remove(session: Work, right: PersonRight) -> None:
    """Take a right away with its grant, as if it had never been; what it did stays in the trail."""
    grant_id, right.grant_id = right.grant_id, None
    session.delete(right)
    session.flush()
    if grant_id is not None:
        bound_grants.withdraw(session, grant_id)


def link(session: Work, kinds: Kinds, caller: Caller, person: Person, user: User | None) -> None:
    """Let a person have a sign-in, another one, or none: their rights open for it, and end for the one before.

    The person must be held (``lock``). Raises WiderThanYourOwn where the caller could not give each of them.
    """
    if person.user_id == (user.id if user else None):
        return
    must_be_able_to_give(session, kinds, caller, person)
    waiting = of_person(session, person.id)
    for right in waiting:
        grant_id, right.grant_id = right.grant_id, None
        session.flush()
        if grant_id is not None:
            bound_grants.end(session, grant_id)
    rows.apply(person, {"user_id": user.id if user else None})
    for right in waiting:
        _give(session, right, person.user_id)
    session.flush()


def must_be_able_to_give(session: Session, kinds: Kinds, caller: Caller, person: Person) -> None:
    """Refuse to give or end what a person may do, now or later, that is wider than the caller's own.

    Raises WiderThanYourOwn.
    """
    for right in of_person(session, person.id):
        if right.valid_to is None or clock.today() < right.valid_to:
            chain = grants.chain_of(session, kinds, right.kind, right.item_id)
            _must_be_able(caller, Role(right.role), chain, right.valid_from, right.valid_to)


def of_person(session: Session, person_id: uuid.UUID) -> list[PersonRight]:
    """What a person may do because of what they are, oldest first."""
    return list(session.scalars(select(PersonRight).where(RIGHT.person_id == person_id).order_by(RIGHT.id)))


def _hold(session: Work, person: Person) -> None:
    """Keep a person's sign-in as it is until the transaction ends: no grant opens for one that is unlinked meanwhile.

    Rows that refer to the person, such as the seat itself, may have been written before: they do not wait for this.
    """
    session.refresh(person, with_for_update={"key_share": True})


def _give(session: Work, right: PersonRight, user_id: uuid.UUID | None) -> None:
    if user_id is None or (right.valid_to is not None and right.valid_to <= clock.today()):
        return
    grant = bound_grants.bind(
        session,
        user_id,
        Role(right.role),
        (right.kind, right.item_id),
        max(right.valid_from, clock.today()),
        right.valid_to,
        right.because_of,
    )
    right.grant_id = grant.id
    session.flush()


def _must_be_able(caller: Caller, role: Role, chain: Chain, valid_from: date, valid_to: date | None) -> None:
    begins = max(clock.today(), valid_from)  # what is past is given to nobody any more
    grants.must_be_able_to_give(caller, SCOPES_OF[role], chain, begins, valid_to)
