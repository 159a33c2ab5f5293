"""One-time links, by which people set their password."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlmodel import Session

from app.accounts import opaque
from app.accounts.models import OneTimeLink, User
from app.accounts.service.callers import USER
from app.core import clock
from app.core.database import Work
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


def make(session: Work, user: User) -> tuple[str, datetime]:
    """A new link for a user, and when it expires; older ones are spent by that."""
    session.execute(delete(OneTimeLink).where(LINK.user_id == user.id))
    secret = opaque.made()
    expires_at = clock.now() + (RESET_LIFE if user.password_hash else INVITATION_LIFE)
    session.add(OneTimeLink(digest=opaque.digest(secret), user_id=user.id, expires_at=expires_at))
    session.flush()
    return secret, expires_at


def user_of(session: Session, secret: str) -> User:
    """The user of a link that is valid now. Raises LinkNotValid."""
    found = session.scalars(_owner(secret)).first()
    if found is None:
        raise LinkNotValid()
    return found


def spend(session: Work, secret: str) -> User:
    """Use a link up, and answer its user: of two at once exactly one gets through. Raises LinkNotValid."""
    # The user is held before the link, as by those who make a newer one: else the two would wait for each other.
    user = session.scalars(_owner(secret).with_for_update(of=User)).first()
    link = session.scalars(
        select(OneTimeLink).where(LINK.digest == opaque.digest(secret), LINK.used_at.is_(None)).with_for_update()
    ).first()
    if user is None or link is None:
        raise LinkNotValid()
    link.used_at = clock.now()
    return user


def _owner(secret: str) -> Select[User]:
    return (
        select(User)
        .join(OneTimeLink, LINK.user_id == USER.id)
        .where(LINK.digest == opaque.digest(secret), LINK.expires_at > clock.now(), LINK.used_at.is_(None))
        .where(USER.is_active)
    )
