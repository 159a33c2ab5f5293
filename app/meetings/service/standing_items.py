"""What comes up at each meeting of a network: from 1 on without gaps. Who changes any of it has locked the network."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from app.core import ids, rows
from app.core.database import Work
from app.core.errors import Conflict
from app.core.language import Words
from app.meetings import rules
from app.meetings.models.standing_items import StandingItem
from app.meetings.queries.proposals import STANDING
from app.meetings.schemas.agenda import MatterFacts
from app.meetings.schemas.standing_items import MOST_STANDING, StandingItemChange, StandingItemPatch, StandingItemWrite
from app.meetings.service.agenda import in_order
from app.networks.models import Network


class TooManyStandingItems(Conflict):
    """The network has as many standing items as it can have."""

    title = Words("Vakioasioita ei mahdu enempää", "Too many standing items")
    detail = Words(
        "Verkostolla on jo {most} vakioasiaa. Poista jokin tai yhdistä niitä.",
        "The network has {most} standing items already. Take one away, or join some.",
    )
    cure = Words("Poista tai yhdistä vakioasioita.", "Take some away, or join them.")


def of_network(session: Session, network_id: uuid.UUID) -> Sequence[StandingItem]:
    """The standing items of a network, in order."""
    query = select(StandingItem).where(STANDING.network_id == network_id)
    return session.scalars(query.order_by(STANDING.position)).all()


def found(session: Work, reference: str) -> StandingItem:
    """A standing item, with its network locked until the transaction ends. Raises NoSuchThing."""
    id = ids.as_uuid(reference)
    network_id = session.scalar(select(STANDING.network_id).where(STANDING.id == id)) if id else None
    if network_id is not None:
        rows.find(session, Network, network_id, lock=True)
    return rows.find(session, StandingItem, reference)


def add(session: Work, network: Network, write: StandingItemWrite) -> StandingItem:
    """Let a matter come up at each meeting that is planned from now on. Raises TooManyStandingItems."""
    before = of_network(session, network.id)
    if len(before) >= MOST_STANDING:
        raise TooManyStandingItems(most=MOST_STANDING)
    position = min(write.position or MOST_STANDING, len(before) + 1)
    facts = {name: getattr(write, name) for name in MatterFacts.model_fields}
    item = StandingItem(network_id=network.id, position=position, **facts)
    in_order(rules.placed(before, item, position))
    return rows.add(session, item)


def change(session: Work, item: StandingItem, patch: StandingItemPatch) -> StandingItem:
    """Change what ``patch`` names of a standing item. Raises Invalid."""
    whole = rows.merged(item, patch, StandingItemChange)
    items = of_network(session, item.network_id)
    position = min(whole.position, len(items))
    rows.apply(item, {**whole.model_dump(), "position": position})
    in_order(rules.placed(items, item, position))
    session.flush()
    return item


def remove(session: Work, item: StandingItem) -> None:
    """Let a matter come up no more; it stays on the agendas that it is on."""
    in_order([other for other in of_network(session, item.network_id) if other is not item])
    rows.remove(session, item)
