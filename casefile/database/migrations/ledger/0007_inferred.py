"""kind and date of documents may be inferred; what a mail's header says is kept"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind_inferred", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("date_inferred", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("header", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("inferred", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("inference", sa.Integer(), nullable=False, server_default="0"),
    ]


def upgrade() -> None:
    for column in columns():
        op.add_column("documents", column)


def downgrade() -> None:
    for column in columns():
        op.drop_column("documents", column.name)
