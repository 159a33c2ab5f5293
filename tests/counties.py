"""A county beside the shipped one, for tests that bring their own data of a plan."""

import uuid

from app.areas import service as areas
from app.areas.models import Area, AreaKind
from app.areas.schemas import AreaSpec
from app.core import rows
from app.core.database import Work
from app.core.localized import Localized

SLUG = "county-beside"


def beside(session: Work) -> uuid.UUID:
    """The id of a county with a plan, made if it is not there."""
    county = AreaSpec(
        slug=SLUG,
        kind=AreaKind.wellbeing_county,
        code="98",
        name=Localized(fi="Naapurin hyvinvointialue"),
        holds_plan=True,
        within={"service": "finland"},
    )
    areas.load(session, [county])
    return rows.find(session, Area, SLUG).id
