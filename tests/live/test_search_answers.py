"""What a search finds, why, in which order, how it is shown, and that it is written down first."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select, text

from casefile.database.accounts import AuditRow
from casefile.errors import UsageFault
from casefile.index.names import alias_name
from casefile.index.schema import IndexKind
from casefile.model import CoverSheet, Role
from casefile.model import Person as Named
from casefile.settings import Settings
from casefile.text.folding import fold
from oversight.accounts import add_user
from search_ui.retrieval import batch, listing
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.ranking.lists import Unit
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.shelf import Shelf, Shelved, own_instance
from tests.web import PASSWORD, Person, running_app, without_reference

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "{{7*7}}${7*7}",
    "</mark></p><iframe src=//evil.example>",
    "\ue000falsch\ue001",
]


@dataclass(frozen=True)
class Stock:
    app: Flask
    shelf: Shelf
    mueller: Shelved
    haddad: Shelved
    hostile: Shelved

    @property
    def services(self) -> Services:
        services: Services = self.app.extensions[EXTENSION]
        return services

    def hits(self, asked: str, **options: bool) -> list[listing.ListedHit]:
        return list(listing.list_hits(self.services, "leitung", SearchRequest(asked, **options), 50).hits)


@pytest.fixture(scope="module")
def stock(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    home = tmp_path_factory.mktemp("antworten")
    with own_instance(engine, home / "home") as settings:
        shelf = Shelf(settings, home / "quelle")
        found = fill(shelf)
        with running_app(settings) as app:
            add_user(app.extensions[EXTENSION].accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
            yield Stock(app, shelf, *found)
        shelf.close()


def fill(shelf: Shelf) -> tuple[Shelved, Shelved, Shelved]:
    mueller = shelf.put(
        "50.2-1187 Müller",
        CoverSheet(
            aktenzeichen="50.2-1187/2021", betreff="Kosten der Unterkunft", stelle="Leistung 2",
            personen=(Named("Müller", "Jana", kennungen=("31702//0012345",)),), schlagwoerter=("Miete",),
        ),
        {
            "Mietvertrag.pdf": [
                "Mietvertrag über die Wohnung in der Gartenstraße 5\nDie Miete beträgt 640 Euro",
                "Der Mieter zahlt die Nebenkosten jeden Monat im Voraus",
            ],
            "Schreiben #1 50%.pdf": ["Ihr Zeichen 50.2 – 1187 / 2021 vom 12. März 2021\nbitte um Rückruf bis Freitag"],
        },
        kind="Mietvertrag",
        date="2021-04-01",
    )  # fmt: skip
    haddad = shelf.put(
        "32.1-45 Haddad",
        CoverSheet(aktenzeichen="32.1-45/2023", betreff="Aufenthaltserlaubnis", stelle="Ausländerbehörde"),
        {
            "Bescheid.pdf": ["Die Bescheide ergingen fristgerecht\nMit freundlichen Grüßen"],
            "Scan.pdf": ["Die Mietbescheiniqung des Verrnieters liegt vor\nRückruf bitte um zehn Uhr"],
        },
        kind="Bescheid",
        date="2023-05-02",
    )
    hostile = shelf.put(
        'Ordner "><img src=x onerror=alert(2)>',
        CoverSheet(aktenzeichen="<b>fett</b>", betreff="<script>alert(3)</script>", stelle="<i>Stelle</i>"),
        {"<img src=x onerror=alert(4)>.pdf": [f"Giftwort {payload} Ende" for payload in PAYLOADS]},
        kind="<svg onload=alert(5)>",
    )
    return mueller, haddad, hostile


@pytest.mark.parametrize(
    ("asked", "path", "page", "why"),
    [
        ("Nebenkosten", "Mietvertrag.pdf", 2, "wörtlich"),
        ("nebenkosten", "Mietvertrag.pdf", 2, "wörtlich"),
        ("Mieter zahlte", "Mietvertrag.pdf", 2, "Beugung"),
        ("Wohnungen", "Mietvertrag.pdf", 1, "Beugung"),
        ("Gartenstrasse", "Mietvertrag.pdf", 1, "Schreibweise"),
        ("Müller Nebenkosten", "Mietvertrag.pdf", 2, "Seite und Deckblatt"),
        ("Mueller Nebenkosten", "Mietvertrag.pdf", 2, "Seite und Deckblatt"),
        ('"bitte um Rückruf"', "Schreiben #1 50%.pdf", 1, "wörtlich"),
        ("50.2-1187/2021 Rückruf", "Schreiben #1 50%.pdf", 1, "Aktenzeichen"),
        ("502 1187 2021 Freitag", "Schreiben #1 50%.pdf", 1, "Aktenzeichen"),
        ("12.3.2021", "Schreiben #1 50%.pdf", 1, "Datum"),
        ("2021-03-12", "Schreiben #1 50%.pdf", 1, "Datum"),
        ("Mietbescheinigung", "Scan.pdf", 1, "OCR-tolerant"),
        ("Vermieters", "Scan.pdf", 1, "OCR-tolerant"),
        ("Nebenkosten Kaninchenstall", "Mietvertrag.pdf", 2, "nicht alle Wörter"),
    ],
)
def test_the_best_hit_and_its_reason(stock: Stock, asked: str, path: str, page: int, why: str) -> None:
    best = stock.hits(asked)[0]
    assert (best.path.rsplit("/", 1)[-1], best.page, best.reason) == (path, page, why)


def test_words_on_the_cover_sheet_alone_find_the_whole_case(stock: Stock) -> None:
    hits = stock.hits("Jana Müller")
    assert {hit.case for hit in hits} == {"50.2-1187/2021"}
    assert len(hits) == 3
    assert {hit.reason for hit in hits} == {"Deckblatt"}


def test_a_reference_is_bounded(stock: Stock) -> None:
    assert stock.hits("187/2021", exact=True) == []


def test_phrases_keep_their_order(stock: Stock) -> None:
    assert [hit.path.rsplit("/", 1)[-1] for hit in stock.hits('"bitte um Rückruf"')] == ["Schreiben #1 50%.pdf"]
    assert len(stock.hits("bitte um Rückruf")) == 2


def test_exact_means_exact(stock: Stock) -> None:
    assert stock.hits("Wohnungen", exact=True) == []
    assert stock.hits("Mietbescheinigung", exact=True) == []
    assert stock.hits("Wohnung", exact=True)


@given(st.text(alphabet="abeiouyqäöüßstrnmſılłøđéşčőğ", min_size=1, max_size=12))
@example("Quelleneuäoeue")
def test_folding_is_that_of_the_engine(stock: Stock, word: str) -> None:
    settings = stock.services.settings
    index = alias_name(settings.index_prefix, IndexKind.PAGES)
    body = json.dumps({"analyzer": "reversed", "text": word}).encode()
    request = Request(
        f"{settings.opensearch_url}/{index}/_analyze", data=body, headers={"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=30) as answer:
        tokens = {token["token"] for token in json.load(answer)["tokens"]}
    assert tokens == {fold(word)[::-1]}


def test_filters_and_facets(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    location = person.post("/suche", q="", art="Bescheid").headers["Location"]
    body = person.get(location).text
    assert "2 Seiten in 2 Dokumenten aus 1 Akte" in body
    narrowed = person.post(f"{location}/filter", plus="jahr:2021").headers["Location"]
    assert "Keine Treffer" in person.get(narrowed).text
    freed = person.post(f"{narrowed}/filter", minus="alle")
    assert freed.status_code == 303


def test_a_filter_on_the_command_line(stock: Stock) -> None:
    request = listing.parse_request("Rückruf", ["art=Mietvertrag", "jahr=2021"], False, "", purpose_required=False)
    assert len(listing.list_hits(stock.services, "leitung", request, 10).hits) == 1
    with pytest.raises(UsageFault):
        listing.parse_request("x", ["farbe=rot"], False, "", purpose_required=False)


def test_the_walk_through_the_hits_is_that_of_the_list(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    location = person.post("/suche", q="Müller").headers["Location"]
    listed = re.findall(r'href="(/seite/[^"]+)"', person.get(location).text)
    walked, here = [], listed[0]
    while here:
        walked.append(html.unescape(here))
        body = person.get(html.unescape(here)).text
        assert f"Treffer {len(walked)} von {len(listed)}" in body
        found = re.search(r'href="([^"]+)" data-taste="n"', body)
        here = found.group(1) if found else ""
    assert walked == [html.unescape(link) for link in listed]


def test_marked_words_have_boxes_on_the_image(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    location = person.post("/suche", q="Miete 640").headers["Location"]
    search_id = location.rsplit("/", 1)[-1]
    body = person.get(f"/seite/{stock.mueller.documents['Mietvertrag.pdf']}/1?suche={search_id}").text
    assert "<mark>Miete</mark>" in body and "<mark>640 Euro</mark>" in body
    assert body.count("<rect") == 2
    assert "1 von" in body


def test_a_link_that_was_passed_on_opens_the_page_without_the_search(stock: Stock) -> None:
    add_user(stock.services.accounts, "kollegin", Role.LEAD, ["*"], PASSWORD)
    location = Person(stock.app, "leitung").post("/suche", q="Nebenkosten").headers["Location"]
    path = f"/seite/{stock.mueller.documents['Mietvertrag.pdf']}/2?suche={location.rsplit('/', 1)[-1]}"
    answer = Person(stock.app, "kollegin").get(path)
    assert answer.status_code == 200
    assert "<mark>" not in answer.text and "Zur Trefferliste" not in answer.text


def test_the_search_of_somebody_else_leads_nowhere_and_the_row_says_so(stock: Stock) -> None:
    add_user(stock.services.accounts, "neugierig", Role.LEAD, ["*"], PASSWORD)
    location = Person(stock.app, "leitung").post("/suche", q="Nebenkosten", zweck="Prüfung 7").headers["Location"]
    foreign = location.rsplit("/", 1)[-1]
    person = Person(stock.app, "neugierig")
    page, case = f"/seite/{stock.mueller.documents['Mietvertrag.pdf']}/2", f"/akte/{stock.mueller.case}"
    bodies = []
    for path in (page, case):
        for asked, kept in ((foreign, foreign), ("0" * 32, "0" * 32), ("x" * 300, "x" * 64)):
            answer = person.get(f"{path}?suche={asked}")
            assert answer.status_code == 200
            assert asked not in answer.text and "Zur Trefferliste" not in answer.text and "<mark>" not in answer.text
            bodies.append(without_reference(answer.text))
            row = rows_of(stock)[-1]
            assert (row.user, row.outcome, row.purpose) == ("neugierig", "ok", "")
            assert row.detail == {"ignored_search": kept}
        assert len(set(bodies[-3:])) == 1, "whether a search exists cannot be told"
    assert person.get("/protokoll").text.count("fremden oder unbekannten Suche") == 6


def test_the_own_search_is_named_in_the_row(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    own = person.post("/suche", q="Nebenkosten", zweck="Prüfung 8").headers["Location"].rsplit("/", 1)[-1]
    for path in (f"/seite/{stock.mueller.documents['Mietvertrag.pdf']}/2", f"/akte/{stock.mueller.case}"):
        assert "Zur Trefferliste" in person.get(f"{path}?suche={own}").text
        row = rows_of(stock)[-1]
        assert (row.purpose, row.detail) == ("Prüfung 8", {"search": own})
        person.get(path)
        assert rows_of(stock)[-1].detail == {}


def test_own_searches_are_offered_again_kept_by_name_and_forgotten(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    person.post("/suchen/leeren")
    first = person.post("/suche", q="Bewilligungsbescheid").headers["Location"]
    person.post("/suche", q="bewilligungsbescheid")
    person.post("/suche", q="Mietvertrag")
    start = person.get("/").text
    assert re.findall(r'href="/suche/[0-9a-f]{32}">([^<]+)<', start) == ["Mietvertrag", "bewilligungsbescheid"]
    assert person.post(f"{first}/merken", name="=Bescheide <b>").status_code == 303
    assert "=Bescheide &lt;b&gt;" in person.get("/").text
    person.post("/suchen/leeren")
    start = person.get("/").text
    assert "Mietvertrag" not in start and "=Bescheide" in start
    assert person.get(first).status_code == 200
    person.post(f"{first}/vergessen")
    assert "=Bescheide" not in person.get("/").text
    assert person.get(first).status_code == 404


def test_the_searches_of_others_are_neither_shown_nor_kept_nor_forgotten(stock: Stock) -> None:
    add_user(stock.services.accounts, "vertretung", Role.CASEWORKER, ["Leistung 2"], PASSWORD)
    person, other = Person(stock.app, "leitung"), Person(stock.app, "vertretung")
    theirs = other.post("/suche", q="Quittenschale").headers["Location"]
    assert "Quittenschale" not in person.get("/").text
    assert person.post(f"{theirs}/merken", name="meine").status_code == 404
    person.post(f"{theirs}/vergessen")
    assert person.get(f"{theirs}/treffer.csv").status_code == 404
    assert "Quittenschale" in other.get("/").text


def test_the_hits_as_a_table_are_those_of_the_list_and_on_record(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    address = person.post("/suche", q="Bewilligungsbescheid").headers["Location"]
    answer = person.get(f"{address}/treffer.csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    listed = stock.hits("Bewilligungsbescheid")
    assert rows[0][:4] == ["Akte", "Personen", "Stelle", "Dokument"]
    assert sorted((row[0], row[9], row[6]) for row in rows[1:]) == sorted(
        (hit.case, hit.path, str(hit.page)) for hit in listed
    )
    with stock.services.accounts() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "export").order_by(AuditRow.id.desc())).first()
    assert row is not None
    assert (row.action, row.user, row.text) == ("export", "leitung", "Bewilligungsbescheid")


def test_hostile_texts_stay_texts(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    pages = [person.search("Giftwort").text, person.search("Giftwort <script>alert(1)</script>").text]
    pages += [person.get(f"/akte/{stock.hostile.case}").text, person.get("/bestand").text]
    document = next(iter(stock.hostile.documents.values()))
    pages += [person.get(f"/seite/{document}/{number}").text for number in range(1, len(PAYLOADS) + 1)]
    pages.append(person.get("/protokoll").text)
    for body in pages:
        content = body.split("<main")[1]
        for wrong in ("<script", "<img src=x", "<svg/", "<svg onload", "<iframe", "<b>fett", "<i>Stelle", "49$"):
            assert wrong not in content, wrong
        assert (
            re.findall(r"<mark>(.*?)</mark>", content)
            == [found for found in re.findall(r"<mark>(.*?)</mark>", content) if found == "Giftwort"]
            or "alert" in content
        )


def test_no_hits_says_what_was_searched(stock: Stock) -> None:
    body = Person(stock.app, "leitung").search("Xylophonkonzert", von="2020", exakt="1").text
    for part in ("Keine Treffer", "Xylophonkonzert", "Ohne Filter suchen", "Auch andere Schreibweisen"):
        assert part in body


def rows_of(stock: Stock) -> list[AuditRow]:
    with stock.services.accounts() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def test_the_row_of_a_search_names_whose_snippets_were_shown(stock: Stock) -> None:
    """All that the page links to, and nothing else: by case, each document once."""
    body = Person(stock.app, "leitung").search("Nebenkosten").text
    row = rows_of(stock)[-1]
    shown = row.detail["shown"]
    documents = [document for found in shown.values() for document in found]
    assert set(documents) == set(re.findall(r"/seite/([0-9a-f]{32})/", body))
    assert len(documents) == len(set(documents)) > 0
    assert set(shown) == set(re.findall(r"/akte/([0-9a-f]{32})", body))
    assert stock.mueller.documents["Mietvertrag.pdf"] in shown[stock.mueller.case]


def test_every_answer_has_its_row(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    document = stock.mueller.documents["Mietvertrag.pdf"]
    location = person.post("/suche", q="Nebenkosten").headers["Location"]
    for path, action in (
        (location, "search"),
        (f"/seite/{document}/2", "open_page"),
        (f"/akte/{stock.mueller.case}", "open_case"),
        ("/bestand", "status"),
        ("/protokoll", "audit_read"),
        (f"/seite/{'0' * 32}/1", "open_page"),
        (f"/akte/{'0' * 32}", "open_case"),
        (f"/bild/{'0' * 32}/1.webp", "open_image"),
    ):
        before = len(rows_of(stock))
        answer = person.get(path)
        new = rows_of(stock)[before:]
        assert [row.action for row in new] == [action], path
        assert new[0].outcome == ("ok" if answer.status_code == 200 else "denied"), path
        assert (new[0].user, new[0].channel) == ("leitung", "web")
    search = next(row for row in reversed(rows_of(stock)) if row.action == "search")
    assert (search.text, search.hits) == ("Nebenkosten", 1)


def test_an_image_belongs_to_its_page_but_never_goes_unlogged(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    document = stock.haddad.documents["Bescheid.pdf"]
    before = len(rows_of(stock))
    assert person.get(f"/bild/{document}/1.webp").status_code == 200
    assert [row.action for row in rows_of(stock)[before:]] == ["open_image"]
    person.get(f"/seite/{document}/1")
    before = len(rows_of(stock))
    image = person.get(f"/bild/{document}/1.webp")
    assert rows_of(stock)[before:] == []
    assert len(image.data) < 80 * 1024


def test_no_log_no_answer(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    document = stock.mueller.documents["Mietvertrag.pdf"]
    unopened = stock.shelf.put("Ungeöffnet", CoverSheet(), {"nie.pdf": ["nie geöffnet"]}).documents["nie.pdf"]
    location = person.post("/suche", q="Nebenkosten").headers["Location"]
    with stock.services.accounts.begin() as session:
        session.execute(text("CREATE TRIGGER voll BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'voll'); END"))
    try:
        for path in (location, f"/seite/{document}/2", f"/bild/{unopened}/1.webp", f"/akte/{stock.mueller.case}"):
            answer = person.get(path)
            assert answer.status_code == 503, path
            assert "Nebenkosten jeden" not in answer.text and "Müller" not in answer.text, path
    finally:
        with stock.services.accounts.begin() as session:
            session.execute(text("DROP TRIGGER voll"))


def test_a_file_that_changed_since_is_not_shown(stock: Stock) -> None:
    changed = stock.shelf.put("Tausch", CoverSheet(), {"alt.pdf": ["vorher"]})
    source = next(stock.services.settings.home.parent.glob("quelle/Tausch/alt.pdf"))
    source.write_bytes(source.read_bytes() + b"%")
    answer = Person(stock.app, "leitung").get(f"/bild/{changed.documents['alt.pdf']}/1.webp")
    assert answer.status_code == 404
    source.unlink()
    assert Person(stock.app, "leitung").get(f"/bild/{changed.documents['alt.pdf']}/1.webp").status_code == 404


def test_a_trec_run(stock: Stock, tmp_path: Path) -> None:
    source, target = tmp_path / "fragen.tsv", tmp_path / "lauf.trec"
    source.write_text(
        "q1\tRückruf bitte\nq2\tNebenkosten gibtesnichtwort\nq3\tXylophonkonzert\nq4\tMietbescheinigung\n"
    )
    queries = batch.read_queries(source, syntax=False)
    before = len(rows_of(stock))
    answered = batch.run(stock.services, batch.Order("leitung", Unit.PAGE, 10, "lauf"), queries, target)
    lines = [line.split(" ") for line in target.read_text().splitlines()]
    assert all(len(line) == 6 and line[1] == "Q0" and line[5] == "lauf" for line in lines)
    assert answered == len({line[0] for line in lines})
    names = {query: [line[2] for line in lines if line[0] == query] for query in ("q1", "q2", "q3", "q4")}
    assert "50.2-1187%20M%C3%BCller/Schreiben%20%231%2050%25.pdf#1" in names["q1"]
    assert names["q2"][0] == "50.2-1187%20M%C3%BCller/Mietvertrag.pdf#2"
    assert names["q3"] == []
    assert names["q4"][0] == "32.1-45%20Haddad/Scan.pdf#1"
    for query in names:
        mine = [line for line in lines if line[0] == query]
        assert [int(line[3]) for line in mine] == list(range(1, len(mine) + 1))
        assert [float(line[4]) for line in mine] == sorted((float(line[4]) for line in mine), reverse=True)
    new = rows_of(stock)[before:]
    assert [(row.channel, row.text) for row in new] == [("batch", query.text) for query in queries]
    assert all(row.os_user for row in new)


@pytest.mark.parametrize(
    ("unit", "name"),
    [(Unit.DOCUMENT, "50.2-1187%20M%C3%BCller/Mietvertrag.pdf"), (Unit.CASE, "50.2-1187%20M%C3%BCller")],
)
def test_a_run_by_document_and_case(stock: Stock, tmp_path: Path, unit: Unit, name: str) -> None:
    target = tmp_path / "lauf.trec"
    queries = [batch.Query("q", "Miete Nebenkosten", batch.plain_question("Miete Nebenkosten"))]
    batch.run(stock.services, batch.Order("leitung", unit, 10, "t"), queries, target)
    names = [line.split(" ")[2] for line in target.read_text().splitlines()]
    assert names[0] == name
    assert len(names) == len(set(names))


def test_hundreds_of_queries_a_minute(stock: Stock, tmp_path: Path) -> None:
    from time import monotonic

    queries = [
        batch.Query(f"q{n}", "Miete der Wohnung", batch.plain_question(f"Miete der Wohnung {n}")) for n in range(200)
    ]
    started = monotonic()
    batch.run(stock.services, batch.Order("leitung", Unit.PAGE, 100, "t"), queries, tmp_path / "lauf.trec")
    assert monotonic() - started < 60


@pytest.mark.parametrize("line", ["ohne Tabulator", "\tohne Kennung", "zwei Wörter\tText"])
def test_a_wrong_line_of_queries_is_named(tmp_path: Path, line: str) -> None:
    source = tmp_path / "fragen.tsv"
    source.write_text(f"q1\tMiete\n{line}\n")
    with pytest.raises(UsageFault, match="Zeile 2"):
        batch.read_queries(source, syntax=False)
