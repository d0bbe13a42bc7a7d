"""What a check of the log can find, with German words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    ROW_MISSING = "row_missing"
    ROW_CHANGED = "row_changed"
    ROW_ADDED = "row_added"
    LEAF_CHANGED = "leaf_changed"
    TREE_CHANGED = "tree_changed"
    TREE_CUT = "tree_cut"
    SIGNATURE = "signature"
    KEY = "key"
    CLOCK = "clock"
    COPY = "copy"
    WITNESS = "witness"
    DROPPED = "dropped"


FLAW_NAMES: Mapping[Flaw, str] = {
    Flaw.ROW_MISSING: "Zeile fehlt",
    Flaw.ROW_CHANGED: "Zeile geändert",
    Flaw.ROW_ADDED: "Zeile, die nie vergeben wurde",
    Flaw.LEAF_CHANGED: "Eintrag weicht von der zweiten Stelle ab",
    Flaw.TREE_CHANGED: "Einträge passen nicht zum Prüfpunkt",
    Flaw.TREE_CUT: "Einträge fehlen, die ein Prüfpunkt zählt",
    Flaw.SIGNATURE: "Prüfpunkt ohne gültige Unterschrift",
    Flaw.KEY: "anderer Schlüssel",
    Flaw.CLOCK: "Uhrzeit passt nicht",
    Flaw.COPY: "zweite Stelle ist unvollständig",
    Flaw.WITNESS: "Zeuge",
    Flaw.DROPPED: "vor der Frist gelöscht",
}


@dataclass(frozen=True)
class Finding:
    """`row`: number of the audit row, or of the last one that a checkpoint covers; `where`: German."""

    flaw: Flaw
    row: int | None = None
    where: str = ""

    def to_text(self) -> str:
        row = f"Zeile {self.row}: " if self.row is not None else ""
        return f"{row}{FLAW_NAMES[self.flaw]}" + (f" ({self.where})" if self.where else "")
