"""A transparency log with a second place and a witness, small enough to be copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from casefile.database.events import Action, Channel, Detail
from casefile.database.sessions import open_database
from casefile.settings import Settings, load_settings
from oversight.audit import Actor, Event, record
from oversight.log.check.checking import check_log
from oversight.log.check.findings import Flaw
from oversight.log.check.verify import Verification
from oversight.log.cosigning import read_witnesses, request_cosignature, take_cosignatures
from oversight.log.formats.note import SigningKey
from oversight.log.keeper import take_in_all
from oversight.log.keys import open_key
from oversight.log.sequencer import sequence
from oversight.witness import Witness, create_witness, open_witness

WITNESS = "datenschutz.example/zeuge"
USERS = ("vogt", "sommer", "öztürk")


def sequence_all(accounts: sessionmaker[Session], key: SigningKey) -> int:
    """Takes in all that is there. Gives the number of leaves added."""
    added = 0
    while count := sequence(accounts, key):
        added += count
    return added


def search_of(number: int) -> Event:
    detail = {Detail.FILTERS: {"stelle": ["Leistung 2"]}, Detail.SHOWN: {"akte": [f"dokument-{number}"]}}
    return Event(
        Actor(USERS[number % 3], Channel.WEB), Action.SEARCH, text=f"Miete {number}", hits=number, detail=detail
    )


@dataclass
class LoggedInstance:
    """`folder`: home, second place and witness, each in a folder of its own."""

    folder: Path
    settings: Settings
    accounts: sessionmaker[Session]

    @property
    def copy(self) -> Path:
        return self.folder / "kopie"

    @property
    def witness(self) -> Witness:
        return open_witness(self.folder / "zeuge")

    def work(self, rows: int, start: int = 0) -> None:
        """Rows by searches, taken into the log."""
        record(self.accounts, *(search_of(start + number) for number in range(rows)))
        self.take_in()

    def take_in(self) -> None:
        take_in_all(self.settings, self.accounts, open_key(self.settings, self.accounts))

    def cosign(self, timestamp: int | None = None) -> None:
        """Raises Refusal where the witness finds that the log does not continue."""
        request = request_cosignature(self.accounts, WITNESS, self.remembered)
        answer = self.witness.cosign(request.to_text(), timestamp)
        take_cosignatures(self.accounts, read_witnesses(self.settings.audit_witnesses), answer)

    @property
    def remembered(self) -> int:
        """How many entries the witness has signed last."""
        note = self.witness.remembered(self.witness.logs[0].name)
        return int(note.text.split("\n")[1]) if note else 0

    def check(self, *notes: str, today: date | None = None) -> Verification:
        return check_log(
            self.settings, self.accounts, [("Zeuge", note) for note in notes], today or datetime.now(UTC).date()
        )

    def flaws(self, *notes: str) -> set[Flaw]:
        return {finding.flaw for finding in self.check(*notes).findings}


@contextmanager
def opened(folder: Path, **others: object) -> Iterator[LoggedInstance]:
    (folder / "kopie").mkdir(parents=True, exist_ok=True)
    settings = load_settings(
        home=folder / "home", audit_copy=folder / "kopie", audit_witnesses=folder / "zeugen", **others
    )
    accounts = open_database(settings, "accounts")
    if not (folder / "zeuge").exists():
        made = create_witness(folder / "zeuge", WITNESS, [str(open_key(settings, accounts).verifier)])
        (folder / "zeugen").write_text(f"# Zeugen\n{made.key.verifier}\n")
    try:
        yield LoggedInstance(folder, settings, accounts)
    finally:
        accounts.kw["bind"].dispose()


@contextmanager
def copied(original: Path, folder: Path) -> Iterator[LoggedInstance]:
    shutil.copytree(original, folder)
    with opened(folder) as instance:
        yield instance
