"""Who is calling, as known at this moment."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlmodel import Session

from app.accounts import opaque
from app.accounts.models import Grant, MachineToken, MachineTokenUse, SignIn, User
from app.accounts.roles import SCOPES_OF, Role
from app.accounts.rules import Caller, Chain, Held
from app.accounts.tokens import Bearer
from app.core import clock
from app.core.database import Work
from app.core.errors import NotAllowed, NotSignedIn
from app.core.language import Words
from app.core.revisions import upsert_for
from app.core.validity import valid_on

USER = User.__table__.c  # type: ignore[attr-defined]
GRANT = Grant.__table__.c  # type: ignore[attr-defined]
SIGN_IN = SignIn.__table__.c  # type: ignore[attr-defined]
TOKEN = MachineToken.__table__.c  # type: ignore[attr-defined]
USE = MachineTokenUse.__table__.c  # type: ignore[attr-defined]
NOTED_EVERY = timedelta(minutes=15)


class TokenNotAccepted(NotSignedIn):
    """There is no token, or it is not valid now."""

    title = Words("Kirjautuminen puuttuu", "Not signed in")
    detail = Words(
        "Pyynnössä ei ole voimassa olevaa tunnistetta. Kirjaudu osoitteessa /v1/auth/token.",
        "The request has no token that is valid now. Sign in at /v1/auth/token.",
    )
    cure = Words(
        "Kirjaudu (POST /v1/auth/token) ja lähetä saamasi tunniste: Authorization: Bearer <access_token>. "
        "Se on voimassa 15 minuuttia; POST /v1/auth/refresh antaa uuden.",
        "Sign in (POST /v1/auth/token) and send the token: Authorization: Bearer <access_token>. It lasts 15 minutes; "
        "POST /v1/auth/refresh gives another.",
    )


class TokenDamaged(NotSignedIn):
    """A machine's token was mistyped or cut: its checksum is wrong."""

    title = Words("Tunniste on vioittunut", "Token damaged")
    detail = Words(
        "Koneen tunniste (phk_…) on kirjoitettu väärin tai katkennut: tarkistemerkit eivät täsmää.",
        "The machine's token (phk_…) was mistyped or cut: its checksum is wrong.",
    )
    cure = Words(
        "Kopioi tunniste kokonaan, {length} merkkiä. Jos se on kadonnut, tee uusi: POST /v1/tokens.".replace(
            "{length}", str(opaque.LENGTH)
        ),
        f"Copy the token whole, {opaque.LENGTH} characters. If it is lost, make another: POST /v1/tokens.",
    )


class ScopeMissing(NotAllowed):
    """The caller is known, but may do this nowhere."""

    title = Words("Ei oikeutta", "Not allowed")
    detail = Words("Tähän tarvitaan oikeus {scope}.", "This needs the scope {scope}.")
    cure = Words(
        "Pyydä oikeus ylläpitäjältä. /v1/me näyttää, mitä oikeuksia sinulla on ja missä.",
        "Ask an administrator for it. /v1/me shows what you may do, and where.",
    )


class OutOfReach(NotAllowed):
    """The caller may do this, but not here."""

    title = Words("Ei oikeutta tähän kohteeseen", "Out of reach")
    detail = Words(
        "Sinulla on oikeus {scope}, mutta ei tähän kohteeseen.", "You have the scope {scope}, but not on this."
    )
    cure = Words(
        "/v1/me näyttää, missä oikeutesi ovat voimassa. Pyydä tarvittaessa laajempi oikeus.",
        "/v1/me shows where your scopes hold. Ask for a wider grant if you need one.",
    )


def must_reach(caller: Caller, scope: str, chain: Chain) -> None:
    """Refuse who may do this elsewhere, but not to the thing at the start of ``chain``. Raises OutOfReach."""
    if not caller.may(scope, chain):
        raise OutOfReach(scope=scope)


def caller_behind(session: Session, bearer: Bearer) -> Caller | None:
    """The person behind an access token; None if they are gone or out of use, or the sign-in has ended. One query."""
    found = session.execute(_SIGNED_IN, _now(user_id=bearer.user_id, sign_in_id=bearer.session_id)).all()
    return Caller(found[0].id, "user", found[0].email, (_held(found),), bearer.session_id) if found else None


