"""Decisions that organisations carry home: opened with the decision, carried by who sits for the organisation."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service import callers
from app.core import clock, ids, references, rows
from app.core.database import Work
from app.core.dates import faults_of_future
from app.core.errors import Conflict, Fault, Invalid, NoSuchThing, NotAllowed
from app.core.language import Words
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.models.relays import Relay, RelayState
from app.meetings.queries import relays as queries
from app.meetings.queries.decisions import DECISION, RELAY
from app.meetings.queries.meetings import IN_SHORT, MEETING
from app.meetings.schemas.relays import RelayCarrying
from app.networks.models import Network
from app.networks.service import networks

READ, WRITE = "meetings:read", "meetings:write"
BEFORE_THE_MEETING = Words(
    "Päivä on ennen kokousta, jossa asiasta päätettiin ({day}).",
    "That day is before the meeting that decided on it ({day}).",
)
CARRIED_BEFORE = Words(
    "Kokouksen päätös on viety omaan organisaatioon jo ennen päivää {day}. Tarkista päivä.",
    "An organisation has carried a decision of the meeting home before {day}. Check the day.",
)


class NotYourOrganisation(NotAllowed):
    """The caller does not sit for this organisation in the network today."""

    title = Words("Ei oma organisaatiosi", "Not your organisation")
    detail = Words(
        "Päätöksen voi kuitata omaan organisaatioon viedyksi se, jolla on tänään organisaation paikka tai varapaikka "
        "verkostossa, tai se, jolla on siihen verkostoon oikeus meetings:write.",
        "Who has a seat for this organisation in the network today, or is its deputy, can say that it was carried "
        "home; or who has meetings:write on the network.",
    )
    cure = Words(
        "Pyydä organisaatiosi edustajaa tai verkoston puheenjohtajaa tai sihteeriä kuittaamaan. Jos paikka on sinun, "
        "pyydä liittämään tunnuksesi siihen henkilöön, joka sillä istuu.",
        "Ask the member of that organisation, or the chair or secretary of the network, to say so. If the seat is "
        "yours, ask that your sign-in be linked to the person who holds it.",
    )


class RelayIsCarried(Conflict):
    """The organisation has carried the decision home already."""

    title = Words("Päätös on jo viety omaan organisaatioon", "Carried already")
    detail = Words(
        "Päätös on jo viety omaan organisaatioon {day}. Mitään ei muutettu.",
        "The organisation carried the decision home on {day} already. Nothing was changed.",
    )
    cure = Words("Lue uudestaan: GET /v1/relays/ID.", "Read it again: GET /v1/relays/ID.")


class DecisionIsCarried(Conflict):
    """Organisations have carried the decision home already."""

    title = Words("Päätöstä on jo viety omiin organisaatioihin", "Decision is carried")
    detail = Words(
        "Päätös on jo viety omaan organisaatioon; vieneitä organisaatioita on {carried}. Se jää vietäväksi.",
        "Organisations that have carried the decision home already: {carried}. It stays one to be carried.",
    )
    cure = Words(
        "Jätä to_be_carried ennalleen. Väärän päätöksen voi poistaa kokonaan.",
        "Leave to_be_carried as it is. A decision that is wrong can be removed whole.",
    )


def follow(session: Work, meeting: Meeting, decision: Decision) -> None:
    """Let a decision have the relays that it should; its meeting is locked.

    One for each organisation with a seat on the day of the meeting, if it is to be carried. What was carried stays.
    Raises DecisionIsCarried.
    """
    members = queries.organisations_in(meeting.network_id, meeting.local_start.date())
    wanted = set(session.scalars(members)) if decision.to_be_carried else set()
    stored = session.scalars(select(Relay).where(RELAY.decision_id == decision.id)).all()
    carried = sum(relay.state == RelayState.carried for relay in stored)
    if carried and not decision.to_be_carried:
        raise DecisionIsCarried(carried=carried)
    for relay in stored:
        if relay.state == RelayState.open and relay.organisation_id not in wanted:
            rows.remove(session, relay)
    missing = wanted - {relay.organisation_id for relay in stored}
    session.add_all(Relay(decision_id=decision.id, organisation_id=id) for id in sorted(missing))
    session.flush()


def follow_meeting(session: Work, meeting: Meeting) -> None:
    """Let the decisions of a meeting, which is locked and was moved, have the relays that they should."""
    query = select(Decision).where(DECISION.meeting_id == meeting.id, DECISION.to_be_carried)
    for decision in session.scalars(query.order_by(DECISION.position)).all():
        follow(session, meeting, decision)


def faults_of_move(session: Session, meeting: Meeting, day: date) -> list[Fault]:
    """What is wrong with the new day of a meeting: somebody has carried a decision of it home before."""
    earlier = select(RELAY.id).join(Decision, RELAY.decision_id == DECISION.id)
    earlier = earlier.where(DECISION.meeting_id == meeting.id, RELAY.carried_on < day).limit(1)
    told = CARRIED_BEFORE.about(day=day)
    return [Fault("carried-before-then", told, pointer="/local_start")] if session.scalar(earlier) else []


def remove_all(session: Work, decision: Decision) -> None:
    """Take the relays of a decision away; its meeting is locked."""
    for relay in session.scalars(select(Relay).where(RELAY.decision_id == decision.id)).all():
        rows.remove(session, relay)


def seen_by(session: Session, caller: Caller) -> ColumnElement[bool]:
    """Relays that a caller may see: where they read meetings, and those of organisations for which they sit today."""
    return or_(
        networks.reachable(session, caller, READ, MEETING.network_id), queries.sits_for(caller.id, clock.today())
    )


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.relays`` as an answer."""
    return {
        **row._mapping,
        "organisation": references.shown(row._mapping, "organisation"),
        "decision": {"id": row.decision_id, "text": row.text, "due_on": row.due_on},
        "meeting": references.shown(row._mapping, "meeting", IN_SHORT),
        "network": references.shown(row._mapping, "network"),
    }


