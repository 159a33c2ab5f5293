"""Plausible history for trying things out: invented people and places, the same whatever the clock says."""

from importlib import resources
from typing import Any

import yaml
from sqlalchemy import func, select

from app.areas.models import Area
from app.audit.models import AuditEntry
from app.core import rows
from app.core.database import Command, Database, Work
from app.core.errors import Conflict
from app.core.language import Words
from app.core.periods import Month
from app.networks.schemas import NetworkSpec
from app.networks.service import loading as networks
from app.organisations.schemas import OrganisationSpec
from app.organisations.service import organisations
from app.places import service as places
from app.places.schemas import PlaceSpec
from app.statistics import rollup, service
from app.statistics.queries import DAY
from app.transfer.demo import between_meetings, follow_up, meetings, people, visits

DONE = "demo data is there already; nothing changed"


class NotADemoDatabase(Conflict):
    """People have written to this database: invented figures must not mix with theirs."""

    title = Words("Tietokannassa on oikeaa tietoa", "The database has real data")
    detail = Words(
        "Tähän tietokantaan on jo kirjattu tietoja, joten siihen ei ladata keksittyjä. Käytä toista tietokantaa.",
        "People have written to this database, so invented data is not loaded into it. Use another database.",
    )
    cure = Words("`make run DEMO=1` käyttää omaa tiedostoaan.", "`make run DEMO=1` uses a file of its own.")


def load(database: Database) -> str:
    """Add the invented people, places and their history, once. Raises NotADemoDatabase."""
    with database.writing(Command("load-plan --demo")) as session:
        sources = dict(session.execute(select(DAY.source, func.count()).group_by(DAY.source)).all())
        if "demo" in sources:
            return DONE
        if sources or session.scalars(select(AuditEntry.id).where(AuditEntry.user_id.is_not(None)).limit(1)).first():  # type: ignore[union-attr,call-overload]
            raise NotADemoDatabase()
        plan = yaml.safe_load(resources.files("app.transfer").joinpath("data", "demo.yaml").read_text("utf-8"))
        places.load(session, [_spec(p) for p in plan["places"] if "municipality" in p])
        days = dict(visits.history(session, plan))
        rollup.lock(session, {(place, str(Month.of(day))) for place, day, _ in days})
        service.write_days(session, days, {}, source="demo")
        made = _networks(session, plan)
    return f"Demo: {len(plan['places'])} places, {len(days)} days, {made}"


def _networks(session: Work, plan: dict[str, Any]) -> str:
    county_id = rows.find(session, Area, plan["county"]).id
    organisations.load(session, county_id, [OrganisationSpec.model_validate(o) for o in plan["organisations"]])
    networks.load(session, county_id, [NetworkSpec.model_validate(n) for n in plan["networks"]])
    seats = people.load(session, county_id, plan)
    met = meetings.load(session, plan)
    between_meetings.load(session, plan, {at: meeting.id for at, meeting in met.items()})
    follow_up.load(session, county_id, plan)
    return f"{len(plan['persons'])} persons, {seats} seats, {len(met)} meetings, {len(plan['evaluations'])} evaluations"


def _spec(place: dict[str, Any]) -> PlaceSpec:
    return PlaceSpec.model_validate({k: place.get(k) for k in ("slug", "municipality", "name", "opened_on")})
