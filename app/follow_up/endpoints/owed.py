"""``/v1/me/agenda``"""

from typing import Annotated, Any

from fastapi import Query

from app.accounts.needs import SignedIn
from app.accounts.rules import Caller
from app.core import clock
from app.core.database import SnapshotSession
from app.core.patterns import worded
from app.core.periods import Month
from app.core.route import room
from app.follow_up.schemas.owed import Owed
from app.follow_up.service import owed

MONTH = worded(
    r"^(1[89]|2[01])[0-9]{2}-(0[1-9]|1[0-2])$",
    "Tähän kuuluu kuukausi, esimerkiksi 2026-03.",
    "This must be a month, such as 2026-03.",
)

router = room("/me/agenda", "plans")


@router.get("", response_model=Owed)
def read_my_agenda(
    caller: Annotated[Caller, SignedIn()],
    session: SnapshotSession,
    month: Annotated[
        str | None,
        Query(pattern=MONTH, max_length=7, description="Absent: the present one."),
    ] = None,
) -> Any:
    """What you owe in a month over all your seats.

    Meetings of your networks with your answer, matters that are yours on their agendas, what your organisation has to
    carry home, and for those who lead a network or answer for a place what the plan asks for there and is not kept
    today; of another month than the present one, what falls due then. Seats are those of the person who is linked to
    your sign-in, also as a deputy. Not paged.
    """
    return owed.in_month(session, caller, Month.read(month) if month else Month.of(clock.today()))
