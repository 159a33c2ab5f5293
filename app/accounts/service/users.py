"""People who sign in: invited, changed, put out of use."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, true
from sqlmodel import Session

from app.accounts import passwords
from app.accounts.models import Grant, OneTimeLink, SignIn, User
from app.accounts.reach import Kinds
from app.accounts.roles import EVERYTHING, Role
from app.accounts.rules import Caller, address_of, is_address
from app.accounts.schemas import UserChange, UserPatch, UserWrite
from app.accounts.service import callers, grants, links
from app.accounts.service.callers import GRANT, SIGN_IN, USER
from app.core import clock, ids, rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid, NoSuchThing, NotFound, RuleBroken
from app.core.language import Words
from app.core.text import composed, has_control_characters


class EmailTaken(Conflict):
    """Somebody signs in with this e-mail address already."""

    title = Words("Osoite on käytössä", "Address taken")
    detail = Words("Tällä sähköpostiosoitteella on jo tunnus.", "This e-mail address has an account already.")
    cure = Words(
        "Varmista, että tunnus on hänen: uusi linkki (POST /v1/users/ID/links tai `perhekeskus user reset SÄHKÖPOSTI`) "
        "poistaa vanhan salasanan. Anna sitten oikeus: POST /v1/grants, user on sähköpostiosoite.",
        "Make sure that the account is theirs: a new link (POST /v1/users/ID/links, or `perhekeskus user reset EMAIL`) "
        "does away with the old password. Then give a grant: POST /v1/grants with the address as user.",
    )


class NoSuchUser(NotFound):
    """Nobody signs in with this e-mail address."""

    title = Words("Tunnusta ei ole", "No such user")
    detail = Words("Tällä sähköpostiosoitteella ei ole tunnusta.", "This e-mail address has no account.")
    cure = Words("`perhekeskus user list` näyttää tunnukset.", "`perhekeskus user list` shows the accounts.")


class PasswordTooShort(RuleBroken):
    """The password is too short or too long, or has control characters."""

    title = Words("Salasana ei kelpaa", "Password not accepted")
    detail = Words(
        "Salasanassa pitää olla {least}-{most} merkkiä, eikä ohjausmerkkejä.",
        "A password has {least} to {most} characters, and no control characters.",
    )
    cure = Words("Keksi pidempi, esimerkiksi neljä sanaa.", "Choose a longer one, for example four words.")


class NotAnEmail(RuleBroken):
    """This is not an e-mail address."""

    title = Words("Sähköpostiosoite ei kelpaa", "Not an e-mail address")
    detail = Words("Tämä ei ole sähköpostiosoite.", "This is not an e-mail address.")
    cure = Words("Anna osoite muodossa nimi@example.org.", "Give an address such as name@example.org.")


class NotForYourself(Conflict):
    """A new password of one's own takes the old one."""

    title = Words("Ei omalle tunnukselle", "Not for yourself")
    detail = Words(
        "Omalle tunnukselle ei voi tehdä linkkiä: uuteen salasanaan tarvitaan vanha.",
        "You can't make a link for yourself: a new password of your own takes the old one.",
    )
    cure = Words(
        "Vaihda salasana: POST /v1/auth/password. Jos se on kadonnut, pyydä linkki toiselta.",
        "Change it: POST /v1/auth/password. If it is lost, ask somebody else for a link.",
    )


class Disabled(Conflict):
    """The account is out of use."""

    title = Words("Tunnus ei ole käytössä", "Account out of use")
    detail = Words("Tunnus ei ole käytössä, joten sille ei voi antaa linkkiä.", "The account is out of use: no link.")
    cure = Words(
        "Ota tunnus ensin käyttöön: PATCH /v1/users/ID, is_active true.",
        "Take it into use first: PATCH /v1/users/ID with is_active true.",
    )


NO_USER = Words(
    "Tällä id:llä tai sähköpostiosoitteella ei ole tunnusta. Kutsu ensin: POST /v1/users.",
    "Nobody has this id or e-mail address. Invite them first: POST /v1/users.",
)


