"""Whether requests can be served, asked once at a time however many want to know: anyone may ask, without a limit."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from app.core import schema
from app.core.database import Database

Checks = dict[str, bool]


class Readiness:
    """What a database is asked before requests are let in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asking: asyncio.Task[Checks] | None = None

    async def __call__(self) -> Checks:
        """Whether the database answers, and has the schema that this version needs."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(self._answered)
        asking = self._asking
        await asyncio.wait((asking,))  # who leaves meanwhile leaves it to the others
        return asking.result()

    def _answered(self, _: asyncio.Task[Checks]) -> None:
        self._asking = None

    async def _ask(self) -> Checks:
        async with self._database.seat():
            return await run_in_threadpool(self._looked_at)

    def _looked_at(self) -> Checks:
        checks = {"database": False, "schema": False}
        try:
            checks["database"] = self._database.is_reachable()
            checks["schema"] = schema.current(self._database.engine) == schema.head()
        except SQLAlchemyError:
            pass
        return checks
