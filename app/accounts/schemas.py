"""What clients send and see of callers. Fields are listed by hand: a new column is private."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Field as ShapeField

from app.accounts.roles import EVERYTHING, SCOPES, Role
from app.core.dates import Day
from app.core.localized import Localized
from app.core.shapes import Moment, Secret, Shape, partial

# Longer than any that is accepted: how long one is counts in NFC. Spaces at the ends belong to it.
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=False)]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254)]
ScopeName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
SCOPE_NAMES = ", ".join(f"`{scope}`" for scope in SCOPES)


class SignInForm(BaseModel):
    """The password form of OAuth2, as the explorer's Authorize button sends it."""

    model_config = ConfigDict(extra="forbid")

    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)] = Field(
        description="E-mail address."
    )
    password: Password
    grant_type: Literal["password", ""] = "password"
    scope: Annotated[str, StringConstraints(max_length=1000)] = Field(
        default="", description="Ignored: a caller has the scopes of their grants."
    )
    client_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    client_secret: Annotated[str, StringConstraints(max_length=200)] | None = None


class TokenIssued(BaseModel):
    """A token for the next 15 minutes: send it as ``Authorization: Bearer <access_token>``."""

    access_token: Secret
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the kind of token
    expires_in: int = Field(description="Seconds.")
    refresh_token: Secret = Field(
        description="For `POST /v1/auth/refresh`, once, within 14 days. Keep it where scripts of others can't read it."
    )


class RefreshTokenSent(Shape):
    """A refresh token, as the last answer gave it."""

    refresh_token: str = ShapeField(min_length=1, max_length=200)


class PasswordChange(Shape):
    """One's own password, changed."""

    current_password: Password
    new_password: Password = ShapeField(description="12 to 200 characters.")


class Acceptance(Shape):
    """A password for the account behind a one-time link."""

    token: str = ShapeField(min_length=1, max_length=200, description="`token` of the link.")
    password: Password = ShapeField(description="12 to 200 characters.")


class ThingWrite(Shape):
    """What a grant holds for: everything, or a thing and all below it."""

    kind: str = ShapeField(
        min_length=1, max_length=63, description="`everything`, `area`, `meeting_place`, `network` or `organisation`."
    )
    id: str | None = ShapeField(
        default=None, max_length=80, description="Id or slug of the thing; absent where kind is `everything`."
    )


class Thing(BaseModel):
    """What a grant holds for."""

    kind: str = Field(description=f"`{EVERYTHING}`, or the kind of the thing.")
    id: uuid.UUID | None
    slug: str | None
    name: Localized | None


class GrantOnlyWrite(Shape):
    """A role on a thing and all below it, for a time."""

    role: Role
    on: ThingWrite
    valid_from: Day | None = ShapeField(default=None, description="First day; null: from now on.")
    valid_to: Day | None = ShapeField(default=None, description="First day without it; null: until it is ended.")


class GrantWrite(GrantOnlyWrite):
    """A role for a person."""

    user: str = ShapeField(min_length=3, max_length=254, description="Id or e-mail address of the person.")


class GrantPatch(Shape):
    """The validity of a grant. End it by setting `valid_to`: with today's date it ends at once."""

    valid_from: Day | None = None
    valid_to: Day | None = None


class GrantShown(BaseModel):
    """A role that someone has on a thing and all below it."""

    id: uuid.UUID
    version: int
    updated_at: Moment
    user_id: uuid.UUID
    role: Role
    on: Thing
    valid_from: date | None
    valid_to: date | None = Field(description="First day without it.")
    is_valid: bool = Field(description="Whether it holds today.")
    because_of: str | None = Field(
        description="Address of what it goes with, such as a seat: it changes only with that. Null: somebody gave it."
    )


class UserWrite(Shape):
    """Someone to be invited."""

    email: Email
    grants: list[GrantOnlyWrite] = ShapeField(min_length=1, max_length=20)


class UserChange(Shape):
    """What can be changed of someone who can sign in."""

    email: Email
    is_active: bool = ShapeField(description="False ends every sign-in at once.")


@partial
class UserPatch(UserChange):
    """Any of these; those absent stay as they are."""


class UserShown(BaseModel):
    """Someone who can sign in, or was invited to."""

    id: uuid.UUID
    version: int
    updated_at: Moment
    email: str
    state: Literal["invited", "active", "disabled"] = Field(description="`invited`: has no password yet.")
    grants: list[GrantShown] = Field(description="Those that have not ended, and that you may see.")


class LinkShown(BaseModel):
    """A link by which the person sets a password, once."""

    url: Secret = Field(description="Send it to the person by a way that only they read.")
    token: Secret = Field(description="The same, for `POST /v1/auth/accept`.")
    expires_at: Moment


class UserInvited(UserShown):
    """Someone who was invited, with the link that is shown only now."""

    link: LinkShown


class MachineTokenWrite(Shape):
    """A token for a machine: what it may do, where, until when. Never more than its maker may."""

    name: str = ShapeField(min_length=1, max_length=100, description="What it is for. No names of persons.")
    scopes: list[ScopeName] = ShapeField(min_length=1, max_length=40, description=f"Any of {SCOPE_NAMES}.")
    on: ThingWrite
    expires_on: Day | None = ShapeField(
        default=None, description="Last day on which it works; absent: a year from now. At most two years."
    )


class MachineTokenShown(BaseModel):
    """A machine's token, without the token."""

    id: uuid.UUID
    version: int
    updated_at: Moment
    name: str
    hint: str = Field(description="Its first letters.")
    scopes: list[str]
    on: Thing
    made_by: uuid.UUID | None = Field(description="Who made it; null: the command line.")
    expires_at: Moment
    revoked_at: Moment | None
    last_used_at: Moment | None = Field(description="To the quarter of an hour.")


class MachineTokenMade(MachineTokenShown):
    """A machine's token, shown this once."""

    token: Secret


class Me(BaseModel):
    """The caller, as the system knows them."""

    id: uuid.UUID
    kind: Literal["user", "token"]
    email: str | None = Field(description="Of a person.")
    name: str = Field(description="The e-mail address of a person, the name of a machine's token.")
    role: str | None = Field(description="The widest role; `service` for a machine's token; null without any grant.")
    scopes: list[str] = Field(description="What the caller may do somewhere, sorted.")
    grants: list[GrantShown] = Field(description="The roles of a person that hold today.")
    on: Thing | None = Field(description="Where the scopes of a machine's token hold; null for a person.")


class ChangeShown(BaseModel):
    """A row that was made, changed or removed; of a file's rows, their number."""

    kind: str
    action: Literal["created", "changed", "deleted", "imported"]
    id: uuid.UUID | None
    fields: list[str]
    rows: int | None


class DoneBy(BaseModel):
    """Who did it; ``name`` is null where they are known no more."""

    kind: Literal["user", "token", "command_line"]
    id: uuid.UUID | None
    name: str | None


class AuditEntryShown(BaseModel):
    """A command: who, when, what."""

    id: uuid.UUID
    at: Moment
    by: DoneBy
    command: str = Field(description="The operation, or the command of the command line.")
    request_id: str | None
    changes: list[ChangeShown]
    changes_left_out: int = Field(description="How many changes there were beyond those shown.")
