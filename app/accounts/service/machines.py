"""Tokens of machines: made, listed, revoked."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session

from app.accounts import opaque
from app.accounts.models import MachineToken, MachineTokenUse
from app.accounts.reach import Kinds
from app.accounts.roles import SCOPES
from app.accounts.rules import Caller
from app.accounts.schemas import MachineTokenWrite
from app.accounts.service import grants
from app.accounts.service.callers import TOKEN, USE
from app.core import clock, rows
from app.core.database import Work
from app.core.errors import Fault, Invalid, NoSuchThing
from app.core.language import Words

LONGEST_LIFE = timedelta(days=731)
USUAL_LIFE = timedelta(days=365)
HINT = 8
NOT_FOR_MACHINES = {"tokens:write"}  # a machine makes no machines
NO_SCOPE = Words("Tällaista oikeutta ei ole. Oikeudet: {known}.", "There is no such scope. Scopes: {known}.")
TWICE = Words("Oikeus on kahdesti.", "This scope is given twice.")
PAST = Words("Päivä on mennyt.", "This day is over.")
TOO_LATE = Words("Viimeistään {last}: kaksi vuotta on enintään.", "At the latest {last}: two years are the most.")


def make(session: Work, kinds: Kinds, caller: Caller, write: MachineTokenWrite) -> tuple[MachineToken, str]:
    """A token for a machine, and its text, which is stored nowhere. Raises Invalid, WiderThanYourOwn."""
    _must_be_known(write.scopes)
    item_id, chain = grants.resolved(session, kinds, write.on, "/on")
    today = clock.today()
    grants.must_be_able_to_give(caller, write.scopes, chain, today, today, by="tokens:write")
    token = opaque.machine_token()
    made = MachineToken(
        name=write.name,
        digest=opaque.digest(token),
        hint=token[:HINT],
        scopes=sorted(write.scopes),
        kind=write.on.kind,
        item_id=item_id,
        made_by=None if caller is grants.OPERATOR else caller.id,
        expires_at=_end_of(write.expires_on or today + USUAL_LIFE),
    )
    return rows.add(session, made), token


def revoke(session: Work, token: MachineToken) -> None:
    """Let a token count no more, from the next request on. One that is revoked stays so."""
    if token.revoked_at is None:
        rows.apply(token, {"revoked_at": clock.now()})
        session.flush()


def tokens(*, seen: ColumnElement[bool]) -> Select[Any]:
    """Tokens with their last use, oldest first."""
    query = select(MachineToken, USE.used_at).outerjoin(MachineTokenUse, USE.token_id == TOKEN.id)
    return query.where(seen).order_by(TOKEN.id)


def seen_by(session: Session, kinds: Kinds, caller: Caller) -> ColumnElement[bool]:
    """The tokens that a caller may see and revoke: those on things where they could make one, and their own."""
    return or_(TOKEN.made_by == caller.id, grants.in_reach(session, kinds, caller, "tokens:write", TOKEN))


def seen(session: Session, kinds: Kinds, caller: Caller, token_id: str, *, lock: bool = False) -> MachineToken:
    """A token that the caller may see. Raises NoSuchThing."""
    found = rows.find(session, MachineToken, token_id, lock=lock)
    if session.execute(select(TOKEN.id).where(TOKEN.id == found.id, seen_by(session, kinds, caller))).first() is None:
        raise NoSuchThing(kind="machine_token")
    return found


def shown(
    session: Session, kinds: Kinds, found: Sequence[tuple[MachineToken, datetime | None]]
) -> list[dict[str, Any]]:
    """Tokens as answers."""
    things = grants.named(session, kinds, [(token.kind, token.item_id) for token, _ in found])
    return [
        {
            **{name: value for name, value in rows.columns(token).items() if name != "digest"},
            "on": things[token.kind, token.item_id],
            "last_used_at": used_at,
        }
        for token, used_at in found
    ]


def _must_be_known(scopes: Sequence[str]) -> None:
    grantable = [scope for scope in SCOPES if scope not in NOT_FOR_MACHINES]
    known = ", ".join(grantable)
    faults = [
        Fault("unknown-scope", NO_SCOPE.about(known=known), pointer=f"/scopes/{i}")
        for i, scope in enumerate(scopes)
        if scope not in grantable
    ]
    faults += [
        Fault("repeated", TWICE, pointer=f"/scopes/{i}") for i, scope in enumerate(scopes) if scope in scopes[:i]
    ]
    if faults:
        raise Invalid(faults=faults)


def _end_of(day: date) -> datetime:
    """The end of a day in Finland. Raises Invalid for one that is over or too far."""
    today = clock.today()
    if day < today:
        raise Invalid(faults=[Fault("in-the-past", PAST, pointer="/expires_on")])
    if day > today + LONGEST_LIFE:
        raise Invalid(faults=[Fault("too-late", TOO_LATE.about(last=today + LONGEST_LIFE), pointer="/expires_on")])
    return datetime.combine(day + timedelta(days=1), time(), clock.HELSINKI)
