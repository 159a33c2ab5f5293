"""Tables of callers: people, what they were granted, and the secrets by which callers are known."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String
from sqlmodel import Field, SQLModel

from app.accounts.roles import EVERYTHING, Role
from app.core import clock, ids
from app.core.revisions import PRIVATE
from app.core.shapes import Instant, Row

ROLES = ", ".join(f"'{role}'" for role in Role)
UNSEEN = {"info": {"family": PRIVATE, "unaudited": True}}
# Not in backups: a sign-out, a spent link or a revoked chain must not come back to life.
PASSING = {"info": {"family": PRIVATE, "unaudited": True, "ephemeral": True}}


def _whole() -> CheckConstraint:
    return CheckConstraint(f"(kind = '{EVERYTHING}') = (item_id IS NULL)", name="everything_or_a_thing")


def _of_user() -> Any:
    return Column(ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True)


class User(Row, table=True):
    """Someone who signs in with an e-mail address and a password; without one, they were invited."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        {"info": {"family": PRIVATE}},
    )

    email: str = Field(max_length=254, unique=True, nullable=False)
    password_hash: str | None = Field(default=None, max_length=200)
    is_active: bool = Field(default=True, nullable=False)


class Grant(Row, table=True):
    """A role on a thing and all below it, for a time. ``kind`` is ``everything`` or that of the thing.

    ``because_of`` is the address of what gives it, such as a seat; null for one that somebody gave.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role_is_known"),
        CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="ends_after_it_begins"
        ),
        _whole(),
        Index(None, "kind", "item_id"),
        {"info": {"family": PRIVATE}},
    )

    user_id: uuid.UUID = Field(sa_column=_of_user())
    role: Role = Field(sa_type=String(20), nullable=False)
    kind: str = Field(max_length=63, nullable=False)
    item_id: uuid.UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    because_of: str | None = Field(default=None, max_length=120)


class SignIn(SQLModel, table=True):
    """A person at a device, from the password to signing out. Its row is what makes access tokens count."""

    __tablename__ = "sign_in"
    __table_args__ = PASSING

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    user_id: uuid.UUID = Field(sa_column=_of_user())
    began_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)
    ends_at: datetime = Field(sa_type=Instant, nullable=False, index=True)


class RefreshToken(SQLModel, table=True):
    """One link of a sign-in's chain of refresh tokens. A used one stays, so that its re-use is noticed."""

    __tablename__ = "refresh_token"
    __table_args__ = PASSING

    digest: str = Field(primary_key=True, max_length=64)
    sign_in_id: uuid.UUID = Field(
        sa_column=Column(ForeignKey("sign_in.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    expires_at: datetime = Field(sa_type=Instant, nullable=False)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    client: str = Field(max_length=64, nullable=False)


class OneTimeLink(SQLModel, table=True):
    """A link by which someone sets a password; using it removes it, and a newer one takes the place of an older.

    ``made_by``: the person or machine that it is worth as much as.
    """

    __tablename__ = "one_time_link"
    __table_args__ = PASSING

    digest: str = Field(primary_key=True, max_length=64)
    user_id: uuid.UUID = Field(sa_column=_of_user())
    made_by: uuid.UUID = Field(nullable=False)
    expires_at: datetime = Field(sa_type=Instant, nullable=False)


class MachineToken(Row, table=True):
    """A token of a machine: scopes on a thing and all below it, until it expires or is revoked.

    ``hint`` is its start, by which people tell tokens apart. ``made_by`` is null for the command line.
    """

    __tablename__ = "machine_token"
    __table_args__ = (_whole(), {"info": {"family": PRIVATE}})

    name: str = Field(max_length=100, nullable=False)
    digest: str = Field(max_length=64, unique=True, nullable=False)
    hint: str = Field(max_length=12, nullable=False)
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    kind: str = Field(max_length=63, nullable=False)
    item_id: uuid.UUID | None = None
    made_by: uuid.UUID | None = Field(default=None, foreign_key="user_account.id", index=True)
    expires_at: datetime = Field(sa_type=Instant, nullable=False)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class MachineTokenUse(SQLModel, table=True):
    """When a machine's token was last used, to the quarter of an hour; apart, so that using one is no change."""

    __tablename__ = "machine_token_use"
    __table_args__ = UNSEEN

    token_id: uuid.UUID = Field(sa_column=Column(ForeignKey("machine_token.id", ondelete="CASCADE"), primary_key=True))
    used_at: datetime = Field(sa_type=Instant, nullable=False)


class GuessBrake(SQLModel, table=True):
    """How many wrong passwords were tried lately, by account, by address, by both. ``key`` is a keyed digest."""

    __tablename__ = "guess_brake"
    __table_args__ = PASSING

    key: str = Field(primary_key=True, max_length=64)
    due_at: datetime = Field(sa_type=Instant, nullable=False, index=True)
    familiar_until: datetime | None = Field(default=None, sa_type=Instant)
