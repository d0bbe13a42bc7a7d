"""Find Tesseract's models: the folder that holds a `.traineddata` file for every language in the settings.

Also used by the set-up, before any package is installed: the standard library only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from casefile.errors import EnvironmentFault

# The default of the setting `ocr_languages`; what the set-up, the image and the documents say is compared with it.
DEFAULT_LANGUAGES = "deu"
SYSTEM_FOLDERS = ("/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")
BUNDLED = Path(__file__).resolve().parent.parent / ".cache" / "tessdata"


def find_models(languages: str, chosen: Path | None = None) -> Path:
    """Searched: `chosen` if it is given (then no other), TESSDATA_PREFIX, the system's folders, the offline bundle's.

    Raises EnvironmentFault `tessdata_missing`: without the right model, recognition would quietly use another language.
    """
    wanted = [language for language in languages.split("+") if language]
    for folder in _folders(chosen):
        # `access` and not `is_file`: a folder that is closed to us is no error, just not the right one.
        if all(os.access(folder / f"{language}.traineddata", os.R_OK) for language in wanted):
            return folder
    files = ", ".join(f"{language}.traineddata" for language in wanted)
    where = f" in {chosen} (AKTENSUCHE_TESSDATA)" if chosen else ""
    install = f"apt-get install {debian_packages(languages)}"
    raise EnvironmentFault(
        "tessdata_missing",
        f"Die Sprachdaten für die Texterkennung fehlen{where}: {files}.",
        f"„{install}“ ausführen oder AKTENSUCHE_TESSDATA auf den Ordner mit den Dateien setzen.",
    )


def debian_packages(languages: str) -> str:
    """The packages with these models, separated by blanks."""
    wanted = [language for language in languages.split("+") if language]
    return " ".join(f"tesseract-ocr-{language.replace('_', '-').lower()}" for language in wanted)


def _folders(chosen: Path | None) -> Iterator[Path]:
    if chosen:
        yield chosen
        return
    prefix = os.environ.get("TESSDATA_PREFIX")
    if prefix:
        yield from (Path(prefix), Path(prefix) / "tessdata")
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    yield BUNDLED
