"""What clients see and send about meetings. Fields are listed by hand: some stay among members."""

import re
import uuid
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, StringConstraints, WithJsonSchema, model_validator
from sqlmodel import Field

from app.core import urls
from app.core.dates import Day
from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.shapes import Row, Shape, answer, partial
from app.core.slugs import Code, Reference
from app.meetings import rules
from app.meetings.models import Attended, MeetingStatus, Mode

MOST_ITEMS = 100  # on an agenda, and decisions of a meeting
MOST_ATTENDANCES = 300
_WALL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?")
NOT_A_WALL_TIME = Words(
    "Tähän kuuluu päivä ja kellonaika ilman aikavyöhykettä: 2026-03-12T13:00.",
    "This must be a date and a time without a zone, such as 2026-03-12T13:00.",
)
YEAR = Words(
    f"Vuosi ei ole välillä {rules.FIRST_YEAR}-{rules.LAST_YEAR}. Tarkista vuosi.",
    f"The year is not between {rules.FIRST_YEAR} and {rules.LAST_YEAR}. Check the year.",
)
UNKNOWN_ZONE = Words(
    "Tällaista aikavyöhykettä ei ole. Esimerkki: Europe/Helsinki.",
    "There is no such time zone. An example: Europe/Helsinki.",
)
NO_SUCH_TIME = Words(
    "Tätä kellonaikaa ei ole: kelloja siirretään silloin eteenpäin. Anna toinen aika.",
    "There is no such time: clocks go forward then. Give another time.",
)


def _written_without_zone(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    with suppress(ValueError):
        if isinstance(value, str) and _WALL_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
    raise FaultFound("not-a-wall-time", NOT_A_WALL_TIME)


def _in_our_years(value: datetime) -> datetime:
    if not rules.FIRST_YEAR <= value.year <= rules.LAST_YEAR:
        raise FaultFound("wrong-year", YEAR)
    return value


def _known_zone(value: str) -> str:
    if value not in rules.time_zones():
        raise FaultFound("unknown-time-zone", UNKNOWN_ZONE)
    return value


WallTime = Annotated[
    datetime,
    BeforeValidator(_written_without_zone),
    AfterValidator(_in_our_years),
    WithJsonSchema({"type": "string", "pattern": f"^{_WALL_TIME.pattern}$", "examples": ["2026-03-12T13:00"]}),
]
Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_zone)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Themes = Annotated[list[Code], Field(max_length=20)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=5000)]
RemoteUrl = Annotated[str, StringConstraints(pattern=urls.FORM, max_length=500)]


class About(Shape):
    """A thing of this API: what an item of an agenda is about."""

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*$", max_length=63)] = Field(
        description="What it is: `network`, `meeting`, `decision`, `meeting_place`..."
    )
    id: uuid.UUID


class AgendaItemFacts(Shape):
    """A matter for a meeting."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    text: Text | None = None
    about: About | None = Field(default=None, description="The thing that it is about, if it is stored here.")
    themes: Themes = Field(default_factory=list)
    is_public: bool = Field(default=False, description="Whether everybody may read it, if the meeting is public.")


class AgendaItemWrite(AgendaItemFacts):
    """A matter to be put on an agenda."""

    position: int | None = Field(default=None, ge=1, le=MOST_ITEMS, description="From 1; at the end if absent.")


class AgendaItemChange(AgendaItemFacts):
    """What can be changed of a matter on an agenda."""

    position: int = Field(ge=1, le=MOST_ITEMS, description="From 1; the others move.")


@partial
class AgendaItemPatch(AgendaItemChange):
    """Any of the fields of a matter on an agenda; those absent stay as they are."""


class MeetingFacts(Shape):
    """A meeting as its network calls it together."""

    mode: Mode
    local_start: WallTime = Field(description="What the clock on the wall shows, without a zone: `2026-03-12T13:00`.")
    time_zone: Zone = Field(default="Europe/Helsinki", description="Where that clock hangs (IANA name).")
    duration_minutes: int = Field(ge=5, le=2880)
    title: Title | None = Field(default=None, description="If it has a name of its own.")
    location: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    remote_url: RemoteUrl | None = Field(default=None, description="Address of the remote meeting; for members only.")
    led_by: Reference | None = Field(default=None, description="Id or slug of the network whose turn it is to lead.")
    window_code: Code | None = Field(default=None, description="The window of a year clock that it belongs to.")
    themes: Themes = Field(default_factory=list)
    is_public: bool = Field(default=True, description="Whether everybody may know of it.")

    @model_validator(mode="after")
    def _at_a_time_that_there_is(self) -> "MeetingFacts":
        if rules.instant_of(self.local_start, self.time_zone) is None:
            raise FaultFound("no-such-time", NO_SUCH_TIME, "/local_start")
        return self


class MeetingWrite(MeetingFacts):
    """A meeting to be planned."""

    network: Reference = Field(description="Id or slug of the network that meets.")
    agenda: Annotated[list[AgendaItemFacts], Field(max_length=MOST_ITEMS)] = Field(default_factory=list)


@partial
class MeetingPatch(MeetingFacts):
    """Any of the fields of a meeting; those absent stay as they are."""


class Cancelling(Shape):
    """Why a meeting is cancelled."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(
        description="Everybody may read it."
    )


