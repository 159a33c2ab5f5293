"""What the permission walk asks of early support: its things, its requests, and what each of these takes."""

from typing import Any

from sqlalchemy import select

from app.areas.models import Area
from app.core import rows
from app.core.database import Work
from app.programme import service
from app.programme.queries import FORM
from app.programme.schemas import SupportGroupSpec

TAKES: dict[str, tuple[str, ...]] = {}
REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listSupportForms": lambda world, caller: ("GET", "/v1/support-forms?theme=walk", {}),
    "readSupportForm": lambda world, caller: ("GET", f"/v1/support-forms/{world.ids['form-here']}", {}),
}
CHECKS: dict[str, Any] = {}  # sentence -> ((world) -> what it is, what it should be)


def settle(world: Any, session: Work) -> None:
    """A form of early support here."""
    form = {"code": "form-here", "name": {"fi": "Kerho"}, "themes": ["walk"]}
    group = {"code": "walk", "name": {"fi": "Otsikko"}, "forms": [form]}
    service.load(session, rows.find(session, Area, "county-12").id, [SupportGroupSpec.model_validate(group)])
    world.ids["form-here"] = session.scalars(select(FORM.id).where(FORM.code == "form-here")).one()
