"""The plan of a county as one file: what `load-plan` reads. Another county's plan is another file.

YAML: ``format: 1``, ``county`` (slug of the area on which the plan stands), ``areas``,
``statistics_forms`` and ``meeting_places``. Each fault is named by its place in the file.
"""

from collections.abc import Iterator
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import select
from sqlmodel import Session

from app.areas import service as areas
from app.areas.queries import AREA
from app.areas.schemas import AreaSpec
from app.core.database import Work
from app.core.errors import Fault, Malformed, RuleBroken
from app.core.faults import faults_of
from app.core.language import Words
from app.indicators import service as indicators
from app.places import service as places
from app.places.schemas import PlaceSpec
from app.statistics import service as statistics
from app.statistics.schemas import FormSpec

MOST_BYTES = 4 << 20


class PlanFile(BaseModel, extra="forbid"):
    """A county's plan."""

    format: int = Field(ge=1, le=1)
    county: str
    areas: list[AreaSpec] = Field(default_factory=list)
    statistics_forms: list[FormSpec] = Field(default_factory=list)
    meeting_places: list[PlaceSpec] = Field(default_factory=list)


class NotAPlanFile(Malformed):
    """The file is not YAML."""

    title = Words("Tiedosto ei ole YAML", "Not YAML")
    detail = Words("Suunnitelmatiedostoa ei voi lukea{where.fi}.", "The plan file can't be read{where.en}.")
    cure = Words("Korjaa tiedoston muoto (YAML, UTF-8).", "Mend the form of the file (YAML, UTF-8).")


class PlanHasFaults(RuleBroken):
    """The plan file breaks rules; ``errors`` names each place in the file."""

    title = Words("Suunnitelmassa on virheitä", "The plan has faults")
    detail = Words("Suunnitelmassa on virheitä. Mitään ei ladattu.", "The plan has faults. Nothing was loaded.")
    cure = Words("Korjaa luetellut kohdat ja lataa uudestaan.", "Mend the places listed and load it again.")


UNKNOWN_AREA = Words(
    "Aluetta {slug} ei ole tiedostossa eikä tietokannassa.", "Area {slug} is neither in the file nor in the database."
)
TWICE = Words("{slug} on kahdesti.", "{slug} is there twice.")
NO_PLAN_ON_IT = Words(
    "Alueella {slug} ei ole merkintää holds_plan: true.", "Area {slug} does not say holds_plan: true."
)


def shipped() -> bytes:
    """The plan that comes with the product."""
    found = [f for f in resources.files("app.transfer").joinpath("data").iterdir() if f.name.endswith(".plan.yaml")]
    return found[0].read_bytes()


def read(raw: bytes) -> PlanFile:
    """The plan in a file, judged as far as the file alone allows. Raises NotAPlanFile, PlanHasFaults."""
    try:
        value = yaml.safe_load(raw[: MOST_BYTES + 1].decode("utf-8"))
        return PlanFile.model_validate(value)
    except ValidationError as broken:
        raise PlanHasFaults(faults=faults_of(broken.errors())) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as broken:
        mark = getattr(broken, "problem_mark", None)
        at = (f", rivi {mark.line + 1}", f", line {mark.line + 1}") if mark else ("", "")
        raise NotAPlanFile(where=Words(*at)) from None


def load(session: Work, plan: PlanFile) -> dict[str, int]:
    """Create what is missing, and answer how many of each. What is there stays as it is. Raises PlanHasFaults."""
    if faults := list(_faults(session, plan)):
        raise PlanHasFaults(faults=faults)
    made = {"areas": areas.load(session, plan.areas)}
    county_id = areas.resolved(session, plan.county, pointer="/county")
    made["statistics_forms"] = statistics.load_forms(session, county_id, plan.statistics_forms)
    made["meeting_places"] = places.load(session, plan.meeting_places)
    made["indicators"] = indicators.load_definitions(session)
    return made


def _faults(session: Session, plan: PlanFile) -> Iterator[Fault]:
    stored = dict(session.execute(select(AREA.slug, AREA.holds_plan)).all())
    known = {**{spec.slug: spec.holds_plan for spec in plan.areas}, **stored}
    for index, spec in enumerate(plan.areas):
        named: list[tuple[str, Any]] = [
            *(("within/" + k, v) for k, v in spec.within.items()),
            ("successor", spec.successor),
        ]
        yield from (
            Fault("unknown-area", UNKNOWN_AREA.about(slug=slug), pointer=f"/areas/{index}/{place}")
            for place, slug in named
            if slug is not None and slug not in known
        )
    if plan.county not in known:
        yield Fault("unknown-area", UNKNOWN_AREA.about(slug=plan.county), pointer="/county")
    elif not known[plan.county]:
        yield Fault("holds-no-plan", NO_PLAN_ON_IT.about(slug=plan.county), pointer="/county")
    for index, place in enumerate(plan.meeting_places):
        if place.municipality not in known:
            yield Fault(
                "unknown-area",
                UNKNOWN_AREA.about(slug=place.municipality),
                pointer=f"/meeting_places/{index}/municipality",
            )
    for section, slugs in (
        ("areas", [a.slug for a in plan.areas]),
        ("meeting_places", [p.slug for p in plan.meeting_places]),
    ):
        for index, slug in enumerate(slugs):
            if slug in slugs[:index]:
                yield Fault("taken", TWICE.about(slug=slug), pointer=f"/{section}/{index}/slug")
