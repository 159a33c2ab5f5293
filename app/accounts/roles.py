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
    "organisations:write": Words("Muuttaa organisaatioita", "Change organisations"),
    "persons:read": Words("Nähdä verkostojen henkilöt ja heidän yhteystietonsa", "See the persons of networks"),
    "persons:write": Words("Muuttaa verkostojen henkilöitä", "Change the persons of networks"),
    "networks:write": Words("Muuttaa verkostoja", "Change networks"),
    "seats:write": Words("Avata ja päättää paikkoja verkostoissa", "Open and end seats in networks"),
    "meetings:read": Words("Nähdä kokousten sisäiset asiat", "See what meetings keep to their members"),
    "meetings:write": Words("Kutsua kokouksia koolle ja kirjata ne", "Plan and record meetings"),
    "evaluations:read": Words("Lukea arviointeja", "Read evaluations"),
    "evaluations:write": Words("Kirjata arviointeja", "Record evaluations"),
    "goals:read": Words("Lukea tavoitteiden seurantaa", "Read how goals go"),
    "goals:write": Words("Kirjata tavoitteiden seurantaa", "Note how goals go"),
    "materials:write": Words("Kirjata asiakirjojen tarkistuksia", "Record reviews of documents"),
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
    Role.network_lead: frozenset(
        {
            *("networks:write", "seats:write", "persons:read", "meetings:read", "meetings:write"),
            *("goals:read", "goals:write", "materials:write", "evaluations:read", "visits:read", "imports:read"),
        }
    ),
    Role.place_contact: frozenset(
        {
            *("places:write", "visits:read", "visits:write", "imports:read", "imports:write", "users:read"),
            *("users:write", "evaluations:read", "evaluations:write", "seats:write", "persons:read"),
            *("meetings:read", "meetings:write", "goals:read"),
        }
    ),
    Role.recorder: frozenset({"visits:read", "visits:write"}),
    Role.reader: frozenset({"visits:read", "imports:read", "meetings:read", "evaluations:read", "goals:read"}),
}
