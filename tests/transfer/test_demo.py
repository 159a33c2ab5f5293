"""The demo is the same whatever the clock says."""

import pytest
from starlette.testclient import TestClient

from app.transfer import demo


@pytest.mark.parametrize("ground", [demo.load], ids=["demo"])
def test_the_demo_says_what_was_reviewed_and_from_when_on_its_plan_is_recorded(client: TestClient) -> None:
    [plan] = client.get("/v1/plans?area=county-12").json()["items"]
    guide = "/v1/reviewed-documents/eroauttamisen-opas"
    reviews = client.get(f"{guide}/reviews").json()["items"]
    assert plan["recorded_from"] == "2025-01-01"
    assert [review["reviewed_in"] for review in reviews] == ["2025-12"]
    assert client.get(guide).json()["due_on"] == "2026-12-31"
