"""What inference is given and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Evidence:
    """What is known of one document.

    `path`: relative to the root, with the file's name; `subject`, `sent` (ISO date) and `sender`: of a mail's header;
    `carried`: ISO date of the mail that an attachment came with; `language`: ISO 639-1 or "";
    `first` and `last`: text of the first and the last page.
    """

    path: str
    media_type: str = ""
    subject: str = ""
    sent: str = ""
    sender: str = ""
    carried: str = ""
    language: str = ""
    first: str = ""
    last: str = ""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2].rpartition("!")[2]

    @property
    def container(self) -> str:
        """Name of the file that an attachment or an archive's entry lies in; "" of a file of the source tree."""
        outer, mark, _ = self.path.partition("!")
        return outer.rpartition("/")[2] if mark else ""


@dataclass(frozen=True)
class Guess:
    """A value, or "" where there is none; `sure`: wrong in at most one of fifty (measured by `bench.inference`)."""

    value: str = ""
    sure: bool = False


NO_GUESS = Guess()


@dataclass(frozen=True)
class Inferred:
    """`date`: ISO. Each of the three stands for itself."""

    kind: Guess = NO_GUESS
    date: Guess = NO_GUESS
    sender: Guess = NO_GUESS

    def to_json(self) -> dict[str, list[Any]]:
        """Property → [value, sure]; what is not known is left out."""
        guesses = {name.name: getattr(self, name.name) for name in fields(self)}
        return {name: [guess.value, guess.sure] for name, guess in guesses.items() if guess.value}

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[Any]]) -> Inferred:
        known = {name.name for name in fields(cls)}
        return cls(**{name: Guess(str(value), bool(sure)) for name, (value, sure) in data.items() if name in known})
