"""A second county comes without a line of code, and nothing of the first stands in code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.areas import service as areas
from app.core import schema
from app.core.database import Command, Database
from app.networks.models import Network, NetworkSteering, Seat
from app.networks.queries import NETWORK, ROLE, SEAT, STEERING
from app.organisations.queries import ORGANISATION
from app.plan.models import Plan, PlanRule
from app.transfer import plan_file
from tests.conftest import ENGINES, headers_of
from tests.transfer.backups import Empty

SECOND = (Path(__file__).parents[1] / "data" / "second-county.plan.yaml").read_bytes()
FILES = {"county-12": plan_file.shipped(), "county-93": SECOND}
SAID = {county: yaml.safe_load(raw) for county, raw in FILES.items()}
LISTS = (
    *("areas", "statistics_forms", "meeting_places", "organisation_kinds", "organisations", "network_kinds"),
    *("networks", "criteria_sets", "year_clocks", "reviewed_documents", "materials", "support_groups"),
)


def said_by(county: str) -> dict[str, int]:
    """How many things the file of a county has in each list; forms of early support count beside their headings."""
    said = SAID[county]
    forms = sum(len(group["forms"]) for group in said["support_groups"])
    return {section: len(said[section]) + (forms if section == "support_groups" else 0) for section in LISTS}


def load(database: Database, raw: bytes) -> dict[str, int]:
    """How many of each were made."""
    with database.writing(Command("test")) as session:
        return plan_file.load(session, plan_file.read(raw))


@pytest.fixture
def both(database: Database) -> Database:
    """A database with the shipped county and the second one."""
    load(database, SECOND)
    return database


# --- Both counties, side by side.


def test_the_second_county_is_loaded_beside_the_shipped_one(database: Database) -> None:
    made = load(database, SECOND)

    country = 1  # both lie in the same one
    wanted = said_by("county-93")
    assert {section: made[section] for section in LISTS} == {**wanted, "areas": wanted["areas"] - country}
    assert (made["goals"], made["rules"]) == (3, 19)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("county", FILES)
def test_each_county_also_stands_alone(empty: Empty, engine: str, county: str) -> None:
    database = empty(engine)
    schema.upgrade(database.engine)

    made = load(database, FILES[county])

    assert {section: made[section] for section in LISTS} == said_by(county)


def test_loaded_again_nothing_changes(both: Database) -> None:
    assert [set(load(both, raw).values()) for raw in FILES.values()] == [{0}, {0}]


def test_each_county_has_its_own_networks_organisations_and_plan(both: Database) -> None:
    with both.reading() as session:
        ids = {county: areas.resolved(session, county) for county in FILES}
        found = {
            county: (
                set(session.scalars(select(NETWORK.slug).where(NETWORK.county_id == id))),
                set(session.scalars(select(ORGANISATION.slug).where(ORGANISATION.county_id == id))),
                list(session.scalars(select(Plan.slug).where(Plan.county_id == id))),  # type: ignore[call-overload]
            )
            for county, id in ids.items()
        }

    assert found == {
        county: (
            {network["slug"] for network in said["networks"]},
            {organisation["slug"] for organisation in said["organisations"]},
            [said["plan"]["slug"]],
        )
        for county, said in SAID.items()
    }


def test_two_lead_together_where_a_county_says_so(both: Database) -> None:
    with both.reading() as session:
        leading = session.scalar(
            select(func.count())
            .select_from(Seat)
            .join(Network, NETWORK.id == SEAT.network_id)
            .where(NETWORK.slug == "tuuli-satamaneuvosto", SEAT.role_id.in_(select(ROLE.id).where(ROLE.code == "helm")))
        )

    assert leading == 2


def test_steering_has_three_levels_and_a_network_that_two_steer(both: Database) -> None:
    with both.reading() as session:
        slugs = dict(session.execute(select(NETWORK.id, NETWORK.slug)).all())
        steering = session.execute(select(STEERING.network_id, STEERING.steered_by_id).select_from(NetworkSteering))
        pairs = {(slugs[below], slugs[above]) for below, above in steering if slugs[below].startswith("tuuli-")}

    assert pairs == {
        ("tuuli-meripiiri", "tuuli-satamaneuvosto"),
        ("tuuli-rantapiiri", "tuuli-satamaneuvosto"),
        ("tuuli-lieden-vaki", "tuuli-meripiiri"),
        ("tuuli-lieden-vaki", "tuuli-rantapiiri"),
    }


def test_a_rule_of_a_week_and_a_quarter_of_an_hour_is_kept_as_it_was_said(both: Database) -> None:
    with both.reading() as session:
        rule = session.scalars(select(PlanRule).where(PlanRule.code == "k1-vartti")).one()  # type: ignore[arg-type]

    assert (rule.rule, rule.parameters) == (
        "K1",
        {**rule.parameters, "times": 1, "per": "week", "mode": "remote", "minutes": 15},
    )


def test_schemes_overlap_in_one_half_and_the_other_lies_straight_under_the_county(client: TestClient) -> None:
    load(client.app.state.database, SECOND)  # type: ignore[attr-defined]

    def parents(slug: str) -> dict[str, str]:
        return {link["scheme"]: link["slug"] for link in client.get(f"/v1/areas/{slug}").json()["parents"]}

    assert [parents(slug) for slug in ("961", "965", "966", "967", "968")] == [
        {"service": "county-93"},
        {"service": "tuuli-meri", "shore": "tuuli-lansiranta"},
        {"service": "tuuli-meri", "shore": "tuuli-itaranta"},
        {"service": "tuuli-suo", "shore": "tuuli-lansiranta"},
        {"service": "tuuli-suo", "shore": "tuuli-itaranta"},
    ]


def test_a_county_counts_what_it_calls_by_its_own_words(app: FastAPI, database: Database) -> None:
    load(database, SECOND)
    day = {"form_version": 7, "status": "open", "counts": {"grown_ups": 4, "little_ones": 6, "cups_of_coffee": 9}}
    headers = headers_of(database, "admin@example.org")

    with TestClient(app) as client:
        taken = client.put("/v1/meeting-places/tuuli-majakka/visits/2026-03-12", json=day, headers=headers)
        foreign = {**day, "counts": {"adults": 4}}
        refused = client.put("/v1/meeting-places/tuuli-majakka/visits/2026-03-13", json=foreign, headers=headers)

    assert (taken.status_code, taken.json()["counts"]) == (201, day["counts"])
    assert refused.status_code == 422


# --- Nothing of the shipped county stands in code.

# Codes of the shipped plan that are words of the product too, and what they are there.
WORDS_OF_THE_PRODUCT = {
    "municipality": "a kind of area",
    "wellbeing_county": "a kind of area",
    "coordinator": "a role of those who sign in",
    "secretary": "a duty that a rule lets go round",
    "convener": "a field of networks",
    "contact": "a field of OpenAPI",
    "state": "a field of many things",
}


def literals() -> Iterator[tuple[str, str]]:
    """Each text in code, comments aside, with its place."""
    app = Path(plan_file.__file__).parents[1]
    for file in sorted(app.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{file.relative_to(app)}:{node.lineno}", node.value


LITERALS = list(literals())
SHIPPED = SAID["county-12"]
OWN_AREAS = [area for area in SHIPPED["areas"] if area["kind"] != "country"]
NAMED = ("meeting_places", "organisations", "networks", "reviewed_documents", "materials")


def words() -> set[str]:
    """What the shipped county calls its things, and their slugs: not one may stand within a text in code."""
    found = {name for area in OWN_AREAS for name in area["name"].values()} | {area["slug"] for area in OWN_AREAS}
    found |= {area["code"] for area in OWN_AREAS if area["kind"] == "municipality"}
    found |= {thing["slug"] for section in (*NAMED, "year_clocks") for thing in SHIPPED[section]}
    named = (thing.get("name") or thing["title"] for section in NAMED for thing in SHIPPED[section])
    return found | {name for names in named for name in names.values()} | {"Eloisa", "Savo"}


def codes() -> set[str]:
    """What the shipped county calls its kinds and parts: no text in code may be one of them."""
    kinds: list[Any] = SHIPPED["network_kinds"]
    found = {role["code"] for kind in kinds for role in kind["roles"]} | {kind["code"] for kind in kinds}
    found |= {thing["code"] for section in ("organisation_kinds", "criteria_sets") for thing in SHIPPED[section]}
    found |= {window["code"] for clock in SHIPPED["year_clocks"] for window in clock["windows"]}
    found |= {part["code"] for part in (*SHIPPED["plan"]["rules"], *SHIPPED["plan"]["focus_areas"])}
    return found - {"other"} - set(WORDS_OF_THE_PRODUCT)


def test_no_name_or_slug_of_the_shipped_county_stands_in_code() -> None:
    sought = re.compile(
        rf"(?<![\w-])({'|'.join(sorted(map(re.escape, words()), key=len, reverse=True))})(?![\w-])", re.I
    )

    assert [(place, found.group()) for place, text in LITERALS if (found := sought.search(text))] == []


def test_no_kind_role_or_party_of_the_shipped_county_stands_in_code() -> None:
    assert [(place, text) for place, text in LITERALS if text in codes()] == []


def test_words_of_the_product_are_codes_of_the_shipped_county() -> None:
    said = {role["code"] for kind in SHIPPED["network_kinds"] for role in kind["roles"]}
    said |= {kind["code"] for kind in SHIPPED["organisation_kinds"]}

    assert set(WORDS_OF_THE_PRODUCT) <= said


def test_the_search_finds_what_it_seeks() -> None:
    assert {"Mikkeli", "491", "johtoryhma", "eloisa", "county-12"} <= words()
    assert {"municipal_lape", "chair", "association", "meeting-place", "nov-dec"} <= codes()


def test_the_second_county_shares_no_code_or_slug_with_the_shipped_one() -> None:
    def named(said: Any) -> set[str]:
        slugs = {thing["slug"] for section in (*NAMED, "year_clocks") for thing in said[section]}
        kinds = {kind["code"] for section in ("network_kinds", "organisation_kinds") for kind in said[section]}
        return slugs | kinds | {role["code"] for kind in said["network_kinds"] for role in kind["roles"]}

    assert named(SAID["county-12"]) & named(SAID["county-93"]) == set()
