from casefile.model import CoverSheet, CoverState
from indexer.cases import FoundSheet, assign, build_cases, lock_unknown
from indexer.coversheet import ReadCoverSheet


def sheet(folder: str, **fields: str) -> FoundSheet:
    return FoundSheet(f"{folder}/deckblatt.json", folder, ReadCoverSheet(CoverSheet(**fields)))


def test_nearest_cover_sheet_upwards_decides() -> None:
    cases = build_cases("r", [sheet("a", aktenzeichen="1"), sheet("a/b/c", aktenzeichen="2")], {})
    assert assign("r", "a/x.pdf", cases).case_id == cases["a"].case.id
    inner = assign("r", "a/b/y.pdf", cases)
    assert (inner.case_id, inner.vorgang) == (cases["a"].case.id, "b")
    assert assign("r", "a/b/c/d/z.pdf", cases).case_id == cases["a/b/c"].case.id


def test_without_any_sheet_the_first_folder_is_the_case() -> None:
    cases = build_cases("r", [], {})
    found = assign("r", "Akte 7/Post/a.pdf", cases)
    assert cases["Akte 7"].case.cover_state is CoverState.MISSING
    assert (found.case_id, found.vorgang) == (cases["Akte 7"].case.id, "Post")
    assert cases["Akte 7"].case.title == "Akte 7"


def test_files_in_the_root_are_without_case() -> None:
    cases = build_cases("r", [], {})
    assign("r", "lose.pdf", cases)
    assert cases[""].case.title == "ohne Akte"


def test_register_row_counts_as_a_cover_sheet_and_fills_gaps() -> None:
    register = {
        "a": ReadCoverSheet(CoverSheet(aktenzeichen="1", stelle="Team 1")),
        "b": ReadCoverSheet(CoverSheet(aktenzeichen="2")),
    }
    cases = build_cases("r", [sheet("a", aktenzeichen="1a")], register)
    assert cases["a"].case.cover.aktenzeichen == "1a"
    assert cases["a"].case.cover.stelle == "Team 1"
    assert cases["a"].case.cover_state is CoverState.PRESENT
    assert cases["b"].case.cover_state is CoverState.REGISTER


def test_broken_sheet_keeps_its_case_and_locks_it() -> None:
    cases = build_cases("r", [FoundSheet("a/deckblatt.json", "a", None, "kaputt")], {})
    entry = cases["a"]
    assert entry.case.cover_state is CoverState.INVALID
    assert entry.problems == ("kaputt",)
    assert entry.case.cover.vertraulichkeit == 2
    assert entry.case.cover.stelle == ""


def test_ids_depend_on_root_and_folder_only() -> None:
    one = build_cases("r", [sheet("a", aktenzeichen="1")], {})["a"].case.id
    again = build_cases("r", [sheet("a", aktenzeichen="9")], {})["a"].case.id
    other = build_cases("s", [sheet("a", aktenzeichen="1")], {})["a"].case.id
    assert one == again != other


def test_a_broken_register_locks_what_only_it_may_know() -> None:
    cases = build_cases("r", [sheet("a", aktenzeichen="1")], {})
    assign("r", "b/x.pdf", cases)
    locked = lock_unknown(cases)
    assert locked["a"].case.cover.vertraulichkeit == 0
    assert locked["b"].case.cover.vertraulichkeit == 2
    assert locked["b"].problems == ("Register nicht lesbar",)