def create(session: Work, email: str, password_hash: str | None = None) -> User:
    """Let someone have an account. Raises NotAnEmail, EmailTaken."""
    return rows.add(session, User(email=_free(session, email), password_hash=password_hash))


def invite(session: Work, kinds: Kinds, caller: Caller, write: UserWrite) -> tuple[User, str, datetime]:
    """Make an account with its grants, and a link by which its person sets a password.

    Raises what ``grants.give`` raises, NotAnEmail, EmailTaken: in this order, so that who may not give hears of nobody.
    """
    givable = [
        (grant, *grants.must_be_givable(session, kinds, caller, grant, f"/grants/{index}"))
        for index, grant in enumerate(write.grants)
    ]
    try:
        user = create(session, write.email)
    except NotAnEmail as wrong:
        raise Invalid(faults=[Fault("not-an-email", wrong.words, pointer="/email")]) from None
    for grant, item_id, valid_from in givable:
        grants.add(session, user, grant, item_id, valid_from)
    return user, *links.make(session, user, caller)


def change(session: Work, user: User, patch: UserPatch) -> User:
    """Change the address of someone, or whether they may sign in. Raises Invalid, EmailTaken, LastAdministrator."""
    whole = rows.merged(user, patch, UserChange)
    email = user.email
    if address_of(whole.email) != user.email:
        try:
            email = _free(session, whole.email)
        except NotAnEmail as wrong:
            raise Invalid(faults=[Fault("not-an-email", wrong.words, pointer="/email")]) from None
        session.execute(delete(OneTimeLink).where(links.LINK.user_id == user.id))  # it was sent to another address
    rows.apply(user, {"email": email})
    set_active(session, user, is_active=whole.is_active)
    return user


def set_active(session: Work, user: User, *, is_active: bool) -> None:
    """Take someone into use or out of it; out of it, all that is theirs ends at once. Raises LastAdministrator."""
    rows.apply(user, {"is_active": is_active})
    session.flush()
    if not is_active:
        end_sign_ins(session, user.id)
        session.execute(delete(OneTimeLink).where(links.LINK.user_id == user.id))
        grants.somebody_must_administer(session)


def link(session: Work, user: User, caller: Caller) -> tuple[str, datetime]:
    """A new link by which someone else sets a password, and when it expires. Raises NotForYourself, Disabled."""
    if user.id == caller.id:
        raise NotForYourself()
    if not user.is_active:
        raise Disabled()
    return links.make(session, user, caller)


def behind_link(session: Session, kinds: Kinds, secret: str, *, spend: bool = False) -> User:
    """Who may set a password by a link, which ``spend`` uses up. Raises LinkNotValid.

    A link is worth what its maker may do at this moment: whoever lost the right to send one, or whose person
    was given more since, has sent nothing.
    """
    user, made_by = links.spend(session, secret) if spend else links.found(session, secret)
    maker = callers.known(session, made_by)
    try:
        if maker is None:
            raise links.LinkNotValid()
        must_manage(session, kinds, maker, user)
    except grants.WiderThanYourOwn:
        raise links.LinkNotValid() from None
    return user


def set_password(session: Work, user: User, password_hash: str, *, but: uuid.UUID | None = None) -> None:
    """Give someone another password; every sign-in of theirs ends, ``but`` one."""
    rows.apply(user, {"password_hash": password_hash})
    end_sign_ins(session, user.id, but=but)
    session.execute(delete(OneTimeLink).where(links.LINK.user_id == user.id))


