"""What a plan file names: each place of it that gives a thing its name, or calls one by it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from pydantic import ValidationError

from app.areas.models import AreaKind
from app.areas.schemas import AreaSpec
from app.core.faults import pointer_to
from app.evaluations.schemas import CriteriaSetSpec
from app.materials.schemas import DocumentSpec, MaterialSpec
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.places.schemas import PlaceSpec
from app.plan import parameters
from app.plan.parameters import AgreementTerm, Alternation, Representation, Rotation, Window
from app.plan.schemas import GoalSpec, PlanSpec, RuleSpec, Subject
from app.programme.schemas import SupportGroupSpec
from app.statistics.schemas import FormSpec
from app.transfer.plan_shape import PlanFile
from app.year_clock.schemas import SchoolBreakSpec, YearClockSpec


class Sort(StrEnum):
    """Of what kind a thing is that a plan file names."""

    area = "area"
    municipality = "municipality"
    organisation_kind = "organisation-kind"
    organisation = "organisation"
    place = "place"
    network_kind = "network-kind"
    role = "role"
    network = "network"
    form = "statistics-form"
    field = "field"
    criteria_set = "criteria-set"
    edition = "criteria-edition"
    topic = "topic"
    heading = "heading"
    year_clock = "year-clock"
    window = "window"
    document = "document"
    material = "material"
    support_group = "support-group"
    plan = "plan"
    focus_area = "focus-area"
    goal = "goal"
    alias = "alias"
    code = "code"  # of what is never called by its name


Thing = tuple[Sort, str]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Said:
    """A name that stands ``at`` a place of the file.

    ``gives``: the thing has its name here, and no other of its sort has it. ``calls``: it must be known. ``implies``:
    it is known because of what stands here. ``once``: the list in which it stands has it once. ``of`` is what the
    thing is a part of: names of parts are their own.
    """

    at: Path
    sort: Sort
    name: str
    how: Literal["gives", "calls", "implies", "once"]
    of: Thing | None = None

    @property
    def key(self) -> "Key":
        """What is known, or is not."""
        return self.sort, self.name, self.of

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer."""
        return pointer_to(self.at)

    @property
    def in_list(self) -> tuple[Path, str]:
        """The list in which it stands, and its name: what must not be there twice."""
        last = max(place for place, part in enumerate(self.at) if isinstance(part, int))
        return self.at[:last] + self.at[last + 1 :], self.name

    def under(self, *above: str | int) -> "Said":
        """The same, seen from above."""
        return replace(self, at=(*above, *self.at))


Key = tuple[Sort, str, Thing | None]


def gives(at: str, sort: Sort, name: str, of: Thing | None = None) -> Said:
    """A thing has its name here."""
    return Said((at,), sort, name, "gives", of)


def implies(at: str, sort: Sort, name: str, of: Thing | None = None) -> Said:
    """A thing is known because of this."""
    return Said((at,), sort, name, "implies", of)


def once(at: str, name: str) -> Said:
    """Nothing else in the list is called this."""
    return Said((at,), Sort.code, name, "once")


def calls(at: str, sort: Sort, name: str | None, of: Thing | None = None) -> Iterator[Said]:
    """A thing is called by its name here, or none is."""
    if name is not None:
        yield Said((at,), sort, name, "calls", of)


def calls_each(at: str, sort: Sort, names: Iterable[str], of: Thing | None = None) -> Iterator[Said]:
    """Things are called by their names here, each once."""
    for index, name in enumerate(names):
        yield Said((at, index), sort, name, "calls", of)
        yield Said((at, index), Sort.code, name, "once")


def each(at: str, specs: Iterable[Any], said: Callable[[Any], Iterable[Said]]) -> Iterator[Said]:
    """What the items of a list say."""
    return (one.under(at, index) for index, spec in enumerate(specs) for one in said(spec))


def by_code(spec: Any) -> Iterator[Said]:
    """Of what is never called by its name."""
    yield once("code", spec.code)


