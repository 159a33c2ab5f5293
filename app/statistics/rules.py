"""What a day may say, and what days add up to. Pure. R14."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from app.core.errors import Fault
from app.core.i_json import SAFE
from app.core.language import Words
from app.core.localized import Localized
from app.core.patterns import worded

MEASURE = worded(
    r"^[a-z][a-z0-9_]*$",
    "Tähän kuuluu pieniä kirjaimia a-z, numeroita ja alaviivoja, esimerkiksi visitors_adults.",
    "This takes small letters a-z, digits and _, such as visitors_adults.",
)


class FormField(BaseModel, extra="forbid"):
    """One thing that is counted on a form. Its code keeps its meaning for ever."""

    code: str = Field(pattern=MEASURE, max_length=40)
    name: Localized
    description: Localized | None = None
    unit: str = Field(description="What one is: visit, family, contact.", max_length=40)
    counts_as_visit: bool = Field(default=False, description="Visits are the sum of these fields.")
    part_of: str | None = Field(default=None, description="The parts of a whole add up to it where all are given.")
    at_most: list[str] = Field(default_factory=list, description="Never more than these fields together.")
    soft_max: int | None = Field(default=None, description="More than this in a day is a warning.")
    hard_max: int = Field(description="More than this in a day is refused.")


Form = Sequence[FormField]

UNKNOWN_FIELD = Words(
    "Lomakkeella ei ole tällaista kohtaa. Kohdat: {known}.", "The form has no such field. Fields: {known}."
)
NOT_WHOLE = Words("{name}: tähän kuuluu kokonaisluku.", "{name}: this must be a whole number.")
NEGATIVE = Words("{name}: luku ei voi olla negatiivinen.", "{name}: a count can't be negative.")
TOO_MANY = Words("{name}: {value} on liikaa, enintään {most}.", "{name}: {value} is too many, at most {most}.")
UNUSUAL = Words(
    "{name}: {value} on paljon (yli {most}). Onko luku oikein?", "{name}: {value} is a lot (over {most}). Is it right?"
)
MORE_THAN = Words(
    "{name}: {value} on enemmän kuin {others} yhteensä ({most}).",
    "{name}: {value} is more than {others} together ({most}).",
)
PARTS = Words(
    "{parts} ovat yhteensä {given}, mutta {name} on {value}.", "{parts} are {given} together, but {name} is {value}."
)
NO_COUNTS = Words(
    "Suljetulla tai tilastoimattomalla päivällä ei ole lukuja. Jätä ne pois tai vaihda tilaksi open.",
    "A day that was closed or not collected has no counts. Leave them out, or say open.",
)


def faults_of_counts(form: Form, status: str, counts: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the counts of a day. The pointer of each fault is ``/<field code>``."""
    by_code = {f.code: f for f in form}
    faults = [fault for code, value in counts.items() if (fault := _fault_of_one(by_code, code, value))]
    if faults:
        return faults
    given = {code: value for code, value in counts.items() if value is not None}
    if status != "open":
        return [
            Fault("counts-on-a-closed-day", NO_COUNTS, pointer=f"/{code}")
            for code, value in given.items()
            if value != 0
        ][:1]
    return [fault for f in form for fault in _faults_across(by_code, f, given)]


def warnings_of_counts(form: Form, counts: Mapping[str, int | None]) -> list[Fault]:
    """What is unusual, though possible."""
    return [
        Fault("unusual", _said(UNUSUAL, f, value=value, most=f.soft_max), pointer=f"/{f.code}")
        for f in form
        if (value := counts.get(f.code)) is not None and f.soft_max is not None and value > f.soft_max
    ]


def _fault_of_one(by_code: Mapping[str, FormField], code: str, value: Any) -> Fault | None:
    f = by_code.get(code)
    if f is None:
        return Fault("unknown-field", UNKNOWN_FIELD.about(known=", ".join(by_code)), pointer="")
    if value is None:
        return None
    at = f"/{code}"
    if type(value) is not int or abs(value) > SAFE:
        return Fault("not-a-whole-number", _said(NOT_WHOLE, f), pointer=at)
    if value < 0:
        return Fault("negative", _said(NEGATIVE, f), pointer=at)
    if value > f.hard_max:
        return Fault("too-large", _said(TOO_MANY, f, value=value, most=f.hard_max), pointer=at)
    return None


def _faults_across(by_code: Mapping[str, FormField], f: FormField, given: Mapping[str, int]) -> Iterable[Fault]:
    value = given.get(f.code)
    if value is None:
        return
    others = [by_code[code] for code in f.at_most]
    if others and all(o.code in given for o in others):
        most = sum(given[o.code] for o in others)
        if value > most:
            words = Words(
                *(MORE_THAN[i].format(name=_n(f, i), value=value, most=most, others=_list(others, i)) for i in (0, 1))
            )
            yield Fault("more-than-the-whole", words, pointer=f"/{f.code}")
    parts = [p for p in by_code.values() if p.part_of == f.code]
    counted = [p for p in parts if p.code in given]
    total = sum(given[p.code] for p in counted)
    if counted and (total > value or (len(counted) == len(parts) and total != value)):
        words = Words(
            *(PARTS[i].format(name=_n(f, i), value=value, given=total, parts=_list(counted, i)) for i in (0, 1))
        )
        yield Fault("parts-do-not-add-up", words, pointer=f"/{f.code}")


def _n(f: FormField, language: int) -> str:
    return f.name.to("fi" if language == 0 else "en")


def _list(fields: Sequence[FormField], language: int) -> str:
    return ", ".join(_n(f, language) for f in fields)


def _said(words: Words, f: FormField, **facts: Any) -> Words:
    return Words(words.fi.format(name=_n(f, 0), **facts), words.en.format(name=_n(f, 1), **facts))


@dataclass(frozen=True)
class Part:
    """A part of a day, as far as sums go."""

    day: date
    status: str
    open_minutes: int | None
    counts: Mapping[str, int]


@dataclass
class Sums:
    """What days add up to. ``totals``: field -> (sum, days on which it was counted)."""

    open_days: int = 0
    counted_days: int = 0
    closed_days: int = 0
    not_collected_days: int = 0
    open_minutes: int = 0
    totals: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, other: "Sums") -> None:
        """Take other days into the sums; no day may be in both."""
        self.open_days += other.open_days
        self.counted_days += other.counted_days
        self.closed_days += other.closed_days
        self.not_collected_days += other.not_collected_days
        self.open_minutes += other.open_minutes
        for code, (total, days) in other.totals.items():
            before = self.totals.get(code, (0, 0))
            self.totals[code] = (before[0] + total, before[1] + days)


def summed(parts: Iterable[Part]) -> Sums:
    """The sums of some days of one place. A day with several parts is one day; open if any part was."""
    by_day: dict[date, list[Part]] = {}
    for part in parts:
        by_day.setdefault(part.day, []).append(part)
    sums = Sums()
    for day in by_day.values():
        sums.add(_of_one_day(day))
    return sums


def _of_one_day(parts: Sequence[Part]) -> Sums:
    statuses = {part.status for part in parts}
    totals: dict[str, tuple[int, int]] = {}
    for part in parts:
        if part.status == "open":
            for code, value in part.counts.items():
                totals[code] = (totals.get(code, (0, 0))[0] + value, 1)
    return Sums(
        open_days=int("open" in statuses),
        counted_days=int(bool(totals)),
        closed_days=int(statuses == {"closed"}),
        not_collected_days=int("open" not in statuses and "not_collected" in statuses),
        open_minutes=sum(part.open_minutes or 0 for part in parts if part.status == "open"),
        totals=totals,
    )
