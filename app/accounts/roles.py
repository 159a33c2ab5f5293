"""Scopes and roles: what may be done, and by whom, as data. Plan 2.5, 8.1."""

from enum import StrEnum

from app.core.language import Words


class Role(StrEnum):
    """What a person is to the system."""

    admin = "admin"
    reader = "reader"


SCOPES: dict[str, Words] = {
    "places:write": Words("Muuttaa kohtaamispaikkoja", "Change meeting places"),
    "visits:read": Words("Lukea päivien käyntimääriä", "Read the counts of single days"),
    "visits:write": Words("Kirjata käyntejä", "Record visits"),
    "imports:read": Words("Lukea tuontien raportteja", "Read the reports of imports"),
    "imports:write": Words("Tuoda tiedostoja", "Import files"),
}

SCOPES_OF: dict[Role, frozenset[str]] = {
    Role.admin: frozenset(SCOPES),
    Role.reader: frozenset({"visits:read", "imports:read"}),
}
