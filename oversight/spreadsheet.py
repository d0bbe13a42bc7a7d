"""CSV that a spreadsheet shows and never computes, from which every value can still be had back.

After OWASP's "CSV Injection": every cell quoted, quotes doubled, an apostrophe before what could be a formula. Control
characters are written as escapes, so that none reaches a spreadsheet or a terminal.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable
from typing import Any

# The full-width forms count as well: spreadsheets with East Asian input take them for the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_SHORT = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
# Controls, invisible and direction-changing characters, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def csv_line(values: Iterable[Any]) -> str:
    """Semicolons, as German spreadsheets expect them."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(map(cell, values))
    return out.getvalue()


def cell(value: Any) -> str:
    r"""Back to the value: drop one leading apostrophe, then read `\\`, `\n`, `\x1b`, `\u2028` as in Python or JSON."""
    text = "".join(map(_visible, _text(value)))
    return f"'{text}" if text.startswith("'") or text.lstrip().startswith(FORMULA_STARTS) else text


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def _visible(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    return char.encode("unicode_escape").decode() if unicodedata.category(char) in _UNSEEN else char
