"""The real interface: files read by the pipeline, the production server, Debian's Chromium."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from casefile.database.sessions import open_database
from casefile.model import Role
from casefile.settings import Settings
from engine import control
from indexer.pipeline import index_root
from indexer.progress import Reporter
from oversight.accounts import add_user
from tests.material import mail_with_attachment, scan, text_pdf
from tests.shelf import own_instance
from tests.web import PASSWORD

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCAN_WORD = "Quittenwald"
HOSTILE = '"><img src=x onerror=alert(1)>'
START_TIMEOUT_S = 60


@dataclass
class Visit:
    """A browser window of one person, and what it complained about."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, name: str = "leitung") -> None:
        self.page.goto(f"{self.base}/anmelden")
        self.page.fill("#name", name)
        self.page.fill("#kennwort", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_selector("#q")

    def search(self, text: str) -> None:
        before = self.page.url
        self.page.fill("#q", text)
        self.page.press("#q", "Enter")
        self.page.wait_for_url(lambda url: url != before)
        self.page.wait_for_selector("#ergebnis")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("browser") / "bestand"
    mueller = root / "50.2-1187 Müller"
    mueller.mkdir(parents=True)
    sheet = {
        "aktenzeichen": "50.2-1187/2021",
        "betreff": "Kosten der Unterkunft",
        "stelle": "Leistung 2",
        "personen": [{"name": "Müller", "vorname": "Jana", "geburtsdatum": "14.03.1988"}],
        "schlagwoerter": ["Miete", "Widerspruch"],
        "dokumente": [
            {"datei": "bescheid.pdf", "betreff": "Bewilligungsbescheid", "art": "Bescheid", "datum": "12.03.2021"},
            {"datei": "scan.tif", "betreff": "Mietvertrag", "art": "Mietvertrag", "datum": "01.04.2020"},
        ],
    }
    (mueller / "deckblatt.json").write_text(json.dumps(sheet))
    text_pdf(mueller / "bescheid.pdf", ["Bewilligungsbescheid über die Miete", "Rechtsbehelfsbelehrung zur Miete"])
    scan(mueller / "scan.tif", [f"Mietvertrag\nüber die Wohnung am\n{SCAN_WORD} 12"])
    mail_with_attachment(mueller / "nachricht.eml", "Bitte um Rückruf wegen der Miete", "Nebenkosten 2020")
    other = root / "Akte ohne Blatt"
    other.mkdir()
    text_pdf(other / "geheim.pdf", ["verschlossen"], password="kennwort")
    text_pdf(other / "<b>fett<img src=x onerror=alert(2)>.pdf", [f"Giftwort <script>alert(3)</script> {HOSTILE} Miete"])
    return root


@pytest.fixture(scope="session")
def served(engine: Settings, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the running interface."""
    with own_instance(engine, tmp_path_factory.mktemp("home")) as settings:
        with Reporter("bestand", quiet=True) as reporter:
            index_root(settings, source, "bestand", reporter)
        accounts = open_database(settings, "accounts")
        add_user(accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
        add_user(accounts, f"böse {HOSTILE}", Role.LEAD, ["*"], PASSWORD)
        add_user(accounts, "fremd", Role.CASEWORKER, ["Leistung 9"], PASSWORD)
        accounts.kw["bind"].dispose()
        ready = settings.home / "ready"
        command = [sys.executable, "-m", "aktensuche", "serve", "--port", "0", "--ready-file", str(ready)]
        with subprocess.Popen(command, env=os.environ | control.as_environment(settings)) as process:
            yield _address(ready, process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0


def _address(ready: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready.exists():
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server did not become ready"
        time.sleep(0.1)
    return ready.read_text(encoding="utf-8").strip()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Visit]:
    """A desktop window with JavaScript; any complaint of the browser fails the test."""
    yield from _visit(browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE"), served)


@pytest.fixture
def plain_visit(browser: Browser, served: str) -> Iterator[Visit]:
    """The same with JavaScript switched off."""
    yield from _visit(browser.new_context(java_script_enabled=False, locale="de-DE"), served)


@pytest.fixture
def narrow_visit(browser: Browser, served: str) -> Iterator[Visit]:
    yield from _visit(browser.new_context(viewport={"width": 320, "height": 700}, locale="de-DE"), served)


def _visit(context: BrowserContext, base: str) -> Iterator[Visit]:
    context.set_default_timeout(15_000)
    visit = Visit(context.new_page(), base)

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.complaints.append(message.text)

    visit.page.on("console", complain)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("dialog", lambda dialog: (visit.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
    yield visit
    context.close()
    assert visit.complaints == []
