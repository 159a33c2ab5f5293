"""Scopes and roles: what may be done, and by whom, as data. Plan 2.5, 8.1, 8.3, 8.6."""

from enum import StrEnum

from app.core.language import Words

EVERYTHING = "everything"  # the kind of a grant that holds wherever there is something


class Role(StrEnum):
    """What somebody is to the system, somewhere."""

    admin = "admin"
    coordinator = "coordinator"
    network_lead = "network_lead"
    place_contact = "place_contact"
    recorder = "recorder"
    reader = "reader"


SCOPES: dict[str, Words] = {
    "places:write": Words("Muuttaa kohtaamispaikkoja", "Change meeting places"),
    "visits:read": Words("Lukea päivien käyntimääriä", "Read the counts of single days"),
    "visits:write": Words("Kirjata käyntejä", "Record visits"),
    "areas:write": Words("Tuoda alueita", "Import areas"),
    "indicators:write": Words("Tuoda indikaattorien arvoja", "Import values of indicators"),
    "imports:read": Words("Lukea tuontien raportteja", "Read the reports of imports"),
    "imports:write": Words("Tuoda tiedostoja", "Import files"),
    "users:read": Words("Nähdä, kenellä on tunnus ja mitä oikeuksia", "See who can sign in and may do what"),
    "users:write": Words("Kutsua käyttäjiä, antaa ja päättää oikeuksia", "Invite people, give and end grants"),
    "tokens:write": Words("Tehdä koneiden tunnisteita", "Make tokens for machines"),
    "audit:read": Words("Nähdä, kuka muutti mitä", "See who changed what"),
}

SCOPES_OF: dict[Role, frozenset[str]] = {
    Role.admin: frozenset(SCOPES),
    Role.coordinator: frozenset(SCOPES) - {"areas:write", "tokens:write"},
    Role.network_lead: frozenset({"visits:read", "imports:read"}),
    Role.place_contact: frozenset(
        {"places:write", "visits:read", "visits:write", "imports:read", "imports:write", "users:read", "users:write"}
    ),
    Role.recorder: frozenset({"visits:read", "visits:write"}),
    Role.reader: frozenset({"visits:read", "imports:read"}),
}
