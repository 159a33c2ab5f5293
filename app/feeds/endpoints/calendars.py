"""``/v1/calendars``, ``/v1/meetings/{meeting}/calendar.ics``"""

from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from app.accounts.needs import Public
from app.accounts.rules import Caller
from app.areas.models import Area
from app.core import language, rows
from app.core.database import Command, Database, DatabaseDep, SnapshotSession
from app.core.dates import AnyDay
from app.core.errors import NoSuchThing
from app.core.problems import answers
from app.core.route import room
from app.feeds.calendar_file import MEDIA_TYPE
from app.feeds.service import calendars
from app.feeds.service.calendars import CalendarTooLong, Form, Written
from app.meetings.models.meetings import FAMILY
from app.networks.models import Network

router = room("", "calendars")
Anyone = Annotated[Caller | None, Public(FAMILY, "networks")]
FirstDay = Annotated[AnyDay | None, Query(alias="from", description="First day; if absent, a year ago.")]
LastDay = Annotated[AnyDay | None, Query(alias="to", description="Last day, included; if absent, two years from now.")]
AS_A_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}}
OF_MANY = {**AS_A_FILE, **answers(NoSuchThing, CalendarTooLong)}


async def _form(request: Request, database: DatabaseDep) -> Form:
    """In what form a calendar is written. Asked for before a session, since the first of all names the instance."""
    async with database.seat():
        found = await run_in_threadpool(_instance, database)
    if found is None:
        async with database.turn():
            await run_in_threadpool(_name_instance, database)
        async with database.seat():
            found = await run_in_threadpool(_instance, database)
    assert found is not None
    return Form(language.asked(request.scope), found, request.app.state.settings.public_url)


FormDep = Annotated[Form, Depends(_form)]


def _instance(database: Database) -> Any:
    with database.reading() as session:
        return calendars.instance_id(session)


def _name_instance(database: Database) -> None:
    with database.writing(Command("nameInstance")) as session:
        calendars.name_instance(session)


@router.get("/calendars/{network}.ics", responses=OF_MANY, response_class=Response)
def read_network_calendar(
    caller: Anyone,
    form: FormDep,
    session: SnapshotSession,
    network: Annotated[str, Path(max_length=80, description="Id or slug of the network.")],
    first: FirstDay = None,
    last: LastDay = None,
) -> Any:
    """The meetings of a network, as a calendar to subscribe to (iCalendar).

    Those that everybody may know of, with what is public of their agendas; with a token, what you may see of them.
    One that is moved keeps its `UID` and gets a higher `SEQUENCE`; one that is cancelled stays, as `CANCELLED`.
    """
    found = rows.find(session, Network, network)
    return _answer(calendars.of_network(session, caller, form, found, first, last))


@router.get("/calendars/areas/{area}.ics", responses=OF_MANY, response_class=Response)
def read_area_calendar(
    caller: Annotated[Caller | None, Public(FAMILY, "networks", "areas")],
    form: FormDep,
    session: SnapshotSession,
    area: Annotated[str, Path(max_length=80, description="Id or slug of the area.")],
    first: FirstDay = None,
    last: LastDay = None,
) -> Any:
    """The meetings of networks in an area and below it, as a calendar (iCalendar).

    As the calendar of a network.
    """
    return _answer(calendars.of_area(session, caller, form, rows.find(session, Area, area), first, last))


@router.get("/calendars/s/{secret}.ics", responses=OF_MANY, response_class=Response)
def read_secret_calendar(
    _: Annotated[Caller | None, Public()],
    form: FormDep,
    session: SnapshotSession,
    secret: Annotated[str, Path(description="The secret of the address.")],
    first: FirstDay = None,
    last: LastDay = None,
) -> Any:
    """The calendar at a secret address, which needs no token.

    It shows what its owner may see at that moment; once they may sign in no more, only what is public. Addresses
    that were revoked and such as never were answer alike.
    """
    return _answer(calendars.of_address(session, form, secret, first, last), {"Cache-Control": "private, no-cache"})


@router.get(
    "/meetings/{meeting}/calendar.ics", responses={**AS_A_FILE, **answers(NoSuchThing)}, response_class=Response
)
def read_meeting_calendar(
    caller: Anyone,
    form: FormDep,
    session: SnapshotSession,
    meeting: Annotated[str, Path(max_length=36, description="Id of the meeting.")],
) -> Any:
    """One meeting, to be put into a calendar (iCalendar).

    What is public of it; with `meetings:read` on its network, or a seat in it today, all.
    """
    found, name = calendars.of_meeting(session, caller, form, meeting)
    return _answer(found, {"Content-Disposition": f'attachment; filename="{name}"'})


def _answer(found: Written, headers: dict[str, str] | None = None) -> Response:
    changed = {"Last-Modified": format_datetime(found.changed_at, usegmt=True)} if found.changed_at else {}
    return Response(found.content, media_type=MEDIA_TYPE, headers={**changed, **(headers or {})})
