"""Streets and house numbers: `Lange Str. 5 a` and `Lange Straße 5a` are `langestr 5a`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.canonical.found import Found
from casefile.text.folding import fold

_STREET = r"(?:stra(?:ß|ẞ|ss)e|str\.?)"
_NAMED = re.compile(
    rf"(?<!\w)(?P<name>(?:[^\W\d_]{{1,24}}[- ]){{0,2}}[^\W\d_]{{0,30}}?){_STREET}(?![^\W\d_])"
    r"(?P<number>(?:,? ?(?:Nr\. ?)?\d{1,4}(?: ?[a-z](?!\w))?(?![\d.,/]\d))?)",
    re.IGNORECASE,
)
# Any word before a number with a letter: Haus 5 c, Nr. 23a, Am Markt 7 b.
_LETTERED = re.compile(r"(?<!\w)(?P<name>[^\W\d_]{2,30})\.? ?(?P<number>\d{1,4} ?[a-z])(?!\w)")
_NUMBER = re.compile(r"\d{1,4} ?[a-zA-Z]?")


def find_addresses(text: str) -> Iterator[Found]:
    """The last word of a street's name, its first words too where it stands apart, with the number and without."""
    for match in _NAMED.finditer(text):
        name = _street(match["name"])
        if not name:
            continue
        number = _NUMBER.search(match["number"])
        yield Found(match.start(), match.end() - len(match["number"]), f"{name}str")
        if number:
            yield Found(match.start(), match.end(), f"{name}str {number.group().replace(' ', '').lower()}")
    for match in _LETTERED.finditer(text):
        yield Found(match.start(), match.end(), f"{fold(match['name'])} {match['number'].replace(' ', '')}")


def _street(name: str) -> str:
    """The name before "straße": the last word if it is part of it, else the word before."""
    words = re.split("[- ]", name)
    if words[-1]:
        return fold(words[-1]) if len(words[-1]) > 1 else ""
    return fold(words[-2]) if len(words) > 1 else ""
