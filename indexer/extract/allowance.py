"""How far one source file may be unpacked. Archives in archives multiply, so all that is inside a file shares this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from casefile.errors import DocumentFault, Reason
from casefile.settings import Settings
from casefile.wording import number
from indexer.extract.result import Embedded

MIB = 1024**2
# Harmless whatever its ratio: as much text as one document may have by default (AKTENSUCHE_MAX_TEXT_PAGES).
ALWAYS = 10 * MIB


@dataclass
class Allowance:
    """`documents` and `bytes` may still be read. Of a bomb, which unpacks to more than `likely` bytes, nothing is."""

    documents: int
    bytes: int
    likely: int
    most_mb: int
    ratio: int

    @classmethod
    def of_file(cls, size: int, settings: Settings) -> Allowance:
        """For a source file of so many bytes. Apache POI and Tika call a hundredfold a bomb too; scans and mails
        unpack to twice their size at most, long tables to the tenfold or twentyfold."""
        ratio, most = settings.max_unpack_ratio, settings.max_unpacked_mb
        return cls(settings.max_embedded, most * MIB, max(ALWAYS, ratio * size), most, ratio)

    def bomb(self, size: int) -> DocumentFault | None:
        """Why a container that unpacks to so many bytes is left closed."""
        if size <= self.likely:
            return None
        detail = (
            f"Ausgepackt {number(max(1, round(size / MIB)))} MB: mit dem, was schon ausgepackt ist, mehr als das"
            f" {number(self.ratio)}-Fache der Datei (AKTENSUCHE_MAX_UNPACK_RATIO); nichts davon wurde gelesen"
        )
        return DocumentFault(Reason.TOO_LARGE, detail)

    def too_much(self) -> DocumentFault:
        """Why an entry is not read whose container is no bomb."""
        detail = f"Ausgepackt mehr als {number(self.most_mb)} MB (AKTENSUCHE_MAX_UNPACKED_MB)"
        return DocumentFault(Reason.TOO_LARGE, detail)

    def take(self, size: int) -> bool:
        """Whether so many bytes may still be unpacked; if so, they are now."""
        if size > self.bytes:
            return False
        self.bytes -= size
        self.likely -= size
        return True

    def admit(self, documents: Sequence[Embedded]) -> Iterator[Embedded]:
        """What somebody else has unpacked: all, all but what is too much, or of a bomb nothing but the names."""
        bomb = self.bomb(sum(len(document.content) for document in documents))
        for document in documents:
            fault = bomb
            if fault is None and not self.take(len(document.content)):
                fault = self.too_much()
            if fault is None or document.fault is not None:
                yield document
            else:
                yield replace(document, content=b"", fault=fault.reason, detail=fault.detail)
