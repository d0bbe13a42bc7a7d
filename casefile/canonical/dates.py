"""Days (`2021-03-12`) and months (`2021-03`) in every usual spelling; impossible ones are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from casefile.canonical.found import Found

MONTHS: tuple[str, ...] = (
    *("januar", "februar", "märz", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "dezember"),
)
_ENGLISH = ("january", "february", "march", "", "may", "june", "july", "", "", "october", "", "december")
_NUMBERS = {name[:3]: number for names in (_ENGLISH, MONTHS) for number, name in enumerate(names, 1) if name}
_NUMBERS |= {name: number for names in (_ENGLISH, MONTHS) for number, name in enumerate(names, 1) if name}
_NUMBERS |= {"maerz": 3, "mrz": 3, "jänner": 1, "jan": 1, "feber": 2, "sept": 9}
_MONTH = "|".join(sorted(_NUMBERS, key=len, reverse=True))
CENTURY_PIVOT = 40  # 12.3.41 is 1941, 12.3.40 is 2040: files reach back further than retention dates reach ahead

_BEFORE, _BEHIND = r"(?<![\d])(?<!\d[./])", r"(?!\d)(?!\.\d)"
_YEAR = r"(?P<y>\d{4}|\d{2})"
_FULL_YEAR = r"(?P<y>\d{4}|(?<=['’])\d{2})"
_DAYS = (
    re.compile(rf"{_BEFORE}(?P<d>\d{{1,2}})\. ?(?P<m>\d{{1,2}})\. ?{_YEAR}{_BEHIND}"),
    re.compile(
        rf"{_BEFORE}(?<!\d-)(?P<y>\d{{4}})(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?![-/]?\d){_BEHIND}"
    ),
    re.compile(
        rf"{_BEFORE}(?P<d>\d{{1,2}})(?:\. ?|[ -])(?P<name>{_MONTH})(?:\. ?|[ ,-]|, )['’]?{_FULL_YEAR}{_BEHIND}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<!\w)(?P<name>{_MONTH}) (?P<d>\d{{1,2}}), ?(?P<y>\d{{4}}){_BEHIND}", re.IGNORECASE),
    re.compile(rf"{_BEFORE}(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/{_YEAR}(?!/?\d){_BEHIND}"),
    re.compile(rf"{_BEFORE}(?<!\d-)(?P<d>\d{{1,2}})-(?P<m>\d{{1,2}})-(?P<y>\d{{4}})(?!-?\d){_BEHIND}"),
)
_MONTHS = (
    re.compile(rf"(?<!\w)(?<!\d\.)(?<!\d\. )(?P<name>{_MONTH})(?:\. ?|[ /-])['’]?{_FULL_YEAR}{_BEHIND}", re.IGNORECASE),
    re.compile(rf"{_BEFORE}(?<!\d-)(?<!\d\. )(?P<m>0?[1-9]|1[0-2])[./-](?P<y>(?:19|20)\d\d)(?![-/]?\d){_BEHIND}"),
    re.compile(rf"{_BEFORE}(?<!\d-)(?P<y>(?:19|20)\d\d)[-/](?P<m>0[1-9]|1[0-2])(?![-/]?\d){_BEHIND}"),
)
# The first day of a range, whose year (and month) stand with the second: "1.2. bis 28.2.2021", "1.-3. März 2021".
_RANGE_START = re.compile(
    rf"(?<!\d)(?<!\d\.)(?P<d>\d{{1,2}})\. ?(?:(?P<m>\d{{1,2}})\.|(?P<name>{_MONTH})\.?)?"
    r" ?(?:[-–—/,]|bis|und|u\.) ?(?:zum )?\Z",
    re.IGNORECASE,
)
_RANGE_REACH = 30


def find_days(text: str) -> Iterator[Found]:
    """ISO days in the order of the spellings; both ends of a range."""
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            day = _day(match.groupdict())
            if day is not None:
                yield Found(match.start(), match.end(), day.isoformat())
                yield from _range_start(text, match.start(), day)


def starts_day(text: str, offset: int) -> bool:
    """Whether a day is written at this place."""
    return any(pattern.match(text, offset) for pattern in _DAYS)


def find_months(text: str) -> Iterator[Found]:
    """Months that are named without a day."""
    for pattern in _MONTHS:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            yield Found(match.start(), match.end(), f"{_year(parts['y']):04}-{_month(parts):02}")


def _range_start(text: str, end: int, last: date) -> Iterator[Found]:
    start = max(0, end - _RANGE_REACH)
    match = _RANGE_START.search(text[start:end])
    if match is None:
        return
    parts = match.groupdict()
    month = _month(parts) if parts["m"] or parts["name"] else last.month
    first = _valid(last.year - ((month, int(parts["d"])) > (last.month, last.day)), month, int(parts["d"]))
    if first is not None:
        yield Found(start + match.start(), end, first.isoformat())


def _day(parts: dict[str, str]) -> date | None:
    return _valid(_year(parts["y"]), _month(parts), int(parts["d"]))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year > CENTURY_PIVOT else 2000)


def _month(parts: dict[str, str]) -> int:
    return _NUMBERS[parts["name"].lower()] if parts.get("name") else int(parts["m"])
