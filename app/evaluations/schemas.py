"""What clients send and see of evaluations, and what a plan file says of criteria."""

from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.slugs import Code
from app.evaluations.models import Level, TextSource


class Heading(BaseModel, extra="forbid"):
    """A topic, or a heading under which criteria stand."""

    code: Code
    name: Localized


class Scale(BaseModel, extra="forbid"):
    """Whole numbers from ``min`` to ``max``; some of them with a label."""

    min: int = Field(ge=-100, le=100)
    max: int = Field(ge=-100, le=100)
    labels: dict[Annotated[str, Field(pattern=r"^-?[0-9]{1,3}$")], Localized] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _grows(self) -> "Scale":
        if self.max <= self.min:
            raise FaultFound(
                "not-a-scale",
                Words("Asteikon loppu ei ole alkua suurempi.", "The scale ends where it begins, or before."),
                "/max",
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
