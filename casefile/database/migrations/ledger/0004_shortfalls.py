"""pages may be searchable though something on them is known to be missing"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shortfalls",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "number"],
            ["pages.document_id", "pages.number"],
            name=op.f("fk_shortfalls_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "number", "position", name=op.f("pk_shortfalls")),
    )
    op.create_index("ix_shortfalls_reason", "shortfalls", ["reason"], unique=False)


def downgrade() -> None:
    op.drop_table("shortfalls")
