"""Tables of people who sign in."""

from sqlalchemy import CheckConstraint, String
from sqlmodel import Field

from app.accounts.roles import Role
from app.core.revisions import PRIVATE
from app.core.shapes import Row


class User(Row, table=True):
    """Someone who signs in with an e-mail address and a password."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'reader')", name="role_is_known"),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        {"info": {"family": PRIVATE}},
    )

    email: str = Field(max_length=254, unique=True, nullable=False)
    password_hash: str = Field(max_length=200, nullable=False)
    role: Role = Field(sa_type=String(20), nullable=False)
    is_active: bool = Field(default=True, nullable=False)
