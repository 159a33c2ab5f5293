"""Import of members: seats of networks, and the persons who hold them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.reach import Kinds
from app.accounts.rules import Caller, address_of
from app.accounts.service.callers import ScopeMissing
from app.core import clock
from app.core.database import Work
from app.core.errors import Fault, Invalid, Refusal, code_of
from app.core.language import Words
from app.core.rows import judged
from app.core.spreadsheets import unsafed
from app.core.text import folded
from app.core.validity import overlap
from app.networks import queries
from app.networks.models import Network, NetworkRole, Seat
from app.networks.queries import NETWORK, ROLE, SEAT
from app.networks.schemas import SeatPatch, SeatWrite
from app.networks.service import networks, seats
from app.organisations.models import Person
from app.organisations.queries import ORGANISATION, PERSON
from app.organisations.schemas import PersonWrite
from app.organisations.service import persons
from app.places.queries import PLACE
from app.transfer import cells
from app.transfer.kinds import OnDifferent, Reader, different
from app.transfer.reports import RowOutcome
from app.transfer.table_files import Column, FileRow, TableFile

MOST_ROWS = 5000
KEPT_FOR = timedelta(days=730)  # after the seat
KEPT_AT_MOST = timedelta(days=3650)
PURPOSE = "Verkoston jäsen / member of a network"

MISSING = Words("Pakollinen tieto puuttuu.", "This is required.")
NO_NETWORK = Words("Verkostoa {name} ei ole.", "There is no network {name}.")
NO_ORGANISATION = Words(
    "Organisaatiota {name} ei ole. Perusta se (POST /v1/organisations) tai korjaa nimi.",
    "There is no organisation {name}. Add it (POST /v1/organisations), or mend the name.",
)
NO_PLACE = Words("Kohtaamispaikkaa {name} ei ole.", "There is no meeting place {name}.")
NO_ROLE = Words("Verkoston roolit ovat: {known}.", "The roles of this network are: {known}.")
AMBIGUOUS = Words(
    "Tämänniminen on useampi. Käytä tunnusta (slug).", "There is more than one of this name. Use the slug."
)
OUT_OF_REACH = Words("Sinulla ei ole oikeutta tämän verkoston paikkoihin.", "You may not change seats of this network.")
TOO_MANY = Words(f"Tiedostossa on yli {MOST_ROWS} riviä. Jaa se.", f"The file has over {MOST_ROWS} rows. Split it.")
STORED_OTHERWISE = Words(
    "Osoitteella on tallennettu toinen nimi tai organisaatio. Korjaa rivi tai henkilön tiedot (/v1/persons).",
    "Another name or organisation is stored with this address. Mend the row, or the person (/v1/persons).",
)
# Where a fault of a seat or a person shows in the file.
COLUMN_OF = {
    "/person": "person",
    "/display_name": "person",
    "/work_email": "email",
    "/role": "role",
    "/organisation": "organisation",
    "/place": "place",
    "/valid_from": "from",
    "/valid_to": "to",
}


class _LeftAsItIs(Exception):
    """A row that changes nothing: what was begun for it is to be undone."""

    def __init__(self, outcome: RowOutcome) -> None:
        super().__init__(outcome.ref)
        self.outcome = outcome


class Members:
    """Seats of networks: network, organisation, person, e-mail, role, from, to."""

    scope: ClassVar = "seats:write"
    is_for_all: ClassVar = False
    columns: ClassVar[Sequence[Column]] = (
        Column("network", ("network", "verkosto", "työryhmä", "nätverk"), is_needed=True),
        Column("organisation", ("organisation", "organisaatio", "taho"), is_needed=True),
        Column("person", ("person", "henkilö", "nimi", "name", "jäsen")),
        Column("email", ("e-mail", "email", "sähköposti")),
        Column("role", ("role", "rooli", "roll"), is_needed=True),
        Column("from", ("from", "alkaa", "alkaen", "valid_from")),
        Column("to", ("to", "päättyy", "asti", "valid_to")),
        Column("place", ("place", "paikka", "kohtaamispaikka")),
        *(Column(name, (name,), is_ignored=True) for name in ("office", "virka", "deputy", "varahenkilö")),
        *(Column(n, (n,), is_ignored=True) for n in ("e-mail of deputy", "varahenkilön sähköposti")),
    )

    def __init__(self, session: Work, file: TableFile, on_different: OnDifferent, caller: Caller) -> None:
        self._file, self._on_different, self._caller = file, on_different, caller
        self._known = _Known(session, caller)
        self._read = 0

    def block(self, session: Work, rows: Sequence[FileRow]) -> list[RowOutcome]:
        # All networks at once and in order: two imports, or an import and a change, never wait for each other.
        named = self._known.networks_of(row.cells.get("network", "") for row in rows)
        held = select(NETWORK.id).where(NETWORK.id.in_(named)).order_by(NETWORK.id)
        session.execute(held.with_for_update(key_share=True))
        return [self._row(session, Reader(self._file, row)) for row in rows]

    def _row(self, session: Work, cell: Reader) -> RowOutcome:
        self._read += 1
        ref = " ".join(cell.text(name) for name in ("network", "organisation", "role"))[:200]
        if self._read > MOST_ROWS:
            cell.fault("network", "too-many-rows", TOO_MANY)
        wanted = self._wanted(cell) if not cell.faults else None
        if wanted is None or cell.faults:
            return RowOutcome(cell.row.number, ref, "rejected", tuple(cell.faults))
        try:
            with session.attempt():
                return self._stored(session, cell, ref, *wanted)
        except _LeftAsItIs as left:
            return left.outcome
        except Refusal as refused:
            return RowOutcome(cell.row.number, ref, "rejected", tuple(self._in_file(refused, cell)))

    def _wanted(self, cell: Reader) -> tuple[Network, NetworkRole, dict[str, Any]] | None:
        """What a row asks for: the network, the role, and the organisation, place and validity of a seat."""
        network = self._known.network(cell)
        if network is None:
            return None
        role = self._known.role(cell, network)
        wanted = {
            "organisation": self._known.organisation(cell, network),
            "place": self._known.place(cell, network),
            "valid_from": cell.read("from", cells.day) if cell.text("from") else None,
            "valid_to": cell.read("to", cells.day) if cell.text("to") else None,
        }
        if role is not None and role.names_person and not cell.text("organisation"):
            cell.fault("organisation", "missing", MISSING)
        return (network, role, wanted) if role is not None else None

    def _stored(
        self, session: Work, cell: Reader, ref: str, network: Network, role: NetworkRole, wanted: dict[str, Any]
    ) -> RowOutcome:
        person = self._person(session, cell, network, wanted)
        found = self._seat(session, network, role, wanted, person)
        if found is None:
            body = {"role": role.code, "person": str(person.id) if person else None, **_as_text(wanted)}
            seats.open(session, network, judged(SeatWrite, body), self._caller)
            return RowOutcome(cell.row.number, ref, "created")
        changed = self._changed(cell, found, wanted, person)
        if not changed:
            return RowOutcome(cell.row.number, ref, "unchanged")
        told = {name: (_told(old), _told(new)) for name, (old, new) in changed.items()}
        outcome = different(self._on_different, told, cell.row.number, ref)
        if outcome.action != "updated":
            raise _LeftAsItIs(outcome)  # and nobody new is stored for it
        patch = {name: new if new is None else str(new) for name, (_, new) in changed.items() if name != "held"}
        patch |= {"person": str(person.id)} if person and found.person_id is None else {}
        seats.change(session, found, judged(SeatPatch, patch), self._caller)
        return outcome

    def _changed(
        self, cell: Reader, seat: Seat, wanted: dict[str, Any], person: Person | None
    ) -> dict[str, tuple[Any, Any]]:
        """What of a seat differs from its row: name -> (old, new). Persons are not named here."""
        changed: dict[str, tuple[Any, Any]] = {}
        if wanted["valid_from"] is not None and wanted["valid_from"] != seat.valid_from:
            changed["valid_from"] = (seat.valid_from, wanted["valid_from"])
        if cell.has("to") and wanted["valid_to"] != seat.valid_to:
            changed["valid_to"] = (seat.valid_to, wanted["valid_to"])
        if person is not None and seat.person_id is None:
            changed["held"] = (False, True)
        return changed

    def _seat(
        self, session: Work, network: Network, role: NetworkRole, wanted: dict[str, Any], person: Person | None
    ) -> Seat | None:
        """The seat that a row means: of the same holder, or a vacant one that it fills."""
        lasts = (wanted["valid_from"] or clock.today(), wanted["valid_to"])
        fitting = [
            seat
            for seat in session.scalars(queries.seats_of_role(network.id, role.id))
            if seat.organisation_id == wanted["organisation"]
            and (wanted["place"] is None or seat.place_id == wanted["place"])
            and overlap((seat.valid_from, seat.valid_to), lasts)
        ]
        if person is None:
            return next((seat for seat in fitting if seat.person_id is None), None)
        same = [seat for seat in fitting if seat.person_id == person.id]
        return next(iter(same), None) or next((seat for seat in fitting if seat.person_id is None), None)

    def _person(self, session: Work, cell: Reader, network: Network, wanted: dict[str, Any]) -> Person | None:
        """Who a row names, added where they are new; None where it names nobody. Raises Refusal."""
        name, email = unsafed(cell.text("person")), address_of(unsafed(cell.text("email")))
        if not name and not email:
            return None
        found = self._named(session, network, wanted["organisation"], name, email)
        if found is not None:
            differs = (name and folded(name) != folded(found.display_name)) or (
                found.organisation_id != wanted["organisation"]
            )
            if differs:  # whoever may change a person's address must not come to a seat by it
                raise Invalid(faults=[Fault("stored-otherwise", STORED_OTHERWISE, pointer="/work_email")])
            return found
        today = clock.today()
        until = min(max(wanted["valid_to"] or today, today), today + KEPT_AT_MOST - KEPT_FOR) + KEPT_FOR
        body = {
            "display_name": name,
            "work_email": email or None,
            "organisation": str(wanted["organisation"]),
            "purpose": PURPOSE,
            "retention_until": str(until),
        }
        write = judged(PersonWrite, body)
        if persons.WRITE not in self._caller.scopes:
            raise ScopeMissing(scope=persons.WRITE)
        return persons.add(session, Kinds(()), self._caller, write)

    def _named(
        self, session: Session, network: Network, organisation_id: uuid.UUID | None, name: str, email: str
    ) -> Person | None:
        """Who is stored with an address, else with a name, of those whom the caller may name."""
        sits_here = select(SEAT.person_id).where(SEAT.network_id == network.id, SEAT.person_id.is_not(None))
        may_be_named = persons.reachable(session, self._caller, persons.READ)
        if seats.knows(session, self._caller, network):
            may_be_named |= PERSON.id.in_(sits_here)
        in_county = select(Person).where(PERSON.county_id == network.county_id, may_be_named)
        if email:
            return session.scalars(in_county.where(PERSON.work_email == email)).first()
        named = in_county.where(PERSON.organisation_id == organisation_id, PERSON.search_name == folded(name))
        found = session.scalars(named.limit(2)).all()
        return found[0] if len(found) == 1 else None

    def _in_file(self, refused: Refusal, cell: Reader) -> list[Fault]:
        """A refusal as faults of the row's cells."""
        number = cell.row.number
        if not refused.faults:
            return [Fault(code_of(type(refused)), refused.words, row=number)]
        headings = self._file.headings
        return [
            fault.at(row=number, pointer=None, column=headings.get(COLUMN_OF.get(fault.pointer or "", "")))
            for fault in refused.faults
        ]


