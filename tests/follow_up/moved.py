"""One fact of the demo, found by what names it and moved: cases of ``moves.yaml``."""

from typing import Any

from sqlalchemy import Select, Table, select, update
from sqlmodel import Session, SQLModel

from app.networks.queries import NETWORK
from app.organisations.queries import ORGANISATION
from app.places.queries import PLACE

Named = dict[str, Any]


def move(session: Session, what: dict[str, Any], to: Named) -> None:
    """Move a fact, in a transaction that its caller takes back."""
    ((kind, named),) = ((kind, named) for kind, named in what.items() if kind != "to")
    MOVES[kind](session, named, dict(to))


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def _set(session: Session, name: str, id: Any, to: Named) -> None:
    assert id is not None
    session.execute(update(table(name)).where(table(name).c.id == id).values(to))


def _network(session: Session, slug: str | None) -> Any:
    return session.scalars(select(NETWORK.id).where(NETWORK.slug == slug)).one() if slug else None


def _meeting_row(session: Session, network: str, month: str) -> Any:
    meetings = table("meeting").c
    query = select(meetings.id, meetings.local_start, meetings.starts_at, meetings.ends_at)
    found = session.execute(query.where(meetings.network_id == _network(session, network))).all()
    (row,) = [row for row in found if f"{row.local_start:%Y-%m}" == month]
    return row


def _meeting(session: Session, named: Named, to: Named) -> None:
    row = _meeting_row(session, named["network"], named["month"])
    if "day" in to:
        later = to.pop("day") - row.local_start.date()
        to |= {name: getattr(row, name) + later for name in ("local_start", "starts_at", "ends_at")}
    if "led_by" in to:
        to["led_by_id"] = _network(session, to.pop("led_by"))
    if "secretary" in to:
        named = {"network": named["network"], **to.pop("secretary")}
        to["secretary_id"] = session.scalars(_seats(session, named)).first()
    _set(session, "meeting", row.id, to)


def _seats(session: Session, named: Named) -> Select[Any]:
    """The seats that are named, the newest first."""
    seats, roles = table("seat").c, table("network_role").c
    query = (
        select(seats.id)
        .join(table("network_role"), seats.role_id == roles.id)
        .outerjoin(ORGANISATION.slug.table, seats.organisation_id == ORGANISATION.id)
        .outerjoin(PLACE.slug.table, seats.place_id == PLACE.id)
        .where(seats.network_id == _network(session, named["network"]), roles.code == named["role"])
        .order_by(seats.valid_from.desc())
    )
    for column, name in ((ORGANISATION.slug, "organisation"), (PLACE.slug, "place"), (seats.valid_from, "valid_from")):
        query = query.where(column == named[name]) if name in named else query
    return query


def _seat(session: Session, named: Named, to: Named) -> None:
    _set(session, "seat", session.scalars(_seats(session, named)).first(), to)


def _by_slug(name: str) -> Any:
    def moved(session: Session, slug: str, to: Named) -> None:
        columns = table(name).c
        _set(session, name, session.scalars(select(columns.id).where(columns.slug == slug)).one(), to)

    return moved


def _evaluation(session: Session, named: Named, to: Named) -> None:
    evaluations = table("evaluation").c
    place = select(PLACE.id).where(PLACE.slug == named["place"]).scalar_subquery()
    query = select(evaluations.id).where(evaluations.place_id == place)
    found = query.where(evaluations.year == named["year"], evaluations.kind == named["kind"])
    _set(session, "evaluation", session.scalars(found).one(), to)


def _review(session: Session, named: Named, to: Named) -> None:
    reviews, documents = table("document_review").c, table("reviewed_document").c
    query = select(reviews.id).join(table("reviewed_document"), reviews.document_id == documents.id)
    _set(session, "document_review", session.scalars(query.where(documents.slug == named["document"])).one(), to)


def _report(session: Session, named: Named, to: Named) -> None:
    reports = table("status_report").c
    query = select(reports.id).where(reports.from_network_id == _network(session, named["network"]))
    _set(
        session,
        "status_report",
        session.scalars(query.where(reports.delivered_on == named["delivered_on"], reports.kind == "status")).one(),
        to,
    )


def _step(session: Session, named: Named, to: Named) -> None:
    steps = table("agreement_term_step").c
    id = session.scalars(select(steps.id).where(steps.code == named["step"])).one()
    if to["done_on"] is None:
        session.execute(table("agreement_term_step").delete().where(steps.id == id))
    else:
        _set(session, "agreement_term_step", id, to)


def _swap(session: Session, named: Named, to: Named) -> None:
    swaps = table("turn_swap")
    assert to == {"is_made": False}
    meeting = _meeting_row(session, named["network"], named["month"])
    assert session.execute(swaps.delete().where(swaps.c.meeting_id == meeting.id)).rowcount == 1  # type: ignore[attr-defined]


def _relay(session: Session, named: Named, to: Named) -> None:
    relays, decisions = table("relay").c, table("decision").c
    meeting = _meeting_row(session, named["network"], named["month"])
    query = (
        select(relays.id)
        .join(table("decision"), relays.decision_id == decisions.id)
        .join(ORGANISATION.slug.table, relays.organisation_id == ORGANISATION.id)
        .where(decisions.meeting_id == meeting.id, ORGANISATION.slug == named["organisation"])
    )
    _set(session, "relay", session.scalars(query).one(), {"carried_on": None} | to)


MOVES = {
    "meeting": _meeting,
    "seat": _seat,
    "place": _by_slug("meeting_place"),
    "area": _by_slug("area"),
    "evaluation": _evaluation,
    "review": _review,
    "report": _report,
    "step": _step,
    "relay": _relay,
    "swap": _swap,
}
