"""``/v1/persons``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import KindsDep, Needs
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.accounts.service.grants import WiderThanYourOwn
from app.areas import service as areas
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.organisations import queries
from app.organisations.models import Person
from app.organisations.schemas import PersonExport, PersonPatch, PersonShown, PersonWrite
from app.organisations.service import erasure, organisations, persons
from app.organisations.service.persons import SignInIsLinked, WorkEmailTaken

router = room("/persons", "persons")
ReaderThere = Annotated[Caller, Needs("persons:read", at="person")]
WriterThere = Annotated[Caller, Needs("persons:write", at="person")]
PersonId = Annotated[str, Path(alias="person", max_length=36, description="Id of the person.")]


def _to_read(person: PersonId, session: SnapshotSession) -> Person:
    return rows.find(session, Person, person)


def _to_change(caller: WriterThere, person: PersonId, session: WriteSession, if_match: IfMatch) -> Person:
    found = rows.find(session, Person, person, lock=True)
    persons.must_be_seen(session, caller, found)
    rows.must_match(found, if_match)
    return found


def _to_erase(caller: WriterThere, person: PersonId, session: WriteSession, if_match: IfMatch) -> Person:
    found = erasure.held(session, person)
    persons.must_be_seen(session, caller, found)
    rows.must_match(found, if_match)
    return found


@router.get("", response_model=Page[PersonShown])
def list_persons(
    caller: Annotated[Caller, Needs("persons:read")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: Annotated[
        str | None, Query(max_length=80, description="Only of organisations in this area (id or slug) and below it.")
    ] = None,
    organisation: Annotated[str | None, Query(max_length=80, description="Only of this one (id or slug).")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Only those with this in name or address.")] = None,
    retention_before: Annotated[
        AnyDay | None, Query(description="Only those who are to be stored until a day before this.")
    ] = None,
) -> Any:
    """The persons whom networks name, by name.

    You see those whose organisation lies where you have `persons:read`.
    """
    found = queries.persons(
        reachable=persons.reachable(session, caller, "persons:read"),
        inside=areas.resolved(session, area, parameter="area") if area else None,
        organisation_id=organisations.resolved(session, organisation, parameter="organisation").id
        if organisation
        else None,
        named=q,
        retention_before=retention_before,
    )
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [queries.as_person(row) for row in page["items"]]}


@router.post(
    "",
    status_code=201,
    response_model=PersonShown,
    responses=answers(OutOfReach, WiderThanYourOwn, WorkEmailTaken, SignInIsLinked),
)
def add_person(
    caller: Annotated[Caller, Needs("persons:write")],
    session: WriteSession,
    kinds: KindsDep,
    write: PersonWrite,
    response: Response,
) -> Any:
    """Add a person of an organisation where you have the scope.

    Only as long as networks must name them, and never families or young people. The public sees the name of who
    has agreed to that (`is_public`, `consented_on`), and never the address.
    """
    person = persons.add(session, kinds, caller, write)
    response.headers["Location"] = f"/v1/persons/{person.id}"
    return persons.shown(session, person.id)


@router.get("/{person}", response_model=PersonShown, responses=answers(NoSuchThing))
def read_person(_: ReaderThere, session: SnapshotSession, person: Annotated[Person, Depends(_to_read)]) -> Any:
    """A person."""
    return persons.shown(session, person.id)


@router.patch(
    "/{person}",
    response_model=PersonShown,
    responses=answers(
        NoSuchThing, ChangedMeanwhile, VersionNotStated, OutOfReach, WiderThanYourOwn, WorkEmailTaken, SignInIsLinked
    ),
)
def change_person(
    caller: WriterThere,
    session: WriteSession,
    kinds: KindsDep,
    person: Annotated[Person, Depends(_to_change)],
    patch: PersonPatch,
) -> Any:
    """Change the named fields of a person (merge patch, RFC 7396).

    Takes `persons:read` there too. `user` says whose sign-in it is: the rights of the person's seats open for it,
    and end for the one before. That takes `users:write` there, that you see the user, and that you could give each
    of those rights. `is_public: false` withdraws the consent to be named.
    """
    return persons.shown(session, persons.change(session, kinds, caller, person, patch).id)


@router.delete(
    "/{person}",
    status_code=204,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, WiderThanYourOwn),
)
def erase_person(
    caller: WriterThere, session: WriteSession, kinds: KindsDep, person: Annotated[Person, Depends(_to_erase)]
) -> None:
    """Erase a person everywhere.

    Takes `persons:read` there too, and that you could give the rights of their seats. Their seats end and name
    nobody, the rights of these end at once, and import reports and stored answers that quote the name or the address
    lose it. The trail keeps who changed what, without values. Free texts that people wrote are not searched, and the
    sign-in, if there is one, goes on: `PATCH /v1/users/{id}` puts it out of use.
    """
    erasure.erase(session, kinds, caller, person)


@router.get("/{person}/export", response_model=PersonExport, responses=answers(NoSuchThing))
def export_person(
    caller: WriterThere, session: SnapshotSession, kinds: KindsDep, person: Annotated[Person, Depends(_to_read)]
) -> Any:
    """All that is stored on a person.

    Their own row, the sign-in, the rights of their seats; then each row that names them (seats, evaluations) or
    quotes them (import reports), without what it says of other people.
    """
    return erasure.export(session, kinds, caller, person)
