"""What the documents say is compared with the program; links lead somewhere; nothing tells where it was written."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

from casefile import __version__
from casefile.errors import REMEDIES, Reason
from casefile.index.client import BULK, COMMAND, PEOPLE
from casefile.settings import PREFIX, PROJECT, Settings
from indexer.extract.ocr.engines import ENGINES
from oversight.users_cli import users
from search_ui.cli import batch_search
from search_ui.retrieval.batch import CHUNK

DOCS = PROJECT / "docs"
PAGES = [*sorted(PROJECT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
OPERATIONS = (DOCS / "betrieb.md").read_text(encoding="utf-8")
CHANGES = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")

# Spelt so that this very file names none of them.
REGISTRIES = [
    "registry." + "npmjs.org",
    "pypi." + "org",
    "files.python" + "hosted.org",
    "repo1." + "maven.org",
    "repo." + "maven.apache.org",
    "docker." + "io",
    "ghcr." + "io",
    "quay." + "io",
]
EUPL_SHA256 = "b265314fe0920ed66121307961dabb70eb3c26c508d2362783e821bbb4a0e16c"
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/[a-z]")


def table_rows(text: str) -> list[list[str]]:
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def documented_settings() -> dict[str, list[str]]:
    rows = table_rows((DOCS / "settings.md").read_text(encoding="utf-8"))
    return {row[0].strip("`"): row[1:] for row in rows if row[0].startswith(f"`{PREFIX}")}


def shown(default: Any) -> str:
    if default is None:
        return "–"
    return f"`{str(default).lower()}`" if isinstance(default, bool) else f"`{default}`"


def tracked_files() -> list[Path]:
    """What is in the repository; without one, everything that is not generated."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return [PROJECT / name for name in done.stdout.split("\0") if name and (PROJECT / name).is_file()]
    return [path for path in PROJECT.rglob("*") if path.is_file() and path.relative_to(PROJECT).parts[0][0] != "."]


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    assert set(documented_settings()) == {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_recognition_engines_are_documented() -> None:
    assert documented_settings()[f"{PREFIX}OCR_ENGINE"][1] == ", ".join(f"`{name}`" for name in sorted(ENGINES))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_documented_with_its_default_unit_and_meaning(name: str) -> None:
    default, unit, meaning = documented_settings()[PREFIX + name.upper()]
    field = Settings.model_fields[name]
    if name == "home":
        assert f"`{field.default.name}`" in default
    else:
        assert default == shown(field.default)
    assert unit
    assert meaning.endswith(".")
    for bound in (getattr(limit, edge) for limit in field.metadata for edge in ("ge", "le") if hasattr(limit, edge)):
        if bound not in (0, 1, 65535):
            assert str(bound) in meaning


def test_every_reason_is_documented_with_its_remedy() -> None:
    rows = {row[0].strip("`"): row for row in table_rows(OPERATIONS) if row[0].startswith("`")}
    for reason in Reason:
        assert reason.value in rows, reason
        assert REMEDIES[reason] in rows[reason.value][-1], reason


def test_how_long_who_waits_for_the_engine_is_documented() -> None:
    waits = {row[0]: row[1:] for row in table_rows(OPERATIONS) if "Sekunden" in row[1]}
    for who, patience in (("Oberfläche", PEOPLE), ("`search`", COMMAND), ("`batch-search`", BULK)):
        row = next(cells for name, cells in waits.items() if name.startswith(who))
        assert row[0] == f"{patience.seconds} Sekunden"
        assert row[1] == (f"{patience.retries} Wiederholungen" if patience.retries else "keine Wiederholung")


@pytest.mark.parametrize("command", [batch_search, *users.commands.values()], ids=lambda command: command.name)
def test_searching_in_batches_and_accounts_are_documented(command: click.Command) -> None:
    assert f"`{command.name}`" in OPERATIONS
    for option in (name for param in command.params for name in param.opts if name.startswith("--")):
        assert option in OPERATIONS, option
    assert f"Schüben von {CHUNK} Anfragen" in OPERATIONS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_links_lead_to_files_and_headings(page: Path) -> None:
    text = re.sub(r"<!--.*?-->|```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, heading = target.partition("#")
        file = (page.parent / name) if name else page
        assert file.exists(), f"{page.name}: {target}"
        if heading:
            assert heading in anchors(file), f"{page.name}: {target}"


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_documents_named_in_the_code_exist() -> None:
    for path in tracked_files():
        if path.suffix in {".py", ".toml", ".yml", ".yaml"} or path.name in {"Makefile", ".env.example"}:
            for name in re.findall(r"\bdocs/[\w./-]+\.(?:md|png)\b", path.read_text(encoding="utf-8")):
                assert (PROJECT / name).exists(), f"{path.relative_to(PROJECT)}: {name}"


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        place = path.relative_to(PROJECT).as_posix()
        assert not [name for name in REGISTRIES if name in text], place
        if "vendor" not in path.parts:
            assert not MACHINE_PATH.search(text), f"{place}: {MACHINE_PATH.search(text)}"


def test_changelog_says_of_every_version_whether_to_index_anew() -> None:
    versions = re.split(r"^## ", CHANGES, flags=re.MULTILINE)[1:]
    assert any(
        __version__ in entry.splitlines()[0] or "Unveröffentlicht" in entry.splitlines()[0] for entry in versions
    )
    for entry in versions:
        assert re.search(r"^Neuindizierung nötig: (ja|nein)", entry, re.MULTILINE), entry.splitlines()[0]


def test_licence_is_the_whole_eupl() -> None:
    """Word for word as in the SPDX licence list."""
    words = (PROJECT / "LICENSE").read_text(encoding="utf-8").split()
    assert hashlib.sha256(" ".join(words).encode()).hexdigest() == EUPL_SHA256
