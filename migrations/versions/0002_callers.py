"""callers

Roles move from the user into grants, and what an audit entry changed from a JSON column into rows.

Revision: 0002, after 0001
"""

import json
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
import uuid6
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

USER = sa.table(
    "user_account", sa.column("id", sa.Uuid()), sa.column("role", sa.String()), sa.column("password_hash", sa.String()),
    sa.column("is_active", sa.Boolean()),
)
GRANT = sa.table(
    "role_grant",
    sa.column("id", sa.Uuid()),
    sa.column("version", sa.Integer()),
    sa.column("updated_at", sa.DateTime(timezone=True)),
    sa.column("user_id", sa.Uuid()),
    sa.column("role", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("valid_from", sa.Date()),
    sa.column("valid_to", sa.Date()),
)
ENTRY = sa.table(
    "audit_entry",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("item_id", sa.Uuid()),
    sa.column("changes", sa.JSON()),
)
CHANGE = sa.table(
    "audit_change",
    sa.column("entry_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("action", sa.String()),
    sa.column("item_id", sa.Uuid()),
    sa.column("fields", sa.JSON()),
    sa.column("rows", sa.Integer()),
)


def grants_of_roles() -> None:
    """Each user's role becomes a grant on everything."""
    connection = op.get_bind()
    for user in connection.execute(sa.select(USER.c.id, USER.c.role)).all():
        connection.execute(
            GRANT.insert().values(
                id=uuid.UUID(bytes=uuid6.uuid7().bytes),
                version=1,
                updated_at=datetime.now(UTC),
                user_id=user.id,
                role=user.role,
                kind="everything",
            )
        )


def roles_of_grants() -> None:
    """Each user's grants become one role: admin or reader, for those who have that on everything now.

    All others are put out of use: the older version can't say that somebody may do a thing in one place only.
    """
    connection = op.get_bind()
    today = datetime.now(UTC).date()
    valid = sa.select(GRANT.c.user_id).where(
        GRANT.c.kind == "everything",
        sa.or_(GRANT.c.valid_from.is_(None), GRANT.c.valid_from <= today),
        sa.or_(GRANT.c.valid_to.is_(None), GRANT.c.valid_to > today),
    )
    connection.execute(USER.update().values(role="reader"))
    connection.execute(USER.update().where(USER.c.id.in_(valid.where(GRANT.c.role == "admin"))).values(role="admin"))
    bounded = sa.or_(USER.c.id.not_in(valid), USER.c.password_hash.is_(None))
    connection.execute(USER.update().where(bounded).values(is_active=False))
    connection.execute(USER.update().where(USER.c.password_hash.is_(None)).values(password_hash=""))


def rows_of_changes() -> None:
    """The changes of each audit entry become rows."""
    connection = op.get_bind()
    for entry in connection.execute(sa.select(ENTRY.c.id, ENTRY.c.changes)).all():
        changes = json.loads(entry.changes) if isinstance(entry.changes, str) else entry.changes
        for position, change in enumerate(changes):
            connection.execute(
                CHANGE.insert().values(
                    entry_id=entry.id,
                    position=position,
                    kind=change["kind"],
                    action=change["action"],
                    item_id=uuid.UUID(change["id"]) if change.get("id") else None,
                    fields=change.get("fields", []),
                    rows=change.get("rows"),
                )
            )


def changes_of_rows() -> None:
    """The rows of changes become JSON of their audit entries."""
    connection = op.get_bind()
    entries: dict[uuid.UUID, list[sa.Row]] = {}
    for change in connection.execute(sa.select(CHANGE).order_by(CHANGE.c.entry_id, CHANGE.c.position)).all():
        entries.setdefault(change.entry_id, []).append(change)
    for id, changes in entries.items():
        shown = [
            {"kind": c.kind, "action": c.action, "rows": c.rows}
            if c.rows is not None
            else {"kind": c.kind, "action": c.action, "id": str(c.item_id) if c.item_id else None, "fields": c.fields}
            for c in changes
        ]
        first = changes[0]
        connection.execute(
            ENTRY.update().where(ENTRY.c.id == id).values(kind=first.kind, item_id=first.item_id, changes=shown)
        )


def upgrade() -> None:
    op.create_table(
        "guess_brake",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("familiar_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guess_brake")),
        info={"family": "private", "unaudited": True, "ephemeral": True},
    )
    with op.batch_alter_table("guess_brake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guess_brake_due_at"), ["due_at"], unique=False)

    op.create_table(
        "audit_change",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_change_entry_id_audit_entry")),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_audit_change")),
        info={"family": "private", "unaudited": True},
    )
    with op.batch_alter_table("audit_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_change_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_change_kind_entry_id"), ["kind", "entry_id"], unique=False)

    op.create_table(
        "machine_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(12), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'everything') = (item_id IS NULL)", name=op.f("ck_machine_token_everything_or_a_thing")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_machine_token_made_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_machine_token_digest")),
        info={"family": "private"},
    )
    with op.batch_alter_table("machine_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_machine_token_made_by"), ["made_by"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_one_time_link_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_link")),
        info={"family": "private", "unaudited": True, "ephemeral": True},
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'everything') = (item_id IS NULL)", name=op.f("ck_role_grant_everything_or_a_thing")
        ),
        sa.CheckConstraint(
            "role IN ('admin', 'coordinator', 'network_lead', 'place_contact', 'recorder', 'reader')",
            name=op.f("ck_role_grant_role_is_known"),
        ),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to",
            name=op.f("ck_role_grant_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        info={"family": "private"},
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_kind_item_id"), ["kind", "item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sign_in_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        info={"family": "private", "unaudited": True, "ephemeral": True},
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "machine_token_use",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["machine_token.id"],
            name=op.f("fk_machine_token_use_token_id_machine_token"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_machine_token_use")),
        info={"family": "private", "unaudited": True},
    )
    op.create_table(
        "refresh_token",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_in.id"], name=op.f("fk_refresh_token_sign_in_id_sign_in"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_refresh_token")),
        info={"family": "private", "unaudited": True, "ephemeral": True},
    )
    with op.batch_alter_table("refresh_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refresh_token_sign_in_id"), ["sign_in_id"], unique=False)

    grants_of_roles()
    rows_of_changes()

    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.add_column(sa.Column("token_id", sa.Uuid(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_audit_entry_item_id"))
        batch_op.create_index(batch_op.f("ix_audit_entry_token_id"), ["token_id"], unique=False)
        batch_op.drop_column("kind")
        batch_op.drop_column("item_id")
        batch_op.drop_column("changes")

    with op.batch_alter_table("user_account") as batch_op:
        batch_op.drop_constraint(op.f("ck_user_account_role_is_known"), type_="check")
        batch_op.alter_column("password_hash", existing_type=sa.String(200), nullable=True)
        batch_op.drop_column("role")

    with op.batch_alter_table("import_report") as batch_op:
        batch_op.alter_column("user_id", new_column_name="caller_id", existing_type=sa.Uuid(), existing_nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("import_report") as batch_op:
        batch_op.alter_column("caller_id", new_column_name="user_id", existing_type=sa.Uuid(), existing_nullable=True)

    with op.batch_alter_table("user_account") as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(20), nullable=True))
    roles_of_grants()
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.alter_column("role", existing_type=sa.String(20), nullable=False)
        batch_op.alter_column("password_hash", existing_type=sa.String(200), nullable=False)
        batch_op.create_check_constraint(op.f("ck_user_account_role_is_known"), "role IN ('admin', 'reader')")

    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.add_column(sa.Column("changes", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("item_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(63), nullable=False, server_default=""))
    changes_of_rows()
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.alter_column("changes", existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column("kind", existing_type=sa.String(63), server_default=None)
        batch_op.drop_index(batch_op.f("ix_audit_entry_token_id"))
        batch_op.create_index(batch_op.f("ix_audit_entry_item_id"), ["item_id"], unique=False)
        batch_op.drop_column("token_id")

    with op.batch_alter_table("refresh_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refresh_token_sign_in_id"))

    op.drop_table("refresh_token")
    op.drop_table("machine_token_use")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))
        batch_op.drop_index(batch_op.f("ix_sign_in_ends_at"))

    op.drop_table("sign_in")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grant_user_id"))
        batch_op.drop_index(batch_op.f("ix_role_grant_kind_item_id"))

    op.drop_table("role_grant")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_user_id"))

    op.drop_table("one_time_link")
    with op.batch_alter_table("machine_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_machine_token_made_by"))

    op.drop_table("machine_token")
    with op.batch_alter_table("audit_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_change_kind_entry_id"))
        batch_op.drop_index(batch_op.f("ix_audit_change_item_id"))

    op.drop_table("audit_change")
    with op.batch_alter_table("guess_brake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guess_brake_due_at"))

    op.drop_table("guess_brake")
