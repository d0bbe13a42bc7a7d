from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.extract.pdf.align import BoxedToken, _Free, align, place_words, shared_words


def boxed(*words: str) -> list[BoxedToken]:
    """Words side by side on one line."""
    width = 1 / max(1, len(words))
    return [BoxedToken(word, (n * width, 0.1, (n + 1) * width, 0.2)) for n, word in enumerate(words)]


def placed(text: str, *words: str) -> dict[str, float]:
    """Word of the text -> left edge of its box."""
    return {text[w.start : w.end]: round(w.left, 3) for w in place_words(text, boxed(*words))}


def test_equal_words_get_their_boxes_in_order() -> None:
    found = place_words("der Bescheid der Stadt", boxed("der", "Bescheid", "der", "Stadt"))
    assert [round(w.left, 2) for w in found] == [0.0, 0.25, 0.5, 0.75]
    assert {w.confidence for w in found} == {100}


def test_another_order_is_followed() -> None:
    found = placed("Spalte zwei rechts Spalte eins links", "Spalte", "eins", "links", "Spalte", "zwei", "rechts")
    assert found["zwei"] == 0.667
    assert found["links"] == 0.333


def test_words_split_differently_share_the_box_by_letters() -> None:
    found = placed("Miete 450,00 € warm", "Miete", "450,00€", "warm")
    assert found["450,00"] == 0.333
    assert found["€"] > found["450,00"]


def test_words_joined_by_the_parser_get_both_boxes() -> None:
    words = place_words("Az 50.2-1187/2021 vom", boxed("Az", "50.2-", "1187/2021", "vom"))
    assert (round(words[1].left, 2), round(words[1].right, 2)) == (0.25, 0.75)


def test_a_word_over_two_lines_is_marked_where_it_begins() -> None:
    tokens = [
        BoxedToken("vom", (0.1, 0.1, 0.2, 0.12)),
        BoxedToken("Leistungs-", (0.8, 0.1, 0.95, 0.12)),
        BoxedToken("bescheid", (0.1, 0.15, 0.3, 0.17)),
        BoxedToken("an", (0.4, 0.15, 0.5, 0.17)),
    ]
    words = place_words("vom Leistungs-bescheid an", tokens)
    assert words[1][2:6] == (0.8, 0.1, 0.95, 0.12)


def test_a_word_without_counterpart_has_no_box() -> None:
    assert "fehlt" not in placed("hier fehlt etwas", "hier", "etwas")


def test_ligatures_and_line_end_hyphens_compare_as_letters() -> None:
    assert set(placed("offiziell Ver- trag", "oﬃziell", "Ver\x02", "trag")) == {"offiziell", "Ver-", "trag"}


def test_rows_of_dots_are_left_alone() -> None:
    assert set(placed("Name . . . . . . Müller", "Name", "...", "....", "Müller")) == {"Name", "Müller"}


def test_shared_words_disregards_order_and_blanks() -> None:
    assert shared_words("Miete warm", boxed("warm", "Mie", "te")) == 1.0
    assert shared_words("Miete", boxed("xyz")) == 0.0
    assert shared_words("", []) == 1.0


WORDS = st.lists(
    st.sampled_from(["der", "die", "und", "Miete", "450,00", "€", "§", "ﬁ", "a", "a-b", "..."]), max_size=40
)


@given(WORDS, WORDS)
def test_offsets_always_point_at_whole_words(ours: list[str], theirs: list[str]) -> None:
    text = " ".join(ours)
    words = place_words(text, boxed(*theirs))
    assert list(words) == sorted(words, key=lambda w: w.start)
    for word in words:
        assert text[word.start : word.end] in ours
        assert 0 <= word.left <= word.right <= 1.0001
        assert 0 <= word.top <= word.bottom <= 1
    starts = [word.start for word in words]
    assert len(set(starts)) == len(starts)


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=8), max_size=30))
def test_any_text_is_survived(text: str, theirs: list[str]) -> None:
    for word in place_words(text, boxed(*theirs)):
        assert text[word.start : word.end].split() == [text[word.start : word.end]]


@given(WORDS.filter(lambda words: any(any(c.isalnum() for c in w) for w in words)))
def test_the_same_words_all_get_boxes(words: list[str]) -> None:
    sought = [w for w in words if any(c.isalnum() or c in "€§" for c in w)]
    assert len(place_words(" ".join(words), boxed(*words))) == len(sought)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=30, unique=True), st.lists(st.integers(0, 70), max_size=40))
def test_the_nearest_free_place_is_taken(places: list[int], wanted: list[int]) -> None:
    free, left = _Free(sorted(places)), sorted(places)
    for place in wanted:
        taken = free.take(place)
        if not left:
            assert taken is None
            continue
        assert taken is not None
        assert abs(taken - place) == min(abs(other - place) for other in left)
        left.remove(taken)


def test_thousands_of_equal_words_and_endless_words_are_aligned() -> None:
    equal = boxed(*["gleich"] * 20_000)
    turned = [*equal[1:], equal[0]]
    assert len(place_words("gleich " * 20_000, turned)) == 20_000
    endless = "Wort" * 75_000
    assert len(place_words(endless, boxed(endless[:100_000], endless[100_000:]))) == 1


def test_words_that_only_the_renderer_has_are_named() -> None:
    found = align("Sehr geehrte Frau", boxed("Sehr", "geehrte", "Frau", "Eingang", "2021"))
    assert [word.text for word in found.unmatched] == ["Eingang", "2021"]
