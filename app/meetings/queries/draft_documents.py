"""Selections of draft documents."""

import uuid
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, select

from app.core import references
from app.meetings.models.draft_documents import DraftDocument
from app.meetings.models.meetings import Meeting
from app.meetings.queries.meetings import MEETING, NAMED_NETWORK
from app.networks.models import Network
from app.networks.queries import NETWORK
from app.organisations.models import Organisation
from app.organisations.queries import ORGANISATION

DRAFT = DraftDocument.__table__.c  # type: ignore[attr-defined]
Sorted = Literal["to_be_decided_on", "-to_be_decided_on"]


def drafts(*, reachable: ColumnElement[bool] | None = None, network_id: uuid.UUID | None = None) -> Select[Any]:
    """Draft documents with their network, who decides, and the meeting that handled them."""
    query = (
        select(
            *DRAFT,
            *NAMED_NETWORK,
            *references.columns(ORGANISATION, "decided_by", ("slug", "name")),
            *references.columns(MEETING, "handled_in", ("title", "local_start")),
        )
        .select_from(DraftDocument)
        .join(Network, DRAFT.network_id == NETWORK.id)
        .join(Organisation, DRAFT.decided_by_id == ORGANISATION.id)
        .outerjoin(Meeting, DRAFT.handled_in_id == MEETING.id)
    )
    if reachable is not None:
        query = query.where(reachable)
    return query if network_id is None else query.where(DRAFT.network_id == network_id)


def by_decision(query: Select[Any], sort: Sorted) -> Select[Any]:
    """A query of draft documents in order of when they are to be decided on."""
    if sort == "-to_be_decided_on":
        return query.order_by(DRAFT.to_be_decided_on.desc(), DRAFT.id.desc())
    return query.order_by(DRAFT.to_be_decided_on, DRAFT.id)
