"""One file -> its pages, its metadata and what is embedded in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from casefile.errors import DocumentFault, Reason, Shortfall
from casefile.imaging.media import IMAGE_SUFFIXES, PDF, base_type, is_image
from casefile.names import one_line
from casefile.settings import Settings
from casefile.wording import os_message
from indexer.extract import imagescan
from indexer.extract.allowance import Allowance
from indexer.extract.embedded import Contents, Unpacking, read_embedded
from indexer.extract.formats.reading import Reading
from indexer.extract.formats.sandboxed import read_beside
from indexer.extract.ocr.recognise import RecognitionPool
from indexer.extract.pdf.pages import read_pdf
from indexer.extract.result import Extracted, ExtractedPage
from indexer.extract.text import read_text
from indexer.extract.tika.client import Parsed, TikaClient
from indexer.extract.tika.traces import describe, reason_of

_KEPT_METADATA = (
    "dc:title",
    "dc:creator",
    "dc:subject",
    "dc:description",
    "dc:language",
    "dcterms:created",
    "dcterms:modified",
    "meta:keyword",
    "cp:category",
    "pdf:producer",
    "xmp:CreatorTool",
    "extended-properties:Application",
    "Message-From",
    "Message-To",
    "Message-Cc",
    "Message-Bcc",
    "Message:Raw-Header:Message-ID",
    "Message:Raw-Header:In-Reply-To",
    "Content-Encoding",
)
_LONGEST_VALUE = 1000

_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    **IMAGE_SUFFIXES,
    ".pdf": (PDF,),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation",),
    ".doc": ("application/msword", "application/rtf"),
    ".xls": ("application/vnd.ms-excel",),
    ".odt": ("application/vnd.oasis.opendocument.text",),
    ".rtf": ("application/rtf",),
    ".eml": ("message/rfc822",),
    ".msg": ("application/vnd.ms-outlook",),
    ".zip": ("application/zip",),
}


def extract(
    path: Path,
    settings: Settings,
    tika: TikaClient,
    pool: RecognitionPool,
    *,
    depth: int = 0,
    allowance: Allowance | None = None,
) -> Extracted:
    """Read one document. `depth`: 0 for a file of the source tree, one more for each container around it.

    `allowance`: what may still be unpacked of the source file; without it, the document is one itself.

    Raises DocumentFault where nothing at all can be read, EnvironmentFault where the run must stop. Faults of single
    pages and embedded documents are in the result.
    """
    _check_file(path, settings)
    parsed = _parse(path, tika)
    room = allowance or Allowance.of_file(path.stat().st_size, settings)
    reading = read_beside(path, parsed, settings, pool)
    contents = read_embedded(path, parsed, reading, Unpacking(settings, tika, pool, depth, room))
    pages, notes = _pages(path, parsed, reading, contents, settings, pool)
    known = _known_metadata(parsed, reading)
    return Extracted(
        media_type=_media_type(parsed, reading),
        pages=lacking(pages, (*(reading.shortfalls if reading else ()), *contents.shortfalls)),
        title=one_line(known.get("dc:title", ""))[:_LONGEST_VALUE],
        author=one_line(known.get("dc:creator", ""))[:_LONGEST_VALUE],
        created=known.get("dcterms:created", ""),
        metadata={key: value for key in _KEPT_METADATA if (value := one_line(known.get(key, ""))[:_LONGEST_VALUE])},
        embedded=contents.documents,
        notes=(*_suffix_note(path, parsed), *notes),
    )


def lacking(pages: tuple[ExtractedPage, ...], shortfalls: tuple[Shortfall, ...]) -> tuple[ExtractedPage, ...]:
    """What the document lacks on a page that is not known is recorded on its first readable page."""
    first = next((index for index, page in enumerate(pages) if page.fault is None), None)
    if first is None or not shortfalls:
        return pages  # with a reason for every page already
    page = replace(pages[first], shortfalls=(*pages[first].shortfalls, *shortfalls))
    return (*pages[:first], page, *pages[first + 1 :])


def _check_file(path: Path, settings: Settings) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise DocumentFault(Reason.VANISHED) from error
    except OSError as error:
        raise DocumentFault(Reason.UNREADABLE, os_message(error)) from error
    if size == 0:
        raise DocumentFault(Reason.EMPTY)
    if size > settings.max_file_mb * 1024 * 1024:
        raise DocumentFault(Reason.TOO_LARGE, f"{size // 1024**2} MB (AKTENSUCHE_MAX_FILE_MB)")


def _parse(path: Path, tika: TikaClient) -> Parsed:
    """A PDF that kills Tika can still be rendered and recognised."""
    try:
        return tika.parse(path)
    except DocumentFault:
        with path.open("rb") as stream:
            if not stream.read(1024).lstrip().startswith(b"%PDF-"):
                raise
        return Parsed({"Content-Type": PDF, "X-TIKA:EXCEPTION:container_exception": "Tika gab keine Antwort"}, "")


def _pages(
    path: Path,
    parsed: Parsed,
    reading: Reading | None,
    contents: Contents,
    settings: Settings,
    pool: RecognitionPool,
) -> tuple[tuple[ExtractedPage, ...], tuple[str, ...]]:
    kind = base_type(parsed.media_type)
    if kind == PDF:
        result = read_pdf(path, parsed, settings, pool)
        if not result.pages:
            raise DocumentFault(Reason.CORRUPT, "Die PDF-Datei hat keine Seiten")
        return result.pages, result.notes
    if is_image(kind):
        return _image_pages(path, kind, settings, pool)
    if reason_of(parsed.exception) is Reason.ENCRYPTED if parsed.exception else False:
        raise DocumentFault(Reason.ENCRYPTED, describe(parsed.exception))
    return read_text(path, parsed, reading, contents.names, settings.max_text_pages), ()


def _image_pages(
    path: Path, kind: str, settings: Settings, pool: RecognitionPool
) -> tuple[tuple[ExtractedPage, ...], tuple[str, ...]]:
    seen = pool.run(
        imagescan.overview,
        path,
        kind,
        settings.max_page_megapixels,
        timeout=settings.ocr_timeout,
        reason=Reason.TIMEOUT,
    )
    pages = [ExtractedPage(f.number, needs_ocr=f.fault is None, fault=f.fault, detail=f.detail) for f in seen.frames]
    if seen.cut_off:
        detail = "Die Datei bricht ab; wie viele Seiten fehlen, ist unbekannt"
        pages.append(ExtractedPage(len(pages) + 1, fault=Reason.TRUNCATED, detail=detail))
    moving = (Shortfall(Reason.PART_NOT_READ, "Bewegtes Bild: nur das erste Bild wird gelesen"),)
    return lacking(tuple(pages), moving if seen.animated else ()), ()


def _media_type(parsed: Parsed, reading: Reading | None) -> str:
    """A message that starts in an odd way passes for text with Tika; its header says what it is."""
    kind = base_type(parsed.media_type)
    return "message/rfc822" if reading is not None and reading.header is not None and kind.startswith("text/") else kind


def _known_metadata(parsed: Parsed, reading: Reading | None) -> dict[str, str]:
    """Tika's, and over it what the header says that was read here."""
    title, author, created = (parsed.first(key) for key in ("dc:title", "dc:creator", "dcterms:created"))
    told = {key: "; ".join(parsed.all(key)) for key in _KEPT_METADATA}
    told |= {"dc:title": title, "dc:creator": author, "dcterms:created": created}
    return told | (reading.header.metadata() if reading is not None and reading.header is not None else {})


def _suffix_note(path: Path, parsed: Parsed) -> tuple[str, ...]:
    expected = _SUFFIXES.get(path.suffix.lower())
    kind = base_type(parsed.media_type)
    if expected is None or kind in expected:
        return ()
    return (f"Der Inhalt ist {kind}, die Endung sagt „{path.suffix}“; gelesen nach dem Inhalt.",)
