"""How many pages an image file has and which of them are whole. Runs in a worker process only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from casefile.errors import DocumentFault, Reason
from casefile.imaging.media import image_format
from casefile.imaging.render import check_pixels, open_image
from casefile.wording import number as in_words

MOST_FRAMES = 20_000
_STRIP_OFFSETS, _STRIP_COUNTS, _TILE_OFFSETS, _TILE_COUNTS = 273, 279, 324, 325


@dataclass(frozen=True)
class Frame:
    """A page of an image file, in pixels; `fault` where it cannot be read."""

    number: int
    width: int
    height: int
    fault: Reason | None = None
    detail: str = ""


@dataclass(frozen=True)
class ImageOverview:
    """`cut_off`: the file ends before its list of pages does, so there are more. `animated`: frames are left out."""

    frames: tuple[Frame, ...]
    cut_off: bool = False
    animated: bool = False


def overview(path: Path, media_type: str, max_megapixels: int) -> ImageOverview:
    """Reads headers only. Raises DocumentFault where not even the first page can be opened."""
    found = image_format(media_type)
    if found is not None and found.decoder == "TIFF":
        return _tiff(path, media_type, max_megapixels)
    with open_image(path, media_type, max_megapixels) as image:
        count = getattr(image, "n_frames", 1)
        if found is not None and found.pages:
            return ImageOverview(_frames(image, count, max_megapixels))
        width, height = image.size
        return ImageOverview((Frame(1, width, height),), animated=count > 1)


def _frames(image: Image.Image, count: int, max_megapixels: int) -> tuple[Frame, ...]:
    frames = []
    for number in range(1, count + 1):
        image.seek(number - 1)
        frames.append(_checked(image, number, max_megapixels))
    return tuple(frames)


def _tiff(path: Path, media_type: str, max_megapixels: int) -> ImageOverview:
    size = path.stat().st_size
    frames: list[Frame] = []
    with open_image(path, media_type, 10**9) as image:
        while True:
            frames.append(_frame(image, len(frames) + 1, size, max_megapixels))
            if len(frames) >= MOST_FRAMES:
                raise DocumentFault(Reason.TOO_LARGE, f"Mehr als {in_words(MOST_FRAMES)} Seiten")
            try:
                image.seek(len(frames))
            except EOFError:
                return ImageOverview(tuple(frames), cut_off=_points_past_end(image, size))
            except Exception:
                return ImageOverview(tuple(frames), cut_off=True)


def _frame(image: Image.Image, number: int, size: int, max_megapixels: int) -> Frame:
    frame = _checked(image, number, max_megapixels)
    if frame.fault is None and _data_past_end(image, size):
        return replace(frame, fault=Reason.TRUNCATED, detail="Die Bilddaten der Seite sind abgeschnitten")
    return frame


def _checked(image: Image.Image, number: int, max_megapixels: int) -> Frame:
    width, height = image.size
    try:
        check_pixels(image, max_megapixels)
    except DocumentFault as fault:
        return Frame(number, width, height, fault.reason, fault.detail)
    return Frame(number, width, height)


def _data_past_end(image: Any, size: int) -> bool:
    """Strips or tiles that would lie behind the end of the file."""
    tags = image.tag_v2
    for offsets, counts in ((_STRIP_OFFSETS, _STRIP_COUNTS), (_TILE_OFFSETS, _TILE_COUNTS)):
        starts, lengths = tags.get(offsets), tags.get(counts)
        if starts is None or lengths is None:
            continue
        starts = starts if isinstance(starts, tuple) else (starts,)
        lengths = lengths if isinstance(lengths, tuple) else (lengths,)
        if any(start + length > size for start, length in zip(starts, lengths, strict=False)):
            return True
    return False


def _points_past_end(image: Any, size: int) -> bool:
    """The last directory names a next one that lies behind the end of the file."""
    following = getattr(image.tag_v2, "next", 0)
    return bool(following) and following >= size
