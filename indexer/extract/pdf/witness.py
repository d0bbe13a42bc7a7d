"""Does a text layer say what it shows? A few lines of the document are recognised and compared with it.

A font's table of letters may name others than its glyphs show: only the umlauts, only the digits. The text then looks
like a language, and no test on the text alone tells. Lines are chosen so that every letter of every embedded font is
seen, digits and letters beyond ASCII first; a letter that is read as another one again and again is mapped wrongly.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casefile.pagetext import PageText, Word
from indexer.extract.parts.mend import differences
from indexer.extract.pdf.align import Box, BoxedToken

# Lines recognised for one document; each costs some 30 ms.
MOST_LINES = 6
LINES_OF_PAGE = 4
# Each letter is wanted so often; digits and letters beyond ASCII count more than the others.
_WANTED = 2
_WEIGHT = 3
_LEAST_GAIN = 6
_NEW_PAGE = 10  # a page more to render costs as much as a line more to recognise
_LONGEST_LINE = 200  # characters; longer ones are no lines of print
_HEIGHTS = (0.004, 0.06)  # of the page
_SURE = 75  # confidence of a recognised word that may accuse a letter
_LONGEST_PAIR = 3
_LEAST_SEEN = 2
_MOSTLY = 0.6
# Of a line that recognition reads surely and quite differently, no letter is mapped as shown.
_LEAST_AGREEING = 0.35
_ENOUGH = 12

# What recognition itself takes for each other, in whichever direction.
_ALIKE = (
    *("Il1|i!jtf/r", "0OoDQC", "5Ss§", "8B&3", "2Zz", "6Gb", "9gq", "uvn"),
    *("ceo", "mn", "hb", "UV", "7/1T", "4A", "ßB"),
)
# Digits that differ in most places of a document's numbers are mapped wrongly; there are few of each.
_LEAST_DIGITS = 6


@dataclass(frozen=True)
class SampleLine:
    """A line of a page: its place and its words."""

    number: int
    box: Box
    words: tuple[BoxedToken, ...]

    def signs(self) -> Counter[tuple[str, str]]:
        return Counter((word.font, c) for word in self.words if word.font for c in spelt(word.text))


@dataclass(frozen=True)
class Verdict:
    """`fonts` with letters that are mapped wrongly; `pairs`: what they say, and what they show."""

    fonts: frozenset[str]
    pairs: frozenset[tuple[str, str]]


TRUSTED = Verdict(frozenset(), frozenset())


def lines_of(number: int, words: Sequence[BoxedToken]) -> list[SampleLine]:
    """The page's lines of print in an embedded font."""
    lines: list[list[BoxedToken]] = []
    for word in words:
        if lines and _follows(lines[-1][-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_line(number, line) for line in lines if any(word.font for word in line) and _is_print(line)]


def choose(lines: Iterable[SampleLine], most: int) -> list[SampleLine]:
    """Those that show the most signs not seen so far, from few pages; none where they show no more than a few."""
    left = {index: (line, line.signs()) for index, line in enumerate(lines)}
    seen: Counter[tuple[str, str]] = Counter()
    chosen: list[SampleLine] = []
    while left and len(chosen) < most:
        pages = {line.number for line in chosen}
        gains = {
            index: _gain(signs, seen) - (0 if not pages or line.number in pages else _NEW_PAGE)
            for index, (line, signs) in left.items()
        }
        best = max(gains, key=lambda index: gains[index])
        if gains[best] < _LEAST_GAIN:
            break
        line, signs = left.pop(best)
        chosen.append(line)
        seen += signs
    return chosen


def judge(lines: Sequence[SampleLine], read: Sequence[PageText]) -> Verdict:
    """`read`: each line as it was recognised, with boxes on the page."""
    tally = _Tally()
    for line, text in zip(lines, read, strict=True):
        for word, shown in compared(line.words, text):
            if word.font:
                tally.add(word.font, spelt(word.text), shown)
    wrong = list(tally.wrong())
    return Verdict(frozenset(font for font, _ in wrong), frozenset(pair for _, pair in wrong))


def compared(words: Iterable[BoxedToken], text: PageText) -> Iterator[tuple[BoxedToken, str]]:
    """Each word with what was surely recognised in its place; not those where the two are split differently."""
    for word in words:
        inside = [w for w in text.words if _covers(word.box, w)]
        shown = "".join(spelt(text.text[w.start : w.end]) for w in inside)
        if shown and min(w.confidence for w in inside) >= _SURE and _is_latin(word.text):
            yield word, shown


class _Tally:
    def __init__(self) -> None:
        self._same: Counter[tuple[str, str]] = Counter()  # (font, letter)
        self._other: Counter[tuple[str, tuple[str, str]]] = Counter()  # (font, (said, shown))

    def add(self, font: str, said: str, shown: str) -> None:
        for before, after in differences(said, shown):
            if before == after:
                self._same.update((font, c) for c in before)
            elif len(before) == len(after):
                self._other.update((font, pair) for pair in zip(before, after, strict=True))
            elif max(len(before), len(after)) <= _LONGEST_PAIR:
                self._other[font, (before, after)] += 1

    def wrong(self) -> Iterator[tuple[str, tuple[str, str]]]:
        yield from self._wrong_digits()
        yield from self._wrong_signs()

    def _wrong_digits(self) -> Iterator[tuple[str, tuple[str, str]]]:
        pairs = [(font, pair, n) for (font, pair), n in self._other.items() if all(map(_is_digit, pair))]
        for font in {font for font, _, _ in pairs}:
            wrong = sum(n for name, _, n in pairs if name == font)
            right = sum(n for (name, c), n in self._same.items() if name == font and _is_digit(c))
            if wrong >= max(_LEAST_DIGITS, _MOSTLY * (wrong + right)):
                yield from ((name, pair) for name, pair, _ in pairs if name == font)

    def _wrong_signs(self) -> Iterator[tuple[str, tuple[str, str]]]:
        for (font, pair), count in self._other.items():
            said, shown = pair
            if (not said.strip() and not shown.strip()) or _is_alike(said, shown):
                continue
            if count >= _LEAST_SEEN and (self._accuses(font, said, count, 0) or self._accuses(font, shown, count, 1)):
                yield font, pair

    def _accuses(self, font: str, letters: str, count: int, side: int) -> bool:
        """Whether the letters, said or shown, are mostly met in this wrong pair."""
        if not letters:
            return False
        others = sum(n for (name, pair), n in self._other.items() if name == font and pair[side] == letters)
        same = min(self._same[font, c] for c in letters)
        return count >= _MOSTLY * (others + same)


def spelt(word: str) -> str:
    """Ligatures and wide forms as plain letters; other signs as they are."""
    return "".join(p if (p := unicodedata.normalize("NFKC", c)).isalnum() else c for c in _without_marks(word))


def _without_marks(word: str) -> str:
    return unicodedata.normalize("NFC", word.replace("\u00ad", "").replace("\x02", "-").replace("\ufffe", "-"))


def _is_digit(sign: str) -> bool:
    return len(sign) == 1 and "0" <= sign <= "9"


def _is_alike(said: str, shown: str) -> bool:
    """Signs that recognition mixes up, or the same letter with another accent, case or dash."""
    if not any(c.isalnum() for c in shown):
        return True
    if said.casefold() == shown.casefold() or (_plain(said) == _plain(shown) and shown.isascii()):
        return True
    if said.isalpha() and not said.isascii() and shown.isascii() and len(said) == len(shown) == 1:
        return True  # recognition knows fewer letters than the languages of the stock have
    if any(said in group and shown in group for group in _ALIKE if said and shown):
        return True
    return not said and not any(ord(c) > 127 for c in shown)  # a plain letter more: a speck, or a doubled stroke


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def _is_latin(text: str) -> bool:
    """Recognition knows no other letters; a sign among Latin ones it may accuse."""
    letters = [c for c in text if c.isalpha()]
    return not letters or any("LATIN" in unicodedata.name(c, "") for c in letters)


def _gain(signs: Counter[tuple[str, str]], seen: Counter[tuple[str, str]]) -> int:
    return sum(
        max(0, min(count, _WANTED - seen[sign])) * (_WEIGHT if sign[1].isdigit() or not sign[1].isascii() else 1)
        for sign, count in signs.items()
    )


def _follows(one: BoxedToken, other: BoxedToken) -> bool:
    overlap = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return overlap > 0.5 * min(one.box[3] - one.box[1], other.box[3] - other.box[1]) and other.box[0] > one.box[0]


def _line(number: int, words: Sequence[BoxedToken]) -> SampleLine:
    lefts, tops, rights, bottoms = zip(*(word.box for word in words), strict=True)
    return SampleLine(number, (min(lefts), min(tops), max(rights), max(bottoms)), tuple(words))


def _is_print(line: Sequence[BoxedToken]) -> bool:
    heights = [word.box[3] - word.box[1] for word in line]
    return _HEIGHTS[0] < max(heights) < _HEIGHTS[1] and sum(len(word.text) for word in line) <= _LONGEST_LINE


def _covers(box: Box, word: Word) -> bool:
    across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box[0] <= across <= box[2] and box[1] - 0.01 <= down <= box[3] + 0.01
