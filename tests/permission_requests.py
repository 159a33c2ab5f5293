"""Who calls, and what they ask, in the walk of the permission table.

"Here" is Koppa, a meeting place in Mikkeli, in the county ``county-12``. "Near" is another place in Mikkeli, "far" is
Tikantanssi in Savonlinna, in the same county; "elsewhere" is a county beside it. Rooms bring their own things,
requests and checks (``tests/<room>/permissions.py``). ``REQUESTS`` has a request for each
operation that acts here, and that would succeed for someone who may: it can be made again and again, because what it
changes or takes away is made for it.
"""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from starlette.testclient import TestClient

from app.accounts import opaque
from app.accounts.models import Grant, MachineToken, User
from app.accounts.roles import EVERYTHING, SCOPES, Role
from app.accounts.service import callers, grants, links, sign_ins, users
from app.accounts.tokens import Signer
from app.areas import service as areas
from app.areas.models import Area, AreaKind
from app.areas.schemas import AreaSpec
from app.core import clock, rows
from app.core.database import Command, Database, Work
from app.core.localized import Localized
from app.places import service as places
from app.places.models import MeetingPlace
from app.places.schemas import PlaceWrite
from app.statistics import queries
from app.statistics import service as statistics
from app.statistics.schemas import DayWrite, FormSpec
from tests.conftest import PASSWORD, PASSWORD_HASH, SECRET, headers_of
from tests.evaluations import permissions as of_evaluations
from tests.feeds import permissions as of_feeds
from tests.follow_up import permissions as of_follow_up
from tests.follow_up import permissions_of_compliance as of_compliance
from tests.materials import permissions as of_materials
from tests.meetings import agenda_permissions as of_agendas
from tests.meetings import permissions as of_meetings
from tests.meetings import permissions_of_relays as of_relays
from tests.networks import permissions as of_networks
from tests.organisations import permissions as of_organisations
from tests.plan import permissions as of_plan
from tests.programme import permissions as of_programme
from tests.year_clock import permissions as of_year_clock

ROOMS = (
    *(of_organisations, of_networks, of_meetings, of_agendas, of_relays, of_evaluations),
    *(of_plan, of_year_clock, of_programme, of_materials, of_compliance, of_follow_up, of_feeds),
)
Request = tuple[str, str, dict[str, Any]]
ANONYMOUS = "anonymous"
TEST = Command("test")

# Person, role, and where they have it: kind and slug of a thing. Of reader and admin every test has one on everything.
PEOPLE: dict[str, tuple[Role, str, str | None]] = {
    "recorder_here": (Role.recorder, "meeting_place", "koppa"),
    "recorder_near": (Role.recorder, "meeting_place", "near"),
    "recorder_far": (Role.recorder, "meeting_place", "tikantanssi"),
    "contact_here": (Role.place_contact, "meeting_place", "koppa"),
    "contact_near": (Role.place_contact, "meeting_place", "near"),
    "contact_far": (Role.place_contact, "meeting_place", "tikantanssi"),
    "lead_here": (Role.network_lead, "network", "network-here"),
    "lead_far": (Role.network_lead, "network", "network-far"),
    "coordinator_here": (Role.coordinator, "area", "county-12"),
    "coordinator_elsewhere": (Role.coordinator, "area", "elsewhere"),
    "admin_here": (Role.admin, "area", "491"),
    "admin_elsewhere": (Role.admin, "area", "elsewhere"),
    "ended_admin": (Role.admin, EVERYTHING, None),  # until today
    "disabled_admin": (Role.admin, EVERYTHING, None),
    "signed_out_admin": (Role.admin, EVERYTHING, None),
}
# Machines have just the scopes that the operation takes, here or everywhere; or those but the operation's own.
MACHINES = ("machine_here", "machine_everywhere", "machine_unscoped")
CALLERS = (
    ANONYMOUS,
    "reader",
    "recorder_here",
    "recorder_near",
    "recorder_far",
    "contact_here",
    "contact_near",
    "contact_far",
    "lead_here",
    "lead_far",
    "coordinator_here",
    "coordinator_elsewhere",
    "admin_here",
    "admin_elsewhere",
    "admin",
    *MACHINES,
    "ended_admin",
    "disabled_admin",
    "signed_out_admin",
)

