"""``perhekeskus``: the command line. Exit codes: 0 done, 1 refused (the problem is printed), 2 wrong usage."""

import csv
import io
import json
import locale
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app import __version__, deployment
from app.accounts import passwords
from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.roles import Role
from app.accounts.tokens import UnfitSecret
from app.core import problems, schema
from app.core.database import Command, Database
from app.core.errors import Refusal
from app.core.language import Language
from app.main import contract_text
from app.settings import Settings
from app.transfer import cells, demo, doctor, indicator_values, plan_file, visits
from app.transfer import service as transfer
from app.transfer.kinds import OnDifferent
from app.transfer.reports import Mode
from app.transfer.service import Options

app = typer.Typer(
    name="perhekeskus",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The backend of family-centre networks.",
)
users = typer.Typer(no_args_is_help=True, help="People who sign in.")
app.add_typer(users, name="user")
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def main() -> None:
    """Run a command; print a refusal as a person would want to read it."""
    try:
        app()
    except Refusal as refusal:
        _print_problem(problems.problem_of(refusal, _language()).model_dump(exclude_none=True))
        raise SystemExit(problems.EXIT_REFUSED) from None
    except UnfitSecret as unfit:
        err.print(f"[bold red]{unfit}[/]")
        raise SystemExit(problems.EXIT_REFUSED) from None
    except ValidationError as wrong:
        for fault in wrong.errors():
            err.print(f"[bold red]PERHEKESKUS_{'_'.join(map(str, fault['loc'])).upper()}[/]: {fault['msg']}")
        raise SystemExit(problems.EXIT_REFUSED) from None
    except DBAPIError as broken:
        err.print(
            f"[bold red]The database refused.[/] {type(broken.orig).__name__}: {broken.orig}\nTry `perhekeskus doctor`."
        )
        raise SystemExit(problems.EXIT_REFUSED) from None


def _language() -> Language:
    told = (
        os.environ.get("PERHEKESKUS_LANG")
        or os.environ.get("LC_ALL")
        or os.environ.get("LANG")
        or (locale.getlocale()[0] or "")
    )
    return "fi" if told.lower().startswith("fi") else "en"


def _print_problem(problem: dict[str, Any]) -> None:
    err.print(f"[bold red]{problem['title']}.[/] {problem['detail']}", markup=True)
    for fault in problem.get("errors", ()):
        place = (
            fault.get("pointer")
            or fault.get("parameter")
            or " ".join(f"{k} {fault[k]}" for k in ("row", "column") if k in fault)
        )
        err.print(f"  {place}: {fault['detail']}", markup=False)


@contextmanager
def _database(*, is_migrated: bool = True) -> Iterator[Database]:
    database = deployment.database(Settings())
    if is_migrated:
        _must_be_migrated(database)
    try:
        yield database
    finally:
        database.engine.dispose()


def _must_be_migrated(database: Database) -> None:
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


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        out.print(__version__)
        raise typer.Exit


@app.command()
def migrate() -> None:
    """Bring the database to the schema that this version needs."""
    with _database(is_migrated=False) as database:
        before = schema.current(database.engine)
        if not schema.is_known(before):
            _must_be_migrated(database)
        schema.upgrade(database.engine)
        out.print(f"Schema {schema.head()}" + ("" if before == schema.head() else f", was {before or 'empty'}"))


@app.command(name="load-plan")
def load_plan(
    file: Annotated[
        Path | None,
        typer.Argument(help="Another county's plan; the shipped one if absent.", exists=True, dir_okay=False),
    ] = None,
    with_demo: Annotated[bool, typer.Option("--demo", help="Add invented places and history.")] = False,
) -> None:
    """Load a county's plan: create what is missing, change nothing that is there."""
    plan = plan_file.read(file.read_bytes() if file else plan_file.shipped())
    with _database() as database:
        with database.writing(Command("load-plan")) as session:
            made = plan_file.load(session, plan)
        out.print("Loaded " + ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in made.items()))
        if with_demo:
            out.print(demo.load(database))


@users.command("create")
def create_user(
    email: str,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    password_stdin: Annotated[
        bool, typer.Option(help="Read the password from standard input; else one is made.")
    ] = False,
) -> None:
    """Let someone sign in."""
    password = _password(password_stdin)
    with _database() as database, database.writing(Command("user create")) as session:
        user = accounts.create(session, email, role, password)
    _tell(user, None if password_stdin else password)


