"""Text of formats without pages, cut into pieces that rank, load and show like pages."""

from __future__ import annotations

# Three to four printed pages. Larger pieces blur what stands together; most letters, mails and notes fit in one.
MOST_CHARACTERS = 10_000
# A piece is not ended earlier than this for the sake of a better border.
_LEAST_CHARACTERS = MOST_CHARACTERS // 2
_BORDERS = ("\n\n", "\n", ". ", " ")


def split_text(text: str, most: int = MOST_CHARACTERS) -> list[str]:
    """Pieces of at most `most` characters, cut at the last empty line, else line end, sentence, blank, else hard.

    Depends on the text alone. Without the white space at the cuts, the pieces joined are the text. Never empty: a
    text without characters is one empty piece.
    """
    text = text.strip()
    pieces: list[str] = []
    start = 0
    while len(text) - start > most:
        cut = _cut(text, start, most)
        pieces.append(text[start:cut].rstrip())
        start = _past_blanks(text, cut)
    return [*pieces, text[start:]] if start < len(text) or not pieces else pieces


def _cut(text: str, start: int, most: int) -> int:
    least = min(_LEAST_CHARACTERS, most // 2)
    for border in _BORDERS:
        at = text.rfind(border, start + least, start + most)
        if at > start:
            return at + len(border)
    return start + most


def _past_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
