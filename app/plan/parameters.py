"""What each type of rule can say: its parameters, judged when a plan is loaded. Pure.

A subject names what a rule judges: ``{"kind": "network", "of": "<slug>"}``, ``{"kind": "network_kind", "of":
"<code>"}`` for each network of a kind, ``{"kind": "county"}`` for the whole.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from app.core.dates import Day
from app.core.errors import Fault
from app.core.faults import FaultFound, faults_of
from app.core.language import Words
from app.core.localized import Localized
from app.core.patterns import worded
from app.core.slugs import Code
from app.plan.models import RuleType

Per = Literal["week", "month", "quarter", "year"]
MeetingMode = Literal["live", "remote", "hybrid"]
PlaceKind = Literal["family", "youth_facility", "guidance_centre"]
MonthOfYear = Annotated[int, Field(ge=1, le=12)]
HALF_A_WINDOW = Words("Anna molemmat kuukaudet tai ei kumpaakaan.", "Give both months, or neither.")
WRONG_ORDER = Words("Yläraja on alarajaa pienempi.", "The upper bound is below the lower one.")
DAY_OF_YEAR = worded(
    r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "Tähän kuuluu kuukausi ja päivä, esimerkiksi 04-15.",
    "This must be a month and a day, such as 04-15.",
)


class Parameters(BaseModel, extra="forbid", allow_inf_nan=False):
    """Of a rule. Where it has two bounds, they are in order."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "Parameters":
        least, most = getattr(self, "at_least", None), getattr(self, "at_most", None)
        if least is not None and most is not None and most < least:
            raise FaultFound("wrong-order", WRONG_ORDER, "/at_most")
        return self


class Cadence(Parameters):
    """R1: so many meetings in each period; at most so many days between two of them."""

    times: int = Field(ge=1, le=366)
    per: Per = "year"
    mode: MeetingMode | None = Field(default=None, description="Only meetings of this mode count.")
    minutes: int | None = Field(default=None, ge=5, le=2880, description="How long one lasts.")
    longest_gap_days: int | None = Field(default=None, ge=1, le=1000)
    gap_pauses_in: list[MonthOfYear] = Field(default_factory=list, description="Months that a gap may span.")


class Mode(Parameters):
    """R2: how many of a year's meetings are of a mode."""

    mode: MeetingMode
    at_least: int | None = Field(default=None, ge=0, le=366)
    at_most: int | None = Field(default=None, ge=0, le=366)
    per: Per = "year"
    hybrid_counts: bool = Field(default=False, description="Whether a hybrid meeting counts as one of this mode.")


class Window(Parameters):
    """R3: a meeting in each window of a year clock for the kind of network that the subject is."""

    clock: str = Field(description="Slug of the year clock.")
    windows: list[Code] = Field(default_factory=list, description="Codes of its windows; empty: all of the subject's.")


class Party(BaseModel, extra="forbid"):
    """Who has to sit in a network: seats that meet all that is named here.

    ``each``: one for every municipality or meeting place there is on the day, in the area of the network.
    """

    organisation_kind: Code | None = None
    organisation: str | None = Field(default=None, description="Slug.")
    role: Code | None = None
    each: Literal["municipality", "meeting_place"] | None = None
    place_kind: PlaceKind | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "Party":
        if not (self.organisation_kind or self.organisation or self.role or self.each):
            raise FaultFound(
                "party-of-nobody",
                Words("Osapuoli ei rajaa ketään.", "This party names nobody in particular."),
                "/organisation_kind",
            )
        return self


class Representation(Parameters):
    """R4: a party that must, or should, have seats."""

    name: Localized
    party: Party
    level: Literal["must", "should"]
    at_least: int = Field(default=1, ge=1, le=1000)
    at_most: int | None = Field(default=None, ge=1, le=1000)


class Coverage(Parameters):
    """R5: so many municipalities have a meeting place of a kind."""

    municipalities: int = Field(ge=1, le=400)
    place_kind: PlaceKind = "family"


