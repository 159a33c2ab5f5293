"""One-time links, by which people set their password."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlmodel import Session

from app.accounts import opaque
from app.accounts.models import OneTimeLink, User
from app.accounts.rules import Caller
from app.accounts.service.callers import USER
from app.core import clock
from app.core.database import Change, Work
from app.core.errors import Gone
from app.core.language import Words

LINK = OneTimeLink.__table__.c  # type: ignore[attr-defined]
INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(days=1)


class LinkNotValid(Gone):
    """The one-time link was used already, has expired, or was replaced by a newer one."""

    title = Words("Linkki ei ole voimassa", "Link not valid")
    detail = Words(
        "Linkki on jo käytetty, vanhentunut tai korvattu uudemmalla. Mitään ei muutettu.",
        "The link was used already, has expired, or was replaced by a newer one. Nothing was changed.",
    )
    cure = Words(
        "Pyydä uusi linkki siltä, joka kutsui sinut, tai ylläpitäjältä.",
        "Ask whoever invited you, or an administrator, for a new link.",
    )


def make(session: Work, user: User, maker: Caller) -> tuple[str, datetime]:
    """A new link for a user, and when it expires; older ones are spent by that."""
    session.execute(delete(OneTimeLink).where(LINK.user_id == user.id))
    secret = opaque.made()
    expires_at = clock.now() + (RESET_LIFE if user.password_hash else INVITATION_LIFE)
    made = OneTimeLink(digest=opaque.digest(secret), user_id=user.id, made_by=maker.id, expires_at=expires_at)
    session.add(made)
    session.flush()
    # Of the link itself no trail is kept, but that one was made is a change of its person.
    session.wrote(User.__table__, Change("user_account", "changed", user.id, ("link",)))  # type: ignore[attr-defined]
    return secret, expires_at


def found(session: Session, secret: str) -> tuple[User, uuid.UUID]:
    """The user of a link that has not expired, and who made it. Raises LinkNotValid."""
    owned = session.execute(_owner(secret)).first()
    if owned is None:
        raise LinkNotValid()
    return owned[0], owned[1]


def spend(session: Session, secret: str) -> tuple[User, uuid.UUID]:
    """Use a link up, and answer as ``found``: of two at once exactly one gets through. Raises LinkNotValid."""
    # The user is held before the link, as by those who make a newer one: else the two would wait for each other.
    owned = session.execute(_owner(secret).with_for_update(of=User)).first()
    used = session.scalars(delete(OneTimeLink).where(LINK.digest == opaque.digest(secret)).returning(LINK.digest))
    if owned is None or used.first() is None:
        raise LinkNotValid()
    return owned[0], owned[1]


def _owner(secret: str) -> Select[Any]:
    return (
        select(User, LINK.made_by)
        .join(OneTimeLink, LINK.user_id == USER.id)
        .where(LINK.digest == opaque.digest(secret), LINK.expires_at > clock.now(), USER.is_active)
    )
