"""The verbs that every resource shares, as functions. There is no base class."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pydantic
from pydantic import ValidationError
from sqlalchemy import Select, select
from sqlmodel import Session, SQLModel

from app.core import clock, ids
from app.core.deletions import Deletion
from app.core.errors import ChangedMeanwhile, Invalid, NoSuchThing, VersionNotStated
from app.core.faults import faults_of
from app.core.localized import LocalizedPatch
from app.core.shapes import Row

AnyRow = TypeVar("AnyRow", bound=Row)
AnyShape = TypeVar("AnyShape", bound=SQLModel)
AnyModel = TypeVar("AnyModel", bound=pydantic.BaseModel)


def find(session: Session, table: type[AnyRow], reference: str | uuid.UUID, *, lock: bool = False) -> AnyRow:
    """The row with this id, or with this slug where the table has one. Raises NoSuchThing.

    ``lock`` holds it for the caller until the transaction ends.
    """
    columns = table.__table__.c  # type: ignore[attr-defined]
    id = reference if isinstance(reference, uuid.UUID) else ids.as_uuid(reference)
    if id is not None:
        query = select(table).where(columns.id == id)
    elif "slug" in columns:
        query = select(table).where(columns.slug == reference)
    else:
        raise NoSuchThing(kind=table.__tablename__)
    # "No key": rows that refer to it may be made meanwhile, so two changes that refer to each other do not deadlock.
    row = session.scalars(query.with_for_update(key_share=True) if lock else query).first()
    if row is None:
        raise NoSuchThing(kind=table.__tablename__)
    return row


def one(session: Session, query: Select[Any], columns: Any, reference: str, table: type[Row]) -> Any:
    """The row of ``query`` whose id or slug is ``reference``, in one statement. Raises NoSuchThing."""
    id = ids.as_uuid(reference)
    found = session.execute(query.where(columns.id == id if id else columns.slug == reference)).first()
    if found is None:
        raise NoSuchThing(kind=table.__tablename__)
    return found


def add(session: Session, row: AnyRow) -> AnyRow:
    """Add and flush, so that constraint errors surface here and not at commit."""
    session.add(row)
    session.flush()
    return row


def merged(row: Row, patch: pydantic.BaseModel | SQLModel, shape: type[AnyShape], **stored: Any) -> AnyShape:
    """What ``row`` would be with ``patch`` (RFC 7396): judged whole by ``shape``. Raises Invalid.

    ``stored`` are the fields of the shape that the row keeps under another name.
    """
    whole = {name: stored[name] if name in stored else getattr(row, name) for name in shape.model_fields} | {
        name: _given(getattr(patch, name), getattr(row, name, None)) for name in patch.model_fields_set
    }
    return judged(shape, {name: _plain(value) for name, value in whole.items()})


def judged(shape: type[AnyModel], values: Mapping[str, Any]) -> AnyModel:
    """The values as the shape, as if a client had sent them. Raises Invalid."""
    try:
        return shape.model_validate(values)
    except ValidationError as broken:
        raise Invalid(faults=faults_of(broken.errors(include_url=False))) from broken


def _given(value: Any, before: Any) -> Any:
    return value.upon(before) if isinstance(value, LocalizedPatch) else value


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, pydantic.BaseModel) else value


def apply(row: AnyRow, values: Mapping[str, Any], *, also: bool = False) -> bool:
    """Set the values that differ and count one version more; False, and no version, where none does.

    ``also``: something that the row stands for has changed beside it, such as its parts.
    """
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed or also:
        row.version += 1
        row.updated_at = clock.now()
    return bool(changed) or also


def columns(row: Row) -> dict[str, Any]:
    """What a row holds, by column."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}  # type: ignore[attr-defined]


def remove(session: Session, row: Row) -> None:
    """Delete, and leave a tombstone for those who hold a copy."""
    session.add(Deletion(id=row.id, kind=row.__table__.name))  # type: ignore[attr-defined]
    session.delete(row)
    session.flush()


def must_match(row: Row, if_match: Sequence[str] | None) -> None:
    """Refuse a change to another version than the caller read. Raises VersionNotStated, ChangedMeanwhile.

    ``if_match`` are the entity tags of the header; ``"v3"`` suffices, and what follows a hyphen is not compared.
    """
    if if_match is None:
        raise VersionNotStated()
    if not any(tag == "*" or tag.partition("-")[0] == f"v{row.version}" for tag in if_match):
        raise ChangedMeanwhile(version=row.version)
