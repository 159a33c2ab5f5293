"""The bases every JSON shape and every table is built on."""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import pydantic
from pydantic import ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainSerializer, TypeAdapter
from pydantic_core import CoreSchema
from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from app.core import clock, ids
from app.core.localized import Localized, LocalizedPatch


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets the zone; this remembers it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _strict_numbers(schema: Any) -> Any:
    """Strict ints, floats and bools at every depth; dates, ids and enums stay readable from text."""
    if isinstance(schema, dict):
        if schema.get("type") in ("int", "float", "bool"):
            schema["strict"] = True
        for part in schema.values():
            _strict_numbers(part)
    elif isinstance(schema, (list, tuple)):
        for part in schema:
            _strict_numbers(part)
    return schema


class Shape(SQLModel):
    """Fields a client may write. An unknown field is an error, and ``"5"`` is not a number."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)  # type: ignore[assignment]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: CoreSchema = _strict_numbers(handler(source))
        return schema


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_zulu, return_type=str, when_used="json")]


class _Hidden:
    """Marks a text as secret, in the contract too."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "format": "password"}


Secret = Annotated[str, _Hidden()]


def holds_secret(model: Any) -> bool:
    """Whether an answer shows a ``Secret``, at any depth: then it must not be stored."""

    def marked(schema: Any) -> bool:
        if isinstance(schema, dict):
            return schema.get("format") == "password" or any(map(marked, schema.values()))
        return isinstance(schema, list) and any(map(marked, schema))

    return model is not None and marked(TypeAdapter(model).json_schema(mode="serialization"))


class Row(SQLModel):
    """Columns every resource has and every answer shows."""

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True, description="UUIDv7; never changes.")
    version: int = Field(
        default=1, sa_column_kwargs={"nullable": False}, description="Grows by one at each change; part of the ETag."
    )
    updated_at: datetime = Field(
        default_factory=clock.now, sa_type=Instant, nullable=False, description="Last change, RFC 3339 in UTC."
    )


Model = TypeVar("Model", bound=SQLModel)


def answer(public: type[Model]) -> type[Model]:
    """Turn a shape into a statement of what is stored: always whole, not judged again.

    Without this a row older than today's rules would answer 500, and a list holding it would too.
    """
    fields: dict[str, Any] = {
        name: (
            Moment if info.annotation is datetime else _still_secret(info),
            pydantic.Field(description=info.description),
        )
        for name, info in public.model_fields.items()
    }
    return _remade(public, fields, ConfigDict(from_attributes=True))


def _still_secret(info: pydantic.fields.FieldInfo) -> Any:
    """The type of a field without its rules, but with its secrecy."""
    return (
        Annotated[info.annotation, _Hidden()] if any(isinstance(m, _Hidden) for m in info.metadata) else info.annotation
    )


def partial(patch: type[Model]) -> type[Model]:
    """Let every field of a shape be absent; let none be wrong.

    Absent means "leave as it is". Null is accepted only where the shape accepts it. Rules across
    fields are not run here: ``rows.apply`` runs them on the merged whole, so that they are written once.
    """
    fields: dict[str, Any] = {}
    for name, info in patch.model_fields.items():
        parts = info.asdict()
        described = {k: v for k, v in parts["attributes"].items() if not k.startswith("default")}
        pieces = (_patched(parts["annotation"]), *parts["metadata"], pydantic.Field(**described))
        fields[name] = (Annotated[pieces], pydantic.Field(default_factory=lambda: None))
    return _remade(
        patch, fields, ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False), strict=True
    )


def _patched(annotation: Any) -> Any:
    """The type of a field in a patch: texts in several languages are merged by language."""
    if annotation == Localized:
        return LocalizedPatch
    return LocalizedPatch | None if annotation == (Localized | None) else annotation


class _Strict(pydantic.BaseModel):
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: CoreSchema = _strict_numbers(handler(source))
        return schema


def _remade(model: type[Model], fields: dict[str, Any], config: ConfigDict, *, strict: bool = False) -> type[Any]:
    return pydantic.create_model(
        model.__name__,
        __base__=_with(config, _Strict if strict else pydantic.BaseModel),
        __doc__=model.__doc__,
        __module__=model.__module__,
        **fields,
    )


def _with(config: ConfigDict, base: type[pydantic.BaseModel]) -> type[pydantic.BaseModel]:
    return type("Configured", (base,), {"model_config": config, "__module__": __name__})