def end_sign_ins(session: Work, user_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """Sign someone out everywhere, ``but`` there."""
    session.execute(delete(SignIn).where(SIGN_IN.user_id == user_id, SIGN_IN.id != but if but else true()))


def must_manage(session: Session, kinds: Kinds, caller: Caller, user: User) -> None:
    """Refuse to change someone who may do, now or later, what the caller could not give. Raises WiderThanYourOwn."""
    today = clock.today()
    query = select(Grant).where(GRANT.user_id == user.id, or_(GRANT.valid_to.is_(None), GRANT.valid_to > today))
    held = session.scalars(query).all()
    if not held:
        grants.must_be_able_to_give(caller, (), (), today, today)
    for grant in held:
        grants.must_be_changeable(session, kinds, caller, grant)


def users(*, named: str | None = None, seen: ColumnElement[bool] | None = None) -> Select[Any]:
    """People by e-mail address; ``seen``: those with a grant that may be seen."""
    query = select(User).order_by(USER.email, USER.id)
    if named is not None:
        query = query.where(USER.email.contains(named.lower(), autoescape=True))
    return query if seen is None else query.where(USER.id.in_(select(GRANT.user_id).where(seen)))


def visible(session: Session, kinds: Kinds, caller: Caller) -> ColumnElement[bool] | None:
    """The grants by which a caller sees people; None: everybody is seen."""
    return grants.seen_by(session, kinds, caller) if caller.reach("users:read") else None


def seen(session: Session, kinds: Kinds, caller: Caller, user_id: str, *, lock: bool = False) -> User:
    """Someone whom the caller may see. Raises NoSuchThing."""
    found = rows.find(session, User, user_id, lock=lock)
    wanted = users(seen=visible(session, kinds, caller)).where(USER.id == found.id)
    if found.id != caller.id and session.execute(wanted.with_only_columns(USER.id)).first() is None:
        raise NoSuchThing(kind="user_account")
    return found


def called(session: Session, reference: str, pointer: str) -> User:
    """Someone by id or e-mail address, held until the transaction ends. Raises Invalid."""
    id = ids.as_uuid(reference)
    query = select(User).where(USER.id == id if id else USER.email == address_of(reference)).with_for_update()
    found = session.scalars(query).first()
    if found is None:
        raise Invalid(faults=[Fault("unknown-user", NO_USER, pointer=pointer)])
    return found


def with_email(session: Session, email: str) -> User:
    """The user with this address, held until the transaction ends. Raises NoSuchUser."""
    user = session.scalars(select(User).where(USER.email == address_of(email)).with_for_update()).first()
    if user is None:
        raise NoSuchUser()
    return user


def shown(session: Session, kinds: Kinds, caller: Caller, found: Sequence[User]) -> list[dict[str, Any]]:
    """People as answers, with those of their grants that have not ended and that the caller may see."""
    today = clock.today()
    query = grants.grants(seen=visible(session, kinds, caller)).where(
        GRANT.user_id.in_([user.id for user in found]), or_(GRANT.valid_to.is_(None), GRANT.valid_to > today)
    )
    held: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for grant in grants.shown(session, kinds, session.scalars(query).all()):
        held.setdefault(grant["user_id"], []).append(grant)
    return [
        {
            "id": user.id,
            "version": user.version,
            "updated_at": user.updated_at,
            "email": user.email,
            "state": "disabled" if not user.is_active else "active" if user.password_hash else "invited",
            "grants": held.get(user.id, []),
        }
        for user in found
    ]


def give_everything(session: Work, user: User, role: Role) -> None:
    """Give a role on everything, asking nobody: for the first administrator."""
    session.add(Grant(user_id=user.id, role=role, kind=EVERYTHING))
    session.flush()


def must_be_long_enough(password: str) -> None:
    """Refuse a password that is too short or too long, or that can't be typed everywhere. Raises PasswordTooShort."""
    is_typed = not has_control_characters(password)
    if not is_typed or not passwords.SHORTEST <= len(composed(password)) <= passwords.LONGEST:
        raise PasswordTooShort(least=passwords.SHORTEST, most=passwords.LONGEST)


def _free(session: Session, email: str) -> str:
    address = address_of(email)
    if not is_address(address):
        raise NotAnEmail()
    if session.scalars(select(USER.id).where(USER.email == address)).first():
        raise EmailTaken()
    return address
