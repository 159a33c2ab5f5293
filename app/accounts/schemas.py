"""What clients send and see of callers. Fields are listed by hand: a new column is private."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.accounts.roles import Role


class SignIn(BaseModel):
    """The password form of OAuth2, as the explorer's Authorize button sends it."""

    model_config = ConfigDict(extra="forbid")

    username: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)] = Field(
        description="E-mail address."
    )
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    grant_type: Literal["password", ""] = "password"
    scope: Annotated[str, StringConstraints(max_length=1000)] = Field(
        default="", description="Ignored: a caller has the scopes of the role."
    )
    client_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    client_secret: Annotated[str, StringConstraints(max_length=200)] | None = None


class TokenIssued(BaseModel):
    """A token for the next 15 minutes: send it as ``Authorization: Bearer <access_token>``."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the kind of token
    expires_in: int = Field(description="Seconds.")
    refresh_token: str | None = Field(description="Null for now: sign in again when the token has expired.")


class Me(BaseModel):
    """The caller, as the system knows them."""

    id: uuid.UUID
    email: str
    role: Role
    scopes: list[str] = Field(description="What the caller may do, sorted.")
