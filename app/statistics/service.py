"""What can be done with visit statistics."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Chain
from app.areas import service as areas
from app.core import clock, ids, rows
from app.core.database import Change, Work
from app.core.errors import Fault, Invalid, NoSuchThing, Stale
from app.core.language import Words
from app.core.periods import Month
from app.core.validity import is_valid
from app.places.models import MeetingPlace
from app.places.queries import PLACE
from app.statistics import queries, rollup
from app.statistics.models import StatisticsForm, VisitDay
from app.statistics.queries import DAY, FORM
from app.statistics.rules import FormField, faults_of_counts
from app.statistics.schemas import DayWrite, FormSpec

IN_FUTURE = Words(
    "Päivä {day} on vasta tulossa. Käynnit kirjataan jälkikäteen.",
    "{day} is still to come. Visits are recorded afterwards.",
)
EARLIEST = date(1990, 1, 1)  # no meeting place counted before; earlier years are slips of the pen
TOO_EARLY = Words("Päivä {day} on ennen vuotta 1990. Tarkista vuosi.", "{day} is before {earliest}. Check the year.")
NOT_OPEN_THEN = Words(
    "Paikka on toiminnassa {opened}-{closed}, ei päivänä {day}.",
    "The place goes on from {opened} to {closed}, not on {day}.",
)
NO_FORM = Words(
    "Maakunnalla ei ole lomakkeen versiota {number}. Lomakkeet: /v1/statistics-forms.",
    "The county has no version {number} of the form. Forms: /v1/statistics-forms.",
)
FORM_NOT_VALID = Words(
    "Lomakkeen versio {number} ei ole voimassa {day}.", "Version {number} of the form is not valid on {day}."
)


Key = tuple[uuid.UUID, date, int]  # place, day, part


class NothingToReplace(Stale):
    """A version was named, and the day is not recorded."""

    title = Words("Päivää ei ole kirjattu", "Day not recorded")
    detail = Words(
        "Päivää ei ole kirjattu, tai se on poistettu. Jätä If-Match pois, jos kirjaat sen uutena.",
        "The day is not recorded, or was taken away. Leave If-Match out to record it anew.",
    )
    cure = Words(
        "Lue päivä uudestaan. Uusi päivä kirjataan ilman otsaketta If-Match.",
        "Read the day again. A new day is recorded without If-Match.",
    )


class Forms:
    """The forms of some counties, read once for a command: what a day is judged by."""

    def __init__(self, session: Session, county_ids: Iterable[uuid.UUID]) -> None:
        found = session.execute(queries.forms().where(FORM.county_id.in_(set(county_ids))))
        self._forms = {
            (f.county_id, f.form_version): (f, [FormField.model_validate(x) for x in f.fields]) for f in found
        }

    def newest(self, county_id: uuid.UUID, day: date) -> int | None:
        """The newest version that is valid on ``day``."""
        valid = [
            n
            for (county, n), (f, _) in self._forms.items()
            if county == county_id and is_valid(f.valid_from, f.valid_to, day)
        ]
        return max(valid, default=None)

    def fields(self, county_id: uuid.UUID, number: int) -> list[FormField]:
        """The fields of a version; none where there is no such version."""
        return self._forms[county_id, number][1] if (county_id, number) in self._forms else []

    def faults(self, place: "PlaceOfDay", day: date, write: DayWrite) -> list[Fault]:
        """What is wrong with a day; pointers are into the body."""
        faults = _faults_of_date(place, day)
        if (place.county_id, write.form_version) not in self._forms:
            return [*faults, Fault("unknown-form", NO_FORM.about(number=write.form_version), pointer="/form_version")]
        form, fields = self._forms[place.county_id, write.form_version]
        if not is_valid(form.valid_from, form.valid_to, day):
            faults.append(
                Fault(
                    "form-not-valid", FORM_NOT_VALID.about(number=write.form_version, day=day), pointer="/form_version"
                )
            )
        counted = faults_of_counts(fields, write.status, write.counts)
        return faults + [fault.at(pointer=f"/counts{fault.pointer}") for fault in counted]


class PlaceOfDay:
    """As much of a place as judging a day needs."""

    def __init__(self, id: uuid.UUID, county_id: uuid.UUID, opened_on: date | None, closed_on: date | None) -> None:
        self.id, self.county_id, self.opened_on, self.closed_on = id, county_id, opened_on, closed_on


def place_of(place: MeetingPlace) -> PlaceOfDay:
    """The place of a day, from its row."""
    return PlaceOfDay(place.id, place.county_id, place.opened_on, place.closed_on)


def _faults_of_date(place: PlaceOfDay, day: date) -> list[Fault]:
    if day > clock.today():
        return [Fault("in-the-future", IN_FUTURE.about(day=day), parameter="date")]
    if day < EARLIEST:
        return [Fault("too-early", TOO_EARLY.about(day=day, earliest=EARLIEST), parameter="date")]
    if (place.opened_on and day < place.opened_on) or (place.closed_on and day > place.closed_on):
        told = NOT_OPEN_THEN.about(day=day, opened=place.opened_on or "…", closed=place.closed_on or "…")
        return [Fault("not-open-then", told, parameter="date")]
    return []


def facts_of(write: DayWrite) -> dict[str, Any]:
    """The columns that a day's body fills. Counts that are null are not stored: absent = not counted."""
    return {
        "form_version": write.form_version,
        "status": write.status,
        "open_minutes": write.open_minutes,
        "counts": {code: value for code, value in write.counts.items() if value is not None},
        "note": write.note or None,
    }