def area(spec: AreaSpec) -> Iterator[Said]:
    yield gives("slug", Sort.area, spec.slug)
    if spec.kind == AreaKind.municipality:
        yield implies("slug", Sort.municipality, spec.slug)
    yield gives("code", Sort.code, f"{spec.kind} {spec.code}", (Sort.code, "area"))
    yield from calls("successor", Sort.area, spec.successor)
    for scheme, above in spec.within.items():
        yield from (said.under("within") for said in calls(scheme, Sort.area, above))
    for source, values in spec.aliases.items():
        for index, value in enumerate(values):
            yield Said(("aliases", source, index), Sort.alias, f"{source} {value}", "gives")


def organisation_kind(spec: OrganisationKindSpec) -> Iterator[Said]:
    yield gives("code", Sort.organisation_kind, spec.code)


def organisation(spec: OrganisationSpec) -> Iterator[Said]:
    yield gives("slug", Sort.organisation, spec.slug)
    yield from calls("kind", Sort.organisation_kind, spec.kind)
    yield from calls("municipality", Sort.municipality, spec.municipality)


def place(spec: PlaceSpec) -> Iterator[Said]:
    yield gives("slug", Sort.place, spec.slug)
    yield from calls("municipality", Sort.municipality, spec.municipality)


def network_kind(spec: NetworkKindSpec) -> Iterator[Said]:
    yield gives("code", Sort.network_kind, spec.code)
    of = (Sort.network_kind, spec.code)
    for index, role in enumerate(spec.roles):
        yield gives("code", Sort.role, role.code, of).under("roles", index)
        yield implies("code", Sort.role, role.code).under("roles", index)


def network(spec: NetworkSpec) -> Iterator[Said]:
    yield gives("slug", Sort.network, spec.slug)
    yield from calls("kind", Sort.network_kind, spec.kind)
    yield from calls("area", Sort.area, spec.area)
    yield from calls("place", Sort.place, spec.place)
    yield from calls("convener", Sort.organisation, spec.convener)
    yield from calls("keeper", Sort.organisation, spec.keeper)
    yield from calls_each("steered_by", Sort.network, spec.steered_by)
    for index, seat in enumerate(spec.seats):
        for said in (
            *calls("role", Sort.role, seat.role, (Sort.network_kind, spec.kind)),
            *calls("organisation", Sort.organisation, seat.organisation),
            *calls("place", Sort.place, seat.place),
        ):
            yield said.under("seats", index)


def statistics_form(spec: FormSpec) -> Iterator[Said]:
    form = (Sort.form, str(spec.form_version))
    yield gives("form_version", *form)
    for index, field in enumerate(spec.fields):
        for said in (
            gives("code", Sort.field, field.code, form),
            *calls("part_of", Sort.field, field.part_of, form),
            *calls_each("at_most", Sort.field, field.at_most, form),
        ):
            yield said.under("fields", index)


def criteria_set(spec: CriteriaSetSpec) -> Iterator[Said]:
    edition = (Sort.edition, f"{spec.code} {spec.edition}")
    yield implies("code", Sort.criteria_set, spec.code)
    yield gives("edition", *edition)
    yield from each("topics", spec.topics, lambda topic: [gives("code", Sort.topic, topic.code, edition)])
    yield from each("areas", spec.areas, lambda heading: [gives("code", Sort.heading, heading.code, edition)])
    for index, criterion in enumerate(spec.criteria):
        for said in (
            once("code", criterion.code),
            *calls("area", Sort.heading, criterion.area, edition),
            *calls("topic", Sort.topic, criterion.topic, edition),
        ):
            yield said.under("criteria", index)


def year_clock(spec: YearClockSpec) -> Iterator[Said]:
    clock = (Sort.year_clock, spec.slug)
    yield gives("slug", *clock)
    for index, window in enumerate(spec.windows):
        for said in (
            gives("code", Sort.window, window.code, clock),
            *calls("network_kind", Sort.network_kind, window.network_kind),
            *each("topics", window.topics, by_code),
            *each("tasks", window.tasks, by_code),
        ):
            yield said.under("windows", index)


