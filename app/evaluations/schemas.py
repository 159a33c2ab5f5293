"""What clients send and see of evaluations, and what a plan file says of criteria."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.core.dates import Day
from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.patterns import worded
from app.core.problems import FaultShown
from app.core.shapes import Row, Shape, answer, partial
from app.core.slugs import Code, Reference
from app.evaluations.models import EvaluationKind, EvaluationState, FindingKind, Level, TextSource
from app.organisations.schemas import OrganisationRef
from app.places.schemas import PlaceRef

MOST_SCORES = 300
MOST_FINDINGS = 50
MOST_EVALUATORS = 50
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
POINT = worded(
    r"^-?[0-9]{1,3}$",
    "Tähän kuuluu asteikon luku, esimerkiksi 3.",
    "This must be a number of the scale, such as 3.",
)


class Heading(BaseModel, extra="forbid"):
    """A topic, or a heading under which criteria stand."""

    code: Code
    name: Localized


class Scale(Shape):
    """Whole numbers from ``min`` to ``max``; some of them with a label."""

    min: int = Field(ge=-100, le=100)
    max: int = Field(ge=-100, le=100)
    labels: dict[Annotated[str, Field(pattern=POINT)], Localized] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _grows(self) -> "Scale":
        if self.max <= self.min:
            raise FaultFound(
                "not-a-scale",
                Words("Asteikon loppu ei ole alkua suurempi.", "The scale ends where it begins, or before."),
                "/max",
            )
        for label in self.labels:
            if str(int(label)) != label or not self.min <= int(label) <= self.max:
                raise FaultFound(
                    "label-off-the-scale",
                    Words(
                        f"Asteikko on {self.min}-{self.max}. Nimeä vain sen kokonaislukuja.",
                        f"The scale goes from {self.min} to {self.max}. Label its whole numbers alone.",
                    ),
                    f"/labels/{label}",
                )
        return self


class CriterionSpec(BaseModel, extra="forbid"):
    """A criterion in a plan file. Official wording only with leave of whoever wrote it."""

    code: Code
    area: Code | None = Field(default=None, description="Code of one of the set's areas.")
    topic: Code | None = Field(default=None, description="Code of one of the set's topics.")
    text: Localized
    text_source: TextSource = TextSource.own


class CriteriaSetSpec(BaseModel, extra="forbid"):
    """A set of criteria in a plan file, one edition of it."""

    code: Code
    edition: int = Field(ge=1, le=1000)
    name: Localized
    level: Level = Level.place
    scale: Scale
    topics: list[Heading] = Field(default_factory=list)
    areas: list[Heading] = Field(default_factory=list)
    criteria: list[CriterionSpec] = Field(min_length=1, max_length=300)
    source: str | None = Field(default=None, max_length=300, description="Where it comes from.")


class ScoreWrite(Shape):
    """The score of a criterion."""

    criterion: Code = Field(description="Code of the criterion in its set.")
    value: int | None = Field(description="On the scale of the evaluation; null: the criterion does not apply.")
    comment: Text | None = None


class FindingWrite(Shape):
    """What was found, in words. No names of persons."""

    kind: FindingKind
    text: Text
    criterion: Code | None = Field(default=None, description="Code of the criterion that it is about, if it is one.")


class EvaluatorWrite(Shape):
    """Who took part in judging."""

    organisation: Reference = Field(description="Id or slug of the organisation.")
    person: uuid.UUID | None = Field(default=None, description="Id of a person; takes `persons:read` there.")


class EvaluationFacts(Shape):
    """What is found of a place."""

    scale: Scale | None = Field(default=None, description="Instead of that of the set; kept with the evaluation.")
    peer_place: Reference | None = Field(
        default=None, description="Id or slug of the place whose people judge; in a peer evaluation, and only there."
    )
    visited_on: Day | None = Field(default=None, description="Day of the visit, or of the talk; in that year.")
    scores: Annotated[list[ScoreWrite], Field(max_length=MOST_SCORES)] = Field(default_factory=list)
    findings: Annotated[list[FindingWrite], Field(max_length=MOST_FINDINGS)] = Field(default_factory=list)
    evaluators: Annotated[list[EvaluatorWrite], Field(max_length=MOST_EVALUATORS)] = Field(default_factory=list)
    is_shared: bool = Field(
        default=False,
        description="Whether all who read evaluations somewhere in the county may read it, also while it is a draft. "
        "To share that of another place takes the right on that place.",
    )
    state: EvaluationState = Field(
        default=EvaluationState.draft, description="`final` needs a score, or null, for each criterion of the set."
    )


class EvaluationWrite(EvaluationFacts):
    """An evaluation to be recorded."""

    place: Reference = Field(description="Id or slug of the place that is judged.")
    year: int
    kind: EvaluationKind
    criteria_set: Reference = Field(description="Id of a set; or its code: the newest edition in the place's county.")


@partial
class EvaluationPatch(EvaluationFacts):
    """Any of the fields of an evaluation; those absent stay as they are. A list that is given replaces the whole."""


class SetRef(BaseModel):
    """A set of criteria, named."""

    id: uuid.UUID
    code: str
    edition: int
    name: Localized


class ScaleShown(BaseModel):
    """Whole numbers from ``min`` to ``max``; some of them with a label."""

    min: int
    max: int
    labels: dict[str, Localized]


class HeadingShown(BaseModel):
    """A topic, or a heading under which criteria stand."""

    code: str
    name: Localized


class _Set(Row):
    county_id: uuid.UUID
    code: str
    edition: int
    name: Localized
    level: Level
    scale: ScaleShown
    topics: list[HeadingShown]
    areas: list[HeadingShown]
    source: str | None


@answer
class CriteriaSetListed(_Set):
    """An edition of a set of criteria in a list."""


class CriterionShown(BaseModel):
    """A criterion. ``placeholder``: only its place in the set is known."""

    code: str
    area: str | None
    topic: str | None
    text: Localized
    text_source: TextSource


class _WholeSet(_Set):
    criteria: list[CriterionShown]


@answer
class CriteriaSetShown(_WholeSet):
    """An edition of a set of criteria, with these in order."""


class _Listed(Row):
    place: PlaceRef
    year: int
    kind: EvaluationKind
    criteria_set: SetRef
    scale: ScaleShown
    peer_place: PlaceRef | None
    round_id: uuid.UUID | None
    visited_on: date | None
    state: EvaluationState
    is_shared: bool


@answer
class EvaluationListed(_Listed):
    """An evaluation in a list."""


class ScoreShown(BaseModel):
    """The score of a criterion; null: it does not apply."""

    criterion: str
    value: int | None
    comment: str | None


class FindingShown(BaseModel):
    """What was found."""

    kind: FindingKind
    text: str
    criterion: str | None


class PersonNamed(BaseModel):
    """A person, named."""

    id: uuid.UUID
    name: str


class EvaluatorShown(BaseModel):
    """Who took part in judging."""

    organisation: OrganisationRef
    person: PersonNamed | None = Field(description="Null without `persons:read` on them: sent back as null, they stay.")


class _Whole(_Listed):
    scores: list[ScoreShown] = Field(description="In the order of the criteria.")
    findings: list[FindingShown]
    evaluators: list[EvaluatorShown]
    warnings: list[FaultShown] = Field(description="What is unusual, though possible.")


@answer
class EvaluationShown(_Whole):
    """An evaluation with its scores and findings, and what is unusual about it."""
