"""``/v1/year-clocks/{year_clock}/proposals``"""

from typing import Annotated, Any

from fastapi import Path, Request

from app.accounts.needs import KindsDep, Needs
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.core import language, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import NoSuchThing
from app.core.problems import answers
from app.core.route import room
from app.follow_up.schemas.proposals import MeetingsAccepted, MeetingsProposed, ProposalsAccepted, ProposalsAsked
from app.follow_up.service import accepting, proposals
from app.follow_up.service.accepting import WindowIsTaken
from app.meetings.service.meetings import MeetsThenAlready
from app.year_clock.models import YearClock

router = room("/year-clocks/{year_clock}/proposals", "year clocks")
Planner = Annotated[Caller, Needs("meetings:write")]
ClockRef = Annotated[str, Path(max_length=80, description="Id or slug.")]


@router.post("", response_model=MeetingsProposed, responses=answers(NoSuchThing, OutOfReach))
def propose_meetings(
    caller: Planner, session: SnapshotSession, request: Request, year_clock: ClockRef, asked: ProposalsAsked
) -> Any:
    """Propose meetings for the windows of a year in which networks do not meet yet.

    Of networks on which you have the scope. Each on a working day, near to the middle of its window, as the network
    has met before; not on a public holiday or its eve, in a school break, or while somebody who sits in the network,
    or a deputy, has another meeting. Topics of the window are its agenda, and turns go to whoever is next. Nothing is
    stored: send what you agree to, edited or not, to `.../proposals/accept`.
    """
    found = rows.find(session, YearClock, year_clock)
    country = request.app.state.settings.holidays_country
    return proposals.proposed(session, found, asked, caller, country, language.asked(request.scope))


@router.post(
    "/accept",
    status_code=201,
    response_model=MeetingsAccepted,
    responses=answers(NoSuchThing, OutOfReach, WindowIsTaken, MeetsThenAlready),
)
def accept_proposals(
    caller: Planner, session: WriteSession, kinds: KindsDep, year_clock: ClockRef, write: ProposalsAccepted
) -> Any:
    """Make meetings of proposals, all of them or none.

    Each is a planned meeting with its agenda. Where a network has got a meeting for one of the windows meanwhile,
    nothing is stored.
    """
    found = rows.find(session, YearClock, year_clock)
    made = accepting.accept(session, found, write, caller, kinds)
    return accepting.shown(session, write.year, made, caller)
