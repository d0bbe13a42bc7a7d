"""guesses counted by how well the asking side is known; refused sign-ins counted instead of written one by one"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is in it is 15 minutes old at most and says nothing of the asking side.
    op.drop_table("login_attempts")
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("trust", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index("ix_login_attempts_account", "login_attempts", ["account"])
    op.create_index("ix_login_attempts_at", "login_attempts", ["at"])
    for table, column, length in (("known_devices", "token_hash", 64), ("known_addresses", "address", 64)):
        op.create_table(
            table,
            sa.Column("user_id", sa.Integer(), nullable=False),
            sa.Column(column, sa.String(length=length), nullable=False),
            sa.Column("last_used", sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("user_id", column, name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_last_used", table, ["last_used"])
    op.create_table(
        "refused_sign_ins",
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("logged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "address", "outcome", name=op.f("pk_refused_sign_ins")),
    )
    op.create_index("ix_refused_sign_ins_began", "refused_sign_ins", ["began"])


def downgrade() -> None:
    for table in ("refused_sign_ins", "known_addresses", "known_devices"):
        op.drop_table(table)
    with op.batch_alter_table("login_attempts") as batch:
        batch.drop_column("trust")
    op.create_index("ix_login_attempts_address", "login_attempts", ["address"])
