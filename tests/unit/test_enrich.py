import subprocess
import sys

import pytest

from indexer.enrich import UNKNOWN, Findings, document_language, enrich_page, page_language

GERMAN = "Die Bewilligung der Leistungen zur Sicherung des Lebensunterhalts erfolgt nach Prüfung der Unterlagen. " * 5
TURKISH = "Başvurunuzun incelenmesi için aşağıdaki belgeleri en kısa sürede dairemize göndermenizi rica ederiz. " * 5
UKRAINIAN = "Просимо надіслати нам копію договору оренди житла та довідку про доходи за останні три місяці. " * 5


@pytest.mark.parametrize(("text", "language"), [(GERMAN, "de"), (TURKISH, "tr"), (UKRAINIAN, "uk")])
def test_long_texts(text: str, language: str) -> None:
    assert page_language(text) == language


@pytest.mark.parametrize("text", ["Mietvertrag", "", "12345 67890 " * 100, "\u0000" * 400])
def test_short_or_empty_texts_stay_unknown(text: str) -> None:
    assert page_language(text) == UNKNOWN


def test_the_same_page_gets_the_same_language_in_every_process() -> None:
    mixed = GERMAN[:330] + "Please send us the documents as soon as possible because we need them. " * 3
    code = "import sys; from indexer.enrich import page_language; print(page_language(sys.argv[1]))"
    answers = {
        subprocess.run([sys.executable, "-c", code, mixed], capture_output=True, text=True, check=True).stdout
        for _ in range(3)
    }
    assert len(answers) == 1


def test_the_first_questions_of_a_process_are_answered_right_from_all_threads() -> None:
    code = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from indexer.enrich import page_language
start = Barrier(8)
with ThreadPoolExecutor(8) as threads:
    print(*set(threads.map(lambda _: (start.wait(), page_language(sys.argv[1]))[1], range(8))))
"""
    asked = subprocess.run([sys.executable, "-c", code, GERMAN], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == ["de"]


def test_document_takes_the_commonest_known_language() -> None:
    assert document_language(["de", UNKNOWN, "tr", "de"]) == "de"
    assert document_language([UNKNOWN]) == UNKNOWN


def test_findings_come_back_from_the_ledger_as_they_were() -> None:
    found = enrich_page("Bescheid vom 12.03.2021, Az. 50.2-1187/2021").findings
    assert found == Findings(("50211872021",), ("2021-03-12",))
    assert Findings.from_json(found.to_json()) == found
    assert Findings.from_json({}) == Findings()
    assert Findings.from_json({"dates": ["2021-03-12"], "kind of a later program": ["x"]}).dates == ("2021-03-12",)


@pytest.mark.parametrize("piece", ["x", "a@", "1.", "1 1-", "12/", "Az ", "@"])
def test_a_text_without_end_costs_time_in_proportion(piece: str) -> None:
    """Patterns that try from every letter of a word would take hours for this one."""
    endless = piece * (300_000 // len(piece))
    enrich_page(endless)
    assert page_language(endless) == page_language(endless[:5000])