@users.command("reset")
def reset_user(
    email: str,
    password_stdin: Annotated[
        bool, typer.Option(help="Read the password from standard input; else one is made.")
    ] = False,
) -> None:
    """Give someone another password."""
    password = _password(password_stdin)
    with _database() as database, database.writing(Command("user reset")) as session:
        user = accounts.reset(session, email, password)
    _tell(user, None if password_stdin else password)


@users.command("first-admin")
def first_admin(email: Annotated[str, typer.Option(help="Who it is.")] = "admin@example.org") -> None:
    """Make an administrator, if nobody can sign in yet."""
    with _database() as database:
        password = passwords.made_up()
        with database.writing(Command("user first-admin")) as session:
            if session.scalars(select(User).limit(1)).first():
                return
            user = accounts.create(session, email, Role.admin, password)
    _tell(user, password)


@users.command("list")
def list_users() -> None:
    """Who can sign in."""
    table = Table("e-mail", "role", "in use")
    with _database() as database, database.reading() as session:
        for user in session.scalars(select(User).order_by(User.email)):
            table.add_row(user.email, user.role, "yes" if user.is_active else "no")
    out.print(table)


def _password(from_stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else passwords.made_up()


def _tell(user: User, password: str | None) -> None:
    out.print(f"{user.email} ({user.role})")
    if password:
        out.print(
            f"Password, shown only this once: [bold]{password}[/]\n"
            f"Change it: perhekeskus user reset {user.email} --password-stdin"
        )


@app.command(name="import")
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
    options = Options(dry_run, mode, on_different, _language())
    with file.open("rb") as opened, _progress(f"Importing {file.name}", _lines(file)) as advance:
        if to:
            report = _sent(to, token, kind, opened.read(), options)
        else:
            with _database() as database:
                report = transfer.import_file(database, kind, opened, options, progress=advance).as_json()
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
        _print_problem(found)
        raise typer.Exit(problems.EXIT_REFUSED)
    return found


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return max(sum(block.count(b"\n") for block in iter(lambda: opened.read(1 << 20), b"")) - 1, 0)


@contextmanager
def _progress(what: str, rows: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=rows)
        yield lambda done: bar.update(task, completed=done)


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


@app.command()
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
        with _database() as database, database.snapshot() as session:
            for row in EXPORTS[kind](session):
                writer.writerow([_cell(value, is_excel) for value in row])
    finally:
        text.detach()
        if file:
            raw.close()


def _cell(value: Any, is_excel: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value).replace(".", ",") if is_excel else repr(value)
    return cells.safe(str(value)) if isinstance(value, str) else str(value)


@app.command()
def openapi(
    file: Annotated[Path | None, typer.Argument(dir_okay=False, help="Standard output if absent.")] = None,
) -> None:
    """Write the contract of /v1 (OpenAPI 3.1)."""
    if file:
        file.write_text(contract_text(), encoding="utf-8")
    else:
        sys.stdout.write(contract_text())


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; one is right on SQLite.")] = 1,
) -> None:
    """Serve the API."""
    settings = Settings()
    with _database():
        deployment.secret(settings)
    if port:
        out.print(
            f"Perhekeskus {__version__}\n  start     http://{host}:{port}/\n  explorer  http://{host}:{port}/docs"
        )
    uvicorn.run(
        "app.main:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=64 << 10,
    )


@app.command(name="doctor")
def run_doctor(as_json: AsJson = False) -> None:
    """Look for what is wrong, and say how to mend it."""
    findings = doctor.examine(Settings())
    if as_json:
        out.print_json(json.dumps([finding.__dict__ for finding in findings]))
    else:
        for finding in findings:
            mark = "[green]ok[/]  " if finding.is_good else "[bold red]bad[/] "
            out.print(f"{mark} {finding.what}: {finding.said}")
            if finding.cure:
                out.print(f"      {finding.cure}", markup=False)
    if any(not finding.is_good for finding in findings):
        raise typer.Exit(problems.EXIT_REFUSED)


if __name__ == "__main__":
    main()
