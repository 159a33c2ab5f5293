"""Promises about every operation, read from the contract; and the committed contract is the one that is served."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.errors import all_refusals
from app.core.problems import MEDIA_TYPE
from app.main import contract_text

CONTRACT: dict[str, Any] = json.loads(contract_text())
COMMITTED = Path(__file__).parents[2] / "openapi" / "v1.json"
Operation = dict[str, Any]


def operations() -> Iterator[tuple[str, str, Operation]]:
    for path, verbs in CONTRACT["paths"].items():
        for method, operation in verbs.items():
            yield method, path, operation


EVERY = pytest.mark.parametrize(
    ("method", "path", "operation"), [pytest.param(*found, id=found[2]["operationId"]) for found in operations()]
)


def schema_of(operation: Operation, status: str = "200") -> dict[str, Any]:
    schema: dict[str, Any] = operation["responses"][status]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def test_the_committed_contract_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == contract_text(), "Run `make openapi` and look at the difference."


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]

    assert sorted(ids) == sorted(set(ids))


@EVERY
def test_an_operation_is_named_told_and_sorted(method: str, path: str, operation: Operation) -> None:
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", operation["operationId"])
    assert operation["summary"]
    assert len(operation["summary"]) <= 80
    assert not operation["summary"].endswith(".")
    assert operation["description"].startswith(operation["summary"])
    assert len(operation["tags"]) == 1
    assert operation["tags"][0] in {tag["name"] for tag in CONTRACT["tags"]}


@EVERY
def test_every_parameter_is_described(method: str, path: str, operation: Operation) -> None:
    silent = [parameter["name"] for parameter in operation["parameters"] if not parameter.get("description")]

    assert silent == []


@EVERY
def test_every_refusal_is_a_problem_document(method: str, path: str, operation: Operation) -> None:
    refused = {status: told for status, told in operation["responses"].items() if status >= "400"}

    assert {"405", "422", "500", "503"} <= refused.keys()
    for told in refused.values():
        assert told["description"]
        assert list(told["content"]) == [MEDIA_TYPE]
        assert told["content"][MEDIA_TYPE]["schema"] == {"$ref": "#/components/schemas/Problem"}


@EVERY
def test_who_may_call_is_said_and_what_a_stranger_gets(method: str, path: str, operation: Operation) -> None:
    scopes = [scope for need in operation["security"] for scope in need.get("password", ())]

    assert ("401" in operation["responses"]) or operation["security"] == []
    assert "403" in operation["responses"] or not scopes


@EVERY
def test_a_body_can_be_unreadable_too_large_or_of_another_type(method: str, path: str, operation: Operation) -> None:
    has_body = "requestBody" in operation

    assert all((status in operation["responses"]) == has_body for status in ("413", "415"))
    assert "400" in operation["responses"] or not has_body


@EVERY
def test_a_change_says_which_version_it_changes(method: str, path: str, operation: Operation) -> None:
    if method in ("patch", "delete"):
        assert {"404", "412", "428"} <= operation["responses"].keys()
        assert "if-match" in {parameter["name"].lower() for parameter in operation["parameters"]}


@EVERY
def test_a_list_is_a_page(method: str, path: str, operation: Operation) -> None:
    if operation["operationId"].startswith("list"):
        schema = schema_of(operation)

        assert {"items", "next"} <= set(schema["required"])
        assert schema["properties"]["items"]["type"] == "array"


@EVERY
def test_no_answer_is_a_bare_list(method: str, path: str, operation: Operation) -> None:
    for status in {"200", "201"} & operation["responses"].keys():
        if not operation["responses"][status]["content"].keys() <= {"text/csv", "text/calendar"}:
            assert schema_of(operation, status).get("type") == "object"


@EVERY
def test_only_a_get_may_be_answered_with_what_one_has(method: str, path: str, operation: Operation) -> None:
    assert ("304" in operation["responses"]) == (method == "get")


def test_every_problem_has_its_page_in_both_languages(client: TestClient) -> None:
    for code, refusal in all_refusals().items():
        for language in ("fi", "en"):
            page = client.get(f"/problems/{code}?lang={language}")

            assert page.status_code == 200, code
            assert refusal.title.to(language) in page.text
            assert page.headers["Content-Language"] == language


def test_every_problem_that_an_operation_names_exists() -> None:
    named = {
        code
        for _, _, operation in operations()
        for told in operation["responses"].values()
        for code in re.findall(r"`([a-z-]+)`: ", told["description"])
    }

    assert named
    assert named <= all_refusals().keys()


def test_the_contract_is_served_as_it_is_committed(client: TestClient) -> None:
    assert client.get("/openapi.json").json() == CONTRACT