# What each request takes: first the scope of the operation, then those that it gives or acts on besides.
RECORDER = ("visits:read", "visits:write")
TAKES: dict[str, tuple[str, ...]] = {
    "listUsers": ("users:read",),
    "inviteUser": ("users:write", *RECORDER),
    "readUser": ("users:read",),
    "changeUser": ("users:write", "users:read", *RECORDER),
    "makeLink": ("users:write", "users:read", *RECORDER),
    "listGrants": ("users:read",),
    "giveGrant": ("users:write", *RECORDER),
    "readGrant": ("users:read",),
    "changeGrant": ("users:write", "users:read", *RECORDER),
    "listTokens": ("tokens:write",),
    "makeToken": ("tokens:write", "visits:read"),
    "readToken": ("tokens:write",),
    "revokeToken": ("tokens:write",),
    "listAuditEntries": ("audit:read",),
    "foundMeetingPlace": ("places:write",),
    "changeMeetingPlace": ("places:write",),
    "listStatisticsForms": ("visits:read",),
    "listVisits": ("visits:read",),
    "listVisitsOfPlace": ("visits:read",),
    "readVisitDay": ("visits:read",),
    "recordVisitDay": ("visits:write",),
    "eraseVisitDay": ("visits:write",),
    "readVisitDayPart": ("visits:read",),
    "recordVisitDayPart": ("visits:write",),
    "eraseVisitDayPart": ("visits:write",),
    "importFile": ("imports:write", "visits:write"),
    "readImport": ("imports:read", "visits:read"),
}
NEVER_A_MACHINES = "tokens:write"
ALL_OF_A_MACHINE = frozenset(SCOPES) - {NEVER_A_MACHINES}
CSV = {"Content-Type": "text/csv"}
COUNTS = {"adults": 22, "children": 31, "families": 19, "first_time_families": 2}
DAY = {"form_version": 1, "status": "open", "open_minutes": 360, "counts": COUNTS}
# A day of each place, by which lists are told apart.
LISTED = {
    "koppa": date(1995, 5, 2),
    "near": date(1995, 5, 3),
    "tikantanssi": date(1995, 5, 4),
    "elsewhere-place": date(1995, 5, 5),
}


