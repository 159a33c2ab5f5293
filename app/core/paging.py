"""Lists: a page of items and the way to the next one, stable while rows come and go."""

import base64
import binascii
import hmac
from collections.abc import Sequence
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


def page(session: Session, rows: Select[Any], window: Window, request: Request, response: Response) -> dict[str, Any]:
    """One page of ``rows``, which must be ordered by columns that it selects and that are never null, the last unique.

    Sets the ``Link`` header where there is a next page. Raises Invalid for a cursor that this list did not give.
    """
    seal = blake2b(request.scope["path"].encode(), key=request.app.state.cursor_key, digest_size=8)
    found, bookmark = _part(session, rows, window.limit, _opened(window.cursor, seal))
    following = _closed(bookmark, seal) if bookmark else None
    if following:
        following_url = request.url.include_query_params(cursor=following)
        response.headers["Link"] = f'<{following_url.path}?{following_url.query}>; rel="next"'
    total = None
    if window.count:
        total = session.scalar(select(func.count()).select_from(rows.order_by(None).subquery()))
    return {"items": [row[0] if len(row) == 1 else row for row in found], "next": following, "total": total}


def _part(session: Session, rows: Select[Any], limit: int, after: str | None) -> tuple[Sequence[Any], str | None]:
    """Rows after a bookmark, and the bookmark of the last of them where more follow.

    sqlakeyset's own ``select_page`` compiles every column of a list to find its keys: a quarter of a request.
    """
    keys = parse_ob_clause(rows)
    if after is not None:
        place = unserialize_bookmark(after).place
        rows = rows.where(where_condition_for_page(keys, place, session.get_bind().dialect))
    found = session.execute(rows.limit(limit + 1)).all()
    if len(found) <= limit:
        return found, None
    last = Marker(tuple(_value(found[limit - 1], key.element) for key in keys))
    return found[:limit], serialize_bookmark(last)


def _value(row: Any, column: Any) -> Any:
    """What a row has in a column: its own, or that of its entity."""
    return row._mapping[column] if column in row._mapping else getattr(row[0], column.key)


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