def record_day(
    session: Work, place: MeetingPlace, day: date, part: int, write: DayWrite, if_match: Sequence[str] | None
) -> tuple[VisitDay, bool]:
    """Record a day or a part of it, and answer the row and whether it is new.

    The same content again changes nothing; other content needs the version that it replaces, and a
    version that is named must be there.
    Raises Invalid, VersionNotStated, ChangedMeanwhile.
    """
    if faults := Forms(session, [place.county_id]).faults(place_of(place), day, write):
        raise Invalid(faults=faults)
    cell = (place.id, str(Month.of(day)))
    rollup.lock(session, [cell])
    stored = _day(session, place.id, day, part)
    if stored is None:
        if if_match is not None:
            raise NothingToReplace()
        made = rows.add(
            session, VisitDay(place_id=place.id, visited_on=day, part=part, source="api", **facts_of(write))
        )
        rollup.recompute(session, [cell])
        return made, True
    is_other = any(getattr(stored, name) != value for name, value in facts_of(write).items())
    if is_other or if_match is not None:  # equal content too: two who both add one must not both be told "done"
        rows.must_match(stored, if_match)
    if is_other:
        rows.apply(stored, {**facts_of(write), "source": "api"})
        rollup.recompute(session, [cell])
    return stored, False


def erase_day(session: Work, place: MeetingPlace, day: date, part: int, if_match: Sequence[str] | None) -> None:
    """Take a recorded day away. Raises NoSuchThing, VersionNotStated, ChangedMeanwhile."""
    cell = (place.id, str(Month.of(day)))
    rollup.lock(session, [cell])
    stored = found_day(session, place.id, day, part)
    rows.must_match(stored, if_match)
    rows.remove(session, stored)
    rollup.recompute(session, [cell])


def write_days(
    session: Work, created: Mapping[Key, Mapping[str, Any]], changed: Mapping[Key, Mapping[str, Any]], source: str
) -> None:
    """Store many days that have been judged, and their months: the bulk path of imports.

    Values are those of ``facts_of``; of a changed day, with ``row_id`` and its next ``version`` too. The
    months must be locked. The number of statements does not grow with the days.
    """
    now, table = clock.now(), VisitDay.__table__  # type: ignore[attr-defined]
    if created:
        own = {"version": 1, "updated_at": now, "source": source}
        session.execute(
            insert(VisitDay),
            [
                {**facts, **own, "id": ids.new(), "place_id": p, "visited_on": d, "part": n}
                for (p, d, n), facts in created.items()
            ],
        )
    if changed:
        columns = ("form_version", "status", "open_minutes", "counts", "note", "version")
        values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
        session.connection().execute(
            update(table).where(DAY.id == bindparam("row_id")).values({**values, "source": source, "updated_at": now}),
            [{"row_id": day["row_id"], **{f"new_{name}": day[name] for name in columns}} for day in changed.values()],
        )
    if created or changed:
        rollup.recompute(session, {(place, str(Month.of(day))) for place, day, _ in (*created, *changed)})
        session.wrote(table, Change("visit_day", "imported", rows=len(created) + len(changed)))


def _chain_of(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    query = select(DAY.place_id, PLACE.municipality_id).join(MeetingPlace, DAY.place_id == PLACE.id)
    found = session.execute(query.where(DAY.id == id)).first() if id else None
    if id is None or found is None:
        return None
    return [("visit_day", id), ("meeting_place", found.place_id), *areas.chain_above(session, found.municipality_id)]


KIND = Kind("visit_day", None, _chain_of)


def found_day(session: Session, place_id: uuid.UUID, day: date, part: int) -> VisitDay:
    """A recorded day. Raises NoSuchThing."""
    stored = _day(session, place_id, day, part)
    if stored is None:
        raise NoSuchThing(kind="visit_day")
    return stored


def _day(session: Session, place_id: uuid.UUID, day: date, part: int) -> VisitDay | None:
    query = select(VisitDay).where(DAY.place_id == place_id, DAY.visited_on == day, DAY.part == part)
    return session.scalars(query).first()


def load_forms(session: Work, county_id: uuid.UUID, specs: Iterable[FormSpec]) -> int:
    """Create the versions that are missing, and answer how many were. What is there stays as it is."""
    known = set(session.scalars(select(FORM.form_version).where(FORM.county_id == county_id)))
    missing = [spec for spec in specs if spec.form_version not in known]
    for spec in missing:
        fields = [f.model_dump(mode="json", exclude_none=True) for f in spec.fields]
        session.add(StatisticsForm(county_id=county_id, **{**_columns(spec), "fields": fields}))
    session.flush()
    return len(missing)


def _columns(spec: FormSpec) -> Mapping[str, Any]:
    return {name: getattr(spec, name) for name in ("form_version", "name", "valid_from", "valid_to")}
