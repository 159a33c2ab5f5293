"""``perhekeskus``: the command line. Exit codes: 0 done, 1 refused (the problem is printed), 2 wrong usage."""

import json
import os
import socket
import sys
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError
from rich.markup import escape
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import __version__, deployment
from app.accounts.tokens import UnfitSecret
from app.cli.backups import backups
from app.cli.console import AsJson, database, err, language, must_be_migrated, out, print_problem
from app.cli.files import files
from app.cli.users import tokens, users
from app.core import metrics, problems, schema, slow_clients
from app.core.database import Command
from app.core.errors import Invalid, Refusal
from app.core.faults import faults_of
from app.settings import Settings
from app.transfer import demo, doctor, plan_file

MARKS = {"good": "[green]ok[/]  ", "warning": "[yellow]warn[/]", "bad": "[bold red]bad[/] "}

app = typer.Typer(
    name="perhekeskus",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The backend of family-centre networks.",
)
app.add_typer(users, name="user")
app.add_typer(tokens, name="token")
app.add_typer(files)
app.add_typer(backups)


def main() -> None:
    """Run a command; print a refusal as a person would want to read it."""
    try:
        app()
    except Refusal as refusal:
        print_problem(problems.problem_of(refusal, language()).model_dump(exclude_none=True))
        raise SystemExit(problems.EXIT_REFUSED) from None
    except UnfitSecret as unfit:
        err.print(f"[bold red]{unfit}[/]")
        raise SystemExit(problems.EXIT_REFUSED) from None
    except ValidationError as wrong:
        if wrong.title != Settings.__name__:
            refused = Invalid(faults=faults_of(wrong.errors()))
            print_problem(problems.problem_of(refused, language()).model_dump(exclude_none=True))
            raise SystemExit(problems.EXIT_REFUSED) from None
        for fault in wrong.errors():
            err.print(f"[bold red]PERHEKESKUS_{'_'.join(map(str, fault['loc'])).upper()}[/]: {fault['msg']}")
        raise SystemExit(problems.EXIT_REFUSED) from None
    except OSError as broken:
        err.print(f"[bold red]{broken.strerror or broken}[/] {broken.filename or ''}")
        raise SystemExit(problems.EXIT_REFUSED) from None
    except IntegrityError as broken:
        print_problem(problems.problem_of(problems.refusal_of(broken), language()).model_dump(exclude_none=True))
        raise SystemExit(problems.EXIT_REFUSED) from None
    except DBAPIError as broken:
        err.print(
            f"[bold red]The database refused.[/] {type(broken.orig).__name__}: {broken.orig}\nTry `perhekeskus doctor`."
        )
        raise SystemExit(problems.EXIT_REFUSED) from None


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        out.print(__version__)
        raise typer.Exit


@app.command()
def migrate() -> None:
    """Bring the database to the schema that this version needs."""
    with database(is_migrated=False) as found:
        before = schema.current(found.engine)
        if not schema.is_known(before):
            must_be_migrated(found)
        schema.upgrade(found.engine)
        out.print(f"Schema {schema.head()}" + ("" if before == schema.head() else f", was {before or 'empty'}"))


@app.command(name="load-plan")
def load_plan(
    file: Annotated[
        Path | None,
        typer.Argument(help="Another county's plan; the shipped one if absent.", exists=True, dir_okay=False),
    ] = None,
    with_demo: Annotated[bool, typer.Option("--demo", help="Add invented places and history.")] = False,
) -> None:
    """Load a county's plan: create what is missing. A later revision of it is followed; other things stay."""
    if file:
        with file.open("rb") as opened:
            plan = plan_file.read(opened.read(plan_file.MOST_BYTES + 1))
    else:
        plan = plan_file.read(plan_file.shipped())
    with database() as found:
        with found.writing(Command("load-plan")) as session:
            made = plan_file.load(session, plan)
        new = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in made.items() if n)
        out.print(f"Loaded {new}" if new else "Nothing new: the plan is there already")
        if with_demo:
            out.print(demo.load(found))


@app.command()
def openapi(
    file: Annotated[Path | None, typer.Argument(dir_okay=False, help="Standard output if absent.")] = None,
) -> None:
    """Write the contract of /v1 (OpenAPI 3.1)."""
    from app.main import contract_text  # noqa: PLC0415 - other commands need no endpoints, which take half a second

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
    with database():
        deployment.secret(settings)
    if port:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as taken:
                err.print(f"[bold red]Port {port} of {host}: {taken.strerror}.[/] Try --port, or make run PORT=8001.")
                raise typer.Exit(problems.EXIT_REFUSED) from None
        out.print(
            f"Perhekeskus {__version__}\n  start     http://{host}:{port}/\n  explorer  http://{host}:{port}/docs"
        )
    with TemporaryDirectory(prefix="perhekeskus-") if workers > 1 else nullcontext() as shared:
        if shared:  # each worker writes what it measures where the others read it
            os.environ[metrics.SHARED_FOLDER] = shared
        uvicorn.run(
            "app.main:from_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http=slow_clients.GuardedHttp,
            ws="none",
            backlog=slow_clients.backlog(slow_clients.raise_descriptors()),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the application believes only the proxies of its settings
            timeout_keep_alive=slow_clients.IDLE_S,
            timeout_graceful_shutdown=10,
        )


@app.command(name="doctor")
def run_doctor(as_json: AsJson = False) -> None:
    """Look for what is wrong, and say how to mend it."""
    findings = doctor.examine()
    if as_json:
        out.print_json(json.dumps([finding.__dict__ for finding in findings]))
    else:
        for finding in findings:
            out.print(f"{MARKS[finding.level]} {finding.what}: {escape(finding.said)}")
            if finding.cure:
                out.print(f"      {finding.cure}", markup=False)
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(problems.EXIT_REFUSED)
