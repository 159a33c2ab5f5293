"""The report of an import: what was read, what was stored, and each row that needs a look."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from app.core.errors import Fault
from app.core.language import Language
from app.core.problems import shown

Action = Literal["created", "updated", "unchanged", "skipped", "rejected"]
ACTIONS: tuple[Action, ...] = ("created", "updated", "unchanged", "skipped", "rejected")
Mode = Literal["atomic", "partial"]
ROWS_SHOWN = 1000


@dataclass(frozen=True)
class RowOutcome:
    """What became of a row. ``changes``: field -> (old, new), where stored values were replaced."""

    row: int
    ref: str
    action: Action
    errors: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def needs_a_look(self) -> bool:
        return bool(self.errors or self.warnings or self.changes)

    def to(self, language: Language) -> dict[str, Any]:
        """The row as JSON, in one language."""
        return {
            "row": self.row,
            "ref": self.ref,
            "action": self.action,
            "errors": [shown(f, language).model_dump(exclude_none=True, exclude={"row"}) for f in self.errors],
            "warnings": [shown(f, language).model_dump(exclude_none=True, exclude={"row"}) for f in self.warnings],
            "changes": {name: {"old": old, "new": new} for name, (old, new) in self.changes.items()},
        }


@dataclass
class Report:
    """Counts that add up to ``read``, and the first rows that need a look."""

    id: uuid.UUID
    kind: str
    dry_run: bool
    mode: Mode
    language: Language
    counts: dict[Action, int] = field(default_factory=lambda: dict.fromkeys(ACTIONS, 0))
    rows: list[dict[str, Any]] = field(default_factory=list)
    rows_left_out: int = 0
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def take(self, outcomes: Iterable[RowOutcome]) -> None:
        """Count some rows, and keep those that need a look."""
        for outcome in outcomes:
            self.counts[outcome.action] += 1
            if outcome.needs_a_look:
                if len(self.rows) < ROWS_SHOWN:
                    self.rows.append(outcome.to(self.language))
                else:
                    self.rows_left_out += 1

    @property
    def read(self) -> int:
        return sum(self.counts.values())

    def refuse_whole(self) -> None:
        """Nothing was stored after all: the good rows were skipped."""
        for action in ("created", "updated"):
            self.counts["skipped"] += self.counts[action]
            self.counts[action] = 0
        for row in self.rows:
            if row["action"] in ("created", "updated"):
                row["action"] = "skipped"

    @property
    def outcome(self) -> Literal["done", "partial", "refused"]:
        if not self.counts["rejected"]:
            return "done"
        stored = self.counts["created"] + self.counts["updated"] + self.counts["unchanged"]
        return "partial" if self.mode == "partial" and stored else "refused"

    def as_json(self) -> dict[str, Any]:
        """The report as clients see it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "dry_run": self.dry_run,
            "mode": self.mode,
            "outcome": self.outcome,
            "counts": {"read": self.read, **self.counts},
            "rows": self.rows,
            "rows_left_out": self.rows_left_out,
            "warnings": self.warnings,
        }
