"""The plan as data, section by section, over HTTP only, as ``load-plan`` brings it."""

from typing import Any

import pytest
from starlette.testclient import TestClient

PLAN = "toimintasuunnitelma-2026-2029"


@pytest.fixture
def get(client: TestClient) -> Any:
    """What anybody reads at an address."""

    def read(path: str) -> Any:
        answer = client.get(f"/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


@pytest.fixture
def goals(get: Any) -> dict[str, Any]:
    """Goals by their code."""
    return {goal["code"]: goal for goal in get(f"/plans/{PLAN}/goals?limit=200")["items"]}


@pytest.fixture
def rules(get: Any) -> dict[str, list[Any]]:
    """Rules by the name that people use."""
    found: dict[str, list[Any]] = {}
    for rule in get(f"/plans/{PLAN}/rules?limit=200")["items"]:
        found.setdefault(rule["rule"], []).append(rule)
    return found


def test_plan_1_the_plan_has_its_years_focus_areas_links_and_revisions(get: Any) -> None:
    plan = get(f"/plans/{PLAN}")

    assert (plan["first_year"], plan["last_year"], plan["county"]["slug"]) == (2026, 2029, "county-12")
    assert [area["code"] for area in get(f"/plans/{PLAN}/focus-areas")["items"]] == ["f1", "f2", "f3", "f4"]
    assert all(link["url"].startswith("https://") for link in plan["links"])
    [revision] = plan["revisions"]
    assert (revision["number"], revision["valid_from"]) == (1, "2026-01-01")
    assert {change["action"] for change in revision["changes"]} == {"added"}


def test_plan_1_goals_join_networks_and_focus_areas(goals: dict[str, Any]) -> None:
    owned = [goal for goal in goals.values() if goal["network"] or goal["network_kind"]]

    assert len(owned) == len(goals)
    assert {focus["code"] for goal in goals.values() for focus in goal["focus_areas"]} <= {"f1", "f2", "f3", "f4"}
    assert sum(bool(goal["focus_areas"]) for goal in goals.values()) >= 5


def test_plan_2_background_facts_and_themes_that_run_through_all(get: Any, goals: dict[str, Any]) -> None:
    told = {fact["code"] for fact in get(f"/plans/{PLAN}")["background"]}
    networks = get("/networks?area=county-12&limit=200")["items"]

    assert {"since", "areas", "places", "electronic_family_centre"} <= told
    themes = {theme for goal in goals.values() for theme in goal["themes"]}
    assert {"early_support", "parenting", "safe_everyday_life"} <= themes
    assert any("early_support" in network["themes"] for network in networks)


@pytest.mark.parametrize(
    ("section", "least"), [("3", 1), ("4", 4), ("5", 5), ("7", 9), ("9", 13), ("12", 5), ("15", 3), ("18", 4)]
)
def test_each_section_has_its_goals(goals: dict[str, Any], section: str, least: int) -> None:
    of_section = [goal for goal in goals.values() if goal["plan_ref"].partition(".")[0] == section]

    assert len(of_section) >= least
    assert all(goal["text"]["fi"] for goal in of_section)


def test_every_rule_of_the_plan_is_stored_with_its_section(rules: dict[str, list[Any]]) -> None:
    assert sorted(rules, key=lambda name: int(name[1:])) == [f"R{n}" for n in range(1, 15)]
    assert all(rule["plan_ref"] for each in rules.values() for rule in each)


@pytest.mark.parametrize(
    ("subject", "times", "is_soft"),
    [
        ("johtoryhma", 12, True),
        ("perhekeskustoimijat", 4, False),
        ("municipal_lape", 4, True),
        ("opiskeluhuolto", 3, False),
        ("kohtaamispaikkaverkosto", 4, False),
        ("lp-kehittajaverkosto", 4, False),
        ("lp-kouluttajat", 4, False),
        ("separation_local", 4, False),
        ("eroauttamisen-verkosto", 2, False),
        ("vertaisryhmaohjaajat", 2, False),
        (None, 4, False),  # the workshops
    ],
)
def test_r1_says_how_often_each_meets(
    rules: dict[str, list[Any]], subject: str | None, times: int, is_soft: bool
) -> None:
    [rule] = [rule for rule in rules["R1"] if rule["subject"]["of"] == subject]

    assert (rule["parameters"]["times"], rule["parameters"]["per"], rule["is_soft"]) == (times, "year", is_soft)


def test_r2_says_who_meets_live(rules: dict[str, list[Any]]) -> None:
    live = {
        rule["subject"]["of"]: rule["parameters"]["at_least"]
        for rule in rules["R2"]
        if rule["parameters"]["mode"] == "live"
    }

    for network in ("perhekeskustoimijat", "kohtaamispaikkaverkosto", "lp-kehittajaverkosto", "lp-kouluttajat"):
        assert live[network] == 1
    assert not any(rule["parameters"]["hybrid_counts"] for rule in rules["R2"])


def test_r5_coverage_grows_from_nine_to_ten_municipalities(get: Any) -> None:
    def on(day: str) -> list[int]:
        found = get(f"/plans/{PLAN}/rules?rule=R5&on={day}")["items"]
        return [rule["parameters"]["municipalities"] for rule in found]

    assert (on("2025-12-31"), on("2026-01-01")) == ([9], [10])


def test_r6_to_r9_say_what_comes_again(rules: dict[str, list[Any]]) -> None:
    [alternation] = rules["R6"]
    waves = {rule["plan_ref"]: rule["parameters"]["years"] for rule in rules["R8"]}
    every = {rule["plan_ref"]: rule["parameters"]["every_months"] for rule in rules["R7"]}
    [term] = rules["R9"]

    assert set(alternation["parameters"]["kinds"]) == {"peer", "self"}
    assert waves == {"18.2": [2027, 2029], "18.3": [2026, 2028]}
    assert (every["9.16"], every["9.15"], every["9.17"], every["12.10"], every["18.4"]) == (24, 24, 12, 12, 12)
    assert term["parameters"]["choose_roles"] == ["chair", "vice_chair"]


def test_plan_7_the_criteria_are_sets_of_their_own(get: Any) -> None:
    sets = {found["code"]: found for found in get("/criteria-sets?area=county-12")["items"]}
    whole = {code: get(f"/criteria-sets/{found['id']}") for code, found in sets.items()}

    assert {code: len(found["criteria"]) for code, found in whole.items()} == {
        "meeting-place": 21,
        "meeting-place-region": 5,
        "national-topics": 8,
    }
    assert {c["text_source"] for c in whole["meeting-place"]["criteria"]} == {"placeholder"}  # no wording is known


def test_plan_9_the_documents_of_the_method_are_reviewed_every_two_years(get: Any) -> None:
    documents = {
        document["slug"]: document for document in get("/reviewed-documents?owner=lp-kehittajaverkosto")["items"]
    }
    groups = {network["slug"] for network in get("/networks?steered_by=johtoryhma")["items"]}

    assert {slug: d["next_review_in"] for slug, d in documents.items()} == {
        "lp-suositus": "2026",
        "lp-koulutussuunnitelma": "2026",
    }
    assert {"lp-kehittajaverkosto", "lp-kouluttajat"} <= groups


def test_plan_11_the_material_bank_has_what_method_experts_need(get: Any) -> None:
    found = get("/materials?collection=lp")["items"]

    assert {material["kind"] for material in found} == {"recommendation", "training_plan", "brochure", "form"}


def test_plan_12_the_guide_has_both_its_names_and_its_window(get: Any) -> None:
    guide = get("/reviewed-documents/eroauttamisen-opas")

    assert (guide["review_every_months"], guide["review_from_month"], guide["review_to_month"]) == (12, 11, 12)
    assert guide["also_called"]


@pytest.mark.parametrize(
    ("code", "first", "last", "kind", "mode"),
    [
        ("jan-feb", "2027-01-01", "2027-02-28", "separation_local", None),
        ("mar-apr", "2027-03-01", "2027-04-30", "separation_regional", "live"),
        ("apr-may", "2027-04-01", "2027-05-31", "separation_local", None),
        ("aug-sep", "2027-08-01", "2027-09-30", "separation_local", None),
        ("oct", "2027-10-01", "2027-10-31", "separation_regional", "remote"),
        ("nov-dec", "2027-11-01", "2027-12-31", "separation_local", None),
    ],
)
def test_plan_14_the_year_clock_has_its_windows_and_topics(
    get: Any, code: str, first: str, last: str, kind: str, mode: str | None
) -> None:
    clock = get("/year-clocks/eroauttamisen-vuosikello?year=2027")
    [window] = [window for window in clock["windows"] if window["code"] == code]

    assert len(clock["windows"]) == 6
    assert (window["from"], window["to"], window["network_kind"]["code"], window["mode"]) == (first, last, kind, mode)
    assert window["topics"]


def test_plan_16_forms_of_early_support_stand_under_their_headings(get: Any) -> None:
    forms = get("/support-forms?area=county-12&limit=200")["items"]
    of_each = {form["group"]["code"]: 0 for form in forms}
    for form in forms:
        of_each[form["group"]["code"]] += 1

    assert of_each == {
        "encounter": 6,
        "evidence_based": 1,
        "life_situations": 11,
        "services": 10,
        "participation": 8,
        "together": 4,
    }
    kinds = {provider["code"] for form in forms for provider in form["providers"]}
    assert {"municipality", "wellbeing_county", "association", "parish"} <= kinds


def test_plan_19_the_sites_are_known(get: Any) -> None:
    sites = {material["slug"]: material for material in get("/materials?kind=site")["items"]}

    assert {"omaperhe", "omahelpperi", "ammattilaisenoma", "perhekeskus-eloisa"} <= set(sites)
    assert {sites["omahelpperi"]["audience"], sites["ammattilaisenoma"]["audience"]} == {
        "young_people",
        "professionals",
    }


def test_plan_6_and_7_progress_is_noted_by_those_who_may(client: TestClient, admin: dict[str, str], get: Any) -> None:
    [goal] = [g for g in get(f"/plans/{PLAN}/goals?limit=200")["items"] if g["code"] == "7.11"]
    path = f"/v1/goals/{goal['id']}/progress"

    noted = client.post(path, json={"text": "Pohja on valmis.", "status": "done"}, headers=admin)

    assert noted.status_code == 201, noted.text
    assert get(f"/goals/{goal['id']}")["status"] == "done"
    assert client.get(path).status_code == 401  # how goals go is for those who work on them
