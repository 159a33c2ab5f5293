"""The page of a plan: whether it is kept, for people who open no JSON. As an anonymous caller sees it; no script."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any
from urllib.parse import urlencode

from fastapi import Response

from app.core.language import Language, Words
from app.core.localized import Localized
from app.follow_up.rules.verdicts import Status
from app.follow_up.schemas.days import FIRST as FIRST_DAY
from app.follow_up.schemas.days import LAST as LAST_DAY
from app.follow_up.service.words import NO_FACTS, STATUS, day_of
from app.front.pages import POLICY, page

WITH_FORM = {"Content-Security-Policy": POLICY.replace("form-action 'none'", "form-action 'self'")}
FIRST = (Status.breached, Status.at_risk, Status.advisory)  # what is to be looked at; the rest is folded
FOLDED = (Status.on_track, Status.met, Status.not_due)

_TITLE = Words("Toteutuuko suunnitelma", "Is the plan kept")
_AS_OF = Words("Tilanne {day}, niin kuin se nyt tiedetään.", "The state on {day}, as it is known now.")
_FROM = Words(
    "Tietoja on kirjattu {day} alkaen: mitä sitä ennen tapahtui, ei ole tiedossa.",
    "What happens is recorded from {day} on: nothing is known of what went before.",
)
_DAY = Words("Päivä", "Day")
_SHOW = Words("Näytä", "Show")
_WRONG_DAY = Words(
    f"Päivää ei voi näyttää. Anna päivä väliltä {FIRST_DAY} - {LAST_DAY} muodossa 2026-10-01; "
    "alla on tämän päivän tilanne.",
    f"This day can't be shown. Give one from {FIRST_DAY} to {LAST_DAY}, written as 2026-10-01; "
    "below is the state of today.",
)
_SUMMARY = Words("Yhteenveto", "Summary")
_NONE = Words("Ei yhtään.", "None.")
_SECTION = Words("suunnitelman kohta {ref}", "section {ref} of the plan")
_PREVIOUS = Words("edellisellä jaksolla: {status}", "in the period before: {status}")
_UNKNOWN = Words("Näistä ei ole tietoja", "Nothing is known of these")
_INVARIANTS = Words("Näistä järjestelmä huolehtii itse", "These the system keeps itself")
_ADVICE = Words("suositus", "advice")
_PLANS = Words("Suunnitelmat", "Plans")
_NO_PLAN = Words("Suunnitelmia ei ole ladattu.", "No plan is loaded.")
_UNKNOWN_PLAN = Words("Tällaista suunnitelmaa ei ole. Valitse alta.", "There is no such plan. Choose below.")
_DATA = Words("Samat tiedot rajapinnasta (JSON)", "The same from the API (JSON)")


def of_plan(slug: str, title: Localized, answer: dict[str, Any], to: Language, *, is_wrong_day: bool) -> Response:
    """The page of one plan on a day: ``answer`` is that of ``readCompliance``."""
    on: date = answer["on"]
    kept = {"plan": slug, "on": str(on)}
    parts = [
        f'<p class="mistake" role="alert">{escape(_WRONG_DAY.to(to))}</p>' if is_wrong_day else "",
        f"<p>{escape(title.to(to))}. {escape(_AS_OF.to(to).format(day=day_of(on, to)))}</p>",
        _recorded_from(answer["recorded_from"], to),
        _form(slug, on, to),
        _summary(answer["counts"], to),
        *(_section(status, answer["rules"], to) for status in (*FIRST, *FOLDED)),
        _rules_alone(_UNKNOWN.to(to), NO_FACTS.to(to), answer["not_evaluated"], to),
        _rules_alone(_INVARIANTS.to(to), "", answer["invariants"], to),
        f'<p><a href="/v1/plans/{slug}/compliance?{escape(urlencode({"on": str(on)}))}">{escape(_DATA.to(to))}</a></p>',
    ]
    status = 422 if is_wrong_day else 200
    heading = _TITLE.to(to)
    tab = f"{heading} {day_of(on, to)} – Perhekeskus"
    return page(heading, "".join(parts), to, title=tab, kept=kept, status=status, headers=WITH_FORM)


def choice(plans: Sequence[tuple[str, Localized]], on: str, to: Language, *, is_unknown: bool) -> Response:
    """The page of several plans, or of none. ``is_unknown``: a plan was asked for that is not there."""
    kept = {"on": on, "lang": to} if on else {"lang": to}
    links = "".join(
        f'<li><a href="?{escape(urlencode({"plan": slug, **kept}))}">{escape(name.to(to))}</a></li>'
        for slug, name in plans
    )
    body = f"<ul class='links'>{links}</ul>" if plans else f"<p>{escape(_NO_PLAN.to(to))}</p>"
    if is_unknown:
        body = f'<p class="mistake" role="alert">{escape(_UNKNOWN_PLAN.to(to))}</p>{body}'
    return page(_PLANS.to(to), body, to, title=f"{_PLANS.to(to)} – Perhekeskus", status=404 if is_unknown else 200)


def _recorded_from(day: date | None, to: Language) -> str:
    return f'<p class="hint">{escape(_FROM.to(to).format(day=day_of(day, to)))}</p>' if day else ""


def _form(slug: str, on: date, to: Language) -> str:
    return (
        f'<form class="field" action="/plan"><label for="on">{_DAY.to(to)}</label>'
        f'<input type="date" id="on" name="on" value="{on}" required>'
        f'<input type="hidden" name="plan" value="{slug}"><input type="hidden" name="lang" value="{to}">'
        f"<button>{_SHOW.to(to)}</button></form>"
    )


def _summary(counts: dict[Status, int], to: Language) -> str:
    rows = "".join(
        f'<li><a href="#{status}">{escape(STATUS[status].to(to))}</a> <strong>{counts[status]}</strong></li>'
        for status in (*FIRST, *FOLDED)
    )
    return f"<h2>{escape(_SUMMARY.to(to))}</h2><ul class='links'>{rows}</ul>"


def _section(status: Status, rules: Sequence[dict[str, Any]], to: Language) -> str:
    shown = [rule for rule in rules if rule["status"] == status]
    items = "".join(_verdict(rule, to) for rule in shown)
    listed = f"<ul class='verdicts'>{items}</ul>" if shown else f"<p>{escape(_NONE.to(to))}</p>"
    heading = f'<h2 id="{status}">{escape(STATUS[status].to(to))} ({len(shown)})</h2>'
    if status in FOLDED and shown:
        return f"<details><summary>{heading}</summary>{listed}</details>"
    return heading + listed


def _verdict(rule: dict[str, Any], to: Language) -> str:
    told = [
        _SECTION.to(to).format(ref=rule["plan_ref"]),
        rule["period"],
        _PREVIOUS.to(to).format(status=STATUS[rule["previous"]].to(to).lower()),
    ]
    if rule["is_soft"]:
        told.insert(0, _ADVICE.to(to))
    return (
        f"<li><p><strong>{escape(rule['subject'].name.to(to))}</strong>: {escape(rule['name'].to(to))}</p>"
        f"<p>{escape(rule['because'].to(to))}</p>"
        f"<p class='hint'>{escape(' · '.join(told))}</p></li>"
    )


def _rules_alone(heading: str, about: str, rules: Sequence[dict[str, Any]], to: Language) -> str:
    if not rules:
        return ""
    items = "".join(
        f"<li>{escape(rule['name'].to(to))}, {escape(_SECTION.to(to).format(ref=rule['plan_ref']))}</li>"
        for rule in rules
    )
    told = f"<p>{escape(about)}</p>" if about else ""
    return f"<h2>{escape(heading)}</h2>{told}<ul>{items}</ul>"
