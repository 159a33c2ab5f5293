"""What the permission walk asks of networks: its things, its requests, and what each of these takes."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.accounts.service.grants import OPERATOR
from app.areas.models import Area
from app.core import clock, rows
from app.core.database import Command, Work
from app.core.localized import Localized
from app.networks.models import Network, StepKind
from app.networks.schemas import (
    AgreementTermStepWrite,
    AgreementTermWrite,
    MemberListCheckWrite,
    NetworkKindSpec,
    NetworkSpec,
    SeatWrite,
)
from app.networks.service import agreement_terms, loading, member_list_checks, seats
from app.organisations.models import Organisation, Person
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.organisations.service import organisations

TAKES: dict[str, tuple[str, ...]] = {
    "foundNetwork": ("networks:write",),
    "changeNetwork": ("networks:write",),
    "exportMembers": ("persons:read",),
    "openSeat": ("seats:write",),
    "changeSeat": ("seats:write",),
    "beginAgreementTerm": ("networks:write",),
    "changeAgreementTerm": ("networks:write",),
    "recordAgreementTermStep": ("networks:write",),
    "eraseAgreementTermStep": ("networks:write",),
    "listMemberListChecks": ("meetings:read",),
    "recordMemberListCheck": ("networks:write",),
    "readMemberListCheck": ("meetings:read",),
    "removeMemberListCheck": ("networks:write",),
}
HERE = "/v1/networks/network-here"
FIRST = {"If-Match": '"v1"'}
CHAIR = {"code": "chair", "name": {"fi": "Puheenjohtaja"}, "holds_one": True, "carries": "network_lead"}
CONTACT = {
    "code": "contact",
    "name": {"fi": "Yhteyshenkilö"},
    "carries": "place_contact",
    "carries_on": "meeting_place",
}
MEMBER = {"code": "member", "name": {"fi": "Jäsen"}}
FAMILY = {"code": "family", "name": {"fi": "Perheiden edustaja"}, "names_person": False}


def settle(world: Any, session: Work) -> None:
    """A network in Mikkeli, one in Savonlinna, one in the county beside."""
    group = {"code": "walk", "name": {"fi": "Ryhmä"}, "roles": [CHAIR, CONTACT, MEMBER, FAMILY]}
    for county, where in (("county-12", {"here": "491", "far": "740"}), ("elsewhere", {"elsewhere": "999"})):
        county_id = rows.find(session, Area, county).id
        loading.load_kinds(session, county_id, [NetworkKindSpec.model_validate(group)])
        specs = [
            {"slug": f"network-{name}", "kind": "walk", "name": {"fi": f"Verkosto {name}"}, "area": area}
            for name, area in where.items()
        ]
        loading.load(session, county_id, [NetworkSpec.model_validate(spec) for spec in specs])
        for spec in specs:
            world.ids[spec["slug"]] = rows.find(session, Network, str(spec["slug"])).id
            _seat(session, world, str(spec["slug"]), county_id)


def _seat(session: Work, world: Any, slug: str, county_id: UUID) -> None:
    """An organisation, a person there who has not agreed to be named, and their seat in the network."""
    organisations.load_kinds(session, county_id, [OrganisationKindSpec(code="walk", name=Localized(fi="Seura"))])
    named = OrganisationSpec(slug=f"org-of-{slug}", kind="walk", name=Localized(fi=f"Seura {slug}"))
    organisations.load(session, county_id, [named])
    organisation = rows.find(session, Organisation, named.slug)
    person = rows.add(
        session,
        Person(
            county_id=county_id,
            organisation_id=organisation.id,
            display_name=f"Henkilö {slug}",
            work_email=f"{slug}@seura.example.org",
            purpose="Verkoston jäsen",
            sort_name=slug,
            search_name=slug,
            retention_until=clock.today() + timedelta(days=900),
        ),
    )
    network = rows.find(session, Network, slug)
    write = SeatWrite(role="member", organisation=named.slug, person=person.id, valid_from=date(2026, 1, 1))
    world.ids[f"seat-{slug}"] = seats.open(session, network, write, OPERATOR).id
    if slug == "network-here":
        world.ids["term"], world.ids["check"] = _term(world, session, network), _check(world, session, network)


def _day(world: Any) -> date:
    """A day on which nothing was."""
    return date(1990, 1, 1) + timedelta(days=world.next())


def _term(world: Any, session: Work, network: Network) -> UUID:
    """A term of one day, in which the goals were looked over."""
    day = _day(world)
    write = AgreementTermWrite(name=Localized(fi="Kausi"), starts_on=day, ends_on=day)
    term = agreement_terms.begin(session, network, write)
    done = AgreementTermStepWrite(done_on=day)
    agreement_terms.record_step(session, term, StepKind.review, "goals", done, None)
    return term.id


def _check(world: Any, session: Work, network: Network) -> UUID:
    return member_list_checks.record(session, network, MemberListCheckWrite(checked_on=_day(world))).id


def _made(world: Any, make: Any) -> UUID:
    """The id of a term or a check that is made for a request."""
    with world.database.writing(Command("test")) as session:
        made: UUID = make(world, session, rows.find(session, Network, "network-here"))
        return made


def _begin(world: Any, caller: str) -> Any:
    day = str(_day(world))
    return "POST", f"{HERE}/agreement-terms", {"json": {"name": {"fi": "Kausi"}, "starts_on": day, "ends_on": day}}


def _of_term(method: str, path: str, **options: Any) -> Any:
    """A request for a term that is made for it."""

    def request(world: Any, caller: str) -> Any:
        return method, f"/v1/agreement-terms/{_made(world, _term)}{path}", options

    return request


def _record_check(world: Any, caller: str) -> Any:
    return "POST", f"{HERE}/member-list-checks", {"json": {"checked_on": str(_day(world))}}


def _remove_check(world: Any, caller: str) -> Any:
    return "DELETE", f"/v1/member-list-checks/{_made(world, _check)}", {"headers": FIRST}


def _found(world: Any, caller: str) -> Any:
    body = {"kind": "walk", "name": {"fi": f"Perustettu {world.next()}"}, "area": "491"}
    return "POST", "/v1/networks", {"json": body}


def _change(world: Any, caller: str) -> Any:
    return "PATCH", HERE, {"json": {"purpose": {"fi": f"Tarkoitus {world.next()}"}}, "headers": world.version(HERE)}


def _open(world: Any, caller: str) -> Any:
    return "POST", f"{HERE}/seats", {"json": {"role": "member", "organisation": "org-of-network-here"}}


def _change_seat(world: Any, caller: str) -> Any:
    path = f"/v1/seats/{world.ids['seat-network-here']}"
    return "PATCH", path, {"json": {"office": {"fi": f"Virka {world.next()}"}}, "headers": world.version(path)}


def _read(path: str) -> Any:
    return lambda world, caller: ("GET", path, {})


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listNetworkKinds": _read("/v1/network-kinds"),
    "listNetworks": _read("/v1/networks"),
    "foundNetwork": _found,
    "readNetwork": _read(HERE),
    "changeNetwork": _change,
    "listMembers": _read(f"{HERE}/members"),
    "exportMembers": _read(f"{HERE}/members.csv"),
    "openSeat": _open,
    "readSeat": lambda world, caller: ("GET", f"/v1/seats/{world.ids['seat-network-here']}", {}),
    "changeSeat": _change_seat,
    "listAgreementTerms": _read(f"{HERE}/agreement-terms"),
    "beginAgreementTerm": _begin,
    "readAgreementTerm": lambda world, caller: ("GET", f"/v1/agreement-terms/{world.ids['term']}", {}),
    "changeAgreementTerm": _of_term("PATCH", "", json={"name": {"fi": "Toinen"}}, headers=FIRST),
    "recordAgreementTermStep": _of_term("PUT", "/steps/review/tasks", json={"done_on": "2001-05-01"}),
    "eraseAgreementTermStep": _of_term("DELETE", "/steps/review/goals", headers=FIRST),
    "listMemberListChecks": _read(f"{HERE}/member-list-checks"),
    "recordMemberListCheck": _record_check,
    "readMemberListCheck": lambda world, caller: ("GET", f"/v1/member-list-checks/{world.ids['check']}", {}),
    "removeMemberListCheck": _remove_check,
}


def _names(caller: str, where: str = "here") -> Any:
    """Names and addresses that a caller sees in a network."""

    def ask(world: Any) -> Any:
        found = world.read(caller, f"/v1/networks/network-{where}/members?limit=1", "exportMembers")["items"]
        return [(seat["person"]["name"], seat["person"]["email"]) for seat in found]

    return ask


def _opening(caller: str, **body: Any) -> Any:
    """A seat that carries rights, opened by a caller for the person who sits in network-here."""

    def ask(world: Any) -> Any:
        seat = world.read("admin", f"/v1/seats/{world.ids['seat-network-here']}")
        given = {"organisation": "org-of-network-here", "person": seat["person"]["id"], **body}
        return world.told(caller, ("POST", f"{HERE}/seats", {"json": given}), "openSeat")

    return ask


HIDDEN = [(None, None)]
SHOWN = [("Henkilö network-here", "network-here@seura.example.org")]
CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "anybody sees that a seat is held, not by whom": (_names("anonymous"), HIDDEN),
    "a reader sees no names without consent": (_names("reader"), HIDDEN),
    "the lead of a network sees who sits in it": (_names("lead_here"), SHOWN),
    "the lead of another network does not": (_names("lead_far"), HIDDEN),
    "a contact person sees no names of a network that is not their team": (_names("contact_here"), HIDDEN),
    "a coordinator sees the names of the county": (_names("coordinator_here"), SHOWN),
    "a coordinator sees no names of another county": (_names("coordinator_here", "elsewhere"), HIDDEN),
    "a lead gives no rights by seats": (_opening("lead_here", role="chair"), (403, "wider-than-your-own")),
    "a machine that may not see persons names nobody": (
        _opening("machine_everywhere", role="chair"),
        (422, "invalid"),
    ),
    "a contact's rights on a place far away are given by who has them there": (
        _opening("admin_here", role="contact", place="tikantanssi"),
        (403, "wider-than-your-own"),
    ),
    "a contact's rights on a place here are given by who has them here": (
        _opening("admin_here", role="contact", place="koppa"),
        201,
    ),
}
