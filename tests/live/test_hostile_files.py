"""Broken and crafted files beside good ones in one run: each in a final state, no neighbour lost. The quick form of
`bench/hostile.py`.
"""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from bench.hostile import NEIGHBOURS, outcome, write_mutants, write_neighbours
from casefile.settings import PROJECT, Settings
from tests.material import mail_with_attachment, scan, text_pdf, zipped
from tests.runs import run

CRAFTED = PROJECT.parent / "shared" / "corpus" / "reports" / "hostile"
MUTANTS = 30
# Minutes each: they show in the benchmark.
SLOW = {
    "pdf-nested-forms-3-pages.pdf",
    "pdf-tree-100000-pages.pdf",
    "pdf-count-90000.pdf",
    "pdf-cut-off-count-99999.pdf",
}


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """A small file of each usual kind, to be damaged."""
    folder = tmp_path / "muster"
    folder.mkdir()
    text_pdf(folder / "bescheid.pdf", ["Bewilligungsbescheid über Leistungen", "Rechtsbehelfsbelehrung"])
    scan(folder / "scan.tif", ["Mietvertrag"])
    mail_with_attachment(folder / "nachricht.eml", "Bitte um Rückruf", "Nebenkostenabrechnung")
    (folder / "anlagen.zip").write_bytes(zipped({"brief.txt": b"Sehr geehrte Damen und Herren" * 50}))
    document = docx.Document()
    document.add_paragraph("Sehr geehrte Frau Müller")
    document.save(str(folder / "brief.docx"))
    (folder / "vermerk.txt").write_text("Vermerk über das Gespräch\n" * 20)
    return folder


def ends_well(settings: Settings, root: Path) -> None:
    run(settings, root)
    found = outcome(settings, "bestand")
    assert found["not_final"] == []
    assert found["neighbours_lost"] == []


def test_mutants_end_in_a_final_state_and_harm_no_neighbour(instance: Settings, samples: Path, tmp_path: Path) -> None:
    root = tmp_path / "bestand"
    write_neighbours(root / NEIGHBOURS, 6)
    (root / "mutiert").mkdir()
    write_mutants(samples, root / "mutiert", MUTANTS, seed=7)
    ends_well(instance, root)


@pytest.mark.skipif(not CRAFTED.is_dir(), reason="the shared corpus is not here")
def test_crafted_files_end_in_a_final_state_and_harm_no_neighbour(instance: Settings, tmp_path: Path) -> None:
    root = tmp_path / "bestand"
    write_neighbours(root / NEIGHBOURS, 6)
    (root / "gebastelt").mkdir()
    for path in CRAFTED.iterdir():
        if path.suffix in (".pdf", ".zip") and path.name not in SLOW:
            (root / "gebastelt" / path.name).write_bytes(path.read_bytes())
    ends_well(instance, root)
