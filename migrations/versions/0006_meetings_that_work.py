"""meetings that work

Revision: 0006, after 0005
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_count",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_decision_count_network_id_network")),
        sa.PrimaryKeyConstraint("network_id", "year", name=op.f("pk_decision_count")),
        info={"family": "meetings", "unaudited": True},
    )
    op.create_table(
        "standing_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("text", sa.String(5000), nullable=True),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("minutes BETWEEN 1 AND 600", name=op.f("ck_standing_item_minutes_are_possible")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_standing_item_network_id_network")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_item")),
        info={"family": "meetings"},
    )
    with op.batch_alter_table("standing_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_standing_item_network_id_position"), ["network_id", "position"], unique=False
        )

    op.create_table(
        "guest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.JSON(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('coming', 'not_coming')", name=op.f("ck_guest_answer_is_known")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_guest_answered_at_some_time")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_guest_meeting_id_meeting")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_guest_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
        info={"family": "meetings"},
    )
    with op.batch_alter_table("guest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guest_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guest_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "minutes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(50000), nullable=False),
        sa.Column("public_extract", sa.String(5000), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (revision IS NULL)", name=op.f("ck_minutes_a_revision_if_approved")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_minutes_meeting_id")),
        info={"family": "meetings"},
    )
    op.create_table(
        "minutes_revision",
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.String(50000), nullable=False),
        sa.Column("public_extract", sa.String(5000), nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(number = 1) = (reason IS NULL)", name=op.f("ck_minutes_revision_corrected_with_a_reason")),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_revision_minutes_id_minutes")),
        sa.PrimaryKeyConstraint("minutes_id", "number", name=op.f("pk_minutes_revision")),
        info={"family": "meetings", "unaudited": True},
    )
    op.create_table(
        "seat_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer IN ('coming', 'deputy', 'not_coming')", name=op.f("ck_seat_answer_answer_is_known")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_seat_answer_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_answer_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_answer")),
        sa.UniqueConstraint("meeting_id", "seat_id", name=op.f("uq_seat_answer_meeting_id_seat_id")),
        info={"family": "meetings"},
    )
    with op.batch_alter_table("seat_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_answer_seat_id"), ["seat_id"], unique=False)

    op.create_table(
        "topic_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("text", sa.String(5000), nullable=True),
        sa.Column("about_kind", sa.String(63), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=True),
        sa.Column("escalated_from_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL)", name=op.f("ck_topic_proposal_about_a_thing_or_none")
        ),
        sa.CheckConstraint(
            "(state = 'declined') = (reason IS NOT NULL)", name=op.f("ck_topic_proposal_declined_with_a_reason")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_topic_proposal_decided_at_some_time")
        ),
        sa.CheckConstraint(
            "agenda_item_id IS NULL OR state = 'taken'", name=op.f("ck_topic_proposal_on_an_agenda_if_taken")
        ),
        sa.CheckConstraint("state IN ('proposed', 'taken', 'declined')", name=op.f("ck_topic_proposal_state_is_known")),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"],
            ["agenda_item.id"],
            name=op.f("fk_topic_proposal_agenda_item_id_agenda_item"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["escalated_from_id"],
            ["agenda_item.id"],
            name=op.f("fk_topic_proposal_escalated_from_id_agenda_item"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_topic_proposal_network_id_network")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_topic_proposal_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_proposal")),
        info={"family": "meetings"},
    )
    with op.batch_alter_table("topic_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_proposal_agenda_item_id"), ["agenda_item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_topic_proposal_escalated_from_id"), ["escalated_from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_topic_proposal_network_id_state"), ["network_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_topic_proposal_seat_id"), ["seat_id"], unique=False)

    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_seat_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("minutes", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=12), nullable=False, server_default="open"))
        batch_op.add_column(sa.Column("carried_from_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("escalated_from_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.String(5000), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_agenda_item_carried_from_id"), ["carried_from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_escalated_from_id"), ["escalated_from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_owner_seat_id"), ["owner_seat_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_agenda_item_escalated_from_id_agenda_item"),
            "agenda_item",
            ["escalated_from_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_agenda_item_carried_from_id_agenda_item"),
            "agenda_item",
            ["carried_from_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(batch_op.f("fk_agenda_item_owner_seat_id_seat"), "seat", ["owner_seat_id"], ["id"])
        batch_op.create_check_constraint(batch_op.f("ck_agenda_item_minutes_are_possible"), "minutes BETWEEN 1 AND 600")
        batch_op.create_check_constraint(
            batch_op.f("ck_agenda_item_outcome_is_known"), "outcome IN ('open', 'handled', 'carried_over')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_agenda_item_answered_at_some_time"), "(answer IS NULL) = (answered_at IS NULL)"
        )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.alter_column("outcome", server_default=None)

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("network_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("year", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
    _number_decisions(op.get_bind())
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.alter_column("network_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column("year", existing_type=sa.SmallInteger(), nullable=False)
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_decision_network_id_year_number"), ["network_id", "year", "number"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_decision_network_id_network"), "network", ["network_id"], ["id"])
        batch_op.create_check_constraint(batch_op.f("ck_decision_number_counts_from_one"), "number >= 1")


def _number_decisions(connection: sa.Connection) -> None:
    """Number what was decided before: by network and year of the meeting's day, in order of start and position."""
    meeting = sa.table(
        "meeting",
        sa.column("id", sa.Uuid()),
        sa.column("network_id", sa.Uuid()),
        sa.column("local_start", sa.DateTime()),
        sa.column("starts_at", sa.DateTime(timezone=True)),
    )
    decision = sa.table(
        "decision",
        sa.column("id", sa.Uuid()),
        sa.column("meeting_id", sa.Uuid()),
        sa.column("position", sa.SmallInteger()),
        sa.column("network_id", sa.Uuid()),
        sa.column("year", sa.SmallInteger()),
        sa.column("number", sa.Integer()),
    )
    columns = [sa.column("network_id", sa.Uuid()), sa.column("year"), sa.column("last_number")]
    decided = connection.execute(
        sa.select(decision.c.id, meeting.c.network_id, meeting.c.local_start)
        .join(meeting, decision.c.meeting_id == meeting.c.id)
        .order_by(meeting.c.starts_at, meeting.c.id, decision.c.position, decision.c.id)
    ).all()
    last: dict[tuple[uuid.UUID, int], int] = {}
    for id, network_id, local_start in decided:
        key = network_id, local_start.year
        last[key] = last.get(key, 0) + 1
        values = {"network_id": network_id, "year": local_start.year, "number": last[key]}
        connection.execute(sa.update(decision).where(decision.c.id == id).values(values))
    counts = [{"network_id": network_id, "year": year, "last_number": n} for (network_id, year), n in last.items()]
    if counts:
        connection.execute(sa.insert(sa.table("decision_count", *columns)), counts)


