"""The demo's word that stands only in a scan: read by plain Tesseract, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
import tesserocr

from casefile.imaging.render import render_page
from stock.cases import coversheet
from stock.cases.plan import SIZES, Item
from stock.pages.render import make_draft, render
from stock.script import plans, secret_word
from stock.world.cases import World

SEED = 1
TESSDATA = Path("/usr/share/tesseract-ocr/5/tessdata")
WORLD = World(SEED, 12)
PLANS = plans(WORLD, SIZES["demo12"].script)


def secret_item() -> Item:
    (item,) = [item for plan in PLANS for item in plan.items if item.secret]
    return item


@pytest.mark.skipif(not (TESSDATA / "deu.traineddata").is_file(), reason="Tesseract's German data are absent")
def test_plain_recognition_reads_the_word(tmp_path: Path) -> None:
    made = render(WORLD, secret_item())
    path = tmp_path / "scan.pdf"
    path.write_bytes(made.data)
    (page,) = [page for page in made.pages if secret_word(SEED) in page.text]
    assert page.scanned
    assert page.layer == "none"
    image = render_page(path, "application/pdf", page.page, dpi=200).image
    with tesserocr.PyTessBaseAPI(path=str(TESSDATA), lang="deu") as reader:
        reader.SetImage(image)
        assert secret_word(SEED) in reader.GetUTF8Text()


def test_the_word_stands_nowhere_else() -> None:
    word = secret_word(SEED)
    for plan in PLANS:
        drafts = [(item, make_draft(WORLD, item)) for item in plan.items]
        sheet = coversheet.facts(WORLD.case(plan.index), plan, [("datei.pdf", draft) for _, draft in drafts])
        assert word not in str(sheet)
        for item, draft in drafts:
            assert word not in draft.subject
            pages = sum(word in page.text for page in draft.pages) + (not draft.pages and word in draft.text)
            assert pages == (1 if item.secret else 0)
