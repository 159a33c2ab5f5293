"""Selections of what networks owe each other, by which a plan is judged: reports, terms, what is carried home."""

import uuid
from typing import Any

from sqlalchemy import Select, or_, select

from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting, MeetingStatus
from app.meetings.models.relays import Relay
from app.meetings.models.status_reports import ReportKind, StatusReport
from app.meetings.models.swaps import TurnSwap
from app.meetings.queries.decisions import DECISION, RELAY
from app.meetings.queries.meetings import MEETING
from app.meetings.queries.status_reports import REPORT
from app.meetings.queries.swaps import SWAP
from app.networks.models import AgreementTerm, AgreementTermStep, Network, NetworkRole
from app.networks.queries import NETWORK, ROLE, STEP, TERM


def swaps(county_id: uuid.UUID) -> Select[Any]:
    """The turns at meetings of a county that are with whoever took them over."""
    return (
        select(SWAP.meeting_id, SWAP.duty)
        .select_from(TurnSwap)
        .join(Meeting, SWAP.meeting_id == MEETING.id)
        .join(Network, MEETING.network_id == NETWORK.id)
        .where(
            NETWORK.county_id == county_id,
            or_(SWAP.to_network_id == MEETING.led_by_id, SWAP.to_seat_id == MEETING.secretary_id),
        )
    )


def relays(county_id: uuid.UUID) -> Select[Any]:
    """What the networks of a county decided that organisations carry home."""
    return (
        select(NETWORK.slug, RELAY.id, MEETING.local_start, RELAY.carried_on)
        .select_from(Relay)
        .join(Decision, RELAY.decision_id == DECISION.id)
        .join(Meeting, DECISION.meeting_id == MEETING.id)
        .join(Network, MEETING.network_id == NETWORK.id)
        .where(NETWORK.county_id == county_id, MEETING.status != MeetingStatus.cancelled)
        .order_by(MEETING.local_start, RELAY.id)
    )


def reports(county_id: uuid.UUID) -> Select[Any]:
    """The networks of a county, each as often as it delivered a status report; once, if never."""
    delivered = (
        (REPORT.from_network_id == NETWORK.id) & (REPORT.kind == ReportKind.status) & REPORT.delivered_on.is_not(None)
    )
    return (
        select(NETWORK.id, NETWORK.slug, NETWORK.name, REPORT.id.label("report"), REPORT.delivered_on, REPORT.is_public)
        .select_from(Network)
        .outerjoin(StatusReport, delivered)
        .where(NETWORK.county_id == county_id)
        .order_by(NETWORK.id, REPORT.delivered_on, REPORT.id)
    )


def terms(county_id: uuid.UUID) -> Select[Any]:
    """The terms of a county's networks, each as often as it has steps; once, if none."""
    return (
        select(NETWORK.slug, TERM.id, TERM.starts_on, TERM.ends_on, STEP.kind, STEP.code, STEP.done_on)
        .select_from(AgreementTerm)
        .join(Network, TERM.network_id == NETWORK.id)
        .outerjoin(AgreementTermStep, STEP.term_id == TERM.id)
        .where(NETWORK.county_id == county_id)
        .order_by(TERM.starts_on, TERM.id)
    )


def roles(county_id: uuid.UUID) -> Select[Any]:
    """The names of the roles of those kinds of networks that a county has networks of."""
    kinds = select(NETWORK.kind_id).where(NETWORK.county_id == county_id)
    return select(ROLE.code, ROLE.name).select_from(NetworkRole).where(ROLE.kind_id.in_(kinds)).order_by(ROLE.id)
