"""``Idempotency-Key``: a creation that is sent again is answered again, and done once.

The row of a key commits with the write that it stands for, so there is never one without the other.
"""

import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import anyio
from fastapi import Request, Response
from sqlalchemy import JSON, Column, Connection, delete, false, func, or_, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Field, Session, SQLModel

from app.core import clock
from app.core.errors import Conflict, RuleBroken
from app.core.language import Words
from app.core.revisions import PRIVATE, upsert_for
from app.core.shapes import Instant

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
FORM = r'^("[!-~]{1,200}"|[!#-~][!-~]{0,199})$'
KEPT = timedelta(hours=24)
WAIT_S = 10.0
RETRY_AFTER_S = 5
PURGED_AT_ONCE = 100
_LOCK_TIMEOUT = "55P03"
Headers = list[tuple[str, str]]


class IdempotencyKey(SQLModel, table=True):
    """What was answered to the request that a caller sent with a key."""

    __tablename__ = "idempotency_key"
    __table_args__ = {"info": {"family": PRIVATE, "unaudited": True, "ephemeral": True}}

    caller_id: uuid.UUID = Field(primary_key=True)
    key: str = Field(max_length=200, primary_key=True)
    operation: str = Field(max_length=100, nullable=False)
    request_hash: str = Field(max_length=64, nullable=False)
    status: int = Field(nullable=False)
    headers: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
    body: bytes = Field(nullable=False)
    created_at: datetime = Field(sa_type=Instant, nullable=False, index=True)


_kept = IdempotencyKey.__table__  # type: ignore[attr-defined]


class KeyNotTaken(RuleBroken):
    """This operation takes no Idempotency-Key."""

    title = Words("Avainta ei oteta vastaan", "Key not taken")
    detail = Words(
        "Tämä toiminto ei ota vastaan otsaketta Idempotency-Key. Mitään ei tehty.",
        "This operation takes no Idempotency-Key. Nothing was done.",
    )
    cure = Words(
        "Lähetä pyyntö ilman otsaketta. Rajapinnan kuvaus luettelee toiminnot, jotka ottavat sen: luonnit ja tuonnit.",
        "Send the request without it. The description of the API lists who takes it: creations and imports.",
    )


class KeyMalformed(RuleBroken):
    """The Idempotency-Key is not one key of 1-200 visible ASCII characters."""

    title = Words("Avaimen muoto on väärä", "Key malformed")
    detail = Words(
        "Otsakkeessa Idempotency-Key pitää olla yksi avain: 1–200 näkyvää ASCII-merkkiä ilman välilyöntejä.",
        "Idempotency-Key must hold one key: 1-200 visible ASCII characters without spaces.",
    )
    cure = Words(
        "Tee jokaiselle pyynnölle oma avain, esimerkiksi UUID.", "Make a key for each request, such as a UUID."
    )


class KeyReused(RuleBroken):
    """The key was sent with another request before."""

    title = Words("Avain on jo käytetty", "Key reused")
    detail = Words(
        "Tällä avaimella on jo lähetetty toisenlainen pyyntö. Mitään ei tallennettu.",
        "Another request was sent with this key before. Nothing was stored.",
    )
    cure = Words(
        "Anna uudelle pyynnölle uusi avain. Toistettavan pyynnön pitää olla täsmälleen ensimmäisen kaltainen.",
        "Give a new request a new key. A request that is sent again must equal the first in path, query and body.",
    )


class KeyInUse(Conflict):
    """A request with this key is still running."""

    title = Words("Avain on käytössä", "Key in use")
    detail = Words(
        "Samalla avaimella lähetetty pyyntö on vielä kesken.", "A request with the same key is still running."
    )
    cure = Words(
        "Odota otsakkeen Retry-After verran ja lähetä sama pyyntö uudestaan samalla avaimella.",
        "Wait as Retry-After says, then send the same request with the same key again.",
    )


@dataclass(frozen=True)
class Answer:
    """An answer as it was given the first time."""

    status: int
    headers: Headers
    body: bytes

    @classmethod
    def of(cls, response: Response) -> "Answer":
        """What is kept of a finished response: all but its length, which follows from the body."""
        headers = [(name, value) for name, value in response.headers.items() if name != "content-length"]
        return cls(response.status_code, headers, bytes(response.body))

    def response(self) -> Response:
        """The answer as a response, byte for byte."""
        response = Response(self.body, self.status)
        for name, value in self.headers:
            response.headers.append(name, value)
        return response


