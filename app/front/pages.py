"""Plain pages for people: no script, no request to anywhere else."""

from collections.abc import Mapping
from html import escape
from importlib import resources
from types import MappingProxyType
from urllib.parse import urlencode

from fastapi import Response

from app.core.errors import Refusal, all_refusals
from app.core.language import Language, Words
from app.core.problems import status_of

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_EXPLORERS = "script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'"

_ABOUT = Words(
    "Avoin taustajärjestelmä perhekeskusverkostoille: alueet, kohtaamispaikat, kävijätilastot ja indikaattorit "
    "versioituna JSON-rajapintana. Julkiset tiedot saa lukea ilman tunnusta.",
    "The open backend of family-centre networks: areas, meeting places, visit statistics and indicators "
    "as a versioned JSON API. Public data can be read without an account.",
)
_LINKS: tuple[tuple[str, Words], ...] = (
    ("/plan", Words("Toteutuuko suunnitelma", "Is the plan kept")),
    ("/docs", Words("Kokeile rajapintaa selaimessa", "Try the API in the browser")),
    ("/v1", Words("Kaikki osoitteet", "Every address")),
    ("/v1/meeting-places", Words("Kohtaamispaikat", "Meeting places")),
    (
        "/v1/visit-summaries?by=month&group=municipality",
        Words("Käynnit kunnittain ja kuukausittain", "Visits by municipality and month"),
    ),
    ("/v1/indicators", Words("Indikaattorit", "Indicators")),
    ("/openapi.json", Words("Rajapinnan kuvaus (OpenAPI 3.1)", "The contract (OpenAPI 3.1)")),
    ("/problems", Words("Virheilmoitukset selityksineen", "Every problem, explained")),
)
_PROBLEMS = Words("Virheilmoitukset", "Problems")
_CURE = Words("Mitä tehdä", "What to do")
_HOME = Words("Etusivu", "Start")
_OTHER = Words("In English", "Suomeksi")


def start(to: Language) -> Response:
    """The first page: what this is, and the first calls."""
    links = "".join(
        f'<li><a href="{escape(href)}">{escape(words.to(to))}</a><code>{escape(href)}</code></li>'
        for href, words in _LINKS
    )
    return page("Perhekeskus", f"<p>{escape(_ABOUT.to(to))}</p><ul class='links'>{links}</ul>", to)


def problem(code: str, refusal: type[Refusal], to: Language) -> Response:
    """The page behind the ``type`` of a problem."""
    detail = (refusal.__doc__ or "").splitlines()[0] if to == "en" else ""
    body = (
        f"<p><code>{code}</code> · HTTP {status_of(refusal)}</p>"
        + (f"<p>{escape(detail)}</p>" if detail else "")
        + f"<h2>{_CURE.to(to)}</h2><p>{escape(refusal.cure.to(to))}</p>"
        + f'<p><a href="/problems">{_PROBLEMS.to(to)}</a></p>'
    )
    return page(refusal.title.to(to), body, to)


def problems(to: Language) -> Response:
    """Every problem, listed."""
    rows = "".join(
        f'<li><a href="/problems/{code}">{escape(refusal.title.to(to))}</a><code>{code}</code></li>'
        for code, refusal in all_refusals().items()
    )
    return page(_PROBLEMS.to(to), f"<ul class='links'>{rows}</ul>", to)


def explorer() -> Response:
    """The OpenAPI explorer, with everything from this server."""
    return _html(
        _asset("explorer.html").decode(),
        "en",
        headers={"Content-Security-Policy": POLICY.replace("style-src 'self'", _EXPLORERS)},
    )


def asset(name: str) -> bytes:
    """One of the product's own assets: ``pages.css``, ``explorer.js``."""
    return _asset(name)


def _asset(name: str) -> bytes:
    return resources.files("app.front").joinpath("assets", name).read_bytes()


def page(
    heading: str,
    body: str,
    to: Language,
    *,
    title: str = "",
    kept: Mapping[str, str] = MappingProxyType({}),
    status: int = 200,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """A whole page around ``body``, which is HTML.

    ``title`` is for the tab, where it is not the heading; ``kept`` are parameters that stay when the language changes.
    """
    other = "en" if to == "fi" else "fi"
    switch = escape(urlencode({**kept, "lang": other}))
    return _html(
        f'<!doctype html><html lang="{to}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/assets/pages.css">'
        f'<link rel="icon" href="data:,"><title>{escape(title or heading)}</title></head>'
        f'<body><header><a href="/">{_HOME.to(to)}</a>'
        f'<a href="?{switch}" lang="{other}" hreflang="{other}">{_OTHER.to(to)}</a></header>'
        f"<main><h1>{escape(heading)}</h1>{body}</main></body></html>",
        to,
        status=status,
        headers=headers,
    )


def _html(text: str, to: str, *, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})) -> Response:
    always = {"Content-Security-Policy": POLICY, "Content-Language": to, "Cache-Control": "no-cache"}
    return Response(text, status, {**always, **headers}, "text/html; charset=utf-8")
