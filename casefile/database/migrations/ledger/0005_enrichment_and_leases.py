"""pages keep what was read out of their text; leases say which process does what only one may do at a time"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pages", sa.Column("language", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("pages", sa.Column("findings", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("pages", sa.Column("enrichment", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("pid_started", sa.Float(), nullable=False),
        sa.Column("renewed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def downgrade() -> None:
    op.drop_table("leases")
    op.drop_column("pages", "enrichment")
    op.drop_column("pages", "findings")
    op.drop_column("pages", "language")
