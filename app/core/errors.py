"""The kinds of refusal. Rooms subclass a kind; ``problems`` turns kinds into HTTP and exit codes.

Refusal
  x Malformed        the body can't be read at all (not I-JSON, not a text file)
  x TooLarge         the body is larger than this door takes
  x WrongType        the body is of a media type that this door does not take
  x NotSignedIn      no caller, or one that can't be believed
  x NotAllowed       known caller, missing scope
  x NotFound         no such thing, or not one you may see
  x Conflict         true request, wrong moment (taken name, closed month)
  x Gone             it was there, and is no more (a spent link)
  x Unconditional    a change that does not say which version it changes
  x Stale            someone changed it after you read it
  x RuleBroken       the request breaks a rule; ``faults`` point at the places
  x TooMany          too often; wait as told
  x Unavailable      the database does not answer now
  x Full             there is no room to store more
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from app.core.language import Words


@dataclass(frozen=True)
class Fault:
    """One place of a request that breaks a rule, and what to do about it.

    ``pointer`` is a JSON pointer into the body, ``parameter`` a query, path or header name,
    ``row`` and ``column`` a cell of a file (the header is row 1). Give one of the three.
    """

    code: str
    detail: Words
    pointer: str | None = None
    parameter: str | None = None
    row: int | None = None
    column: str | None = None

    def at(self, **place: Any) -> "Fault":
        """The same fault, placed."""
        return replace(self, **place)


class Refusal(Exception):
    """A request that was understood and turned down: what, which value, what to do next.

    A subclass states its ``title``, its ``detail`` (with ``{facts}``) and its ``cure``, in every
    language. They are the problem document and the page behind its ``type``.
    """

    title: ClassVar[Words]
    detail: ClassVar[Words]
    cure: ClassVar[Words]

    def __init__(self, *, faults: Sequence[Fault] = (), retry_after_s: int | None = None, **facts: Any) -> None:
        self.words = self.detail.about(**facts)
        self.faults = tuple(faults)
        self.retry_after_s = retry_after_s
        super().__init__(self.words.en)


class Malformed(Refusal): ...


class TooLarge(Refusal): ...


class WrongType(Refusal): ...


class NotSignedIn(Refusal): ...


class NotAllowed(Refusal): ...


class NotFound(Refusal): ...


class Conflict(Refusal): ...


class Gone(Refusal): ...


class Unconditional(Refusal): ...


class Stale(Refusal): ...


class RuleBroken(Refusal): ...


class TooMany(Refusal): ...


class Unavailable(Refusal): ...


class Full(Refusal): ...


class NoSuchThing(NotFound):
    """Nothing is stored under that id or slug."""

    title = Words("Ei löydy", "Not found")
    detail = Words(
        "Kohdetta ({kind}) ei ole tällä tunnisteella.",
        "There is no {kind} with this id or slug.",
    )
    cure = Words(
        "Tarkista tunniste. Luettelo samassa polussa ilman tunnistetta näyttää, mitä on olemassa.",
        "Check the id. The list at the same path without an id shows what exists.",
    )


class ChangedMeanwhile(Stale):
    """Someone changed the thing after you read it."""

    title = Words("Joku ehti muuttaa tätä", "Changed meanwhile")
    detail = Words(
        "Kohteen versio on nyt {version}, ja muutoksesi koskee toista versiota. Lue kohde uudestaan ja yritä sitten.",
        "The version is {version} now and your change was made to another. Read it again, then retry.",
    )
    cure = Words(
        "Lue kohde uudestaan, tee muutos uuteen versioon ja lähetä sen ETag otsakkeessa If-Match.",
        "Read the thing again, redo your change on it, and send its ETag in If-Match.",
    )


class TakenMeanwhile(Conflict):
    """Someone else stored the same thing at the same moment."""

    title = Words("Joku ehti ensin", "Taken meanwhile")
    detail = Words(
        "Joku muu tallensi saman nimen tai tunnuksen juuri äsken. Mitään ei tallennettu. "
        "Lue uudestaan ja yritä sitten.",
        "Someone else stored the same name or id a moment ago. Nothing was stored. Read again, then retry.",
    )
    cure = Words(
        "Katso, mitä on tallennettu, ja lähetä pyyntö uudestaan.", "See what is stored, and send the request again."
    )


class GoneMeanwhile(Conflict):
    """Something that the request names was taken away at the same moment."""

    title = Words("Joku ehti poistaa sen", "Gone meanwhile")
    detail = Words(
        "Jokin, mihin pyyntö viittaa, poistettiin juuri äsken. Mitään ei tallennettu. Lue uudestaan ja yritä sitten.",
        "Something that the request names was taken away a moment ago. Nothing was stored. Read again, then retry.",
    )
    cure = Words(
        "Katso, mitä on tallennettu, ja lähetä pyyntö ilman poistettua.",
        "See what is stored, and send the request without what is gone.",
    )


class VersionNotStated(Unconditional):
    """A change must say which version it changes."""

    title = Words("Versio puuttuu", "Version not stated")
    detail = Words(
        "Muutos tarvitsee otsakkeen If-Match, jossa on lukemasi version ETag.",
        "A change needs the header If-Match with the ETag of the version that you read.",
    )
    cure = Words(
        'Lue kohde GET-pyynnöllä ja lähetä vastauksen ETag otsakkeessa If-Match. Pelkkä "v3" riittää.',
        'GET the thing and send the ETag of the answer in If-Match. "v3" alone is enough.',
    )


class Invalid(RuleBroken):
    """The request has values that can't be accepted; ``errors`` names each place."""

    title = Words("Pyynnössä on virheitä", "Invalid request")
    detail = Words(
        "Pyyntöä ei hyväksytty. Kohdat, jotka pitää korjata, ovat luettelossa errors.",
        "The request was not accepted. The places to mend are listed in errors.",
    )
    cure = Words(
        "Korjaa jokainen luettelon errors kohta ja lähetä pyyntö uudestaan. Mitään ei tallennettu.",
        "Mend each place listed in errors and send the request again. Nothing was stored.",
    )


