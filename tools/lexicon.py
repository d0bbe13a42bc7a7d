"""Writes the lexicon of word parts from German text: `python -m tools.lexicon FOLDER`.

FOLDER: text files (`*.md`, `*.txt`) whose licence allows a derived word list. The list in use was made from the federal
laws and regulations (github.com/bundestag/gesetze, commit 77abca2cee): official works, in the public domain (§ 5 UrhG).
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from casefile.text.compounds import LEXICON, SHORTEST_FIRST, SHORTEST_HEAD
from casefile.text.folding import fold

_WORD = re.compile(r"(?<![\w-])[^\W\d_]{3,40}(?![\w-])")
_VOWEL = re.compile("[aeiouy]")
LEAST_COUNT = 4  # of a word that may be a part
NOUN_SHARE = 4  # one in so many has a capital: a verb or adjective hardly ever begins a sentence of a law
# Different words in which a part must stand, by its letters: short ones are often mere letters of another word.
LEAST_WORDS = ((3, 25), (6, 4), (99, 2))
LINKS = ("", "s", "es", "n", "en", "er", "e", "ens")
CUT = ("e", "en", "n")  # what the first part loses: Miete → Miet-, prüfen → Prüf-, melden → Melde-
# Prefixes make one word, no compound; suffixes look like heads.
_NO_FIRST = """
ab alle aller als an auf aus ausser be bei beim bin bis dabei dar daran das dazu dem den der des die dies
diese dieser dir durch ein ent er fort fur ge gegen hab hat her herab heran heraus hin hinaus hinzu ihm ihn
ihr inner ist jede jeder los mal man mir mit nach nicht nun nur oder ohne sei sich sie sind sowie uber ueber
um un und uns unter ur ver vom von vor voraus vorher war was weg wer wider wie wieder wir zer zu zum zur
zuruck zurueck zusammen
"""
_NO_HEAD = """
ant anten ation ationen bar bare baren das dem den der des die eine einem einen einer eines end ende enden
ent enten erweise fach fache fachen haft hafte haften heit heiten ier ieren iert ierung ig ige igen innen
ion ionen isch ische ischen ismus ist isten ition keit keiten lich liche lichen ling linge lings los lose
losen mals ment mente nicht nis nisse oder sam same samen schaft schaften sein seine seiner sich sind stellt
ster ten ter tern tum und ung ungen warts weise
"""
NO_FIRST, NO_HEAD = (frozenset(words.split()) for words in (_NO_FIRST, _NO_HEAD))


def count_words(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each folded word stands in the texts, and how often with a capital."""
    every: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    written = Counter(word for text in texts for word in _WORD.findall(text))
    for word, count in written.items():
        every[fold(word)] += count
        capital[fold(word)] += count if word[0].isupper() else 0
    return every, capital


def find_parts(every: Mapping[str, int], capital: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """First parts and last parts, each with the number of different words in which it stands."""
    known = {word for word, count in every.items() if count >= LEAST_COUNT}
    nouns = {word for word in known if capital[word] * NOUN_SHARE > every[word]}
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for word in every:
        pairs = [
            (left, right)
            for left, right in _splits(word)
            if right in nouns and right not in NO_HEAD and left not in NO_FIRST and _is_first(left, known)
        ]
        for left, right in pairs:
            if (left[:-1], left[-1] + right) not in pairs:  # Antrag-steller, not Antrags-teller
                first[left] += 1
                last[right] += 1
    return _often(first), _often(last)


def _often(parts: Mapping[str, int]) -> dict[str, int]:
    return {
        part: count
        for part, count in parts.items()
        if count >= next(least for letters, least in LEAST_WORDS if len(part) <= letters) and _VOWEL.search(part)
    }


def _splits(word: str) -> Iterator[tuple[str, str]]:
    for place in range(SHORTEST_FIRST, len(word) - SHORTEST_HEAD + 1):
        yield word[:place], word[place:]


def _is_first(left: str, known: set[str]) -> bool:
    """A known word, with a linking element or without its own ending."""
    whole = any(
        left.endswith(link) and left[: len(left) - len(link)] in known and len(left) - len(link) >= SHORTEST_FIRST
        for link in LINKS
    )
    return whole or any(left + end in known for end in CUT)


def lexicon_lines(first: Mapping[str, int], last: Mapping[str, int]) -> Iterator[str]:
    """`part<TAB>words as first part<TAB>words as last part`, sorted."""
    for part in sorted({*first, *last}):
        yield f"{part}\t{first.get(part, 0)}\t{last.get(part, 0)}"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m tools.lexicon FOLDER\n")
        return 2
    paths = sorted(path for path in Path(arguments[0]).rglob("*") if path.suffix in {".md", ".txt"})
    every, capital = count_words(path.read_text(encoding="utf-8", errors="replace") for path in paths)
    lines = lexicon_lines(*find_parts(every, capital))
    LEXICON.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
