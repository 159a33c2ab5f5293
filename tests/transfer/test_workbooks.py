"""Excel workbooks: read like CSV, and refused before they can do harm."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
from starlette.testclient import TestClient

from app.transfer import table_files, workbooks
from app.transfer.table_files import Column, FileNotReadable

COLUMNS = (Column("place", ("place", "paikka"), is_needed=True), Column("date", ("date", "pvm")), Column("n", ("n",)))


def book(*rows: list[object]) -> io.BytesIO:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return file


def zipped(parts: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def unpacked(file: io.BytesIO) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_sheet(sheet: str) -> io.BytesIO:
    """A workbook whose sheet is this XML."""
    return zipped({**unpacked(book(["paikka"], ["koppa"])), "xl/worksheets/sheet1.xml": sheet.encode()})


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def test_a_workbook_reads_as_people_would_have_typed_it() -> None:
    rows = (
        ["Paikka", "PVM", "n"],
        ["koppa", datetime(2026, 3, 12), 12.0],  # noqa: DTZ001 - Excel knows no zones
        [None, None, None],
        ["juva", date(2026, 3, 13), 1.5],
    )

    read = list(table_files.opened(book(*map(list, rows)), COLUMNS).rows())

    assert [(row.number, row.cells) for row in read] == [
        (2, {"place": "koppa", "date": "2026-03-12", "n": "12"}),
        (4, {"place": "juva", "date": "2026-03-13", "n": "1.5"}),
    ]


def far_cell() -> io.BytesIO:
    return with_sheet(SHEET.format('<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'))


def many_rows() -> io.BytesIO:
    row = '<row r="{0}"><c r="A{0}" t="str"><v>place</v></c></row>'
    return with_sheet(SHEET.format("".join(row.format(n) for n in range(1, workbooks.MOST_ROWS + 5))))


def entities() -> io.BytesIO:
    lol = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return with_sheet(lol + SHEET.format('<row r="1"><c r="A1" t="str"><v>&b;</v></c></row>'))


HOSTILE: dict[str, Callable[[], io.BytesIO]] = {
    "a part that unpacks to a gigabyte": lambda: zipped(
        {"[Content_Types].xml": b"", "xl/a.xml": b"0" * (1 << 30 >> 4)}
    ),
    "thousands of parts": lambda: zipped({"[Content_Types].xml": b""} | {f"p{n}": b"" for n in range(2000)}),
    "an archive of something else": lambda: zipped({"notes.txt": b"hello"}),
    "half a file": lambda: io.BytesIO(book(["paikka"]).getvalue()[:300]),
    "no sheet inside": lambda: zipped({"[Content_Types].xml": b"<Types/>"}),
    "entities that grow": entities,
    "broken XML": lambda: with_sheet(SHEET.format("<row")),
    "rows without end": many_rows,
    "a single cell in the last corner": far_cell,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_in_little_time(name: str) -> None:
    file = HOSTILE[name]()
    begun = time.monotonic()

    with pytest.raises((FileNotReadable, table_files.ColumnsMissing)) as refused:
        list(table_files.opened(file, COLUMNS).rows())

    spent = time.monotonic() - begun
    print(f"{name}: {spent:.2f} s, {refused.value}")
    assert spent < 20  # a goal of 2 s; ten times that is broken


def test_a_workbook_is_taken_by_its_own_type_only(client: TestClient, admin: dict[str, str]) -> None:
    file = book(["place", "date", "adults"], ["koppa", date(2026, 3, 12), 5]).getvalue()

    def sent(kind: str) -> int:
        answer = client.post("/v1/imports/visits", content=file, headers={**admin, "Content-Type": kind})
        return answer.status_code

    assert sent(workbooks.MEDIA_TYPE) == 200
    assert sent("application/vnd.ms-excel") == 415
    read = client.get("/v1/meeting-places/koppa/visits/2026-03-12", headers=admin)
    assert read.json()["counts"] == {"adults": 5}
