"""What is wrong with a plan file, before anything of it is written: each fault named by its place in the file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from app.core import ids, slugs, validity
from app.core.errors import Fault
from app.core.faults import pointer_to
from app.core.language import Words
from app.core.text import folded
from app.networks.models import CarriedOn
from app.networks.schemas import NetworkSpec
from app.plan import parameters
from app.plan.schemas import RuleSpec
from app.plan.service import editions
from app.transfer.plan_names import Key, Said, Sort, names
from app.transfer.plan_shape import PlanFile
from app.transfer.plan_stored import Seats, Stored, stored
from app.year_clock.schemas import SchoolBreakSpec

UNKNOWN = Words(
    "{sort.fi} {name} ei ole tiedostossa eikä tietokannassa.",
    "{sort.en} {name} is neither in the file nor in the database.",
)
SORTS: dict[Sort, Words] = {
    Sort.area: Words("Aluetta", "Area"),
    Sort.municipality: Words("Kuntaa", "Municipality"),
    Sort.organisation_kind: Words("Organisaatioiden lajia", "Kind of organisation"),
    Sort.organisation: Words("Organisaatiota", "Organisation"),
    Sort.place: Words("Kohtaamispaikkaa", "Meeting place"),
    Sort.network_kind: Words("Verkostojen lajia", "Kind of network"),
    Sort.role: Words("Roolia", "Role"),
    Sort.network: Words("Verkostoa", "Network"),
    Sort.field: Words("Kenttää", "Field"),
    Sort.criteria_set: Words("Kriteeristöä", "Set of criteria"),
    Sort.topic: Words("Aihetta", "Topic"),
    Sort.heading: Words("Otsikkoa", "Heading"),
    Sort.year_clock: Words("Vuosikelloa", "Year clock"),
    Sort.window: Words("Vuosikellon aikaa", "Window of the year clock"),
    Sort.document: Words("Asiakirjaa", "Document"),
    Sort.focus_area: Words("Painopistettä", "Focus area"),
}
TWICE = Words("{name} on kahdesti.", "{name} is there twice.")
TAKEN = Words("{name} on jo toisella alueella.", "Another area has {name} already.")
ANOTHERS = Words(
    "{name} kuuluu toisen maakunnan suunnitelmaan. Valitse toinen tunnus tai nimeä oma.",
    "{name} belongs to the plan of another county. Choose another slug, or name one of your own.",
)
NO_PLAN_ON_IT = Words(
    "Alueella {name} ei ole merkintää holds_plan: true.", "Area {name} does not say holds_plan: true."
)
NOT_A_MUNICIPALITY = Words("Alue {name} ei ole kunta.", "Area {name} is not a municipality.")
NOT_IN_COUNTY = Words(
    "Kunta {name} ei ole alueella, jonka suunnitelma tämä on (within: service).",
    "Municipality {name} does not lie in the county of this plan (within: service).",
)
NOT_OF_COUNTY = Words(
    "Alue {name} ei ole sen alueen sisällä, jonka suunnitelma tämä on (within: service).",
    "Area {name} does not lie in the county of this plan (within: service).",
)
ENDED = Words("Kunta {name} on lakannut. Käytä sen seuraajaa.", "Municipality {name} has ended. Use its successor.")
NAME_TAKEN = Words(
    "Kunnassa on jo samanniminen kohtaamispaikka ({name}).",
    "The municipality has a meeting place of this name already ({name}).",
)
WRONG_ORDER = Words("Loppu on ennen alkua.", "This ends before it begins.")
OVERLAPS = Words(
    "Alueella {name} on jo loma, jossa on samoja päiviä.", "Area {name} has a break already that shares days with this."
)
IN_A_CIRCLE = Words(
    "Ohjaus kiertää kehää: {name} on myös tämän verkoston ohjattavana.",
    "Steering goes in a circle: {name} is steered by this network, too.",
)
OUTSIDE = Words("Verkosto ei ole silloin toiminnassa.", "The network does not go on then.")
IN_ITSELF = Words("Alue {name} on myös tämän alueen sisällä.", "Area {name} lies in this area, too.")
NO_ORGANISATION = Words(
    "Roolissa {name} istuu henkilö, joten paikka tarvitsee organisaation.",
    "A person sits in the role {name}, so the seat needs an organisation.",
)
ONE_AT_A_TIME = Words("Roolissa {name} on vain yksi paikka kerrallaan.", "The role {name} has one seat at a time.")
NO_PLACE = Words(
    "Roolin {name} oikeudet koskevat kohtaamispaikkaa: anna place paikalle tai verkostolle.",
    "What the role {name} carries holds on a meeting place: give place to the seat or to the network.",
)


def faults(session: Session, file: PlanFile) -> Iterator[Fault]:
    """What is wrong, in no special order; where the county is, that alone. Nothing is written."""
    known = stored(session, file)
    if wrong := _of_county(file, known):
        yield wrong
        return
    unnamed = list(_names(list(names(file)), known, file))
    yield from unnamed
    yield from _areas(file, known)
    yield from _places(file, known)
    if not any((fault.pointer or "").startswith("/areas/") for fault in unnamed):
        yield from _outside(file, known)
    yield from _order(file)
    yield from _breaks(file)
    yield from _steering(file, known)
    yield from _seats(file, known)
    if file.plan is not None:
        yield from _rules(file.plan.rules)
        if known.county_id is not None:
            for fault in editions.faults(session, known.county_id, file.plan):
                yield fault.at(pointer=f"/plan{fault.pointer}")


def _of_county(file: PlanFile, known: Stored) -> Fault | None:
    if file.county not in known.areas:
        words = UNKNOWN.about(sort=SORTS[Sort.area], name=file.county)
        return Fault("unknown-area", words, pointer="/county")
    if not known.areas[file.county]:
        return Fault("holds-no-plan", NO_PLAN_ON_IT.about(name=file.county), pointer="/county")
    return None


def _names(said: list[Said], known: Stored, file: PlanFile) -> Iterator[Fault]:
    """Names that are not known, are there twice, or are another county's."""
    given = {one.key for one in said if one.how in ("gives", "implies")}
    there = given | known.here | _roles_of_networks(given | known.here, known, file)
    had: set[Any] = set()
    for one in said:
        what = one.in_list if one.how == "once" else one.key
        if one.how == "calls":
            if one.key not in there and (one.of is None or (*one.of, None) in there):
                yield _unknown(one, there, known)
        elif one.how != "implies":
            if what in had:
                yield Fault("taken", TWICE.about(name=one.name), pointer=one.pointer)
            elif one.at[-1] == "slug" and ids.as_uuid(one.name):
                yield Fault("looks-like-an-id", slugs.LIKE_AN_ID, pointer=one.pointer)
            elif one.key in known.elsewhere:
                yield Fault("taken-by-another-county", ANOTHERS.about(name=one.name), pointer=one.pointer)
            had.add(what)


