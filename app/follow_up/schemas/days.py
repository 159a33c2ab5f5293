"""Days that can be asked about."""

from datetime import date
from typing import Annotated

from app.core.dates import AnyDay, between

FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)
DayAsked = Annotated[AnyDay, between(FIRST, LAST)]
