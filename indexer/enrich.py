"""What is read out of a page's text: references, dates, language."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from langdetect import DetectorFactory, LangDetectException, detect_langs
from langdetect.detector_factory import init_factory

from casefile.canonical.kinds import ASKED, find_all, keyword
from casefile.canonical.references import find_dates, find_references

DetectorFactory.seed = 0  # without it the same page gets another language in another process

UNKNOWN = "unbekannt"
MIN_LETTERS = 300
MAX_LETTERS = 1000
MIN_PROBABILITY = 0.9
MAX_FOUND = 1000  # a table of numbers must not blow up the record
# Raised whenever the same text gives another language or other findings: pages of an older version are enriched anew
# when they are next loaded.
ENRICHMENT = 3
_loading = threading.Lock()
# Addresses are looked for from the start of a word only: from every letter of a long one, time would be quadratic.
_NOT_LETTERS = re.compile(r"[\d_]+|https?://\S+|(?<!\S)\S+@\S+")
_SCRIPTS = {"HEBREW": "he", "GREEK": "el", "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy", "HANGUL": "ko"}


@dataclass(frozen=True)
class Findings:
    """Canonical values by kind, in order of appearance. A kind is kept, and indexed, under its attribute's name."""

    references: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()  # all other kinds that a question may ask for, each value with its kind
    names: tuple[str, ...] = ()  # of persons; kept with the page, not in the index

    def to_json(self) -> dict[str, list[str]]:
        return {kind: list(values) for kind, values in asdict(self).items() if values}

    @property
    def indexed(self) -> dict[str, list[str]]:
        return {kind: values for kind, values in self.to_json().items() if kind != "names"}

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[str]]) -> Findings:
        return cls(**{kind.name: tuple(data.get(kind.name, ())) for kind in fields(cls)})


@dataclass(frozen=True)
class Enrichment:
    """What is read out of one page's text."""

    language: str
    findings: Findings


def enrich_page(text: str) -> Enrichment:
    return Enrichment(page_language(text), find_on_page(text))


def find_on_page(text: str) -> Findings:
    found = find_all(text)
    values = (keyword(kind, value) for kind in ASKED for value in found.get(kind, ()))
    references, dates = find_references(text)[:MAX_FOUND], find_dates(text)[:MAX_FOUND]
    return Findings(references, dates, tuple(values), found.get("name", ()))


def page_language(text: str) -> str:
    """ISO 639-1, or "unbekannt" where the text is too short or the answer unsure.

    langdetect is wrong on short text (Mietvertrag → Norwegian), so it is asked only with 300 letters and more.
    """
    letters = " ".join(_NOT_LETTERS.sub(" ", text).split())[:MAX_LETTERS]
    if sum(ch.isalpha() for ch in letters) < MIN_LETTERS:
        return UNKNOWN
    script = _foreign_script(letters)
    if script:
        return script
    _load_profiles()
    try:
        best = detect_langs(letters)[0]
    except LangDetectException:
        return UNKNOWN
    return str(best.lang).split("-")[0] if best.prob >= MIN_PROBABILITY else UNKNOWN


def _load_profiles() -> None:
    """langdetect loads them at the first question, and answers whoever asks meanwhile from the few it has by then."""
    with _loading:
        init_factory()


def document_language(languages: Iterable[str]) -> str:
    """The commonest known language of a document's pages."""
    known = Counter(language for language in languages if language != UNKNOWN)
    return known.most_common(1)[0][0] if known else UNKNOWN


def _foreign_script(text: str) -> str:
    """Scripts that name their language surely enough; Cyrillic and Arabic languages are left to langdetect."""
    names = Counter(unicodedata.name(ch, "").split(" ", 1)[0] for ch in text[:400] if ch.isalpha())
    script = names.most_common(1)[0][0] if names else ""
    return _SCRIPTS.get(script, "")
