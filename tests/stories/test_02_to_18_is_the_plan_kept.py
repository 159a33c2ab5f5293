"""Plan 2-18: what people do shows in whether the plan is kept, section by section, and nothing else has to be told."""

from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

PLAN = "/v1/plans/toimintasuunnitelma-2026-2029"
Headers = dict[str, str]


class County:
    """The coordinator at work in 2026, and what the plan says of it."""

    def __init__(self, client: TestClient, me: Headers) -> None:
        self.client, self.me = client, me
        tag = client.get(PLAN, headers=me).headers["ETag"]
        done = client.patch(PLAN, json={"recorded_from": "2026-01-01"}, headers=me | {"If-Match": tag})
        assert done.status_code == 200, done.text

    def post(self, path: str, body: Any, status: int = 201) -> Any:
        answer = self.client.post(path, json=body, headers=self.me)
        assert answer.status_code == status, answer.text
        return answer.json()

    def act(self, path: str, verb: str, body: Any = None) -> Any:
        tag = {"If-Match": self.client.get(path, headers=self.me).headers["ETag"]}
        answer = self.client.post(f"{path}/{verb}", json=body, headers=self.me | tag)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def meets(self, network: str, day: str, mode: str = "remote", *, is_held: bool = True, **other: Any) -> str:
        body = {"network": network, "mode": mode, "local_start": f"{day}T09:00", "duration_minutes": 90, **other}
        path = f"/v1/meetings/{self.post('/v1/meetings', body)['id']}"
        if is_held:
            self.act(path, "hold")
        return path

    def sits(self, network: str, role: str, organisation: str | None = None, **other: Any) -> None:
        body = {"role": role, "valid_from": "2026-01-01", **other}
        if organisation:
            person = {
                "display_name": f"Mallikko {network} {role} {organisation}",
                "organisation": organisation,
                "purpose": "Verkostot",
                "retention_until": "2030-12-31",
            }
            body |= {"organisation": organisation, "person": self.post("/v1/persons", person)["id"]}
        self.post(f"/v1/networks/{network}/seats", body)

    def verdict(self, code: str, on: str, subject: str | None = None) -> str:
        answer = self.client.get(f"{PLAN}/compliance", params={"on": on}).json()
        (found,) = [r for r in answer["rules"] if r["code"] == code and subject in (None, r["subject"]["slug"])]
        return f"{found['status']} {found['actual']}+{found['planned'] or 0}/{found['expected']}"


@pytest.fixture
def county(client: TestClient, admin: Headers) -> County:
    return County(client, admin)


def test_plan_3_the_leadership_group_meets_monthly_as_a_rule_which_is_advice(county: County) -> None:
    for month in range(1, 7):
        county.meets("johtoryhma", f"2026-{month:02d}-13")

    assert county.verdict("r1-johtoryhma", "2026-06-30") == "advisory 6+0/12"

    for month in (*range(7, 13),):
        county.meets("johtoryhma", f"2026-{month:02d}-13", is_held=False)
    assert county.verdict("r1-johtoryhma", "2026-06-30") == "on_track 6+6/12"


def test_plan_4_and_7_networks_meet_four_times_and_once_live(county: County) -> None:
    for network, ref in (("perhekeskustoimijat", "4.7"), ("kohtaamispaikkaverkosto", "7.15")):
        number, live = f"r1-{network}", f"r2-{network}"
        assert county.verdict(number, "2026-01-15") == "at_risk 0+0/4", ref
        meetings = [county.meets(network, day, is_held=False) for day in ("2026-02-05", "2026-05-07", "2026-09-03")]
        last = county.meets(network, "2026-11-05", "live", is_held=False)
        assert county.verdict(number, "2026-01-15") == "on_track 0+4/4"
        assert county.verdict(live, "2026-01-15") == "on_track 0+1/1"

        county.act(last, "cancel", {"reason": "Sairastapaus"})
        assert county.verdict(number, "2026-01-15") == "at_risk 0+3/4"
        assert county.verdict(live, "2026-01-15") == "at_risk 0+0/1"

        for meeting in (*meetings, county.meets(network, "2026-11-12", "live", is_held=False)):
            county.act(meeting, "hold")
        assert county.verdict(number, "2026-12-31") == "met 4+0/4"
        assert county.verdict(live, "2026-12-31") == "met 1+0/1"