@dataclass
class World:
    """An application, things in it, and people who have just signed in."""

    client: TestClient
    database: Database
    ids: dict[str, uuid.UUID] = field(default_factory=dict)  # of things by slug, of people by name
    report_id: str = ""  # of an import that none of the callers made
    _known: dict[Any, dict[str, str]] = field(default_factory=dict)
    _count: int = 0

    def __post_init__(self) -> None:
        with self.database.writing(TEST) as session:
            _settle(session)
            for slug, day in LISTED.items():
                self.ids[slug] = rows.find(session, MeetingPlace, slug).id
                record(session, slug, day, 1)
            for slug in ("491", "county-12", "elsewhere"):
                self.ids[slug] = rows.find(session, Area, slug).id
            for room in ROOMS:
                room.settle(self, session)
            for name in ("reader", "admin"):
                self.ids[name] = users.with_email(session, email_of(name)).id
            for name, (role, kind, where) in PEOPLE.items():
                until = clock.today() if name == "ended_admin" else None
                self.ids[name] = users.create(session, email_of(name), PASSWORD_HASH).id
                self.grant(session, self.ids[name], role, kind, where, valid_to=until)
            self.ids["double"] = users.create(session, email_of("double"), PASSWORD_HASH).id
            for slug in ("koppa", "tikantanssi"):
                self.grant(session, self.ids["double"], Role.recorder, "meeting_place", slug)
        self._sign_in()
        other = headers_of(self.database, "coordinator@example.org")
        self.report_id = self.send(other, import_of("koppa", date(1995, 6, 1))).json()["id"]

    def _sign_in(self) -> None:
        for name in ("reader", "admin", *PEOPLE):
            self._known[name], refresh_token = self.sign_in(self.ids[name])
            if name == "signed_out_admin":
                with self.database.writing(TEST) as session:
                    sign_ins.end(session, refresh_token)
        with self.database.writing(TEST) as session:
            rows.find(session, User, self.ids["disabled_admin"]).is_active = False  # and the sign-in is there still

    def sign_in(self, user_id: uuid.UUID) -> tuple[dict[str, str], str]:
        """Somebody signs in: the headers by which they are known, and their refresh token."""
        with self.database.writing(TEST) as session:
            sign_in_id, refresh_token = sign_ins.begin(session, user_id, "test")
        token = Signer(SECRET).token_for(user_id, sign_in_id)
        return {"Authorization": f"Bearer {token}"}, refresh_token

    def next(self) -> int:
        """A number that nothing has had."""
        self._count += 1
        return self._count

    def day(self) -> date:
        """A day on which nothing was recorded."""
        return date(2000, 1, 1) + timedelta(days=self.next())

    def grant(
        self, session: Work, user_id: uuid.UUID, role: Role, kind: str, slug: str | None, **validity: Any
    ) -> Grant:
        """A role on a thing, given past all rules."""
        item_id = self.ids[slug] if slug else None
        return rows.add(session, Grant(user_id=user_id, role=role, kind=kind, item_id=item_id, **validity))

    def person(self, role: Role | None = Role.recorder, kind: str = "meeting_place", slug: str | None = "koppa",
               **validity: Any) -> tuple[uuid.UUID, uuid.UUID | None]:  # fmt: skip
        """Somebody new, who records here or has another role somewhere: the ids of person and grant."""
        with self.database.writing(TEST) as session:
            user = users.create(session, f"person-{self.next()}@made.example.org", PASSWORD_HASH)
            return user.id, self.grant(session, user.id, role, kind, slug, **validity).id if role else None

    def machine(
        self, scopes: Collection[str], kind: str, slug: str | None = None, *, made_by: str = "admin", **other: Any
    ) -> tuple[uuid.UUID, dict[str, str]]:
        """A machine with these scopes on a thing: its id, and the headers by which it is known."""
        text = opaque.machine_token()
        made = MachineToken(
            name=f"machine-{self.next()}",
            digest=opaque.digest(text),
            hint=text[:8],
            scopes=sorted(scopes),
            kind=kind,
            item_id=self.ids[slug] if slug else None,
            made_by=self.ids[made_by],
            **{"expires_at": clock.now() + timedelta(days=9)} | other,
        )
        with self.database.writing(TEST) as session:
            rows.add(session, made)
        return made.id, {"Authorization": f"Bearer {text}"}

    def known(self, caller: str, operation: str = "") -> dict[str, str]:
        """The headers by which a caller is known; of a machine, with the scopes that the operation takes."""
        if caller == ANONYMOUS:
            return {}
        if caller not in MACHINES:
            return self._known[caller]
        takes = TAKES.get(operation, ("visits:read",))
        scopes = frozenset(takes) & ALL_OF_A_MACHINE or ALL_OF_A_MACHINE
        if caller == "machine_unscoped":
            scopes = ALL_OF_A_MACHINE - {takes[0]}
        if (caller, scopes) not in self._known:
            where = ("meeting_place", "koppa") if caller == "machine_here" else (EVERYTHING, None)
            self._known[caller, scopes] = self.machine(scopes, *where)[1]
        return self._known[caller, scopes]

    def send(self, known: dict[str, str], request: Request) -> Any:
        """Send a request as who is known by these headers."""
        method, path, options = request
        return self.client.request(method, path, **{**options, "headers": {**options.get("headers", {}), **known}})

    def ask(self, caller: str, request: Request, operation: str = "") -> Any:
        """Send a request as a caller."""
        return self.send(self.known(caller, operation), request)

    def told(self, caller: str, request: Request, operation: str = "") -> Any:
        """Status of the answer to a caller, with the code of its refusal."""
        answer = self.ask(caller, request, operation)
        return (answer.status_code, answer.json()["code"]) if answer.status_code >= 400 else answer.status_code

    def read(self, caller: str, path: str, operation: str = "") -> Any:
        """What a caller gets to see at an address."""
        answer = self.ask(caller, ("GET", path, {}), operation)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def version(self, path: str) -> dict[str, str]:
        """The header that names the version of a thing as it is now."""
        return {"If-Match": self.ask("admin", ("GET", path, {})).headers["ETag"]}


def email_of(name: str) -> str:
    return f"{name}@example.org"


