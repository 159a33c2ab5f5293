"""The yardstick: the same rows as the tutorials of FastAPI and SQLModel serve them.

A table model, a public model, a relation, a session from a generator dependency, ``response_model``. In one thing
it is better than most: the municipalities are fetched in one statement (``selectinload``), not one by one.
"""

import os
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from sqlalchemy.orm import selectinload
from sqlmodel import JSON, Column, Field, Relationship, Session, SQLModel, create_engine, select


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


def create_app() -> FastAPI:
    """One route, on the database ``BENCH_DATABASE_URL``."""
    url = os.environ["BENCH_DATABASE_URL"]
    engine = create_engine(url, connect_args={"check_same_thread": False} if url.startswith("sqlite") else {})
    app = FastAPI()

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    @app.get("/v1/meeting-places", response_model=list[PlacePublic])
    def list_places(
        session: Annotated[Session, Depends(get_session)], limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> Any:
        municipality = selectinload(Place.municipality)  # type: ignore[arg-type]
        query = select(Place).options(municipality).order_by(Place.sort_name, Place.id)  # type: ignore[arg-type]
        return session.exec(query.limit(limit)).all()

    return app
