"""The rules for kinds of document, read from `kinds.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_FOLDS = str.maketrans({"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "‐": "-", "‑": "-", "–": "-", "—": "-", "_": " "})


@dataclass(frozen=True)
class KindRule:
    """How one kind is recognised, in folded text (`fold`). `compounds`: the headings that may be parts of words."""

    name: str
    headings: re.Pattern[str]
    compounds: re.Pattern[str]
    phrases: tuple[re.Pattern[str], ...]


def fold(text: str) -> str:
    """Lower case, umlauts as two letters, dashes and underscores united, single blanks."""
    composed = unicodedata.normalize("NFC", text).lower().translate(_FOLDS)
    return " ".join(composed.split())


@lru_cache(maxsize=1)
def kind_rules() -> tuple[KindRule, ...]:
    raw = tomllib.loads(resources.files(__package__).joinpath("kinds.toml").read_text(encoding="utf-8"))
    return tuple(
        KindRule(
            entry["name"],
            _any_of([term for term in entry["headings"] if "*" not in term]),
            _any_of([term for term in entry["headings"] if "*" in term]),
            tuple(re.compile(_pattern(term)) for term in entry["phrases"]),
        )
        for entry in raw["kind"]
    )


def _any_of(terms: list[str]) -> re.Pattern[str]:
    """The longest term first; of none, a pattern that matches nothing."""
    return re.compile("|".join(_pattern(term) for term in sorted(terms, key=len, reverse=True)) or r"(?!)")


def _pattern(term: str) -> str:
    """`*` at an end stands for the rest of a word; elsewhere the term ends where a word ends."""
    folded = re.escape(fold(term.strip("*")))
    before = r"(?<!\w)[\w-]{0,40}" if term.startswith("*") else r"(?<!\w)"
    after = r"\w{0,40}" if term.endswith("*") else (r"(?!\w)" if folded[-1].isalnum() else "")
    return f"{before}{folded}{after}"
