"""What makes an evaluation right: the place of its scores on the scale, its year, its peers. Pure."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from app.core.errors import Fault
from app.core.language import Words
from app.evaluations.models import EvaluationKind

Scored = tuple[str, int | None]  # code of a criterion, and its value

FIRST_YEAR = 1990
WRONG_YEAR = Words(
    "Vuosi ei ole välillä {first}-{last}. Tarkista vuosi.", "The year is not between {first} and {last}. Check it."
)
OTHER_YEAR = Words(
    "Arviointi on vuodelta {year}. Anna sen vuoden päivä.", "The evaluation is of {year}. Give a day of that year."
)
YEAR_TO_COME = Words(
    "Vuosi {year} on vasta tulossa. Tallenna luonnoksena (draft).", "{year} is still to come. Keep it as a draft."
)
NOT_YET = Words("Päivä on vasta tulossa. Tänään on {today}.", "That day is still to come. Today is {today}.")
WHOSE = Words(
    "Vertaisarvioinnissa pitää sanoa, minkä paikan väki arvioi.",
    "A peer evaluation must say from which place those come who judge.",
)
NO_PEERS = Words(
    "Itsearvioinnissa ei ole vertaisia. Jätä peer_place pois.", "A self evaluation has no peers. Leave peer_place out."
)
NOT_IN_SET = Words(
    "Kriteeristössä ei ole tällaista kriteeriä. Sen kriteerit: /v1/criteria-sets/{set}.",
    "The set has no such criterion. Its criteria: /v1/criteria-sets/{set}.",
)
TWICE = Words("Sama kriteeri on pisteytetty jo. Anna se kerran.", "This criterion is scored already. Give it once.")
OFF_THE_SCALE = Words(
    "Asteikko on {min}-{max}. Anna sen kokonaisluku, tai null, jos kriteeri ei sovellu.",
    "The scale goes from {min} to {max}. Give a whole number on it, or null if the criterion does not apply.",
)
NOT_SCORED = Words(
    "Valmiissa arvioinnissa jokainen kriteeri on pisteytetty (tai null). Puuttuu: {missing}.",
    "In a final evaluation each criterion has a score, or null. Missing: {missing}.",
)

SAME_AS_HOST = Words(
    "Tämä organisaatio puhuu myös arvioitavan paikan puolesta. Tarkista, onko se vertainen.",
    "This organisation speaks for the place that is judged, too. See whether it is a peer.",
)


def faults_of_year(year: int, today: date) -> list[Fault]:
    """What is wrong with the year of an evaluation: too long ago, or later than next year."""
    last = today.year + 1
    if FIRST_YEAR <= year <= last:
        return []
    return [Fault("wrong-year", WRONG_YEAR.about(first=FIRST_YEAR, last=last), pointer="/year")]


def faults_of_state(*, is_final: bool, year: int, today: date) -> list[Fault]:
    """What is wrong with the state of an evaluation: a year that is still to come is not judged yet."""
    if is_final and year > today.year:
        return [Fault("still-to-come", YEAR_TO_COME.about(year=year), pointer="/state")]
    return []


def faults_of_day(visited_on: date | None, year: int, today: date) -> list[Fault]:
    """What is wrong with the day of a visit: of another year, or still to come."""
    if visited_on is None:
        return []
    if visited_on.year != year:
        return [Fault("not-in-that-year", OTHER_YEAR.about(year=year), pointer="/visited_on")]
    if visited_on > today:
        return [Fault("in-the-future", NOT_YET.about(today=today), pointer="/visited_on")]
    return []


def faults_of_peers(kind: EvaluationKind, *, are_named: bool) -> list[Fault]:
    """What is wrong with who judges: peers of nowhere, or peers in a self evaluation."""
    if kind == EvaluationKind.peer and not are_named:
        return [Fault("missing", WHOSE, pointer="/peer_place")]
    if kind == EvaluationKind.self and are_named:
        return [Fault("not-for-self", NO_PEERS, pointer="/peer_place")]
    return []


def faults_of_scores(
    scores: Iterable[Scored], codes: Collection[str], scale: tuple[int, int], set_id: str
) -> list[Fault]:
    """What is wrong with scores: of no criterion of the set, twice of one, off the scale (its ends are on it)."""
    faults, seen = [], set()
    lowest, highest = scale
    for index, (code, value) in enumerate(scores):
        pointer = f"/scores/{index}"
        if code not in codes:
            faults.append(Fault("not-in-the-set", NOT_IN_SET.about(set=set_id), pointer=f"{pointer}/criterion"))
        elif code in seen:
            faults.append(Fault("scored-twice", TWICE, pointer=f"{pointer}/criterion"))
        seen.add(code)
        if value is not None and not lowest <= value <= highest:
            said = OFF_THE_SCALE.about(min=lowest, max=highest)
            faults.append(Fault("off-the-scale", said, pointer=f"{pointer}/value"))
    return faults


def faults_of_findings(about: Iterable[str | None], codes: Collection[str], set_id: str) -> list[Fault]:
    """What is wrong with findings, given the criterion that each is about: none of the set."""
    return [
        Fault("not-in-the-set", NOT_IN_SET.about(set=set_id), pointer=f"/findings/{index}/criterion")
        for index, code in enumerate(about)
        if code is not None and code not in codes
    ]


def faults_of_end(scores: Iterable[Scored], codes: Sequence[str]) -> list[Fault]:
    """Why an evaluation can't be final: criteria without a score, in the order of the set."""
    scored = {code for code, _ in scores}
    missing = [code for code in codes if code not in scored]
    if not missing:
        return []
    return [Fault("not-scored", NOT_SCORED.about(missing=", ".join(missing)), pointer="/state")]


def warnings_of_evaluators(judges: Iterable[uuid.UUID], hosts: Collection[uuid.UUID]) -> list[Fault]:
    """What is unusual about who judged as a peer, given organisations: one that speaks for the host as well."""
    return [
        Fault("same-as-host", SAME_AS_HOST, pointer=f"/evaluators/{index}/organisation")
        for index, organisation in enumerate(judges)
        if organisation in hosts
    ]