class NotIJson(Malformed):
    """The body is not I-JSON."""

    title = Words("Pyynnön sisältö ei ole JSONia", "Not readable as JSON")
    detail = Words(
        "Sisältö ei ole I-JSONia (RFC 7493): {why.fi}.",
        "The body is not I-JSON (RFC 7493): {why.en}.",
    )
    cure = Words(
        "Lähetä JSON UTF-8-muodossa: kukin avain kerran, ei NUL-merkkejä, luvut äärellisiä.",
        "Send JSON in UTF-8: each key once, no NUL characters, finite numbers.",
    )


class BodyTooLarge(TooLarge):
    """The body is larger than this address takes."""

    title = Words("Pyyntö on liian suuri", "Body too large")
    detail = Words("Tähän osoitteeseen mahtuu enintään {most} tavua.", "This address takes at most {most} bytes.")
    cure = Words("Jaa sisältö pienempiin osiin.", "Split the content into smaller parts.")


class MediaTypeNotTaken(WrongType):
    """The body is of a media type that this address does not take."""

    title = Words("Väärä sisältötyyppi", "Media type not taken")
    detail = Words("Tämä osoite ottaa vastaan: {taken}.", "This address takes: {taken}.")
    cure = Words(
        "Anna otsakkeessa Content-Type jokin luetelluista tyypeistä ja lähetä sisältö siinä muodossa.",
        "Name one of the listed types in Content-Type and send the body in that form.",
    )


class DatabaseUnavailable(Unavailable):
    """The database does not answer now."""

    title = Words("Tietokanta ei vastaa", "Database unavailable")
    detail = Words(
        "Tietokanta ei vastaa juuri nyt. Mitään ei tallennettu. Yritä hetken kuluttua uudestaan.",
        "The database does not answer at the moment. Nothing was stored. Try again in a moment.",
    )
    cure = Words(
        "Odota otsakkeen Retry-After verran ja yritä uudestaan. "
        "Ylläpitäjä: katso /health/ready ja `perhekeskus doctor`.",
        "Wait as Retry-After says, then retry. Operators: see /health/ready and `perhekeskus doctor`.",
    )


class StorageFull(Full):
    """There is no room to store more."""

    title = Words("Tallennustila on lopussa", "Storage full")
    detail = Words(
        "Tallennustila on lopussa. Mitään ei tallennettu. Ilmoita ylläpitäjälle.",
        "There is no room left to store more. Nothing was stored. Tell the operator.",
    )
    cure = Words("Ylläpitäjä: vapauta levytilaa. Lukeminen toimii.", "Operators: free disk space. Reading works.")


def all_refusals() -> dict[str, type[Refusal]]:
    """Every refusal that can be raised, by code, sorted: what the problem pages list."""

    def below(kind: type[Refusal]) -> list[type[Refusal]]:
        return [kind, *(deeper for sub in kind.__subclasses__() for deeper in below(sub))]

    return dict(sorted((code_of(r), r) for r in below(Refusal) if "title" in vars(r)))


def code_of(refusal: type[Refusal]) -> str:
    """``MonthIsClosed`` -> ``month-is-closed``: what a client switches on. A released code never changes."""
    name = refusal.__name__.replace("IJson", "Json")
    return "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
