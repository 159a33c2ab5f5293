"""``perhekeskus import`` and ``export``: files in and out."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import typer
from sqlmodel import Session

from app.cli.console import AsJson, database, err, language, out, print_problem, progress
from app.core import problems
from app.core.spreadsheets import safe
from app.transfer import indicator_values, visits
from app.transfer import service as transfer
from app.transfer.kinds import OnDifferent
from app.transfer.reports import Mode
from app.transfer.service import Options

files = typer.Typer()


@files.command(name="import")
def import_file(
    kind: Annotated[str, typer.Argument(help="visits, regions, indicator-values or sotkanet.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, and store nothing.")] = False,
    mode: Annotated[Mode, typer.Option(help="All rows or none, or the good ones.")] = "atomic",
    on_different: Annotated[
        OnDifferent, typer.Option(help="What to do where a row differs from what is stored.")
    ] = "update",
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on a partial import too.")] = False,
    to: Annotated[str | None, typer.Option(help="Address of a server to send the file to.")] = None,
    token: Annotated[str | None, typer.Option(envvar="PERHEKESKUS_TOKEN", help="Access token for --to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import a CSV file, and say what became of its rows."""
    options = Options(dry_run, mode, on_different, language())
    with file.open("rb") as opened, progress(f"Importing {file.name}", _lines(file)) as advance:
        if to:
            report = _sent(to, token, kind, opened.read(), options)
        else:
            with database() as found:
                report = transfer.import_file(found, kind, opened, options, progress=advance).as_json()
    if as_json:
        out.print_json(json.dumps(report, default=str))
    else:
        _print_report(report)
    if report["outcome"] == "refused" or (strict and report["outcome"] == "partial"):
        raise typer.Exit(problems.EXIT_REFUSED)


def _sent(to: str, token: str | None, kind: str, body: bytes, options: Options) -> dict[str, Any]:
    try:
        return _answered(to, token, kind, body, options)
    except (httpx.HTTPError, httpx.InvalidURL, json.JSONDecodeError) as broken:
        err.print(f"[bold red]{to} does not answer as a server of ours.[/] {type(broken).__name__}: {broken}")
        raise typer.Exit(problems.EXIT_REFUSED) from None


def _answered(to: str, token: str | None, kind: str, body: bytes, options: Options) -> dict[str, Any]:
    answer = httpx.post(
        f"{to.rstrip('/')}/v1/imports/{kind}",
        params={
            "dry_run": options.dry_run,
            "mode": options.mode,
            "on_different": options.on_different,
            "lang": options.language,
        },
        content=body,
        headers={"Content-Type": "text/csv", "Authorization": f"Bearer {token or ''}"},
        timeout=600,
    )
    found: dict[str, Any] = answer.json()
    if answer.is_error:
        print_problem(found)
        raise typer.Exit(problems.EXIT_REFUSED)
    return found


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return max(sum(block.count(b"\n") for block in iter(lambda: opened.read(1 << 20), b"")) - 1, 0)


def _print_report(report: dict[str, Any]) -> None:
    counts = ", ".join(f"{n} {name}" for name, n in report["counts"].items())
    out.print(f"[bold]{report['outcome']}[/]{' (dry run, nothing stored)' if report['dry_run'] else ''}: {counts}")
    for warning in report["warnings"]:
        out.print(f"  column {warning.get('column')}: {warning['detail']}", markup=False)
    for row in report["rows"]:
        for said in (*row["errors"], *row["warnings"]):
            column = f", {said['column']}" if said.get("column") else ""
            out.print(f"  row {row['row']}{column} ({row['ref']}) {row['action']}: {said['detail']}", markup=False)
        for name, change in row["changes"].items():
            out.print(f"  row {row['row']} ({row['ref']}) {name}: {change['old']} -> {change['new']}", markup=False)
    if report["rows_left_out"]:
        out.print(f"  and {report['rows_left_out']} rows more")


Dialect = Literal["rfc4180", "excel-fi"]
EXPORTS: dict[str, Callable[[Session], Iterator[list[Any]]]] = {
    "visits": visits.exported,
    "indicator-values": indicator_values.exported,
}


@files.command()
def export(
    kind: Annotated[Literal["visits", "indicator-values"], typer.Argument()],
    file: Annotated[Path | None, typer.Argument(dir_okay=False, help="Standard output if absent.")] = None,
    dialect: Annotated[Dialect, typer.Option(help="excel-fi opens right in Finnish Excel.")] = "rfc4180",
) -> None:
    """Write stored rows as CSV that `import` reads back."""
    is_excel = dialect == "excel-fi"
    raw = file.open("wb") if file else sys.stdout.buffer
    text = io.TextIOWrapper(raw, "utf-8-sig" if is_excel else "utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text, delimiter=";" if is_excel else ",", lineterminator="\r\n")
        with database() as found, found.snapshot() as session:
            for row in EXPORTS[kind](session):
                writer.writerow([_cell(value, is_excel) for value in row])
    finally:
        text.detach()
        if file:
            raw.close()


def _cell(value: Any, is_excel: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float):
        return repr(value).replace(".", ",") if is_excel else repr(value)
    return safe(str(value)) if isinstance(value, str) else str(value)
