"""The parts of the sample stock one by one: language, pages, damage, cover sheets, mails, the demo's sizes."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import numpy as np
import pytest

from stock.carriers import msg, office, pdf
from stock.carriers.mail import Attachment, message
from stock.cases.coversheet import write
from stock.cases.plan import SIZES
from stock.context import context
from stock.damage import damage, levels
from stock.kinds import KINDS
from stock.language.arabic import logical, visual
from stock.language.composer import Composer, inflect
from stock.language.lexicon import load
from stock.pages.draft import Draft
from stock.pages.page import Sheet
from stock.script import plans, secret_word
from stock.text_mode import write as write_text
from stock.world import identifiers
from stock.world.cases import World

WORLD = World(1, 12)


def draft(kind: str, case: int = 0) -> Draft:
    return KINDS[kind](context(WORLD, case, 3, date(2019, 3, 5)))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_is_the_same_twice_and_fills_its_pages(kind: str) -> None:
    first, second = draft(kind), draft(kind)
    assert first == second
    assert all(0 <= word.x < page.width for page in first.pages for line in page.lines for word in line)
    assert all(0 < word.y <= page.height for page in first.pages for line in page.lines for word in line)
    assert (" ".join(page.flat for page in first.pages) or first.text).count(" ") > 20


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_a_kind_mentions_is_written_in_it(kind: str) -> None:
    made = draft(kind, 1)
    text = " ".join(page.flat for page in made.pages) + " " + " ".join(made.text.split())
    references = [mention.value for mention in made.mentions if mention.kind in ("reference", "identifier")]
    written = sum(value in text for value in references)
    assert written >= len(references) - 1


def test_references_are_unique() -> None:
    world = World(1, 3000)
    counts = Counter(world.case(index).reference for index in range(3000))
    assert max(counts.values()) == 1


def test_serials_never_repeat() -> None:
    assert len({identifiers.serial(index, 123456789) for index in range(110_000)}) == 110_000


def test_iban_has_right_check_digits() -> None:
    text = identifiers.iban(random.Random(1)).replace(" ", "")
    assert int(text[4:] + "1314" + text[2:4]) % 97 == 1


def test_relatives_have_one_family_name() -> None:
    world = World(1, 200)
    pairs = [(index, index ^ 1) for index in range(200) if (index ^ 1) in world.case(index).related[:1]]
    same = sum(world.case(a).head.family == world.case(b).head.family for a, b in pairs)
    assert len(pairs) > 40
    assert same > 0.9 * len(pairs)


def test_the_vocabulary_keeps_growing() -> None:
    composer = Composer(random.Random(4))
    words = [word for _ in range(4000) for word in composer.sentence().lower().split()]
    half = len(words) // 2
    assert len(set(words)) > 1.35 * len(set(words[:half]))


def test_sentences_begin_large_and_end() -> None:
    composer = Composer(random.Random(4), "wohnen")
    for _ in range(500):
        text = composer.sentence()
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text


def test_compounds_remember_their_parts() -> None:
    composer = Composer(random.Random(4))
    made = [composer.compound() for _ in range(50)]
    known = composer.used.compounds
    assert all(noun.lemma in known for noun in made if noun.lemma not in {core.lemma for core in load().core})


def test_inflection() -> None:
    assert inflect("dunkel", "er") == "dunkler"
    assert inflect("hoch", "e") == "hohe"
    assert inflect("teuer", "es") == "teures"


def test_arabic_turns_back() -> None:
    text = "مع خالص الشكر"
    assert logical(visual(text)) == text


def test_pdf_has_no_clock() -> None:
    sheet = Sheet()
    sheet.put(60, 90, "Öffnungszeiten der Behörde (Łódź)", "serif")
    info = pdf.Info("Bescheid", "Amt", "Schreibwerk", date(2020, 1, 2))
    assert pdf.write([sheet.page()], info) == pdf.write([sheet.page()], info)


def test_boxes_follow_the_damage() -> None:
    paper = np.full((1000, 700), 255, np.uint8)
    paper[500:540, 300:400] = 0
    wear = damage.Damage(dpi=150, skew=3.0, quarter=1)
    image, matrix = damage.apply(paper.copy(), wear, random.Random(2), 1)
    high, low = np.argwhere(image < 128).max(axis=0), np.argwhere(image < 128).min(axis=0)
    corners = np.array([[300, 500, 1], [400, 500, 1], [400, 540, 1], [300, 540, 1]], dtype=float).T
    moved = (matrix @ corners)[:2]
    assert abs(moved[0].min() - low[1]) < 3
    assert abs(moved[1].max() - high[0]) < 3
    assert image.shape == (700, 1000)


@pytest.mark.parametrize("level", ["clean", "office", "worn", "poor", "fax", "photo"])
def test_damage_repeats(level: str) -> None:
    paper = np.full((600, 420, 3), 255, np.uint8)
    results = [
        damage.apply(paper.copy(), levels.pick(random.Random(3), level), random.Random(3), 1)[0] for _ in range(2)
    ]
    assert np.array_equal(*results)


def test_mail_keeps_text_and_attachment() -> None:
    made = draft("mail")
    data = message(made, [Attachment("Anlage.pdf", b"%PDF-1.5 x")], html=True)
    mail = message_from_bytes(data, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert made.text.split("\n")[0] in body.get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Anlage.pdf"]


def test_outlook_file_is_a_compound_file() -> None:
    made = draft("mail")
    data = msg.message(made, [Attachment("Anlage.pdf", bytes(9000))])
    assert data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert len(data) % 512 == 0
    assert made.subject.encode("utf-16-le") in data


@pytest.mark.parametrize("maker", [office.word, office.sheet, office.open_text, office.rich_text])
def test_office_files_repeat(maker: object) -> None:
    made = draft("bank_statement")
    assert maker(made) == maker(made)  # type: ignore[operator]


@pytest.mark.parametrize("form", ["json", "yaml", "xml", "csv"])
def test_cover_sheet_forms(form: str) -> None:
    name, data = write({"aktenzeichen": "4/1", "schlagwoerter": ["Miete", "Gas"]}, form)
    assert name == f"deckblatt.{form}"
    assert b"Miete" in data


def test_twelve_cases_have_all_that_is_asked_for() -> None:
    made = plans(WORLD, SIZES["demo12"].script)
    carriers = {item.carrier for plan in made for item in plan.items}
    assert len(made) == 12
    assert {"pdf", "scan-pdf", "scan-tiff", "mixed-pdf", "eml", "docx"} <= carriers
    assert {plan.cover for plan in made} == {"json", "yaml", "xml", "csv", "none", "register"}
    assert sum(1 for plan in made for item in plan.items if item.secret) == 1


def test_the_secret_word_is_one_word() -> None:
    assert secret_word(1).isalpha()
    assert secret_word(1) != secret_word(2)


def test_text_mode_repeats_on_any_number_of_processes(tmp_path: Path) -> None:
    for name, processes in (("a", 1), ("b", 2)):
        assert write_text(3, 60, 4, tmp_path / name, processes=processes) == 240
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_letters_seldom_end_on_a_nearly_empty_page_and_lose_no_word() -> None:
    world = World(1, 90)
    made = [
        KINDS[kind](context(world, case, 3, date(2019, 3, 5))) for kind in ("notice", "rejection") for case in range(90)
    ]
    last = [len(one.pages[-1].lines) - 1 for one in made if len(one.pages) > 1]
    assert len(last) > 50
    assert sum(lines < 8 for lines in last) <= 0.1 * len(last)
    for one in made:
        written = Counter(" ".join(page.flat for page in one.pages).split())
        assert Counter(one.text.replace(">", " ").split()) <= written
