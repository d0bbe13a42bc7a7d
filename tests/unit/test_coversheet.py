import json
from dataclasses import fields
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.database.ledger import CaseRow, DocumentRow
from casefile.model import Confidentiality, CoverSheet, Person, ScanNote
from indexer.covers import published
from indexer.covers.fields import DATE_FIELDS, TEXT_FIELDS, CoverSheetError, field_key
from indexer.covers.sheet import (
    ReadCoverSheet,
    build_cover_sheet,
    merge,
    parse_cover_sheet,
    parse_register,
)
from indexer.covers.values import LIMITS

WHOLE = CoverSheet(
    aktenzeichen="50.2-1187/2021",
    betreff="Kosten der Unterkunft",
    stelle="Leistung 2",
    schlagwoerter=("Miete", "Härtefall"),
    laufzeit_von="2021-03-12",
    vertraulichkeit=Confidentiality.CONFIDENTIAL,
    personen=(Person("Müller", "Jana", "1980-02-01"), Person("Müller", "Ole")),
)
JSON = """{"Aktenzeichen": "50.2-1187/2021", "Betreff": "Kosten der Unterkunft", "Stelle": "Leistung 2",
 "Schlagwörter": ["Miete", "Härtefall"], "Laufzeit von": "12.03.2021", "Vertraulichkeit": "Vertraulich",
 "Personen": [{"Name": "Müller", "Vorname": "Jana", "Geburtsdatum": "1.2.1980"}, {"name": "Müller, Ole"}]}"""
