"""Now, from one place, so that tests can choose the day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def now() -> datetime:
    """This instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def today() -> date:
    """The date that a calendar on a Finnish wall shows now."""
    return now().astimezone(HELSINKI).date()
