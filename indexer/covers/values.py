"""The values of a cover sheet: lines, words, dates, records and the confidentiality, within their bounds.

What does not fit is named in `problems`, which every function adds to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from casefile.canonical.references import find_dates
from casefile.model import CONFIDENTIALITY_NAMES, Confidentiality
from casefile.names import one_line
from casefile.wording import number
from indexer.covers.fields import CoverSheetError, field_key

T = TypeVar("T")
# The columns of the ledger are as wide, and the engine takes no keyword of more than 32,766 bytes.
LIMITS = {
    "aktenzeichen": 500,
    "betreff": 1000,
    "stelle": 200,
    "federfuehrung": 200,
    "bearbeiter": 200,
    "aktenplan": 200,
    "schlagwoerter": 200,
    "name": 200,
    "vorname": 200,
    "rolle": 200,
    "kennungen": 200,
    "weitere_namen": 200,
    "datei": 4096,
    "art": 200,
    "absender": 1000,
    "empfaenger": 1000,
    "umfang": 1000,
    "ort": 1000,
    "dms": 2000,
    "wer": 200,
    "originale": 1000,
}
# A case has a few of them; a list without end would be in every page's record.
MOST = {
    "personen": 1000,
    "dokumente": 20_000,
    "schlagwoerter": 1000,
    "nicht_digitalisiert": 1000,
    "scanvermerk": 1,
    "kennungen": 100,
    "weitere_namen": 100,
}
_LONGEST_QUOTE = 100


def limited(name: str, value: object, problems: list[str]) -> str:
    text, limit = one_text(value), LIMITS[name]
    if len(text) > limit:
        problems.append(f"„{name}“ ist länger als {limit} Zeichen und wurde gekürzt")
    return text[:limit].rstrip()


def words(name: str, value: object, problems: list[str], *, commas: bool = False) -> tuple[str, ...]:
    """Single values of a list field, each once. `commas`: they part values too (keywords, but no names)."""
    given = _texts(_bounded(name, _list(value), problems))
    if commas:
        parts = [part for text in given for part in map(str.strip, text.split(",")) if part]
        given = list(_bounded(name, parts, problems))
    return tuple(dict.fromkeys(limited(name, word, problems) for word in given))


def _bounded(name: str, items: Sequence[T], problems: list[str]) -> Sequence[T]:
    """Raises CoverSheetError for documents: whose kind is left out could be seen by more people."""
    most = MOST[name]
    if len(items) <= most:
        return items
    if name == "dokumente":
        raise CoverSheetError(f"mehr als {number(most)} Einträge in „{name}“")
    problems.append(f"„{name}“ hat mehr als {number(most)} Einträge; die übrigen wurden nicht gelesen")
    return items[:most]


def link(value: object, problems: list[str]) -> str:
    """A web address into the DMS. Other schemes could run code in the reader's browser."""
    text = limited("dms", value, problems)
    if not text or re.match(r"https?://[^\s/]+", text, re.IGNORECASE):
        return text
    problems.append(f"„{quote(text)}“ in „dms“ ist keine Adresse, die mit https:// beginnt")
    return ""


def quote(text: str) -> str:
    return one_line(text[:_LONGEST_QUOTE])


def one_text(value: object) -> str:
    return "" if value is None or isinstance(value, (Mapping, list)) else one_line(str(value))


def _list(value: object) -> Sequence[object]:
    if isinstance(value, str):
        return re.split(r"[|;]", value)
    return value if isinstance(value, Sequence) else []


def _texts(items: Iterable[object]) -> list[str]:
    return [text for item in items if (text := one_text(item))]


def records(name: str, value: object, main_field: str, problems: list[str]) -> list[dict[str, Any]]:
    """Lists of records; a plain text (CSV: `A|B`) stands for its main field."""
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, str):
        value = _texts(_list(value))
    if not isinstance(value, Sequence):
        return []
    whole = [item if isinstance(item, Mapping) else {main_field: item} for item in _bounded(name, value, problems)]
    return [{field_key(str(k)): v for k, v in record.items()} for record in whole]


def iso_date(value: object, name: str, problems: list[str]) -> str:
    text = one_text(value)
    if not text:
        return ""
    found = find_dates(text[:10] if re.match(r"\d{4}-\d\d-\d\d[T ]", text) else text)
    if len(found) == 1:
        return found[0]
    problems.append(f"„{quote(text)}“ in „{name}“ ist kein Datum")
    return ""


def levels(given: Mapping[str, Any]) -> Iterator[object]:
    """The case's own confidentiality, then what the sheet says of its parts: the case holds them all."""
    yield given.get("vertraulichkeit")
    inner = [value for name, value in given.items() if name != "vertraulichkeit"]
    while inner:
        value = inner.pop()
        if isinstance(value, Mapping):
            yield from (level for name, level in value.items() if field_key(str(name)) == "vertraulichkeit")
            inner += value.values()
        elif isinstance(value, list):
            inner += value


def confidentiality(value: object, problems: list[str]) -> Confidentiality:
    text = one_text(value).casefold().replace("_", " ")
    if value in (None, ""):
        return Confidentiality.NORMAL
    if text in CONFIDENTIALITY_NAMES:
        return CONFIDENTIALITY_NAMES[text]
    problems.append(f"unbekannte Vertraulichkeit „{quote(text)}“, gilt als „streng vertraulich“")
    return Confidentiality.STRICTLY_CONFIDENTIAL