def school_break(spec: SchoolBreakSpec) -> Iterator[Said]:
    yield from calls("area", Sort.area, spec.area)


def reviewed_document(spec: DocumentSpec) -> Iterator[Said]:
    yield gives("slug", Sort.document, spec.slug)
    yield from calls("owner", Sort.network, spec.owner)


def material(spec: MaterialSpec) -> Iterator[Said]:
    yield gives("slug", Sort.material, spec.slug)
    yield from calls("document", Sort.document, spec.document)


def support_group(spec: SupportGroupSpec) -> Iterator[Said]:
    yield once("code", spec.code)
    for index, form in enumerate(spec.forms):
        for said in (once("code", form.code), *calls_each("providers", Sort.organisation_kind, form.providers)):
            yield said.under("forms", index)


def plan(spec: PlanSpec) -> Iterator[Said]:
    yield gives("slug", Sort.plan, spec.slug)
    yield from each("background", spec.background, by_code)
    yield from each("focus_areas", spec.focus_areas, lambda focus: [gives("code", Sort.focus_area, focus.code)])
    yield from each("goals", spec.goals, goal)
    yield from each("rules", spec.rules, rule)


def goal(spec: GoalSpec) -> Iterator[Said]:
    yield once("code", spec.code)
    yield from calls("network", Sort.network, spec.network)
    yield from calls("network_kind", Sort.network_kind, spec.network_kind)
    yield from calls_each("focus_areas", Sort.focus_area, spec.focus_areas)
    yield from each("measures", spec.measures, by_code)


SUBJECTS = {"network": Sort.network, "network_kind": Sort.network_kind, "document": Sort.document}


def rule(spec: RuleSpec) -> Iterator[Said]:
    if spec.subject.kind in SUBJECTS:
        yield from (said.under("subject") for said in calls("of", SUBJECTS[spec.subject.kind], spec.subject.of))
    yield from (said.under("parameters") for said in _parameters(spec))


def _parameters(spec: RuleSpec) -> Iterator[Said]:
    """What a rule calls by name, as far as it can be read. Roles are those of its network or kind of network."""
    try:
        given = parameters.read(spec.type, spec.parameters)
    except ValidationError:
        return
    match given:
        case Window():
            yield from calls("clock", Sort.year_clock, given.clock)
            yield from calls_each("windows", Sort.window, given.windows, (Sort.year_clock, given.clock))
        case Representation(party=party):
            for said in (
                *calls("organisation_kind", Sort.organisation_kind, party.organisation_kind),
                *calls("organisation", Sort.organisation, party.organisation),
                *calls("role", Sort.role, party.role, _whose_roles(spec.subject)),
            ):
                yield said.under("party")
        case Alternation():
            yield from calls("criteria_set", Sort.criteria_set, given.criteria_set)
        case AgreementTerm():
            yield from calls_each("choose_roles", Sort.role, given.choose_roles, _whose_roles(spec.subject))
        case Rotation():
            yield from calls_each("among", Sort.network, given.among)


def _whose_roles(subject: Subject) -> Thing | None:
    sort = {"network": Sort.network, "network_kind": Sort.network_kind}.get(subject.kind)
    return (sort, subject.of) if sort and subject.of else None


SECTIONS: dict[str, Callable[[Any], Iterator[Said]]] = {
    "areas": area,
    "organisation_kinds": organisation_kind,
    "organisations": organisation,
    "meeting_places": place,
    "network_kinds": network_kind,
    "networks": network,
    "statistics_forms": statistics_form,
    "criteria_sets": criteria_set,
    "year_clocks": year_clock,
    "school_breaks": school_break,
    "reviewed_documents": reviewed_document,
    "materials": material,
    "support_groups": support_group,
}


def names(file: PlanFile) -> Iterator[Said]:
    """Every name in a plan file but that of its county, in its order."""
    for section, said in SECTIONS.items():
        yield from each(section, getattr(file, section), said)
    if file.plan is not None:
        yield from (one.under("plan") for one in plan(file.plan))
