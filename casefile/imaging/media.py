"""Media types with pages that can be shown as images, with suffixes and decoder, in one table."""

from __future__ import annotations

from typing import NamedTuple

PDF = "application/pdf"


class ImageFormat(NamedTuple):
    """`decoder`: Pillow's name of the format. `plugin`: `module` or `module:function` that registers it when imported
    or called, "" for Pillow itself.

    `photo`: mostly photographs, so shown in colour; the others are scans, shown in few grey levels.
    `pages`: its frames are pages; of the others, further frames are an animation and left out.
    """

    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    decoder: str
    plugin: str = ""
    photo: bool = False
    pages: bool = False


# Nothing else is ever opened as an image: every further decoder is a further way in for a hostile file.
IMAGE_FORMATS = (
    ImageFormat(("image/tiff",), (".tif", ".tiff"), "TIFF", pages=True),
    ImageFormat(("image/jpeg",), (".jpg", ".jpeg"), "JPEG", photo=True),
    ImageFormat(("image/png",), (".png",), "PNG"),
    ImageFormat(("image/webp",), (".webp",), "WEBP", photo=True),
    ImageFormat(
        ("image/heic", "image/heif"),
        (".heic", ".heif"),
        "HEIF",
        "pillow_heif:register_heif_opener",
        photo=True,
        pages=True,
    ),
    ImageFormat(("image/avif",), (".avif",), "AVIF", photo=True),
    ImageFormat(("image/gif",), (".gif",), "GIF"),
    ImageFormat(("image/bmp", "image/x-ms-bmp"), (".bmp",), "BMP"),
    ImageFormat(("image/jp2", "image/jpx", "image/x-jp2-codestream"), (".jp2",), "JPEG2000"),
)
_BY_TYPE = {media_type: found for found in IMAGE_FORMATS for media_type in found.media_types}

# What a file with this suffix is expected to be.
IMAGE_SUFFIXES: dict[str, tuple[str, ...]] = {
    suffix: found.media_types for found in IMAGE_FORMATS for suffix in found.suffixes
}


def base_type(media_type: str) -> str:
    """The type without parameters: `text/plain; charset=utf-8` -> `text/plain`."""
    return media_type.split(";", 1)[0].strip().lower()


def image_format(media_type: str) -> ImageFormat | None:
    """None for what is not opened as an image."""
    return _BY_TYPE.get(base_type(media_type))


def is_image(media_type: str) -> bool:
    return image_format(media_type) is not None


def is_photo(media_type: str) -> bool:
    found = image_format(media_type)
    return found is not None and found.photo


def has_page_images(media_type: str) -> bool:
    """True where a page can be rendered (PDF and images); the others are shown as text."""
    return base_type(media_type) == PDF or is_image(media_type)


def is_mail(media_type: str) -> bool:
    return base_type(media_type) in {"message/rfc822", "application/vnd.ms-outlook"}
