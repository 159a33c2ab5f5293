"""What the permission walk asks of compliance and representation. The plan is that of the walk; the network is here."""

from typing import Any


def _read(path: str) -> Any:
    return lambda world, caller: ("GET", path, {})


def _simulate(world: Any, caller: str) -> Any:
    meeting = {"network": "network-here", "day": "2026-12-10", "mode": "live"}
    return "POST", "/v1/plans/walk/compliance/simulate", {"json": {"meetings": [meeting]}}


REQUESTS: dict[str, Any] = {
    "readCompliance": _read("/v1/plans/walk/compliance"),
    "simulateCompliance": _simulate,
    "readRepresentation": _read("/v1/networks/network-here/representation"),
    "readRepresentationMatrix": _read("/v1/representation-matrix"),
    "readMyAgenda": _read("/v1/me/agenda"),
}
TAKES: dict[str, tuple[str, ...]] = {}
CHECKS: dict[str, Any] = {}  # sentence -> ((world) -> what it is, what it should be)


def settle(world: Any, session: Any) -> None:
    """Nothing of its own: it looks at what other rooms have."""
