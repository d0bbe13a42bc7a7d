from itertools import product

from casefile.errors import REMEDIES, DocumentFault, Reason
from casefile.model import State
from indexer.ledger.documents import combined_state


def test_a_whole_is_final_only_when_all_its_parts_are() -> None:
    for states in product(State, repeat=3):
        assert combined_state(states).final == all(state.final for state in states)


def test_partial_means_some_pages_are_searchable_and_some_are_not() -> None:
    assert combined_state([State.CONFIRMED, State.FAILED]) is State.PARTIAL
    assert combined_state([State.PARTIAL, State.FAILED]) is State.PARTIAL
    assert combined_state([State.CONFIRMED, State.PARTIAL]) is State.PARTIAL
    assert combined_state([State.CONFIRMED, State.BLANK]) is State.CONFIRMED
    assert combined_state([State.BLANK, State.FAILED]) is State.FAILED
    assert combined_state([State.BLANK]) is State.BLANK
    assert not combined_state([]).final


def test_every_reason_has_a_remedy() -> None:
    assert set(REMEDIES) == set(Reason)


def test_faults_cross_process_borders() -> None:
    import pickle

    fault = pickle.loads(pickle.dumps(DocumentFault(Reason.CORRUPT, "Kopf fehlt")))  # noqa: S301
    assert (fault.reason, fault.message) == (Reason.CORRUPT, "Kopf fehlt")
