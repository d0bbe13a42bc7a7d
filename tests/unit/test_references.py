import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.canonical.references import find_dates, find_references, normalise_reference


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Az. 50.2-1187/2021 vom 12.03.2021", ("50211872021",)),
        ("50.2 – 1187 / 2021", ("50211872021",)),
        ("unser Zeichen 32.1‑45/2023, Ihr Zeichen 31702//0012345", ("321452023", "317020012345")),
        ("BG-Nr. 31702BG0012345", ("31702BG0012345",)),
        ("AZR 123456789012", ("123456789012",)),
        ("50-33.12/0815-2019", ("50331208152019",)),
        ("am 12. März 2021 um 10 Uhr, Seite 3 von 4", ()),
        ("§ 22 Abs. 1 SGB II", ()),
    ],
)
def test_references_in_office_language(text: str, found: tuple[str, ...]) -> None:
    assert find_references(text) == found


def test_a_reference_is_a_whole_token() -> None:
    assert "18125" not in find_references("Aktenzeichen 1181/25")
    assert "18125" in find_references("Aktenzeichen 181/25")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("12.03.2021", "2021-03-12"),
        ("12. 3. 21", "2021-03-12"),
        ("12. März 2021", "2021-03-12"),
        ("12. MAERZ 2021", "2021-03-12"),
        ("2021-03-12", "2021-03-12"),
        ("12/3/21", "2021-03-12"),
        ("1.2.41", "1941-02-01"),
        ("1. Dez. 1999", "1999-12-01"),
    ],
)
def test_dates_in_every_usual_spelling(text: str, iso: str) -> None:
    assert find_dates(f"Bescheid vom {text}, zugestellt") == (iso,)


@pytest.mark.parametrize("text", ["31.02.2021", "00.01.2020", "12.13.2020", "1.2.3.4", "10.0.0.12"])
def test_what_is_no_date(text: str) -> None:
    assert find_dates(text) == ()


GROUPS = st.lists(st.integers(1, 99999).map(str), min_size=2, max_size=4).filter(lambda g: sum(map(len, g)) >= 6)


@given(GROUPS, st.lists(st.sampled_from(["/", "-", "‑", "–", ".", " / ", " - "]), min_size=3, max_size=3))
def test_any_separators_give_one_canonical_form(groups: list[str], marks: list[str]) -> None:
    text = groups[0] + "".join(mark + group for mark, group in zip(marks, groups[1:], strict=False))
    assert normalise_reference(text) == "".join(groups)
    if not find_dates(text):
        assert find_references(text) == ("".join(groups),)


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    for reference in find_references(text):
        assert reference == normalise_reference(reference)
    for iso in find_dates(text):
        assert len(iso) == 10
