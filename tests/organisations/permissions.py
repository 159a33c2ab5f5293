"""What the permission walk asks of organisations: its things, its requests, and what each of these takes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.accounts.roles import Role
from app.accounts.service.grants import OPERATOR
from app.areas.models import Area
from app.core import clock, rows
from app.core.database import Command, Work
from app.core.localized import Localized
from app.organisations.models import Organisation
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec, PersonWrite
from app.organisations.service import organisations, persons

TAKES: dict[str, tuple[str, ...]] = {
    "addOrganisation": ("organisations:write",),
    "changeOrganisation": ("organisations:write",),
    "listPersons": ("persons:read",),
    "addPerson": ("persons:write",),
    "readPerson": ("persons:read",),
    "changePerson": ("persons:write", "persons:read"),
    "erasePerson": ("persons:write", "persons:read"),
    "exportPerson": ("persons:write",),
}
HERE = "/v1/organisations/seura-here"
LATER = str(clock.today() + timedelta(days=900))
WHERE = {
    "county-12": {"here": "491", "here-too": "491", "far": "740", "county": None},
    "elsewhere": {"elsewhere": "999"},
}


def settle(world: Any, session: Work) -> None:
    """Organisations in Mikkeli, Savonlinna, the whole county and the county beside, and a person of each."""
    world.ids["740"] = rows.find(session, Area, "740").id
    for county, where in WHERE.items():
        county_id = rows.find(session, Area, county).id
        organisations.load_kinds(session, county_id, [OrganisationKindSpec(code="seura", name=Localized(fi="Seura"))])
        specs = [
            OrganisationSpec(slug=f"seura-{name}", kind="seura", name=Localized(fi=f"S-{name}"), municipality=area)
            for name, area in where.items()
        ]
        organisations.load(session, county_id, specs)
        for spec in specs:
            world.ids[spec.slug] = rows.find(session, Organisation, spec.slug).id
            world.ids[f"of-{spec.slug}"] = _person(session, spec.slug, work_email=f"{spec.slug}@seura.example.org")


def _person(session: Work, slug: str, **more: Any) -> UUID:
    """A person of an organisation."""
    facts = {"display_name": f"Walk {slug}", "organisation": slug, "purpose": "Jäsen", "retention_until": LATER}
    return persons.add(session, _no_kinds, OPERATOR, PersonWrite.model_validate(facts | more)).id


_no_kinds: Any = None  # nobody is linked to a sign-in here


def _made(world: Any, slug: str = "seura-here") -> str:
    """The address of a new person."""
    with world.database.writing(Command("test")) as session:
        return f"/v1/persons/{_person(session, slug, display_name=f'Made {world.next()}')}"


def _add(world: Any, caller: str) -> Any:
    body = {"name": {"fi": f"Lisätty {world.next()}"}, "kind": "seura", "municipality": "491"}
    return "POST", "/v1/organisations", {"json": body}


def _change(world: Any, caller: str) -> Any:
    return "PATCH", HERE, {"json": {"url": f"https://example.org/{world.next()}"}, "headers": world.version(HERE)}


def _add_person(world: Any, caller: str, organisation: str = "seura-here", **more: Any) -> Any:
    body = {"display_name": f"Made {world.next()}", "organisation": organisation, "purpose": "Jäsen"}
    return "POST", "/v1/persons", {"json": {**body, "retention_until": LATER, **more}}


def _change_person(world: Any, caller: str, slug: str = "seura-here", **patch: Any) -> Any:
    path = _made(world, slug)
    return "PATCH", path, {"json": patch or {"purpose": "Puheenjohtaja"}, "headers": world.version(path)}


def _erase_person(world: Any, caller: str) -> Any:
    path = _made(world)
    return "DELETE", path, {"headers": world.version(path)}


def _read(path: str) -> Any:
    return lambda world, caller: ("GET", path, {})


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listOrganisationKinds": _read("/v1/organisation-kinds"),
    "listOrganisations": _read("/v1/organisations"),
    "addOrganisation": _add,
    "readOrganisation": _read(HERE),
    "changeOrganisation": _change,
    "listPersons": _read("/v1/persons"),
    "addPerson": _add_person,
    "readPerson": lambda world, caller: ("GET", f"/v1/persons/{world.ids['of-seura-here']}", {}),
    "changePerson": _change_person,
    "erasePerson": _erase_person,
    "exportPerson": lambda world, caller: ("GET", f"/v1/persons/{world.ids['of-seura-here']}/export", {}),
}


def _persons_of(caller: str) -> Any:
    """The persons of those made first that a caller sees."""

    def ask(world: Any) -> Any:
        found = world.read(caller, "/v1/persons?limit=200&q=Walk", "listPersons")["items"]
        return [person["display_name"].removeprefix("Walk seura-") for person in found]

    return ask


def _moving(caller: str, to: str | None) -> Any:
    """An organisation in Mikkeli that goes elsewhere in the county, or works in the whole of it."""

    def ask(world: Any) -> Any:
        body = {"name": {"fi": f"Muuttaja {world.next()}"}, "kind": "seura", "municipality": "491"}
        path = f"/v1/organisations/{world.ask('admin', ('POST', '/v1/organisations', {'json': body})).json()['id']}"
        request = "PATCH", path, {"json": {"municipality": to}, "headers": world.version(path)}
        return world.told(caller, request, "changeOrganisation")

    return ask


def _adding(caller: str, organisation: str, **more: Any) -> Any:
    return lambda world: world.told(caller, _add_person(world, caller, organisation, **more), "addPerson")


def _changing(caller: str, slug: str = "seura-here", **patch: Any) -> Any:
    return lambda world: world.told(caller, _change_person(world, caller, slug, **patch), "changePerson")


def _contact(world: Any, slug: str) -> str:
    """The address of a new person who is a contact person of Koppa."""
    path = _made(world, slug)
    body = {"role": "contact", "organisation": slug, "person": path.rpartition("/")[2], "place": "koppa"}
    seat = world.ask("admin", ("POST", "/v1/networks/network-far/seats", {"json": body}))
    assert seat.status_code == 201, seat.text
    return path


def _linking(caller: str, whose: str) -> Any:
    """A person here gets the sign-in of somebody."""
    return lambda world: _changing(caller, user=str(world.ids[whose]))(world)


def _to_a_contact(method: str, *grant: Any) -> Any:
    """Somebody with a role, and new, gives a contact person of Koppa their own sign-in, or erases the contact person.

    The contact person works in Savonlinna.
    """

    def ask(world: Any) -> Any:
        path = _contact(world, "seura-far")
        user_id, _ = world.person(*grant)
        headers = world.version(path)
        options = {"json": {"user": str(user_id)}, "headers": headers} if method == "PATCH" else {"headers": headers}
        answer = world.send(world.sign_in(user_id)[0], (method, path, options))
        return (answer.status_code, answer.json()["code"]) if answer.status_code >= 400 else answer.status_code

    return ask


def _writing_unseen(method: str) -> Any:
    """Somebody who may write persons here, and read none."""

    def ask(world: Any) -> Any:
        path = _made(world)
        known = world.machine(["persons:write"], "area", "491")[1]
        body = {"json": {}} if method == "PATCH" else {}
        answer = world.send(known, (method, path, {**body, "headers": world.version(path)}))
        return answer.status_code if answer.status_code < 400 else answer.json()["code"]

    return ask


def _taken(caller: str) -> Any:
    """Whether somebody is told who has the address that is taken in Savonlinna."""

    def ask(world: Any) -> Any:
        request = _add_person(world, caller, work_email="seura-far@seura.example.org")
        answer = world.ask(caller, request, "addPerson")
        return answer.json().get("code"), str(world.ids["of-seura-far"]) in answer.text

    return ask


NOT_HERE = (403, "out-of-reach")
WIDER = (403, "wider-than-your-own")
UNKNOWN = (422, "invalid")
EVERYBODY = ["county", "elsewhere", "far", "here", "here-too"]
CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "a coordinator sees the persons of the county": (
        _persons_of("coordinator_here"),
        ["county", "far", "here", "here-too"],
    ),
    "a coordinator sees nobody's persons of another county": (_persons_of("coordinator_elsewhere"), ["elsewhere"]),
    "an administrator of a municipality sees its persons": (_persons_of("admin_here"), ["here", "here-too"]),
    "a contact person sees no persons by where these work": (_persons_of("contact_here"), []),
    "the lead of a network sees no persons by where these work": (_persons_of("lead_here"), []),
    "an administrator sees all persons": (_persons_of("admin"), EVERYBODY),
    "a machine sees all persons where it has everything": (_persons_of("machine_everywhere"), EVERYBODY),
    "an organisation moves where the caller may": (_moving("coordinator_here", "740"), 200),
    "an organisation moves nowhere else": (_moving("admin_here", "740"), NOT_HERE),
    "an organisation of a municipality does not come to be the county's": (_moving("admin_here", None), NOT_HERE),
    "nobody adds a person to an organisation far away": (_adding("admin_here", "seura-far"), NOT_HERE),
    "nobody adds a person to the whole county's from a municipality": (_adding("admin_here", "seura-county"), NOT_HERE),
    "a person moves to another organisation here": (_changing("admin_here", organisation="seura-here-too"), 200),
    "a person moves to no organisation far away": (_changing("admin_here", organisation="seura-far"), NOT_HERE),
    "who may not see persons does not change them": (_writing_unseen("PATCH"), "no-such-thing"),
    "who may not see persons does not erase them": (_writing_unseen("DELETE"), "no-such-thing"),
    "an address that is taken is told with whose it is": (_taken("coordinator_here"), ("work-email-taken", True)),
    "but not to who may not see them": (_taken("admin_here"), ("work-email-taken", False)),
    "a person gets the sign-in of somebody whom the caller sees": (_linking("admin_here", "recorder_here"), 200),
    "a person gets no sign-in of somebody far away": (_linking("admin_here", "recorder_far"), UNKNOWN),
    "a machine that may not give rights links nobody": (_linking("machine_everywhere", "recorder_near"), WIDER),
    "who could not give a contact person's rights does not take them by a sign-in": (
        _to_a_contact("PATCH", Role.coordinator, "area", "740"),
        WIDER,
    ),
    "who could give them may": (_to_a_contact("PATCH", Role.coordinator, "area", "county-12"), 200),
    "who could not give a contact person's rights does not end them by erasing": (
        _to_a_contact("DELETE", Role.coordinator, "area", "740"),
        WIDER,
    ),
    "who could give them may erase": (_to_a_contact("DELETE", Role.coordinator, "area", "county-12"), 204),
}