def _told(value: Any) -> Any:
    return str(value) if isinstance(value, date) else value


def _as_text(wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value is None else str(value) for name, value in wanted.items()}


class _Known:
    """Networks, roles, organisations and places by all that people call them."""

    def __init__(self, session: Session, caller: Caller) -> None:
        self._networks = _Called(session.scalars(select(Network)).all())
        reached = select(NETWORK.id).where(networks.reachable(session, caller, Members.scope))
        self._reached = set(session.scalars(reached))
        self._roles: dict[uuid.UUID, list[NetworkRole]] = defaultdict(list)
        for role in session.scalars(select(NetworkRole).order_by(ROLE.position)):
            self._roles[role.kind_id].append(role)
        self._organisations = _by_county(
            session.execute(select(ORGANISATION.id, ORGANISATION.slug, ORGANISATION.name, ORGANISATION.county_id)).all()
        )
        self._places = _by_county(session.execute(select(PLACE.id, PLACE.slug, PLACE.name, PLACE.county_id)).all())

    def networks_of(self, names: Iterable[str]) -> set[uuid.UUID]:
        """Ids of the networks that are called so."""
        return {network.id for name in set(names) for network in self._networks.called(name)}

    def network(self, cell: Reader) -> Network | None:
        """The network that a row means, within reach; None, and a fault, where there is none."""
        found: Network | None = self._networks.one(cell, "network", NO_NETWORK, "unknown-network")
        if found is not None and found.id not in self._reached:
            cell.fault("network", "out-of-reach", OUT_OF_REACH)
            return None
        return found

    def role(self, cell: Reader, network: Network) -> NetworkRole | None:
        """The role that a row means, by code or name; None, and a fault, where there is none."""
        roles = self._roles[network.kind_id]
        text = folded(cell.text("role"))
        for role in roles:
            if text in (role.code, *(folded(name) for name in role.name.stored().values())):
                return role
        known = ", ".join(role.name.fi for role in roles)
        cell.fault("role", "unknown-role", NO_ROLE.about(known=known))
        return None

    def organisation(self, cell: Reader, network: Network) -> uuid.UUID | None:
        """The organisation of the county that a row means; None where the cell is blank, or with a fault."""
        if not cell.text("organisation"):
            return None
        found = self._organisations[network.county_id].one(
            cell, "organisation", NO_ORGANISATION, "unknown-organisation"
        )
        return found.id if found is not None else None

    def place(self, cell: Reader, network: Network) -> uuid.UUID | None:
        """The meeting place of the county that a row means; None where the cell is blank, or with a fault."""
        if not cell.text("place"):
            return None
        found = self._places[network.county_id].one(cell, "place", NO_PLACE, "unknown-place")
        return found.id if found is not None else None


class _Called:
    """Things by slug and by name."""

    def __init__(self, found: Sequence[Any]) -> None:
        self._by_slug = {row.slug: row for row in found}
        self._by_name: dict[str, list[Any]] = defaultdict(list)
        for row in found:
            for name in {folded(name) for name in row.name.stored().values()}:
                self._by_name[name].append(row)

    def called(self, text: str) -> list[Any]:
        """All that a text may mean."""
        slug = self._by_slug.get(text.lower())
        return [slug] if slug is not None else self._by_name.get(folded(text), [])

    def one(self, cell: Reader, column: str, unknown: Words, code: str) -> Any:
        """The thing that a cell means; None, and a fault, where there is none or more than one."""
        text = cell.text(column)
        named = self._by_name.get(folded(text), [])
        found = self._by_slug.get(text.lower()) or (named[0] if len(named) == 1 else None)
        if found is None:
            cell.fault(column, "ambiguous" if named else code, AMBIGUOUS if named else unknown.about(name=text[:100]))
        return found


def _by_county(found: Sequence[Any]) -> dict[uuid.UUID, _Called]:
    grouped: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in found:
        grouped[row.county_id].append(row)
    return defaultdict(lambda: _Called([]), {county: _Called(rows) for county, rows in grouped.items()})
