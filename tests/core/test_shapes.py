"""The edge cases that ``answer`` and ``partial`` must keep."""

import datetime as dt

import pytest
from pydantic import ValidationError
from sqlmodel import Field

from app.core.errors import ChangedMeanwhile, Invalid, VersionNotStated
from app.core.rows import apply, merged, must_match
from app.core.shapes import Row, Shape, answer, partial


class ThingWrite(Shape):
    name: str = Field(min_length=1, max_length=5, description="d")
    day: dt.date
    end: dt.date | None = None
    seats: int = Field(default=0, ge=0)


class Thing(Row, ThingWrite, table=True):
    __table_args__ = ({"info": {"family": "private"}},)
    secret: str = "s3cret"


@answer
class ThingPublic(ThingWrite, Row):
    """A thing."""


@partial
class ThingPatch(ThingWrite):
    """Some."""


Thing.metadata.remove(Thing.__table__)  # type: ignore[attr-defined] # no table of the product


@pytest.mark.parametrize(
    "body", [{}, {"name": "ok"}, {"end": None}, {"name": " a "}, {"seats": 3}, {"day": "2026-03-12"}]
)
def test_a_patch_may_leave_out_anything(body: dict[str, object]) -> None:
    assert set(ThingPatch.model_validate(body).model_fields_set) == set(body)


@pytest.mark.parametrize(
    "body",
    [
        {"name": None},
        {"name": ""},
        {"seats": -1},
        {"x": 1},
        {"seats": None},
        {"name": "toolongname"},
        {"seats": "5"},
        {"seats": True},
    ],
    ids=str,
)
def test_a_patch_may_not_be_wrong(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ThingPatch.model_validate(body)


def test_an_answer_states_what_is_stored_and_judges_nothing() -> None:
    old = ThingPublic.model_validate(Thing(name="", day=dt.date(2020, 1, 1), seats=-4))
    schema = ThingPublic.model_json_schema(mode="serialization")

    assert "secret" not in old.model_dump()
    assert old.name == ""
    assert set(schema["required"]) == set(schema["properties"])
    assert "default" not in str(ThingPatch.model_json_schema())


def test_a_patch_is_judged_on_the_merged_whole() -> None:
    thing = Thing(name="a", day=dt.date(2020, 1, 1))

    with pytest.raises(Invalid):
        merged(Thing(name="far too long", day=dt.date(2020, 1, 1)), ThingPatch.model_validate({"seats": 1}), ThingWrite)
    assert merged(thing, ThingPatch.model_validate({"seats": 1}), ThingWrite).seats == 1


def test_a_version_grows_only_when_something_changes() -> None:
    thing = Thing(name="a", day=dt.date(2020, 1, 1))

    assert not apply(thing, {"name": "a"})
    assert thing.version == 1
    assert apply(thing, {"name": "b"})
    assert thing.version == 2


@pytest.mark.parametrize("tags", [["v1"], ["v1-abc"], ["v7", "v1-x"], ["*"]])
def test_the_version_that_was_read_may_be_changed(tags: list[str]) -> None:
    must_match(Thing(name="a", day=dt.date(2020, 1, 1)), tags)


@pytest.mark.parametrize("tags", [["v2"], ["v11"], ["abc"], [], ["v1x"]], ids=str)
def test_another_version_is_stale(tags: list[str]) -> None:
    with pytest.raises(ChangedMeanwhile):
        must_match(Thing(name="a", day=dt.date(2020, 1, 1)), tags)


def test_a_change_must_say_what_it_changes() -> None:
    with pytest.raises(VersionNotStated):
        must_match(Thing(name="a", day=dt.date(2020, 1, 1)), None)
