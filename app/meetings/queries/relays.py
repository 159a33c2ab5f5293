"""Selections of relays."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select

from app.core import references
from app.core.validity import valid_on
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.models.relays import Relay, RelayState
from app.meetings.queries.decisions import DECISION, RELAY
from app.meetings.queries.meetings import MEETING, NAMED_NETWORK
from app.networks.models import Network, Seat
from app.networks.queries import NETWORK, SEAT, held_by
from app.organisations.models import Organisation
from app.organisations.queries import ORGANISATION


def relays(*, seen: ColumnElement[bool] | None = None) -> Select[Any]:
    """Relays with their organisation, decision, meeting and network; ``seen`` is a condition on these."""
    query = (
        select(
            *RELAY,
            *references.columns(ORGANISATION, "organisation", ("slug", "name")),
            DECISION.text,
            DECISION.due_on,
            DECISION.meeting_id,
            *references.columns(MEETING, "meeting", ("title", "local_start")),
            MEETING.starts_at,
            MEETING.network_id,
            *NAMED_NETWORK,
        )
        .select_from(Relay)
        .join(Organisation, RELAY.organisation_id == ORGANISATION.id)
        .join(Decision, RELAY.decision_id == DECISION.id)
        .join(Meeting, DECISION.meeting_id == MEETING.id)
        .join(Network, MEETING.network_id == NETWORK.id)
    )
    return query if seen is None else query.where(seen)


def of_relays(
    query: Select[Any], *, state: RelayState | None = None, organisation_id: uuid.UUID | None = None
) -> Select[Any]:
    """Those of a query of relays that are in a state, of an organisation."""
    if state is not None:
        query = query.where(RELAY.state == state)
    return query if organisation_id is None else query.where(RELAY.organisation_id == organisation_id)


def sits_for(user_id: uuid.UUID, on: date) -> ColumnElement[bool]:
    """Relays of an organisation for which somebody has a seat in the network on a day, as holder or deputy."""
    return (
        exists()
        .where(
            SEAT.network_id == MEETING.network_id,
            SEAT.organisation_id == RELAY.organisation_id,
            held_by(user_id, on),
        )
        .correlate_except(Seat.__table__)  # type: ignore[attr-defined]
    )


def organisations_in(network_id: uuid.UUID, on: date) -> Select[Any]:
    """Ids of the organisations that have a seat in a network on a day."""
    return (
        select(SEAT.organisation_id)
        .where(SEAT.network_id == network_id, SEAT.organisation_id.is_not(None), valid_on(SEAT, on))
        .distinct()
        .order_by(SEAT.organisation_id)
    )
