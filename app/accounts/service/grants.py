"""Roles on things, given and ended."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlmodel import Session

from app.accounts.models import Grant, User
from app.accounts.reach import Kinds
from app.accounts.roles import EVERYTHING, SCOPES, SCOPES_OF, Role
from app.accounts.rules import Caller, Chain, Held, overlap
from app.accounts.schemas import GrantOnlyWrite, GrantPatch, ThingWrite
from app.accounts.service.callers import GRANT, USER
from app.core import clock, rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid, NoSuchThing, NotAllowed
from app.core.language import Words
from app.core.validity import is_valid, valid_on

OPERATOR = Caller(uuid.UUID(int=0), "user", "operator", ((Held(frozenset(SCOPES), EVERYTHING),),))


class WiderThanYourOwn(NotAllowed):
    """Nobody gives more than they have: not more scopes, not a wider place, not a longer time."""

    title = Words("Laajempi kuin oma oikeutesi", "Wider than your own")
    detail = Words(
        "Et voi antaa etkä päättää oikeutta, joka on laajempi kuin omasi, etkä hallita sitä, jolla on sellainen. "
        "Siihen tarvitaan samassa kohteessa ja samalta ajalta: {scopes}. Mitään ei muutettu.",
        "You can't give or end what is wider than your own, nor manage somebody who has it. It takes, on the same "
        "thing and for the same time: {scopes}. Nothing was changed.",
    )
    cure = Words(
        "Pyydä ylläpitäjää, tai anna suppeampi rooli, kohde tai aika. /v1/me näyttää omat oikeutesi.",
        "Ask an administrator, or give a smaller role, thing or time. /v1/me shows your own grants.",
    )


class AlreadyGranted(Conflict):
    """The person has this role on this thing for some of that time already."""

    title = Words("Oikeus on jo annettu", "Already granted")
    detail = Words(
        "Henkilöllä on jo tämä rooli tässä kohteessa osan ajasta (oikeus {id}). Muuta sitä.",
        "The person has this role on this thing for some of that time already (grant {id}). Change that one.",
    )
    cure = Words("Muuta olemassa olevan oikeuden kestoa: PATCH /v1/grants/ID.", "Change its time: PATCH /v1/grants/ID.")


class GrantIsBound(Conflict):
    """The grant goes with something else, such as a seat, and changes only with it."""

    title = Words("Oikeus kuuluu paikkaan", "The grant goes with something else")
    detail = Words(
        "Tämä oikeus syntyi tästä: {because_of}. Se alkaa ja loppuu sen mukana.",
        "This grant came with {because_of}. It begins and ends with it.",
    )
    cure = Words("Muuta sitä, minkä mukana oikeus tuli.", "Change that with which it came.")


class LastAdministrator(Conflict):
    """Somebody must be able to administer everything."""

    title = Words("Viimeinen ylläpitäjä", "Last administrator")
    detail = Words(
        "Tämän jälkeen kukaan ei voisi ylläpitää kaikkea. Mitään ei muutettu.",
        "Nobody could administer everything after this. Nothing was changed.",
    )
    cure = Words("Anna ensin toiselle rooli admin kaikkeen.", "Give somebody else the role admin on everything first.")


NO_KIND = Words("Tähän kuuluu jokin näistä: {known}.", "This must be one of {known}.")
NO_THING = Words("Kohdetta ei ole tällä id:llä tai slugilla.", "There is no such thing with this id or slug.")
NO_ID = Words(
    "Kun kind on everything, id jätetään pois; muuten se tarvitaan.",
    "Leave id out where kind is everything, and give it elsewhere.",
)
ENDS_FIRST = Words("Oikeus loppuu ennen kuin alkaa.", "The grant ends before it begins.")


def resolved(session: Session, kinds: Kinds, thing: ThingWrite, pointer: str) -> tuple[uuid.UUID | None, Chain]:
    """The id of a thing and all that it lies in. Raises Invalid, pointing below ``pointer``."""
    known = [EVERYTHING, *kinds.grantable]
    if thing.kind not in known:
        raise Invalid(faults=[Fault("not-one-of", NO_KIND.about(known=", ".join(known)), pointer=f"{pointer}/kind")])
    if (thing.kind == EVERYTHING) != (thing.id is None):
        raise Invalid(faults=[Fault("id-or-everything", NO_ID, pointer=f"{pointer}/id")])
    if thing.id is None:
        return None, ()
    chain = kinds.by_name[thing.kind].chain_of(session, thing.id)
    if chain is None:
        raise Invalid(faults=[Fault("unknown-thing", NO_THING, pointer=f"{pointer}/id")])
    return chain[0][1], chain


def chain_of(session: Session, kinds: Kinds, kind: str, item_id: uuid.UUID | None) -> Chain:
    """What a stored grant or token holds for; a thing that is no more lies in nothing but everything."""
    if item_id is None or kind not in kinds.by_name:
        return ()
    return kinds.by_name[kind].chain_of(session, str(item_id)) or ()


def must_be_able_to_give(
    caller: Caller,
    scopes: Iterable[str],
    chain: Chain,
    valid_from: date | None,
    valid_to: date | None,
    *,
    by: str = "users:write",
) -> None:
    """Refuse what is wider than the caller's own; ``by`` is the scope of giving. Raises WiderThanYourOwn."""
    needed = {*scopes, by}
    if not caller.could_give(needed, chain, valid_from, valid_to):
        raise WiderThanYourOwn(scopes=", ".join(sorted(needed)))


