"""What clients see of year clocks, and what a plan file says of them."""

from typing import Literal

from pydantic import BaseModel, Field

from app.core.localized import Localized
from app.core.slugs import Code, Slug


class Topic(BaseModel, extra="forbid"):
    """What a window is for."""

    code: Code
    text: Localized


class WindowSpec(BaseModel, extra="forbid"):
    """A window of a year clock in a plan file: first and last month, both included."""

    code: Code
    name: Localized
    network_kind: Code = Field(description="Code of the kind of networks that meet in it.")
    first_month: int = Field(ge=1, le=12)
    last_month: int = Field(ge=1, le=12)
    mode: Literal["live", "remote", "hybrid"] | None = None
    topics: list[Topic] = Field(default_factory=list)


class YearClockSpec(BaseModel, extra="forbid"):
    """A year clock in a plan file."""

    slug: Slug
    name: Localized
    plan_ref: str | None = Field(default=None, max_length=20)
    windows: list[WindowSpec] = Field(min_length=1, max_length=60)
