"""What verdicts say to people: names of rules and of statuses, and reasons as sentences."""

from datetime import date
from typing import Any

from app.core.language import Language, Words
from app.core.localized import Localized
from app.follow_up.rules.facts import Rule
from app.follow_up.rules.verdicts import Status, Verdict

STATUS = {
    Status.met: Words("Toteutunut", "Met"),
    Status.on_track: Words("Etenee", "On track"),
    Status.at_risk: Words("Vaarassa", "At risk"),
    Status.breached: Words("Ei toteudu", "Broken"),
    Status.not_due: Words("Ei vielä ajankohtainen", "Not due"),
    Status.advisory: Words("Suositus ei toteudu", "Advice not followed"),
}
NAMES = {
    "cadence": Words("Kokousten määrä", "Number of meetings"),
    "mode": Words("Kokousten toteutustapa", "Mode of meetings"),
    "window": Words("Vuosikellon tapaamiset", "Meetings of the year clock"),
    "representation": Words("Edustus", "Representation"),
    "coverage": Words("Kohtaamispaikka kunnissa", "Meeting places in municipalities"),
    "alternation": Words("Vertais- ja itsearviointi vuorovuosin", "Peer and self evaluation by turns"),
    "review": Words("Toistuva tarkistus tai raportointi", "Repeated review or report"),
    "survey": Words("Kysely", "Survey"),
    "agreement_term": Words("Sopimuskauden alku", "Start of the agreement term"),
    "rotation": Words("Vuorottelu", "Rotation"),
    "relay": Words("Sovitun vieminen omaan organisaatioon", "Agreed matters carried home"),
    "deviation": Words("Poikkeaviin muutoksiin perehtyminen", "Deviating changes looked into"),
    "privacy": Words("Yksityisyys", "Privacy"),
    "integrity": Words("Tilastojen eheys", "Integrity of statistics"),
}
_MODES = {
    "live": Words("paikan päällä", "live"),
    "remote": Words("etänä", "remote"),
    "hybrid": Words("hybridinä", "hybrid"),
}
_DONE = Words("Tehty {actual}, yhteensä {expected}.", "{actual} of {expected} done.")
_HELD = Words(
    "Pidetty {actual}, suunniteltu {planned}, tavoite {expected}.", "{actual} of {expected} held, {planned} planned."
)
_COUNTS = {
    **dict.fromkeys(("cadence", "mode", "window", "rotation"), _HELD),
    "representation": Words("Edustettuna {actual}, vaatimus {expected}.", "{actual} represented of {expected}."),
    "coverage": Words(
        "Kohtaamispaikka {actual} kunnassa, vaatimus {expected}.",
        "A meeting place in {actual} municipalities of {expected}.",
    ),
    "relay": Words("Viety omaan organisaatioon {actual}, yhteensä {expected}.", "{actual} of {expected} carried home."),
}
REASONS = {
    "fulfilled": Words("{counts}", "{counts}"),
    "enough-planned": Words("{counts} Suunnitellut riittävät.", "{counts} What is planned is enough."),
    "too-few-planned": Words(
        "{counts} Suunnitellut eivät riitä; viimeinen päivä on {deadline}.",
        "{counts} That is not enough; the last day is {deadline}.",
    ),
    "too-few-held": Words("{counts} Aika päättyi.", "{counts} The time is over."),
    "past-meetings-not-marked": Words(
        "{counts} Menneitä kokouksia ei ole merkitty pidetyiksi; ne riittäisivät.",
        "{counts} Meetings of the past are not marked as held; with them it would be enough.",
    ),
    "gap-too-long": Words(
        "{counts} Kokousten väli venyi liian pitkäksi.", "{counts} Too many days between two meetings."
    ),
    "gap-ahead": Words(
        "{counts} Kokousten väli venyy liian pitkäksi {deadline} jälkeen.",
        "{counts} After {deadline} there are too many days between two meetings.",
    ),
    "mode-not-planned": Words(
        "Kokouksia {mode}: {counts} Lisää ei ole suunniteltu.", "Meetings {mode}: {counts} No more are planned."
    ),
    "mode-not-held": Words("Kokouksia {mode}: {counts} Aika päättyi.", "Meetings {mode}: {counts} The time is over."),
    "too-many-of-mode": Words("Kokouksia {mode} on pidetty liikaa: {counts}", "Too many meetings {mode}: {counts}"),
    "too-many-planned": Words(
        "Kokouksia {mode} on suunniteltu liikaa: {counts}", "Too many meetings {mode} are planned: {counts}"
    ),
    "window-missed": Words("{counts} Tapaaminen puuttuu: {missing}.", "{counts} A meeting is missing: {missing}."),
    "window-open": Words(
        "{counts} Nyt on tavattava: {missing}. Viimeinen päivä on {deadline}.",
        "{counts} Now is the time for: {missing}. The last day is {deadline}.",
    ),
    "next-window-not-begun": Words(
        "{counts} Seuraavien tapaamisten aika ei ole alkanut.", "{counts} The time of the next ones has not begun."
    ),
    "no-window": Words("Vuosikellossa ei ole tapaamisia tälle verkostolle.", "The year clock has no meetings for it."),
    "seats-missing": Words("{counts}{missing_too}", "{counts}{missing_too}"),
    "too-many-seats": Words("{counts} Enintään {most}.", "{counts} At most {most}."),
    "seat-ends-soon": Words(
        "{counts} Paikka on täytetty vain {deadline} saakka.", "{counts} The seat is filled until {deadline} only."
    ),
    "too-few-municipalities": Words("{counts} Puuttuu: {missing}.", "{counts} Missing: {missing}."),
    "evaluation-planned": Words("Arviointi on kesken tai sovittu.", "The evaluation is under way or agreed."),
    "not-evaluated-yet": Words(
        "Vuoden arviointi on tekemättä; viimeinen päivä on {deadline}.",
        "This year's evaluation is not done; the last day is {deadline}.",
    ),
    "not-evaluated": Words("Vuoden arviointi jäi tekemättä.", "This year's evaluation was not done."),
    "wrong-kind": Words(
        "Arviointi tehtiin, mutta vuorossa oli toinen tapa.",
        "There was an evaluation, but it was the other kind's turn.",
    ),
    "done-in-period": Words("Tehty. Seuraavan määräaika on {deadline}.", "Done. The next is due on {deadline}."),
    "not-due-yet": Words("Seuraavan määräaika on {deadline}.", "The next is due on {deadline}."),
    "due": Words(
        "Tehtävä viimeistään {deadline}; ajankohtaa ei ole sovittu.", "To be done by {deadline}; nothing is planned."
    ),
    "overdue": Words("Määräaika {deadline} on ohi.", "It was due on {deadline}."),
    "never-done": Words(
        "Määräaika {deadline} on ohi; yhtään kertaa ei ole kirjattu.",
        "It was due on {deadline}; not one is recorded.",
    ),
    "steps-open": Words(
        "{counts} Puuttuu: {missing}. Viimeinen päivä on {deadline}.",
        "{counts} Missing: {missing}. The last day is {deadline}.",
    ),
    "steps-late": Words("{counts} Aika päättyi. Puuttuu: {missing}.", "{counts} The time is over. Missing: {missing}."),
    "no-term": Words("Sopimuskautta ei ole kirjattu.", "No agreement term is recorded."),
    "out-of-turn": Words("Vuoro ei mennyt sovitussa järjestyksessä.", "Somebody else's turn was taken."),
    "turn-not-named": Words("Vuorossa olevaa ei ole kirjattu.", "Whose turn it is is not recorded."),
    "no-meeting": Words("Kokouksia ei ole.", "There are no meetings."),
    "nothing-to-carry": Words("Vietävää ei ole.", "There is nothing to carry home."),
    "relays-open": Words("{counts} Muilla on aikaa {deadline} saakka.", "{counts} The others have until {deadline}."),
    "relays-late": Words("{counts} Osalla aika päättyi.", "{counts} For some the time is over."),
    "rule-not-valid": Words("Sääntö ei ole voimassa tänä päivänä.", "The rule does not hold on this day."),
    "recorded-later": Words(
        "Tietoja kirjataan, tai toiminta alkaa, vasta myöhemmin.",
        "It begins later, or is recorded here only from later on.",
    ),
    "ended": Words("Toiminta on päättynyt.", "It has ended."),
}
NO_FACTS = Words("Tietoja ei vielä kirjata tähän järjestelmään.", "Nobody records this here yet.")