def _unknown(one: Said, there: set[Key], known: Stored) -> Fault:
    if one.key in known.elsewhere or ((Sort.area, one.name, None) in known.elsewhere and one.sort is Sort.municipality):
        return Fault("taken-by-another-county", ANOTHERS.about(name=one.name), pointer=one.pointer)
    if one.sort is Sort.municipality and (Sort.area, one.name, None) in there:
        return Fault("not-a-municipality", NOT_A_MUNICIPALITY.about(name=one.name), pointer=one.pointer)
    sort = Sort.area if one.sort is Sort.municipality else one.sort
    return Fault(f"unknown-{sort}", UNKNOWN.about(sort=SORTS[one.sort], name=one.name), pointer=one.pointer)


def _roles_of_networks(there: set[Key], known: Stored, file: PlanFile) -> set[Key]:
    """Each network has the roles of its kind."""
    kinds = {spec.slug: spec.kind for spec in file.networks} | known.networks
    roles: dict[str, list[str]] = {}
    for sort, name, of in there:
        if sort is Sort.role and of is not None:
            roles.setdefault(of[1], []).append(name)
    return {(Sort.role, role, (Sort.network, slug)) for slug, kind in kinds.items() for role in roles.get(kind, ())}


def _areas(file: PlanFile, known: Stored) -> Iterator[Fault]:
    """Areas that would be another county's or lie in themselves, and codes and aliases that another area has."""
    above: dict[str, dict[str, set[str]]] = {}
    for spec in file.areas:
        for scheme, parent in spec.within.items():
            above.setdefault(scheme, {}).setdefault(spec.slug, set()).add(parent)
    taken = {value: slug for slug, value in known.taken}
    for index, spec in enumerate(file.areas):
        if (Sort.area, spec.slug, None) in known.here | known.elsewhere:
            continue  # it stays as it is stored
        if spec.holds_plan and spec.slug != file.county:
            yield Fault("taken-by-another-county", ANOTHERS.about(name=spec.slug), pointer=f"/areas/{index}/holds_plan")
        for scheme, parent in spec.within.items():
            if spec.slug in _upwards(parent, above[scheme]):
                pointer = pointer_to(("areas", index, "within", scheme))
                yield Fault("lies-in-itself", IN_ITSELF.about(name=parent), pointer=pointer)
        if spec.successor == spec.slug:
            yield Fault("lies-in-itself", IN_ITSELF.about(name=spec.slug), pointer=f"/areas/{index}/successor")
        if f"{spec.kind} {spec.code}" in taken:
            yield Fault("taken", TAKEN.about(name=spec.code), pointer=f"/areas/{index}/code")
        for source, values in spec.aliases.items():
            for place, value in enumerate(values):
                if f"{source} {value}" in taken:
                    pointer = pointer_to(("areas", index, "aliases", source, place))
                    yield Fault("taken", TAKEN.about(name=value), pointer=pointer)


