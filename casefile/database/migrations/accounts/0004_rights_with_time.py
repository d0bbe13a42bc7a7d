"""rights are kept with their time; units lie below each other; kinds whose text is not searchable"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Since when a right of an older program holds is not known; the account's own beginning is the earliest it can be.
TAKEN_OVER = (
    "INSERT INTO rights (user_id, kind, value, reason, valid_from, given_by, ended_by)"
    " SELECT id, 'role', role, '', created, '', '' FROM users",
    "INSERT INTO rights (user_id, kind, value, reason, valid_from, given_by, ended_by)"
    " SELECT id, 'active', '', '', created, '', '' FROM users WHERE active",
    "INSERT INTO rights (user_id, kind, value, reason, valid_from, given_by, ended_by)"
    " SELECT user_id, 'unit', unit, '', created, '', '' FROM user_units JOIN users ON users.id = user_id",
    "INSERT INTO rights (user_id, kind, value, reason, valid_from, given_by, ended_by)"
    " SELECT user_id, CASE WHEN allow THEN 'grant' ELSE 'block' END, case_id, reason, created, '', ''"
    " FROM case_rules JOIN users ON users.id = user_id",
)


def timed() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.String(length=250), nullable=False),
        sa.Column("ended_by", sa.String(length=250), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "rights",
        *timed(),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rights_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights")),
    )
    op.create_index("ix_rights_user_id", "rights", ["user_id", "kind"])
    op.create_table(
        "unit_parents",
        *timed(),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("parent", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_parents")),
    )
    op.create_index("ix_unit_parents_unit", "unit_parents", ["unit"])
    op.create_table(
        "metadata_only_kinds",
        *timed(),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata_only_kinds")),
    )
    op.create_index("ix_metadata_only_kinds_kind", "metadata_only_kinds", ["kind"])
    for statement in TAKEN_OVER:
        op.execute(statement)
    op.drop_table("case_rules")
    op.drop_table("user_units")


def downgrade() -> None:
    op.create_table(
        "user_units",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_units_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "unit", name=op.f("pk_user_units")),
    )
    op.create_table(
        "case_rules",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("allow", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_rules_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "case_id", name=op.f("pk_case_rules")),
    )
    op.execute(
        "INSERT INTO user_units SELECT DISTINCT user_id, value FROM rights WHERE kind = 'unit' AND valid_to IS NULL"
    )
    op.execute(
        "INSERT INTO case_rules SELECT user_id, value, min(kind) <> 'block', '' FROM rights"
        " WHERE kind IN ('grant', 'block') AND valid_to IS NULL GROUP BY user_id, value"
    )
    for table in ("metadata_only_kinds", "unit_parents", "rights"):
        op.drop_table(table)
