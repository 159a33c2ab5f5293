"""Calendars of meetings, as their reader may see them."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service import callers
from app.areas.models import Area
from app.core import clock, ids
from app.core.database import Work
from app.core.errors import NoSuchThing, RuleBroken
from app.core.language import Language, Words
from app.core.revisions import upsert_for
from app.feeds import queries, rules
from app.feeds.calendar_file import Entry, written
from app.feeds.models import Instance
from app.feeds.service import addresses
from app.meetings.models.meetings import MeetingStatus, Mode
from app.meetings.queries.meetings import MEETING
from app.meetings.service import meetings
from app.networks.models import Network
from app.networks.queries import NETWORK

MOST = 3_000
MODES = {
    Mode.live: Words("lähikokous", "on-site meeting"),
    Mode.remote: Words("etäkokous", "remote meeting"),
    Mode.hybrid: Words("hybridikokous", "hybrid meeting"),
}
CANCELLED = Words("Peruttu: {summary}", "Cancelled: {summary}")
REASON = Words("Peruttu: {reason}", "Cancelled: {reason}")
JOIN = Words("Etäyhteys: {url}", "Join remotely: {url}")
AGENDA = Words("Esityslista:", "Agenda:")
OF_AN_AREA = Words("Kokoukset: {area}", "Meetings: {area}")
MINE = Words("Omat kokoukset", "My meetings")


class CalendarTooLong(RuleBroken):
    """There are more meetings than a calendar holds."""

    title = Words("Kalenterista tulisi liian pitkä", "Calendar too long")
    detail = Words(
        "Kokouksia on yli {most}. Rajaa päiviä (from, to) tai valitse pienempi alue.",
        "There are more than {most} meetings. Ask for fewer days (from, to), or for a smaller area.",
    )
    cure = Words("Rajaa päiviä tai aluetta.", "Ask for fewer days, or for a smaller area.")


@dataclass(frozen=True)
class Form:
    """In what form a calendar is written. ``public_url`` is where people reach the server, empty if that is not set."""

    to: Language
    instance_id: uuid.UUID
    public_url: str


@dataclass(frozen=True)
class Written:
    """A finished calendar, and when what it shows was last changed."""

    content: bytes
    changed_at: datetime | None


def instance_id(session: Session) -> uuid.UUID | None:
    """What this installation is called in calendars; None before the first was read."""
    return session.scalar(select(queries.INSTANCE.id))


def name_instance(session: Work) -> None:
    """Give this installation its name. Of several who do so at once, one wins."""
    insert = upsert_for(session.connection().dialect.name)(Instance).values(number=1, id=ids.new())
    session.execute(insert.on_conflict_do_nothing(index_elements=["number"]))
    session.wrote(Instance.__table__)  # type: ignore[attr-defined]


def of_network(
    session: Session, caller: Caller | None, form: Form, network: Network, first: date | None, last: date | None
) -> Written:
    """The calendar of a network. Raises CalendarTooLong."""
    query = meetings.known_to(session, caller, "starts_at", network_id=network.id, **_days(first, last))
    return _written(session, query, network.name.to(form.to), form)


def of_area(
    session: Session, caller: Caller | None, form: Form, area: Area, first: date | None, last: date | None
) -> Written:
    """The calendar of the networks in an area and below it. Raises CalendarTooLong."""
    query = meetings.known_to(session, caller, "starts_at", inside=area.id, **_days(first, last))
    return _written(session, query, OF_AN_AREA.about(area=area.name.to(form.to)).to(form.to), form)


def of_meeting(session: Session, caller: Caller | None, form: Form, reference: str) -> tuple[Written, str]:
    """The calendar of one meeting, and a name for the file. Raises NoSuchThing."""
    query = meetings.known_to(session, caller, "starts_at").where(MEETING.id == ids.as_uuid(reference))
    found = session.execute(query).first()
    if found is None:
        raise NoSuchThing(kind="meeting")
    return (
        _written(session, query, found.network_name.to(form.to), form),
        f"{found.network_slug}-{found.local_start.date()}.ics",
    )


def of_address(session: Session, form: Form, secret: str, first: date | None, last: date | None) -> Written:
    """The calendar at a secret address, as its owner may see it now: who may call no more sees what is public.

    Raises NoSuchThing, CalendarTooLong.
    """
    address = addresses.behind(session, secret)
    owner = callers.known(session, address.user_id)
    if address.network_id:
        return of_network(session, owner, form, session.get_one(Network, address.network_id), first, last)
    if address.area_id:
        return of_area(session, owner, form, session.get_one(Area, address.area_id), first, last)
    query = meetings.known_to(session, owner, "starts_at", **_days(first, last))
    return _written(session, query.where(queries.seated(address.user_id)), MINE.to(form.to), form)


def _days(first: date | None, last: date | None) -> dict[str, date]:
    return dict(zip(("first", "last"), rules.window(first, last, clock.today()), strict=True))


def _written(session: Session, query: Select[Any], name: str, form: Form) -> Written:
    """The meetings of a query as a calendar: two statements, however many they are."""
    found = session.execute(query.add_columns(NETWORK.updated_at.label("network_updated_at")).limit(MOST + 1)).all()
    if len(found) > MOST:
        raise CalendarTooLong(most=MOST)
    titles, changed = defaultdict(list), defaultdict(list)
    for item in session.execute(queries.agendas(query)):
        titles[item.meeting_id].append(item.title)
        changed[item.meeting_id].append(item.updated_at)
    entries = [
        _entry(row, titles[row.id], max(row.updated_at, row.network_updated_at, *changed[row.id]), form)
        for row in found
    ]
    return Written(written(name, entries), max((entry.changed_at for entry in entries), default=None))


def _entry(row: Any, titles: list[str], changed_at: datetime, form: Form) -> Entry:
    is_cancelled = row.status == MeetingStatus.cancelled
    remote_url = row.remote_url if row.sees else None
    named = f"{row.network_name.to(form.to)}: {row.title}" if row.title else row.network_name.to(form.to)
    summary = f"{named} ({MODES[Mode(row.mode)].to(form.to)})"
    told = [
        *([REASON.about(reason=row.cancel_reason).to(form.to)] if is_cancelled else []),
        *([JOIN.about(url=remote_url).to(form.to)] if remote_url else []),
        *([AGENDA.to(form.to), *(f"- {title}" for title in titles)] if titles else []),
    ]
    return Entry(
        uid=f"meeting-{row.id}@{form.instance_id}",
        sequence=row.sequence,
        changed_at=changed_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        local_start=row.local_start,
        time_zone=row.time_zone,
        is_cancelled=is_cancelled,
        category=str(row.mode).upper(),
        summary=CANCELLED.about(summary=summary).to(form.to) if is_cancelled else summary,
        location=row.location or remote_url,
        description="\n".join(told),
        url=f"{form.public_url}/v1/meetings/{row.id}" if form.public_url else None,
    )
