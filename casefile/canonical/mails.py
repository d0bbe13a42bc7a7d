"""Mail addresses and their parts, in small letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.canonical.found import Found

_ADDRESS = re.compile(
    r"(?<![\w.+-])(?P<user>\w[\w.+-]{0,63})@(?P<host>\w[\w-]{0,62})(?P<domain>(?:\.[\w-]{1,63}){0,4})(?![\w@])"
)
_PARTS = re.compile(r"[._+-]")


def find_mails(text: str) -> Iterator[Found]:
    """The address, its two sides, the name with the first word of the host, and every part of the name."""
    for match in _ADDRESS.finditer(text):
        user, host, domain = (match[name].lower() for name in ("user", "host", "domain"))
        parts = [part for part in _PARTS.split(user) if part]
        tails = ["".join(piece) for piece in _tails(user)]
        values = [f"{user}@{host}{domain}", host + domain, *tails, *(f"{tail}@{host}" for tail in tails), *parts]
        for value in dict.fromkeys(values):
            yield Found(match.start(), match.end(), value)


def asked_mails(text: str) -> Iterator[Found]:
    """Of a question: the address, or the part of one, as it is typed."""
    for match in _ADDRESS.finditer(text):
        yield Found(match.start(), match.end(), match.group().lower())


def _tails(user: str) -> Iterator[str]:
    """`k.muster-amt`, `muster-amt`, `amt`."""
    yield user
    for match in _PARTS.finditer(user):
        if user[match.end() :]:
            yield user[match.end() :]
