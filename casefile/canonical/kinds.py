"""The kinds of canonical findings, said once for pages and queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from casefile.canonical.addresses import find_addresses
from casefile.canonical.amounts import ANY_DECIMALS, asked_amounts, find_amounts
from casefile.canonical.dates import find_months
from casefile.canonical.found import Finder, Found
from casefile.canonical.identifiers import asked_identifiers, find_identifiers
from casefile.canonical.mails import asked_mails, find_mails
from casefile.canonical.names import find_names
from casefile.canonical.paragraphs import asked_paragraphs, find_paragraphs
from casefile.canonical.phones import find_phones

MOST = 1000  # values of one kind on a page: a table of numbers must not blow up its record


@dataclass(frozen=True)
class Kind:
    """`find`: on a page. `ask`: in a question, where less tells what is meant; None where nobody asks for it yet."""

    name: str
    find: Finder
    ask: Finder | None


KINDS: tuple[Kind, ...] = (
    Kind("month", find_months, find_months),
    Kind("amount", find_amounts, asked_amounts),
    Kind("phone", find_phones, find_phones),
    Kind("identifier", find_identifiers, asked_identifiers),
    Kind("paragraph", find_paragraphs, asked_paragraphs),
    Kind("address", find_addresses, find_addresses),
    Kind("mail", find_mails, asked_mails),
    Kind("name", find_names, None),
)
ASKED = tuple(kind.name for kind in KINDS if kind.ask)


def find_all(text: str) -> dict[str, tuple[str, ...]]:
    """The values of a page by kind, each once, in the order of the spellings; kinds without any are left out."""
    found = {kind.name: tuple(islice(_once(kind.find(text)), MOST)) for kind in KINDS}
    return {name: values for name, values in found.items() if values}


def asked(text: str) -> Iterator[Found]:
    """What a question asks for: values as `keyword` gives them."""
    for kind in KINDS:
        for start, end, value in kind.ask(text) if kind.ask else ():
            yield Found(start, end, keyword(kind.name, value))


def spans_of(text: str, wanted: Collection[str]) -> Iterator[Found]:
    """Where the wanted values stand on a page, given and found as `keyword` gives them."""
    for kind in KINDS:
        prefix = keyword(kind.name, "")
        if any(value.startswith(prefix) for value in wanted):
            found = (Found(start, end, prefix + value) for start, end, value in kind.find(text))
            yield from (one for one in found if one.value in wanted or _whole_part(one.value) in wanted)


def _whole_part(value: str) -> str:
    """How a question asks for an amount without its decimals."""
    return value.partition(".")[0] + ANY_DECIMALS


def keyword(kind: str, value: str) -> str:
    """The form in which the index holds a value of any kind in one field."""
    return f"{kind}:{value}"


def _once(found: Iterator[Found]) -> Iterator[str]:
    return iter(dict.fromkeys(value for *_, value in found))