def test_plan_5_a_municipal_group_has_its_parties_and_its_families_if_possible(county: County) -> None:
    group, on = "lape-mikkeli", "2026-03-01"
    assert county.verdict("r4-lape-kunta", on, group) == "breached 0+0/1"

    county.sits(group, "member", "mikkelin-kaupunki")
    county.sits(group, "member", "eloisa")

    assert county.verdict("r4-lape-kunta", on, group) == "met 1+0/1"
    assert county.verdict("r4-lape-eloisa", on, group) == "met 1+0/1"
    assert county.verdict("r4-lape-seurakunnat", on, group) == "breached 0+0/1"
    assert county.verdict("r4-lape-perheet", on, group) == "advisory 0+0/1"
    county.sits(group, "family_rep", is_held=True)
    assert county.verdict("r4-lape-perheet", on, group) == "met 1+0/1"


def test_plan_6_every_municipality_of_the_day_sits_in_student_welfare(county: County) -> None:
    municipalities = county.client.get("/v1/organisations?kind=municipality&limit=200").json()["items"]
    for municipality in municipalities[:-1]:
        county.sits("opiskeluhuolto", "member", municipality["slug"])

    assert len(municipalities) == 11
    assert county.verdict("r4-opiskeluhuolto-kunnat", "2026-03-01") == "breached 10+0/11"
    county.sits("opiskeluhuolto", "member", municipalities[-1]["slug"])
    assert county.verdict("r4-opiskeluhuolto-kunnat", "2026-03-01") == "met 11+0/11"


def test_plan_7_municipalities_have_places_and_places_are_evaluated_by_turns(county: County) -> None:
    assert county.verdict("r5-kohtaamispaikat", "2026-03-01") == "breached 4+0/10"
    assert county.verdict("r6-arviointi", "2026-03-01", "koppa") == "at_risk 0+0/1"

    listed = county.client.get("/v1/criteria-sets?code=meeting-place").json()["items"][0]
    criteria = county.client.get(f"/v1/criteria-sets/{listed['id']}").json()
    evaluation = {
        "place": "koppa",
        "year": 2026,
        "kind": "peer",
        "peer_place": "juva",
        "criteria_set": criteria["id"],
        "visited_on": "2026-05-06",
        "evaluators": [{"organisation": "juvan-kunta"}],
    }
    made = county.post("/v1/evaluations", evaluation)
    assert county.verdict("r6-arviointi", "2026-06-01", "koppa") == "on_track 0+1/1"
    tag = {"If-Match": f'"v{made["version"]}"'}
    scores = [{"criterion": each["code"], "value": 3} for each in criteria["criteria"]]
    body = {"state": "final", "scores": scores}
    final = county.client.patch(f"/v1/evaluations/{made['id']}", json=body, headers=county.me | tag)
    assert final.status_code == 200, final.text
    assert county.verdict("r6-arviointi", "2026-05-05", "koppa") == "on_track 0+1/1"
    assert county.verdict("r6-arviointi", "2026-05-06", "koppa") == "met 1+0/1"


def test_plan_9_to_12_documents_are_reviewed_and_who_steers_is_told(county: County) -> None:
    assert county.verdict("r7-lp-suositus", "2026-06-01") == "at_risk 0+0/1"
    county.post("/v1/reviewed-documents/lp-suositus/reviews", {"reviewed_in": "2026-05"})
    assert county.verdict("r7-lp-suositus", "2026-06-01") == "met 1+0/1"
    assert county.verdict("r7-lp-suositus", "2028-01-01") == "at_risk 0+0/1"

    report = {
        "from_network": "lp-kehittajaverkosto",
        "to_network": "johtoryhma",
        "kind": "status",
        "period": "2026",
        "text": "Koulutuksia on pidetty.",
    }
    path = f"/v1/status-reports/{county.post('/v1/status-reports', report)['id']}"
    assert county.verdict("r7-lp-tilannekatsaus", "2026-06-30") == "not_due 0+0/1"
    county.act(path, "deliver", {"delivered_on": "2026-06-09"})
    assert county.verdict("r7-lp-tilannekatsaus", "2026-06-30") == "met 1+0/1"


