"""Personal data stays where it belongs: unique texts in every personal field, looked for in every other answer.

A column that holds text is personal or it is not: who adds one says which, below.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import JSON, LargeBinary, String, insert, select, update

from app.accounts import opaque, passwords
from app.accounts.models import User
from app.accounts.roles import Role
from app.accounts.schemas import GrantOnlyWrite, MachineTokenWrite, ThingWrite
from app.accounts.service import grants, links, machines, sign_ins, users
from app.core import clock, rows
from app.core.database import Command, Database, Work
from app.core.localized import Localized
from app.evaluations.schemas import EvaluationWrite
from app.evaluations.service import evaluations
from app.feeds.models import CalendarAddress
from app.kinds import KINDS
from app.meetings.models.meetings import Meeting
from app.meetings.models.proposals import TopicProposal
from app.meetings.models.relays import Relay
from app.meetings.models.standing_items import StandingItem
from app.meetings.models.swaps import Duty, TurnSwap
from app.meetings.queries.decisions import RELAY
from app.meetings.schemas.decisions import DecisionWrite
from app.meetings.schemas.draft_documents import DraftDocumentWrite
from app.meetings.schemas.meetings import MeetingWrite
from app.meetings.schemas.minutes import MinutesPatch, MinutesWrite
from app.meetings.schemas.relays import RelayCarrying
from app.meetings.schemas.status_reports import StatusReportDelivery, StatusReportWrite
from app.meetings.service import decisions, draft_documents, meetings, minutes, proposals, relays, status_reports
from app.networks.models import Network, Seat, StepKind
from app.networks.schemas import AgreementTermStepWrite, AgreementTermWrite, MemberListCheckWrite, SeatWrite
from app.networks.service import agreement_terms, member_list_checks, seats
from app.organisations.models import Organisation, Person
from app.plan.models import Goal
from app.plan.schemas import ProgressWrite
from app.plan.service import goals
from app.statistics.models import VisitDay
from app.tables import METADATA
from app.transfer.models import ImportReport
from tests.conftest import headers_of
from tests.live import Server, serving
from tests.meetings import networks
from tests.transfer.plans import load

CONTRACT = json.loads((Path(__file__).parents[2] / "openapi" / "v1.json").read_text(encoding="utf-8"))
PERSONAL = {
    "user_account": {"email", "password_hash"},
    "refresh_token": {"digest", "client"},
    "one_time_link": {"digest"},
    "machine_token": {"name", "digest", "hint"},
    "guess_brake": {"key"},
    "visit_day": {"note"},
    "import_report": {"rows", "warnings"},
    "idempotency_key": {"key", "body", "headers"},
    "audit_entry": {"request_id"},
    "person": {"display_name", "work_email", "purpose", "sort_name", "search_name"},
    "meeting": {"remote_url"},
    "agenda_item": {"title", "text", "answer"},
    "standing_item": {"title", "text"},
    "topic_proposal": {"title", "text", "reason"},
    "minutes": {"text"},
    "minutes_revision": {"text", "reason"},
    "decision": {"text", "search_text"},
    "turn_swap": {"reason"},
    "relay": {"note"},
    "status_report": {"text"},
    "draft_document": {"title"},
    "agreement_term_step": {"note"},
    "member_list_check": {"note"},
    "score": {"comment"},
    "finding": {"text"},
    "goal_progress": {"text"},
    "calendar_address": {"name", "digest"},
}
NOT_PERSONAL = {
    "area": {"slug", "kind", "code", "name", "sort_name"},
    "area_link": {"scheme"},
    "area_alias": {"source", "value"},
    "meeting_place": {*("slug", "name", "kind", "address", "description", "accessibility", "sort_name", "search_name")},
    "statistics_form": {"name", "fields"},
    "visit_day": {"status", "counts", "source"},
    "visit_month": {"month"},
    "visit_month_field": {"month", "field"},
    "indicator": {"slug", "name", "description", "unit", "licence", "source", "sort_name", "search_name"},
    "audit_entry": {"command"},
    "audit_change": {"kind", "action", "fields"},
    "import_report": {"kind", "mode", "outcome", "counts"},
    "idempotency_key": {"operation", "request_hash"},
    "role_grant": {"role", "kind", "because_of"},
    "organisation_kind": {"code", "name"},
    "organisation": {"slug", "name", "url", "sort_name", "search_name"},
    "person_right": {"role", "kind", "because_of"},
    "network_kind": {"code", "name"},
    "network_role": {"code", "name", "carries", "carries_on"},
    "network": {"slug", "name", "purpose", "tasks", "themes", "former_names", "sort_name", "search_name"},
    "seat": {"office"},
    "meeting": {
        *("title", "mode", "status", "time_zone", "location", "window_code", "themes", "cancel_reason"),
    },
    "agenda_item": {"about_kind", "themes", "outcome"},
    "standing_item": {"themes"},
    "topic_proposal": {"about_kind", "themes", "state"},
    "minutes": {"public_extract"},
    "minutes_revision": {"public_extract"},
    "seat_answer": {"answer"},
    "guest": {"office", "answer"},
    "attendance": {"state"},
    "turn_swap": {"duty"},
    "school_break": {"name"},
    "relay": {"state"},
    "status_report": {"kind", "period"},
    "agreement_term": {"name"},
    "agreement_term_step": {"kind", "code"},
    "criteria_set": {"code", "name", "level", "scale", "topics", "areas", "source"},
    "criterion": {"code", "area", "topic", "text", "text_source"},
    "evaluation": {"kind", "scale", "state"},
    "finding": {"kind"},
    "plan": {"slug", "title", "background", "links"},
    "plan_revision": {"summary", "changes"},
    "focus_area": {"code", "name"},
    "goal": {"code", "plan_ref", "text", "themes", "status"},
    "measure": {"code", "text"},
    "goal_progress": {"status"},
    "plan_rule": {"code", "rule", "type", "subject_kind", "subject", "parameters", "plan_ref"},
    "year_clock": {"slug", "name", "plan_ref"},
    "year_clock_window": {"code", "name", "mode", "topics", "tasks"},
    "reviewed_document": {
        *("slug", "kind", "title", "also_called", "last_reviewed_in", "url", "plan_ref"),
        *("sort_name", "search_name"),
    },
    "document_review": {"reviewed_in", "note"},
    "material": {
        *("slug", "kind", "collection", "title", "description", "audience", "themes", "language", "url", "plan_ref"),
        *("sort_name", "search_name"),
    },
    "support_group": {"code", "name"},
    "support_form": {"code", "name", "providers", "themes", "url"},
    "machine_token": {"scopes", "kind"},
    "deletion": {"kind"},
    "revision": {"family"},
}
KOPPA = ThingWrite(kind="meeting_place", id="koppa")
OTHER = ThingWrite(kind="meeting_place", id="tikantanssi")
COUNTS = ("read", "created", "updated", "unchanged", "skipped", "rejected")
PASSWORD = "kanarialintu-salasana-7f3a"


def test_every_text_is_said_to_be_personal_or_not() -> None:
    texts = {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(getattr(column.type, "impl", column.type), (String, JSON, LargeBinary))
    }
    said = {(t, c) for known in (PERSONAL, NOT_PERSONAL) for t, columns in known.items() for c in columns}

    assert {name for name in texts - said if name[0] not in ("indicator", "indicator_value")} == set()
    assert {(t, c) for t, columns in PERSONAL.items() for c in columns} <= texts


@dataclass
class World:
    """A server with a canary in each personal field, and those from whom each must stay hidden."""

    server: Server
    canaries: dict[str, str]
    callers: dict[str, dict[str, str]]
    ids: dict[str, str]
    answers: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def world(database_url: str, database: Database) -> Iterator[World]:
    canaries = {f"{table}.{column}": f"kanaria{n}x{table[:4]}" for n, (table, column) in enumerate(_columns())}
    networks.found(database, networks.network("ryhma", steered_by=["ohjaava"]), networks.network("ohjaava"))
    ids = _planted(database, canaries) | _noted(database, canaries)
    with database.writing(Command("test")) as session:
        for email, role, on in (
            ("elsewhere@example.org", Role.recorder, OTHER),
            ("contact-elsewhere@example.org", Role.place_contact, OTHER),
        ):
            user = users.create(session, email, passwords.NOBODYS)
            grants.give(session, KINDS, grants.OPERATOR, user, GrantOnlyWrite(role=role, on=on))
    callers = {name: headers_of(database, f"{name}@example.org") for name in ("elsewhere", "contact-elsewhere")}
    with serving(database_url, log_level="DEBUG") as server:
        yield World(server, canaries, {"anonymous": {}, **callers}, ids)


def _columns() -> list[tuple[str, str]]:
    return [(table, column) for table, columns in PERSONAL.items() for column in sorted(columns)]


def _row(ref: str) -> dict[str, Any]:
    return {"row": 2, "ref": ref, "action": "updated", "errors": [], "warnings": [], "changes": {}}


def _planted(database: Database, canaries: dict[str, str]) -> dict[str, str]:
    now = clock.now()
    with database.writing(Command("test")) as session:
        user = users.create(
            session, f"{canaries['user_account.email']}@example.org", canaries["user_account.password_hash"]
        )
        grant = grants.give(session, KINDS, grants.OPERATOR, user, GrantOnlyWrite(role=Role.place_contact, on=KOPPA))
        write = MachineTokenWrite(name=canaries["machine_token.name"], scopes=["visits:write"], on=KOPPA)
        token, _ = machines.make(session, KINDS, grants.OPERATOR, write)
        links.make(session, user, grants.OPERATOR)
        sign_ins.begin(session, user.id, canaries["refresh_token.client"])
        place_id = grant.item_id
        day = VisitDay(
            place_id=place_id,
            visited_on=clock.today(),
            form_version=1,
            status="open",
            counts={"adults": 3},
            note=canaries["visit_day.note"],
        )
        session.add(day)
        report = ImportReport(
            kind="visits",
            caller_id=user.id,
            dry_run=False,
            mode="atomic",
            outcome="done",
            counts=dict.fromkeys(COUNTS, 0),
            rows=[_row(canaries["import_report.rows"])],
            rows_left_out=0,
            warnings=[{"code": "unknown-column", "column": "x", "detail": canaries["import_report.warnings"]}],
        )
        session.add(report)
        session.flush()
        seat = _seated(session, canaries)
        for table, columns in (
            ("machine_token", ("digest", "hint")),
            ("one_time_link", ("digest",)),
            ("refresh_token", ("digest",)),
        ):
            planted = {column: canaries[f"{table}.{column}"][: 12 if column == "hint" else None] for column in columns}
            session.execute(update(METADATA.tables[table]).values(planted))
        session.execute(insert(METADATA.tables["guess_brake"]).values(key=canaries["guess_brake.key"], due_at=now))
        session.execute(
            insert(METADATA.tables["idempotency_key"]).values(
                caller_id=user.id, key=canaries["idempotency_key.key"], operation="foundMeetingPlace", request_hash="x",
                status=201, headers=[["location", canaries["idempotency_key.headers"]]],
                body=canaries["idempotency_key.body"].encode(), created_at=now,
            )
        )  # fmt: skip
        meeting_ids = (
            _met(session, canaries) | _told(session, canaries) | _agreed(session, canaries) | _judged(session, canaries)
        )
        session.execute(update(METADATA.tables["audit_entry"]).values(request_id=canaries["audit_entry.request_id"]))
        return {
            "user": str(user.id),
            "grant": str(grant.id),
            "token": str(token.id),
            "kind_or_id": str(report.id),
            "place": "koppa",
            "date": str(clock.today()),
            "part": "1",
            "area": "491",
            "indicator": "sotkanet-127",
            **dict.fromkeys(
                ("year_clock", "school_break", "support_form", "material", "reviewed_document", "document_review"),
                "of-no-persons",
            ),
            "item": str(day.id),
            "organisation": "kaupunki",
            "person": str(seat.person_id),
            "seat": str(seat.id),
            **meeting_ids,
            **_subscribed(session, canaries, user),
        }


def _seated(session: Work, canaries: dict[str, str]) -> Seat:
    """Somebody in a network who has not agreed to be named."""
    organisation = rows.find(session, Organisation, "kaupunki")
    person = Person(
        county_id=organisation.county_id,
        organisation_id=organisation.id,
        work_email=f"{canaries['person.work_email']}@example.org",
        retention_until=clock.today() + timedelta(days=900),
        **{name: canaries[f"person.{name}"] for name in PERSONAL["person"] - {"work_email"}},
    )
    rows.add(session, person)
    write = SeatWrite(role="member", organisation=organisation.slug, person=person.id)
    return seats.open(session, rows.find(session, Network, "ryhma"), write, grants.OPERATOR)


def _subscribed(session: Work, canaries: dict[str, str], user: User) -> dict[str, str]:
    """Two secret addresses of somebody who sees of the network what everybody sees: one that is known, and another."""
    secret, network_id = opaque.made(), rows.find(session, Network, "ryhma").id
    planted = {column: canaries[f"calendar_address.{column}"] for column in ("name", "digest")}
    for row in (planted, {**planted, "digest": opaque.digest(secret)}):
        address = rows.add(session, CalendarAddress(user_id=user.id, network_id=network_id, **row))
    return {"secret": secret, "address": str(address.id)}


def _met(session: Work, canaries: dict[str, str]) -> dict[str, str]:
    """A public meeting yesterday, with a canary in each part that is not public."""
    plan = {
        "network": "ryhma",
        "mode": "remote",
        "local_start": f"{clock.today() - timedelta(days=1)}T09:00",
        "duration_minutes": 60,
        "remote_url": f"https://kokous.example.org/{canaries['meeting.remote_url']}",
        "agenda": [{"title": canaries["agenda_item.title"], "text": canaries["agenda_item.text"]}],
    }
    meeting = meetings.plan(session, MeetingWrite.model_validate(plan), grants.OPERATOR)
    decision = decisions.record(session, meeting, DecisionWrite(text=canaries["decision.text"], to_be_carried=True))
    relay = session.scalars(select(Relay).where(RELAY.decision_id == decision.id)).first()
    relays.carry(session, relay, RelayCarrying(note=canaries["relay.note"]))
    session.execute(update(METADATA.tables["decision"]).values(search_text=canaries["decision.search_text"]))
    swapped = {"to_network_id": meeting.network_id, "reason": canaries["turn_swap.reason"]}
    rows.add(session, TurnSwap(meeting_id=meeting.id, duty=Duty.lead, **swapped))
    item = meetings.shown(session, meeting, grants.OPERATOR)["agenda"][0]
    answered = {"answer": canaries["agenda_item.answer"], "answered_at": clock.now()}
    session.execute(update(METADATA.tables["agenda_item"]).values(answered))
    return {
        **_around(session, meeting, canaries),
        "network": "ryhma",
        "meeting": str(meeting.id),
        "agenda_item": str(item["id"]),
        "decision": str(decision.id),
        "relay": str(relay.id),
    }


def _around(session: Work, meeting: Meeting, canaries: dict[str, str]) -> dict[str, str]:
    """Minutes that were approved and corrected, a standing item, and a proposal that was declined."""
    drafted = minutes.draft(session, meeting, MinutesWrite(text="x", public_extract="Ote"))
    minutes.approve(session, drafted)
    corrected = {"text": canaries["minutes_revision.text"], "reason": canaries["minutes_revision.reason"]}
    minutes.change(session, drafted, MinutesPatch(**corrected))
    session.execute(update(METADATA.tables["minutes"]).values(text=canaries["minutes.text"]))
    of = {"network_id": meeting.network_id, "themes": []}
    matter = {name: canaries[f"standing_item.{name}"] for name in ("title", "text")}
    item = rows.add(session, StandingItem(position=1, **of, **matter))
    topic = {name: canaries[f"topic_proposal.{name}"] for name in ("title", "text")}
    proposal = rows.add(session, TopicProposal(**of, **topic))
    proposals.decline(session, proposal, canaries["topic_proposal.reason"])
    return {"standing_item": str(item.id), "topic_proposal": str(proposal.id)}


def _told(session: Work, canaries: dict[str, str]) -> dict[str, str]:
    """A report that is delivered and not public, and a document that a network is to handle."""
    text, title = canaries["status_report.text"], canaries["draft_document.title"]
    body = {"from_network": "ryhma", "to_network": "ohjaava", "kind": "status", "period": "2026", "text": text}
    report = status_reports.draft(session, StatusReportWrite.model_validate(body), grants.OPERATOR)
    status_reports.deliver(session, report, StatusReportDelivery())
    body = {"network": "ryhma", "title": title, "decided_by": "kaupunki", "to_be_decided_on": str(clock.today())}
    document = draft_documents.add(session, DraftDocumentWrite.model_validate(body), grants.OPERATOR)
    return {"status_report": str(report.id), "draft_document": str(document.id)}


def _agreed(session: Work, canaries: dict[str, str]) -> dict[str, str]:
    """A term of agreement with a step, and a check of the list of members, each with a note."""
    network, day = rows.find(session, Network, "ryhma"), clock.today()
    write = AgreementTermWrite(name=Localized(fi="Kausi"), starts_on=day)
    term = agreement_terms.begin(session, network, write)
    step = AgreementTermStepWrite(done_on=day, note=canaries["agreement_term_step.note"])
    agreement_terms.record_step(session, term, StepKind.review, "goals", step, None)
    write = MemberListCheckWrite(checked_on=day, note=canaries["member_list_check.note"])
    check = member_list_checks.record(session, network, write)
    return {"agreement_term": str(term.id), "kind": "review", "code": "goals", "member_list_check": str(check.id)}


def _noted(database: Database, canaries: dict[str, str]) -> dict[str, str]:
    """A goal of a plan, with a canary in a note on how it goes."""
    load(database)
    with database.writing(Command("test")) as session:
        goal = session.scalars(select(Goal).limit(1)).one()
        note = goals.note(session, str(goal.id), ProgressWrite(text=canaries["goal_progress.text"]))
        return {"plan": "county-90-plan", "goal": str(goal.id), "goal_progress": str(note.id)}


def _judged(session: Work, canaries: dict[str, str]) -> dict[str, str]:
    """An evaluation of Koppa, shared with nobody, with a canary in each text."""
    body = {
        "place": "koppa",
        "year": clock.today().year,
        "kind": "self",
        "criteria_set": "national-topics",
        "scores": [{"criterion": "c1", "value": 1, "comment": canaries["score.comment"]}],
        "findings": [{"kind": "strength", "text": canaries["finding.text"]}],
    }
    made = evaluations.record(session, EvaluationWrite.model_validate(body), grants.OPERATOR)
    return {"evaluation": str(made.id), "criteria_set": str(made.set_id)}


def test_no_personal_field_is_seen_where_it_does_not_belong(world: World) -> None:
    with httpx.Client(base_url=world.server.address, timeout=30) as client:
        for caller, headers in world.callers.items():
            for method, path, operation in _operations():
                address = path.format(**world.ids)
                _ask(world, client, caller, method, address, headers)
                if method == "get":
                    for query in (
                        f"item={world.ids['item']}",
                        "limit=200",
                        f"q={world.canaries['user_account.email']}",
                        f"q={world.canaries['person.display_name']}",
                    ):
                        _ask(world, client, caller, method, f"{address}?{query}", headers)
                elif "requestBody" in operation:
                    for body in _bodies(world):
                        _ask(world, client, caller, method, address, headers, json=body)
        for page in ("/", "/docs", "/problems", "/openapi.json", "/accept", "/accept?token=x", "/health/ready"):
            _ask(world, client, "anonymous", "get", page, {})
    leaks = {
        (where, name)
        for where, text in [*world.answers, ("the log", world.server.log())]
        for name, canary in world.canaries.items()
        if canary in text
    }

    print(f"\n{len(world.answers)} answers, {len(world.canaries)} canaries, {len(leaks)} seen")
    assert leaks == set()
    assert PASSWORD not in world.server.log()
    assert len(world.answers) > 400


def test_the_canaries_would_be_seen_by_who_may(world: World, database: Database) -> None:
    admin = headers_of(database, "admin@example.org")
    with httpx.Client(base_url=world.server.address, headers=admin) as client:
        told = "".join(
            client.get(path).text
            for path in (
                "/v1/users?limit=200",
                "/v1/tokens",
                "/v1/visits",
                f"/v1/imports/{world.ids['kind_or_id']}",
                "/v1/audit-entries",
                f"/v1/persons/{world.ids['person']}/export",
                f"/v1/meetings/{world.ids['meeting']}",
                f"/v1/meetings/{world.ids['meeting']}/minutes",
                f"/v1/meetings/{world.ids['meeting']}/minutes/revisions",
                "/v1/networks/ryhma/standing-items",
                "/v1/networks/ryhma/topic-proposals",
                "/v1/relays",
                "/v1/status-reports",
                "/v1/draft-documents",
                "/v1/networks/ryhma/agreement-terms",
                "/v1/networks/ryhma/member-list-checks",
                f"/v1/goals/{world.ids['goal']}/progress",
                f"/v1/evaluations/{world.ids['evaluation']}",
            )
        )

    seen = {name for name, canary in world.canaries.items() if canary[:12] in told}
    assert seen == {
        "user_account.email",
        "machine_token.name",
        "machine_token.hint",
        "visit_day.note",
        "import_report.rows",
        "import_report.warnings",
        "audit_entry.request_id",
        "person.display_name",
        "person.work_email",
        "person.purpose",
        "meeting.remote_url",
        "agenda_item.title",
        "agenda_item.text",
        "agenda_item.answer",
        "standing_item.title",
        "standing_item.text",
        "topic_proposal.title",
        "topic_proposal.text",
        "topic_proposal.reason",
        "minutes.text",
        "minutes_revision.text",
        "minutes_revision.reason",
        "decision.text",
        "relay.note",
        "status_report.text",
        "draft_document.title",
        "agreement_term_step.note",
        "member_list_check.note",
        "goal_progress.text",
        "score.comment",
        "finding.text",
    }


def _operations() -> Iterator[tuple[str, str, Any]]:
    for path, verbs in CONTRACT["paths"].items():
        for method, operation in verbs.items():
            yield method, path, operation


def _bodies(world: World) -> list[Any]:
    """Bodies with personal data where it does not fit: what is refused must not say it back."""
    email, note = f"{world.canaries['user_account.email']}@example.org", world.canaries["visit_day.note"]
    person = f"{world.canaries['person.work_email']}@example.org"
    return [
        {
            "display_name": world.canaries["person.display_name"],
            "work_email": person,
            "purpose": "x",
            "organisation": "kaupunki",
            "retention_until": str(clock.today() + timedelta(days=9)),
            "user": email,
        },
        {"email": email, "note": note, "name": note, "user": email, "username": email, "password": PASSWORD},
        {"email": [email], "grants": [{"role": note, "on": {"kind": note, "id": note}}]},
        {"name": {"fi": 5, note: note}, "municipality": email, "token": note, "refresh_token": note},
        [note],
        note,
    ]


def _ask(world: World, client: httpx.Client, caller: str, method: str, path: str, headers: Any, **more: Any) -> None:
    answer = client.request(method, path, headers=headers | {"If-Match": '"v1"'}, **more)
    assert answer.status_code < 500, (method, path, answer.text)
    world.answers.append((f"{caller}: {method} {path}", f"{answer.headers} {answer.text}"))
