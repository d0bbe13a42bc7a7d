"""Which media types have pages that can be shown as images, and how each is opened."""

from __future__ import annotations

PDF = "application/pdf"

# Media type -> Pillow's name of the format. Nothing else is ever opened as an image: every further decoder is a
# further way in for a hostile file.
IMAGE_FORMATS: dict[str, str] = {
    "image/tiff": "TIFF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/bmp": "BMP",
    "image/x-ms-bmp": "BMP",
    "image/jp2": "JPEG2000",
    "image/jpx": "JPEG2000",
    "image/x-jp2-codestream": "JPEG2000",
}


def base_type(media_type: str) -> str:
    """The type without parameters: `text/plain; charset=utf-8` -> `text/plain`."""
    return media_type.split(";", 1)[0].strip().lower()


def is_image(media_type: str) -> bool:
    return base_type(media_type) in IMAGE_FORMATS


def has_page_images(media_type: str) -> bool:
    """True where a page can be rendered (PDF and images); the others are shown as text."""
    return base_type(media_type) == PDF or is_image(media_type)


def is_mail(media_type: str) -> bool:
    return base_type(media_type) in {"message/rfc822", "application/vnd.ms-outlook"}
