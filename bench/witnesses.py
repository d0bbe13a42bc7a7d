"""What other readers see in a file: raw Tika, the standard library's mail parser, Outlook's own streams, the renderer.

None of these uses the program's readers, so that what those drop is seen here.
"""

from __future__ import annotations

import email
import email.policy
import mailbox
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from pathlib import Path

import olefile
import pypdfium2
import requests
from lxml import etree, html

from casefile.text.folding import fold

LEAST_LETTERS = 4
_WORD = re.compile(rf"[^\W\d_]{{{LEAST_LETTERS},}}")
_LETTERS = re.compile(r"[^\W\d_]+")
_SHOWN_FIELDS = ("Subject", "From", "To", "Cc", "Bcc")
_NOT_SHOWN = ("script", "style", "head", "template", "noscript")
# Outlook's properties (MS-OXPROPS): subject, sender, recipients as shown, body.
_OUTLOOK = re.compile(r"__substg1\.0_(?:0037|0C1A|0E04|0E03|1000)(001[EF])$", re.IGNORECASE)
# Encoded bytes and signatures, which some readers give as text.
_ENCODED = re.compile(r"(?:^[A-Za-z0-9+/_-]{60,}=*[ \t]*\r?\n?)+(?:^[A-Za-z0-9+/=_-]+[ \t]*$)?", re.MULTILINE)
_ARMOUR = re.compile(r"-----BEGIN PGP SIGNATURE.*?(?:-----END PGP SIGNATURE-----|\Z)", re.DOTALL)
_TIKA_LABELS = frozenset({"From", "To", "Cc", "Bcc", "Recipients"})
_TIKA_SECONDS = 180


@dataclass(frozen=True)
class Seen:
    """`page`: counted from 1, of the file itself; None: anywhere in the file or in what it contains."""

    witness: str
    page: int | None
    text: str


class Kept:
    """A kept text, asked for words of another reader, who may split or join them in another way."""

    def __init__(self, text: str) -> None:
        words = [fold(word) for word in _LETTERS.findall(_plain(text))]
        self._words = frozenset(words)
        self._joined = "".join(words)
        self._borders = set[int]()
        at = 0
        for word in words:
            self._borders.add(at)
            at += len(word)
        self._borders.add(at)

    def __contains__(self, word: str) -> bool:
        """True for a word, the beginning or end of one (a word broken at a line's end), several written as one."""
        if word in self._words:
            return True
        at = self._joined.find(word)
        while at >= 0:
            if at in self._borders or at + len(word) in self._borders:
                return True
            at = self._joined.find(word, at + 1)
        return False


def words_of(text: str) -> frozenset[str]:
    """Words of at least four letters, without what the search folds away anyway."""
    shown = _ENCODED.sub(" ", _ARMOUR.sub(" ", text))
    return frozenset(fold(word) for word in _WORD.findall(_plain(shown)))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("\xad", ""))


def tika_text(url: str, path: Path) -> list[Seen]:
    """The file with all that is embedded in it, as a Tika server gives it to anybody.

    Without what Tika itself writes into a text: English labels of Outlook's fields, names of parts of the package.
    """
    headers = {"Accept": "application/json", "X-Tika-OCRskipOcr": "true", "X-Tika-PDFOcrStrategy": "no_ocr"}
    headers["Content-Disposition"] = f'attachment; filename="datei{path.suffix if path.suffix.isascii() else ""}"'
    try:
        with path.open("rb") as stream:
            answer = requests.put(f"{url}/rmeta/body", data=stream, headers=headers, timeout=_TIKA_SECONDS)
        records = answer.json() if answer.status_code == 200 else []
    except (requests.RequestException, ValueError):
        return []
    names = {str(record.get("X-TIKA:embedded_resource_path") or "").rpartition("/")[2] for record in records}
    return [Seen("tika", None, "\n".join(_without_own(record, names) for record in records))]


def _without_own(record: dict[str, object], names: set[str]) -> str:
    labels = _TIKA_LABELS if "outlook" in str(record.get("Content-Type")) else frozenset()
    lines = str(record.get("X-TIKA:content") or "").splitlines()
    return "\n".join(line for line in lines if line.strip() not in labels | names)


def mail_text(path: Path) -> list[Seen]:
    if path.suffix.lower() == ".mbox":
        return [Seen("mail", None, "\n".join(text for mail in mailbox.mbox(path) for text in _message_texts(mail)))]
    if path.suffix.lower() not in (".eml", ".mht"):
        return []
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return [Seen("mail", None, "\n".join(_message_texts(message)))]


def _message_texts(message: Message) -> Iterator[str]:
    for part in message.walk():
        yield from _fields(part)
        if part.get_content_maintype() == "text" and not part.is_multipart():
            yield _part_text(part)


def _fields(part: Message) -> Iterator[str]:
    for name in _SHOWN_FIELDS:
        try:
            yield str(part.get(name) or "")
        except (ValueError, LookupError, TypeError, AttributeError, IndexError):
            continue  # the standard library's parser of addresses fails at some fields


def _part_text(part: Message) -> str:
    try:
        if isinstance(part, EmailMessage):
            text = str(part.get_content())
        else:
            raw = part.get_payload(decode=True)
            text = raw.decode(part.get_content_charset() or "latin-1") if isinstance(raw, bytes) else ""
    except (LookupError, ValueError, KeyError):
        return ""
    return _shown(text) if part.get_content_subtype() == "html" else text


def _shown(source: str) -> str:
    try:
        root = html.fromstring(source.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_elements(root, *_NOT_SHOWN, with_tail=False)
    etree.strip_tags(root, etree.Comment)
    return "\n".join(str(text) for text in root.itertext())


def outlook_text(path: Path) -> list[Seen]:
    if path.suffix.lower() != ".msg" or not olefile.isOleFile(path):
        return []
    texts = []
    with olefile.OleFileIO(path) as ole:
        for place in ole.listdir():
            found = _OUTLOOK.match(place[-1])
            if found is not None:
                raw = ole.openstream(place).read()
                wide = found.group(1).upper().endswith("F")
                if wide or raw.isascii():  # which of the old code pages it is, stands elsewhere
                    texts.append(raw.decode("utf-16-le" if wide else "ascii", "replace"))
    return [Seen("outlook", None, "\n".join(texts))]


def renderer_text(path: Path) -> list[Seen]:
    """Runs in a worker process."""
    seen = []
    document = pypdfium2.PdfDocument(path)
    try:
        for number in range(min(len(document), 200)):
            try:
                page = document[number]
                text = page.get_textpage().get_text_range(errors="ignore")
            except pypdfium2.PdfiumError:
                continue
            # The renderer's signs for a hyphen at a line's end stand between the two parts of a word.
            seen.append(Seen("renderer", number + 1, re.sub("[\x02\ufffe]\\s*", "", text)))
    finally:
        document.close()
    return seen
