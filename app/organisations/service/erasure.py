"""All that is stored on a person, in whatever room: told, or erased.

Rooms above are not known here: their tables are found as ``Person`` says.
"""

import json
import re
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Column, ColumnElement, Select, Table, Text, cast, false, func, or_, select, update
from sqlmodel import Session, SQLModel

from app.accounts.models import User
from app.accounts.reach import Kinds
from app.accounts.rules import Caller
from app.accounts.service import grants, users
from app.core import clock, idempotency, ids, rows
from app.core.database import Change, Work
from app.core.errors import NoSuchThing
from app.core.shapes import Moment
from app.organisations.models import Person, PersonRight
from app.organisations.service import persons, rights

PERSON: Table = Person.__table__  # type: ignore[attr-defined]
RIGHT: Table = PersonRight.__table__  # type: ignore[attr-defined]
USER: Table = User.__table__  # type: ignore[attr-defined]
OWN = (PERSON, RIGHT, USER)  # rows that refer to these speak of people
CALLED = ("slug", "code", "name", "title")
GONE = "…"
OF_EVERY_ROW = ("id", "version", "updated_at")
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


def held(session: Work, reference: str) -> Person:
    """The person with this id, held until the transaction ends; first the rows that name them. Raises NoSuchThing.

    In that order whoever changes a seat holds it and its person.
    """
    id = ids.as_uuid(reference)
    if id is None:
        raise NoSuchThing(kind=PERSON.name)
    for table, columns in naming(PERSON).items():
        query = select(*table.primary_key).where(or_(*(column == id for column in columns)))
        session.execute(query.order_by(*table.primary_key).with_for_update())
    return rows.find(session, Person, id, lock=True)


def erase(session: Work, kinds: Kinds, caller: Caller, person: Person) -> None:
    """Let nothing be stored on a person any more but that there was one: everywhere, in one transaction.

    The person must be ``held``. Their rights end, so the caller must be able to give these. Raises WiderThanYourOwn.
    """
    rights.must_be_able_to_give(session, kinds, caller, person)
    own = rights.of_person(session, person.id)
    texts = [text for text in (str(person.id), person.display_name, person.work_email) if text]
    _let_go(session, {PERSON: {person.id}, RIGHT: {right.id for right in own}})
    for right in own:
        rights.remove(session, right)
    idempotency.forget(session, texts)
    _strike_out(session, texts)
    rows.remove(session, person)
    session.erases = True


def export(session: Session, kinds: Kinds, caller: Caller, person: Person) -> dict[str, Any]:
    """All that is stored on a person, as an answer. The number of queries does not grow with the rows."""
    user = session.get(User, person.user_id) if person.user_id else None
    own = rights.of_person(session, person.id)
    things = grants.named(session, kinds, [(right.kind, right.item_id) for right in own])
    texts = [text for text in (str(person.id), person.display_name, person.work_email) if text]
    return {
        "person": persons.shown(session, person.id),
        "sign_in": _sign_in(session, kinds, caller, user) if user else None,
        "rights": [
            {c.name: getattr(right, c.name) for c in RIGHT.columns} | {"on": things[right.kind, right.item_id]}
            for right in own
        ],
        "named_in": _mentions(session, person.id),
        "quoted_in": [
            {"table": table.name, "id": row.get("id"), "columns": sorted(changed), "values": {}}
            for table, row, changed in _quoting(session, texts)
        ],
    }


def _sign_in(session: Session, kinds: Kinds, caller: Caller, user: User) -> dict[str, Any]:
    """An account as the caller may know it."""
    try:
        is_seen = "users:read" in caller.scopes and bool(users.seen(session, kinds, caller, str(user.id)))
    except NoSuchThing:
        is_seen = False
    return {"id": user.id, "email": user.email if is_seen else None}


def naming(target: Table) -> dict[Table, list[Column[Any]]]:
    """The columns of other rooms' tables that refer to the rows of a table, by table, in a steady order."""
    found: dict[Table, list[Column[Any]]] = {}
    for table in SQLModel.metadata.sorted_tables:
        columns = [column for column in table.columns if table not in OWN and _refers(column) is target]
        if columns:
            found[table] = columns
    return found


def _refers(column: Column[Any]) -> Table | None:
    """The table to whose ids a column refers."""
    return next((key.column.table for key in column.foreign_keys if key.column.name == "id"), None)


