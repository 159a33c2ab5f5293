"""What clients see of forms of early support, and what a plan file says of them."""

import uuid

from pydantic import BaseModel, Field, model_validator

from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.shapes import Row, answer
from app.core.slugs import Code
from app.core.urls import WebAddress

TWICE = Words(
    "Tällä otsikolla on jo muoto, jolla on tämä tunnus. Anna toinen.",
    "Another form under this heading has this code already. Give another.",
)


class SupportFormSpec(BaseModel, extra="forbid"):
    """A form of early support in a plan file."""

    code: Code
    name: Localized
    providers: list[Code] = Field(default_factory=list, description="Codes of kinds of organisations.")
    themes: list[Code] = Field(default_factory=list)
    url: WebAddress | None = None


class SupportGroupSpec(BaseModel, extra="forbid"):
    """A heading with its forms of early support in a plan file."""

    code: Code
    name: Localized
    forms: list[SupportFormSpec] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _names_each_form_once(self) -> "SupportGroupSpec":
        codes = [form.code for form in self.forms]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                raise FaultFound("taken", TWICE, f"/forms/{index}/code")
        return self


class SupportGroupRef(BaseModel):
    """The heading under which a county lists a form of early support."""

    code: str
    name: Localized


class SupportProvider(BaseModel):
    """A kind of organisations that gives a form of early support."""

    code: str
    name: Localized


@answer
class SupportFormPublic(Row):
    """A form of early support."""

    county_id: uuid.UUID = Field(description="The area on whose plan it stands.")
    group: SupportGroupRef = Field(description="Its heading.")
    code: str = Field(description="Its own under its heading.")
    name: Localized
    providers: list[SupportProvider] = Field(description="Kinds of organisations that give it.")
    themes: list[str]
    url: str | None
