"""runs have a heartbeat; cases have their dates and documents their sender as columns; attempts go"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DATES = {"period_from": "laufzeit_von", "period_to": "laufzeit_bis", "retention": "aussonderung"}
MAX_SENDER = 500

CASES = sa.table(
    "cases", sa.column("id"), sa.column("folder"), sa.column("cover"), *(sa.column(name, sa.Date()) for name in DATES)
)
FILES = sa.table("files", sa.column("id"), sa.column("case_id"), sa.column("path"))
DOCUMENTS = sa.table(
    "documents", sa.column("file_id"), sa.column("case_id"), sa.column("path"), sa.column("sender", sa.String())
)


def upgrade() -> None:
    heartbeat = sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00")
    op.add_column("runs", heartbeat)
    op.execute("UPDATE runs SET heartbeat = started")
    op.drop_column("files", "attempts")
    for name in DATES:
        op.add_column("cases", sa.Column(name, sa.Date(), nullable=True))
        op.create_index(f"ix_cases_{name}", "cases", [name])
    op.add_column("documents", sa.Column("sender", sa.String(MAX_SENDER), nullable=False, server_default=""))
    op.create_index("ix_documents_sender", "documents", ["sender"])
    fill(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_documents_sender", table_name="documents")
    op.drop_column("documents", "sender")
    for name in DATES:
        op.drop_index(f"ix_cases_{name}", table_name="cases")
        op.drop_column("cases", name)
    op.add_column("files", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.drop_column("runs", "heartbeat")


def fill(bind: sa.Connection) -> None:
    """What the stored cover sheets say."""
    for identifier, folder, stored in bind.execute(sa.select(CASES.c.id, CASES.c.folder, CASES.c.cover)).all():
        cover = json.loads(stored) if isinstance(stored, str) else stored
        dates = {name: day for name, key in DATES.items() if (day := as_date(cover.get(key, "")))}
        if dates:
            bind.execute(sa.update(CASES).where(CASES.c.id == identifier).values(dates))
        fill_senders(bind, identifier, f"{folder}/" if folder else "", cover.get("dokumente", []))


def fill_senders(bind: sa.Connection, case: str, prefix: str, listed: list[dict[str, Any]]) -> None:
    """A listed file gives its sender to its attachments too, but for those that are listed themselves."""
    for entry in listed:
        if sender := entry.get("absender", ""):
            files = sa.select(FILES.c.id).where(FILES.c.case_id == case, FILES.c.path == prefix + entry["datei"])
            update_sender(bind, case, DOCUMENTS.c.file_id.in_(files), sender)
    for entry in listed:
        update_sender(bind, case, DOCUMENTS.c.path == prefix + entry["datei"], entry.get("absender", ""))


def update_sender(bind: sa.Connection, case: str, which: sa.ColumnElement[bool], sender: str) -> None:
    bind.execute(sa.update(DOCUMENTS).where(DOCUMENTS.c.case_id == case, which).values(sender=sender[:MAX_SENDER]))


def as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
