"""calendars

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instance",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number = 1", name=op.f("ck_instance_one_row")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_instance")),
        info={"family": "meetings", "unaudited": True},
    )
    op.create_table(
        "calendar_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("network_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("network_id IS NULL OR area_id IS NULL", name=op.f("ck_calendar_address_of_one_thing")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_calendar_address_area_id_area")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_calendar_address_network_id_network")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_calendar_address_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_address_digest")),
        info={"family": "private"},
    )
    with op.batch_alter_table("calendar_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_address_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calendar_address_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calendar_address_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("calendar_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_address_user_id"))
        batch_op.drop_index(batch_op.f("ix_calendar_address_network_id"))
        batch_op.drop_index(batch_op.f("ix_calendar_address_area_id"))

    op.drop_table("calendar_address")
    op.drop_table("instance")
