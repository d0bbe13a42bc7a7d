from __future__ import annotations

import pytest

from indexer.extract.pdf.align import BoxedToken
from indexer.extract.pdf.layer import (
    DISAGREE,
    PageFacts,
    is_wordlike,
    shattered_share,
    strange_share,
    why_unusable,
)

LETTER = (
    "Sehr geehrte Frau Beispiel, hiermit bewilligen wir Ihnen Leistungen zur Sicherung des Lebensunterhalts für die "
    "Zeit vom 1. April bis zum 30. September. Die Kosten der Unterkunft werden in tatsächlicher Höhe anerkannt, soweit "
    "sie angemessen sind. Bitte teilen Sie Änderungen in Ihren Verhältnissen unverzüglich mit. Gegen diesen Bescheid "
    "kann innerhalb eines Monats nach Bekanntgabe Widerspruch erhoben werden. Mit freundlichen Grüßen im Auftrag"
)
TURKISH = (
    "Sayın yetkili, kira sözleşmesi ile ilgili belgeleri ekte gönderiyorum. Lütfen dosyamı inceleyiniz ve bana yazılı "
    "olarak bilgi veriniz. Ailem ve ben yeni adresimize taşındık, bu nedenle başvurumuzu güncellemek istiyoruz."
)

POOR = (
    "S3hr g|ehrt~ F_au Bc1sp.el, h~cr:nit b_wil!igcn w^r lhn~n L~i5tung~n zur S'ch~rung d~s L_b~ns un7er h^lts "
    "fur d~e Z_it v0m l. Apr1l b|s zum 3O. Scpt~mb~r D1e K0st~n d~r Un7crk_nft w_rd~n"
)


def facts(text: str = "", picture: float = 0.0, hidden: float = 0.0, ink: float | None = None) -> PageFacts:
    return PageFacts([BoxedToken(w, (0, 0, 1, 1)) for w in text.split()], picture, hidden, ink)


def caesar(text: str) -> str:
    """A font whose character map is off by one, as found in official forms."""
    return "".join(chr(ord(c) + 1) if c.isalpha() else c for c in text)


@pytest.mark.parametrize("text", [LETTER, TURKISH, LETTER.upper(), "Kaltmiete\t450,00\nHeizung\t80,00", "Seite 2"])
def test_sound_layers_are_kept(text: str) -> None:
    assert why_unusable(text, facts(text)) == ""


def test_a_good_recognised_layer_over_a_scan_is_kept() -> None:
    assert why_unusable(LETTER, facts(LETTER, picture=1.0, hidden=1.0)) == ""


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("", facts()),
        (" \n \u00a0", facts()),
        ("\uf0ab\uf0cd\uf0de" * 40 + "Antrag", facts()),
        (caesar(LETTER), facts()),
        ("Eingang 12.03.2021 Stadt", facts("Eingang 12.03.2021 Stadt", picture=0.95)),
        ("Formular A 12", facts("Formular A 12", ink=0.05)),
        (" ".join(LETTER.replace(" ", "")), facts(LETTER)),
        (POOR, facts(hidden=1.0, picture=1.0)),
    ],
    ids=["empty", "blanks", "private", "shifted", "stamp", "outlines", "letters", "poor"],
)
def test_useless_layers_are_recognised_again(text: str, page: PageFacts) -> None:
    assert why_unusable(text, page) != ""


def test_where_both_sides_differ_the_image_decides() -> None:
    assert why_unusable(LETTER, facts("Wqxz " * 80)) == DISAGREE


def test_shares() -> None:
    assert strange_share("Miete\n warm") == 0.0
    assert strange_share("ab\ufffd\uf0ab") == 0.5
    assert shattered_share("kurz") == 0.0
    assert shattered_share("a b c d " * 20) == 1.0


@pytest.mark.parametrize(
    "word", ["Bescheid", "Rechtschutz", "GmbH", "Frühstück", "SGB", "E-Mail", "Çelik", "договор", "عقد"]
)
def test_words(word: str) -> None:
    assert is_wordlike(word)


@pytest.mark.parametrize("word", ["Bc1sp|el", "Hftdi‹gutovnnfs", "lllll", "xkcdrtzb", "hIjKlMn", "a_b_c_d"])
def test_no_words(word: str) -> None:
    assert not is_wordlike(word)