def must_be_givable(
    session: Session, kinds: Kinds, caller: Caller, write: GrantOnlyWrite, pointer: str = ""
) -> tuple[uuid.UUID | None, date]:
    """The id of the thing and the first day of a grant that the caller may give. Raises Invalid, WiderThanYourOwn."""
    item_id, chain = resolved(session, kinds, write.on, f"{pointer}/on")
    valid_from = write.valid_from or clock.today()
    if write.valid_to is not None and write.valid_to < valid_from:
        raise Invalid(faults=[Fault("ends-before-it-begins", ENDS_FIRST, pointer=f"{pointer}/valid_to")])
    must_be_able_to_give(caller, SCOPES_OF[write.role], chain, valid_from, write.valid_to)
    return item_id, valid_from


def give(session: Work, kinds: Kinds, caller: Caller, user: User, write: GrantOnlyWrite) -> Grant:
    """Give a role on a thing. Raises Invalid, WiderThanYourOwn, AlreadyGranted."""
    return add(session, user, write, *must_be_givable(session, kinds, caller, write))


def add(session: Work, user: User, write: GrantOnlyWrite, item_id: uuid.UUID | None, valid_from: date) -> Grant:
    """Store a grant that ``must_be_givable`` let through. Raises AlreadyGranted."""
    grant = Grant(
        user_id=user.id,
        role=write.role,
        kind=write.on.kind,
        item_id=item_id,
        valid_from=valid_from,
        valid_to=write.valid_to,
    )
    _must_be_new(session, grant)
    return rows.add(session, grant)


def change(session: Work, kinds: Kinds, caller: Caller, grant: Grant, patch: GrantPatch) -> Grant:
    """Change how long a grant holds. To lengthen it takes its scopes for the whole of that time.

    The grant must be changeable by the caller. Raises Invalid, WiderThanYourOwn, AlreadyGranted, GrantIsBound,
    LastAdministrator.
    """
    if grant.because_of is not None:
        raise GrantIsBound(because_of=grant.because_of)
    valid_from = patch.valid_from if "valid_from" in patch.model_fields_set else grant.valid_from
    valid_to = patch.valid_to if "valid_to" in patch.model_fields_set else grant.valid_to
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise Invalid(faults=[Fault("ends-before-it-begins", ENDS_FIRST, pointer="/valid_to")])
    if not _held(grant).spans(valid_from, valid_to):
        chain = chain_of(session, kinds, grant.kind, grant.item_id)
        begins = max(clock.today(), valid_from or clock.today())  # what is past is given to nobody any more
        must_be_able_to_give(caller, SCOPES_OF[Role(grant.role)], chain, begins, valid_to)
    rows.apply(grant, {"valid_from": valid_from, "valid_to": valid_to})
    _must_be_new(session, grant)
    session.flush()
    if grant.role == Role.admin and grant.kind == EVERYTHING:
        somebody_must_administer(session)
    return grant


def must_be_changeable(session: Session, kinds: Kinds, caller: Caller, grant: Grant) -> None:
    """Refuse to touch a grant that the caller could not give for what is left of its time. Raises WiderThanYourOwn."""
    today = clock.today()
    has_ended = grant.valid_to is not None and grant.valid_to <= today
    left = (today, today) if has_ended else (max(today, grant.valid_from or today), grant.valid_to)
    chain = chain_of(session, kinds, grant.kind, grant.item_id)
    must_be_able_to_give(caller, SCOPES_OF[Role(grant.role)], chain, *left)


