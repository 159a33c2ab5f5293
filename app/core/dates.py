"""Dates as ISO 8601 writes them, and in no other way: ``0`` is not 1970."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_as_iso(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _ISO.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a date such as 2026-03-12")


Day = Annotated[date, BeforeValidator(_written_as_iso)]