YAML = """
aktenzeichen: 50.2-1187/2021
betreff: Kosten der Unterkunft
stelle: Leistung 2
schlagworte: [Miete, Härtefall]
laufzeit_von: 2021-03-12
vertraulichkeit: vertraulich
personen:
  - {name: Müller, vorname: Jana, geburtsdatum: 01.02.1980}
  - {name: Müller, vorname: Ole}
"""
XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<deckblatt xmlns="urn:beispiel"><aktenzeichen>50.2-1187/2021</aktenzeichen><betreff>Kosten der Unterkunft</betreff>
<stelle>Leistung 2</stelle>
<schlagwoerter><schlagwort>Miete</schlagwort><schlagwort>Härtefall</schlagwort></schlagwoerter>
<laufzeit_von>12. März 2021</laufzeit_von><vertraulichkeit>vertraulich</vertraulichkeit>
<personen><person><name>Müller</name><vorname>Jana</vorname><geburtsdatum>1980-02-01</geburtsdatum></person>
<person><name>Müller</name><vorname>Ole</vorname></person></personen></deckblatt>"""


def read_cover_sheet(path: Path) -> ReadCoverSheet:
    return parse_cover_sheet(path.read_bytes(), path.suffix)


def read_register(path: Path) -> list[tuple[str | None, ReadCoverSheet]]:
    return parse_register(path.read_bytes())


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("deckblatt.json", JSON.encode()),
        ("deckblatt.json", JSON.encode("utf-8-sig")),
        ("deckblatt.json", JSON.encode("cp1252")),
        ("deckblatt.yaml", YAML.encode()),
        ("deckblatt.xml", XML.encode("latin-1")),
    ],
)
def test_all_formats_and_encodings_say_the_same(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    read = read_cover_sheet(tmp_path / name)
    assert read.problems == ()
    assert read.cover == WHOLE


def test_csv_has_one_field_a_row(tmp_path: Path) -> None:
    text = "Feld;Wert\nAktenzeichen;50.2-1187/2021\nSchlagworte;Miete|Härtefall\nPersonen;Müller, Jana|Müller, Ole\n"
    (tmp_path / "deckblatt.csv").write_text(text, encoding="cp1252")
    cover = read_cover_sheet(tmp_path / "deckblatt.csv").cover
    assert cover.aktenzeichen == "50.2-1187/2021"
    assert cover.schlagwoerter == ("Miete", "Härtefall")
    assert cover.personen == (Person("Müller", "Jana"), Person("Müller", "Ole"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deckblatt.json", "{"),
        ("deckblatt.json", "[1]"),
        ("deckblatt.json", "[" * 100_000),
        ("deckblatt.yaml", "a: &x [1]\nb: *x\n"),
        ("deckblatt.yaml", "a: !!python/object/apply:os.system ['true']"),
        ("deckblatt.xml", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a><betreff>&x;</betreff></a>"),
        ("deckblatt.xml", "<a>"),
        ("deckblatt.csv", "nur Text"),
        ("deckblatt.csv", 'Betreff;"' + "x" * 200_000),
        ("deckblatt.json", '{"vertraulichkeit": "streng vertraulich", "Vertraulichkeitsstufe": "normal"}'),
        ("deckblatt.json", '{"stelle": "a", "stelle": "b"}'),
        ("deckblatt.yaml", "stelle: a\nstelle: b\n"),
        ("deckblatt.xml", "<d><stelle>a</stelle><stelle>b</stelle></d>"),
        ("deckblatt.xml", '<?xml version="1.0" encoding="foo"?><d/>'),
        ("deckblatt.xml", "<a>" * 5000 + "</a>" * 5000),
        ("deckblatt.yaml", "a: !!int abc"),
    ],
)
def test_unreadable_sheets_are_refused_with_a_reason(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(CoverSheetError) as error:
        read_cover_sheet(tmp_path / name)
    assert str(error.value)


SECRET = "streng vertraulich"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deckblatt.csv", f"Aktenzeichen;Stelle;Vertraulichkeit;Bemerkung\n1/2020;Leistung;{SECRET};alt\n"),
        ("deckblatt.csv", f"Feld;Wert;Hinweis\nAktenzeichen;1/2020;alt\nVertraulichkeit;{SECRET}\n"),
        ("deckblatt.csv", f"Aktenzeichen;1/2020\nStelle;Leistung\nVertraulichkeit;{SECRET}\nBemerkung;alt\n"),
        ("deckblatt.xml", f'<deckblatt vertraulichkeit="{SECRET}"><aktenzeichen>1/2020</aktenzeichen></deckblatt>'),
        ("deckblatt.xml", f'<deckblatt aktenzeichen="1/2020" vertraulichkeit="{SECRET}" version="2"/>'),
        (
            "deckblatt.xml",
            f"<akte><deckblatt><az>1/2020</az><vertraulichkeit>{SECRET}</vertraulichkeit></deckblatt></akte>",
        ),
        ("deckblatt.json", f'{{"deckblatt": {{"aktenzeichen": "1/2020", "vertraulichkeit": "{SECRET}"}}}}'),
        ("deckblatt.yaml", f"Akte:\n  Deckblatt:\n    az: 1/2020\n    vertraulichkeit: {SECRET}\n"),
        ("deckblatt.json", f'{{"aktenzeichen": "1/2020", "rechte": [{{"Vertraulichkeitsstufe": "{SECRET}"}}]}}'),
        ("deckblatt.json", f'{{"az": "1/2020", "dokumente": [{{"datei": "a", "vertraulichkeit": "{SECRET}"}}]}}'),
    ],
)
def test_sheets_in_plausible_shapes_keep_their_confidentiality(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    cover = read_cover_sheet(tmp_path / name).cover
    assert (cover.aktenzeichen, cover.vertraulichkeit) == ("1/2020", Confidentiality.STRICTLY_CONFIDENTIAL)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deckblatt.csv", f"Vertraulichkeit;;{SECRET}\nAktenzeichen;1/2020\n"),
        ("deckblatt.csv", f"Vertraulichkeit;normal;{SECRET}\nAktenzeichen;1/2020\n"),
        ("deckblatt.csv", f"Aktenzeichen;1/2020\n;{SECRET}\n"),
        ("deckblatt.csv", f"Aktenzeichen;1/2020\nVertraulichkeit: {SECRET}\n"),
        ("deckblatt.csv", f"Aktenzeichen;Geheimhaltung\n1/2020;{SECRET}\n"),  # either way one known name
        ("deckblatt.csv", f"Aktenzeichen;Betreff\n1/2020;Miete\n2/2020;{SECRET}\n"),
        ("deckblatt.csv", f"Aktenzeichen;Betreff\n1/2020;Kosten;{SECRET}\n"),
        ("deckblatt.csv", "Aktenzeichen;Betreff;Stelle\n"),
        ("deckblatt.xml", f'<d><aktenzeichen vertraulichkeit="{SECRET}">1/2020</aktenzeichen></d>'),
        ("deckblatt.xml", f'<d><personen vertraulichkeit="{SECRET}"><person><name>A</name></person></personen></d>'),
        ("deckblatt.json", f'{{"inhalt": {{"vertraulichkeit": "{SECRET}"}}}}'),
        ("deckblatt.json", f'{{"version": "1", "deckblatt": {{"vertraulichkeit": "{SECRET}"}}}}'),
        ("deckblatt.yaml", f"Geheimhaltung: {SECRET}\n"),
    ],
)
def test_doubtful_shapes_are_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(CoverSheetError):
        read_cover_sheet(tmp_path / name)


def test_what_is_left_out_is_said_and_does_not_lock(tmp_path: Path) -> None:
    text = "Deckblatt\nAktenzeichen;1/2020;alt\nBemerkung;x\nSchlagwörter;Miete;Heizung\nnur Text\n"
    (tmp_path / "deckblatt.csv").write_text(text)
    read = read_cover_sheet(tmp_path / "deckblatt.csv")
    assert (read.cover.aktenzeichen, read.cover.schlagwoerter) == ("1/2020", ("Miete", "Heizung"))
    assert read.cover.vertraulichkeit is Confidentiality.NORMAL
    assert [word for problem in read.problems for word in ("alt", "nur Text", "bemerkung") if word in problem] == [
        "alt",
        "nur Text",
        "bemerkung",
    ]


def test_technical_attributes_say_nothing_about_the_case(tmp_path: Path) -> None:
    schema = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="d.xsd"'
    (tmp_path / "deckblatt.xml").write_text(f'<d {schema}><az xml:lang="de" xsi:type="string">1/2020</az></d>')
    assert read_cover_sheet(tmp_path / "deckblatt.xml").cover == CoverSheet("1/2020")
    assert read_cover_sheet(tmp_path / "deckblatt.xml").problems == ()


def test_a_register_row_with_a_delimiter_too_many_is_locked(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(f"Ordner;Az;Vertraulichkeit\na;1;;{SECRET}\nb;2;normal;\n")
    rows = dict(read_register(tmp_path / "register.csv"))
    assert rows["a"].cover.vertraulichkeit is Confidentiality.STRICTLY_CONFIDENTIAL
    assert rows["a"].problems
    assert rows["b"].cover.vertraulichkeit is Confidentiality.NORMAL


def test_unknown_confidentiality_counts_as_the_highest() -> None:
    read = build_cover_sheet({"vertraulichkeit": "geheim", "laufzeit_von": "31.02.2020", "stele": "Leistung 2"})
    assert read.cover.vertraulichkeit is Confidentiality.STRICTLY_CONFIDENTIAL
    assert read.cover.laufzeit_von == ""
    assert len(read.problems) == 3


@pytest.mark.parametrize(
    "value",
    [["streng vertraulich"], {"stufe": "streng vertraulich"}, {}, [], 2, "2", "geheim", " "],
)
def test_confidentiality_never_fails_open(value: object) -> None:
    read = build_cover_sheet({"vertraulichkeit": value})
    assert read.cover.vertraulichkeit is Confidentiality.STRICTLY_CONFIDENTIAL
    assert read.problems


def test_confidentiality_in_an_attribute_does_not_fail_open(tmp_path: Path) -> None:
    (tmp_path / "deckblatt.xml").write_text('<d><vertraulichkeit code="2"/></d>')
    read = read_cover_sheet(tmp_path / "deckblatt.xml")
    assert read.cover.vertraulichkeit is Confidentiality.STRICTLY_CONFIDENTIAL


def test_what_has_another_shape_than_expected_is_said() -> None:
    read = build_cover_sheet({"stelle": ["Leistung 2"], "betreff": {"a": 1}, "personen": 5, "schlagwoerter": 7})
    assert len(read.problems) == 4


def test_numbers_dates_and_surrogates_are_text_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "deckblatt.json").write_text('{"aktenzeichen": ' + "9" * 6000 + ', "betreff": "a\\ud800b\\u0000c"}')
    read = read_cover_sheet(tmp_path / "deckblatt.json")
    assert len(read.cover.aktenzeichen) == 500
    assert read.cover.betreff == "a b c"
    (tmp_path / "deckblatt.yaml").write_text("laufzeit_von: 2020-02-31\naktenzeichen: 0000-00-00\nbetreff: null\n")
    read = read_cover_sheet(tmp_path / "deckblatt.yaml")
    assert (read.cover.laufzeit_von, read.cover.aktenzeichen, read.cover.betreff) == ("", "0000-00-00", "")
    assert len(read.problems) == 1


def test_every_value_fits_its_column_and_what_is_cut_is_said() -> None:
    long = "x" * 40_000
    person = dict.fromkeys(("name", "vorname", "rolle"), long) | {"kennungen": [long], "weitere_namen": [long]}
    document = dict.fromkeys(("datei", "betreff", "art", "absender", "empfaenger", "datum"), long)
    texts = dict.fromkeys(("aktenzeichen", "betreff", "stelle", "federfuehrung", "bearbeiter", "aktenplan"), long)
    remainder = {"umfang": long, "ort": long}
    read = build_cover_sheet(
        texts
        | {"personen": [person], "dokumente": [document], "schlagwoerter": [long], "vertraulichkeit": long, long: long}
        | {"nicht_digitalisiert": [remainder], "dms": long, "scanvermerk": {"wer": long, "originale": long}}
    )
    (listed,), (found,) = read.cover.dokumente, read.cover.personen
    kind, title = DocumentRow.__table__.c.kind.type, DocumentRow.__table__.c.title.type
    assert len(listed.art) <= kind.length
    assert len(listed.betreff) <= title.length
    assert len(read.cover.stelle) <= CaseRow.__table__.c.unit.type.length
    assert len(read.cover.aktenzeichen) <= CaseRow.__table__.c.aktenzeichen.type.length
    assert max(map(len, (*found.kennungen, *found.weitere_namen, *read.cover.schlagwoerter, found.name))) == 200
    assert all(any(f"„{name}“ ist länger" in problem for problem in read.problems) for name in LIMITS)
    assert max(map(len, read.problems)) < 200


def test_problems_and_errors_have_no_control_characters(tmp_path: Path) -> None:
    assert all("\0" not in problem for problem in build_cover_sheet({"a\0b": 1, "laufzeit_von": "x\0"}).problems)
    (tmp_path / "deckblatt.json").write_text('{"a\\u0000b": 1, "a\\u0000b": 2}')
    with pytest.raises(CoverSheetError) as error:
        read_cover_sheet(tmp_path / "deckblatt.json")
    assert "\0" not in str(error.value)


def test_sheets_with_very_many_fields_and_entries_take_no_time_and_have_bounds(tmp_path: Path) -> None:
    many = {f"feld {n}": str(n) for n in range(60_000)}
    person = {"name": "A", "kennungen": [str(n) for n in range(500)]}
    lists = {"personen": [person] * 2000, "schlagwoerter": [str(n) for n in range(5000)]}
    (tmp_path / "deckblatt.json").write_text(json.dumps({"aktenzeichen": "1/20"} | many | lists))
    started = monotonic()
    read = read_cover_sheet(tmp_path / "deckblatt.json")
    assert monotonic() - started < 10
    assert read.cover.aktenzeichen == "1/20"
    assert (len(read.cover.personen), len(read.cover.schlagwoerter)) == (1000, 1000)
    assert len(read.cover.personen[0].kennungen) == 100
    assert len(read.problems) == 24
    assert "und 59.980 weitere unbekannte Felder" in read.problems
    (tmp_path / "deckblatt.json").write_text(json.dumps({"dokumente": [{"datei": str(n)} for n in range(20_001)]}))
    with pytest.raises(CoverSheetError, match=r"20\.000"):
        read_cover_sheet(tmp_path / "deckblatt.json")


def test_fields_side_by_side_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "deckblatt.csv").write_text("Aktenzeichen;Betreff;Stelle\n1/20;Miete;Team 1\n")
    assert read_cover_sheet(tmp_path / "deckblatt.csv").cover == CoverSheet("1/20", "Miete", stelle="Team 1")


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_registers_in_any_usual_encoding(tmp_path: Path, code: str) -> None:
    (tmp_path / "register.csv").write_bytes("sep=;\nOrdner;Stelle\nGröße;Team 1\n".encode(code))
    assert dict(read_register(tmp_path / "register.csv"))["Größe"].cover.stelle == "Team 1"


def test_register_rows(tmp_path: Path) -> None:
    text = "Ordner;Aktenzeichen;Name;Vorname;Geburtsdatum;Stelle\nAkte\\Eins;1/20;Yılmaz;Ayşe;3.4.1990;Team 1\n;;;;;\n"
    (tmp_path / "register.csv").write_text(text, encoding="utf-8")
    rows = dict(read_register(tmp_path / "register.csv"))
    assert set(rows) == {"Akte/Eins"}
    assert rows["Akte/Eins"].cover.personen == (Person("Yılmaz", "Ayşe", "1990-04-03"),)
    assert rows["Akte/Eins"].problems == ()


def test_a_register_row_without_a_folder_is_not_taken_for_the_root(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("Aktenzeichen;Ordner\n1;\n2; / \n3;.\n4;./Akte//Eins/\n5\n")
    rows = [(folder, read.cover.aktenzeichen) for folder, read in read_register(tmp_path / "register.csv")]
    assert rows == [(None, "1"), (None, "2"), ("", "3"), ("Akte/Eins", "4"), (None, "5")]


def test_register_without_folder_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("Aktenzeichen;Name\n1;2\n")
    with pytest.raises(CoverSheetError, match="Ordner"):
        read_register(tmp_path / "register.csv")


def test_merge_fills_gaps_and_keeps_the_stricter_level() -> None:
    sheet = CoverSheet(aktenzeichen="1/20", vertraulichkeit=Confidentiality.NORMAL)
    register = CoverSheet(aktenzeichen="2/20", stelle="Team 1", vertraulichkeit=Confidentiality.CONFIDENTIAL)
    merged = merge(sheet, register)
    assert (merged.aktenzeichen, merged.stelle) == ("1/20", "Team 1")
    assert merged.vertraulichkeit is Confidentiality.CONFIDENTIAL


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Laufzeit von", "laufzeit_von"),
        ("SCHLAGWÖRTER", "schlagwoerter"),
        ("Az.", "aktenzeichen"),
        ("Federführung", "federfuehrung"),
    ],
)
def test_field_keys(written: str, key: str) -> None:
    assert field_key(written) == key


def test_cover_sheet_survives_the_ledger() -> None:
    assert CoverSheet.from_json(json.loads(json.dumps(WHOLE.to_json()))) == WHOLE


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["aktenzeichen", "personen", "dokumente", "schlagwoerter", "laufzeit_von", "vertraulichkeit", "x"]
        ),
        JSON_VALUES,
    )
)
def test_any_json_gives_a_cover_sheet_or_problems_never_a_crash(data: dict[str, object]) -> None:
    cover = build_cover_sheet(data).cover
    assert CoverSheet.from_json(json.loads(json.dumps(cover.to_json()))) == cover


def test_keywords_are_parted_at_commas_too_and_names_are_not() -> None:
    read = build_cover_sheet({"schlagwoerter": ["Umzug, Miete", "KdU"], "personen": [{"name": "Muster, Max"}]})
    assert read.cover.schlagwoerter == ("Umzug", "Miete", "KdU")
    assert read.cover.personen[0].vorname == "Max"


def test_scan_note_and_link_into_the_dms() -> None:
    note = {"wer": "Scan GmbH", "datum": "3.2.2021", "originale": "zurück am 4.2.2021"}
    read = build_cover_sheet({"scanvermerk": note, "dms": "https://dms.example/akte/7"})
    assert read.cover.scanvermerk == ScanNote("Scan GmbH", "2021-02-03", "zurück am 4.2.2021")
    assert (read.cover.dms, read.problems) == ("https://dms.example/akte/7", ())
    assert CoverSheet.from_json(read.cover.to_json()) == read.cover


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//dms.example", "file:///etc/passwd"])
def test_a_link_that_is_no_web_address_is_refused(address: str) -> None:
    read = build_cover_sheet({"dms": address, "betreff": "x"})
    assert read.cover.dms == ""
    assert "dms" in read.problems[0]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("deckblatt.json", '{\n "betreff": "x",\n "laufzeit von": "32.1.2020"\n}', 3),
        ("deckblatt.yaml", "betreff: x\nlaufzeit_von: 32.1.2020\n", 2),
        ("deckblatt.csv", "Feld;Wert\nBetreff;x\nFarbe;rot\n", 3),
        ("deckblatt.xml", "<akte>\n<betreff>x</betreff>\n<farbe>rot</farbe>\n</akte>", 3),
    ],
)
def test_problems_name_line_and_field(tmp_path: Path, name: str, text: str, line: int) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (problem,) = read_cover_sheet(tmp_path / name).problems
    assert problem.startswith(f"Zeile {line}: ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deckblatt.json", '{\n "betreff": "x"\n "stelle": "y"}'),
        ("deckblatt.yaml", "betreff: x\nstelle: [a\n"),
        ("deckblatt.xml", "<akte>\n<betreff>x</akte>"),
    ],
)
def test_an_unreadable_sheet_names_the_line(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(CoverSheetError, match=r"\(Zeile [23]\)"):
        read_cover_sheet(tmp_path / name)


def test_the_published_schema_is_the_models() -> None:
    assert published.PLACE.read_text(encoding="utf-8") == published.as_text()
    names = published.json_schema()["properties"]
    assert set(names) == {field.name for field in fields(CoverSheet)}


def test_every_attribute_of_the_model_is_read() -> None:
    """One that the reader does not know would be accepted and dropped without a word."""
    said: dict[str, object] = dict.fromkeys(TEXT_FIELDS, "Wert") | dict.fromkeys(DATE_FIELDS, "2021-03-12")
    said |= {"vertraulichkeit": "vertraulich", "schlagwoerter": ["a"], "personen": ["b"], "dokumente": ["c.pdf"]}
    said |= {"nicht_digitalisiert": ["ein Band"], "dms": "https://dms.example/1", "scanvermerk": "Scan GmbH"}
    read = build_cover_sheet(said)
    assert read.problems == ()
    assert set(read.cover.to_json()) == {field.name for field in fields(CoverSheet)}
