"""What reading a mail of any kind gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from casefile.errors import Reason, Shortfall
from casefile.names import one_line
from indexer.extract.formats.union import join_texts
from indexer.extract.mail.header import MailHeader
from indexer.extract.result import Embedded

ENCRYPTED = (
    "Der Inhalt der Nachricht ist verschlüsselt ({way}). Mit dem Schlüssel des Empfängers im Mailprogramm öffnen und"
    " unverschlüsselt ablegen"
)


@dataclass(frozen=True)
class Mail:
    """`bodies`: the message's texts in order. `pictures`: shown within the text; all else it carries: `documents`."""

    header: MailHeader
    bodies: tuple[str, ...]
    documents: tuple[Embedded, ...] = ()
    pictures: tuple[Embedded, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()

    def text(self) -> str:
        """Header lines, an empty line, then the bodies, apart from each other."""
        return "\n\n".join(filter(None, (self.header.text(), *self.bodies)))


@dataclass
class Collected:
    """Filled while a message's parts are gone through."""

    documents: list[Embedded] = field(default_factory=list)
    pictures: list[Embedded] = field(default_factory=list)

    def add(self, name: str, content: bytes, media_type: str) -> None:
        fault = None if content else Reason.EMPTY
        self.documents.append(Embedded(name, len(self.documents), content, media_type, fault))

    def add_encrypted(self, name: str, way: str) -> None:
        detail = ENCRYPTED.format(way=way)
        self.documents.append(
            Embedded(name, len(self.documents), b"", "application/pkcs7-mime", Reason.ENCRYPTED, detail)
        )

    def add_piece(self, number: str, total: str) -> None:
        shown = f"Teil {number} von {total}"
        detail = f"{shown} einer aufgeteilten Nachricht. Im Mailprogramm zusammenfügen und als Ganzes ablegen"
        kind = "message/partial"
        self.documents.append(Embedded(shown, len(self.documents), b"", kind, Reason.UNSUPPORTED, one_line(detail)))

    def add_linked(self, name: str, place: str) -> None:
        detail = f"Die Anlage ist nur verknüpft, ihr Inhalt liegt nicht in der Nachricht; sie selbst ablegen: {place}"
        shown = one_line(detail)[:500]
        self.documents.append(
            Embedded(name, len(self.documents), b"", "message/external-body", Reason.UNSUPPORTED, shown)
        )


def joined_alternatives(texts: list[str]) -> str:
    """Several forms of one message: the fullest, and behind it what only the others say."""
    ordered = sorted(filter(None, texts), key=len, reverse=True)
    return join_texts(*ordered) if ordered else ""
