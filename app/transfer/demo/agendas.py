"""What goes on around the meetings of the demo: standing items, proposals, matters that go on, minutes."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from app.core import rows
from app.core.clock import HELSINKI
from app.core.database import Work
from app.meetings.models.agenda import AgendaItem
from app.meetings.models.meetings import Meeting
from app.meetings.models.proposals import TopicProposal
from app.meetings.queries.agenda import ITEM
from app.meetings.schemas.minutes import MinutesWrite
from app.meetings.schemas.standing_items import StandingItemWrite
from app.meetings.service import agenda, carrying, minutes, standing_items
from app.networks.models import Network

Made = dict[tuple[str, str], Meeting]  # by network and month


def stand(session: Work, plan: dict[str, Any]) -> None:
    """Add the standing items, before meetings are planned."""
    for each in plan["standing_items"]:
        write = StandingItemWrite(title=each["title"], minutes=each["minutes"], is_public=True)
        standing_items.add(session, rows.find(session, Network, each["network"]), write)


def load(session: Work, plan: dict[str, Any], made: Made, seats: dict[str, list[dict[str, Any]]]) -> None:
    """Add what was proposed, carried over, escalated and written down."""
    for each in plan["proposals"]:
        network, organisation = each["network"], each["organisation"]
        seat = next(s["seat"] for s in seats[network] if s["order"][:2] == (each["role"], organisation))
        facts = {"title": each["title"], "text": each["text"], "themes": []}
        session.add(TopicProposal(network_id=seat.network_id, seat_id=seat.id, **facts))
    for each in plan["carried"]:
        carrying.carry_over(session, _item(session, made, each), made[each["network"], each["next"]].id)
    for each in plan["escalated"]:
        item = _item(session, made, each)
        answered = {"answer": each["answer"], "answered_at": _noon(each["answered_on"])}
        agenda.put(session, made[each["to"], each["on"]], carrying.as_escalated(item) | answered)
    for each in plan["minutes"]:
        write = MinutesWrite(text=each["text"], public_extract=each["extract"])
        drafted = minutes.draft(session, made[each["network"], each["month"]], write)
        minutes.approve(session, drafted, at=_noon(each["approved_on"]))


def _item(session: Work, made: Made, each: dict[str, Any]) -> AgendaItem:
    meeting = made[each["network"], each["month"]]
    query = select(AgendaItem).where(ITEM.meeting_id == meeting.id, ITEM.position == each["item"])
    return session.scalars(query).one()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), HELSINKI)
