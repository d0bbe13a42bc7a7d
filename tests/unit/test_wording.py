"""German sentences stand by themselves: numbers, other programs' words, wrong calls, remedies for services."""

from __future__ import annotations

import ast
import errno
import os
from pathlib import Path

import pytest

from aktensuche.cli import cli, run
from casefile.database.counts import Counts, FileCounts, PageCounts
from casefile.database.sessions import open_database
from casefile.errors import EnvironmentFault, UsageFault
from casefile.index.reader import IndexReader
from casefile.index.writer import _outcome
from casefile.instance import opensearch_remedy, shown_url, tika_remedy
from casefile.settings import PROJECT, load_settings
from casefile.wording import caused, counted, number, os_message
from indexer.extract import TikaClient
from indexer.extract.tika.traces import describe
from indexer.upkeep.report import FINDING_TEXTS, pace_text, print_reports
from indexer.upkeep.verify import Finding, RootReport

NOTHING_LISTENS = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 Seiten"), (1, "1 Seite"), (2, "2 Seiten"), (12345, "12.345 Seiten")]
)
def test_a_noun_follows_its_number(value: int, said: str) -> None:
    assert counted(value, "Seite", "Seiten") == said
    assert number(value) == said.partition(" ")[0]


def test_a_librarys_words_come_behind_the_sentence() -> None:
    assert caused("Das Bild ist nicht lesbar", "bad\n  header.") == "Das Bild ist nicht lesbar. Technisch: bad header."
    assert caused("Das Bild ist nicht lesbar.", "") == "Das Bild ist nicht lesbar."
    assert len(caused("Kurz.", "x" * 5000)) < 400
    assert describe("") == ""
    assert (
        describe("org.apache.Oops: no way\n\tat x") == "Tika meldet einen Fehler in der Datei. Technisch: Oops: no way."
    )


def test_the_systems_errors_are_german() -> None:
    assert os_message(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) == "Auf dem Datenträger ist kein Platz mehr"
    strange = os_message(OSError(errno.EXDEV, "Cross-device link"))
    assert strange == "Das Betriebssystem meldet einen Fehler. Technisch: Cross-device link."


def test_what_the_engine_says_is_marked_as_such() -> None:
    outcome = _outcome({"_id": "a", "status": 400, "error": {"reason": "failed to parse"}})
    assert outcome.error == "Die Suchmaschine nahm den Eintrag nicht an. Technisch: failed to parse."
    with pytest.raises(EnvironmentFault, match=r"nimmt nichts an\. Technisch: cluster_block\."):
        _outcome({"_id": "a", "status": 403, "error": {"reason": "cluster_block"}})


def test_a_database_that_fails_is_told_in_german(tmp_path: Path) -> None:
    (tmp_path / "db" / "ledger.sqlite").mkdir(parents=True)
    with pytest.raises(EnvironmentFault) as caught:
        open_database(load_settings(home=tmp_path), "ledger")
    assert caught.value.message.startswith("Die Datenbank des Seitennachweises (Ledger) antwortet nicht. Technisch: ")


