"""documents keep their own title beside the one that the cover sheet gives them"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("own_title", sa.String(length=1000), nullable=False, server_default=""))
    op.execute("UPDATE documents SET own_title = title")


def downgrade() -> None:
    op.drop_column("documents", "own_title")