def seen(session: Session, reference: str, caller: Caller) -> dict[str, Any]:
    """A relay that a caller may see, as an answer. Raises NoSuchThing."""
    return listed(_found(session, reference, seen_by(session, caller)))


def _found(session: Session, reference: str, seen: ColumnElement[bool]) -> Any:
    row = session.execute(queries.relays(seen=seen).where(RELAY.id == ids.as_uuid(reference))).first()
    if row is None:
        raise NoSuchThing(kind="relay")
    return row


def shown(session: Session, relay: Relay) -> dict[str, Any]:
    """A relay as an answer to who has written it."""
    return listed(session.execute(queries.relays().where(RELAY.id == relay.id)).one())


def to_carry(session: Work, reference: str, caller: Caller) -> Relay:
    """A relay that a caller may carry, with the meeting locked.

    Raises NoSuchThing, NotYourOrganisation, TokenNotAccepted.
    """
    now = callers.known_now(session, caller)
    found = _found(session, reference, seen_by(session, now))
    rows.find(session, Meeting, found.meeting_id, lock=True)
    chain = networks.chain_above(session, session.get_one(Network, found.network_id))
    own = queries.relays(seen=queries.sits_for(now.id, clock.today())).where(RELAY.id == found.id)
    if not now.may(WRITE, chain) and session.execute(own).first() is None:
        raise NotYourOrganisation()
    return rows.find(session, Relay, found.id)


def carry(session: Work, relay: Relay, write: RelayCarrying) -> Relay:
    """Say that an organisation has carried a decision home; the meeting is locked. Raises Invalid, RelayIsCarried."""
    carried_on = write.carried_on or clock.today()
    faults, met_on = faults_of_future(carried_on, "/carried_on"), _day_of(session, relay)
    if carried_on < met_on:
        faults.append(Fault("before-the-meeting", BEFORE_THE_MEETING.about(day=met_on), pointer="/carried_on"))
    if faults:
        raise Invalid(faults=faults)
    if relay.state == RelayState.carried:
        raise RelayIsCarried(day=relay.carried_on)
    rows.apply(relay, {"state": RelayState.carried, "carried_on": carried_on, "note": write.note})
    session.flush()
    return relay


def _day_of(session: Session, relay: Relay) -> date:
    query = select(MEETING.local_start).join(Decision, DECISION.meeting_id == MEETING.id)
    return session.execute(query.where(DECISION.id == relay.decision_id)).scalar_one().date()  # type: ignore[no-any-return]
