"""Kind, date and sender of documents that no cover sheet describes."""

from __future__ import annotations

import pytest

from indexer.infer.infer import infer
from indexer.infer.model import Evidence, Guess

LETTER = """Wohnbau Quellenhof eG
Ahornweg 3, 12345 Musterstadt
Wohnbau Quellenhof eG · Ahornweg 3, 12345 Musterstadt
Frau
Erika Musterfrau
Datum
04.05.2020
{subject}
Sehr geehrte Frau Musterfrau,
wir nehmen Bezug auf Ihr Schreiben vom 02.02.2019 und teilen Ihnen mit, dass
"""


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Widerspruch gegen den Bescheid vom 01.02.2020", "Widerspruch"),
        ("Änderungsbescheid", "Bescheid"),
        ("Entscheidung über Ihren Antrag auf Wohngeld", "Bescheid"),
        ("Betreff: Anforderung von Unterlagen", "Anfrage"),
        ("Nebenkostenabrechnung 2019", "Vermieterschreiben"),
        ("Ärztliches Attest", "Ärztliche Bescheinigung"),
        ("Aerztliches Attest", "Ärztliche Bescheinigung"),
    ],
)
def test_the_line_before_the_salutation_names_the_kind(subject: str, kind: str) -> None:
    found = infer(Evidence("Akte/SCN_0001.pdf", first=LETTER.format(subject=subject)))
    assert found.kind == Guess(kind, sure=True)
    assert found.date == Guess("2020-05-04", sure=True)
    assert found.sender == Guess("Wohnbau Quellenhof eG", sure=True)


@pytest.mark.parametrize(
    ("name", "kind", "date"),
    [
        ("2021-03-04 Mietvertrag.pdf", "Mietvertrag", Guess("2021-03-04", sure=True)),
        ("Mietvertrag_Müller_4.3.2021.pdf", "Mietvertrag", Guess("2021-03-04", sure=True)),
        ("20210304000017.pdf", "", Guess("2021-03-04")),
        ("Dok_007.pdf", "", Guess()),
    ],
)
def test_names_of_files(name: str, kind: str, date: Guess) -> None:
    found = infer(Evidence(f"Akte/{name}"))
    assert (found.kind.value, found.date) == (kind, date)


def test_a_name_alone_is_not_sure() -> None:
    assert not infer(Evidence("Akte/Mietvertrag.pdf", first="Guten Tag, anbei wie besprochen.")).kind.sure


def test_mail_tells_by_its_header() -> None:
    mail = Evidence("Akte/a.eml", "message/rfc822", "Bescheid", "2022-01-02T10:00:00+01:00", "Erika <e@example.org>")
    found = infer(mail)
    assert (found.kind.value, found.date.value, found.sender.value) == ("E-Mail", "2022-01-02", mail.sender)


def test_a_printed_mail_is_a_mail_and_a_fax_is_none() -> None:
    head = "Von: Erika Musterfrau\nGesendet: Montag, 3. Januar 2022 09:12\nAn: Post\nBetreff: Bescheid\n"
    assert infer(Evidence("a.pdf", first=head)).kind.value == "E-Mail"
    assert infer(Evidence("a.pdf", first=f"TELEFAX\n{head}")).kind.value != "E-Mail"


@pytest.mark.parametrize(
    "text",
    [
        "Erklärung\nKind: Max Muster, 17.02.2015\nIch erkläre hiermit",
        "Mietbescheinigung\nMieter: Max Muster, geboren am 01.02.1990\n",
        "Bescheid\nWir nehmen Bezug auf Ihr Schreiben vom 06.03.2020 und teilen mit\n",
    ],
)
def test_birthdays_and_other_papers_are_never_sure_dates(text: str) -> None:
    assert not infer(Evidence("Dok_1.pdf", first=text)).date.sure


def test_a_form_is_dated_beside_its_signature() -> None:
    last = "Musterstadt, 10.07.2017\nOrt, Datum\nUnterschrift der antragstellenden Person\nSeite 2 von 2"
    assert infer(Evidence("Dok_1.pdf", first="Antrag auf Wohngeld\n", last=last)).date == Guess("2017-07-10", sure=True)


def test_an_attachment_has_the_date_of_its_mail_where_nothing_else_says_one() -> None:
    evidence = Evidence("Akte/2020-01-02 Mail.eml!Anlage.pdf", first="ohne Datum", carried="2020-01-03")
    assert infer(evidence).date == Guess("2020-01-03")


def test_foreign_letters_are_told_apart_where_nothing_else_is_known() -> None:
    assert infer(Evidence("Dok.pdf", first="Dear friends", language="en")).kind.value == "Schreiben (fremdsprachig)"
