"""The page behind a one-time link, on which a person sets a password: as it is, with mistakes, too late, done."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

from fastapi import Response
from pydantic import BaseModel

from app.accounts.passwords import LONGEST, SHORTEST
from app.core.language import Language, Words
from app.core.text import composed, has_control_characters
from app.front.pages import POLICY, page

NOT_STORED = {"Cache-Control": "no-store"}
WITH_FORM = {**NOT_STORED, "Content-Security-Policy": POLICY.replace("form-action 'none'", "form-action 'self'")}

_SET = Words("Aseta salasana", "Set your password")
_ERROR = Words("Virhe: ", "Error: ")
_FOR = Words("Perhekeskus-tunnus:", "Perhekeskus account:")
_ABOUT = Words(
    "Linkki toimii yhden kerran. Jos sinulla on jo salasana, uusi tulee sen tilalle, ja kirjautumisesi päättyvät "
    "kaikilla laitteilla.",
    "The link works once. If you have a password already, the new one takes its place and you are signed out "
    "on every device.",
)
_LABELS = {
    "password": Words("Uusi salasana", "New password"),
    "repeat": Words("Uusi salasana toiseen kertaan", "New password once more"),
}
_HINT = Words(
    "{least}–{most} merkkiä. Hyvä salasana on esimerkiksi neljä sanaa, jotka eivät liity toisiinsa. "
    "Numeroita ja erikoismerkkejä ei tarvita.",
    "{least}–{most} characters. Four words that have nothing to do with each other make a good password. "
    "Digits and symbols are not needed.",
).about(least=SHORTEST, most=LONGEST)
_MEND = Words("Salasanaa ei asetettu", "The password was not set")
_AGAIN = Words("Kirjoita salasana uudestaan molempiin kenttiin.", "Type the password in both fields again.")
_EMPTY = Words("Kirjoita salasana.", "Type a password.")
_SHORT = Words(
    "Salasana on liian lyhyt. Tarvitaan vähintään {least} merkkiä.",
    "The password is too short. It needs at least {least} characters.",
).about(least=SHORTEST)
_LONG = Words(
    "Salasana on liian pitkä. Merkkejä saa olla enintään {most}.",
    "The password is too long. It can have at most {most} characters.",
).about(most=LONGEST)
_UNTYPED = Words(
    "Salasanassa on merkki, jota ei voi kirjoittaa näppäimistöllä. Kirjoita salasana itse.",
    "The password has a character that no keyboard types. Type the password yourself.",
)
_ONCE = Words("Kirjoita sama salasana toiseen kertaan.", "Type the same password once more.")
_DIFFERENT = Words("Salasanat eivät ole samat.", "The passwords are not the same.")

_NOT_VALID = Words("Linkki ei ole voimassa", "The link is not valid")
_WHY = Words(
    "Linkki on jo käytetty, vanhentunut tai korvattu uudemmalla, tai osa siitä jäi pois.",
    "The link was used already, has expired or was replaced by a newer one, or a part of it is missing.",
)
_CURE = Words("Mitä tehdä", "What to do")
_CURES = (
    Words(
        "Jos olet jo asettanut salasanan tällä linkillä, se on voimassa: kirjaudu sillä.",
        "If you have set a password by this link already, it works: sign in with it.",
    ),
    Words(
        "Jos sait useita linkkejä, käytä uusinta. Kopioi linkki kokonaan, myös kohta token= ja kaikki sen perässä.",
        "If you got several links, use the newest. Copy the whole link, with token= and what follows it.",
    ),
    Words(
        "Muuten pyydä uusi linkki siltä, joka kutsui sinut, tai ylläpitäjältä.",
        "Otherwise ask whoever invited you, or an administrator, for a new link.",
    ),
)

_DONE = Words("Salasana on asetettu", "Your password is set")
_SIGN_IN = Words(
    "Kirjaudu sähköpostiosoitteellasi ja uudella salasanallasi siinä palvelussa, jota käytät.",
    "Sign in with your e-mail address and the new password, in the service that you use.",
)
_EXPLORER = Words("Samat käyvät myös rajapinnan kokeilusivulla", "They work in the API explorer too")
_CLOSE = Words(
    "Linkkiä ei enää tarvita, eikä se toimi toista kertaa. Voit sulkea tämän sivun.",
    "The link is not needed any more and does not work again. You can close this page.",
)


class Sent(BaseModel):
    """The form as a browser sends it. What is missing is a mistake to be told on the page, so nothing is required."""

    token: str = ""
    password: str = ""
    repeat: str = ""


def mistakes(password: str, repeat: str) -> dict[str, Words]:
    """What is wrong with a password that was typed twice, by field; empty if nothing is."""
    if not password:
        return {"password": _EMPTY}
    found = {}
    if has_control_characters(password):
        found["password"] = _UNTYPED
    elif len(composed(password)) < SHORTEST:
        found["password"] = _SHORT
    elif len(composed(password)) > LONGEST:
        found["password"] = _LONG
    if repeat != password:
        found["repeat"] = _DIFFERENT if repeat else _ONCE
    return found


def form(token: str, email: str, to: Language, wrong: Mapping[str, Words] = MappingProxyType({})) -> Response:
    """The form for the account of ``email``; with mistakes, they come first and at their fields."""
    body = (
        f"{_summary(wrong, to) if wrong else ''}"
        f'<p class="account">{_FOR.to(to)} <strong>{escape(email)}</strong></p><p>{escape(_ABOUT.to(to))}</p>'
        f'<form method="post" action="/accept?lang={to}" novalidate>'  # our messages, in the language of the page
        f'<input type="hidden" name="token" value="{escape(token)}">'
        # For password managers: under which name to keep the password.
        f'<input type="email" autocomplete="username" value="{escape(email)}" readonly hidden>'
        f"{_field('password', wrong, to, _HINT)}{_field('repeat', wrong, to)}"
        f"<button>{escape(_SET.to(to))}</button></form>"
    )
    title = f"{_ERROR.to(to) if wrong else ''}{_SET.to(to)} – Perhekeskus"
    return page(
        _SET.to(to),
        body,
        to,
        title=title,
        kept={"token": token},
        status=422 if wrong else 200,
        headers=WITH_FORM,
    )


def not_valid(to: Language) -> Response:
    """The page of a link by which no password can be set, and what to do."""
    cures = "".join(f"<li>{escape(cure.to(to))}</li>" for cure in _CURES)
    body = f"<p>{escape(_WHY.to(to))}</p><h2>{_CURE.to(to)}</h2><ul>{cures}</ul>"
    title = f"{_NOT_VALID.to(to)} – Perhekeskus"
    return page(_NOT_VALID.to(to), body, to, title=title, status=410, headers=NOT_STORED)


def done(to: Language) -> Response:
    """The page that says that the password is set, and where to sign in."""
    body = (
        f'<p>{escape(_SIGN_IN.to(to))} {_EXPLORER.to(to)}: <a href="/docs">/docs</a>.</p><p>{escape(_CLOSE.to(to))}</p>'
    )
    return page(_DONE.to(to), body, to, title=f"{_DONE.to(to)} – Perhekeskus", headers=NOT_STORED)


def _summary(wrong: Mapping[str, Words], to: Language) -> str:
    """Every mistake, as a link to its field. It has the focus when the page opens, so that it is read first."""
    links = "".join(f'<li><a href="#{name}">{escape(words.to(to))}</a></li>' for name, words in wrong.items())
    return (
        f'<div class="mistakes" role="alert" tabindex="-1" autofocus><h2>{_MEND.to(to)}</h2>'
        f"<ul>{links}</ul><p>{_AGAIN.to(to)}</p></div>"
    )


def _field(name: str, wrong: Mapping[str, Words], to: Language, hint: Words | None = None) -> str:
    """A password field with its label, its hint and its mistake. What was typed is not repeated."""
    told = {}
    if hint:
        told["hint"] = f'<p class="hint" id="{name}-hint">{escape(hint.to(to))}</p>'
    if name in wrong:
        said = f"<strong>{_ERROR.to(to)}</strong>{escape(wrong[name].to(to))}"
        told["mistake"] = f'<p class="mistake" id="{name}-mistake">{said}</p>'
    described = f' aria-describedby="{" ".join(f"{name}-{part}" for part in told)}"' if told else ""
    return (
        f'<div class="field"><label for="{name}">{_LABELS[name].to(to)}</label>{"".join(told.values())}'
        f'<input type="password" id="{name}" name="{name}" autocomplete="new-password" required'
        f' aria-invalid="{"true" if name in wrong else "false"}"{described}></div>'
    )
