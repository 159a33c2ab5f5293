"""``/v1/draft-documents``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.draft_documents import DraftDocument
from app.meetings.queries import draft_documents as queries
from app.meetings.queries.draft_documents import DRAFT
from app.meetings.schemas.draft_documents import (
    DraftDocumentDeciding,
    DraftDocumentHandling,
    DraftDocumentPatch,
    DraftDocumentShown,
    DraftDocumentWrite,
)
from app.meetings.service import draft_documents
from app.meetings.service.draft_documents import DocumentIsDecided, DocumentIsHandled
from app.networks.service import networks

router = room("/draft-documents", "meetings")
Preparer = Annotated[Caller, Needs("meetings:write", at="draft_document")]
DraftId = Annotated[str, Path(max_length=36, description="Id of the document.")]
ONE = "/{draft_document}"
OF_A_CHANGE = (NoSuchThing, ChangedMeanwhile, VersionNotStated)


def _to_change(draft_document: DraftId, session: WriteSession, if_match: IfMatch) -> DraftDocument:
    found = rows.find(session, DraftDocument, draft_document, lock=True)
    rows.must_match(found, if_match)
    return found


Changed = Annotated[DraftDocument, Depends(_to_change)]


@router.get("", response_model=Page[DraftDocumentShown])
def list_draft_documents(
    caller: Annotated[Caller, Needs("meetings:read")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: Annotated[str | None, Query(max_length=80, description="Only of this network (id or slug).")] = None,
    sort: Annotated[
        queries.Sorted, Query(description="By when they are to be decided on; with `-`: the last one first.")
    ] = "to_be_decided_on",
) -> Any:
    """Documents that networks handle before they are decided on elsewhere.

    Those of networks where you have `meetings:read`.
    """
    of = networks.resolved(session, network, parameter="network").id if network else None
    reachable = networks.reachable(session, caller, "meetings:read", DRAFT.network_id)
    found = queries.by_decision(queries.drafts(reachable=reachable, network_id=of), sort)
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [draft_documents.listed(row) for row in page["items"]]}


@router.post("", status_code=201, response_model=DraftDocumentShown, responses=answers(OutOfReach))
def add_draft_document(
    caller: Annotated[Caller, Needs("meetings:write")],
    session: WriteSession,
    write: DraftDocumentWrite,
    response: Response,
) -> Any:
    """Add a document that a network, on which you have the scope, is to handle."""
    document = draft_documents.add(session, write, caller)
    response.headers["Location"] = f"/v1/draft-documents/{document.id}"
    return draft_documents.shown(session, document)


@router.get(ONE, response_model=DraftDocumentShown, responses=answers(NoSuchThing))
def read_draft_document(
    _: Annotated[Caller, Needs("meetings:read", at="draft_document")],
    session: SnapshotSession,
    draft_document: DraftId,
) -> Any:
    """A document that a network handles before it is decided on elsewhere."""
    return draft_documents.shown(session, rows.find(session, DraftDocument, draft_document))


@router.patch(ONE, response_model=DraftDocumentShown, responses=answers(*OF_A_CHANGE))
def change_draft_document(
    _: Preparer, session: WriteSession, draft_document: Changed, patch: DraftDocumentPatch
) -> Any:
    """Change the named fields of a document (merge patch, RFC 7396)."""
    return draft_documents.shown(session, draft_documents.change(session, draft_document, patch))


@router.delete(ONE, status_code=204, responses=answers(*OF_A_CHANGE))
def remove_draft_document(_: Preparer, session: WriteSession, draft_document: Changed) -> None:
    """Take a document away."""
    rows.remove(session, draft_document)


@router.post(ONE + "/handle", response_model=DraftDocumentShown, responses=answers(*OF_A_CHANGE, DocumentIsHandled))
def handle_draft_document(
    _: Preparer, session: WriteSession, draft_document: Changed, write: DraftDocumentHandling
) -> Any:
    """Say in which meeting of the network a document was handled.

    Once; the meeting was held.
    """
    return draft_documents.shown(session, draft_documents.handle(session, draft_document, write.meeting))


@router.post(ONE + "/decide", response_model=DraftDocumentShown, responses=answers(*OF_A_CHANGE, DocumentIsDecided))
def decide_draft_document(
    _: Preparer, session: WriteSession, draft_document: Changed, write: DraftDocumentDeciding
) -> Any:
    """Say on which day a document was decided on, whether handled or not.

    Once.
    """
    return draft_documents.shown(session, draft_documents.decide(session, draft_document, write.decided_on))
