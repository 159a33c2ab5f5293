"""The yardstick: the same rows as the tutorials of FastAPI and SQLModel serve them.

A table model, a public model, a relation, a session from a generator dependency, ``response_model``; and for private
reads the current user from a token, as the chapter on security has it. In one thing it is better than most: the
municipalities are fetched in one statement (``selectinload``), not one by one.
"""

import os
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt
from sqlalchemy.orm import selectinload
from sqlmodel import JSON, Column, Field, Relationship, Session, SQLModel, create_engine, or_, select

SentToken = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))]


class AreaBase(SQLModel):
    slug: str
    kind: str
    name: dict[str, Any] = Field(sa_column=Column(JSON))


class Area(AreaBase, table=True):
    __tablename__ = "area"

    id: uuid.UUID = Field(primary_key=True)


class AreaPublic(SQLModel):
    id: uuid.UUID
    slug: str
    kind: str
    name: dict[str, Any]


class PlaceFacts(SQLModel):
    version: int
    updated_at: datetime
    slug: str
    kind: str
    address: str | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    latitude: float | None = None
    longitude: float | None = None
    county_id: uuid.UUID


class Place(PlaceFacts, table=True):
    __tablename__ = "meeting_place"

    id: uuid.UUID = Field(primary_key=True)
    name: dict[str, Any] = Field(sa_column=Column(JSON))
    description: dict[str, Any] | None = Field(sa_column=Column(JSON))
    accessibility: dict[str, Any] | None = Field(sa_column=Column(JSON))
    sort_name: str
    municipality_id: uuid.UUID = Field(foreign_key="area.id")
    municipality: Area = Relationship()


class PlacePublic(PlaceFacts):
    id: uuid.UUID
    name: dict[str, Any]
    description: dict[str, Any] | None
    accessibility: dict[str, Any] | None
    municipality: AreaPublic


class User(SQLModel, table=True):
    __tablename__ = "user_account"

    id: uuid.UUID = Field(primary_key=True)
    email: str
    is_active: bool


def create_app() -> FastAPI:
    """One route, on the database ``BENCH_DATABASE_URL``, for anyone."""
    return _create(is_private=False)


def create_private_app() -> FastAPI:
    """The same for those who send a token that ``BENCH_SECRET`` has signed."""
    return _create(is_private=True)


def _create(is_private: bool) -> FastAPI:
    url = os.environ["BENCH_DATABASE_URL"]
    engine = create_engine(url, connect_args={"check_same_thread": False} if url.startswith("sqlite") else {})
    app = FastAPI()

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    SessionDep = Annotated[Session, Depends(get_session)]  # noqa: N806 - as in the tutorial

    def get_current_user(session: SessionDep, token: SentToken) -> User:
        try:
            claims = jwt.decode(token, os.environ["BENCH_SECRET"], algorithms=["HS256"], audience="perhekeskus")
        except JWTError:
            raise HTTPException(401) from None
        user = session.get(User, uuid.UUID(claims["sub"]))
        if user is None or not user.is_active:
            raise HTTPException(401)
        return user

    @app.get(
        "/v1/meeting-places",
        response_model=list[PlacePublic],
        dependencies=[Depends(get_current_user)] if is_private else [],
    )
    def list_places(
        session: SessionDep,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        open_on: date | None = None,
    ) -> Any:
        municipality = selectinload(Place.municipality)  # type: ignore[arg-type]
        query = select(Place).options(municipality).order_by(Place.sort_name, Place.id)  # type: ignore[arg-type]
        if open_on:
            query = query.where(
                or_(Place.opened_on == None, Place.opened_on <= open_on),  # type: ignore[operator]  # noqa: E711
                or_(Place.closed_on == None, Place.closed_on >= open_on),  # type: ignore[operator]  # noqa: E711
            )
        return session.exec(query.limit(limit)).all()

    return app
