"""an index of the cases being rewritten, which every answer asks for"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEING_REWRITTEN = sa.text("version != indexed_version AND (indexed_version > 0 OR version > 1)")


def upgrade() -> None:
    op.create_index(
        "ix_cases_being_rewritten",
        "cases",
        ["id"],
        unique=False,
        sqlite_where=BEING_REWRITTEN,
        postgresql_where=BEING_REWRITTEN,
    )


def downgrade() -> None:
    op.drop_index("ix_cases_being_rewritten", table_name="cases")
