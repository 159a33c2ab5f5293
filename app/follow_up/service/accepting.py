"""Proposals that become meetings: all of them, or none."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.reach import Kinds
from app.accounts.rules import Caller
from app.accounts.service.callers import must_reach
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid
from app.core.language import Words
from app.follow_up.queries import turns as queries
from app.follow_up.rules.proposals import keeps
from app.follow_up.schemas.proposals import MeetingAccepted, ProposalsAccepted
from app.follow_up.service.proposals import met, windows_of
from app.meetings.models.meetings import Meeting
from app.meetings.queries import meetings as of_meetings
from app.meetings.queries.meetings import MEETING
from app.meetings.service import meetings
from app.networks.models import Network
from app.networks.queries import NETWORK
from app.networks.service import networks
from app.year_clock.models import YearClock, YearClockWindow
from app.year_clock.rules import days_of

UNKNOWN_WINDOW = Words("Vuosikellon ikkunat ovat: {known}.", "The windows of the year clock are: {known}.")
NOT_OF_THIS_WINDOW = Words(
    "Tämän lajin verkostot eivät kokoonnu tässä ikkunassa.", "Networks of this kind do not meet in this window."
)
OF_ANOTHER_YEAR = Words("Päivä ei ole vuonna {year}.", "The day is not in {year}.")
OF_ANOTHER_MODE = Words("Tässä ikkunassa kokoonnutaan näin: {mode}.", "In this window networks meet like this: {mode}.")
TWICE = Words(
    "Tälle verkostolle ja ikkunalle on jo kokous edellä.", "There is a meeting above for this network and window."
)
IS_TAKEN = Words(
    "Verkostolla on jo kokous tässä ikkunassa ({window}) vuonna {year}.",
    "The network has a meeting in this window ({window}) of {year} already.",
)


class WindowIsTaken(Conflict):
    """A network has got a meeting in the window meanwhile."""

    title = Words("Ikkunassa on jo kokous", "Window is taken")
    detail = Words(
        "Verkosto on jo saanut kokouksen samaan ikkunaan. Mitään ei tallennettu: errors kertoo, mitkä ehdotukset.",
        "A network has got a meeting in that window already. Nothing was stored: errors tells which proposals.",
    )
    cure = Words(
        "Jätä nämä ehdotukset pois, tai pyydä uudet: POST /v1/year-clocks/VUOSIKELLO/proposals.",
        "Leave these proposals out, or ask for new ones: POST /v1/year-clocks/CLOCK/proposals.",
    )


def accept(
    session: Work, year_clock: YearClock, write: ProposalsAccepted, caller: Caller, kinds: Kinds
) -> list[Meeting]:
    """Plan the meetings that were proposed for a year. The networks are locked meanwhile.

    Raises Invalid, OutOfReach, WindowIsTaken, MeetsThenAlready.
    """
    windows = {window.code: window for window in windows_of(session, year_clock)}
    named = [
        networks.resolved(session, each.network, pointer=f"/meetings/{index}/network")
        for index, each in enumerate(write.meetings)
    ]
    for network in {network.id: network for network in named}.values():
        must_reach(caller, meetings.WRITE, networks.chain_above(session, network))
    if faults := _faults(write, windows, named):
        raise Invalid(faults=faults)
    ids = {network.id for network in named}
    # In one order, so that two who accept the same proposals at once do not wait for each other.
    session.execute(select(NETWORK.id).where(NETWORK.id.in_(ids)).order_by(NETWORK.id).with_for_update(key_share=True))
    if faults := _taken(session, write, windows, named):
        raise WindowIsTaken(faults=faults)
    return [_planned(session, index, each, caller, kinds) for index, each in enumerate(write.meetings)]


def shown(session: Session, year: int, made: Sequence[Meeting], caller: Caller) -> dict[str, Any]:
    """Meetings that were made, as an answer."""
    query = of_meetings.meetings(sees=meetings.where_it_sees(session, caller))
    rows = {row.id: row for row in session.execute(query.where(MEETING.id.in_([meeting.id for meeting in made])))}
    return {"year": year, "meetings": [meetings.listed(rows[meeting.id]) for meeting in made]}


def _planned(session: Work, index: int, each: MeetingAccepted, caller: Caller, kinds: Kinds) -> Meeting:
    try:
        return meetings.plan(session, each, caller, kinds)
    except Invalid as broken:
        faults = [fault.at(pointer=f"/meetings/{index}{fault.pointer or ''}") for fault in broken.faults]
        raise Invalid(faults=faults) from None


def _faults(write: ProposalsAccepted, windows: dict[str, YearClockWindow], named: Sequence[Network]) -> list[Fault]:
    faults, above = [], set[tuple[uuid.UUID, str]]()
    for index, (each, network) in enumerate(zip(write.meetings, named, strict=True)):
        at, window = f"/meetings/{index}", windows.get(each.window_code)
        if window is None:
            words = UNKNOWN_WINDOW.about(known=", ".join(windows))
            faults.append(Fault("unknown-window", words, pointer=f"{at}/window_code"))
        elif window.network_kind_id != network.kind_id:
            faults.append(Fault("not-of-this-window", NOT_OF_THIS_WINDOW, pointer=f"{at}/network"))
        elif (network.id, each.window_code) in above:
            faults.append(Fault("repeated", TWICE, pointer=f"{at}/window_code"))
        if window is not None and window.mode not in (None, each.mode):
            words = OF_ANOTHER_MODE.about(mode=window.mode)
            faults.append(Fault("of-another-mode", words, pointer=f"{at}/mode"))
        if each.local_start.year != write.year:
            faults.append(Fault("of-another-year", OF_ANOTHER_YEAR.about(year=write.year), pointer=f"{at}/local_start"))
        above.add((network.id, each.window_code))
    return faults


def _taken(
    session: Session, write: ProposalsAccepted, windows: dict[str, YearClockWindow], named: Sequence[Network]
) -> list[Fault]:
    """Proposals whose network meets in the window already."""
    ids = {network.id for network in named}
    begins, ends = (datetime.combine(date(year, 1, 1), time()) for year in (write.year, write.year + 1))
    those = MEETING.network_id.in_(ids) & (MEETING.local_start >= begins) & (MEETING.local_start < ends)
    there = [met(row) for row in session.execute(queries.meetings(those))]
    faults = []
    for index, (each, network) in enumerate(zip(write.meetings, named, strict=True)):
        window = windows[each.window_code]
        days = days_of(window.first_month, window.last_month, write.year)
        if any(m.network_id == network.id and keeps(m, window.code, window.mode, *days) for m in there):
            words = IS_TAKEN.about(window=window.code, year=write.year)
            faults.append(Fault("window-is-taken", words, pointer=f"/meetings/{index}"))
    return faults
