"""Every operation has an example of what it takes and of what it answers, and each is true to its schema."""

import json
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from starlette.testclient import TestClient

from app.main import contract_text

CONTRACT: dict[str, Any] = json.loads(contract_text())
OPERATIONS = {
    operation["operationId"]: operation for verbs in CONTRACT["paths"].values() for operation in verbs.values()
}
Shown = list[tuple[str, dict[str, Any]]]
OF_ITS_OWN = {  # passwords, secrets and ids that a new database does not have
    "signIn": 401,
    "refreshToken": 401,
    "changePassword": 401,
    "acceptLink": 410,
    "readImport": 404,
    "readUser": 404,
    "changeUser": 404,
    "makeLink": 404,
    "readGrant": 404,
    "changeGrant": 404,
    "readToken": 404,
    "revokeToken": 404,
    "readSeat": 404,
    "changeSeat": 404,
    "readPerson": 404,
    "changePerson": 404,
    "erasePerson": 404,
    "exportPerson": 404,
    "readMeeting": 404,
    "changeMeeting": 404,
    "holdMeeting": 404,
    "cancelMeeting": 404,
    "addAgendaItem": 404,
    "readAgendaItem": 404,
    "changeAgendaItem": 404,
    "removeAgendaItem": 404,
    "carryOverAgendaItem": 404,
    "escalateAgendaItem": 404,
    "answerAgendaItem": 404,
    "readStandingItem": 404,
    "changeStandingItem": 404,
    "removeStandingItem": 404,
    "readTopicProposal": 404,
    "takeTopicProposal": 404,
    "declineTopicProposal": 404,
    "listInvitees": 404,
    "recordAnswers": 404,
    "inviteGuests": 404,
    "readMinutes": 404,
    "draftMinutes": 404,
    "changeMinutes": 404,
    "approveMinutes": 404,
    "listMinutesRevisions": 404,
    "listAttendances": 404,
    "recordAttendances": 404,
    "recordDecision": 404,
    "readDecision": 404,
    "changeDecision": 404,
    "removeDecision": 404,
    "readRelay": 404,
    "carryRelay": 404,
    "readStatusReport": 404,
    "changeStatusReport": 404,
    "removeStatusReport": 404,
    "deliverStatusReport": 404,
    "readDraftDocument": 404,
    "changeDraftDocument": 404,
    "removeDraftDocument": 404,
    "handleDraftDocument": 404,
    "decideDraftDocument": 404,
    "readAgreementTerm": 404,
    "changeAgreementTerm": 404,
    "recordAgreementTermStep": 404,
    "eraseAgreementTermStep": 404,
    "readMemberListCheck": 404,
    "removeMemberListCheck": 404,
    "readSchoolBreak": 404,
    "changeSchoolBreak": 404,
    "removeSchoolBreak": 404,
    "listSwaps": 404,
    "swapTurn": 404,
    "readSupportForm": 404,
    "readDocumentReview": 404,
    "removeDocumentReview": 404,
    "readGoal": 404,
    "listGoalProgress": 404,
    "noteGoalProgress": 404,
    "readGoalProgress": 404,
    "eraseGoalProgress": 404,
    "readEvaluation": 404,
    "changeEvaluation": 404,
    "removeEvaluation": 404,
    "readSecretCalendar": 404,
    "readMeetingCalendar": 404,
    "readCalendarAddress": 404,
    "revokeCalendarAddress": 404,
}
ORDER = ("put", "post", "patch", "get", "delete")


def good_answers(operation: dict[str, Any]) -> Shown:
    """Each good answer that has content, with what stands for it."""
    return [
        (status, content)
        for status, response in operation["responses"].items()
        if status in ("200", "201")
        for content in response["content"].values()
    ]


def body(operation: dict[str, Any]) -> Shown:
    """Each kind of body that can be shown as text, with what stands for it."""
    content = operation.get("requestBody", {}).get("content", {})
    return [(name, shown) for name, shown in content.items() if shown["schema"].get("format") != "binary"]


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


def requests() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Each example as a request, so ordered that one makes what the next reads: operation, method, path, the rest."""
    found = []
    for path, verbs in CONTRACT["paths"].items():
        for method, operation in verbs.items():
            given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
            for parameter in operation["parameters"]:
                if "example" in parameter:
                    given[parameter["in"]][parameter["name"]] = parameter["example"]
            rest: dict[str, Any] = {"params": given["query"], "headers": given["header"]}
            for media_type, content in body(operation):
                sent = {"application/json": "json", "text/csv": "content"}.get(media_type, "data")
                rest[sent] = content["example"]
                if sent == "content":
                    rest["headers"]["Content-Type"] = media_type
            found.append((operation["operationId"], method, path.format(**given["path"]), rest))
    return sorted(found, key=lambda one: ORDER.index(one[1]))


def test_the_examples_work_as_they_stand_on_a_new_database(client: TestClient, admin: dict[str, str]) -> None:
    for name, method, path, rest in requests():
        answer = client.request(method, path, **rest | {"headers": rest["headers"] | admin})

        assert answer.is_success or answer.status_code == OF_ITS_OWN.get(name), (name, answer.text)
