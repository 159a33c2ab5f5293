"""``perhekeskus user``: people who sign in. ``perhekeskus token``: tokens of machines."""

import json
import sys
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Column, Table
from sqlalchemy import select

from app.accounts import passwords
from app.accounts.models import MachineToken, User
from app.accounts.roles import EVERYTHING, Role
from app.accounts.schemas import GrantOnlyWrite, MachineTokenWrite, ThingWrite
from app.accounts.service import grants, machines
from app.accounts.service import users as accounts
from app.accounts.service.callers import TOKEN
from app.cli.console import AsJson, database, out
from app.core import clock, rows
from app.core.database import Command, Work
from app.kinds import KINDS

users = typer.Typer(no_args_is_help=True, help="People who sign in.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens of machines.")
On = Annotated[
    str, typer.Option(help="Where: everything, area:SLUG, meeting_place:SLUG (kind, and slug or id).", metavar="THING")
]
FromStdin = Annotated[bool, typer.Option(help="Read the password from standard input; else one is made.")]


@users.command("create")
def create_user(
    email: str,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    on: On = EVERYTHING,
    password_stdin: FromStdin = False,
) -> None:
    """Let someone sign in."""
    password = _password(password_stdin)
    password_hash = _hashed(password)  # slow, so before the transaction, for which other writers wait
    with database() as found, found.writing(Command("user create")) as session:
        user = accounts.create(session, email, password_hash)
        _give(session, user, role, on)
    out.print(f"{user.email}: {role} on {on}")
    _tell(user, None if password_stdin else password)


@users.command("grant")
def grant_role(
    email: str,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    on: On = EVERYTHING,
) -> None:
    """Give someone a role more."""
    with database() as found, found.writing(Command("user grant")) as session:
        user = accounts.with_email(session, email)
        _give(session, user, role, on)
    out.print(f"{user.email}: {role} on {on}")


@users.command("reset")
def reset_user(email: str, password_stdin: FromStdin = False) -> None:
    """Give someone another password. Their sign-ins end."""
    password = _password(password_stdin)
    password_hash = _hashed(password)
    with database() as found, found.writing(Command("user reset")) as session:
        user = accounts.with_email(session, email)
        accounts.set_password(session, user, password_hash)
    out.print(user.email + ("" if user.is_active else f": out of use; `perhekeskus user enable {user.email}`"))
    _tell(user, None if password_stdin else password)


@users.command("disable")
def disable_user(email: str) -> None:
    """Put someone out of use, from their very next request on."""
    _set_active(email, is_active=False)


@users.command("enable")
def enable_user(email: str) -> None:
    """Take someone into use again."""
    _set_active(email, is_active=True)


@users.command("first-admin")
def first_admin(email: Annotated[str, typer.Option(help="Who it is.")] = "admin@example.org") -> None:
    """Make an administrator, if nobody can sign in yet."""
    with database() as found:
        password = passwords.made_up()
        with found.writing(Command("user first-admin")) as session:
            if session.scalars(select(User).limit(1)).first():
                return
            user = accounts.create(session, email, _hashed(password))
            accounts.give_everything(session, user, Role.admin)
    out.print(f"{user.email}: {Role.admin} on everything")
    _tell(user, password)


@users.command("list")
def list_users(as_json: AsJson = False) -> None:
    """Who can sign in, and what they may do where."""
    with database() as found, found.snapshot() as session:
        shown = accounts.shown(session, KINDS, grants.OPERATOR, session.scalars(accounts.users()).all())
    if as_json:
        out.print_json(json.dumps(shown, default=str))
        return
    table = Table("e-mail", "state", "grants")
    for user in shown:
        table.add_row(user["email"], user["state"], "\n".join(map(_held, user["grants"])))
    out.print(table)


@tokens.command("create")
def create_token(
    name: str,
    scope: Annotated[list[str], typer.Option(help="What it may do; give it again for each.")],
    on: On = EVERYTHING,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day on which it works; a year from now.")
    ] = None,
) -> None:
    """Make a token for a machine, and show it once."""
    write = MachineTokenWrite(
        name=name, scopes=list(scope), on=_thing(on), expires_on=expires.date() if expires else None
    )
    with database() as found, found.writing(Command("token create")) as session:
        made, token = machines.make(session, KINDS, grants.OPERATOR, write)
    out.print(f"{made.name} ({', '.join(made.scopes)} on {on}), last day {_last_day(made.expires_at)}, id {made.id}")
    out.print(f"Token, shown only this once: [bold]{token}[/]")


@tokens.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """Tokens of machines, those that were revoked or have expired too."""
    with database() as found, found.snapshot() as session:
        query = machines.tokens(seen=TOKEN.id.is_not(None))
        shown = machines.shown(session, KINDS, [(row, used_at) for row, used_at in session.execute(query)])
    if as_json:
        out.print_json(json.dumps(shown, default=str))
        return
    table = Table(Column("id", no_wrap=True), "name", "begins", "scopes", "on", "last day", "last used")
    for token in shown:
        ends = "revoked" if token["revoked_at"] else "expired" if token["expires_at"] < clock.now() else None
        until, used = ends or _last_day(token["expires_at"]), token["last_used_at"]
        last = f"{used:%Y-%m-%d %H:%M}" if used else "never"
        scopes, place = ", ".join(token["scopes"]), _place(token["on"])
        table.add_row(str(token["id"]), token["name"], token["hint"], scopes, place, until, last)
    out.print(table)


@tokens.command("revoke")
def revoke_token(token_id: Annotated[str, typer.Argument(metavar="ID", help="As `token list` shows it.")]) -> None:
    """Revoke a machine's token, from its very next request on."""
    with database() as found, found.writing(Command("token revoke")) as session:
        token = rows.find(session, MachineToken, token_id, lock=True)
        machines.revoke(session, token)
    out.print(f"{token.name}: revoked")


def _held(grant: dict[str, Any]) -> str:
    return f"{grant['role']} on {_place(grant['on'])}" + (f" until {grant['valid_to']}" if grant["valid_to"] else "")


def _last_day(expires_at: datetime) -> str:
    return f"{(expires_at - timedelta(seconds=1)).astimezone(clock.HELSINKI):%Y-%m-%d}"


def _set_active(email: str, *, is_active: bool) -> None:
    with database() as found, found.writing(Command("user enable" if is_active else "user disable")) as session:
        user = accounts.with_email(session, email)
        accounts.set_active(session, user, is_active=is_active)
    out.print(f"{user.email}: {'in use' if is_active else 'out of use'}")


def _give(session: Work, user: User, role: Role, on: str) -> None:
    grants.give(session, KINDS, grants.OPERATOR, user, GrantOnlyWrite(role=role, on=_thing(on)))


def _thing(on: str) -> ThingWrite:
    kind, _, id = on.partition(":")
    if not kind or bool(id) == (kind == EVERYTHING):
        raise typer.BadParameter("Say everything, area:SLUG or meeting_place:SLUG: the kind, and a slug or id.")
    return ThingWrite(kind=kind, id=id or None)


def _place(thing: dict[str, str | None]) -> str:
    return f"{thing['kind']}:{thing['slug'] or thing['id']}" if thing["id"] else str(thing["kind"])


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        return passwords.made_up()
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise typer.BadParameter("The password on standard input is not UTF-8.") from None


def _hashed(password: str) -> str:
    accounts.must_be_long_enough(password)
    return passwords.hashed(password)


def _tell(user: User, password: str | None) -> None:
    if password:
        out.print(
            f"Password, shown only this once: [bold]{password}[/]\n"
            f"Change it: perhekeskus user reset {user.email} --password-stdin"
        )