def test_wrong_settings_are_told_in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"WEB_PORT": "x", "OCR_DPI": "900", "OCR_TIMEOUT": "1", "WEB_TLS": "vielleicht", "INDEX_PREFIX": "Ä"}
    for name, value in wrong.items():
        monkeypatch.setenv(f"AKTENSUCHE_{name}", value)
    with pytest.raises(UsageFault) as caught:
        load_settings()
    for told in (
        "WEB_PORT: keine ganze Zahl",
        "OCR_DPI: größer als 600",
        "OCR_TIMEOUT: kleiner als 5",
        "WEB_TLS: weder true noch false",
        "INDEX_PREFIX: unzulässige Zeichen",
    ):
        assert told in caught.value.message
    assert "Input" not in caught.value.message and "Technisch" not in caught.value.message


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["users", "add"], "Es fehlt: NAME."),
        (["users", "add", "x"], "Es fehlt: --role. Möglich: caseworker, lead"),
        (["users", "add", "x", "--role", "koch"], "Der Wert von --role ist nicht möglich. Möglich: caseworker"),
        (["users", "list", "--unt", "x"], "Die Option --unt gibt es nicht."),
        (["users", "lst"], "Den Befehl „lst“ gibt es nicht. Gemeint ist vielleicht: list."),
        (["search", "x", "--user", "y", "--limit", "0"], "Der Wert von --limit ist nicht möglich. Technisch: "),
        (["users", "list", "x"], "Der Aufruf ist falsch. Technisch: "),
    ],
)
def test_a_wrong_call_is_told_in_german(arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(lambda **options: cli.main(arguments, prog_name="aktensuche", **options)) == 2
    error, remedy = capfd.readouterr().err.splitlines()
    assert error.startswith(f"Fehler (usage): {told}")
    assert remedy.startswith("Abhilfe: „aktensuche ") and remedy.count("--help") == 1


def test_a_configured_service_is_named_where_it_is_down(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, opensearch_url=NOTHING_LISTENS, tika_url=NOTHING_LISTENS)
    store = IndexReader.open(settings)
    for call, setting in ((store.indices_exist, "OPENSEARCH_URL"), (TikaClient(settings).check, "TIKA_URL")):
        with pytest.raises(EnvironmentFault) as caught:
            call()
        assert NOTHING_LISTENS in caught.value.remedy and f"AKTENSUCHE_{setting}" in caught.value.remedy
        assert "aktensuche up" not in str(caught.value)
    store.close()


def test_the_own_service_is_started_with_up(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    assert opensearch_remedy(settings) == tika_remedy(settings) == "Mit „aktensuche up“ starten."


def test_a_url_is_shown_without_its_password() -> None:
    assert shown_url("https://anna:geheim@engine.amt.example:9200/x") == "https://engine.amt.example:9200/x"


def test_findings_are_told_in_singular_and_plural(capfd: pytest.CaptureFixture[str]) -> None:
    pages = Counts(FileCounts(1, 0, 1, 0, 0, 0, 0), PageCounts(1, 0, 1, 0, 0, 0))
    print_reports([RootReport("akten", 1, pages, pages, 1, {"new": Finding.of(["a"]), "gone": Finding.of(["b", "c"])})])
    lines = capfd.readouterr().out.splitlines()
    assert lines[0].startswith("akten: NICHT alles erklärt. 1 Datei im Quellordner; 1 Seite = 1 durchsuchbar")
    assert lines[1] == "  1 Datei im Quellordner, die noch nicht erfasst ist → „aktensuche index“"
    assert lines[3].startswith("  2 erfasste Dateien, die im Quellordner fehlen")
    for one, many in FINDING_TEXTS.values():
        assert one != many and one.partition("→")[2] == many.partition("→")[2]


def test_the_pace_is_told_in_german() -> None:
    assert pace_text(1.5, 20) == "1,5 Seiten/s, noch etwa 1 Minute"
    assert pace_text(0.25, 7200) == "0,25 Seiten/s, noch etwa 120 Minuten"
    assert pace_text(0.0, None) == "0,0 Seiten/s"


def test_no_sentence_has_a_librarys_words_inside() -> None:
    """A caught error's text goes through `caused` or `os_message`; the program's own errors are German already."""
    own = {"AktensucheError", "CoverSheetError", "DocumentFault", "EnvironmentFault", "UsageFault", "AccessDenied"}
    for package in ("aktensuche", "casefile", "indexer", "search_ui", "setup"):
        for path in sorted((PROJECT / package).rglob("*.py")):
            for handler in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(handler, ast.ExceptHandler) and handler.name and handler.type is not None:
                    caught = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
                    if not caught <= own:
                        assert not _quotes(handler), f"{path}:{handler.lineno}"


def _quotes(handler: ast.ExceptHandler) -> bool:
    """Whether an f-string of the handler contains the error, or its system's words."""
    inside = [node.value for text in ast.walk(handler) if isinstance(text, ast.JoinedStr) for node in text.values
              if isinstance(node, ast.FormattedValue)]  # fmt: skip
    for value in inside:
        if isinstance(value, ast.Name) and value.id == handler.name:
            return True
        if isinstance(value, ast.Attribute) and value.attr in {"strerror", "msg"}:
            return True
    return False