def somebody_must_administer(session: Session) -> None:
    """Refuse to leave nobody who can sign in and administer everything, today and without an end.

    Raises LastAdministrator.
    """
    today = clock.today()
    query = select(USER.is_active, USER.password_hash, GRANT.valid_from).join(User, GRANT.user_id == USER.id)
    lasting = query.where(GRANT.role == Role.admin, GRANT.kind == EVERYTHING, GRANT.valid_to.is_(None))
    held = session.execute(lasting.order_by(GRANT.id).with_for_update())
    if not any(g.is_active and g.password_hash and (g.valid_from is None or g.valid_from <= today) for g in held):
        raise LastAdministrator()


def grants(
    *,
    user_id: uuid.UUID | None = None,
    role: Role | None = None,
    on: date | None = None,
    seen: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """Grants, oldest first."""
    query = select(Grant).order_by(GRANT.id)
    if user_id is not None:
        query = query.where(GRANT.user_id == user_id)
    if role is not None:
        query = query.where(GRANT.role == role)
    if on is not None:
        query = query.where(valid_on(GRANT, on))
    return query if seen is None else query.where(seen)


def seen_by(session: Session, kinds: Kinds, caller: Caller, scope: str = "users:read") -> ColumnElement[bool]:
    """The grants that a caller may see: those on things where they have ``scope``, and their own."""
    return or_(GRANT.user_id == caller.id, in_reach(session, kinds, caller, scope, GRANT))


def in_reach(session: Session, kinds: Kinds, caller: Caller, scope: str, columns: Any) -> ColumnElement[bool]:
    """Rows whose ``kind`` and ``item_id`` name a thing where the caller has ``scope``."""
    layers = [
        or_(
            false(),
            *(
                and_(columns.kind == kind.name, columns.item_id.in_(kind.inside(session, things)))
                for kind in kinds.grantable.values()
                if kind.inside
            ),
        )
        for things in caller.reach(scope)
    ]
    return and_(true(), *layers)


def seen(session: Session, kinds: Kinds, caller: Caller, grant_id: str, *, lock: bool = False) -> Grant:
    """A grant that the caller may see; ``lock`` holds its user, and then it. Raises NoSuchThing."""
    found = rows.find(session, Grant, grant_id)
    if lock:  # the user first, as by those who give: two grants of one person can't come to overlap
        session.execute(select(USER.id).where(USER.id == found.user_id).with_for_update())
        session.refresh(found, with_for_update=True)
    if caller.reach("users:read"):
        wanted = select(GRANT.id).where(GRANT.id == found.id, seen_by(session, kinds, caller))
        if session.execute(wanted).first() is None:
            raise NoSuchThing(kind="role_grant")
    return found


def shown(session: Session, kinds: Kinds, found: Sequence[Grant]) -> list[dict[str, Any]]:
    """Grants as answers: a query for each kind, however many grants."""
    things = named(session, kinds, [(g.kind, g.item_id) for g in found])
    today = clock.today()
    return [
        {
            **rows.columns(grant),
            "on": things[grant.kind, grant.item_id],
            "is_valid": is_valid(grant.valid_from, grant.valid_to, today),
        }
        for grant in found
    ]


def named(
    session: Session, kinds: Kinds, things: Sequence[tuple[str, uuid.UUID | None]]
) -> dict[tuple[str, uuid.UUID | None], dict[str, Any]]:
    """What things are called."""
    found: dict[tuple[str, uuid.UUID | None], dict[str, Any]] = {}
    for kind, item_id in things:
        found[kind, item_id] = {"kind": kind, "id": item_id, "slug": None, "name": None}
    for name, known in kinds.grantable.items():
        wanted = {id for k, id in found if k == name and id is not None}
        for id, called in (known.named(session, wanted) if wanted and known.named else {}).items():
            found[name, id] |= {"slug": called.slug, "name": called.name}
    return found


def _held(grant: Grant) -> Held:
    return Held(SCOPES_OF[Role(grant.role)], grant.kind, grant.item_id, grant.valid_from, grant.valid_to)


def _must_be_new(session: Session, grant: Grant) -> None:
    with session.no_autoflush:
        others = session.scalars(
            select(Grant).where(
                GRANT.user_id == grant.user_id,
                GRANT.role == grant.role,
                GRANT.kind == grant.kind,
                GRANT.item_id == grant.item_id if grant.item_id else GRANT.item_id.is_(None),
                GRANT.id != grant.id,
                GRANT.because_of.is_(None),
            )
        )
        for other in others:
            if overlap(_held(other), _held(grant)):
                raise AlreadyGranted(id=other.id)
