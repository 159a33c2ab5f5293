"""reviews of documents; from when a plan is recorded

Revision: 0009, after 0008
"""

import uuid

import sqlalchemy as sa
import uuid6
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DOCUMENT = sa.table(
    "reviewed_document",
    sa.column("id", sa.Uuid()),
    sa.column("updated_at", sa.DateTime(timezone=True)),
    sa.column("last_reviewed_in", sa.String(7)),
)
PLAN = sa.table(
    "plan",
    sa.column("id", sa.Uuid()),
    sa.column("updated_at", sa.DateTime(timezone=True)),
    sa.column("recorded_from", sa.Date()),
)
REVIEW = sa.table(
    "document_review",
    sa.column("id", sa.Uuid()),
    sa.column("version", sa.Integer()),
    sa.column("updated_at", sa.DateTime(timezone=True)),
    sa.column("document_id", sa.Uuid()),
    sa.column("reviewed_in", sa.String(7)),
)


def upgrade() -> None:
    op.create_table(
        "document_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_in", sa.String(7), nullable=False),
        sa.Column("note", sa.String(500), nullable=True),
        sa.CheckConstraint("length(reviewed_in) IN (4, 7)", name=op.f("ck_document_review_year_or_month")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["reviewed_document.id"],
            name=op.f("fk_document_review_document_id_reviewed_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_review")),
        sa.UniqueConstraint("document_id", "reviewed_in", name=op.f("uq_document_review_document_id_reviewed_in")),
        info={"family": "materials"},
    )
    known = sa.select(DOCUMENT).where(DOCUMENT.c.last_reviewed_in.is_not(None)).order_by(DOCUMENT.c.id)
    for document in op.get_bind().execute(known).all():
        op.execute(
            REVIEW.insert().values(
                id=uuid.UUID(bytes=uuid6.uuid7().bytes),
                version=1,
                updated_at=document.updated_at,
                document_id=document.id,
                reviewed_in=document.last_reviewed_in,
            )
        )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recorded_from", sa.Date(), nullable=True))
    # What was recorded before is not known: as of a plan that is loaded for the first time. Whoever knows sets it back.
    for plan in op.get_bind().execute(sa.select(PLAN)).all():
        op.execute(PLAN.update().where(PLAN.c.id == plan.id).values(recorded_from=plan.updated_at.date()))


def downgrade() -> None:
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_column("recorded_from")
    op.drop_table("document_review")
