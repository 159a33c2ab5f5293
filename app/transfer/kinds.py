"""What every kind of import has in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from app.accounts.rules import Caller
from app.core.database import Work
from app.core.errors import Fault
from app.core.language import Words
from app.transfer.cells import Unreadable
from app.transfer.reports import RowOutcome
from app.transfer.table_files import Column, FileRow, TableFile

Value = TypeVar("Value")
OnDifferent = Literal["update", "keep", "reject"]
DIFFERENT = Words(
    "Tallennettu tieto on toinen, ja on_different=reject kielsi muuttamasta sitä.",
    "What is stored differs, and on_different=reject forbade changing it.",
)
KEPT = Words(
    "Tallennettu tieto on toinen ja jäi ennalleen (on_different=keep).",
    "What is stored differs and was kept (on_different=keep).",
)
TWICE = Words("Sama rivi on jo rivillä {row}, toisin luvuin.", "Row {row} has the same key with other values.")


class Kind(Protocol):
    """A kind of import, begun for one file."""

    columns: ClassVar[Sequence[Column]]
    scope: ClassVar[str]  # what storing a row takes
    is_for_all: ClassVar[bool]  # the scope is needed on everything; else each row is held against it

    def __init__(self, session: Work, file: TableFile, on_different: OnDifferent, caller: Caller) -> None: ...

    def block(self, session: Work, rows: Sequence[FileRow]) -> list[RowOutcome]:
        """Judge some rows and write the good ones. The number of statements does not grow with the rows."""
        ...


@dataclass
class Reader:
    """The cells of a row, read one by one; what can't be read is gathered as faults."""

    file: TableFile
    row: FileRow

    def __post_init__(self) -> None:
        self.faults: list[Fault] = list(self.row.faults)

    def has(self, name: str) -> bool:
        """Whether the file has this column."""
        return name in self.file.headings

    def text(self, name: str) -> str:
        """The text of a cell; empty where there is none."""
        return self.row.cells.get(name, "")

    def read(self, name: str, as_what: Callable[[str], Value]) -> Value | None:
        """The value of a cell; None, and a fault, where it can't be read."""
        try:
            return as_what(self.text(name))
        except Unreadable as found:
            self.fault(name, found.code, found.words)
            return None

    def fault(self, name: str, code: str, words: Words) -> None:
        """State a fault of a cell."""
        self.faults.append(Fault(code, words, row=self.row.number, column=self.file.headings.get(name)))


def different(on_different: OnDifferent, changes: dict[str, tuple[Any, Any]], row: int, ref: str) -> RowOutcome:
    """The outcome of a row that differs from what is stored."""
    if on_different == "update":
        return RowOutcome(row, ref, "updated", changes=changes)
    if on_different == "keep":
        return RowOutcome(row, ref, "skipped", warnings=(Fault("kept", KEPT, row=row),), changes={})
    return RowOutcome(row, ref, "rejected", errors=(Fault("different", DIFFERENT, row=row),))
