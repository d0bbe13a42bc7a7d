"""The date of a document: of a mail's header, of the file's name, labelled, beside the signature, in the date line."""

from __future__ import annotations

import re
from collections.abc import Callable

from casefile.canonical.references import date_spans, find_dates
from indexer.infer.model import NO_GUESS, Evidence, Guess

HEAD = 2500  # characters of the first page in which a letter carries its date
TAIL = 900  # characters at the end, where forms and contracts are dated beside the signature
TOP_LINES = 4
TITLE_LENGTH = 60

_COMPACT = re.compile(r"(?<!\d)(?P<y>19\d\d|20\d\d)[-_.]?(?P<m>0[1-9]|1[0-2])[-_.]?(?P<d>0[1-9]|[12]\d|3[01])")
_LABEL = re.compile(
    r"\b(rechnungsdatum|belegdatum|ausstellungsdatum|ausgestellt am|datum(, uhrzeit)?|erstellt am)\s*[:.]?\s*$",
    re.IGNORECASE,
)
# What stands before a date that is somebody's birthday, a deadline, a period or another paper's date.
_ANOTHER = re.compile(
    r"(geb\.?|geboren(\s+am)?|geburts\w*|birth|eintritt|einzug|beginn\w*|gültig(\s+bis)?|expiry|bis|ab|seit|vom|zum|am"
    r"|eingang|eing\.|eingegangen|fällig|wv\.?|frist|schreiben vom|bescheid vom|antrag vom)\s*[:.]?\s*$",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(vom|of)\s+$", re.IGNORECASE)
# A title names its own paper; a sentence that begins so speaks of another one.
_SENTENCE = re.compile(r"\b(ich|wir|ihr\w*|mein\w*|unser\w*|gegen|auf|zu[mr]?)\b", re.IGNORECASE)
_PLACE = re.compile(r"(^|\n)[^\W\d][\w .()/-]{1,40},\s*(den\s+)?$")
_PERSON = re.compile(r"\b(name|kind|geb\w*|patient\w*|person\w*)\b", re.IGNORECASE)
_SIGNATURE = re.compile(r"^\W*(ort,?\s*(den\s*)?datum|unterschrift|\(unterschrift|urkundsperson)", re.IGNORECASE)
_CLOCK = re.compile(r"\s*,?\s*\d{1,2}[:.]\d{2}")


def infer_date(evidence: Evidence) -> Guess:
    if evidence.sent:
        return Guess(evidence.sent[:10], sure=True)
    guesses = [
        _in_name(evidence.name),
        *_on_page(evidence.first),
        _beside_signature(evidence.last),
        Guess(evidence.carried),
        Guess(_in_name(evidence.container).value),
    ]
    return next((guess for guess in guesses if guess.sure), None) or next((g for g in guesses if g.value), NO_GUESS)


def _in_name(name: str) -> Guess:
    """A date in the name is what a clerk typed; of a scanner's counter it may be the day of the scan."""
    stem = name.rpartition(".")[0] or name
    dates = find_dates(stem.replace("_", " "))
    if len(dates) == 1:
        return Guess(dates[0], sure=True)
    match = _COMPACT.search(stem)
    return Guess(f"{match['y']}-{match['m']}-{match['d']}") if match else NO_GUESS


def _on_page(text: str) -> tuple[Guess, ...]:
    head = text[:HEAD]
    ways: tuple[Callable[[str, int, int], bool], ...] = (_is_labelled, _is_signed, _is_date_line, _is_in_title)
    spans = date_spans(head)
    found = [Guess(iso, sure=True) for way in ways for start, end, iso in spans if way(head, start, end)]
    free = [Guess(iso) for start, _, iso in spans if not _ANOTHER.search(head[max(0, start - 40) : start])]
    return (*found[:1], *free[:1])


def _is_labelled(head: str, start: int, _end: int) -> bool:
    return bool(_LABEL.search(head[max(0, start - 60) : start]))


def _is_signed(text: str, start: int, end: int) -> bool:
    """`Darmstadt, 12.03.2021` above a line for the signature."""
    return bool(_PLACE.search(text[max(0, start - 60) : start]) and _SIGNATURE.match(text[end : end + 60]))


def _is_date_line(head: str, start: int, end: int) -> bool:
    """A line of place and date alone, or in the first lines a date that ends its line or stands before a time."""
    before, after, above = _line(head, start, end)
    if _ANOTHER.search(before) or _PERSON.search(before):
        return False
    if not after.strip() and _PLACE.search(f"\n{before}"):
        return not _PERSON.search(above)
    if head.count("\n", 0, start) >= TOP_LINES:
        return False
    return not after.strip() or (not before.strip() and bool(_CLOCK.match(after)))


def _is_in_title(head: str, start: int, end: int) -> bool:
    """`Kontoauszug Nr. 12/2019 vom 30.03.2019` in the first lines."""
    before, after, _ = _line(head, start, end)
    if after.strip() or len(before) > TITLE_LENGTH or _SENTENCE.search(before):
        return False
    return head.count("\n", 0, start) < TOP_LINES and bool(_OF.search(before))


def _line(text: str, start: int, end: int) -> tuple[str, str, str]:
    """What stands before and after `text[start:end]` on its line, and the line above."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    above = text[text.rfind("\n", 0, max(0, first - 1)) + 1 : max(0, first - 1)]
    return text[first:start], text[end : last if last >= 0 else len(text)], above


def _beside_signature(text: str) -> Guess:
    tail = text[-TAIL:]
    spans = date_spans(tail)
    signed = [iso for start, end, iso in spans if _is_signed(tail, start, end)]
    if signed:
        return Guess(signed[-1], sure=True)
    placed = [iso for start, _, iso in spans if _PLACE.search(tail[max(0, start - 60) : start])]
    return Guess(placed[-1]) if placed else NO_GUESS
