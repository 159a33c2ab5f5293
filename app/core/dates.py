"""Dates as ISO 8601 writes them, and in no other way: ``0`` is not 1970. And days that must have come."""

import re
from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from app.core import clock
from app.core.errors import Fault
from app.core.faults import FaultFound
from app.core.language import Words

NOT_YET = Words("Päivä on vasta tulossa. Tänään on {today}.", "That day is still to come. Today is {today}.")
FIRST_YEAR, LAST_YEAR = 1800, 2199
FOR_EVER = date.max  # as files say it
WRONG_YEAR = Words(
    f"Vuosi ei ole välillä {FIRST_YEAR}-{LAST_YEAR}. Tarkista vuosi.",
    f"The year is not between {FIRST_YEAR} and {LAST_YEAR}. Check the year.",
)
TOO_EARLY = Words("Aikaisintaan {first}.", "{first} at the earliest.")
TOO_LATE = Words("Viimeistään {last}.", "{last} at the latest.")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_as_iso(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _ISO.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a date such as 2026-03-12")


def read(text: str) -> date | None:
    """The day that a text writes as ISO 8601 does, ``2026-03-12``; None where it writes none."""
    with suppress(ValueError):
        return date.fromisoformat(text) if _ISO.fullmatch(text) else None
    return None


def _in_our_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR and day != FOR_EVER:
        raise FaultFound("wrong-year", WRONG_YEAR)
    return day


AnyDay = Annotated[date, BeforeValidator(_written_as_iso)]  # that is asked about
Day = Annotated[AnyDay, AfterValidator(_in_our_time)]  # that is recorded


def between(first: date, last: date = FOR_EVER) -> AfterValidator:
    """The rule that a day lies between two, both included."""

    def judged(day: date) -> date:
        if day < first:
            raise FaultFound("too-small", TOO_EARLY.about(first=first))
        if day > last:
            raise FaultFound("too-large", TOO_LATE.about(last=last))
        return day

    return AfterValidator(judged)


def faults_of_future(day: date, pointer: str) -> list[Fault]:
    """What is wrong with a day on which something is said to have been: it is still to come."""
    today = clock.today()
    return [Fault("in-the-future", NOT_YET.about(today=today), pointer=pointer)] if day > today else []
