"""What lies where, on a day."""

from datetime import date
from uuid import UUID

from app.areas.rules import Ended, Lies, Scheme

OLD, NEW, AREA, COUNTY = (UUID(int=n) for n in range(1, 5))
MERGED = date(2025, 1, 1)
SCHEME = Scheme(
    [Lies(OLD, AREA, None, MERGED), Lies(NEW, AREA), Lies(AREA, COUNTY)],
    [Ended(OLD, MERGED, NEW)],
)


def test_a_chain_leads_from_an_area_to_the_top() -> None:
    assert SCHEME.chain(OLD, date(2024, 12, 31)) == [OLD, AREA, COUNTY]


def test_a_merged_area_is_its_successor_from_the_day_of_the_merger() -> None:
    assert SCHEME.chain(OLD, MERGED) == [NEW, AREA, COUNTY]


def test_a_loop_ends() -> None:
    loop = Scheme([Lies(AREA, COUNTY), Lies(COUNTY, AREA)], [Ended(OLD, MERGED, NEW), Ended(NEW, MERGED, OLD)])

    assert loop.chain(AREA, MERGED) == [AREA, COUNTY]
    assert loop.as_of(OLD, MERGED) in (OLD, NEW)
