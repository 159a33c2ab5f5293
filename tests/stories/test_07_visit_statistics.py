"""Plan 7.4 and 8.3: places count their visitors on a shared form, and the network reads the same figures."""

from typing import Any

from starlette.testclient import TestClient

from tests.conftest import PASSWORD

WEEK = {"2026-03-10": (21, 27), "2026-03-11": (25, 30), "2026-03-12": (18, 22)}


def test_a_new_place_counts_its_first_week_and_everybody_reads_the_month(client: TestClient) -> None:
    signed = client.post("/v1/auth/token", data={"username": "admin@example.org", "password": PASSWORD}).json()
    me = {"Authorization": f"Bearer {signed['access_token']}"}

    # A tenth municipality gets its place.
    place = client.post(
        "/v1/meeting-places",
        json={"name": {"fi": "Lähteen Tupa"}, "municipality": "593", "opened_on": "2026-03-01"},
        headers=me,
    ).json()

    # The implementers count each day; the form is the county's.
    form = client.get("/v1/statistics-forms?area=county-12", headers=me).json()["items"][0]
    assert {"adults", "children", "families", "first_time_families"} <= {f["code"] for f in form["fields"]}
    for day, (adults, children) in WEEK.items():
        made = client.put(
            f"/v1/meeting-places/{place['slug']}/visits/{day}",
            json={
                "form_version": form["form_version"],
                "status": "open",
                "open_minutes": 180,
                "counts": {"adults": adults, "children": children},
            },
            headers=me,
        )
        assert made.status_code == 201, made.text

    # On the day after, somebody notices a slip of the pen and mends it.
    url = f"/v1/meeting-places/{place['slug']}/visits/2026-03-12"
    read = client.get(url, headers=me)
    mended = {k: read.json()[k] for k in ("form_version", "status", "open_minutes", "note")}
    answer = client.put(
        url, json={**mended, "counts": {"adults": 19, "children": 22}}, headers=me | {"If-Match": read.headers["ETag"]}
    )
    assert (answer.status_code, answer.json()["version"]) == (200, 2)

    # Families and sites read the month without a token, by place, municipality, area and county alike.
    seen_by = {"place": place["slug"], "municipality": "593", "area": "area-pieksamaki", "county": "county-12"}
    for group, slug in seen_by.items():
        month = summary(client, group)
        assert month["group"]["slug"] == slug
        assert month["counts"]["visits"] == {"value": 144, "status": None}
        assert (month["open_days"], month["visits_per_open_day"]) == (3, 48.0)


def summary(client: TestClient, group: str) -> dict[str, Any]:
    answer = client.get(f"/v1/visit-summaries?by=month&group={group}&from=2026-03&to=2026-03")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found
