"""Find Tesseract's models: the folder that holds a `.traineddata` file for every language in the settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from casefile.errors import EnvironmentFault
from casefile.settings import PROJECT, Settings

SYSTEM_FOLDERS = ("/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")
BUNDLED = PROJECT / ".cache" / "tessdata"


def find_tessdata(settings: Settings) -> Path:
    """Searched: AKTENSUCHE_TESSDATA (then only there), TESSDATA_PREFIX, the system's folders, the offline bundle's.

    Raises EnvironmentFault `tessdata_missing`: without the right model, recognition would quietly use another language.
    """
    wanted = [language for language in settings.ocr_languages.split("+") if language]
    for folder in _folders(settings):
        if all((folder / f"{language}.traineddata").is_file() for language in wanted):
            return folder
    files = ", ".join(f"{language}.traineddata" for language in wanted)
    where = f" in {settings.tessdata} (AKTENSUCHE_TESSDATA)" if settings.tessdata else ""
    packages = " ".join(f"tesseract-ocr-{language.replace('_', '-').lower()}" for language in wanted)
    raise EnvironmentFault(
        "tessdata_missing",
        f"Die Sprachdaten für die Texterkennung fehlen{where}: {files}.",
        f"„apt-get install {packages}“ ausführen oder AKTENSUCHE_TESSDATA auf den Ordner mit den Dateien setzen.",
    )


def _folders(settings: Settings) -> Iterator[Path]:
    if settings.tessdata:
        yield settings.tessdata
        return
    prefix = os.environ.get("TESSDATA_PREFIX")
    if prefix:
        yield from (Path(prefix), Path(prefix) / "tessdata")
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    yield BUNDLED