def _settle(session: Work) -> None:
    """Another county with a municipality, a form, and a place; and another place in Mikkeli."""
    county: dict[str, Any] = {"kind": AreaKind.wellbeing_county, "holds_plan": True, "within": {"service": "finland"}}
    municipality: dict[str, Any] = {"kind": AreaKind.municipality, "within": {"service": "elsewhere"}}
    areas.load(
        session,
        [
            AreaSpec(slug="elsewhere", code="99", name=Localized(fi="Muualla"), **county),
            AreaSpec(slug="999", code="999", name=Localized(fi="Toinen kunta"), **municipality),
        ],
    )
    here, elsewhere = (rows.find(session, Area, slug).id for slug in ("county-12", "elsewhere"))
    form = session.execute(queries.forms(county_id=here)).one()
    spec = {"form_version": 1, "name": form.name.stored(), "fields": form.fields}
    statistics.load_forms(session, elsewhere, [FormSpec.model_validate(spec)])
    for slug, where in (("near", "491"), ("elsewhere-place", "999")):
        places.found(session, PlaceWrite(slug=slug, name=Localized(fi=slug), municipality=where), grants.OPERATOR)


def record(session: Work, slug: str, day: date, part: int) -> None:
    """Record a day of a place."""
    place, write = rows.find(session, MeetingPlace, slug), DayWrite.model_validate(DAY)
    statistics.record_day(session, place, day, part, write, None)


def import_of(slug: str, day: date) -> Request:
    """The import of a day of a place."""
    file = f"place;date;adults;children;families\n{slug};{day};22;31;19\n"
    return "POST", "/v1/imports/visits", {"content": file, "headers": CSV}


def _read(path: str) -> Callable[[World, str], Request]:
    return lambda world, caller: ("GET", path, {})


def _here(**more: Any) -> dict[str, Any]:
    return {"on": {"kind": "meeting_place", "id": "koppa"}, **more}


def _soon() -> str:
    """An end that comes before that of a machine's token: nothing that it gives lasts longer."""
    return str(clock.today() + timedelta(days=2))


def _sign_in(world: World, caller: str) -> Request:
    """People sign in as themselves. Whoever is nobody, or a machine, does it for the reader."""
    username = email_of(caller if caller in world.ids else "reader")
    return "POST", "/v1/auth/token", {"data": {"username": username, "password": PASSWORD}}


def _refresh_token(world: World, caller: str) -> str:
    """A refresh token of the caller. Whoever is nobody, or a machine, has one of the reader."""
    _, refresh_token = world.sign_in(world.ids.get(caller, world.ids["reader"]))
    if caller == "signed_out_admin":
        with world.database.writing(TEST) as session:
            sign_ins.end(session, refresh_token)
    return refresh_token


def _refresh(world: World, caller: str) -> Request:
    return "POST", "/v1/auth/refresh", {"json": {"refresh_token": _refresh_token(world, caller)}}


def _sign_out(world: World, caller: str) -> Request:
    return "POST", "/v1/auth/revoke", {"json": {"refresh_token": _refresh_token(world, caller)}}


def _change_password(world: World, caller: str) -> Request:
    return "POST", "/v1/auth/password", {"json": {"current_password": PASSWORD, "new_password": PASSWORD}}


def _accept_link(world: World, caller: str) -> Request:
    user_id, _ = world.person()
    with world.database.writing(TEST) as session:
        admin = callers.known(session, users.with_email(session, "admin@example.org").id)
        token, _ = links.make(session, rows.find(session, User, user_id), admin)
    return "POST", "/v1/auth/accept", {"json": {"token": token, "password": PASSWORD}}


def _invite(world: World, caller: str) -> Request:
    invited = {
        "email": f"invited-{world.next()}@made.example.org",
        "grants": [_here(role="recorder", valid_to=_soon())],
    }
    return "POST", "/v1/users", {"json": invited}


def _read_user(world: World, caller: str) -> Request:
    return "GET", f"/v1/users/{world.ids['recorder_here']}", {}


def _change_user(world: World, caller: str) -> Request:
    path = f"/v1/users/{world.person()[0]}"
    changed = {"email": f"renamed-{world.next()}@made.example.org"}
    return "PATCH", path, {"json": changed, "headers": world.version(path)}


def _make_link(world: World, caller: str) -> Request:
    return "POST", f"/v1/users/{world.person()[0]}/links", {}


def _give(world: World, caller: str) -> Request:
    user_id, _ = world.person(None)
    return "POST", "/v1/grants", {"json": _here(user=str(user_id), role="recorder", valid_to=_soon())}


def _read_grant(world: World, caller: str) -> Request:
    return "GET", f"/v1/grants/{world.person()[1]}", {}