def _outside(file: PlanFile, known: Stored) -> Iterator[Fault]:
    """What lies in an area of no county: organisations, places, school breaks."""
    where = {"organisations": "municipality", "meeting_places": "municipality", "school_breaks": "area"}
    for section, named in where.items():
        for index, spec in enumerate(getattr(file, section)):
            area = getattr(spec, named)
            if area in known.homes and known.homes[area] is None:
                words = NOT_IN_COUNTY if named == "municipality" else NOT_OF_COUNTY
                yield Fault("not-in-this-county", words.about(name=area), pointer=f"/{section}/{index}/{named}")


def _places(file: PlanFile, known: Stored) -> Iterator[Fault]:
    """Places in municipalities that are no more, and names of places that are taken."""
    taken = {(area, folded(name)): slug for slug, (area, name) in known.place_names.items()}
    for index, place in enumerate(file.meeting_places):
        if place.slug in known.place_names:
            continue  # it stays as it is stored
        if place.municipality in known.ended:
            yield Fault("ended", ENDED.about(name=place.municipality), pointer=f"/meeting_places/{index}/municipality")
        name = (place.municipality, folded(place.name.fi))
        if taken.setdefault(name, place.slug) != place.slug:
            yield Fault("name-taken", NAME_TAKEN.about(name=taken[name]), pointer=f"/meeting_places/{index}/name")


def _order(file: PlanFile) -> Iterator[Fault]:
    """What ends before it begins."""
    timed = [(section, getattr(file, section)) for section in ("areas", "statistics_forms", "networks")]
    for section, specs in (*timed, ("plan/rules", file.plan.rules if file.plan else [])):
        for index, spec in enumerate(specs):
            if spec.valid_from is not None and spec.valid_to is not None and spec.valid_to <= spec.valid_from:
                yield Fault("wrong-order", WRONG_ORDER, pointer=f"/{section}/{index}/valid_to")


