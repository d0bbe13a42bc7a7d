"""numbers of audit rows are counted, not drawn from a sequence"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counter = op.create_table(
        "audit_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_counter")),
    )
    bind = op.get_bind()
    last = bind.scalar(sa.text("SELECT max(id) FROM audit")) or 0
    # SQLite gave each row the next number; a sequence of PostgreSQL skips some, so what it gave proves nothing.
    from_sequence = bind.dialect.name == "postgresql"
    op.bulk_insert(counter, [{"id": 1, "last": last, "counted_from": last + 1 if from_sequence else 1}])
    if from_sequence:
        op.alter_column("audit", "id", server_default=None)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval('audit_id_seq', (SELECT max(id) FROM audit))")
        op.alter_column("audit", "id", server_default=sa.text("nextval('audit_id_seq')"))
    op.drop_table("audit_counter")
