"""Addresses: of other sites, as texts, and of this server."""

from typing import Annotated

from fastapi import Request
from pydantic import StringConstraints

from app.core import patterns

WebAddress = Annotated[str, StringConstraints(pattern=patterns.WEB_ADDRESS, max_length=300)]


def base(request: Request) -> str:
    """Where people reach this server: as it is set, else where the request was sent to; without a slash at the end."""
    return (request.app.state.settings.public_url or str(request.base_url)).rstrip("/")
