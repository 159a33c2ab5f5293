"""Grants that go with something else, such as a seat: they open and end with it, and nobody changes them by hand."""

import uuid
from datetime import date

from app.accounts.models import Grant
from app.accounts.roles import Role
from app.accounts.rules import Thing
from app.core import clock, rows
from app.core.database import Work


def bind(
    session: Work,
    user_id: uuid.UUID,
    role: Role,
    thing: Thing,
    valid_from: date,
    valid_to: date | None,
    because_of: str,
) -> Grant:
    """A grant that goes with something else: beside those that people gave, whatever these are."""
    kind, item_id = thing
    grant = Grant(user_id=user_id, role=role, kind=kind, item_id=item_id, because_of=because_of)
    grant.valid_from, grant.valid_to = valid_from, valid_to
    return rows.add(session, grant)


def hold(session: Work, grant_id: uuid.UUID, valid_from: date, valid_to: date | None) -> None:
    """Let a bound grant hold at another time."""
    rows.apply(session.get_one(Grant, grant_id), {"valid_from": valid_from, "valid_to": valid_to})


def end(session: Work, grant_id: uuid.UUID) -> None:
    """End a bound grant today; one that has ended stays as it is, one that has not begun never begins."""
    grant, today = session.get_one(Grant, grant_id), clock.today()
    ends = max(grant.valid_from or today, today)
    if grant.valid_to is None or ends < grant.valid_to:
        rows.apply(grant, {"valid_to": ends})


def withdraw(session: Work, grant_id: uuid.UUID) -> None:
    """Take a bound grant away."""
    rows.remove(session, session.get_one(Grant, grant_id))
