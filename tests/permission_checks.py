"""What the permission table can't say: whose rows a list shows, and what is refused among the things within reach.

A check asks something of the world, and stands beside the answer that people wrote. A list answers 200 whatever it
shows; and a table with one request for each operation has no second request.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.accounts.roles import EVERYTHING, Role
from app.core import clock
from tests.permission_requests import CSV, LISTED, REQUESTS, ROOMS, TAKES, TEST, Request, World, import_of

Check = tuple[Callable[[World], Any], Any]
Asks = Callable[[World], Request]
Who = str | Callable[[World], dict[str, str]]  # a caller of the table, or the headers of somebody made for the check
HERE = {"kind": "meeting_place", "id": "koppa"}
PLACE = "meeting_place"
REGIONS = "sotkanet_id,category,code,name_fi\n228,KUNTA,491,Mikkeli\n"
VALUES = "indicator;region;year;gender;primary value\n127;228;2023;total;52000\n"
TODAY = clock.today()
TOMORROW, IN_A_YEAR = TODAY + timedelta(days=1), TODAY + timedelta(days=365)
GIVING = ["users:write", "visits:read", "visits:write"]


def users_of(caller: str, operation: str = "listUsers") -> Callable[[World], list[str]]:
    """Names of the users that a caller sees, but for those who were made by other requests."""

    def ask(world: World) -> list[str]:
        found = world.read(caller, "/v1/users?limit=200&q=%40example.org", operation)
        return sorted(user["email"].removesuffix("@example.org") for user in found["items"])

    return ask


def grants_shown_of_double(caller: str) -> Callable[[World], list[str]]:
    def ask(world: World) -> list[str]:
        return sorted(g["on"]["slug"] for g in world.read(caller, f"/v1/users/{world.ids['double']}")["grants"])

    return ask


def grants_of(caller: str, whose: str) -> Callable[[World], list[str]]:
    """Slugs of the things on which somebody has grants that a caller sees."""

    def ask(world: World) -> list[str]:
        found = world.read(caller, f"/v1/grants?limit=200&user={world.ids[whose]}")
        return sorted(grant["on"]["slug"] or EVERYTHING for grant in found["items"])

    return ask


def tokens_of(caller: str) -> Callable[[World], list[str | None]]:
    """Of four tokens, here, near, elsewhere and on everything: those that a caller sees."""

    def ask(world: World) -> list[str | None]:
        things = ((PLACE, "koppa"), (PLACE, "near"), ("area", "elsewhere"), (EVERYTHING, None))
        made = {str(world.machine(["visits:read"], *thing)[0]): thing[1] for thing in things}
        seen: list[str | None] = []
        path = "/v1/tokens?limit=200"
        while path:
            page = world.read(caller, path)
            seen += [made[token["id"]] for token in page["items"] if token["id"] in made]
            path = f"/v1/tokens?limit=200&cursor={page['next']}" if page["next"] else ""
        return seen

    return ask


def days_of(caller: str, operation: str = "") -> Callable[[World], list[str]]:
    """The places whose days of May 1995 a caller sees."""
    place = {str(day): slug for slug, day in LISTED.items()}

    def ask(world: World) -> list[str]:
        found = world.read(caller, "/v1/visits?from=1995-05-01&to=1995-05-31", operation)
        return [place[row["date"]] for row in found["items"]]

    return ask


def first_timers(caller: str, question: str, operation: str = "listVisits") -> Callable[[World], Any]:
    """How many families came for the first time in May 1995: two, or hidden."""

    def ask(world: World) -> Any:
        asked = f"/v1/visit-summaries?from=1995-05&to=1995-05&fields=first_time_families&{question}"
        found = world.read(caller, asked, operation)["items"]
        return [tuple(row["counts"]["first_time_families"].values()) for row in found]

    return ask


def rows_of_an_import(caller: str, slug: str = "koppa", operation: str = "importFile") -> Callable[[World], Any]:
    """The outcome of an import of one row, and why it was refused."""

    def ask(world: World) -> Any:
        report = world.ask(caller, import_of(slug, world.day()), operation).json()
        return report["outcome"], [fault["code"] for row in report["rows"] for fault in row["errors"]]

    return ask


def told(who: Who, request: Asks, operation: str = "") -> Callable[[World], Any]:
    """Status and code of the answer."""

    def ask(world: World) -> Any:
        asked = request(world)
        answer = world.send(who(world) if callable(who) else world.known(who, operation), asked)
        return (answer.status_code, answer.json()["code"]) if answer.status_code >= 400 else answer.status_code

    return ask


def get(path: str) -> Asks:
    return lambda world: ("GET", path, {})


def file(kind: str, text: str) -> Asks:
    return lambda world: ("POST", f"/v1/imports/{kind}", {"content": text, "headers": CSV})


def giving(role: str, *, on: dict[str, str] = HERE, **more: Any) -> Asks:
    def request(world: World) -> Request:
        return "POST", "/v1/grants", {"json": {"user": str(world.person(None)[0]), "role": role, "on": on, **more}}

    return request


def inviting(*roles: str) -> Asks:
    def request(world: World) -> Request:
        grants = [{"role": role, "on": HERE} for role in roles]
        return "POST", "/v1/users", {"json": {"email": f"asked-{world.next()}@made.example.org", "grants": grants}}

    return request


def ending(role: Role, kind: str, slug: str | None) -> Asks:
    """The end of the grant of somebody new."""

    def request(world: World) -> Request:
        path = f"/v1/grants/{world.person(role, kind, slug)[1]}"
        return "PATCH", path, {"json": {"valid_to": str(TODAY)}, "headers": world.version(path)}

    return request


def giving_to_nobody(world: World) -> Request:
    """A grant here for an address that nobody has."""
    return "POST", "/v1/grants", {"json": {"user": "nobody@example.com", "role": "recorder", "on": HERE}}


def inviting_the_reader(world: World) -> Request:
    """An invitation to a place here of who has an account."""
    invited = {"email": "reader@example.org", "grants": [{"role": "recorder", "on": HERE}]}
    return "POST", "/v1/users", {"json": invited}


def trail_of_a_day_from_a_file(world: World) -> Request:
    day = world.day()
    world.ask("admin", import_of("koppa", day))
    id = world.read("admin", f"/v1/meeting-places/koppa/visits/{day}")["id"]
    return "GET", f"/v1/audit-entries?item={id}", {}


def renaming(who: Callable[[World], Any]) -> Asks:
    """Another address for somebody."""

    def request(world: World) -> Request:
        path = f"/v1/users/{who(world)}"
        body = {"email": f"asked-{world.next()}@made.example.org"}
        return "PATCH", path, {"json": body, "headers": world.version(path)}

    return request


def linking(who: Callable[[World], Any]) -> Asks:
    """A link by which somebody sets another password."""
    return lambda world: ("POST", f"/v1/users/{who(world)}/links", {})


def moving_to(municipality: str, *grant: Any) -> Callable[[World], Any]:
    """A new place in Mikkeli, moved by its contact person, or by somebody else who has a role on it."""

    def ask(world: World) -> Any:
        name = f"place-{world.next()}"
        body = {"slug": name, "name": {"fi": name}, "municipality": "491"}
        made = world.ask("admin", ("POST", "/v1/meeting-places", {"json": body}))
        world.ids[name] = UUID(made.json()["id"])
        who = somebody(*(grant or (Role.place_contact, PLACE, name)))(world)
        path = f"/v1/meeting-places/{name}"
        answer = world.send(
            who, ("PATCH", path, {"json": {"municipality": municipality}, "headers": world.version(path)})
        )
        return (answer.status_code, answer.json()["code"]) if answer.status_code >= 400 else answer.status_code

    return ask


def token_on(thing: dict[str, str]) -> Asks:
    def request(world: World) -> Request:
        made = {"name": f"asked-{world.next()}", "scopes": ["visits:read"], "on": thing}
        return "POST", "/v1/tokens", {"json": made}

    return request


def somebody(*grant: Any, **validity: Any) -> Callable[[World], dict[str, str]]:
    """Somebody new with a grant."""
    return lambda world: world.sign_in(world.person(*grant, **validity)[0])[0]


def machine(*grant: Any, **other: Any) -> Callable[[World], dict[str, str]]:
    """A new machine."""
    return lambda world: world.machine(*grant, **other)[1]


def mistyped(world: World) -> dict[str, str]:
    token = world.machine(["visits:read"], EVERYTHING)[1]["Authorization"]
    return {"Authorization": token[:-1] + ("0" if token[-1] != "0" else "1")}


def recorder_here_and_far(world: World) -> Any:
    """Somebody new who records at two places."""
    user_id, _ = world.person()
    with world.database.writing(TEST) as session:
        world.grant(session, user_id, Role.recorder, PLACE, "tikantanssi")
    return user_id


def recorder_who_will_be_admin(world: World) -> Any:
    """Somebody who records here, and administers everything from tomorrow on."""
    user_id, _ = world.person()
    with world.database.writing(TEST) as session:
        world.grant(session, user_id, Role.admin, EVERYTHING, None, valid_from=TOMORROW)
    return user_id


def own_grant_until(valid_to: Any) -> Callable[[World], Any]:
    """A contact person until a year from now changes how long."""

    def ask(world: World) -> Any:
        user_id, grant_id = world.person(Role.place_contact, PLACE, "koppa", valid_to=IN_A_YEAR)
        path = f"/v1/grants/{grant_id}"
        request = "PATCH", path, {"json": {"valid_to": valid_to}, "headers": world.version(path)}
        answer = world.send(world.sign_in(user_id)[0], request)
        return (answer.status_code, answer.json()["code"]) if answer.status_code >= 400 else answer.status_code

    return ask


def own_report(caller: str) -> Callable[[World], Any]:
    """A caller imports a file and reads its report."""

    def ask(world: World) -> Any:
        report = world.ask(caller, import_of("koppa", world.day()), "importFile").json()
        return world.ask(caller, ("GET", f"/v1/imports/{report['id']}", {}), "readImport").status_code

    return ask


def changes_shown(caller: str) -> Callable[[World], Any]:
    """Whether the trail of Koppa shows what the same commands did to other things."""

    def ask(world: World) -> Any:
        entries = world.read(caller, f"/v1/audit-entries?item={world.ids['koppa']}", "listAuditEntries")["items"]
        return {change["id"] for entry in entries for change in entry["changes"]} != {str(world.ids["koppa"])}

    return ask


def told_that_the_scope_is_missing(operation: str) -> Callable[[World], Any]:
    return told("machine_unscoped", lambda world: REQUESTS[operation](world, "machine_unscoped"), operation)


CONTACT = (Role.place_contact, PLACE, "koppa")
NOT_HERE = (403, "out-of-reach")
NO_SCOPE = (403, "scope-missing")
WIDER = (403, "wider-than-your-own")
NO_TOKEN = (401, "token-not-accepted")
SHOWN, HIDDEN = [(2, None)], [(None, "c")]
KOPPA = "group=place&place=koppa"

CHECKS: dict[str, Check] = {
    # Lists of people
    "a contact person sees who has something to do with their place": (
        users_of("contact_here"),
        ["contact_here", "double", "recorder_here"],
    ),
    "a machine sees the people of the place that it has": (
        users_of("machine_here"),
        ["contact_here", "double", "recorder_here"],
    ),
    "a contact person of another place sees others": (users_of("contact_near"), ["contact_near", "recorder_near"]),
    "an administrator of a municipality sees those of its places, not those of the county above": (
        users_of("admin_here"),
        ["admin_here", "contact_here", "contact_near", "double", "lead_here", "recorder_here", "recorder_near"],
    ),
    "a coordinator sees those of the county": (
        users_of("coordinator_here"),
        [
            "admin_here",
            "contact_far",
            "contact_here",
            "contact_near",
            "coordinator_here",
            "double",
            "lead_far",
            "lead_here",
            "recorder_far",
            "recorder_here",
            "recorder_near",
        ],
    ),
    "a coordinator sees nobody of another county": (
        users_of("coordinator_elsewhere"),
        ["admin_elsewhere", "coordinator_elsewhere"],
    ),
    "an administrator sees everybody": (
        users_of("admin"),
        [
            "admin",
            "admin_elsewhere",
            "admin_here",
            "contact_far",
            "contact_here",
            "contact_near",
            "coordinator",
            "coordinator_elsewhere",
            "coordinator_here",
            "disabled_admin",
            "double",
            "ended_admin",
            "lead_far",
            "lead_here",
            "network_lead",
            "place_contact",
            "reader",
            "recorder",
            "recorder_far",
            "recorder_here",
            "recorder_near",
            "signed_out_admin",
        ],
    ),
    "of somebody's grants one sees those within reach": (grants_shown_of_double("contact_here"), ["koppa"]),
    "of the same person another contact person sees the other grant": (
        grants_shown_of_double("contact_far"),
        ["tikantanssi"],
    ),
    "of the same person the coordinator sees both grants": (
        grants_shown_of_double("coordinator_here"),
        ["koppa", "tikantanssi"],
    ),
    # Lists of grants
    "the list of grants has those within reach": (grants_of("contact_here", "double"), ["koppa"]),
    "the list of grants has none beyond": (grants_of("contact_near", "double"), []),
    "the list of grants has all for an administrator": (grants_of("admin", "double"), ["koppa", "tikantanssi"]),
    "the list of grants has none on what lies above": (grants_of("contact_here", "coordinator_here"), []),
    "the list of grants has none on everything for a coordinator": (grants_of("coordinator_here", "reader"), []),
    "the list of grants has one's own": (grants_of("coordinator_here", "coordinator_here"), ["county-12"]),
    # Lists of machines
    "an administrator of a municipality sees the machines of its places": (tokens_of("admin_here"), ["koppa", "near"]),
    "an administrator elsewhere sees the machines of elsewhere": (tokens_of("admin_elsewhere"), ["elsewhere"]),
    "an administrator of everything sees all machines": (tokens_of("admin"), ["koppa", "near", "elsewhere", None]),
    # Lists of days
    "a recorder sees the days of their place": (days_of("recorder_here"), ["koppa"]),
    "a machine sees the days of the place that it has": (days_of("machine_here", "listVisits"), ["koppa"]),
    "a contact person of another place sees its days": (days_of("contact_near"), ["near"]),
    "an administrator of a municipality sees the days of its places": (days_of("admin_here"), ["koppa", "near"]),
    "a coordinator sees the days of the county": (days_of("coordinator_here"), ["koppa", "near", "tikantanssi"]),
    "another coordinator sees the days of another county": (days_of("coordinator_elsewhere"), ["elsewhere-place"]),
    "a reader of everything sees all days": (days_of("reader"), ["koppa", "near", "tikantanssi", "elsewhere-place"]),
    # Small counts
    "strangers see no small count": (first_timers("anonymous", KOPPA), HIDDEN),
    "who records here sees small counts": (first_timers("recorder_here", KOPPA), SHOWN),
    "who records near sees no small count": (first_timers("recorder_near", KOPPA), HIDDEN),
    "who coordinates elsewhere sees no small count": (first_timers("coordinator_elsewhere", KOPPA), HIDDEN),
    "who coordinates here sees small counts": (first_timers("coordinator_here", KOPPA), SHOWN),
    "who reads everything sees small counts": (first_timers("reader", KOPPA), SHOWN),
    "a machine that may not read days sees no small count": (first_timers("machine_unscoped", KOPPA), HIDDEN),
    "whose time is over sees no small count": (first_timers("ended_admin", KOPPA), HIDDEN),
    "who reaches one place of a municipality sees no small count of it": (
        first_timers("contact_here", "group=municipality&area=491"),
        HIDDEN,
    ),
    "who reaches each place of a municipality sees its small counts": (
        first_timers("admin_here", "group=municipality&area=491"),
        [(4, None)],
    ),
    # Rows of an import
    "a row of one's own place goes in": (rows_of_an_import("contact_here"), ("done", [])),
    "a row of another place does not": (rows_of_an_import("contact_here", "near"), ("refused", ["out-of-reach"])),
    "a row sent by the contact person of another place does not": (
        rows_of_an_import("contact_near"),
        ("refused", ["out-of-reach"]),
    ),
    "a row sent by the coordinator of another county does not": (
        rows_of_an_import("coordinator_elsewhere"),
        ("refused", ["out-of-reach"]),
    ),
    "a coordinator's row goes in": (rows_of_an_import("coordinator_here"), ("done", [])),
    "a machine's row goes in where it may record": (rows_of_an_import("machine_here"), ("done", [])),
    "a machine's row goes in nowhere else": (rows_of_an_import("machine_here", "near"), ("refused", ["out-of-reach"])),
    # Imports beside visits
    "who imports visits must be able to record them": (
        told(machine(["imports:write"], EVERYTHING), lambda world: import_of("koppa", world.day())),
        NO_SCOPE,
    ),
    "regions take a scope that coordinators don't have": (told("coordinator_here", file("regions", REGIONS)), NO_SCOPE),
    "regions take a scope on everything": (told("admin_here", file("regions", REGIONS)), NOT_HERE),
    "an administrator imports regions": (told("admin", file("regions", REGIONS)), 200),
    "values of indicators take it on everything": (told("coordinator_here", file("sotkanet", VALUES)), NOT_HERE),
    "values of indicators take it whatever their kind is called": (
        told("admin_here", file("indicator-values", VALUES)),
        NOT_HERE,
    ),
    "an administrator imports values": (told("admin", file("sotkanet", VALUES)), 200),
    "one reads the report of one's own import": (own_report("contact_here"), 200),
    # The trail
    "a coordinator names an item": (told("coordinator_here", get("/v1/audit-entries")), (403, "item-not-named")),
    "an administrator need not name an item": (told("admin", get("/v1/audit-entries")), 200),
    "a user is no item of a county": (
        told("coordinator_here", lambda world: ("GET", f"/v1/audit-entries?item={world.ids['recorder_here']}", {})),
        NOT_HERE,
    ),
    "a coordinator sees of a command what it did to the item": (changes_shown("coordinator_here"), False),
    "an administrator sees all that it did": (changes_shown("admin"), True),
    "a coordinator reads the trail of a day that came in a file": (
        told("coordinator_here", trail_of_a_day_from_a_file),
        200,
    ),
    "a coordinator elsewhere does not": (told("coordinator_elsewhere", trail_of_a_day_from_a_file), NOT_HERE),
    # Who may not give hears nothing of who has an account
    "who may not give here is not told whom they know": (
        told("contact_near", giving_to_nobody),
        WIDER,
    ),
    "who may is told": (
        told("contact_here", giving_to_nobody),
        (422, "invalid"),
    ),
    "who may not invite here is not told who has an account": (told("contact_near", inviting_the_reader), WIDER),
    "who may invite here is told": (told("contact_here", inviting_the_reader), (409, "email-taken")),
    # People within reach who may do more
    "who records elsewhere too is not changed from here": (
        told("contact_here", renaming(recorder_here_and_far)),
        WIDER,
    ),
    "who records elsewhere too is not given a link from here": (
        told("contact_here", linking(recorder_here_and_far)),
        WIDER,
    ),
    "who records at two places is given a link from above": (
        told("coordinator_here", linking(recorder_here_and_far)),
        201,
    ),
    "who will be administrator is given no link from here": (
        told("contact_here", linking(recorder_who_will_be_admin)),
        WIDER,
    ),
    "a contact person sees their own account": (
        told("contact_here", lambda world: ("GET", f"/v1/users/{world.ids['contact_here']}", {})),
        200,
    ),
    # Grants that are wider than one's own
    "a contact person gives their own role": (told("contact_here", giving("place_contact")), 201),
    "a contact person gives a narrower role": (told("contact_here", giving("reader")), 201),
    "a contact person gives no wider role": (told("contact_here", giving("coordinator")), WIDER),
    "a contact person gives no wider role by inviting": (
        told("contact_here", inviting("recorder", "coordinator")),
        WIDER,
    ),
    "a contact person gives nothing on everything": (
        told("contact_here", giving("recorder", on={"kind": EVERYTHING})),
        WIDER,
    ),
    "a contact person gives nothing for longer than they have it": (
        told(somebody(*CONTACT, valid_to=IN_A_YEAR), giving("recorder")),
        WIDER,
    ),
    "a contact person gives a role for as long as they have it": (
        told(somebody(*CONTACT, valid_to=IN_A_YEAR), giving("recorder", valid_to=str(IN_A_YEAR))),
        201,
    ),
    "a coordinator makes no administrator": (told("coordinator_here", giving("admin")), WIDER),
    "an administrator of a municipality makes one there": (told("admin_here", giving("admin")), 201),
    "an administrator of a municipality makes none above": (
        told("admin_here", giving("admin", on={"kind": "area", "id": "county-12"})),
        WIDER,
    ),
    "one ends no wider grant": (told("contact_here", ending(Role.coordinator, PLACE, "koppa")), WIDER),
    "a coordinator ends no administrator's": (told("coordinator_here", ending(Role.admin, PLACE, "koppa")), WIDER),
    "a coordinator ends a contact person's grant": (told("coordinator_here", ending(*CONTACT)), 200),
    "one can't lengthen one's own grant": (own_grant_until(None), WIDER),
    "one can shorten one's own grant": (own_grant_until(str(TOMORROW)), 200),
    # Machines
    "a machine gives nothing for longer than its token lasts": (
        told(machine(GIVING, EVERYTHING), giving("recorder")),
        WIDER,
    ),
    "a machine gives a role that ends before its token": (
        told(machine(GIVING, EVERYTHING), giving("recorder", valid_to=str(TOMORROW))),
        201,
    ),
    "an administrator makes machines where they are one": (told("admin_here", token_on(HERE)), 201),
    "an administrator of a municipality makes no machine above": (
        told("admin_here", token_on({"kind": EVERYTHING})),
        WIDER,
    ),
    "a machine reaches no further than its maker": (
        told(machine(["visits:read"], EVERYTHING, made_by="recorder_here"), get("/v1/meeting-places/near/visits")),
        NOT_HERE,
    ),
    "a machine reaches as far as its maker": (
        told(machine(["visits:read"], EVERYTHING, made_by="recorder_here"), get("/v1/meeting-places/koppa/visits")),
        200,
    ),
    "when its maker's grant has ended, it may do nothing": (
        told(machine(["visits:read"], EVERYTHING, made_by="ended_admin"), get("/v1/visits")),
        NO_SCOPE,
    ),
    "when its maker is out of use, it is not known": (
        told(machine(["visits:read"], EVERYTHING, made_by="disabled_admin"), get("/v1/areas")),
        NO_TOKEN,
    ),
    "a machine whose token was revoked is not known": (
        told(machine(["visits:read"], EVERYTHING, revoked_at=clock.now()), get("/v1/areas")),
        NO_TOKEN,
    ),
    "a machine whose token has expired is not known": (
        told(machine(["visits:read"], EVERYTHING, expires_at=clock.now()), get("/v1/areas")),
        NO_TOKEN,
    ),
    "a machine whose token was mistyped is told so": (told(mistyped, get("/v1/areas")), (401, "token-damaged")),
    # Time
    "a grant from tomorrow does not hold today": (
        told(somebody(Role.admin, EVERYTHING, None, valid_from=TOMORROW), get("/v1/visits")),
        NO_SCOPE,
    ),
    "a grant from today holds today": (
        told(somebody(Role.admin, EVERYTHING, None, valid_from=TODAY), get("/v1/visits")),
        200,
    ),
    "a grant until tomorrow holds today": (
        told(somebody(Role.admin, EVERYTHING, None, valid_to=TOMORROW), get("/v1/visits")),
        200,
    ),
    # Places
    "nobody moves a place to where they have no right": (moving_to("740"), NOT_HERE),
    "a coordinator moves a place in the county": (moving_to("740", Role.coordinator, "area", "county-12"), 200),
    "a coordinator moves no place to another county": (
        moving_to("999", Role.coordinator, "area", "county-12"),
        NOT_HERE,
    ),
    # Whoever lacks the scope everywhere is told so, before anything is looked at
    **{
        f"{operation} tells which scope it takes": (told_that_the_scope_is_missing(operation), NO_SCOPE)
        for operation in TAKES
    },
}
for room in ROOMS:
    CHECKS |= room.CHECKS
