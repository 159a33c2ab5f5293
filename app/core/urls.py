"""Addresses of other sites, as texts."""

from typing import Annotated

from pydantic import StringConstraints

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=300)]
