"""``/v1/status-reports``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.numbers import Whole
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.meetings import FAMILY
from app.meetings.models.status_reports import ReportKind, StatusReport
from app.meetings.queries import status_reports as queries
from app.meetings.schemas.status_reports import (
    StatusReportDelivery,
    StatusReportPatch,
    StatusReportShown,
    StatusReportWrite,
)
from app.meetings.service import status_reports
from app.meetings.service.status_reports import ReportIsDelivered
from app.networks.service import networks

router = room("/status-reports", "meetings")
Anyone = Annotated[Caller | None, Public(FAMILY, "networks")]
Teller = Annotated[Caller, Needs("meetings:write", at="status_report")]
ReportId = Annotated[str, Path(max_length=36, description="Id of the report.")]
ONE = "/{status_report}"
OF_A_CHANGE = (NoSuchThing, ChangedMeanwhile, VersionNotStated)


def _to_change(status_report: ReportId, session: WriteSession, if_match: IfMatch) -> StatusReport:
    found = rows.find(session, StatusReport, status_report, lock=True)
    rows.must_match(found, if_match)
    return found


Changed = Annotated[StatusReport, Depends(_to_change)]


@router.get("", response_model=Page[StatusReportShown])
def list_status_reports(
    caller: Anyone,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    from_network: Annotated[
        str | None, Query(max_length=80, description="Only from this network (id or slug).")
    ] = None,
    to_network: Annotated[str | None, Query(max_length=80, description="Only to this network (id or slug).")] = None,
    kind: Annotated[ReportKind | None, Query(description="Only of this kind.")] = None,
    year: Annotated[Whole | None, Query(ge=2000, le=2099, description="Only about this year or a part of it.")] = None,
) -> Any:
    """Status reports and highlights that networks tell those that steer them.

    By period. Everybody reads what was delivered and is public; with `meetings:read` on the sender or the receiver,
    the rest.
    """
    found = queries.of_reports(
        status_reports.known_to(session, caller),
        from_network_id=networks.resolved(session, from_network, parameter="from_network").id if from_network else None,
        to_network_id=networks.resolved(session, to_network, parameter="to_network").id if to_network else None,
        kind=kind,
        year=year,
    )
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [status_reports.listed(row) for row in page["items"]]}


@router.post("", status_code=201, response_model=StatusReportShown, responses=answers(OutOfReach))
def draft_status_report(
    caller: Annotated[Caller, Needs("meetings:write")],
    session: WriteSession,
    write: StatusReportWrite,
    response: Response,
) -> Any:
    """Draft what a network, on which you have the scope, will tell one that steers it."""
    report = status_reports.draft(session, write, caller)
    response.headers["Location"] = f"/v1/status-reports/{report.id}"
    return status_reports.shown(session, report, caller)


@router.get(ONE, response_model=StatusReportShown, responses=answers(NoSuchThing))
def read_status_report(caller: Anyone, session: SnapshotSession, status_report: ReportId) -> Any:
    """What a network tells one that steers it."""
    return status_reports.seen(session, status_report, caller)


@router.patch(ONE, response_model=StatusReportShown, responses=answers(*OF_A_CHANGE))
def change_status_report(
    caller: Teller, session: WriteSession, status_report: Changed, patch: StatusReportPatch
) -> Any:
    """Change the named fields of a report (merge patch, RFC 7396).

    One that was delivered can be corrected, and told in which meeting it was handled.
    """
    return status_reports.shown(session, status_reports.change(session, status_report, patch, caller), caller)


@router.delete(ONE, status_code=204, responses=answers(*OF_A_CHANGE, ReportIsDelivered))
def remove_status_report(_: Teller, session: WriteSession, status_report: Changed) -> None:
    """Take a draft away; what was delivered stays."""
    status_reports.remove(session, status_report)


@router.post(ONE + "/deliver", response_model=StatusReportShown, responses=answers(*OF_A_CHANGE, ReportIsDelivered))
def deliver_status_report(
    caller: Teller, session: WriteSession, status_report: Changed, write: StatusReportDelivery
) -> Any:
    """Say that a report was delivered, today or on an earlier day.

    Once.
    """
    return status_reports.shown(session, status_reports.deliver(session, status_report, write), caller)
