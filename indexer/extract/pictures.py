"""Pictures within a text (pasted receipts, screenshots, logos): which of them hold text, and so are documents."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from casefile.errors import DocumentFault, Reason
from casefile.imaging.media import is_image
from casefile.settings import Settings
from casefile.storage.scratch import scratch_prefix
from indexer.extract.imagescan import overview
from indexer.extract.ocr.recognise import RecognitionPool, not_cached
from indexer.extract.result import Embedded

# A pasted scan or photographed letter is larger (pixels); what is smaller may be a logo: it is looked at first.
LARGE_SHORT_SIDE = 400
LARGE_LONG_SIDE = 600
# A line of legible text needs at least this (pixels); smaller are rules, icons and tracking pixels.
LEGIBLE_SHORT_SIDE = 16
LEGIBLE_LONG_SIDE = 80
MOST_PICTURES = 100
_SURE = 60  # confidence of a word that is more than the shape of an icon
_WORD = re.compile(r"[^\W\d_]{3,}|\d{4,}")
_STARTS = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"RIFF", "image/webp"),
)


def with_text(pictures: Sequence[Embedded], settings: Settings, pool: RecognitionPool) -> tuple[list[Embedded], int]:
    """The pictures that are documents, each content once, and how many could not be looked at."""
    distinct = {hashlib.sha256(picture.content).digest(): picture for picture in reversed(pictures)}
    found: list[Embedded] = []
    unread = max(0, len(distinct) - MOST_PICTURES)
    for picture in list(reversed(distinct.values()))[:MOST_PICTURES]:
        try:
            if _holds_text(picture, settings, pool):
                found.append(picture)
        except DocumentFault:
            unread += 1
    return found, unread


def _holds_text(picture: Embedded, settings: Settings, pool: RecognitionPool) -> bool:
    kind = next((kind for start, kind in _STARTS if picture.content.startswith(start)), picture.media_type)
    if not is_image(kind):
        raise DocumentFault(Reason.UNSUPPORTED)
    with _on_disk(picture, settings) as path:
        seen = pool.run(
            overview,
            path,
            kind,
            settings.max_page_megapixels,
            timeout=settings.ocr_timeout,
            reason=Reason.TIMEOUT,
        )
        short, long = sorted((seen.frames[0].width, seen.frames[0].height))
        if short >= LARGE_SHORT_SIDE and long >= LARGE_LONG_SIDE:
            return True
        if short < LEGIBLE_SHORT_SIDE or long < LEGIBLE_LONG_SIDE:
            return False
        text = pool.recognise(path, kind, 1, not_cached).text
    return any(word.confidence >= _SURE and _WORD.search(text.text[word.start : word.end]) for word in text.words)


@contextmanager
def _on_disk(picture: Embedded, settings: Settings) -> Iterator[Path]:
    folder = settings.home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=scratch_prefix()) as stream:
        stream.write(picture.content)
        stream.flush()
        yield Path(stream.name)
