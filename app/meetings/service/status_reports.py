"""What networks tell those that steer them: how things are, and what stands out."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service.callers import must_reach
from app.core import clock, ids, references, rows
from app.core.database import Work
from app.core.dates import faults_of_future
from app.core.errors import Conflict, Fault, Invalid, NoSuchThing
from app.core.language import Words
from app.meetings.models.meetings import MeetingStatus
from app.meetings.models.status_reports import StatusReport
from app.meetings.queries import status_reports as queries
from app.meetings.queries.meetings import IN_SHORT, MEETING
from app.meetings.queries.status_reports import REPORT
from app.meetings.schemas.status_reports import (
    StatusReportChange,
    StatusReportDelivery,
    StatusReportFacts,
    StatusReportPatch,
    StatusReportWrite,
)
from app.meetings.service.meetings import READ, WRITE, where_it_sees
from app.networks.service import networks

STAYS_DELIVERED = Words(
    "Luonnos annetaan (POST .../deliver), ja annettu katsaus pysyy annettuna; sen päivän voi korjata.",
    "A draft is delivered by POST .../deliver, and what is delivered stays so; its day can be corrected.",
)
NOT_ITS_MEETING = Words(
    "Vastaanottavalla verkostolla ei ole tällaista kokousta, tai se on peruttu.",
    "The receiving network has no such meeting, or it was cancelled.",
)


class ReportIsDelivered(Conflict):
    """The report was delivered already."""

    title = Words("Katsaus on jo annettu", "Report is delivered")
    detail = Words(
        "Katsaus annettiin jo {day}. Sitä ei voi antaa uudestaan eikä poistaa; sen voi korjata (PATCH).",
        "The report was delivered on {day} already. It is delivered once and stays; it can be corrected (PATCH).",
    )
    cure = Words("Lue katsaus uudestaan. Laadi seuraavasta uusi.", "Read the report again. Draft another for the next.")


def seen_by(session: Session, caller: Caller | None) -> ColumnElement[bool]:
    """Reports of which a caller sees the drafts too: where they read meetings, of the sender or of the receiver."""
    if caller is None:
        return false()
    return or_(*(networks.reachable(session, caller, READ, c) for c in (REPORT.from_network_id, REPORT.to_network_id)))


def known_to(session: Session, caller: Caller | None) -> Select[Any]:
    """The reports that a caller may know of."""
    query = queries.reports(sees_meeting=where_it_sees(session, caller))
    return queries.shown(query, sees=seen_by(session, caller))


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.reports`` as an answer."""
    found = row._mapping
    networks = {which: references.shown(found, which) for which in ("from_network", "to_network")}
    return {**found, **networks, "meeting": references.shown(found, "meeting", IN_SHORT)}


def seen(session: Session, reference: str, caller: Caller | None) -> dict[str, Any]:
    """A report that the caller may know of, as an answer. Raises NoSuchThing."""
    row = session.execute(known_to(session, caller).where(REPORT.id == ids.as_uuid(reference))).first()
    if row is None:
        raise NoSuchThing(kind="status_report")
    return listed(row)


def shown(session: Session, report: StatusReport, caller: Caller) -> dict[str, Any]:
    """A report as an answer to who has written it."""
    query = queries.reports(sees_meeting=where_it_sees(session, caller))
    return listed(session.execute(query.where(REPORT.id == report.id)).one())


def draft(session: Work, write: StatusReportWrite, caller: Caller) -> StatusReport:
    """Draft what a network will tell one that steers it. Raises Invalid, OutOfReach."""
    sender = networks.resolved(session, write.from_network, pointer="/from_network")
    must_reach(caller, WRITE, networks.chain_above(session, sender))
    receiver = networks.resolved(session, write.to_network, pointer="/to_network")
    networks.must_steer(session, receiver, sender.id, "/to_network")
    facts = _facts(session, receiver.id, write, caller)
    return rows.add(session, StatusReport(from_network_id=sender.id, to_network_id=receiver.id, **facts))


def change(session: Work, report: StatusReport, patch: StatusReportPatch, caller: Caller) -> StatusReport:
    """Change what ``patch`` names of a report. Raises Invalid."""
    whole = rows.merged(report, patch, StatusReportChange, meeting=report.meeting_id)
    if (whole.delivered_on is None) != (report.delivered_on is None):
        raise Invalid(faults=[Fault("stays-as-it-is", STAYS_DELIVERED, pointer="/delivered_on")])
    if whole.delivered_on and (faults := faults_of_future(whole.delivered_on, "/delivered_on")):
        raise Invalid(faults=faults)
    facts = _facts(session, report.to_network_id, whole, caller, stored=report.meeting_id)
    rows.apply(report, {**facts, "delivered_on": whole.delivered_on})
    session.flush()
    return report


def deliver(session: Work, report: StatusReport, write: StatusReportDelivery) -> StatusReport:
    """Say that a report was delivered, once; it is locked. Raises Invalid, ReportIsDelivered."""
    delivered_on = write.delivered_on or clock.today()
    if faults := faults_of_future(delivered_on, "/delivered_on"):
        raise Invalid(faults=faults)
    _must_be_a_draft(report)
    rows.apply(report, {"delivered_on": delivered_on})
    session.flush()
    return report


def remove(session: Work, report: StatusReport) -> None:
    """Take a draft away; it is locked. Raises ReportIsDelivered."""
    _must_be_a_draft(report)
    rows.remove(session, report)


def _must_be_a_draft(report: StatusReport) -> None:
    if report.delivered_on is not None:
        raise ReportIsDelivered(day=report.delivered_on)


def _facts(
    session: Session,
    to_network_id: uuid.UUID,
    whole: StatusReportFacts,
    caller: Caller,
    stored: uuid.UUID | None = None,
) -> dict[str, Any]:
    """The columns that a report's body fills. Raises Invalid for a meeting that the caller may not know of.

    One that is ``stored`` already stays.
    """
    own = {name: getattr(whole, name) for name in StatusReportFacts.model_fields if name != "meeting"}
    id = whole.meeting
    known = select(MEETING.id).where(
        and_(MEETING.id == id, MEETING.network_id == to_network_id, MEETING.status != MeetingStatus.cancelled),
        or_(MEETING.is_public, where_it_sees(session, caller)),
    )
    if id is not None and id != stored and session.scalar(known) is None:
        raise Invalid(faults=[Fault("not-its-meeting", NOT_ITS_MEETING, pointer="/meeting")])
    return {**own, "meeting_id": id}
