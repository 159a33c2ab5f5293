"""Plan 13.1-14.6: the three groups and their joint network go through a year by the clock, and duties go round.

Over HTTP only, as the shipped plan brings them; the year that is planned is the last one of the plan.
"""

from typing import Any

from starlette.testclient import TestClient

from tests.conftest import PASSWORD

YEAR = 2029
CLOCK = "/v1/year-clocks/eroauttamisen-vuosikello"
GROUPS = ("mikkeli", "pieksamaki", "savonlinna")
JOINT = "eroauttamisen-verkosto"


def test_a_year_of_relationship_and_separation_support(client: TestClient, admin: dict[str, str]) -> None:
    signed = client.post("/v1/auth/token", data={"username": "coordinator@example.org", "password": PASSWORD}).json()
    me = {"Authorization": f"Bearer {signed['access_token']}"}

    def get(path: str, known: Any = me) -> Any:
        answer = client.get(f"/v1{path}", headers=known or {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(path: str, body: Any, known: Any = me, **headers: str) -> Any:
        answer = client.post(path, json=body, headers=known | headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    # 14: six windows; some are live or remote, each has topics, and three have tasks.
    windows = {
        window["code"]: window for window in get(f"/year-clocks/eroauttamisen-vuosikello?year={YEAR}")["windows"]
    }
    assert {code: window["network_kind"]["code"] for code, window in windows.items()} == {
        "jan-feb": "separation_local",
        "mar-apr": "separation_regional",
        "apr-may": "separation_local",
        "aug-sep": "separation_local",
        "oct": "separation_regional",
        "nov-dec": "separation_local",
    }
    assert (windows["mar-apr"]["mode"], windows["oct"]["mode"]) == ("live", "remote")
    assert [code for code, window in windows.items() if window["tasks"]] == ["jan-feb", "oct", "nov-dec"]
    assert windows["jan-feb"]["tasks"][0]["text"]["en"] == "Check the list of members"

    # 13.2: each group has a responsible person and members; one of them sits in the joint network, too.
    def person(name: str) -> str:
        body = {"display_name": name, "organisation": "eloisa", "purpose": "Verkoston jäsen"}
        return str(post("/v1/persons", body | {"retention_until": f"{YEAR + 1}-12-31"}, admin)["id"])

    seats: dict[str, list[str]] = {}
    for group in GROUPS:
        network = f"eroauttaminen-{group}"
        [seat] = get(f"/networks/{network}/members")["items"]
        held = client.patch(
            f"/v1/seats/{seat['id']}",
            json={"person": person(f"Vastuuhenkilö {group}")},
            headers=admin | {"If-Match": '"v1"'},
        )
        assert held.status_code == 200, held.text
        member = {"role": "member", "organisation": "eloisa", "valid_from": "2026-01-01"}
        member["person"] = person(f"Jäsen {group}")
        opened = post(f"/v1/networks/{network}/seats", member, admin)
        if group == "mikkeli":
            post(f"/v1/networks/{JOINT}/seats", member, admin)
        seats[network] = [seat["id"], opened["id"]]

    # 14.1-14.6: the clock proposes a meeting for each group in each of its windows.
    asked = {"year": YEAR, "weekday": 4, "at": "12:00"}
    proposals = post(f"{CLOCK}/proposals?lang=en", asked)["proposals"]
    assert [(p["network"]["slug"], p["window_code"], p["local_start"]) for p in proposals] == [
        ("eroauttaminen-mikkeli", "jan-feb", f"{YEAR}-02-01T12:00"),
        ("eroauttaminen-pieksamaki", "jan-feb", f"{YEAR}-02-01T12:00"),
        ("eroauttaminen-savonlinna", "jan-feb", f"{YEAR}-02-01T12:00"),
        (JOINT, "mar-apr", f"{YEAR}-04-05T12:00"),  # Maundy Thursday is nearer to the middle
        ("eroauttaminen-mikkeli", "apr-may", f"{YEAR}-05-03T12:00"),
        ("eroauttaminen-pieksamaki", "apr-may", f"{YEAR}-05-03T12:00"),
        ("eroauttaminen-savonlinna", "apr-may", f"{YEAR}-05-03T12:00"),
        ("eroauttaminen-mikkeli", "aug-sep", f"{YEAR}-08-30T12:00"),
        ("eroauttaminen-pieksamaki", "aug-sep", f"{YEAR}-08-30T12:00"),
        ("eroauttaminen-savonlinna", "aug-sep", f"{YEAR}-08-30T12:00"),
        (JOINT, "oct", f"{YEAR}-10-18T12:00"),
        ("eroauttaminen-mikkeli", "nov-dec", f"{YEAR}-11-29T12:00"),
        ("eroauttaminen-pieksamaki", "nov-dec", f"{YEAR}-11-29T12:00"),
        ("eroauttaminen-savonlinna", "nov-dec", f"{YEAR}-11-29T12:00"),
    ]
    joint = [proposal for proposal in proposals if proposal["network"]["slug"] == JOINT]
    assert [(day["on"], day["reason"], day["name"]["fi"]) for day in joint[0]["avoided"]] == [
        (f"{YEAR}-03-29", "eve", "Pitkäperjantai"),
    ]

    # 13.4: the lead goes round among the groups; the spring is live, October remote, and highlights are on its agenda.
    assert [(p["mode"], p["led_by"]["slug"]) for p in joint] == [
        ("live", "eroauttaminen-mikkeli"),
        ("remote", "eroauttaminen-pieksamaki"),
    ]
    assert [item["title"] for item in joint[1]["agenda"]] == ["Goals reviewed", "Highlights to the leadership group"]
    # 13.2: the secretary goes round among the members of each group.
    mikkeli = [p["secretary"] for p in proposals if p["network"]["slug"] == "eroauttaminen-mikkeli"]
    assert mikkeli == seats["eroauttaminen-mikkeli"] * 2

    # 13.5: the coordinator moves one, and makes them all real.
    proposals[3] |= {"local_start": f"{YEAR}-04-12T09:00", "location": "Mikkeli"}
    accepted = post(f"{CLOCK}/proposals/accept", {"year": YEAR, "meetings": proposals})["meetings"]
    assert len(accepted) == 14
    assert post(f"{CLOCK}/proposals", asked)["proposals"] == []
    public = get(f"/meetings?network={JOINT}&from={YEAR}-01-01&to={YEAR}-12-31", None)["items"]
    assert [(m["local_start"], m["window_code"], m["led_by"]["slug"]) for m in public] == [
        (f"{YEAR}-04-12T09:00", "mar-apr", "eroauttaminen-mikkeli"),
        (f"{YEAR}-10-18T12:00", "oct", "eroauttaminen-pieksamaki"),
    ]
    assert [item["title"] for item in get(f"/meetings/{public[0]['id']}", None)["agenda"]] == [
        *("Trainings to come and needed", "Groups to come and needed", "Joint activities and materials"),
    ]
    again = client.post(f"{CLOCK}/proposals/accept", json={"year": YEAR, "meetings": proposals[:1]}, headers=me)
    assert (again.status_code, again.json()["code"]) == (409, "window-is-taken")

    # 13.4: a group that can't lead swaps its turn; the order goes on from who took it.
    swap = {"duty": "lead", "to": "eroauttaminen-savonlinna", "reason": "Vastuuhenkilö vaihtuu lokakuussa."}
    swapped = post(f"/v1/meetings/{public[1]['id']}/swaps", swap, **{"If-Match": '"v1"'})
    assert (swapped["from_network"]["slug"], swapped["to_network"]["slug"]) == (
        "eroauttaminen-pieksamaki",
        "eroauttaminen-savonlinna",
    )
    lead = get(f"/networks/{JOINT}/rotations", None)["lead"]
    assert [turn["network"]["slug"] for turn in lead["turns"]] == ["eroauttaminen-savonlinna", "eroauttaminen-mikkeli"]
    assert (lead["next"]["slug"], lead["plan_ref"]) == ("eroauttaminen-mikkeli", "13.4")

    # Whoever has no token sees who leads, but neither seats, nor why a turn was swapped, nor any person.
    seen = client.get("/v1/networks/eroauttaminen-mikkeli/rotations").json()
    assert (seen["lead"], seen["secretary"]) == (None, None)
    order = get("/networks/eroauttaminen-mikkeli/rotations")["secretary"]["order"]
    assert [(each["role"]["code"], each["organisation"]["slug"]) for each in order] == [
        ("responsible_person", "eloisa"),
        ("member", "eloisa"),
    ]
    assert client.get(f"/v1/meetings/{public[1]['id']}/swaps").status_code == 401
    everything = client.get("/v1/meetings?limit=200").text + str(lead) + str(order) + str(proposals)
    assert "Vastuuhenkilö mikkeli" not in everything
    assert "Jäsen mikkeli" not in everything