def name_of(rule: Rule) -> Localized:
    """What a rule is called: by its type, and where it asks for a party, by that."""
    if rule.type == "representation":
        party: Localized = rule.parameters.name
        return Localized(fi=f"{NAMES[rule.type].fi}: {party.to('fi')}", en=f"{NAMES[rule.type].en}: {party.to('en')}")
    return _both(NAMES[rule.type])


def titled(name: Localized, sentence: Localized) -> Localized:
    """A name and what is said of it."""
    return Localized(fi=f"{name.to('fi')}: {sentence.to('fi')}", en=f"{name.to('en')}: {sentence.to('en')}")


def because(rule: Rule, verdict: Verdict) -> Localized:
    """Why a verdict is as it is, as a sentence."""
    return Localized(fi=_sentence(rule, verdict, "fi"), en=_sentence(rule, verdict, "en"))


def _sentence(rule: Rule, verdict: Verdict, to: Language) -> str:
    counts = _COUNTS.get(rule.type, _DONE)
    numbers = {"actual": verdict.actual or 0, "planned": verdict.planned or 0, "expected": verdict.expected or 0}
    missing = ", ".join(each.name.to(to) for each in verdict.missing)
    missing_too = {"fi": f" Puuttuu: {missing}.", "en": f" Missing: {missing}."}.get(to, "") if missing else ""
    told: dict[str, Any] = {
        "counts": counts.to(to).format(**numbers),
        "deadline": day_of(verdict.next_deadline_on, to),
        "missing": missing,
        "missing_too": missing_too,
        "mode": _MODES[rule.parameters.mode].to(to) if rule.type == "mode" else "",
        "most": getattr(rule.parameters, "at_most", None),
    }
    return REASONS[verdict.reason].to(to).format(**told)


def day_of(day: date | None, to: Language) -> str:
    """A day as people write it."""
    if day is None:
        return "–"
    return f"{day.day} {day:%B %Y}" if to == "en" else f"{day.day}.{day.month}.{day.year}"


def _both(words: Words) -> Localized:
    return Localized(fi=words.fi, en=words.en)