class Replayed(Exception):
    """There is an answer to this request already."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__("answered before")

    def response(self) -> Response:
        """The first answer, marked as a repetition."""
        response = self.answer.response()
        response.headers[REPLAYED] = "true"
        return response


@dataclass
class Key:
    """The key of a request, with the hash of what it stands for: method, path, query and body."""

    key: str
    operation: str
    caller_id: uuid.UUID | None = None
    hash: blake2b = field(default_factory=lambda: blake2b(digest_size=32))
    answer: Answer | None = None
    wait_until: float = field(default_factory=lambda: time.monotonic() + WAIT_S)

    def covers(self, body: bytes) -> None:
        """Take a part of the request into the hash."""
        self.hash.update(body)

    def claim(self, session: Session) -> None:
        """Make the key this transaction's own, waiting for another that has it. An expired one counts as none.

        Raises Replayed where it is answered already, KeyReused, KeyInUse.
        """
        connection, now = session.connection(), clock.now()
        row = {
            "operation": self.operation,
            "request_hash": self.hash.hexdigest(),
            "status": 0,
            "headers": [],
            "body": b"",
            "created_at": now,
        }
        claim = (
            upsert_for(connection.dialect.name)(_kept)
            .values(caller_id=self.caller_id, key=self.key, **row)
            .on_conflict_do_update(
                index_elements=["caller_id", "key"], set_=row, where=_kept.c.created_at <= now - KEPT
            )
            .returning(_kept.c.key)
        )
        if not self._is_claimed(connection, claim):
            self._replay(session, select(_kept))

    def _is_claimed(self, connection: Connection, claim: Any) -> bool:
        if connection.dialect.name == "sqlite":  # one transaction writes at a time: nobody has it half-way
            return connection.scalar(claim) is not None
        most_ms = max(100, round((self.wait_until - time.monotonic()) * 1000))
        connection.execute(select(func.set_config("lock_timeout", f"{most_ms}ms", True)))
        try:
            mine = connection.scalar(claim)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCK_TIMEOUT:
                raise KeyInUse(retry_after_s=RETRY_AFTER_S) from None
            raise
        connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
        return mine is not None

    def look(self, session: Session) -> None:
        """Nothing, where the key is new. Raises Replayed where it is answered already, KeyReused."""
        self._replay(session, select(_kept).where(_kept.c.created_at > clock.now() - KEPT))

    def _replay(self, session: Session, kept: Any) -> None:
        found = session.connection().execute(self._own(kept)).one_or_none()
        if found is None:
            return
        if found.request_hash != self.hash.hexdigest():
            raise KeyReused()
        raise Replayed(Answer(found.status, [(name, value) for name, value in found.headers], found.body))

    def keep(self, session: Session) -> None:
        """Store the answer in the transaction that claimed the key, and remove some keys that have expired."""
        assert self.answer is not None, "a key is kept when its answer is finished"
        connection, given = session.connection(), self.answer
        connection.execute(self._own(update(_kept)).values(status=given.status, headers=given.headers, body=given.body))
        _purge(connection)

    def _own(self, statement: Any) -> Any:
        return statement.where(_kept.c.caller_id == self.caller_id, _kept.c.key == self.key)


def forget(session: Session, texts: Iterable[str]) -> int:
    """Remove the kept answers that say one of some texts, and answer how many there were.

    Whoever sends such a request again does it anew.
    """
    connection = session.connection()
    holds = func.instr if connection.dialect.name == "sqlite" else func.pg_catalog.position
    said = (json.dumps(text, ensure_ascii=False)[1:-1].encode() for text in texts)
    return connection.execute(delete(_kept).where(or_(false(), *(holds(_kept.c.body, t) > 0 for t in said)))).rowcount


def _purge(connection: Connection) -> None:
    """Remove some expired keys: last in the transaction, and past those that others remove, so nobody waits."""
    ids = (_kept.c.caller_id, _kept.c.key)
    expired = (
        select(*ids)
        .where(_kept.c.created_at <= clock.now() - KEPT)
        .order_by(_kept.c.created_at)
        .limit(PURGED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    connection.execute(delete(_kept).where(tuple_(*ids).in_(expired)))


class KeyLocks:
    """Who has which key in this process: a second request waits here, and holds nothing that the first needs."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[uuid.UUID | None, str], anyio.Lock] = WeakValueDictionary()

    def in_use(self) -> int:
        """How many keys have a request running."""
        return len(self._locks)

    @asynccontextmanager
    async def held(self, key: Key) -> AsyncIterator[None]:
        """Have the key alone. Raises KeyInUse where another request has it for too long."""
        lock = self._locks.setdefault((key.caller_id, key.key), anyio.Lock())
        key.wait_until = time.monotonic() + WAIT_S
        try:
            with anyio.fail_after(WAIT_S):
                await lock.acquire()
        except TimeoutError:
            raise KeyInUse(retry_after_s=RETRY_AFTER_S) from None
        try:
            yield
        finally:
            lock.release()


def key_of(request: Request, operation: str) -> Key | None:
    """The key that came with a request, bare or in quotes (a structured field). Raises KeyMalformed."""
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    if len(given) > 1 or not re.fullmatch(FORM, given[0]):
        raise KeyMalformed()
    key = given[0][1:-1] if given[0].startswith('"') else given[0]
    query = urlencode(sorted(request.query_params.multi_items()))
    found = Key(key, operation)
    found.covers("\n".join((request.method, request.scope["path"], query, "")).encode())
    return found
