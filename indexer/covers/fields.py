"""The spellings by which a cover sheet's fields are recognised, and the error of a sheet that cannot be read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields

from casefile.model import CoverSheet
from casefile.names import one_line

KNOWN = frozenset(f.name for f in fields(CoverSheet))
DATES = frozenset({"laufzeit_von", "laufzeit_bis", "aussonderung", "geburtsdatum", "datum", "posteingang"})
LINK = "dms"
# Every attribute of the model that is one line of text is read; a new one needs no entry here.
_LINES = tuple(f.name for f in fields(CoverSheet) if f.type == "str" and f.name != LINK)
DATE_FIELDS = tuple(name for name in _LINES if name in DATES)
TEXT_FIELDS = tuple(name for name in _LINES if name not in DATES)
LISTS = frozenset(
    {"personen", "dokumente", "schlagwoerter", "nicht_digitalisiert", "scanvermerk", "kennungen", "weitere_namen"}
)
# Rights of a case depend on these: a doubtful value locks the case.
RIGHTS = frozenset({"vertraulichkeit", "stelle"})
# What some programs put around the fields of a sheet.
WRAPPERS = frozenset({"deckblatt", "akte", "metadaten"})
_SYNONYMS = {
    "az": "aktenzeichen",
    "kennzeichen": "aktenzeichen",
    "geschaeftszeichen": "aktenzeichen",
    "schlagworte": "schlagwoerter",
    "vertraulichkeitsstufe": "vertraulichkeit",
    "aktenplaneinheit": "aktenplan",
    "vornamen": "vorname",
    "nachname": "name",
    "familienname": "name",
    "dms_link": "dms",
    "verweis": "dms",
    "scan": "scanvermerk",
    "transfervermerk": "scanvermerk",
    "aufbewahrung_bis": "aussonderung",
    "aussonderungsdatum": "aussonderung",
}


class CoverSheetError(Exception):
    """The file as a whole cannot be read; the message is German."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message[:1000]))


def field_key(name: str) -> str:
    """`Laufzeit von` → `laufzeit_von`, `Schlagwörter` → `schlagwoerter`, `Az.` → `aktenzeichen`."""
    key = unicodedata.normalize("NFC", name).strip().strip(".:").casefold()
    for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        key = key.replace(umlaut, plain)
    key = re.sub(r"[\s.-]+", "_", key)
    return _SYNONYMS.get(key, key)


def is_known(name: str) -> bool:
    return field_key(name) in KNOWN


def refuse_twice(names: Iterable[str]) -> None:
    """Raises CoverSheetError where a field is given twice, because the program cannot know which value is right."""
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise CoverSheetError(f"Feld „{twice[0]}“ steht doppelt")
