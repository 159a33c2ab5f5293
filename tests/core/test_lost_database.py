"""A server of PostgreSQL that restarts, goes, or says nothing: the check fails soon, and then works again."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest

from app.core import revision_check as checks
from app.core.database import Database
from app.core.revision_check import CONNECTION, CheckFailed, PostgresCheck
from tests.core.test_revision_check import RUNS, Run, check_of, during
from tests.ephemeral_postgres import EphemeralPostgres


@pytest.fixture(params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a coroutine, on each event loop in turn."""
    made: Run = RUNS[request.param]
    return made


@pytest.fixture
def hurt(own_server: EphemeralPostgres) -> Iterator[tuple[PostgresCheck, psycopg.Connection[Any]]]:
    """A check, and another connection to the same server."""
    url = own_server.create_database("hurt")
    database = Database(url)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET synchronous_commit = on")  # what is committed here outlives the crash
        connection.execute("CREATE TABLE revision (family varchar PRIMARY KEY, number integer NOT NULL)")
        connection.execute("INSERT INTO revision VALUES ('places', 1)")
        check = check_of(database)
        assert isinstance(check, PostgresCheck)
        yield check, connection
    database.engine.dispose()


async def until_it_works(check: PostgresCheck) -> tuple[int, Mapping[str, int]]:
    """Ask until there is an answer: how often there was none, and the answer."""
    for failures in range(1000):
        try:
            return failures, await check()
        except CheckFailed:
            await asyncio.sleep(0.02)
    raise AssertionError("it does not work again")


def postmaster_of(connection: psycopg.Connection[Any]) -> int:
    folder = connection.execute("SHOW data_directory").fetchone()[0]  # type: ignore[index]
    with open(f"{folder}/postmaster.pid") as file:
        return int(file.readline())


def backend_of(check: PostgresCheck) -> int:
    assert check._pgconn is not None
    return check._pgconn.backend_pid


def test_a_restart_of_the_server_fails_the_check_and_then_it_works_again(
    hurt: tuple[PostgresCheck, psycopg.Connection[Any]], run: Run
) -> None:
    check, _ = hurt

    async def act() -> tuple[Any, ...]:
        first, backend = await check(), backend_of(check)
        os.kill(backend, signal.SIGKILL)  # the server ends all connections and starts anew
        waiting = await asyncio.gather(*(check() for _ in range(5)), return_exceptions=True)
        failures, again = await until_it_works(check)
        return first, waiting, failures, again, backend != backend_of(check), len(asyncio.all_tasks())

    first, waiting, failures, again, is_another, tasks = during(run, check, act)

    assert [type(one) for one in waiting] == [CheckFailed] * 5
    assert (first, again, is_another, tasks) == ({"places": 1, CONNECTION: 1}, {"places": 1, CONNECTION: 2}, True, 1)
    print(f"{failures} failures before the server answered again")


def test_a_connection_that_is_ended_while_nobody_asks_is_opened_anew_unnoticed(
    hurt: tuple[PostgresCheck, psycopg.Connection[Any]], run: Run
) -> None:
    check, other = hurt

    async def act() -> Mapping[str, int]:
        await check()
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (backend_of(check),))
        for _ in range(200):
            if check._pgconn is not None:  # the event loop has not seen it yet
                await asyncio.sleep(0.01)
        return await check()

    assert during(run, check, act) == {"places": 1, CONNECTION: 2}


def test_while_the_server_is_gone_everybody_is_told_at_once_and_nothing_is_left_open(
    hurt: tuple[PostgresCheck, psycopg.Connection[Any]], run: Run
) -> None:
    check, other = hurt

    async def act() -> tuple[Any, ...]:
        await check()
        os.kill(postmaster_of(other), signal.SIGINT)
        other.close()
        for _ in range(200):
            if check._pgconn is not None:  # the event loop has not seen it yet
                await asyncio.sleep(0.01)
        before = len(os.listdir("/proc/self/fd"))
        began = time.perf_counter()
        told = [
            one for _ in range(20) for one in await asyncio.gather(*(check() for _ in range(5)), return_exceptions=True)
        ]
        took = (time.perf_counter() - began) / 20
        return told, took, len(os.listdir("/proc/self/fd")) - before, len(asyncio.all_tasks())

    told, took, opened, tasks = during(run, check, act)

    assert [type(one) for one in told] == [CheckFailed] * 100
    assert opened == 0
    assert tasks == 1
    print(f"{took * 1000:.1f} ms until a failure is told")


@pytest.mark.parametrize("is_connected", [True, False])
def test_a_server_that_says_nothing_fails_the_check_in_bounded_time_and_blocks_nobody(
    hurt: tuple[PostgresCheck, psycopg.Connection[Any]],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    is_connected: bool,
) -> None:
    monkeypatch.setattr(checks, "ANSWER_S", 0.3)
    monkeypatch.setattr(checks, "CONNECT_S", 0.3)
    check, other = hurt
    postmaster = postmaster_of(other)

    async def act() -> tuple[Any, ...]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        if is_connected:
            await check()
        silent = backend_of(check) if is_connected else postmaster
        os.kill(silent, signal.SIGSTOP)
        try:
            told = await asyncio.gather(*(check() for _ in range(3)), return_exceptions=True)
        finally:
            os.kill(silent, signal.SIGCONT)
        ticking.cancel()
        _, again = await until_it_works(check)
        return told, ticks, again

    told, ticks, again = during(run, check, act)

    assert [type(one) for one in told] == [CheckFailed] * 3
    assert ticks > 5
    assert again["places"] == 1


def test_a_table_that_is_gone_fails_the_check_until_it_is_back(
    hurt: tuple[PostgresCheck, psycopg.Connection[Any]], run: Run
) -> None:
    check, other = hurt
    lost: list[bool] = []
    check._lost = lambda: lost.append(True)

    async def act() -> Mapping[str, int]:
        await check()
        other.execute("ALTER TABLE revision RENAME TO hidden")
        for _ in range(2):
            with pytest.raises(CheckFailed):
                await check()
        other.execute("ALTER TABLE hidden RENAME TO revision")
        other.execute("UPDATE revision SET number = 7")
        return await check()

    assert during(run, check, act)["places"] == 7
    assert not lost  # a server that refuses is there, and so are the other connections to it
