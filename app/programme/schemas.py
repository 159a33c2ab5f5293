"""What clients see of forms of early support, and what a plan file says of them."""

from pydantic import BaseModel, Field

from app.core.localized import Localized
from app.core.slugs import Code
from app.core.urls import WebAddress


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
