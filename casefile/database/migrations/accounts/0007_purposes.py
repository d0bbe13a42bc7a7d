"""why a case is opened, stated once for a session and a case"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stated_purposes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_purposes")),
    )
    op.create_index("ix_stated_purposes_at", "stated_purposes", ["at"])
    op.create_index("ix_stated_purposes_session", "stated_purposes", ["session", "case_id"])


def downgrade() -> None:
    op.drop_table("stated_purposes")
