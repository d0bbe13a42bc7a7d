from __future__ import annotations

from casefile.pagetext import PageText, TextSource, Word
from indexer.extract.pdf.align import BoxedToken
from indexer.extract.pdf.witness import TRUSTED, SampleLine, choose, judge, lines_of

FONT = "AAAAAA+Beispiel"


def line(text: str, number: int = 1, row: int = 1, font: str = FONT) -> SampleLine:
    words = tuple(
        BoxedToken(word, (column / 20, row / 40, column / 20 + 0.04, row / 40 + 0.01), font)
        for column, word in enumerate(text.split())
    )
    (found,) = lines_of(number, words)
    return found


def read(text: str, row: int = 1, confidence: int = 95) -> PageText:
    words, start = [], 0
    for column, word in enumerate(text.split()):
        box = (column / 20, row / 40, column / 20 + 0.04, row / 40 + 0.01)
        words.append(Word(start, start + len(word), *box, confidence))
        start += len(word) + 1
    return PageText(" ".join(text.split()), TextSource.OCR, tuple(words))


def judged(said: str, shown: str, confidence: int = 95) -> set[tuple[str, str]]:
    return set(judge([line(said)], [read(shown, confidence=confidence)]).pairs)


def test_a_layer_that_says_what_it_shows_is_trusted() -> None:
    assert judge([line("Müller zahlt 1.280,50 Euro")], [read("Müller zahlt 1.280,50 Euro")]) == TRUSTED


def test_letters_that_are_shown_as_another_again_and_again_are_wrong() -> None:
    assert judged("Pr¸fung der Geb¸hr", "Prüfung der Gebühr") == {("¸", "ü")}
    assert judged("Lowen und Monche horen", "Löwen und Mönche hören") == {("o", "ö")}
    assert judged("Strafle Grofle", "Straße Große") == {("fl", "ß")}


def test_shifted_digits_are_wrong() -> None:
    assert judged("Az 8137740 vom 40.37.5354", "Az 5804417 vom 17.04.2021") >= {("8", "5"), ("7", "4"), ("4", "1")}


def test_slips_of_recognition_accuse_no_letter() -> None:
    assert judged("Illustration Ill Ilse", "lllustration lll llse") == set()
    assert judged("Straße Größe Maß", "StraBe GroBe MaB") == set()
    assert judged("Yıldız Şahin Ağaç", "Yildiz Sahin Agac") == set()
    assert judged("Bescheid vom Amt", "Beseheid vom Amt") == set()
    assert judged("Pr¸fung der Geb¸hr", "Prüfung der Gebühr", confidence=40) == set()


def test_other_scripts_are_not_judged() -> None:
    assert judged("Привет привет привет", "NpuBeT npuBeT npuBeT") == set()


def test_only_the_font_in_question_is_accused() -> None:
    lines = [line("Pr¸fung Geb¸hr"), line("Müller Größe", row=2, font="BBBBBB+Andere")]
    verdict = judge(lines, [read("Prüfung Gebühr"), read("Müller Größe", row=2)])
    assert verdict.fonts == {FONT}


def test_lines_with_rare_signs_come_first_and_repetitions_not_at_all() -> None:
    plain = [line("der Bescheid ist ergangen", number=n) for n in range(1, 9)]
    rare = line("Gebühr 4711 für Härte", number=9)
    chosen = choose([*plain, rare], 8)
    assert chosen[0] is rare
    assert len(chosen) < 5


def test_a_font_that_the_file_does_not_bring_is_not_sampled() -> None:
    assert lines_of(1, [BoxedToken("Bescheid", (0.1, 0.1, 0.3, 0.12), "")]) == []