class Alternation(Parameters):
    """R6: each place of a kind is evaluated every year, by turns in these ways, from the first in ``anchor_year``."""

    kinds: list[Literal["peer", "self"]] = Field(min_length=1, max_length=10)
    anchor_year: int = Field(ge=1990, le=2100)
    criteria_set: Code | None = None
    place_kind: PlaceKind = "family"


class Review(Parameters):
    """R7: something done again every so many months; ``from_month`` to ``to_month`` is when in the year."""

    every_months: int = Field(ge=1, le=120)
    from_month: MonthOfYear | None = None
    to_month: MonthOfYear | None = None

    @model_validator(mode="after")
    def _has_a_whole_window(self) -> "Review":
        if (self.from_month is None) != (self.to_month is None):
            raise FaultFound("half-a-window", HALF_A_WINDOW, "/to_month")
        if self.from_month and self.to_month and self.to_month < self.from_month:
            raise FaultFound("wrong-order", WRONG_ORDER, "/to_month")
        return self


class SurveyWave(Parameters):
    """R8: a survey in each of these years, between two days of the year (``MM-DD``)."""

    years: list[Annotated[int, Field(ge=1990, le=2100)]] = Field(min_length=1)
    opens: str = Field(pattern=DAY_OF_YEAR)
    closes: str = Field(pattern=DAY_OF_YEAR)
    results_are_public: bool = True
    each: Literal["municipality"] | None = None


class AgreementTerm(Parameters):
    """R9: at the start of a term, roles are filled anew and matters looked over."""

    starts_on: list[Day] = Field(default_factory=list, description="First days of terms; empty: not known yet.")
    choose_roles: list[Code]
    review: list[Code]
    within_days: int = Field(default=120, ge=1, le=1000)


class Rotation(Parameters):
    """R10: a duty that goes round: the lead among networks, or the secretary among members."""

    duty: Literal["lead", "secretary"]
    among: list[str] = Field(default_factory=list, description="Slugs of networks; empty: the members.")


class Relay(Parameters):
    """R11: each organisation carries agreed matters home."""

    within_days: int = Field(ge=1, le=1000)


class Threshold(BaseModel, extra="forbid", allow_inf_nan=False):
    """From when on a yearly change is looked into: both bounds together."""

    unit: Code
    at_least: float | None = Field(default=None, ge=0, description="In the unit of the indicator.")
    at_least_percent: float | None = Field(default=None, ge=0, le=10_000)
    of_at_least: int | None = Field(default=None, ge=1, description="Smallest count that is judged.")


class Deviation(Parameters):
    """R12: a change beyond a threshold is looked into."""

    thresholds: list[Threshold] = Field(min_length=1)
    robust_z: float | None = Field(default=None, gt=0, le=100)
    points: int | None = Field(default=None, ge=3, le=100)


class Privacy(Parameters):
    """R13: only counts on families; small ones are hidden in public. Kept by the tables, never judged."""

    hide_below: int = Field(ge=1, le=100)


class Integrity(Parameters):
    """R14: counts fit together, and a closed month is corrected openly. Kept by the tables, never judged."""


SHAPES: dict[RuleType, type[Parameters]] = {
    RuleType.cadence: Cadence,
    RuleType.mode: Mode,
    RuleType.window: Window,
    RuleType.representation: Representation,
    RuleType.coverage: Coverage,
    RuleType.alternation: Alternation,
    RuleType.review: Review,
    RuleType.survey: SurveyWave,
    RuleType.agreement_term: AgreementTerm,
    RuleType.rotation: Rotation,
    RuleType.relay: Relay,
    RuleType.deviation: Deviation,
    RuleType.privacy: Privacy,
    RuleType.integrity: Integrity,
}


def read(of: RuleType, parameters: Mapping[str, Any]) -> Parameters:
    """What a rule of this type says. Raises ValidationError."""
    return SHAPES[of].model_validate(dict(parameters))


def faults(of: RuleType, parameters: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the parameters of a rule; each pointer begins at them: ``/times``."""
    try:
        read(of, parameters)
    except ValidationError as broken:
        return faults_of(broken.errors(include_url=False))
    return []


def stored(of: RuleType, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as they are kept: those left out are what they are by default. Raises ValidationError."""
    return read(of, parameters).model_dump(mode="json", exclude_none=True)
