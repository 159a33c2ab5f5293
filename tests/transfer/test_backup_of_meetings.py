"""Meetings come back at the time that the wall showed, on either database."""

from pathlib import Path

from sqlalchemy import select

from app.accounts.service import grants
from app.core.database import Database
from app.meetings.models.meetings import Meeting
from app.meetings.schemas.meetings import MeetingWrite
from app.meetings.service import meetings
from app.tables import METADATA
from app.transfer import backup
from app.transfer.restore import restore
from tests.meetings import networks
from tests.transfer.backups import contents, every_row

MEETING = Meeting.__table__.c  # type: ignore[attr-defined]


def test_a_meeting_comes_back_at_its_own_time(database: Database, other: Database, tmp_path: Path) -> None:
    networks.found(database, networks.network("ryhma"))
    body = {"network": "ryhma", "mode": "live", "duration_minutes": 60, "agenda": [{"title": "Asia"}]}
    with database.writing(networks.TEST) as session:
        for local_start in ("2026-10-25T03:30", "2026-06-11T13:00"):
            meetings.plan(session, MeetingWrite.model_validate(body | {"local_start": local_start}), grants.OPERATOR)

    made = backup.write(database, METADATA, tmp_path / "a")

    assert contents(restore(other, tmp_path / "a")) == contents(made)
    assert every_row(database) == every_row(other)
    with other.reading() as session:
        found = session.scalars(select(MEETING.local_start).order_by(MEETING.starts_at)).all()
    assert [local.isoformat() for local in found] == ["2026-06-11T13:00:00", "2026-10-25T03:30:00"]