def _change_grant(world: World, caller: str) -> Request:
    path = f"/v1/grants/{world.person()[1]}"
    return "PATCH", path, {"json": {"valid_to": str(clock.today())}, "headers": world.version(path)}


def _make_token(world: World, caller: str) -> Request:
    return "POST", "/v1/tokens", {"json": _here(name=f"made-{world.next()}", scopes=["visits:read"])}


def _token_here(world: World) -> str:
    return f"/v1/tokens/{world.machine(['visits:read'], 'meeting_place', 'koppa')[0]}"


def _read_token(world: World, caller: str) -> Request:
    return "GET", _token_here(world), {}


def _revoke_token(world: World, caller: str) -> Request:
    path = _token_here(world)
    return "DELETE", path, {"headers": world.version(path)}


def _read_trail(world: World, caller: str) -> Request:
    return "GET", f"/v1/audit-entries?item={world.ids['koppa']}", {}


def _found(world: World, caller: str) -> Request:
    founded = {"name": {"fi": f"Perustettu {world.next()}"}, "municipality": "491"}
    return "POST", "/v1/meeting-places", {"json": founded}


def _change_place(world: World, caller: str) -> Request:
    changed = {"address": f"Katu {world.next()}"}
    headers = world.version("/v1/meeting-places/koppa")
    return "PATCH", "/v1/meeting-places/koppa", {"json": changed, "headers": headers}


def _day(method: str, part: int, *, is_part: bool) -> Callable[[World, str], Request]:
    """A request for a day, or a part of one, that is there unless it is to be recorded."""

    def request(world: World, caller: str) -> Request:
        day = world.day()
        path = f"/v1/meeting-places/koppa/visits/{day}" + (f"/{part}" if is_part else "")
        if method == "PUT":
            return method, path, {"json": DAY}
        with world.database.writing(TEST) as session:
            record(session, "koppa", day, part)
        return method, path, {"headers": world.version(path)} if method == "DELETE" else {}

    return request


def _import(world: World, caller: str) -> Request:
    return import_of("koppa", world.day())


def _read_import(world: World, caller: str) -> Request:
    return "GET", f"/v1/imports/{world.report_id}", {}


REQUESTS: dict[str, Callable[[World, str], Request]] = {
    "readStart": _read("/v1"),
    "signIn": _sign_in,
    "refreshToken": _refresh,
    "signOut": _sign_out,
    "changePassword": _change_password,
    "acceptLink": _accept_link,
    "readMe": _read("/v1/me"),
    "listUsers": _read("/v1/users"),
    "inviteUser": _invite,
    "readUser": _read_user,
    "changeUser": _change_user,
    "makeLink": _make_link,
    "listGrants": _read("/v1/grants"),
    "giveGrant": _give,
    "readGrant": _read_grant,
    "changeGrant": _change_grant,
    "listTokens": _read("/v1/tokens"),
    "makeToken": _make_token,
    "readToken": _read_token,
    "revokeToken": _revoke_token,
    "listAuditEntries": _read_trail,
    "listAreas": _read("/v1/areas"),
    "readArea": _read("/v1/areas/county-12"),
    "listMeetingPlaces": _read("/v1/meeting-places"),
    "foundMeetingPlace": _found,
    "readMeetingPlace": _read("/v1/meeting-places/koppa"),
    "changeMeetingPlace": _change_place,
    "listStatisticsForms": _read("/v1/statistics-forms?area=county-12"),
    "listVisits": _read("/v1/visits?area=county-12"),
    "listVisitsOfPlace": _read("/v1/meeting-places/koppa/visits"),
    "readVisitDay": _day("GET", 1, is_part=False),
    "recordVisitDay": _day("PUT", 1, is_part=False),
    "eraseVisitDay": _day("DELETE", 1, is_part=False),
    "readVisitDayPart": _day("GET", 2, is_part=True),
    "recordVisitDayPart": _day("PUT", 2, is_part=True),
    "eraseVisitDayPart": _day("DELETE", 2, is_part=True),
    "listVisitSummaries": _read("/v1/visit-summaries?place=koppa"),
    "listIndicators": _read("/v1/indicators"),
    "readIndicator": _read("/v1/indicators/sotkanet-127"),
    "readSeries": _read("/v1/indicators/sotkanet-127/series?area=491"),
    "importFile": _import,
    "readImport": _read_import,
}
for room in ROOMS:
    REQUESTS |= room.REQUESTS
    TAKES |= room.TAKES
