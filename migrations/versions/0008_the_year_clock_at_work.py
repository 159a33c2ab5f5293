"""the year clock at work

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "school_break",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_school_break_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_school_break_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_break")),
        info={"family": "year_clock"},
    )
    with op.batch_alter_table("school_break", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_break_area_id_first_on"), ["area_id", "first_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_break_first_on"), ["first_on"], unique=False)

    with op.batch_alter_table("year_clock_window", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tasks", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("year_clock_window", schema=None) as batch_op:
        batch_op.alter_column("tasks", existing_type=sa.JSON(), server_default=None)

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secretary_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_meeting_secretary_id"), ["secretary_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_meeting_secretary_id_seat"), "seat", ["secretary_id"], ["id"])

    op.create_table(
        "turn_swap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(length=10), nullable=False),
        sa.Column("from_network_id", sa.Uuid(), nullable=True),
        sa.Column("to_network_id", sa.Uuid(), nullable=True),
        sa.Column("from_seat_id", sa.Uuid(), nullable=True),
        sa.Column("to_seat_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.CheckConstraint("duty IN ('lead', 'secretary')", name=op.f("ck_turn_swap_duty_is_known")),
        sa.CheckConstraint(
            "(duty = 'lead') = (to_network_id IS NOT NULL) AND (duty = 'secretary') = (to_seat_id IS NOT NULL)",
            name=op.f("ck_turn_swap_to_whom_the_duty_can_go"),
        ),
        sa.CheckConstraint(
            "(duty = 'lead' OR from_network_id IS NULL) AND (duty = 'secretary' OR from_seat_id IS NULL)",
            name=op.f("ck_turn_swap_from_whom_the_duty_can_come"),
        ),
        sa.ForeignKeyConstraint(["from_network_id"], ["network.id"], name=op.f("fk_turn_swap_from_network_id_network")),
        sa.ForeignKeyConstraint(["from_seat_id"], ["seat.id"], name=op.f("fk_turn_swap_from_seat_id_seat")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_turn_swap_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["to_network_id"], ["network.id"], name=op.f("fk_turn_swap_to_network_id_network")),
        sa.ForeignKeyConstraint(["to_seat_id"], ["seat.id"], name=op.f("fk_turn_swap_to_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_swap")),
        info={"family": "meetings"},
    )
    with op.batch_alter_table("turn_swap", schema=None) as batch_op:
        for column in ("from_network_id", "from_seat_id", "meeting_id", "to_network_id", "to_seat_id"):
            batch_op.create_index(batch_op.f(f"ix_turn_swap_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("turn_swap")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_meeting_secretary_id_seat"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_meeting_secretary_id"))
        batch_op.drop_column("secretary_id")
    with op.batch_alter_table("year_clock_window", schema=None) as batch_op:
        batch_op.drop_column("tasks")
    op.drop_table("school_break")
