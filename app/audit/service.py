"""Writing down what was done."""

from typing import Any

from app.audit.models import AuditEntry
from app.core import ids
from app.core.database import Change, Work


def write_entry(session: Work) -> None:
    """Add the audit row of the session's command; a later part of the same command extends its row."""
    command, changes = session.command, _merged(session.changes)
    entry = session.get(AuditEntry, command.audit_id) if command.audit_id else None
    if entry is not None:
        entry.changes = _merged_json([*entry.changes, *map(_as_json, changes)])
    else:
        first = changes[0]
        session.add(
            AuditEntry(
                id=command.audit_id or ids.new(),
                user_id=command.by,
                command=command.name,
                request_id=command.request_id,
                kind=first.kind,
                item_id=first.id,
                changes=[_as_json(change) for change in changes],
            )
        )
    session.flush()


def _merged(changes: list[Change]) -> list[Change]:
    """One change per row, in the order in which rows were first touched."""
    merged: dict[tuple[Any, ...], Change] = {}
    for change in changes:
        key = (change.kind, change.id) if change.id else (change.kind, change.action)
        before = merged.get(key)
        if before is None:
            merged[key] = Change(change.kind, change.action, change.id, change.fields, change.rows)
        elif change.id is None:
            before.rows = (before.rows or 0) + (change.rows or 0)
        else:
            before.fields = (*before.fields, *(f for f in change.fields if f not in before.fields))
            before.action = change.action if before.action != "created" or change.action == "deleted" else "created"
    return list(merged.values())


def _as_json(change: Change) -> dict[str, Any]:
    if change.rows is not None:
        return {"kind": change.kind, "action": change.action, "rows": change.rows}
    return {
        "kind": change.kind,
        "action": change.action,
        "id": str(change.id) if change.id else None,
        "fields": sorted(change.fields),
    }


def _merged_json(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    totals: dict[tuple[str, str], dict[str, Any]] = {}
    single = [c for c in changes if "rows" not in c]
    for change in (c for c in changes if "rows" in c):
        total = totals.setdefault((change["kind"], change["action"]), {**change, "rows": 0})
        total["rows"] += change["rows"]
    return [*single, *totals.values()]
