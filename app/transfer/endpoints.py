"""``/v1/imports``"""

import tempfile
from typing import IO, Annotated, Any

from fastapi import Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from app.accounts.needs import Needs
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.core import language
from app.core.database import DatabaseDep, HeldKey, ReadSession, Turn
from app.core.errors import BodyTooLarge
from app.core.idempotency import Key
from app.core.problems import answers
from app.core.route import must_be, room
from app.transfer import service, table_files, workbooks
from app.transfer.kinds import OnDifferent
from app.transfer.reports import Mode
from app.transfer.schemas import ImportAnswer
from app.transfer.service import Options

router = room("/imports", "imports")
CSV = "text/csv"
IN_MEMORY = 1 << 20
CONTENT = {
    CSV: {"schema": {"type": "string"}},
    workbooks.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}},
}
FILE_BODY = {"requestBody": {"required": True, "content": CONTENT}}


async def _file(request: Request) -> Any:
    """The body in a temporary file, whatever its size. Raises MediaTypeNotTaken, BodyTooLarge."""
    must_be(request, (CSV, workbooks.MEDIA_TYPE))
    most = request.app.state.settings.import_max_mib << 20
    key: Key | None = request.scope["state"].get("key")
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise BodyTooLarge(most=most)
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > most:
                raise BodyTooLarge(most=most)
            if key is not None:
                key.covers(part)
            await run_in_threadpool(file.write, part) if size > IN_MEMORY else file.write(part)
        yield file


@router.post(
    "/{kind_or_id}",
    response_model=ImportAnswer,
    openapi_extra=FILE_BODY,
    responses=answers(service.NoSuchKind, OutOfReach, table_files.FileNotReadable, table_files.ColumnsMissing),
)
def import_file(
    caller: Annotated[Caller, Needs("imports:write")],
    request: Request,
    database: DatabaseDep,
    kind: Annotated[
        str,
        Path(
            alias="kind_or_id",
            max_length=40,
            description="What the file holds: " + ", ".join(f"`{k}`" for k in service.KINDS),
        ),
    ],
    file: Annotated[IO[bytes], Depends(_file)],
    key: HeldKey,  # after the file, which it covers
    _: Turn,  # after the file: who sends slowly keeps nobody from writing
    dry_run: Annotated[bool, Query(description="Do all the work, report it, and store nothing.")] = False,
    mode: Annotated[Mode, Query(description="`atomic`: all rows or none. `partial`: the good rows.")] = "atomic",
    on_different: Annotated[
        OnDifferent, Query(description="What to do where a row differs from what is stored.")
    ] = "update",
) -> Any:
    """Import a CSV file or an Excel workbook: the body is the file itself.

    Of a workbook (XLSX) the first sheet is read.
    `curl --data-binary @visits.csv -H 'Content-Type: text/csv' ...`. Finnish Excel's files are read as they
    are: byte order mark, `;`, decimal comma, `12.3.2026`, Windows-1252. The answer is 200 whenever the file
    was processed, and says of each row that needs a look what became of it. The same file again changes nothing.

    `members` (seats of networks and who holds them) takes `seats:write` on the network of each row, and
    `persons:write` on the organisation of somebody new. `visits` takes `visits:write` on the place of each row,
    `indicator-values` and `sotkanet` take `indicators:write` on everything, `regions` takes `areas:write` on
    everything.
    """
    options = Options(dry_run, mode, on_different, language.asked(request.scope))
    report = service.import_file(
        database, kind, file, options, caller=caller, request_id=request.scope["state"].get("request_id"), key=key
    )
    return key.answer.response() if key is not None and key.answer is not None else report.as_json()


@router.get("/{kind_or_id}", response_model=ImportAnswer, responses=answers(service.NoSuchImport))
def read_import(
    caller: Annotated[Caller, Needs("imports:read")],
    session: ReadSession,
    import_id: Annotated[str, Path(alias="kind_or_id", max_length=36, description="`id` of the import's answer.")],
) -> Any:
    """The report of an import.

    Of your own, or of anyone's with `imports:read` on everything.
    """
    return service.report_of(session, import_id, caller)
