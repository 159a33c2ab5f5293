"""Every operation has an example of what it takes and of what it answers, and each is true to its schema."""

import json
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from app.main import contract_text

CONTRACT: dict[str, Any] = json.loads(contract_text())
OPERATIONS = {
    operation["operationId"]: operation for verbs in CONTRACT["paths"].values() for operation in verbs.values()
}
Shown = list[tuple[str, dict[str, Any]]]


def good_answers(operation: dict[str, Any]) -> Shown:
    """Each good answer that has content, with what stands for it."""
    return [
        (status, content)
        for status, response in operation["responses"].items()
        if status in ("200", "201")
        for content in response["content"].values()
    ]


def body(operation: dict[str, Any]) -> Shown:
    return list(operation.get("requestBody", {}).get("content", {}).items())


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {"components": CONTRACT["components"], "allOf": [schema]}
    return [str(error) for error in Draft202012Validator(whole, validate_formats=True).iter_errors(value)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_good_answer_has_an_example_that_is_true_to_its_schema(name: str) -> None:
    operation = OPERATIONS[name]

    assert good_answers(operation) or "204" in operation["responses"]
    for status, content in good_answers(operation):
        assert "example" in content, f"app/front/examples.yaml has no answer of {name} ({status})"
        assert faults(content["schema"], content["example"]) == []


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if "requestBody" in operation])
def test_every_body_has_an_example_that_is_true_to_its_schema(name: str) -> None:
    shown = body(OPERATIONS[name])

    assert shown
    for media_type, content in shown:
        assert "example" in content, f"app/front/examples.yaml has no body of {name} ({media_type})"
        assert faults(content["schema"], content["example"]) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_needed_parameter_has_an_example_and_each_is_true_to_its_schema(name: str) -> None:
    for parameter in OPERATIONS[name]["parameters"]:
        if "example" in parameter:
            assert faults(parameter["schema"], parameter["example"]) == [], parameter["name"]
        else:
            assert not parameter["required"], f"app/front/examples.yaml has no {parameter['name']} of {name}"


def test_the_validator_would_notice_a_wrong_example() -> None:
    operation = OPERATIONS["readMeetingPlace"]
    [(_, content)] = good_answers(operation)

    assert faults(content["schema"], content["example"] | {"id": "not an id"}) != []
    assert faults(content["schema"], {"name": {"fi": "Koppa"}}) != []
