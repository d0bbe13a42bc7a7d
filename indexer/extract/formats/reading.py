"""What a reader of our own makes of one file."""

from __future__ import annotations

from dataclasses import dataclass

from casefile.errors import Shortfall
from indexer.extract.formats.union import join_texts
from indexer.extract.mail.header import MailHeader
from indexer.extract.result import Embedded


@dataclass(frozen=True)
class Reading:
    """`leads`: this is the document's text, and Tika's is the second witness; else the other way round.
    `whole`: nothing that Tika says counts beside it.
    `documents`: what the file contains, None where that is left to Tika. `pictures`: shown within the text; they
    become documents where text stands in them and Tika does not give them too.
    """

    text: str = ""
    leads: bool = True
    whole: bool = False
    documents: tuple[Embedded, ...] | None = None
    pictures: tuple[Embedded, ...] = ()
    header: MailHeader | None = None
    shortfalls: tuple[Shortfall, ...] = ()

    def with_witness(self, text: str) -> str:
        """The document's text out of this and Tika's."""
        if self.whole:
            return self.text
        return join_texts(self.text, text) if self.leads else join_texts(text, self.text)
