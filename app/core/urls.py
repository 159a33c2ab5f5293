"""Addresses of other sites, as texts."""

from typing import Annotated

from pydantic import StringConstraints

FORM = r"^https?://[^\s<>\"]+$"
WebAddress = Annotated[str, StringConstraints(pattern=FORM, max_length=300)]
