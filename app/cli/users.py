"""``perhekeskus user``: people who sign in."""

import sys
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import select

from app.accounts import passwords
from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.roles import Role
from app.cli.console import database, out
from app.core.database import Command

users = typer.Typer(no_args_is_help=True, help="People who sign in.")


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
    with database() as found, found.writing(Command("user create")) as session:
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
    with database() as found, found.writing(Command("user reset")) as session:
        user = accounts.reset(session, email, password)
    _tell(user, None if password_stdin else password)


@users.command("first-admin")
def first_admin(email: Annotated[str, typer.Option(help="Who it is.")] = "admin@example.org") -> None:
    """Make an administrator, if nobody can sign in yet."""
    with database() as found:
        password = passwords.made_up()
        with found.writing(Command("user first-admin")) as session:
            if session.scalars(select(User).limit(1)).first():
                return
            user = accounts.create(session, email, Role.admin, password)
    _tell(user, password)


@users.command("list")
def list_users() -> None:
    """Who can sign in."""
    table = Table("e-mail", "role", "in use")
    with database() as found, found.reading() as session:
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