def machine_behind(session: Session, token: str) -> Caller | None:
    """The machine behind a token that is whole; None if it was revoked or has expired, or its maker is out of use."""
    return _machine(session.execute(_MACHINES.where(TOKEN.digest == opaque.digest(token)), _now()).all())


def known(session: Session, id: uuid.UUID) -> Caller | None:
    """A person or a machine with what they may do at this moment; None if they may call no more."""
    found = session.execute(_PEOPLE.where(USER.id == id), _now()).all()
    if found:
        return Caller(found[0].id, "user", found[0].email, (_held(found),))
    return _machine(session.execute(_MACHINES.where(TOKEN.id == id), _now()).all())


def known_now(session: Session, caller: Caller) -> Caller:
    """A caller with the rights of this moment: who waited for a turn may have lost some. Raises TokenNotAccepted."""
    found = known(session, caller.id)
    if found is None:
        raise TokenNotAccepted()
    return found


def _with_grants(query: Select[Any]) -> Select[Any]:
    """The query with the grants of its user that are valid today, a row for each; without any, one empty row."""
    valid = and_(GRANT.user_id == USER.id, valid_on(GRANT, bindparam("today")))
    return query.add_columns(GRANT.role, GRANT.kind, GRANT.item_id, GRANT.valid_from, GRANT.valid_to).outerjoin(
        _table(Grant), valid
    )


def _table(of: Any) -> Any:
    return of.__table__


def _now(**more: Any) -> dict[str, Any]:
    """What the statements below ask with. They are made once: making one costs as much as asking it."""
    return {"today": clock.today(), "now": clock.now(), **more}


_PEOPLE = _with_grants(select(USER.id, USER.email)).where(USER.is_active)
_SIGNED_IN = _PEOPLE.join(_table(SignIn), SIGN_IN.user_id == USER.id).where(
    USER.id == bindparam("user_id"), SIGN_IN.id == bindparam("sign_in_id"), SIGN_IN.ends_at > bindparam("now")
)
_MACHINES = _with_grants(
    select(TOKEN.id, TOKEN.name, TOKEN.scopes, TOKEN.kind.label("on_kind"), TOKEN.item_id.label("on_id"))
    .add_columns(TOKEN.expires_at, TOKEN.made_by, USER.id.label("maker_id"))
    .select_from(_table(MachineToken))
    .outerjoin(_table(User), and_(TOKEN.made_by == USER.id, USER.is_active))
).where(TOKEN.revoked_at.is_(None), TOKEN.expires_at > bindparam("now"))


def _machine(found: Sequence[Any]) -> Caller | None:
    if not found or (found[0].made_by and not found[0].maker_id):
        return None
    ends_on = found[0].expires_at.astimezone(clock.HELSINKI).date()  # what it gives ends with it
    own = Held(frozenset(found[0].scopes), found[0].on_kind, found[0].on_id, valid_to=ends_on)
    return Caller(found[0].id, "token", found[0].name, ((own,), _held(found)) if found[0].made_by else ((own,),))


def is_use_to_be_noted(session: Session, token_id: uuid.UUID) -> bool:
    """Whether the last use that was noted is over a quarter of an hour ago."""
    used_at = session.scalars(select(USE.used_at).where(USE.token_id == token_id)).first()
    return used_at is None or used_at < clock.now() - NOTED_EVERY


def note_use(session: Work, token_id: uuid.UUID) -> None:
    """Note that a machine's token is used now; many requests of one machine may do so at once."""
    now = clock.now()
    insert = upsert_for(session.connection().dialect.name)(MachineTokenUse).values(token_id=token_id, used_at=now)
    is_older = USE.used_at < now - NOTED_EVERY
    session.execute(insert.on_conflict_do_update(index_elements=["token_id"], set_={"used_at": now}, where=is_older))


def _held(rows: Iterable[Any]) -> tuple[Held, ...]:
    return tuple(
        Held(SCOPES_OF[Role(row.role)], row.kind, row.item_id, row.valid_from, row.valid_to)
        for row in rows
        if row.role is not None
    )
