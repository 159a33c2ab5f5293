"""The ways in: steps that check passwords, between transactions and never inside one.

A password costs tens of milliseconds to check. So no transaction is open meanwhile, and a few threads of
their own do it: those who read and write need not wait for those who sign in.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio
import anyio.to_thread
from sqlmodel import Session

from app.accounts import passwords
from app.accounts.models import User
from app.accounts.reach import Kinds
from app.accounts.rules import Caller
from app.accounts.service import sign_ins, users
from app.accounts.service.sign_ins import RefreshTokenReused, Trier, WrongCredentials
from app.accounts.tokens import LIFE, Signer
from app.core.addresses import network_of
from app.core.database import Command, Database, Work

Result = TypeVar("Result")


@dataclass(frozen=True)
class Issued:
    """What a caller gets to show who they are."""

    access_token: str
    expires_in: int
    refresh_token: str


@dataclass(frozen=True)
class Door:
    """What the ways in need of the application.

    ``guess_key`` keys the digests by which tries are counted; ``hashing`` bounds how many passwords are
    checked at once.
    """

    database: Database
    kinds: Kinds
    signer: Signer
    guess_key: bytes
    hashing: anyio.CapacityLimiter

    def trier(self, email: str, address: str, agent: str = "") -> Trier:
        """Who tries, from an address and with a user agent."""
        return Trier(self.guess_key, email, network_of(address), agent)

    async def read(self, step: Callable[[Session], Result]) -> Result:
        """A step that reads, in a seat of its own."""

        def run() -> Result:
            with self.database.reading() as session:
                return step(session)

        async with self.database.seat():
            return await anyio.to_thread.run_sync(run)

    async def write(self, command: Command, step: Callable[[Work], Result]) -> Result:
        """A step that writes, in a transaction and a turn of its own."""

        def run() -> Result:
            with self.database.writing(command) as session:
                return step(session)

        async with self.database.turn():
            return await anyio.to_thread.run_sync(run)

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Whether a password is the one that is stored; as slow for nobody as for somebody."""
        return await anyio.to_thread.run_sync(passwords.is_right, password, stored, limiter=self.hashing)

    async def hashed(self, password: str) -> str:
        """A password as it may be stored. Raises PasswordTooShort."""
        users.must_be_long_enough(password)
        return await anyio.to_thread.run_sync(passwords.hashed, password, limiter=self.hashing)

    def issued(self, user_id: uuid.UUID, sign_in_id: uuid.UUID, refresh_token: str) -> Issued:
        """The tokens of a sign-in."""
        return Issued(self.signer.token_for(user_id, sign_in_id), int(LIFE.total_seconds()), refresh_token)


async def sign_in(door: Door, trier: Trier, password: str) -> Issued:
    """Tokens for who knows the password. Raises TooManyGuesses, WrongCredentials."""
    command = Command("signIn")
    user_id, password_hash = await _known(door, command, trier, password)

    def begin(session: Work) -> tuple[uuid.UUID, str]:
        sign_ins.must_still_be(session, user_id, password_hash)
        return sign_ins.begin(session, user_id, trier.client)

    sign_in_id, refresh_token = await door.write(command, begin)
    return door.issued(user_id, sign_in_id, refresh_token)


async def refresh(door: Door, secret: str, client: str) -> Issued:
    """Further tokens. Raises RefreshTokenNotAccepted, RefreshTokenReused."""
    found = await door.write(Command("refreshToken"), lambda s: sign_ins.refresh(s, secret, client))
    if found is None:  # raised only now: that the sign-in has ended is committed
        raise RefreshTokenReused()
    return door.issued(*found)


async def change_password(door: Door, caller: Caller, trier: Trier, current: str, new: str, command: Command) -> None:
    """Another password for the caller; their other sign-ins end.

    Raises PasswordTooShort, TooManyGuesses, WrongCredentials.
    """
    users.must_be_long_enough(new)
    user_id, password_hash = await _known(door, command, trier, current)
    new_hash = await door.hashed(new)

    def change(session: Work) -> None:
        sign_ins.must_still_be(session, user_id, password_hash)
        users.set_password(session, session.get_one(User, user_id), new_hash, but=caller.session_id)

    await door.write(command, change)


async def invited(door: Door, secret: str) -> User:
    """Who may set a password by a one-time link; looking does not spend it. Raises LinkNotValid."""
    return await door.read(lambda session: users.behind_link(session, door.kinds, secret))


async def accept(door: Door, secret: str, password: str, address: str, request_id: str | None) -> None:
    """Set a password by a one-time link, which is spent by it. Raises LinkNotValid, PasswordTooShort.

    Whoever holds the link is no stranger: what others guess meanwhile does not keep them out at this address.
    """
    user = await invited(door, secret)
    password_hash = await door.hashed(password)

    def accepted(session: Work) -> None:
        found = users.behind_link(session, door.kinds, secret, spend=True)
        users.set_password(session, found, password_hash)
        sign_ins.make_familiar(session, door.trier(found.email, address))

    await door.write(Command("acceptLink", user.id, request_id), accepted)


async def _known(door: Door, command: Command, trier: Trier, password: str) -> tuple[uuid.UUID, str]:
    """The id and password hash of who tries, if the password is theirs. Raises TooManyGuesses, WrongCredentials."""
    await door.write(command, lambda session: sign_ins.take_a_try(session, trier))
    stored = await door.read(lambda session: sign_ins.password_of(session, trier.email))
    if not await door.is_right(password, stored[1] if stored else None) or stored is None:
        raise WrongCredentials()
    await door.write(command, lambda session: sign_ins.give_back_the_try(session, trier))
    return stored
