"""Lists: a page of items and the way to the next one, stable while rows come and go."""

import base64
import binascii
import hmac
from collections.abc import AsyncIterator
from hashlib import blake2b
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from sqlakeyset import serialize_bookmark, unserialize_bookmark
from sqlakeyset.columns import parse_ob_clause
from sqlakeyset.paging import where_condition_for_page
from sqlakeyset.types import Marker
from sqlalchemy import Select, func, select
from sqlmodel import Session

from app.core.database import DatabaseDep, for_request
from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.core.numbers import Whole

Item = TypeVar("Item")
_BAD_CURSOR = Words(
    "Kursori ei kelpaa. Käytä vastauksen next-arvoa sellaisenaan tai aloita alusta ilman kursoria.",
    "This cursor can't be used. Take the value of next as it is, or start without a cursor.",
)


class Page(BaseModel, Generic[Item]):
    """A page of a list. The next page is the same request with ``cursor`` set to ``next``."""

    items: list[Item]
    next: str | None
    total: int | None = None


class Window(BaseModel):
    """Which part of a list is asked for."""

    limit: int
    cursor: str | None
    count: bool


async def _window(
    limit: Annotated[Whole, Query(ge=1, le=200, description="How many items at most.")] = 50,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")] = None,
    count: Annotated[Literal["exact"] | None, Query(description="`exact` adds `total`.")] = None,
) -> Window:
    return Window(limit=limit, cursor=cursor, count=count == "exact")


WindowDep = Annotated[Window, Depends(_window)]


async def _session(database: DatabaseDep, window: WindowDep) -> AsyncIterator[Session]:
    async with for_request(database, is_snapshot=window.count) as session:
        yield session


# For a list of one statement: it needs a snapshot only where its total is asked for too.
PageSession = Annotated[Session, Depends(_session, scope="function")]


def page(
    session: Session,
    rows: Select[Any],
    window: Window,
    request: Request,
    response: Response,
    *,
    entities: bool = False,
) -> dict[str, Any]:
    """One page of ``rows``, which must be ordered by columns that it selects and that are never null, the last unique.

    Sets the ``Link`` header where there is a next page. ``entities``: it selects whole entities, not columns.
    Raises Invalid for a cursor that this list did not give, in this order.
    """
    listed = f"{request.scope['path']}?sort={request.query_params.get('sort', '')}"
    seal = blake2b(listed.encode(), key=request.app.state.cursor_key, digest_size=8)
    part, limit, after = rows, window.limit, _opened(window.cursor, seal)
    if after is not None:
        place = unserialize_bookmark(after).place or ()
        part = rows.where(where_condition_for_page(parse_ob_clause(rows), place, session.get_bind().dialect))
    # Without the loader of entities. (Nor sqlakeyset's select_page: it compiles each column to find keys, for 1 ms.)
    found = (session if entities else session.connection()).execute(part.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        keys = [key.element for key in parse_ob_clause(rows)]
        place = tuple(getattr(last[0], str(key.key)) if entities else last[_index(rows, key)] for key in keys)
        following = _closed(serialize_bookmark(Marker(place)), seal)
        following_url = request.url.include_query_params(cursor=following)
        response.headers["Link"] = f'<{following_url.path}?{following_url.query}>; rel="next"'
    total = None
    if window.count:
        total = session.scalar(select(func.count()).select_from(rows.order_by(None).subquery()))
    items = [row[0] if len(row) == 1 else row for row in found[:limit]]
    return {"items": items, "next": following, "total": total}


def _index(rows: Select[Any], column: Any) -> int:
    """Where a list selects a column, under whatever name. Raises StopIteration where it does not."""
    selected = enumerate(rows.selected_columns)
    return next(index for index, one in selected if getattr(one, "element", one) is column)


def _closed(bookmark: str, seal: blake2b) -> str:
    """An opaque cursor: the bookmark behind a seal, so that only what we gave comes back."""
    text = bookmark.encode()
    return base64.urlsafe_b64encode(_sealed(text, seal) + text).decode().rstrip("=")


def _opened(cursor: str | None, seal: blake2b) -> str | None:
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    if not hmac.compare_digest(raw[:8], _sealed(raw[8:], seal)):
        raise Invalid(faults=[Fault("bad-cursor", _BAD_CURSOR, parameter="cursor")])
    return raw[8:].decode()


def _sealed(text: bytes, seal: blake2b) -> bytes:
    mine = seal.copy()
    mine.update(text)
    return mine.digest()
