"""What can be done with callers."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from app.accounts import passwords
from app.accounts.models import User
from app.accounts.roles import SCOPES_OF, Role
from app.core import rows
from app.core.database import Work
from app.core.errors import Conflict, NotAllowed, NotFound, NotSignedIn, RuleBroken
from app.core.language import Words


@dataclass(frozen=True)
class Caller:
    """Someone who has shown who they are, as they are known at this moment."""

    id: UUID
    email: str
    role: Role
    scopes: frozenset[str]


class TokenNotAccepted(NotSignedIn):
    """There is no token, or it is not valid now."""

    title = Words("Kirjautuminen puuttuu", "Not signed in")
    detail = Words(
        "Pyynnössä ei ole voimassa olevaa tunnistetta. Kirjaudu osoitteessa /v1/auth/token.",
        "The request has no token that is valid now. Sign in at /v1/auth/token.",
    )
    cure = Words(
        "Kirjaudu (POST /v1/auth/token) ja lähetä saamasi tunniste: Authorization: Bearer <access_token>. "
        "Se on voimassa 15 minuuttia.",
        "Sign in (POST /v1/auth/token) and send the token: Authorization: Bearer <access_token>. It lasts 15 minutes.",
    )


class WrongCredentials(NotSignedIn):
    """The e-mail address and the password don't belong together."""

    title = Words("Kirjautuminen ei onnistunut", "Wrong credentials")
    detail = Words(
        "Sähköpostiosoite ja salasana eivät kuulu yhteen, tai tunnus ei ole käytössä.",
        "This e-mail address and password don't belong together, or the account is not in use.",
    )
    cure = Words(
        "Tarkista osoite ja salasana. Ylläpitäjä antaa uuden salasanan: `perhekeskus user reset SÄHKÖPOSTI`.",
        "Check both. An operator gives a new password: `perhekeskus user reset EMAIL`.",
    )


class ScopeMissing(NotAllowed):
    """The caller is known, but may not do this."""

    title = Words("Ei oikeutta", "Not allowed")
    detail = Words("Tähän tarvitaan oikeus {scope}.", "This needs the scope {scope}.")
    cure = Words(
        "Pyydä oikeus ylläpitäjältä. /v1/me näyttää, mitä oikeuksia sinulla on.",
        "Ask an administrator for it. /v1/me shows the scopes that you have.",
    )


class EmailTaken(Conflict):
    """Somebody signs in with this e-mail address already."""

    title = Words("Osoite on käytössä", "Address taken")
    detail = Words("Tällä sähköpostiosoitteella on jo tunnus.", "This e-mail address has an account already.")
    cure = Words(
        "Anna unohtuneen salasanan tilalle uusi: `perhekeskus user reset SÄHKÖPOSTI`.",
        "If the password is lost, give a new one: `perhekeskus user reset EMAIL`.",
    )


class NoSuchUser(NotFound):
    """Nobody signs in with this e-mail address."""

    title = Words("Tunnusta ei ole", "No such user")
    detail = Words("Tällä sähköpostiosoitteella ei ole tunnusta.", "This e-mail address has no account.")
    cure = Words("`perhekeskus user list` näyttää tunnukset.", "`perhekeskus user list` shows the accounts.")


class PasswordTooShort(RuleBroken):
    """The password is too short or too long."""

    title = Words("Salasana ei kelpaa", "Password not accepted")
    detail = Words("Salasanassa pitää olla {least}-{most} merkkiä.", "A password has {least} to {most} characters.")
    cure = Words("Keksi pidempi, esimerkiksi neljä sanaa.", "Choose a longer one, for example four words.")


class NotAnEmail(RuleBroken):
    """This is not an e-mail address."""

    title = Words("Sähköpostiosoite ei kelpaa", "Not an e-mail address")
    detail = Words("Tämä ei ole sähköpostiosoite.", "This is not an e-mail address.")
    cure = Words("Anna osoite muodossa nimi@example.org.", "Give an address such as name@example.org.")


_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")


def caller_of(session: Session, user_id: UUID) -> Caller | None:
    """The caller behind a token, as known now; None if they are gone or no longer in use."""
    table = User.__table__.c  # type: ignore[attr-defined]
    found = session.execute(
        select(table.id, table.email, table.role).where(table.id == user_id, table.is_active)
    ).first()
    if found is None:
        return None
    role = Role(found.role)
    return Caller(found.id, found.email, role, SCOPES_OF[role])


def signed_in(session: Session, email: str, password: str) -> User:
    """The user with these credentials. Raises WrongCredentials, as slowly for nobody as for somebody."""
    user = session.scalars(select(User).where(User.email == email.lower())).first()  # type: ignore[arg-type]
    if not passwords.is_right(password, user.password_hash if user else None) or user is None or not user.is_active:
        raise WrongCredentials()
    return user


def create(session: Work, email: str, role: Role, password: str) -> User:
    """Let someone sign in. Raises NotAnEmail, EmailTaken, PasswordTooShort."""
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise NotAnEmail()
    if session.scalars(select(User).where(User.email == email.lower())).first():  # type: ignore[arg-type]
        raise EmailTaken()
    return rows.add(session, User(email=email.lower(), role=role, password_hash=_hashed(password)))


def reset(session: Work, email: str, password: str) -> User:
    """Give someone another password. Raises NoSuchUser, PasswordTooShort."""
    user = session.scalars(select(User).where(User.email == email.lower())).first()  # type: ignore[arg-type]
    if user is None:
        raise NoSuchUser()
    rows.apply(user, {"password_hash": _hashed(password)})
    return user


def _hashed(password: str) -> str:
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        raise PasswordTooShort(least=passwords.SHORTEST, most=passwords.LONGEST)
    return passwords.hashed(password)
