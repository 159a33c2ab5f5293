"""A plan file is judged whole, each fault named by its place, before anything of it is written."""

import re
import time
from typing import Any

import pytest
from sqlalchemy import func, select

from app import deployment
from app.core import rows
from app.core.database import Command, Database
from app.networks.models import Network, NetworkSteering
from app.tables import METADATA
from app.transfer import plan_file
from app.transfer.plan_file import MOST_BYTES, NotAPlanFile, PlanFileTooLarge, PlanHasFaults
from tests.conftest import settings_for
from tests.transfer.broken_plans import ELSEWHERE, WRONG, WRONG_TOGETHER
from tests.transfer.plans import EXAMPLE, GONE, GOOD, changed, load, read

Faults = list[tuple[str, str]]
RULE = "/plan/rules"


@pytest.fixture
def shared(only_sqlite: str) -> Any:
    """A database in which another county's plan is loaded."""
    found = deployment.database(settings_for(only_sqlite))
    load(found, ELSEWHERE)
    yield found
    found.engine.dispose()


def rows_of(database: Database) -> dict[str, int]:
    with database.snapshot() as session:
        return {name: session.scalar(select(func.count()).select_from(t)) for name, t in METADATA.tables.items()}


def faults(database: Database, file: dict[str, Any]) -> Faults:
    """Code and place of each fault; nothing may have been written."""
    before = rows_of(database)
    with pytest.raises(PlanHasFaults) as refused:
        load(database, file)
    assert rows_of(database) == before
    return [(fault.code, fault.pointer or "") for fault in refused.value.faults]


def test_the_example_of_the_page_is_loaded_once(database: Database) -> None:
    first = load(database)

    assert first["areas"] == 5  # the country is there
    assert (first["organisations"], first["meeting_places"], first["networks"], first["statistics_forms"]) == (
        4,
        1,
        2,
        1,
    )
    assert (first["plans"], first["focus_areas"], first["goals"], first["measures"], first["rules"]) == (1, 2, 2, 2, 11)
    assert set(load(database).values()) == {0}


def test_two_counties_share_a_database(shared: Database) -> None:
    assert load(shared)["networks"] == 2
    assert set(load(shared, ELSEWHERE).values()) == {0}


@pytest.mark.parametrize(("pointer", "value", "code"), WRONG, ids=lambda part: part if isinstance(part, str) else "")
def test_what_is_wrong_is_named_by_its_place(shared: Database, pointer: str, value: Any, code: str) -> None:
    assert faults(shared, changed((pointer, value))) == [(code, pointer)]


@pytest.mark.parametrize(("changes", "code", "pointer"), WRONG_TOGETHER.values(), ids=WRONG_TOGETHER)
def test_what_does_not_go_together_is_named_by_its_place(
    shared: Database, changes: list[tuple[str, Any]], code: str, pointer: str
) -> None:
    assert faults(shared, changed(*changes)) == [(code, pointer)]


def test_steering_in_a_circle_is_named_at_each_link(shared: Database) -> None:
    file = changed(("/networks/0/steered_by", ["rantala-group"]))

    assert faults(shared, file) == [
        ("steered-in-a-circle", "/networks/0/steered_by/0"),
        ("steered-in-a-circle", "/networks/1/steered_by/0"),
    ]


def test_steering_in_a_circle_through_stored_networks_is_a_fault(shared: Database) -> None:
    load(shared)
    with shared.writing(Command("test")) as session:  # as people may have changed it
        county, local = (rows.find(session, Network, slug).id for slug in ("county-90-group", "rantala-group"))
        session.delete(session.get_one(NetworkSteering, (local, county)))
        session.flush()
        middle = GOOD["networks"][1] | {"slug": "middle", "seats": [], "steered_by": ["rantala-group"]}
        plan_file.load(session, read(changed(("/networks/-", middle))))
        session.add(NetworkSteering(network_id=local, steered_by_id=county))
    last = GOOD["networks"][1] | {"slug": "last", "seats": [], "steered_by": ["middle"]}
    file = changed(("/networks/-", last), ("/networks/0/steered_by", ["last"]))

    assert set(load(shared, file).values()) == {0, 1}  # the network that is stored is steered as it was


def texts(value: Any, place: str = "") -> list[str]:
    """The places of all texts in a file."""
    if isinstance(value, str):
        return [place]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in items for found in texts(item, f"{place}/{key}")]


FREE = re.compile(  # texts that call nothing by its name
    r"/(fi|sv|en|url|unit|address|slug|code|plan_ref|rule)$|/(themes|aliases/\w+|review)/\d+$"
    r"|^/(reviewed_documents|materials)/\d+/kind$"
)
CALLS = [place for place in texts(GOOD) if not FREE.search(place)]


