"""Whole numbers in addresses, written in one way: ``05``, ``+5``, ``5_0`` and ``5.0`` are not 5."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")


def _written_plainly(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_written_plainly)]
