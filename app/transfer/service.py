"""What can be done with files. Two doors, HTTP and the command line, lead to the same functions."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service import callers
from app.accounts.service.callers import ScopeMissing, must_reach
from app.accounts.service.grants import OPERATOR
from app.core import ids
from app.core.database import Command, Database, Work
from app.core.errors import NotFound
from app.core.idempotency import Answer, Key
from app.core.language import Language, Words
from app.transfer import table_files
from app.transfer.indicator_values import IndicatorValues
from app.transfer.kinds import Kind, OnDifferent
from app.transfer.members import Members
from app.transfer.models import ImportReport
from app.transfer.regions import Regions
from app.transfer.reports import Mode, Report
from app.transfer.schemas import ImportAnswer
from app.transfer.table_files import Column, FileRow, TableFile
from app.transfer.visits import Visits

KINDS: Mapping[str, type[Kind]] = {
    "visits": Visits,
    "members": Members,
    "regions": Regions,
    "indicator-values": IndicatorValues,
    "sotkanet": IndicatorValues,
}
BLOCK = 10_000
NOT_UTF8 = Words(
    "Tiedosto ei ole UTF-8-muodossa, joten se luettiin Windows-1252:na. Tarkista ääkköset.",
    "The file is not UTF-8, so it was read as Windows-1252. Check letters such as ä and ö.",
)
UNKNOWN_COLUMN = Words("Saraketta ei tunneta, eikä sitä luettu.", "This column is not known and was not read.")
Progress = Callable[[int], None]


class NoSuchKind(NotFound):
    """There is no import of this kind."""

    title = Words("Tuontia ei ole", "No such import")
    detail = Words("Tällaista tuontia ei ole. Tuonnit: {known}.", "There is no such import. Imports: {known}.")
    cure = Words("Käytä jotakin luetelluista.", "Use one of those listed.")


@dataclass(frozen=True)
class Options:
    """How to import. ``atomic``: all rows or none; ``partial``: the good rows, committed block by block."""

    dry_run: bool = False
    mode: Mode = "atomic"
    on_different: OnDifferent = "update"
    language: Language = "fi"


class _Refused(Exception):
    """The whole transaction is to be undone."""


def kind_called(name: str) -> type[Kind]:
    """The kind of import of this name. Raises NoSuchKind."""
    if name not in KINDS:
        raise NoSuchKind(known=", ".join(KINDS))
    return KINDS[name]


def import_file(
    database: Database,
    name: str,
    file: IO[bytes],
    options: Options,
    *,
    caller: Caller = OPERATOR,
    request_id: str | None = None,
    progress: Progress = lambda rows: None,
    key: Key | None = None,
) -> Report:
    """Read a file and store what is good of it, and answer what became of each row.

    A dry run does the same work and undoes it. The same file again changes nothing. ``progress`` is
    called with the number of rows done. With a ``key``, what is stored commits together with its answer.
    Raises NoSuchKind, ScopeMissing, OutOfReach, FileNotReadable, ColumnsMissing; Replayed and KeyReused for a key
    that was used.
    """
    kind = kind_called(name)
    _must_be_allowed(kind, caller)
    with database.reading() as session:
        if key is not None:
            key.look(session)
        opened = table_files.opened(file, columns_of(kind, session))
    report = Report(ids.new(), name, options.dry_run, options.mode, options.language)
    report.warnings = [
        {"code": "unknown-column", "column": heading, "detail": UNKNOWN_COLUMN.to(options.language)}
        for heading in opened.unknown
    ]
    if opened.encoding == "cp1252":
        report.warnings.append({"code": "read-as-windows-1252", "detail": NOT_UTF8.to(options.language)})
    by = None if caller is OPERATOR else caller.id
    command = Command(f"import {name}", by, request_id, audit_id=report.id, is_machine=caller.kind == "token")
    if options.mode == "partial" and not options.dry_run:
        _in_parts(database, command, kind, opened, options, caller, report, progress, key)
    else:
        _at_once(database, command, kind, opened, options, caller, report, progress, key)
    if key is None or key.answer is None:
        _keep(database, report, by)
    return report


def _must_be_allowed(kind: type[Kind], caller: Caller) -> None:
    if kind.scope not in caller.scopes:
        raise ScopeMissing(scope=kind.scope)
    if kind.is_for_all:
        must_reach(caller, kind.scope, ())


def _as_known_now(session: Session, kind: type[Kind], caller: Caller) -> Caller:
    """The caller once more, in the transaction that writes: who waited for it may have lost the right."""
    if caller is OPERATOR:
        return caller
    found = callers.known_now(session, caller)
    _must_be_allowed(kind, found)
    return found


def columns_of(kind: type[Kind], session: Session) -> Sequence[Column]:
    """The columns that a kind of file may have; of visits, those of the stored forms too."""
    return kind.columns_for(session) if kind is Visits else kind.columns


def _at_once(
    database: Database,
    command: Command,
    kind: type[Kind],
    file: TableFile,
    options: Options,
    caller: Caller,
    report: Report,
    progress: Progress,
    key: Key | None,
) -> None:
    try:
        with database.writing(command) as session:
            if key is not None and not options.dry_run:
                key.claim(session)
            begun = kind(session, file, options.on_different, _as_known_now(session, kind, caller))
            for block in _blocks(file.rows()):
                report.take(begun.block(session, block))
                progress(report.read)
            if options.dry_run or (report.mode == "atomic" and report.counts["rejected"]):
                raise _Refused
            if key is not None:
                _keep_with_key(session, report, key)
    except _Refused:
        if report.mode == "atomic" and report.counts["rejected"]:
            report.refuse_whole()


def _in_parts(
    database: Database,
    command: Command,
    kind: type[Kind],
    file: TableFile,
    options: Options,
    caller: Caller,
    report: Report,
    progress: Progress,
    key: Key | None,
) -> None:
    begun: Kind | None = None
    blocks = _blocks(file.rows())
    block: list[FileRow] | None = next(blocks, [])
    while block is not None:
        following = next(blocks, None)
        with database.writing(command) as session:
            known = _as_known_now(session, kind, caller)
            begun = begun or kind(session, file, options.on_different, known)
            report.take(begun.block(session, block))
            if key is not None and following is None and report.outcome != "refused":
                key.claim(session)
                _keep_with_key(session, report, key)
        progress(report.read)
        block = following


def _blocks(rows: Iterator[FileRow]) -> Iterator[list[FileRow]]:
    while block := list(islice(rows, BLOCK)):
        yield block


def _keep(database: Database, report: Report, by: uuid.UUID | None) -> None:
    with database.writing(Command("keepImportReport", by)) as session:
        session.add(ImportReport(caller_id=by, **report.as_json()))


def _keep_with_key(session: Work, report: Report, key: Key) -> None:
    """Keep the report, and the answer that shows it, in the transaction of the last rows."""
    shown = report.as_json()
    session.add(ImportReport(caller_id=session.command.by, **shown))
    body = ImportAnswer.model_validate(shown).model_dump_json().encode()
    key.answer = Answer(200, [("content-type", "application/json")], body)
    key.keep(session)


def report_of(session: Session, import_id: str, caller: Caller) -> dict[str, Any]:
    """The report of an import: of one's own, or of anyone's with `imports:read` on everything. Raises NoSuchImport.

    A report of visits shows counts of days, so that of others takes `visits:read` on everything too.
    """
    id = ids.as_uuid(import_id)
    found = session.get(ImportReport, id) if id else None
    is_open = caller.may("imports:read") and (found is None or found.kind != "visits" or caller.may("visits:read"))
    if found is None or not (found.caller_id == caller.id or is_open):
        raise NoSuchImport()
    return found.model_dump(exclude={"caller_id"})


class NoSuchImport(NotFound):
    """There is no import with this id."""

    title = Words("Tuontia ei löydy", "No such import")
    detail = Words("Tällä tunnisteella ei ole tuontia.", "There is no import with this id.")
    cure = Words("Tunniste (id) on tuonnin vastauksessa.", "The id is in the answer of the import.")
