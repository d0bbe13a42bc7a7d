"""JSON as one sequence of bytes: RFC 8785 (JSON Canonicalization Scheme)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

EXACT_INTEGERS = 2**53  # beyond it, RFC 8785 knows only the nearest double
# A number that the interpreter's own encoder may write otherwise than RFC 8785: with a point, an exponent, or large.
_DOUBTFUL = re.compile(r"(?:^|[:,\[])-?[0-9]+(?:[.eE]|(?<=[0-9]{16}))")
_FIRST_UNORDERED = "\ud800"  # from here on, the order of UTF-16 units is not that of code points
_QUICK = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
string = json.encoder.encode_basestring


def canonical(value: Any) -> bytes:
    """Raises ValueError for numbers that are not finite, TypeError for what JSON does not know.

    Half of a surrogate pair is written as UTF-8 would write it: RFC 8785 refuses it, but a row that cannot be encoded
    would hold up all that follow.
    """
    if isinstance(value, str):
        return string(value).encode("utf-8", "surrogatepass")
    text = _QUICK.encode(value)
    if _DOUBTFUL.search(text) or (not text.isascii() and max(text) >= _FIRST_UNORDERED):
        text = _text(value)
    return text.encode("utf-8", "surrogatepass")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str(string(value))
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(int(value)) if abs(value) <= EXACT_INTEGERS else number(float(value))
    if isinstance(value, float):
        return number(value)
    return _container(value)


def _container(value: Any) -> str:
    if isinstance(value, Mapping):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{string(key)}:{_text(item)}" for key, item in members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise TypeError(f"not JSON: {type(value).__name__}")


def number(value: float) -> str:
    """A double as ECMAScript prints it (ECMA-262, Number::toString): Python finds the same digits, placed elsewhere."""
    if not math.isfinite(value):
        raise ValueError("not JSON: a number that is not finite")
    if value == 0:
        return "0"
    digits, exponent = _shortest(abs(value))
    return ("-" if value < 0 else "") + _placed(digits, exponent)


def _shortest(value: float) -> tuple[str, int]:
    """The fewest digits that name this double, and how many of them stand before the point."""
    text = repr(value)
    if "e" not in text:
        whole, _, fraction = text.partition(".")
        digits, before = (whole + fraction).lstrip("0"), len(whole)
        before -= len(whole + fraction) - len(digits)
        return digits.rstrip("0"), before
    mantissa, _, exponent = text.partition("e")
    return mantissa.replace(".", "").rstrip("0"), int(exponent) + 1


def _placed(digits: str, before: int) -> str:
    if len(digits) <= before <= 21:
        return digits.ljust(before, "0")
    if 0 < before <= 21:
        return f"{digits[:before]}.{digits[before:]}"
    if -6 < before <= 0:
        return f"0.{'0' * -before}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{before - 1:+d}"
