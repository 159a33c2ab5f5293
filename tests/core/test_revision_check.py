"""What is read before each kept answer is never older than the request, whoever wrote; it fails rather than guesses."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest
import uvloop
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app import deployment
from app.core import revision_check as checks
from app.core.database import Database
from app.core.revision_check import CONNECTION, CheckFailed, NoCheck, PostgresCheck, SqliteCheck, revision_check
from tests.conftest import settings_for

Run = Callable[[Any], Any]
Check = SqliteCheck | PostgresCheck
RUNS = {"asyncio": asyncio.run, "uvloop": uvloop.run}

# Another process: for each line of input it says what number it reads then.
READER = """
import asyncio, sys
from app import deployment
from app.core.revision_check import revision_check
from app.settings import Settings
async def main():
    check = revision_check(deployment.database(Settings(database_url=sys.argv[1])))
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print((await check()).get("places", 0), flush=True)
    await check.close()
asyncio.run(main())
"""


@pytest.fixture(params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a coroutine, on each event loop in turn."""
    made: Run = RUNS[request.param]
    return made


def write(database: Database) -> int:
    """Somebody else commits a write to the family of places: the number after it."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE revision SET number = number + 1 WHERE family = 'places'"))
        return int(connection.scalar(text("SELECT number FROM revision WHERE family = 'places'")))


def check_of(database: Database) -> Check:
    made = revision_check(database)
    assert isinstance(made, SqliteCheck | PostgresCheck)
    return made


def during(run: Run, check: Check, act: Callable[[], Awaitable[Any]]) -> Any:
    """Run something in one event loop, and let the check go in the end."""

    async def whole() -> Any:
        try:
            return await act()
        finally:
            await check.close()

    return run(whole())


def test_the_same_object_comes_again_until_somebody_has_written(database: Database, run: Run) -> None:
    check = check_of(database)

    async def act() -> tuple[Mapping[str, int], ...]:
        first, again = await check(), await check()
        await asyncio.sleep(0)
        later, number = await check(), write(database)
        await asyncio.sleep(0)
        assert (await check())["places"] == number
        return first, again, later, await check()

    first, again, later, after = during(run, check, act)

    assert first is again is later
    assert after is not first
    assert {family for family in after if after[family] != first[family]} == {"places"}


def test_a_write_to_nothing_public_gives_the_same_object(database: Database, run: Run) -> None:
    check = check_of(database)

    async def act() -> bool:
        before = await check()
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE revision SET number = number"))
        await asyncio.sleep(0)
        return before is await check()

    assert during(run, check, act)


def test_nothing_was_ever_written(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM revision"))
    check = check_of(database)

    async def act() -> Mapping[str, int]:
        return await check()

    assert during(asyncio.run, check, act) == {CONNECTION: 1}


async def stale_of(
    rounds: int, check: Callable[[], Awaitable[Mapping[str, int]]], database: Database, seed: int
) -> int:
    """How many requests are told a number from before they came, of many that come at all sorts of moments.

    A request is a task made by a callback, as a server makes it when it has read from a socket; often just after a
    write, and in the middle of the checks of others.
    """
    loop, chance = asyncio.get_running_loop(), random.Random(seed)
    stale, left, tasks = 0, rounds, set[asyncio.Task[None]]()
    committed = (await check())["places"]

    async def request(least: int) -> None:
        nonlocal stale
        stale += (await check())["places"] < least

    def arrive() -> None:
        nonlocal committed, left
        if left <= 0:
            return
        left -= 1
        if chance.random() < 0.3:
            committed = write(database)
        tasks.add(loop.create_task(request(committed)))
        for _ in range(chance.choice((0, 1, 1, 2))):
            loop.call_soon(arrive)

    while left > 0:
        for _ in range(8):
            loop.call_soon(arrive)
        await asyncio.sleep(chance.choice((0, 0, 0.001)))
    await asyncio.gather(*tasks)
    return stale


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_is_told_what_was_read_before_they_came(database: Database, run: Run, seed: int) -> None:
    check = check_of(database)

    stale = during(run, check, lambda: stale_of(1000, check, database, seed))

    assert stale == 0


class KeptForAWhile:
    """What must not be: numbers that are given for some milliseconds after they were read."""

    def __init__(self, check: Check) -> None:
        self._check, self._numbers, self._until = check, dict[str, int](), 0.0

    async def __call__(self) -> Mapping[str, int]:
        if time.monotonic() > self._until:
            self._numbers, self._until = dict(await self._check()), time.monotonic() + 0.005
        return self._numbers


def test_with_a_time_to_live_instead_some_are(database: Database, run: Run) -> None:
    check = check_of(database)

    stale = during(run, check, lambda: stale_of(1000, KeptForAWhile(check), database, 1))

    print(f"{stale} of 1000 stale")
    assert stale > 0


def test_tasks_of_one_moment_share_one_reading(database: Database, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    check = check_of(database)
    readings = 0
    name = "_read" if isinstance(check, SqliteCheck) else "_ask"
    original = getattr(check, name)

    def counted(*asked: Any) -> None:
        nonlocal readings
        readings += 1
        original(*asked)

    async def act() -> int:
        await check()
        monkeypatch.setattr(check, name, counted)
        await asyncio.gather(*(check() for _ in range(200)))
        return readings

    assert during(run, check, act) == 1


@pytest.fixture
def readers(database: Database) -> Iterator[list[subprocess.Popen[str]]]:
    """Two other processes, each with its check, as two workers have them."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    made = [subprocess.Popen([sys.executable, "-c", READER, database.url], **pipes) for _ in range(2)]
    yield made
    for process in made:
        process.communicate()
        assert process.returncode == 0


