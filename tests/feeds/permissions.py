"""What the permission walk asks of calendars. Everybody may have secret addresses of their own."""

from collections.abc import Callable
from typing import Any

from app.accounts import opaque
from app.core import rows
from app.core.database import Command, Work
from app.feeds.models import CalendarAddress
from app.feeds.service.calendars import name_instance
from tests.feeds import calendars
from tests.meetings.permissions import COUNTY, HERE, LISTED, MAY, NOT_THERE, SHOWN

Request = tuple[str, str, dict[str, Any]]
TAKES: dict[str, tuple[str, ...]] = {}
FIRST = {"If-Match": '"v1"'}


def settle(world: Any, session: Work) -> None:
    """What is asked for is made for it, but for the name of the installation."""
    name_instance(session)


def _made(world: Any, caller: str, **of: Any) -> tuple[str, str]:
    """A new address of a caller, or of the reader for who can have none: its id, and its secret."""
    secret = opaque.made()
    owner = world.ids.get(caller, world.ids["reader"])
    with world.database.writing(Command("test")) as session:
        made = rows.add(session, CalendarAddress(user_id=owner, digest=opaque.digest(secret), **of))
        return str(made.id), secret


def _get(path: str, *names: str) -> Callable[[Any, str], Request]:
    return lambda world, caller: ("GET", path.format(*(world.ids[name] for name in names)), {})


def _own(method: str, **options: Any) -> Callable[[Any, str], Request]:
    """A request for an address that the caller has."""
    return lambda world, caller: (method, f"/v1/calendar-addresses/{_made(world, caller)[0]}", options)


def _read_secret(world: Any, caller: str) -> Request:
    return "GET", f"/v1/calendars/s/{_made(world, caller)[1]}.ics", {}


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "readNetworkCalendar": _get("/v1/calendars/network-here.ics"),
    "readAreaCalendar": _get("/v1/calendars/areas/county-12.ics"),
    "readSecretCalendar": _read_secret,
    "readMeetingCalendar": _get("/v1/meetings/{}/calendar.ics", "shown-here"),
    "listCalendarAddresses": _get("/v1/calendar-addresses"),
    "makeCalendarAddress": lambda world, caller: ("POST", "/v1/calendar-addresses", {"json": {"of": "me"}}),
    "readCalendarAddress": _own("GET"),
    "revokeCalendarAddress": _own("DELETE", headers=FIRST),
}


def _titles(world: Any, caller: str, path: str) -> list[str]:
    """Titles of the meetings of May 2001 in a calendar."""
    answer = world.ask(caller, ("GET", f"{path}?{MAY}", {}), "listDecisions")
    assert answer.status_code == 200, answer.text
    found = calendars.by_python(answer.content).values()
    titles = {event["summary"].partition(": ")[2].rpartition(" (")[0] for event in found}
    return [title for title in LISTED if title in titles]


def _shown(caller: str, path: str) -> Callable[[Any], list[str]]:
    return lambda world: _titles(world, caller, path)


def _at_secret(owner: str, slug: str) -> Callable[[Any], list[str]]:
    """What a stranger reads at somebody's secret address of an area."""

    def ask(world: Any) -> list[str]:
        _, secret = _made(world, owner, area_id=world.ids[slug])
        return _titles(world, "anonymous", f"/v1/calendars/s/{secret}.ics")

    return ask


def _told(caller: str, owner: str, method: str) -> Callable[[Any], Any]:
    """What a caller is told who asks for the address of somebody else."""
    return lambda world: world.told(
        caller, (method, f"/v1/calendar-addresses/{_made(world, owner)[0]}", {"headers": FIRST})
    )


NETWORK, AREA = "/v1/calendars/network-here.ics", "/v1/calendars/areas/county-12.ics"
OF_COUNTY = [title for title in COUNTY if title in SHOWN]

CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "strangers see the public meetings in the calendar of a network": (_shown("anonymous", NETWORK), HERE[:1]),
    "a lead sees all meetings in the calendar of their network": (_shown("lead_here", NETWORK), HERE),
    "a lead of another network sees its public meetings in its calendar": (_shown("lead_far", NETWORK), HERE[:1]),
    "strangers see the public meetings in the calendar of a county": (_shown("anonymous", AREA), OF_COUNTY),
    "a coordinator sees all meetings in the calendar of the county": (_shown("coordinator_here", AREA), COUNTY),
    "a coordinator elsewhere sees the public meetings in the calendar of the county": (
        _shown("coordinator_elsewhere", AREA),
        OF_COUNTY,
    ),
    "at the secret address of a coordinator there is what they see": (
        _at_secret("coordinator_here", "county-12"),
        COUNTY,
    ),
    "at the secret address of who has no right to meetings there is what strangers see": (
        _at_secret("recorder_here", "county-12"),
        OF_COUNTY,
    ),
    "at the secret address of who may sign in no more there is what strangers see": (
        _at_secret("disabled_admin", "county-12"),
        OF_COUNTY,
    ),
    "at the secret address of whose grant has ended there is what strangers see": (
        _at_secret("ended_admin", "county-12"),
        OF_COUNTY,
    ),
    "a hidden meeting is no file for strangers": (
        lambda world: world.told("anonymous", ("GET", f"/v1/meetings/{world.ids['hidden-here']}/calendar.ics", {})),
        NOT_THERE,
    ),
    "an administrator does not see the secret address of somebody else": (
        _told("admin", "lead_here", "GET"),
        NOT_THERE,
    ),
    "an administrator does not revoke the secret address of somebody else": (
        _told("admin", "lead_here", "DELETE"),
        NOT_THERE,
    ),
}
