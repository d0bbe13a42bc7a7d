import pytest

from casefile.model import Confidentiality, CoverSheet, CoverState
from indexer.covers.cases import (
    Assignment,
    CaseDepths,
    CaseEntry,
    FoundSheet,
    KnownCase,
    add_lost,
    assign,
    build_cases,
    keep_known,
    lock_unknown,
)
from indexer.covers.sheet import ReadCoverSheet


def sheet(folder: str, **fields: str) -> FoundSheet:
    return FoundSheet(f"{folder}/deckblatt.json", folder, ReadCoverSheet(CoverSheet(**fields)))


def placed(path: str, cases: dict[str, CaseEntry]) -> Assignment:
    return assign("r", path, cases, CaseDepths(cases))


def test_nearest_cover_sheet_upwards_decides() -> None:
    cases = build_cases("r", [sheet("a", aktenzeichen="1"), sheet("a/b/c", aktenzeichen="2")], {})
    assert placed("a/x.pdf", cases).case_id == cases["a"].case.id
    inner = placed("a/b/y.pdf", cases)
    assert (inner.case_id, inner.vorgang) == (cases["a"].case.id, "b")
    assert placed("a/b/c/d/z.pdf", cases).case_id == cases["a/b/c"].case.id


def test_without_any_sheet_the_first_folder_is_the_case() -> None:
    cases = build_cases("r", [], {})
    found = placed("Akte 7/Post/a.pdf", cases)
    assert cases["Akte 7"].case.cover_state is CoverState.MISSING
    assert (found.case_id, found.vorgang) == (cases["Akte 7"].case.id, "Post")
    assert cases["Akte 7"].case.title == "Akte 7"


def test_a_folder_without_a_sheet_lies_as_deep_as_its_neighbours() -> None:
    cases = build_cases("r", [sheet("Team 1/A", aktenzeichen="1"), sheet("Team 1/B", aktenzeichen="2")], {})
    depths = CaseDepths(cases)
    found = [assign("r", path, cases, depths) for path in ("Team 1/C/Post/x.pdf", "Team 1/D/y.pdf", "Team 2/E/z.pdf")]
    assert [one.vorgang for one in found] == ["Post", "", ""]
    assert {"Team 1/C", "Team 1/D", "Team 2/E"} <= set(cases)
    assert "Team 1" not in cases
    assert placed("Team 1/lose.pdf", cases).case_id == cases["Team 1"].case.id


def test_the_nearest_neighbours_say_how_deep() -> None:
    cases = build_cases("r", [sheet("x/1/2", betreff="a"), sheet("y/1", betreff="b"), sheet("y/2", betreff="c")], {})
    placed("x/3/4/5/f.pdf", cases)
    placed("y/3/4/f.pdf", cases)
    assert {"x/3/4", "y/3"} <= set(cases)


def test_files_in_the_root_are_without_case() -> None:
    cases = build_cases("r", [], {})
    placed("lose.pdf", cases)
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
    placed("b/x.pdf", cases)
    locked = lock_unknown(cases)
    assert locked["a"].case.cover.vertraulichkeit == 0
    assert locked["b"].case.cover.vertraulichkeit == 2
    assert locked["b"].problems == ("Register nicht lesbar",)


STRICT = Confidentiality.STRICTLY_CONFIDENTIAL
NORMAL = Confidentiality.NORMAL


def known(state: CoverState, level: Confidentiality, unit: str = "Team 1") -> dict[str, KnownCase]:
    return {"a": KnownCase(state, unit, level, level)}


def bare(register: dict[str, ReadCoverSheet] | None = None) -> dict[str, CaseEntry]:
    cases = build_cases("r", [], register or {})
    placed("a/x.pdf", cases)
    return cases


@pytest.mark.parametrize("state", [s for s in CoverState if s is not CoverState.MISSING])
def test_a_vanished_sheet_leaves_level_and_unit(state: CoverState) -> None:
    entry = keep_known(bare(), known(state, STRICT), register_lost=False)["a"]
    assert (entry.case.cover.vertraulichkeit, entry.case.cover.stelle) == (STRICT, "Team 1")
    assert entry.case.cover_state is CoverState.VANISHED
    assert entry.problems


def test_what_never_had_a_sheet_stays_as_it_is_and_a_new_sheet_decides() -> None:
    entry = keep_known(bare(), known(CoverState.MISSING, NORMAL, ""), register_lost=False)["a"]
    assert (entry.case.cover_state, entry.problems) == (CoverState.MISSING, ())
    row = {"a": ReadCoverSheet(CoverSheet(stelle="Team 2"))}
    entry = keep_known(bare(row), known(CoverState.VANISHED, STRICT), register_lost=False)["a"]
    assert (entry.case.cover.vertraulichkeit, entry.case.cover.stelle) == (NORMAL, "Team 2")


def test_a_vanished_sheet_leaves_its_level_beside_the_row_of_the_register() -> None:
    row = {"a": ReadCoverSheet(CoverSheet(aktenzeichen="1", stelle="Team 2"))}
    found = FoundSheet("a/deckblatt.json", "a", ReadCoverSheet(CoverSheet(vertraulichkeit=STRICT)))
    assert build_cases("r", [found], row)["a"].sheet_level is STRICT
    for state in (CoverState.PRESENT, CoverState.VANISHED):  # the second run must not forget what the first one kept
        before = {"a": KnownCase(state, "Team 2", STRICT, STRICT, sheet_level=STRICT)}
        entry = keep_known(build_cases("r", [], row), before, register_lost=False)["a"]
        assert (entry.case.cover.vertraulichkeit, entry.case.cover.aktenzeichen) == (STRICT, "1")
        assert (entry.case.cover_state, entry.sheet_level) == (CoverState.VANISHED, STRICT)
        assert entry.problems


def test_without_the_register_no_sheet_lowers_the_level() -> None:
    cases = build_cases("r", [sheet("a", aktenzeichen="1")], {})
    entry = keep_known(cases, known(CoverState.PRESENT, STRICT), register_lost=True)["a"]
    assert entry.case.cover.vertraulichkeit is STRICT
    assert entry.problems
    assert keep_known(cases, known(CoverState.PRESENT, NORMAL), register_lost=True)["a"] == cases["a"]


def test_the_lock_of_a_broken_register_passes() -> None:
    locked = lock_unknown(keep_known(bare(), known(CoverState.MISSING, NORMAL, ""), register_lost=True))["a"]
    assert locked.case.cover.vertraulichkeit is STRICT
    assert locked.state_before_lock == (CoverState.MISSING, NORMAL)
    locked = lock_unknown(keep_known(bare(), known(CoverState.REGISTER, Confidentiality(1)), register_lost=True))["a"]
    assert locked.state_before_lock == (CoverState.VANISHED, Confidentiality.CONFIDENTIAL)
    assert locked.case.cover.stelle == "Team 1"


def test_a_confidential_folder_does_not_fall_to_the_case_around_it() -> None:
    before = {"a/b": KnownCase(CoverState.PRESENT, "Team 1", STRICT, STRICT)}
    paths = ["a/b/c/x.pdf", "a/y.pdf"]
    cases = add_lost("r", paths, build_cases("r", [sheet("a", aktenzeichen="1")], {}), before)
    assert placed("a/b/c/x.pdf", cases).case_id == cases["a/b"].case.id
    assert keep_known(cases, before, register_lost=False)["a/b"].case.cover.vertraulichkeit is STRICT
    assert "a/b" not in add_lost("r", ["a/y.pdf"], build_cases("r", [], {}), before)