def _let_go(session: Work, gone: Mapping[Table, Collection[uuid.UUID]]) -> None:
    """Let no row refer to what will be gone, and each be what its table says that it becomes then."""
    wanted: dict[Table, list[tuple[Column[Any], Collection[uuid.UUID]]]] = {}
    for target, ids_of in gone.items():
        for table, columns in naming(target).items():
            wanted.setdefault(table, []).extend((column, ids_of) for column in columns)
    for table, references in wanted.items():
        query = select(table).where(or_(*(column.in_(its) for column, its in references)))
        for row in _rows(session, query.order_by(*table.primary_key).with_for_update()):
            values: dict[str, Any] = {}
            for column, its in references:
                if row[column.name] in its:
                    more = table.info.get("erased", {}).get(column.name)
                    values |= {column.name: None, **(more(row, clock.today()) if more else {})}
            _write(session, table, row, values)


def _strike_out(session: Work, texts: Sequence[str]) -> None:
    """Take texts out of the rows that quote what people sent."""
    for table, row, values in _quoting(session, texts):
        _write(session, table, row, values)


def _write(session: Work, table: Table, row: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Change a row of whatever room: its version, the trail and the revisions know of it."""
    changed = {name: value for name, value in values.items() if row[name] != value}
    counted = {"version": row["version"] + 1, "updated_at": clock.now()} if "version" in table.columns else {}
    it = (column == row[column.name] for column in table.primary_key)
    session.execute(update(table).where(*it).values(**changed, **counted))
    is_told = not table.info.get("unaudited")
    session.wrote(table, Change(table.name, "changed", row.get("id"), tuple(changed)) if is_told else None)
    if part_of := table.info.get("part_of"):
        whole = next(iter(table.columns[part_of].foreign_keys)).column.table
        grown = {"version": whole.c.version + 1, "updated_at": clock.now()}
        session.execute(update(whole).where(whole.c.id == row[part_of]).values(**grown))
        session.wrote(whole, Change(whole.name, "changed", row[part_of], (table.name,)))


def _quoting(session: Session, texts: Sequence[str]) -> Iterator[tuple[Table, Mapping[str, Any], dict[str, Any]]]:
    """Rows that quote one of some texts, and what their columns would be without."""
    # As a word of its own, in whatever case; JSON writes letters such as ä in its own way.
    said = re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in texts), re.IGNORECASE)
    stored = {form for text in texts for form in (text, json.dumps(text)[1:-1])}
    for table in SQLModel.metadata.sorted_tables:
        columns = [table.columns[name] for name in table.info.get("quotes", ())]
        query = select(*table.primary_key, *columns).where(
            or_(false(), *(_has(c, form) for c in columns for form in stored))
        )
        for row in _rows(session, query) if columns else ():
            without = {column.name: _struck(row[column.name], said) for column in columns}
            changed = {name: value for name, value in without.items() if value != row[name]}
            if changed:
                yield table, row, changed


def _has(column: Column[Any], text: str) -> ColumnElement[bool]:
    anywhere = "%" + re.sub(r"([%_/])", r"/\1", text) + "%"
    return func.lower(cast(column, Text)).like(func.lower(anywhere), escape="/")


def _rows(session: Session, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(query).mappings()]


def _struck(value: Any, said: re.Pattern[str]) -> Any:
    """A text, or a JSON value with texts at any depth, without what is ``said``."""
    if isinstance(value, str):
        return said.sub(GONE, value)
    if isinstance(value, list):
        return [_struck(part, said) for part in value]
    return {name: _struck(part, said) for name, part in value.items()} if isinstance(value, dict) else value


def _mentions(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The rows that name a person, with what else they say but of other people."""
    found: list[tuple[Table, list[str], dict[str, Any]]] = []
    referred: dict[Table, set[Any]] = {}
    for table, columns in naming(PERSON).items():
        query = select(table).where(or_(*(column == person_id for column in columns))).order_by(*table.primary_key)
        found += [(table, [c.name for c in columns if row[c.name] == person_id], row) for row in _rows(session, query)]
    for table, _, row in found:
        for column in _said(table):
            if (target := _refers(column)) is not None and row[column.name] is not None:
                referred.setdefault(target, set()).add(row[column.name])
    called = {target: _called(session, target, wanted) for target, wanted in referred.items()}
    return [
        {
            "table": table.name,
            "id": row.get("id"),
            "columns": columns,
            "values": {
                column.name: called[target][value] if (target := _refers(column)) is not None else _plain(value)
                for column in _said(table)
                if (value := row[column.name]) is not None
            },
        }
        for table, columns, row in found
    ]


def _said(table: Table) -> list[Column[Any]]:
    """The columns of a table that speak of no people."""
    return [c for c in table.columns if c.name not in OF_EVERY_ROW and _refers(c) not in OWN]


def _called(session: Session, table: Table, wanted: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What rows are called, by id."""
    names = [table.columns[name] for name in CALLED if name in table.columns]
    query = select(table.columns["id"], *names).where(table.columns["id"].in_(wanted))
    return {row["id"]: row for row in _rows(session, query)}


def _plain(value: Any) -> Any:
    return _MOMENT.dump_python(value, mode="json") if isinstance(value, datetime) else value
