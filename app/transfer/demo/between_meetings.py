"""What goes on between the meetings of the demo: carried home, told to who steers, prepared, looked over."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.service.grants import OPERATOR
from app.core import rows
from app.core.database import Work
from app.meetings.models.decisions import Decision
from app.meetings.models.relays import Relay
from app.meetings.queries.decisions import RELAY
from app.meetings.schemas.draft_documents import DraftDocumentWrite
from app.meetings.schemas.relays import RelayCarrying
from app.meetings.schemas.status_reports import StatusReportDelivery, StatusReportWrite
from app.meetings.service import draft_documents, relays, status_reports
from app.networks.models import Network, StepKind
from app.networks.schemas import AgreementTermStepWrite, AgreementTermWrite, MemberListCheckWrite
from app.networks.service import agreement_terms, member_list_checks
from app.organisations.models import Organisation
from app.organisations.queries import ORGANISATION

Meetings = Mapping[tuple[str, str], uuid.UUID]  # network, month


def carry(session: Work, decision: Decision, carried: dict[str, Any]) -> None:
    """Let organisations have carried a decision home, on days spread evenly."""
    query = select(Relay, ORGANISATION.slug).join(Organisation, RELAY.organisation_id == ORGANISATION.id)
    found = session.execute(query.where(RELAY.decision_id == decision.id).order_by(ORGANISATION.slug)).all()
    only, but = carried.get("only"), carried.get("but", ())
    done = [relay for relay, slug in found if slug not in but and (only is None or slug in only)]
    first, days = carried["first"], (carried["last"] - carried["first"]).days
    for n, relay in enumerate(done):
        on: date = first + timedelta(days=days * n // max(len(done) - 1, 1))
        relays.carry(session, relay, RelayCarrying(carried_on=on))


def load(session: Work, plan: dict[str, Any], meetings: Meetings) -> None:
    """Add what networks told who steers them, handled before others decided, and looked over."""
    for each in plan["status_reports"]:
        _tell(session, each, meetings)
    for each in plan["draft_documents"]:
        _prepare(session, each, meetings)
    for each in plan["agreement_terms"]:
        network = rows.find(session, Network, each["network"], lock=True)
        facts = {"name": each["name"], "starts_on": each["first"], "ends_on": each["last"]}
        term = agreement_terms.begin(session, network, AgreementTermWrite.model_validate(facts))
        for kind, done in ((StepKind.role, each["roles"]), (StepKind.review, each["reviews"])):
            for code, day in done.items():
                agreement_terms.record_step(session, term, kind, code, AgreementTermStepWrite(done_on=day), None)
    for slug, days in plan["member_list_checks"].items():
        network = rows.find(session, Network, slug, lock=True)
        for day in days:
            member_list_checks.record(session, network, MemberListCheckWrite(checked_on=day))


def _tell(session: Work, each: dict[str, Any], meetings: Meetings) -> None:
    body = {
        "from_network": each["from"],
        "to_network": each["to"],
        "kind": each.get("kind", "status"),
        "period": each["period"],
        "text": each["text"],
        "meeting": meetings[each["to"], each["in"]] if "in" in each else None,
        "is_public": each["public"],
    }
    report = status_reports.draft(session, StatusReportWrite.model_validate(body), OPERATOR)
    if "delivered" in each:
        status_reports.deliver(session, report, StatusReportDelivery(delivered_on=each["delivered"]))


def _prepare(session: Work, each: dict[str, Any], meetings: Meetings) -> None:
    body = {
        "network": each["network"],
        "title": each["title"],
        "decided_by": each["by"],
        "to_be_decided_on": each["planned"],
    }
    document = draft_documents.add(session, DraftDocumentWrite.model_validate(body), OPERATOR)
    if "in" in each:
        draft_documents.handle(session, document, meetings[each["network"], each["in"]])
    if "decided" in each:
        draft_documents.decide(session, document, each["decided"])
