"""Writing down what was done."""

from itertools import count
from typing import Any

from sqlalchemy import select

from app.audit.models import AuditChange, AuditEntry
from app.core import ids
from app.core.database import Change, Work

Key = tuple[Any, ...]


def write_entry(session: Work) -> None:
    """Add the audit entry of the session's command; a later part of the same command extends its entry."""
    command = session.command
    entry_id = command.audit_id or ids.new()
    before: list[AuditChange] = []
    if command.audit_id and session.get(AuditEntry, entry_id):
        query = select(AuditChange).where(AuditChange.entry_id == entry_id)  # type: ignore[arg-type]
        before = list(session.scalars(query.order_by(AuditChange.position)))  # type: ignore[arg-type]
    else:
        session.add(
            AuditEntry(
                id=entry_id,
                user_id=None if command.is_machine else command.by,
                token_id=command.by if command.is_machine else None,
                command=command.name,
                request_id=command.request_id,
            )
        )
        session.flush()  # the entry before its changes: there is no relationship that orders them
    found = {_key(change.kind, change.action, change.item_id): change for change in before}
    positions = count(len(before))
    for change in _merged(session.changes):
        known = found.get(_key(change.kind, change.action, change.id))
        if known is not None:
            known.rows = (known.rows or 0) + (change.rows or 0) if change.id is None else None
            known.fields = sorted({*known.fields, *change.fields})
        else:
            session.add(
                AuditChange(
                    entry_id=entry_id,
                    position=next(positions),
                    kind=change.kind,
                    action=change.action,
                    item_id=change.id,
                    fields=sorted(change.fields),
                    rows=change.rows,
                )
            )
    session.flush()


def _key(kind: str, action: str, id: Any) -> Key:
    return (kind, id) if id else (kind, action)


def _merged(changes: list[Change]) -> list[Change]:
    """One change per row, in the order in which rows were first touched."""
    merged: dict[Key, Change] = {}
    for change in changes:
        key = _key(change.kind, change.action, change.id)
        before = merged.get(key)
        if before is None:
            merged[key] = Change(change.kind, change.action, change.id, change.fields, change.rows)
        elif change.id is None:
            before.rows = (before.rows or 0) + (change.rows or 0)
        else:
            before.fields = (*before.fields, *(f for f in change.fields if f not in before.fields))
            before.action = change.action if before.action != "created" or change.action == "deleted" else "created"
    return list(merged.values())
