"""The number of queries of an answer about evaluations does not grow with what it shows."""

import pytest

from app.core import clock
from tests.evaluations import people
from tests.evaluations.conftest import Room
from tests.reliability.test_query_counts import counted

LISTS = [
    "/v1/criteria-sets?limit=200&area=county-12",
    "/v1/evaluations?limit=200&area=county-12&criteria_set=small",
    "/v1/evaluations/{evaluation}",
]


@pytest.mark.parametrize("caller", ["county", "koppa", "parish"])
def test_queries_do_not_grow_with_the_rows(room: Room, caller: str) -> None:
    headers = room.known.get(caller, room.county)
    this_year = clock.today().year

    def body(n: int) -> dict[str, object]:
        codes = [f"c{i}" for i in range(n)]
        with room.database.writing(people.TEST) as session:
            spec = people.spec(f"wide-{n}", criteria=[{"code": code, "text": {"fi": code}} for code in codes])
            county_id = people.rows.find(session, people.Area, "county-12").id
            people.criteria.load_sets(session, county_id, [spec])
        return {
            "criteria_set": f"wide-{n}",
            "scores": [{"criterion": code, "value": 1} for code in codes],
            "findings": [{"kind": "strength", "text": code} for code in codes],
            "evaluators": [{"organisation": slug} for slug in people.ORGANISATIONS[:n]],
            "is_shared": True,
        }

    def costs(n: int) -> dict[str, int]:
        for year in range(this_year - n, this_year):
            room.record(room.own(year=year, is_shared=True))
        with counted(room.database) as statements:
            whole = room.record(room.own(**body(n)))["id"]
        found = {"record": len([s for s in statements if not s.startswith("INSERT")])}
        for path in LISTS:
            with counted(room.database) as statements:
                assert room.client.get(path.format(evaluation=whole), headers=headers).status_code == 200
            found[path] = len(statements)
        room.delete(whole)
        for id in room.ids():
            room.delete(id)
        return found

    few = costs(1)
    assert costs(15) == few
    assert max(few.values()) <= 30, few
