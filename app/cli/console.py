"""What every command says and needs: the two consoles, problems as people read them, the database."""

import locale
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app import __version__, deployment
from app.core import problems, schema
from app.core.database import Database
from app.core.language import Language
from app.settings import Settings

out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def language() -> Language:
    told = (
        os.environ.get("PERHEKESKUS_LANG")
        or os.environ.get("LC_ALL")
        or os.environ.get("LANG")
        or (locale.getlocale()[0] or "")
    )
    return "fi" if told.lower().startswith("fi") else "en"


def print_problem(problem: dict[str, Any]) -> None:
    err.print(f"[bold red]{problem['title']}.[/] {problem['detail']}", markup=True)
    for fault in problem.get("errors", ()):
        place = (
            fault.get("pointer")
            or fault.get("parameter")
            or " ".join(f"{k} {fault[k]}" for k in ("row", "column") if k in fault)
        )
        err.print(f"  {place}: {fault['detail']}", markup=False)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A progress bar on a terminal; nothing elsewhere. Call what it gives with the number done, and of how many."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, of=total: bar.update(task, completed=done, total=of)


@contextmanager
def database(*, is_migrated: bool = True) -> Iterator[Database]:
    database = deployment.database(Settings())
    if is_migrated:
        must_be_migrated(database)
    try:
        yield database
    finally:
        database.engine.dispose()


def must_be_migrated(database: Database) -> None:
    found = schema.current(database.engine)
    if found == schema.head():
        return
    if not schema.is_known(found):
        err.print(
            f"[bold red]The database has schema {found}, which this version ({__version__}) does not know.[/] "
            "Run a newer version."
        )
    else:
        err.print(
            f"[bold red]The database has schema {found or 'none'}; this version needs {schema.head()}.[/] "
            "Run `perhekeskus migrate`."
        )
    raise typer.Exit(problems.EXIT_REFUSED)
