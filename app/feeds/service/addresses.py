"""Secret addresses of calendars: made, listed, revoked."""

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from app.accounts import opaque
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import references, rows
from app.core.database import Work
from app.core.errors import Conflict, NoSuchThing, NotAllowed
from app.core.language import Words
from app.feeds import queries
from app.feeds.models import CalendarAddress
from app.feeds.queries import ADDRESS
from app.feeds.schemas import CalendarAddressWrite
from app.networks.service import networks

MOST_ADDRESSES = 50  # of a person


class NotAPerson(NotAllowed):
    """Only people have secret addresses of calendars; a machine reads with its token."""

    title = Words("Vain henkilöille", "Only for people")
    detail = Words(
        "Salainen kalenteriosoite kuuluu henkilölle. Kone lukee tiedot omalla tunnisteellaan.",
        "A secret address of a calendar belongs to a person. A machine reads with its own token.",
    )
    cure = Words(
        "Kirjaudu henkilönä, tai lue kokoukset koneen tunnisteella: GET /v1/meetings.",
        "Sign in as a person, or read meetings with the machine's token: GET /v1/meetings.",
    )


class TooManyAddresses(Conflict):
    """Somebody has as many addresses as they can have."""

    title = Words("Osoitteita on liikaa", "Too many addresses")
    detail = Words("Sinulla on jo {most} kalenteriosoitetta.", "You have {most} addresses of calendars already.")
    cure = Words(
        "Poista osoite, jota et käytä: GET ja DELETE /v1/calendar-addresses.",
        "Revoke one that you do not use: GET and DELETE /v1/calendar-addresses.",
    )


def must_be_a_person(caller: Caller) -> None:
    """Refuse machines. Raises NotAPerson."""
    if caller.kind != "user":
        raise NotAPerson()


def make(session: Work, caller: Caller, write: CalendarAddressWrite) -> tuple[CalendarAddress, str]:
    """A secret address, and its secret, which is stored nowhere. Raises NotAPerson, TooManyAddresses, Invalid."""
    must_be_a_person(caller)
    if session.execute(select(func.count()).where(ADDRESS.user_id == caller.id)).scalar_one() >= MOST_ADDRESSES:
        raise TooManyAddresses(most=MOST_ADDRESSES)
    secret = opaque.made()
    made = CalendarAddress(user_id=caller.id, digest=opaque.digest(secret), name=write.name)
    if write.of == "network" and write.id:
        made.network_id = networks.resolved(session, write.id, pointer="/id").id
    elif write.of == "area" and write.id:
        made.area_id = areas.resolved(session, write.id, pointer="/id")
    return rows.add(session, made), secret


def own(session: Session, caller: Caller, reference: str, *, lock: bool = False) -> CalendarAddress:
    """An address of the caller. Raises NotAPerson, and NoSuchThing for that of somebody else."""
    must_be_a_person(caller)
    found = rows.find(session, CalendarAddress, reference, lock=lock)
    if found.user_id != caller.id:
        raise NoSuchThing(kind=CalendarAddress.__tablename__)
    return found


def behind(session: Session, secret: str) -> CalendarAddress:
    """The address that has this secret. Raises NoSuchThing, whatever is wrong with it."""
    found = session.scalars(select(CalendarAddress).where(ADDRESS.digest == opaque.digest(secret))).first()
    if found is None:
        raise NoSuchThing(kind=CalendarAddress.__tablename__)
    return found


def read(session: Session, caller: Caller, address_id: uuid.UUID) -> dict[str, Any]:
    """An address of the caller as an answer."""
    return shown(session.execute(queries.addresses(caller.id).where(ADDRESS.id == address_id)).one())


def shown(row: Any) -> dict[str, Any]:
    """A row of ``queries.addresses`` as an answer."""
    of = "network" if row.network_id else "area" if row.area_id else "me"
    thing = references.shown(row._mapping, of) if of != "me" else None
    return {**row._mapping, "of": of, "thing": thing}
