"""Two sorted streams are compared record by record; batches never cut one document's differences apart."""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from casefile.index.schema import IndexKind
from casefile.model import page_id
from indexer.upkeep.compare import Difference, Problem, _Expected, _Held, _merged, in_batches

keys = st.tuples(st.sampled_from(["a", "b", "c", "d"]), st.integers(1, 4))
sides = st.dictionaries(keys, st.sampled_from(["r1", "r2"]))


@given(sides, sides)
def test_every_difference_is_found_once(wanted: dict[tuple[str, int], str], found: dict[tuple[str, int], str]) -> None:
    expected = [_Expected(key, page_id(*key), wanted[key], "") for key in sorted(wanted)]
    held = [_Held(key, page_id(*key), found[key], "") for key in sorted(found)]
    differences = list(_merged(IndexKind.PAGES, iter(expected), iter(held), lambda e, h: e.right != h.right))
    by_problem = {
        problem: [difference.id for difference in differences if difference.problem is problem] for problem in Problem
    }
    assert by_problem == {
        Problem.MISSING: [page_id(*key) for key in sorted(wanted.keys() - found.keys())],
        Problem.ORPHANED: [page_id(*key) for key in sorted(found.keys() - wanted.keys())],
        Problem.ALTERED: [page_id(*k) for k in sorted(wanted.keys() & found.keys()) if wanted[k] != found[k]],
    }


def test_a_record_under_a_foreign_id_is_too_much_and_its_page_is_missing() -> None:
    key = ("a", 1)
    found = [_Held(key, "anders", "r", "")]
    differences = _merged(
        IndexKind.PAGES, iter([_Expected(key, page_id(*key), "r", "")]), iter(found), lambda *_: False
    )
    assert [(d.problem, d.id) for d in differences] == [
        (Problem.ORPHANED, "anders"),
        (Problem.MISSING, page_id(*key)),
    ]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 3)), max_size=40), st.integers(1, 7))
def test_batches_hold_whole_documents_in_order(groups: list[tuple[int, int]], size: int) -> None:
    owners = [f"{owner:02}" for owner, count in sorted(dict(groups).items()) for _ in range(count)]

    def find(after: str) -> Generator[Difference]:
        for owner in owners:
            if owner > after:
                yield Difference(IndexKind.PAGES, Problem.MISSING, owner, owner, "")

    batches = [[difference.owner for difference in batch] for batch in in_batches(find, size)]
    assert [owner for batch in batches for owner in batch] == owners
    assert all(first[-1] != second[0] for first, second in pairwise(batches))
