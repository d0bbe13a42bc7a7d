"""Kinds of right in German."""

from __future__ import annotations

from collections.abc import Mapping

from casefile.database.accounts import RightKind

KIND_NAMES: Mapping[str, str] = {
    RightKind.ROLE: "Rolle",
    RightKind.ACTIVE: "aktiv",
    RightKind.UNIT: "Stelle",
    RightKind.LEVEL: "Vertraulichkeitsstufe",
    RightKind.GRANT: "Akte freigegeben",
    RightKind.BLOCK: "Akte gesperrt",
    RightKind.DEPUTY: "Vertretung für",
    RightKind.EMERGENCY: "Notzugriff",
    "unit-parent": "Stelle unter Stelle",
    "metadata-only": "nur Metadaten",
}
