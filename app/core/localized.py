"""Names for people, in the languages of the country: ``{"fi": ..., "sv": ..., "en": ...}``."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from app.core.language import Language
from app.core.text import folded

Name = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class Localized(BaseModel):
    """A text for people in one to three languages; Finnish always."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fi: Name
    sv: Name | None = None
    en: Name | None = None

    def to(self, language: Language) -> str:
        """The text for a reader of ``language``; Finnish where that is missing."""
        return getattr(self, language) or self.fi

    def stored(self) -> dict[str, str]:
        """The languages that there are: what the database holds."""
        return self.model_dump(exclude_none=True)

    def searchable(self) -> str:
        """All languages without case and accents: what a search looks in."""
        return " ".join(folded(name) for name in self.stored().values())


class LocalizedPatch(BaseModel):
    """A change of a text: languages that are absent stay, null takes one away."""

    model_config = ConfigDict(extra="forbid")

    fi: Name | None = None
    sv: Name | None = None
    en: Name | None = None

    def upon(self, stored: Localized | None) -> dict[str, str | None]:
        """The text as it would be, to be judged."""
        return {**(stored.stored() if stored else {}), **self.model_dump(exclude_unset=True)}


_NAMES = tuple(Localized.model_fields)
_STATE = {
    "__pydantic_fields_set__": set(_NAMES),
    "__pydantic_extra__": None,
    "__pydantic_private__": None,
}


class LocalizedJSON(TypeDecorator[Localized]):
    """A ``Localized`` in a JSON column."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> Any:
        return None if value is None else value.stored()

    def process_result_value(self, value: Any, dialect: Dialect) -> Localized | None:
        if value is None:
            return None
        made = Localized.__new__(Localized)  # not judged by today's rules, and made at half of model_construct
        made.__setstate__({**_STATE, "__dict__": {name: value.get(name) for name in _NAMES}})
        return made