def _breaks(file: PlanFile) -> Iterator[Fault]:
    """School breaks of an area that have a day in common: one of them would not be loaded again."""
    above: dict[str, list[SchoolBreakSpec]] = {}
    for index, spec in enumerate(file.school_breaks):
        others = above.setdefault(spec.area, [])
        if any(spec.first_on <= other.last_on and other.first_on <= spec.last_on for other in others):
            yield Fault("overlaps", OVERLAPS.about(name=spec.area), pointer=f"/school_breaks/{index}/first_on")
        others.append(spec)


def _steering(file: PlanFile, known: Stored) -> Iterator[Fault]:
    """Networks that steer themselves in the end: in the file alone, or with those that are stored."""
    told = {spec.slug: set(spec.steered_by) for spec in file.networks}
    both = told | {slug: known.steering.get(slug, set()) for slug in known.networks}
    for index, spec in enumerate(file.networks):
        for place, above in enumerate(spec.steered_by):
            if spec.slug in _upwards(above, told) or (
                spec.slug not in known.networks and spec.slug in _upwards(above, both)
            ):
                pointer = f"/networks/{index}/steered_by/{place}"
                yield Fault("steered-in-a-circle", IN_A_CIRCLE.about(name=above), pointer=pointer)


def _upwards(slug: str, steering: Mapping[str, set[str]]) -> set[str]:
    """A network and all that steer it."""
    seen, ahead = set[str](), [slug]
    while ahead:
        if (one := ahead.pop()) not in seen:
            seen.add(one)
            ahead.extend(steering.get(one, ()))
    return seen


def _seats(file: PlanFile, known: Stored) -> Iterator[Fault]:
    """Seats that their role does not allow."""
    roles = {
        (kind.code, role.code): Seats(
            role.names_person, role.holds_one, bool(role.carries) and role.carries_on == CarriedOn.meeting_place
        )
        for kind in file.network_kinds
        for role in kind.roles
    } | known.roles
    for index, network in enumerate(file.networks):
        for fault in (*_seats_of(network, roles), *_times_of(network)):
            yield fault.at(pointer=f"/networks/{index}/seats{fault.pointer}")


def _times_of(network: NetworkSpec) -> Iterator[Fault]:
    """Seats that begin while the network does not go on."""
    if network.valid_from and network.valid_to and network.valid_to <= network.valid_from:
        return  # a fault of its own
    for place, seat in enumerate(network.seats):
        if not validity.is_valid(network.valid_from, network.valid_to, seat.valid_from):
            yield Fault("outside-the-network", OUTSIDE, pointer=f"/{place}/valid_from")


def _seats_of(network: NetworkSpec, roles: Mapping[tuple[str, str], Seats]) -> Iterator[Fault]:
    filled: set[str] = set()
    for place, seat in enumerate(network.seats):
        role = roles.get((network.kind, seat.role))
        if role is None:
            continue
        if role.names_person and seat.organisation is None:
            yield Fault(
                "seat-without-organisation", NO_ORGANISATION.about(name=seat.role), pointer=f"/{place}/organisation"
            )
        if role.holds_one and seat.role in filled:
            yield Fault("one-at-a-time", ONE_AT_A_TIME.about(name=seat.role), pointer=f"/{place}/role")
        if role.needs_place and seat.place is None and network.place is None:
            yield Fault("seat-without-place", NO_PLACE.about(name=seat.role), pointer=f"/{place}/place")
        filled.add(seat.role)


def _rules(rules: Sequence[RuleSpec]) -> Iterator[Fault]:
    """Parameters that are none of the rule's type, and rules of one code at the same time."""
    times: dict[str, list[tuple[date | None, date | None]]] = {}
    for index, rule in enumerate(rules):
        for fault in parameters.faults(rule.type, rule.parameters):
            yield fault.at(pointer=f"/plan/rules/{index}/parameters{fault.pointer}")
        time, others = (rule.valid_from, rule.valid_to), times.setdefault(rule.code, [])
        if any(validity.overlap(time, other) for other in others):
            yield Fault("taken", TWICE.about(name=rule.code), pointer=f"/plan/rules/{index}/code")
        others.append(time)
