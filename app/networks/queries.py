"""Selections of networks and seats."""

from app.networks.models import Network, NetworkKind, NetworkRole, NetworkSteering, Seat

NETWORK = Network.__table__.c  # type: ignore[attr-defined]
KIND = NetworkKind.__table__.c  # type: ignore[attr-defined]
ROLE = NetworkRole.__table__.c  # type: ignore[attr-defined]
STEERING = NetworkSteering.__table__.c  # type: ignore[attr-defined]
SEAT = Seat.__table__.c  # type: ignore[attr-defined]
