"""Public holidays and their eves: days on which nobody is asked to meet. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays

from app.core.localized import Localized

LANGUAGES = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}  # as the library calls them


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> Mapping[date, Localized]:
    """The public holidays of a country (ISO 3166 code) from the first day of a year to the day after its last."""
    found = holidays.country_holidays(country, years=(year, year + 1))
    named = {
        ours: holidays.country_holidays(country, years=(year, year + 1), language=theirs)
        for ours, theirs in LANGUAGES.items()
        if theirs in found.supported_languages
    }
    return {
        day: Localized(**{"fi": name, **{ours: names[day] for ours, names in named.items()}})
        for day, name in sorted(found.items())
        if date(year, 1, 1) <= day <= date(year + 1, 1, 1)
    }


def eves(days: Mapping[date, Localized]) -> Mapping[date, Localized]:
    """The days before some holidays that are no holidays themselves, each with the holiday it is the eve of.

    Where an eve counts as a holiday, as Christmas Eve does, the day before it is none.
    """
    following = {day - timedelta(days=1): name for day, name in days.items() if day - timedelta(days=1) not in days}
    return {day: name for day, name in following.items() if day + timedelta(days=2) not in days}
