"""Excel workbooks (XLSX): looked over before they are opened, then read row by row."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any

import openpyxl

from app.core.language import Words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 32 << 20  # of all parts, unpacked
MOST_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 500


class NotAWorkbook(Exception):
    """The file can't be read as a workbook, or holds more than one should."""

    def __init__(self, why: Words) -> None:
        super().__init__(why.en)
        self.why = why


BROKEN = Words("se ei ole ehjä Excel-työkirja (.xlsx)", "it is no Excel workbook (.xlsx), or a broken one")
TOO_LARGE = Words(
    f"työkirja on purettuna liian suuri (yli {MOST_BYTES >> 20} Mt tai {MOST_ROWS} riviä); tallenna CSV:nä",
    f"the workbook is too large unpacked (over {MOST_BYTES >> 20} MB or {MOST_ROWS} rows); save it as CSV",
)


def is_one(file: IO[bytes]) -> bool:
    """Whether the file begins as a workbook does."""
    file.seek(0)
    return file.read(4) == b"PK\x03\x04"


def must_be_harmless(file: IO[bytes]) -> None:
    """Refuse an archive that unpacks to too much, by counting what really comes out. Raises NotAWorkbook."""
    file.seek(0)
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise NotAWorkbook(TOO_LARGE)
            if "[Content_Types].xml" not in archive.namelist():
                raise NotAWorkbook(BROKEN)
            for part in parts:
                with archive.open(part) as opened:
                    while block := opened.read(1 << 16):
                        left -= len(block)
                        if left < 0:
                            raise NotAWorkbook(TOO_LARGE)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
        raise NotAWorkbook(BROKEN) from None


def records(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet as texts, by their number there. Raises NotAWorkbook."""
    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_col=MOST_COLUMNS + 1, max_row=MOST_ROWS + 2, values_only=True)
        for number, cells in enumerate(rows, start=1):
            if number > MOST_ROWS + 1:
                raise NotAWorkbook(TOO_LARGE)
            yield number, [_text(cell) for cell in _trimmed(cells)]
    except NotAWorkbook:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook makes its reader trip in any way
        raise NotAWorkbook(BROKEN) from None


def _trimmed(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    last = len(cells)
    while last and cells[last - 1] is None:
        last -= 1
    return cells[:last]


def _text(value: Any) -> str:
    """A typed cell as a person would have written it in CSV."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
