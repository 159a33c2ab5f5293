"""Entity tags (RFC 9110): ``"v3-1f0c..."`` of an item, ``"1f0c..."`` of a list."""

import re
from hashlib import blake2b
from typing import Annotated

from fastapi import Depends, Header

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_LIST = re.compile(r'[\s,]*(?:W/)?"[^"]*"(?:\s*,[\s,]*(?:W/)?"[^"]*")*[\s,]*')  # with elements that are empty
_VERSION = re.compile(rb'"version":\s?(\d+)')


def of(body: bytes, *, versioned: bool) -> str:
    """The tag of finished bytes; with the item's version in front where it has one."""
    digest = blake2b(body, digest_size=8).hexdigest()
    matched = _VERSION.search(body) if versioned else None
    return f'"v{matched[1].decode()}-{digest}"' if matched else f'"{digest}"'


def listed(header: str) -> list[str]:
    """The tags of an If-Match or If-None-Match header, without quotes; ``W/``, which proxies add, is dropped.

    ``*`` alone stands for any; a header of another form names none.
    """
    if header.strip() == "*":
        return ["*"]
    return _TAG.findall(header) if _LIST.fullmatch(header) else []


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Whether the client has the answer with this tag already."""
    if if_none_match is None:
        return False
    known = listed(if_none_match)
    return "*" in known or tag.strip('"') in known


async def _if_match(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description='ETag of the version that you read; `"v3"` suffices.',
            examples=['"v1"'],
            max_length=1000,
        ),
    ] = None,
) -> list[str] | None:
    return None if if_match is None else listed(if_match)


IfMatch = Annotated[list[str] | None, Depends(_if_match)]
