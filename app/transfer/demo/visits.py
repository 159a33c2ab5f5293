"""Visits of the demo: seeded figures of places."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.places.queries import PLACE
from app.statistics import service

MISSING_SHARE = 0.045


def history(session: Session, plan: dict[str, Any]) -> Iterator[tuple[service.Key, dict[str, Any]]]:
    ids = dict(session.execute(select(PLACE.slug, PLACE.id)).all())
    for place in plan["places"]:
        dice = random.Random(f"{plan['seed']} {place['slug']}")  # noqa: S311 - figures, no secrets
        day = max(plan["first_day"], place.get("opened_on", plan["first_day"]))
        while day <= plan["last_day"]:
            if day.isoweekday() in place["weekdays"]:
                for part, facts in _day(dice, place, day, plan["closed"]):
                    yield (ids[place["slug"]], day, part), facts
            day += timedelta(days=1)


def _day(
    dice: random.Random, place: dict[str, Any], day: date, closed: list[list[date]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    if any(first <= day <= last for first, last in closed):
        if (day.month, day.day) not in ((6, 24), (12, 20)):
            return
        yield 1, _facts("closed", None, {}, "Tauko alkaa")
        return
    chance = dice.random()
    if chance < MISSING_SHARE:
        return
    if chance < MISSING_SHARE + 0.01:
        yield 1, _facts("not_collected", None, {}, None)
        return
    yield 1, _facts("open", place["minutes"], _counts(dice, place, day), None)


def _counts(dice: random.Random, place: dict[str, Any], day: date) -> dict[str, int]:
    season = 1.15 if day.month in (1, 8, 9) else 0.9 if day.month in (5, 12) else 1.0
    adults = max(1, _about(dice, place["adults"] * season))
    young = [_about(dice, adults * 1.25 * share) for share in (0.55, 0.35, 0.10)]
    children = sum(young)
    families = max(1, min(adults, children, round(adults * 0.85))) if children else 0
    is_peak = day.month in (1, 8, 9)
    return {
        "adults": adults,
        "children": children,
        "families": families,
        "first_time_families": _share(dice, families, 0.12 if is_peak else 0.07),
        "children_0_2": young[0],
        "children_3_6": young[1],
        "children_7_plus": young[2],
        "men": _share(dice, adults, 0.11),
        "immigrant_families": _share(dice, families, place["immigrants"] / 100),
        "outreach_visits": _share(dice, 2, 0.25),
        "guidance_contacts": _about(dice, adults * 0.15),
    }


def _about(dice: random.Random, mean: float) -> int:
    """A whole number that scatters about ``mean`` as counts do."""
    return max(0, round(dice.gauss(mean, max(mean, 0.4) ** 0.5)))


def _share(dice: random.Random, of: int, share: float) -> int:
    return sum(dice.random() < share for _ in range(of))


def _facts(status: str, minutes: int | None, counts: dict[str, int], note: str | None) -> dict[str, Any]:
    return {"form_version": 1, "status": status, "open_minutes": minutes, "counts": counts, "note": note}