def downgrade() -> None:
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_decision_network_id_network"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_decision_number_counts_from_one"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_decision_network_id_year_number"), type_="unique")
        batch_op.drop_column("number")
        batch_op.drop_column("year")
        batch_op.drop_column("network_id")

    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_agenda_item_owner_seat_id_seat"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_agenda_item_carried_from_id_agenda_item"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_agenda_item_escalated_from_id_agenda_item"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_agenda_item_minutes_are_possible"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_agenda_item_outcome_is_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_agenda_item_answered_at_some_time"), type_="check")
        batch_op.drop_index(batch_op.f("ix_agenda_item_owner_seat_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_item_escalated_from_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_item_carried_from_id"))
        batch_op.drop_column("answered_at")
        batch_op.drop_column("answer")
        batch_op.drop_column("escalated_from_id")
        batch_op.drop_column("carried_from_id")
        batch_op.drop_column("outcome")
        batch_op.drop_column("minutes")
        batch_op.drop_column("owner_seat_id")

    with op.batch_alter_table("topic_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topic_proposal_seat_id"))
        batch_op.drop_index(batch_op.f("ix_topic_proposal_network_id_state"))
        batch_op.drop_index(batch_op.f("ix_topic_proposal_escalated_from_id"))
        batch_op.drop_index(batch_op.f("ix_topic_proposal_agenda_item_id"))

    op.drop_table("topic_proposal")
    with op.batch_alter_table("seat_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_answer_seat_id"))

    op.drop_table("seat_answer")
    op.drop_table("minutes_revision")
    op.drop_table("minutes")
    with op.batch_alter_table("guest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guest_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_guest_meeting_id"))

    op.drop_table("guest")
    with op.batch_alter_table("standing_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_item_network_id_position"))

    op.drop_table("standing_item")
    op.drop_table("decision_count")
