"""Documents that networks handle before they are decided on elsewhere."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service.callers import must_reach
from app.core import clock, references, rows
from app.core.database import Work
from app.core.dates import faults_of_future
from app.core.errors import Conflict, Fault, Invalid
from app.core.language import Words
from app.meetings import rules
from app.meetings.models.draft_documents import DraftDocument
from app.meetings.models.meetings import MeetingStatus
from app.meetings.queries import draft_documents as queries
from app.meetings.queries.draft_documents import DRAFT
from app.meetings.queries.meetings import IN_SHORT, MEETING
from app.meetings.schemas.draft_documents import DraftDocumentFacts, DraftDocumentPatch, DraftDocumentWrite
from app.meetings.service.meetings import WRITE
from app.networks.models import Network
from app.networks.service import networks
from app.organisations.service import organisations

NOT_HELD_BY_IT = Words(
    "Verkostolla ei ole tällaista pidettyä kokousta. Merkitse kokous ensin pidetyksi (POST .../hold).",
    "The network has held no such meeting. Say first that it was held (POST .../hold).",
)


class DocumentIsHandled(Conflict):
    """The network has handled the document already."""

    title = Words("Asiakirja on jo käsitelty", "Document is handled")
    detail = Words(
        "Verkosto on jo käsitellyt asiakirjan. Mitään ei muutettu.",
        "The network has handled the document already. Nothing was changed.",
    )
    cure = Words("Lue asiakirja uudestaan.", "Read the document again.")


class DocumentIsDecided(Conflict):
    """The document was decided on already."""

    title = Words("Asiakirjasta on jo päätetty", "Document is decided on")
    detail = Words(
        "Asiakirjasta päätettiin jo {day}. Mitään ei muutettu.",
        "The document was decided on on {day} already. Nothing was changed.",
    )
    cure = Words("Lue asiakirja uudestaan.", "Read the document again.")


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.drafts`` as an answer: how it stands today."""
    found = row._mapping
    handled_in = references.shown(found, "handled_in", IN_SHORT)
    state = rules.draft_state(
        to_be_decided_on=row.to_be_decided_on,
        handled_on=row.handled_in_local_start.date() if handled_in else None,
        decided_on=row.decided_on,
        today=clock.today(),
    )
    network, decides = (references.shown(found, which) for which in ("network", "decided_by"))
    return {**found, "network": network, "decided_by": decides, "handled_in": handled_in, "state": state}


def shown(session: Session, document: DraftDocument) -> dict[str, Any]:
    """A draft document as an answer."""
    return listed(session.execute(queries.drafts().where(DRAFT.id == document.id)).one())


def add(session: Work, write: DraftDocumentWrite, caller: Caller) -> DraftDocument:
    """Add a document that a network is to handle. Raises Invalid, OutOfReach."""
    network = networks.resolved(session, write.network, pointer="/network")
    must_reach(caller, WRITE, networks.chain_above(session, network))
    return rows.add(session, DraftDocument(network_id=network.id, **_facts(session, network, write)))


def change(session: Work, document: DraftDocument, patch: DraftDocumentPatch) -> DraftDocument:
    """Change what ``patch`` names of a document. Raises Invalid."""
    whole = rows.merged(document, patch, DraftDocumentFacts, decided_by=str(document.decided_by_id))
    rows.apply(document, _facts(session, session.get_one(Network, document.network_id), whole))
    session.flush()
    return document


def handle(session: Work, document: DraftDocument, meeting_id: uuid.UUID) -> DraftDocument:
    """Say in which meeting a document was handled, once; it is locked. Raises Invalid, DocumentIsHandled."""
    held = select(MEETING.id).where(
        MEETING.id == meeting_id,
        MEETING.network_id == document.network_id,
        MEETING.status == MeetingStatus.held,
    )
    if session.scalar(held) is None:
        raise Invalid(faults=[Fault("not-held-by-it", NOT_HELD_BY_IT, pointer="/meeting")])
    if document.handled_in_id is not None:
        raise DocumentIsHandled()
    rows.apply(document, {"handled_in_id": meeting_id})
    session.flush()
    return document


def decide(session: Work, document: DraftDocument, decided_on: date) -> DraftDocument:
    """Say when a document was decided on, once; it is locked. Raises Invalid, DocumentIsDecided."""
    if faults := faults_of_future(decided_on, "/decided_on"):
        raise Invalid(faults=faults)
    if document.decided_on is not None:
        raise DocumentIsDecided(day=document.decided_on)
    rows.apply(document, {"decided_on": decided_on})
    session.flush()
    return document


def _facts(session: Session, network: Network, whole: DraftDocumentFacts) -> dict[str, Any]:
    decides = organisations.of_county(session, network.county_id, whole.decided_by, "/decided_by")
    return {"title": whole.title, "decided_by_id": decides.id, "to_be_decided_on": whole.to_be_decided_on}
