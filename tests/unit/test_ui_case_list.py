"""How a case lists its documents, and the way from a page to the nearest hits."""

from __future__ import annotations

from casefile.database.ledger import DocumentRow
from search_ui.reading.listing import Order, by_vorgang, natural
from search_ui.reading.walk import Place, walk_at
from search_ui.retrieval.query import Tier
from search_ui.retrieval.result import CASES_PER_PAGE, Found, PageHit, Totals


def document(path: str, date: str = "", parent: str | None = None, file: int = 1, kind: str = "") -> DocumentRow:
    return DocumentRow(id=path, path=path, date=date, parent_id=parent, file_id=file, case_id="c", title="", kind=kind)


def listed(rows: list[DocumentRow], order: Order = Order.DATE, folders: dict[int, str] | None = None) -> list[str]:
    return [
        f"{group.name}|{'+' * it.level}{it.row.path}"
        for group in by_vorgang(rows, folders or {}, order)
        for it in group.documents
    ]


def test_documents_stand_in_order_of_their_date_and_the_undated_behind() -> None:
    rows = [document("c.pdf"), document("b.pdf", "2021-03-01"), document("a.pdf", "2020-01-09")]
    assert listed(rows) == ["|a.pdf", "|b.pdf", "|c.pdf"]


def test_attachments_stand_below_their_mail_and_alone_where_it_may_not_be_seen() -> None:
    mail, inside = document("m.eml", "2021-01-01"), document("m.eml!x.zip", parent="m.eml")
    deep, orphan = document("m.eml!x.zip!y.pdf", parent="m.eml!x.zip"), document("z.eml!q.pdf", parent="z.eml")
    assert listed([deep, mail, orphan, inside]) == ["|m.eml", "|+m.eml!x.zip", "|++m.eml!x.zip!y.pdf", "|z.eml!q.pdf"]


def test_vorgaenge_are_groups_in_natural_order() -> None:
    rows = [document("a", file=1), document("b", file=2), document("c", file=3)]
    assert listed(rows, folders={1: "Blatt 10", 2: "Blatt 9"}) == ["|c", "Blatt 9|b", "Blatt 10|a"]


def test_order_by_name_and_by_kind() -> None:
    rows = [document("Dok 10.pdf", "2020-01-01", kind="Mietvertrag"), document("Dok 9.pdf", "2021-01-01")]
    assert listed(rows, Order.NAME) == ["|Dok 9.pdf", "|Dok 10.pdf"]
    assert listed(rows, Order.KIND) == ["|Dok 10.pdf", "|Dok 9.pdf"]


def test_natural_order_compares_numbers_by_value() -> None:
    assert sorted(["b2", "b10", "a", "10", "9"], key=natural) == ["9", "10", "a", "b2", "b10"]


def found(*hits: tuple[str, str, int]) -> Found:
    return Found(tuple(PageHit(case, doc, number, Tier.ALL) for case, doc, number in hits), Totals(), ())


def page_of(doc: str, case: str = "c") -> DocumentRow:
    return DocumentRow(id=doc, case_id=case, path=doc)


def test_from_a_page_without_a_hit_the_walk_goes_on_to_the_nearest() -> None:
    hits = found(("c", "d", 2), ("c", "d", 5), ("c", "e", 1))
    walk = walk_at(hits, page_of("d"), Place("d", 3), "s")
    assert (walk.position, walk.previous, walk.following) == (0, Place("d", 2), Place("d", 5))
    walk = walk_at(hits, page_of("d"), Place("d", 7), "s")
    assert (walk.previous, walk.following) == (Place("d", 5), Place("e", 1))
    walk = walk_at(hits, page_of("f"), Place("f", 1), "s")
    assert (walk.previous, walk.following) == (Place("e", 1), None)
    walk = walk_at(hits, page_of("x", "other"), Place("x", 1), "s")
    assert (walk.previous, walk.following, walk.anchor) == (None, Place("d", 2), "")


def test_a_hit_knows_its_neighbours_and_its_place_in_the_list() -> None:
    hits = found(*((f"c{n}", f"d{n}", 1) for n in range(CASES_PER_PAGE + 1)))
    last = f"d{CASES_PER_PAGE}"
    walk = walk_at(hits, page_of(last, f"c{CASES_PER_PAGE}"), Place(last, 1), "s")
    assert (walk.position, walk.total, walk.following) == (CASES_PER_PAGE + 1, CASES_PER_PAGE + 1, None)
    assert (walk.list_page, walk.anchor) == (2, f"dokument-{last}")
    first = walk_at(hits, page_of("d0", "c0"), Place("d0", 1), "s")
    assert (first.position, first.previous, first.following, first.list_page) == (1, None, Place("d1", 1), 1)