class AttendanceWrite(Shape):
    """How a seat was at a meeting; null takes it away."""

    seat: uuid.UUID
    state: Attended | None


class AttendancesWrite(Shape):
    """How some seats were at a meeting."""

    attendances: Annotated[list[AttendanceWrite], Field(max_length=MOST_ATTENDANCES)]


class DecisionFacts(Shape):
    """What a meeting decided."""

    text: Text
    agenda_item: uuid.UUID | None = Field(default=None, description="Id of the item of its agenda that it is under.")
    due_on: Day | None = Field(default=None, description="By when it is to be done.")
    is_public: bool = Field(default=False, description="Whether everybody may read it, if the meeting is public.")


class DecisionWrite(DecisionFacts):
    """A decision to be recorded."""


@partial
class DecisionPatch(DecisionFacts):
    """Any of the fields of a decision; those absent stay as they are."""


class NetworkOfMeeting(BaseModel):
    """A network, named."""

    id: uuid.UUID
    slug: str
    name: Localized


class AboutShown(BaseModel):
    """A thing of this API."""

    kind: str
    id: uuid.UUID


class _AgendaItem(Row):
    meeting_id: uuid.UUID
    position: int
    title: str
    text: str | None
    about: AboutShown | None = Field(description="Null for those without `meetings:read` there.")
    themes: list[str]
    is_public: bool


@answer
class AgendaItemShown(_AgendaItem):
    """A matter on the agenda of a meeting."""


class _MeetingDecision(Row):
    meeting_id: uuid.UUID
    position: int
    text: str
    agenda_item: uuid.UUID | None = Field(description="Id of the item of the agenda; null if that is not shown.")
    due_on: date | None
    is_public: bool


@answer
class DecisionOfMeeting(_MeetingDecision):
    """A decision, as its meeting shows it."""


class MeetingRef(BaseModel):
    """A meeting, named."""

    id: uuid.UUID
    title: str | None
    local_start: str


class _Decision(_MeetingDecision):
    meeting: MeetingRef
    network: NetworkOfMeeting


@answer
class DecisionShown(_Decision):
    """A decision, with the meeting that made it."""


class _Listed(Row):
    network: NetworkOfMeeting
    title: str | None
    mode: Mode
    status: MeetingStatus
    local_start: str = Field(description="What the clock on the wall shows: `2026-03-12T13:00`.")
    time_zone: str
    duration_minutes: int
    starts_at: datetime
    ends_at: datetime
    location: str | None
    remote_url: str | None = Field(description="Null for those without `meetings:read` there.")
    led_by: NetworkOfMeeting | None
    window_code: str | None
    themes: list[str]
    is_public: bool
    cancel_reason: str | None
    sequence: int = Field(description="Grows when calendars must look again.")


@answer
class MeetingListed(_Listed):
    """A meeting in a list."""


class _Whole(_Listed):
    agenda: list[AgendaItemShown] = Field(description="Only what is public for those without `meetings:read` there.")
    decisions: list[DecisionOfMeeting] = Field(description="Likewise.")


@answer
class MeetingShown(_Whole):
    """A meeting with its agenda and its decisions."""


class OrganisationOfSeat(BaseModel):
    """An organisation, named."""

    id: uuid.UUID
    slug: str
    name: Localized


class _Attendance(Row):
    seat: uuid.UUID
    role: str = Field(description="Code of the role of the seat.")
    organisation: OrganisationOfSeat | None
    state: Attended


@answer
class AttendanceShown(_Attendance):
    """How a seat was at a meeting. Whoever sat on it is not named."""


class Attendances(BaseModel):
    """How seats were at a meeting, all of them."""

    attendances: list[AttendanceShown]
