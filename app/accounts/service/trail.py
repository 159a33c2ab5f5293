"""Who changed what: the audit trail, read."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from app.accounts.models import MachineToken, User
from app.accounts.reach import Kinds
from app.accounts.rules import Caller
from app.accounts.service.callers import TOKEN, USER, OutOfReach
from app.audit.models import AuditChange, AuditEntry
from app.core import clock
from app.core.errors import NotAllowed
from app.core.language import Words

ENTRY = AuditEntry.__table__.c  # type: ignore[attr-defined]
CHANGE = AuditChange.__table__.c  # type: ignore[attr-defined]
SCOPE = "audit:read"
MOST_SHOWN = 100
EARLIEST = date(2000, 1, 1)  # nothing was recorded before


class ItemNotNamed(NotAllowed):
    """Who may see the trail of a part of the system has to name the item."""

    title = Words("Nimeä kohde", "Name the item")
    detail = Words(
        "Näet muutokset niistä kohteista, joissa sinulla on oikeus audit:read. Anna item eli kohteen id.",
        "You may see the changes of things on which you have audit:read. Give item, the id of the thing.",
    )
    cure = Words(
        "Lähetä ?item=ID. Id on jokaisessa kohteessa; koko luettelon näkee, kun oikeus koskee kaikkea.",
        "Send ?item=ID: every item shows its id. The whole list is for those who have the scope on everything.",
    )


def must_see(session: Session, kinds: Kinds, caller: Caller, item_id: uuid.UUID | None) -> None:
    """Refuse who may not see the trail of this item; without one, of everything. Raises ItemNotNamed, OutOfReach."""
    if caller.may(SCOPE):
        return
    if item_id is None:
        raise ItemNotNamed()
    chains = (kind.chain_of(session, str(item_id)) for kind in kinds.all)  # a file's rows have no entry that says which
    if not any(chain and caller.may(SCOPE, chain) for chain in chains):
        raise OutOfReach(scope=SCOPE)


def entries(
    *,
    by: uuid.UUID | None = None,
    command: str | None = None,
    kind: str | None = None,
    item_id: uuid.UUID | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Select[Any]:
    """Entries, newest first, with the names of those who did it as far as they are known."""
    query = (
        select(
            ENTRY.id,
            ENTRY.at,
            ENTRY.command,
            ENTRY.request_id,
            ENTRY.user_id,
            ENTRY.token_id,
            USER.email,
            TOKEN.name.label("token_name"),
        )
        .select_from(AuditEntry)
        .outerjoin(User, ENTRY.user_id == USER.id)
        .outerjoin(MachineToken, ENTRY.token_id == TOKEN.id)
        .order_by(ENTRY.at.desc(), ENTRY.id.desc())
    )
    if by is not None:
        query = query.where((ENTRY.user_id == by) | (ENTRY.token_id == by))
    if command is not None:
        query = query.where(ENTRY.command == command)
    if kind is not None or item_id is not None:
        changed = select(CHANGE.entry_id)
        changed = changed.where(CHANGE.kind == kind) if kind is not None else changed
        changed = changed.where(CHANGE.item_id == item_id) if item_id is not None else changed
        query = query.where(ENTRY.id.in_(changed))
    if first is not None:
        query = query.where(ENTRY.at >= _begin_of(max(first, EARLIEST)))
    if last is not None and last < date.max:
        query = query.where(ENTRY.at < _begin_of(max(last, EARLIEST) + timedelta(days=1)))
    return query


def shown(session: Session, found: Sequence[Any], only: uuid.UUID | None) -> list[dict[str, Any]]:
    """Entries as answers with what they changed, or with the changes of ``only`` one item: two queries more."""
    ids = [entry.id for entry in found]
    query = select(CHANGE).where(CHANGE.entry_id.in_(ids)).order_by(CHANGE.entry_id, CHANGE.position)
    query = query.where(CHANGE.item_id == only) if only else query.where(CHANGE.position < MOST_SHOWN)
    changes: dict[uuid.UUID, list[dict[str, Any]]] = {id: [] for id in ids}
    for change in session.execute(query.with_only_columns(*CHANGE)):
        shown = {"kind": change.kind, "action": change.action, "id": change.item_id, "fields": change.fields}
        changes[change.entry_id].append({**shown, "rows": change.rows})
    counted = select(CHANGE.entry_id, func.count()).where(CHANGE.entry_id.in_(ids)).group_by(CHANGE.entry_id)
    totals = {} if only else dict(session.execute(counted).all())
    return [
        {
            "id": entry.id,
            "at": entry.at,
            "by": _by(entry),
            "command": entry.command,
            "request_id": entry.request_id,
            "changes": changes[entry.id],
            "changes_left_out": max(totals.get(entry.id, 0) - len(changes[entry.id]), 0),
        }
        for entry in found
    ]


def _by(entry: Any) -> dict[str, Any]:
    if entry.token_id:
        return {"kind": "token", "id": entry.token_id, "name": entry.token_name}
    if entry.user_id:
        return {"kind": "user", "id": entry.user_id, "name": entry.email}
    return {"kind": "command_line", "id": None, "name": None}


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), clock.HELSINKI)
