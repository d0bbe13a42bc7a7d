"""The state of the stock (Bestand): pages by state and what could not be read, of the cases one may see."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from casefile.database.events import Action
from casefile.model import State
from oversight.audit import Actor, Event
from search_ui import ledgerview
from search_ui.answering import answering
from search_ui.reading.cases import may_see_case
from search_ui.services import Services

FAILURES_SHOWN = 200


@dataclass(frozen=True)
class Inventory:
    """Pages by state, of the cases one may see; for the administrator of all, without any content.

    `unread`: files that are not read to their end; how many pages they bring is not known before.
    """

    everything: bool
    cases: int
    pages: int
    searchable: int
    partial: int
    blank: int
    failed: int
    pending: int
    unread: int
    failures: tuple[ledgerview.FailedItem, ...]
    more_failures: int


def open_inventory(services: Services, actor: Actor) -> Inventory:
    """Roles without content see the sums of the whole stock, but no case, no path and no failure."""
    with answering(services.databases, actor) as now:
        counts = ledgerview.states_by_right(now.ledger)
        cases = ledgerview.all_cases(now.ledger)
        failures = list(ledgerview.failures(now.ledger))
        unread = ledgerview.unread_files(now.ledger)
        scope = now.scope
        now.record(Event(actor, Action.STATUS))
    everything = not scope.sees_content
    visible = {row.id for row in cases if everything or may_see_case(scope, row)}
    shown = [] if everything else [item for item in failures if item.case_id in visible]
    states: Counter[str] = Counter()
    for case_id, acl_id, state, number in counts:
        if everything or scope.permits(case_id, acl_id):
            states[state] += number
    searchable, partial = states[State.CONFIRMED], states[State.PARTIAL]
    blank, failed = states[State.BLANK], states[State.FAILED]
    total = states.total()
    return Inventory(
        everything=everything,
        cases=len(visible),
        pages=total,
        searchable=searchable,
        partial=partial,
        blank=blank,
        failed=failed,
        pending=total - searchable - partial - blank - failed,
        unread=sum(number for case_id, number in unread if everything or case_id in visible),
        failures=tuple(islice(shown, FAILURES_SHOWN)),
        more_failures=max(0, len(shown) - FAILURES_SHOWN),
    )