def test_plan_12_to_14_the_year_clock_is_kept_window_by_window(county: County) -> None:
    group, code = "eroauttaminen-mikkeli", "r3-eroauttaminen"
    assert county.verdict(code, "2026-01-15", group) == "at_risk 0+0/4"
    county.meets(group, "2026-02-10")
    assert county.verdict(code, "2026-02-28", group) == "not_due 1+0/4"

    # The joint network meets live in spring, the three groups lead by turns.
    lead = {"window_code": "mar-apr", "led_by": "eroauttaminen-mikkeli"}
    county.meets("eroauttamisen-verkosto", "2026-04-16", "live", **lead)
    county.meets("eroauttamisen-verkosto", "2026-10-15", led_by="eroauttaminen-savonlinna", is_held=False)
    assert county.verdict("r3-eroauttamisen-verkosto", "2026-05-01") == "on_track 1+1/2"
    assert county.verdict("r10-vetovastuu", "2026-05-01") == "at_risk 1+0/2"  # it is the turn of Pieksämäki
    assert county.verdict(code, "2026-06-01", group) == "breached 1+0/4"


def test_plan_3_and_4_a_term_begins_and_matters_are_carried_home(county: County) -> None:
    term = county.post(
        "/v1/networks/johtoryhma/agreement-terms", {"name": {"fi": "Sopimuskausi"}, "starts_on": "2026-01-01"}
    )
    steps = [("role", "chair"), ("role", "vice_chair"), ("review", "members"), ("review", "tasks"), ("review", "goals")]
    for number, (kind, code) in enumerate(steps, 1):
        path = f"/v1/agreement-terms/{term['id']}/steps/{kind}/{code}"
        done = county.client.put(path, json={"done_on": f"2026-0{number}-15"}, headers=county.me)
        assert done.status_code == 201, done.text
    assert county.verdict("r9-yhteistyosopimus", "2026-05-01") == "at_risk 4+0/5"
    assert county.verdict("r9-yhteistyosopimus", "2026-05-02") == "breached 4+0/5"
    assert county.verdict("r9-yhteistyosopimus", "2026-05-15") == "met 5+0/5"

    for organisation in ("mll", "viola"):
        county.sits("perhekeskustoimijat", "member", organisation)
    meeting = county.meets("perhekeskustoimijat", "2026-05-07")
    county.post(f"{meeting}/decisions", {"text": "Kerrotaan omissa kanavissa.", "to_be_carried": True})
    relays = county.client.get("/v1/relays?state=open", headers=county.me).json()["items"]
    county.act(f"/v1/relays/{relays[0]['id']}", "carry", {"carried_on": "2026-05-20"})
    assert county.verdict("r11-perhekeskustoimijat", "2026-08-05").startswith("on_track 1+0/")
    assert county.verdict("r11-perhekeskustoimijat", "2026-08-06").startswith("breached 1+0/")


def test_plan_15_to_18_what_nobody_records_yet_is_said(county: County) -> None:
    answer = county.client.get(f"{PLAN}/compliance", params={"on": "2026-03-01"}).json()

    assert {rule["plan_ref"] for rule in answer["not_evaluated"]} == {
        *("9.15", "9.17", "11.2", "15.1", "18.2", "18.3", "18.5")
    }
    assert {rule["plan_ref"] for rule in answer["invariants"]} == {"7.4", "8.3"}
    assert date.fromisoformat(answer["recorded_from"]) == date(2026, 1, 1)