@pytest.mark.parametrize("place", CALLS)
def test_any_other_text_is_missed_when_it_is_broken(only_sqlite: str, place: str) -> None:
    database = deployment.database(settings_for(only_sqlite))

    assert place in {pointer for _, pointer in faults(database, changed((place, "nothing-9")))}
    database.engine.dispose()


def test_what_others_call_by_its_name_is_missed(shared: Database) -> None:
    file = changed(("/networks/0", GONE))

    assert {pointer for _, pointer in faults(shared, file)} == {
        *("/networks/0/steered_by/0", "/reviewed_documents/0/owner", "/plan/goals/0/network"),
        *(f"{RULE}/{index}/subject/of" for index in (0, 3, 4, 9, 10)),
    }


def test_an_older_edition_is_refused(shared: Database) -> None:
    load(shared, changed(("/plan/revision", 3)))

    assert faults(shared, GOOD) == [("older-revision", "/plan/revision")]


def test_a_new_edition_begins_after_the_one_before(shared: Database) -> None:
    load(shared)

    assert faults(shared, changed(("/plan/revision", 2))) == [("wrong-order", "/plan/valid_from")]


def test_two_plans_of_a_county_do_not_begin_in_a_year(shared: Database) -> None:
    load(shared)

    assert faults(shared, changed(("/plan/slug", "another"))) == [("taken", "/plan/first_year")]


def test_a_stored_place_may_lie_in_a_municipality_that_has_ended(shared: Database) -> None:
    load(shared)

    assert set(load(shared, changed(("/meeting_places/0/municipality", "903"))).values()) == {0}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1", 2),
        ("county: x\ncounty: y\n", 2),
        ("county: 2026-02-30\n", 1),
        (f"county: {'9' * 5000}\n", 1),
        ("county: !!python/object:os.system x\n", 1),
        ("county: !!binary AAE=\n", 1),
        ("a: &a [*a]\n", 1),
        ("[" * 70 + "]" * 70, 1),
        ("a: &a [1]\n" + "".join(f"b{n}: &b{n} [*{'a' if n == 0 else f'b{n - 1}'}]\n" for n in range(90)), None),
        ("county: \x00", None),
    ],
    ids=lambda value: str(value)[:20].replace("\x00", "NUL"),
)
def test_what_is_not_plain_yaml_is_refused_by_its_line(text: str, line: int | None) -> None:
    with pytest.raises(NotAPlanFile) as refused:
        plan_file.read(text.encode())

    assert line is None or f"line {line}" in refused.value.words.en


def test_aliases_stand_for_what_they_name() -> None:
    text = EXAMPLE.replace("{code: member, name: {fi: Jäsen}}", "&member {code: member, name: {fi: Jäsen}}", 1)

    assert plan_file.read(text.replace("- {code: member, name: {fi: Jäsen}}", "- *member").encode()) == plan_file.read(
        EXAMPLE.encode()
    )


NINE = ", ".join(["*a{0}"] * 9)


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 [x, x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{NINE.format(n)}]\n" for n in range(9)),
        "a0: &a0 {x: 1}\n" + "".join(f"a{n + 1}: &a{n + 1} {{<<: [{NINE.format(n)}]}}\n" for n in range(9)),
        f"a: &a {'x' * 1_000_000}\nb: [{','.join(['*a'] * 100_000)}]\n",
    ],
    ids=["lists", "merges", "texts"],
)
def test_a_small_file_does_not_grow(bomb: str) -> None:
    began = time.perf_counter()
    with pytest.raises(NotAPlanFile, match="too large"):
        plan_file.read(bomb.encode())

    assert time.perf_counter() - began < 20


def test_a_file_that_is_too_large_is_refused_and_not_cut() -> None:
    with pytest.raises(PlanFileTooLarge):
        plan_file.read(EXAMPLE.encode() + b"#" * MOST_BYTES)


@pytest.mark.parametrize("escape", ["\\0", "\\ud800", "\\e"])
def test_a_text_that_can_not_be_stored_is_a_fault(escape: str) -> None:
    with pytest.raises((PlanHasFaults, NotAPlanFile)) as refused:
        plan_file.read(EXAMPLE.replace("Rantalan kunta", f'"Rantalan {escape} kunta"').encode())

    assert [fault.pointer for fault in refused.value.faults] in (["/organisations/1/name/fi"], [])


def test_texts_are_composed() -> None:
    decomposed = EXAMPLE.replace("Metsälän kunta", "Metsa\u0308la\u0308n kunta")

    assert plan_file.read(decomposed.encode()) == plan_file.read(EXAMPLE.encode())


def test_nothing_is_left_behind_when_loading_breaks_midway(shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> int:
        raise RuntimeError

    before = rows_of(shared)
    monkeypatch.setitem(plan_file.SECTIONS, "networks", broken)
    with pytest.raises(RuntimeError), shared.writing(Command("load-plan")) as session:
        plan_file.load(session, read(GOOD))

    assert rows_of(shared) == before
