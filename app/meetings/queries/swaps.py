"""Selections of swapped turns, and of seats that take turns."""

import uuid
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.sql.selectable import FromClause, Join

from app.core import references
from app.meetings.models.swaps import TurnSwap
from app.networks.models import Network, NetworkRole, Seat
from app.organisations.models import Organisation

SWAP = TurnSwap.__table__.c  # type: ignore[attr-defined]


class SeatNamed:
    """A seat with its role and organisation, under names that begin with ``prefix``."""

    def __init__(self, prefix: str) -> None:
        tables: tuple[Any, ...] = (Seat, NetworkRole, Organisation)
        self.seat, self.role, self.organisation = (
            table.__table__.alias(f"{prefix}_{table.__tablename__}") for table in tables
        )
        self.columns = [
            self.seat.c.id.label(f"{prefix}_id"),
            *references.columns(self.role.c, f"{prefix}_role", ("code", "name")),
            *references.columns(self.organisation.c, f"{prefix}_organisation"),
        ]

    def joined(self, to: FromClause, seat_id: Any) -> Join:
        """``to`` with the seat whose id is in a column of it, if one is."""
        seat, role, organisation = self.seat.c, self.role.c, self.organisation.c
        return (
            to.outerjoin(self.seat, seat_id == seat.id)
            .outerjoin(self.role, seat.role_id == role.id)
            .outerjoin(self.organisation, seat.organisation_id == organisation.id)
        )


def as_seat(found: dict[str, Any], prefix: str) -> dict[str, Any] | None:
    """What a row says of a ``SeatNamed`` as an answer."""
    if found[f"{prefix}_id"] is None:
        return None
    return {
        "id": found[f"{prefix}_id"],
        "role": references.shown(found, f"{prefix}_role", ("code", "name")),
        "organisation": references.shown(found, f"{prefix}_organisation"),
    }


def swaps(meeting_id: uuid.UUID) -> Select[Any]:
    """The turns at a meeting that were swapped, in order of time."""
    which = ("from", "to")
    networks = {end: Network.__table__.alias(f"{end}_network") for end in which}  # type: ignore[attr-defined]
    seats = {end: SeatNamed(f"{end}_seat") for end in which}
    joined: FromClause = TurnSwap.__table__  # type: ignore[attr-defined]
    for end in which:
        joined = joined.outerjoin(networks[end], SWAP[f"{end}_network_id"] == networks[end].c.id)
        joined = seats[end].joined(joined, SWAP[f"{end}_seat_id"])
    return (
        select(
            *(SWAP[name] for name in ("id", "version", "updated_at", "meeting_id", "duty", "reason")),
            *(column for end in which for column in references.columns(networks[end].c, f"{end}_network")),
            *(column for end in which for column in seats[end].columns),
        )
        .select_from(joined)
        .where(SWAP.meeting_id == meeting_id)
        .order_by(SWAP.id)
    )
