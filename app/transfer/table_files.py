"""Tables as they come: CSV with a byte order mark or not, ``;`` or ``,`` or tab, UTF-8 or Windows-1252; or XLSX."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from app.core.errors import Fault, Malformed, RuleBroken
from app.core.language import Words
from app.core.text import composed, folded, has_control_characters
from app.transfer import workbooks

_BLOCK = 1 << 20
MOST_COLUMNS = 500


class FileNotReadable(Malformed):
    """The file can't be read as CSV text or as a workbook."""

    title = Words("Tiedostoa ei voi lukea", "File not readable")
    detail = Words("Tiedostoa ei voi lukea: {why.fi}.", "The file can't be read: {why.en}.")
    cure = Words(
        "Tallenna taulukko muodossa CSV UTF-8 ja lähetä se uudestaan. Mitään ei tallennettu.",
        "Save the sheet as CSV UTF-8 and send it again. Nothing was stored.",
    )


class ColumnsMissing(RuleBroken):
    """The file lacks a column that is needed, or has one twice."""

    title = Words("Sarakkeet eivät täsmää", "Columns do not fit")
    detail = Words("Otsikkorivillä pitää olla kerran: {needed}.", "The header must have once: {needed}.")
    cure = Words("Korjaa otsikkorivi. Mitään ei tallennettu.", "Mend the header row. Nothing was stored.")


@dataclass(frozen=True)
class Column:
    """A column that a kind of file may have, and the headings by which people call it."""

    name: str
    headings: tuple[str, ...]
    is_needed: bool = False
    is_ignored: bool = False


@dataclass(frozen=True)
class FileRow:
    """A row: ``number`` is the line that a spreadsheet shows (header = 1)."""

    number: int
    cells: dict[str, str]
    faults: tuple[Fault, ...] = ()


Records = Callable[[], Iterator[tuple[int, list[str]]]]


@dataclass
class TableFile:
    """A file whose header has been read: CSV or a workbook. ``headings``: column name -> heading as written.

    ``records`` reads it from the start, by the number of the line that a spreadsheet shows.
    """

    records: Records
    encoding: str
    headings: dict[str, str] = field(default_factory=dict)
    positions: list[str | None] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[FileRow]:
        """The rows below the header; blank lines are passed over, and counted."""
        for number, cells in self.records():
            if number > 1 and any(cell.strip() for cell in cells):
                yield self._row(number, cells)

    def _row(self, number: int, cells: Sequence[str]) -> FileRow:
        faults = []
        if any(cell.strip() for cell in cells[len(self.positions) :]):
            faults.append(Fault("too-many-cells", _TOO_MANY_CELLS.about(most=len(self.positions)), row=number))
        found = {name: composed(cell).strip() for name, cell in zip(self.positions, cells, strict=False) if name}
        faults += [
            Fault("control-character", _CONTROL, row=number, column=self.headings[name])
            for name, cell in found.items()
            if has_control_characters(cell)
        ]
        return FileRow(number, found, tuple(faults))


_TOO_MANY_CELLS = Words(
    "Rivillä on enemmän soluja kuin otsikkorivillä ({most}).", "The row has more cells than the header ({most})."
)
_CONTROL = Words("Solussa on ohjausmerkki. Poista se.", "The cell has a control character. Remove it.")


def opened(file: IO[bytes], columns: Sequence[Column]) -> TableFile:
    """The file with its header matched to ``columns``. Raises FileNotReadable, ColumnsMissing."""
    opened = _workbook(file) if workbooks.is_one(file) else _csv(file)
    _, cells = next(opened.records(), (1, []))
    if not any(cell.strip() for cell in cells):
        raise FileNotReadable(why=Words("se on tyhjä", "it is empty"))
    if len(cells) > MOST_COLUMNS:
        why = Words(f"siinä on yli {MOST_COLUMNS} saraketta", f"it has over {MOST_COLUMNS} columns")
        raise FileNotReadable(why=why)
    by_heading = {_key(heading): column for column in columns for heading in column.headings}
    for cell in cells:
        column = by_heading.get(_key(cell))
        opened.positions.append(column.name if column and not column.is_ignored else None)
        if column is None:
            opened.unknown.append(cell.strip())
        elif column.name in opened.headings:
            raise ColumnsMissing(needed=column.headings[0])
        elif not column.is_ignored:
            opened.headings[column.name] = cell.strip()
    if any(column.is_needed and column.name not in opened.headings for column in columns):
        raise ColumnsMissing(needed=", ".join(" | ".join(c.headings) for c in columns if c.is_needed))
    return opened


def _workbook(file: IO[bytes]) -> TableFile:
    try:
        workbooks.must_be_harmless(file)
    except workbooks.NotAWorkbook as refused:
        raise FileNotReadable(why=refused.why) from None
    return TableFile(lambda: _of_workbook(file), "utf-8")


def _of_workbook(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from workbooks.records(file)
    except workbooks.NotAWorkbook as refused:
        raise FileNotReadable(why=refused.why) from None


def _csv(file: IO[bytes]) -> TableFile:
    encoding = _encoding(file)
    delimiter = max(";,\t", key=_first_line(file, encoding).count)
    return TableFile(lambda: _records(file, encoding, delimiter), encoding)


def _key(heading: str) -> str:
    return folded(heading.replace("_", " "))


def _records(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1):
            yield number, cells
    except csv.Error:
        why = Words(
            f"rivin {number + 1} lainausmerkit tai solut ovat rikki",
            f"the quotes or cells of row {number + 1} are broken",
        )
        raise FileNotReadable(why=why) from None
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """How the file is written: UTF-8 with or without a mark, else Windows-1252. Raises FileNotReadable."""
    file.seek(0)
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise FileNotReadable(why=Words("se on UTF-16-muodossa", "it is in UTF-16"))
    for encoding in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        file.seek(0)
        try:
            while block := file.read(_BLOCK):
                if b"\0" in block:
                    raise FileNotReadable(why=Words("siinä on NUL-merkkejä", "it has NUL characters"))
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileNotReadable(why=Words("merkistö ei ole UTF-8 eikä Windows-1252", "it is neither UTF-8 nor Windows-1252"))


def _first_line(file: IO[bytes], encoding: str) -> str:
    file.seek(0)
    return file.readline(_BLOCK).decode(encoding, "replace")