def test_each_worker_sees_what_another_process_has_committed_at_once(
    database: Database, readers: list[subprocess.Popen[str]]
) -> None:
    pairs, stale = 200, 0

    for _ in range(pairs):
        number = write(database)
        for reader in readers:
            assert reader.stdin is not None
            reader.stdin.write("\n")
            reader.stdin.flush()
        stale += sum(int(reader.stdout.readline()) != number for reader in readers if reader.stdout)

    assert stale == 0


@pytest.mark.parametrize("is_connected", [False, True])
def test_who_leaves_takes_nothing_from_those_who_wait_with_them(
    database: Database, run: Run, is_connected: bool
) -> None:
    check = check_of(database)

    async def act() -> list[Any]:
        if is_connected:
            await check()
        number = write(database)
        tasks = [asyncio.create_task(check()) for _ in range(6)]  # type: ignore[arg-type]
        await asyncio.sleep(0)
        for leaving in tasks[::2]:
            leaving.cancel()
        told = await asyncio.gather(*tasks, return_exceptions=True)
        return [one if isinstance(one, BaseException) else one["places"] - number for one in told]

    told = during(run, check, act)

    assert told[1::2] == [0, 0, 0]


def test_one_check_serves_one_event_loop_after_the_other_and_no_two_at_once(database: Database) -> None:
    check = check_of(database)

    async def beside() -> Mapping[str, int]:
        return await check()

    async def act() -> Mapping[str, int]:
        await check()
        with pytest.raises(CheckFailed):
            await asyncio.to_thread(asyncio.run, beside())
        return await check()

    first = asyncio.run(act())
    second = during(asyncio.run, check, beside)

    assert {**first, CONNECTION: 0} == {**second, CONNECTION: 0}


def test_nothing_stays_open_when_it_is_let_go(database: Database, run: Run) -> None:
    check = check_of(database)

    async def act() -> tuple[int, int]:
        for n in range(5):
            await check()
            await check.close()
            if n == 0:  # SQLite keeps a file open that it may open again
                before = len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())
        after = len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())
        return after[0] - before[0], after[1] - before[1]

    assert during(run, check, act) == (0, 0)


def test_an_address_that_is_no_plain_file_is_never_vouched_for(only_sqlite: str) -> None:
    check = revision_check(Database(f"sqlite:///file:{make_url(only_sqlite).database}?uri=true"))

    assert isinstance(check, NoCheck)
    with pytest.raises(CheckFailed):
        asyncio.run(check())  # type: ignore[arg-type]


def test_a_file_that_can_not_be_read_fails_the_check_until_it_can(only_sqlite: str) -> None:
    database = deployment.database(settings_for(only_sqlite))
    check = check_of(database)

    async def act() -> Mapping[str, int]:
        await check()
        with database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE revision RENAME TO hidden"))
        await asyncio.sleep(0)
        with pytest.raises(CheckFailed):
            await check()
        with database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE hidden RENAME TO revision"))
        return await check()

    assert "places" in during(asyncio.run, check, act)
    database.engine.dispose()


def test_an_odd_file_name_is_a_file_name(only_sqlite: str) -> None:
    file = make_url(only_sqlite).database or ""
    odd = f"{file}?äö#%20.db"
    os.rename(file, odd)
    check = SqliteCheck(checks.Path(odd))

    async def act() -> Mapping[str, int]:
        return await check()

    assert "places" in during(asyncio.run, check, act)
