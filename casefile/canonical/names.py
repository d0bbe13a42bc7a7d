"""Names of persons after a form of address or a label, without their foreign letters: `Frau Yıldız` is `yildiz`.

Only what the page itself marks as a name: German writes all nouns with capitals, so two of them side by side are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.canonical.found import Found
from casefile.text.folding import fold

_ADDRESS = r"(?:Herrn?|Frau|Fräulein|Familie|Fam\.|Eheleuten?|geb\.|(?P<label>(?:Vor|Nach|Familien|Geburts)?[Nn]ame:))"
_TITLE = r"(?:(?:Dr|Prof|Dipl|Ing|med|jur|rer|nat|Mag)\.?[ -]?)"
_PARTICLE = r"(?:(?:von|van|vom|zu|zur|zum|der|den|de|del|di|da|dos|el|al|bin|ibn|ter|ten|la|le) ){0,3}"
_NAME = r"[^\W\d_a-zà-öø-ÿ][^\W\d_]{0,30}(?:['’´`-][^\W\d_]{1,30}){0,3}"
_PART = _PARTICLE + _NAME
_PERSON = re.compile(rf"(?<!\w){_ADDRESS} (?:{_TITLE}){{0,4}}(?P<name>{_PART}(?:(?(label),?) {_PART}){{0,3}})(?!\w)")
_WORD = re.compile(_NAME)


def find_names(text: str) -> Iterator[Found]:
    """Every part of a name, and the name as a whole in the order of the alphabet, so that order does not matter."""
    for match in _PERSON.finditer(text):
        base = match.start("name")
        parts = [(base + m.start(), base + m.end(), fold(m.group())) for m in _WORD.finditer(match["name"])]
        for part in parts:
            yield Found(*part)
        if len(parts) > 1:
            yield Found(base, match.end("name"), " ".join(sorted(value for *_, value in parts)))
