"""All settings in one frozen object, read from `AKTENSUCHE_*` variables and checked at start.

Every field is documented in docs/settings.md; a test compares the two.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from casefile.errors import UsageFault
from casefile.tessdata import DEFAULT_LANGUAGES
from casefile.wording import caused

PREFIX = "AKTENSUCHE_"
PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an administrator can set. Sizes in bytes, times in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    home: Path = Field(default=PROJECT / ".aktensuche", description="folder for everything the program writes")
    no_install: bool = Field(default=False, description="set-up never installs system packages")
    bundle: Path | None = Field(default=None, description="set-up only: the offline bundle (archive or folder)")

    opensearch_url: str | None = Field(
        default=None, description="address of a running OpenSearch; empty: the embedded one"
    )
    opensearch_user: str | None = Field(default=None, description="account of the indexer (reads and writes)")
    opensearch_password_file: Path | None = Field(default=None, description="file with that account's password")
    opensearch_reader: str | None = Field(default=None, description="read-only account of the interface")
    opensearch_reader_password_file: Path | None = Field(default=None, description="file with the reader's password")
    opensearch_ca: Path | None = Field(default=None, description="CA certificate (PEM) of the engine")
    opensearch_port: int = Field(default=0, ge=0, le=65535, description="port of the embedded node; 0: a free one")
    opensearch_heap_mb: int = Field(default=0, ge=0, description="heap of the embedded node; 0: a share of the memory")
    tika_url: str | None = Field(default=None, description="address of a running Tika server; empty: the embedded one")
    tika_port: int = Field(default=0, ge=0, le=65535, description="port of the embedded Tika; 0: a free one")
    file_timeout: int = Field(
        default=180, ge=30, description="most time lost on slow and failed work on one file, all services together"
    )
    tika_timeout: int = Field(default=600, ge=10, description="longest wait for Tika on one document")
    java_home: Path | None = Field(default=None, description="a JDK 21 or newer; empty: it is looked for")

    ledger_url: str | None = Field(
        default=None, description="database URL of the ledger; empty: SQLite in the home folder"
    )
    ledger_password_file: Path | None = Field(default=None, description="file with the password for the ledger's URL")
    accounts_url: str | None = Field(default=None, description="database URL of accounts and audit; empty: SQLite")
    accounts_password_file: Path | None = Field(default=None, description="file with the password for that URL")
    audit_copy: Path | None = Field(
        default=None, description="folder outside the database that gets every checkpoint of the audit log"
    )
    audit_witnesses: Path | None = Field(
        default=None, description="file with the public keys of the audit log's witnesses, one a line"
    )
    audit_months: int = Field(
        default=0, ge=0, description="audit rows are kept for so many months; 0: to the end of the following year"
    )
    index_prefix: str = Field(
        default="akten", pattern=r"^[a-z][a-z0-9-]{0,40}$", description="prefix of all index names"
    )

    workers: int = Field(default=0, ge=0, description="processes for recognition and rendering; 0: one per core")
    ocr_engine: str = Field(default="tesseract", description="recognition engine")
    ocr_languages: str = Field(
        default=DEFAULT_LANGUAGES, pattern=r"^[A-Za-z_+]+$", description="languages of the recognition, joined by +"
    )
    ocr_second_opinion: bool = Field(
        default=True, description="doubtful words are read again by a second engine, where it is installed"
    )
    ocr_timeout: int = Field(default=180, ge=5, description="longest recognition of one page")
    ocr_dpi: int = Field(
        default=200, ge=70, le=600, description="resolution to which a page is brought before recognition"
    )
    tessdata: Path | None = Field(default=None, description="folder with Tesseract's models; empty: it is looked for")
    max_file_mb: int = Field(default=2048, ge=1, description="larger source files are reported, not read")
    max_page_megapixels: int = Field(default=200, ge=1, description="larger page images are reported, not decoded")
    max_embedded: int = Field(default=1000, ge=1, description="most embedded documents read of one file")
    max_unpacked_mb: int = Field(
        default=512, ge=1, description="most bytes unpacked from one file, all depths together"
    )
    max_unpack_ratio: int = Field(
        default=100, ge=1, description="containers that unpack to more than so many times the file stay closed"
    )
    max_text_pages: int = Field(
        default=1000, ge=1, description="most pages made of a document's flowing text; the rest is reported"
    )
    max_pages: int = Field(default=10_000, ge=1, description="most pages read of a PDF; the rest is reported")
    max_depth: int = Field(default=8, ge=1, description="deepest nesting of embedded documents that is read")

    web_host: str = Field(default="127.0.0.1", description="address the interface listens on")
    web_port: int = Field(default=8080, ge=0, le=65535, description="port of the interface; 0: a free one")
    web_workers: int = Field(default=2, ge=1, le=64, description="worker processes of the interface")
    web_tls: bool = Field(default=False, description="the interface is reached over https only (cookies become Secure)")
    session_idle_minutes: int = Field(default=30, ge=1, description="a session ends after so long without a request")
    session_hours: int = Field(default=10, ge=1, description="a session ends after so long at the latest")
    search_days: int = Field(default=30, ge=1, le=3650, description="a search can be opened again for so long")
    image_cache_mb: int = Field(default=2048, ge=1, description="most bytes of page images kept for the next request")
    purpose_required: bool = Field(default=False, description="every search must state its purpose")
    purpose_level: int = Field(
        default=0, ge=0, le=2, description="cases of this confidentiality or higher are opened for a stated purpose"
    )
    purpose_units: str = Field(
        default="", description="units, separated by ;, whose cases are opened and searched for a stated purpose"
    )
    emergency_minutes: int = Field(
        default=0, ge=0, le=1440, description="how long a case is open that was taken beyond one's rights; 0: never"
    )
    cli_search: bool = Field(default=True, description="`search` and `batch-search` on the command line are allowed")

    @property
    def ledger_database(self) -> str:
        return self.ledger_url or f"sqlite:///{self.home / 'db' / 'ledger.sqlite'}"

    @property
    def accounts_database(self) -> str:
        return self.accounts_url or f"sqlite:///{self.home / 'db' / 'accounts.sqlite'}"

    @property
    def worker_count(self) -> int:
        return self.workers or len(os.sched_getaffinity(0))


def load_settings(**overrides: object) -> Settings:
    """Read the environment. Raises UsageFault naming each wrong or unknown `AKTENSUCHE_*` variable."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise UsageFault(
            "settings_unknown",
            f"Unbekannte Einstellung: {', '.join(unknown)}.",
            "Schreibweise prüfen; alle Einstellungen stehen in docs/settings.md.",
        )
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(f"{PREFIX}{str(e['loc'][0]).upper()}: {_what_is_wrong(e)}" for e in error.errors())
        raise UsageFault("settings_invalid", f"Ungültige Einstellung: {wrong}.", "Siehe docs/settings.md.") from error
    return settings.model_copy(update={"home": settings.home.expanduser().absolute()})


def _what_is_wrong(error: ErrorDetails) -> str:
    limits = error.get("ctx", {})
    known = {
        "int_parsing": "keine ganze Zahl",
        "bool_parsing": "weder true noch false",
        "greater_than_equal": f"kleiner als {limits.get('ge')}",
        "less_than_equal": f"größer als {limits.get('le')}",
        "string_pattern_mismatch": "unzulässige Zeichen oder Länge",
    }
    return known.get(error["type"]) or caused("unzulässiger Wert", error["msg"])
