"""Canonical findings: any spelling of a value finds the value, and nothing is found inside longer numbers."""

from __future__ import annotations

import re
import re._parser as sre  # type: ignore[import-not-found, unused-ignore]
from collections.abc import Iterable
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile import canonical, text
from casefile.canonical.addresses import find_addresses
from casefile.canonical.amounts import asked_amounts, find_amounts
from casefile.canonical.dates import MONTHS, find_days, find_months
from casefile.canonical.found import Finder, Found
from casefile.canonical.identifiers import asked_identifiers, find_identifiers
from casefile.canonical.kinds import KINDS, MOST, asked, find_all, spans_of
from casefile.canonical.mails import asked_mails, find_mails
from casefile.canonical.names import find_names
from casefile.canonical.paragraphs import asked_paragraphs, find_paragraphs
from casefile.canonical.phones import find_phones
from casefile.canonical.references import find_references
from casefile.text.folding import fold


def values(found: Iterable[Found]) -> list[str]:
    return [value for *_, value in found]


@pytest.mark.parametrize(
    ("spelling", "day"),
    [
        ("2021/10/25", "2021-10-25"),
        ("2021.10.25", "2021-10-25"),
        ("04.Nov.2022", "2022-11-04"),
        ("3. Okt. 2022", "2022-10-03"),
        ("3.Oktober 2022", "2022-10-03"),
        ("3 Oktober 2022", "2022-10-03"),
        ("4. Nov. '22", "2022-11-04"),
        ("12-Mar-2021", "2021-03-12"),
        ("July 1, 2021", "2021-07-01"),
        ("12/3/21", "2021-03-12"),
        ("12-03-2021", "2021-03-12"),
        ("1. Feber 2020", "2020-02-01"),
    ],
)
def test_days(spelling: str, day: str) -> None:
    assert values(find_days(f"am {spelling}, nachmittags")) == [day]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("vom 1.2. bis 28.2.2021", {"2021-02-01", "2021-02-28"}),
        ("vom 1.-3. März 2021", {"2021-03-01", "2021-03-03"}),
        ("20.12. bis zum 5.1.2021", {"2020-12-20", "2021-01-05"}),
        ("01.02.2021–15.03.2021", {"2021-02-01", "2021-03-15"}),
        ("1. und 2. Mai 2020", {"2020-05-01", "2020-05-02"}),
    ],
)
def test_both_ends_of_a_range(text: str, days: set[str]) -> None:
    assert set(values(find_days(text))) == days


@pytest.mark.parametrize(
    ("spelling", "month"),
    [
        *[("November 2023", "2023-11"), ("Nov. 2023", "2023-11"), ("11-2023", "2023-11"), ("11/2023", "2023-11")],
        *[("2023-11", "2023-11"), ("11.2023", "2023-11"), ("Nov '23", "2023-11")],
    ],
)
def test_months(spelling: str, month: str) -> None:
    assert values(find_months(f"Ablauf {spelling}.")) == [month]


@pytest.mark.parametrize("text", ["12.11.2023", "3. November 2023", "45/2023", "2023-11-04", "10.0.0.12", "2.0.1"])
def test_what_names_no_month(text: str) -> None:
    assert values(find_months(text)) == []


DAYS = st.dates(date(1950, 1, 1), date(2039, 12, 31))


@given(DAYS, st.sampled_from("abcdefgh"))
def test_every_spelling_of_a_day(day: date, spelling: str) -> None:
    name = MONTHS[day.month - 1]
    written = {
        "a": f"{day:%d.%m.%Y}",
        "b": f"{day.day}.{day.month}.{day.year}",
        "c": day.isoformat(),
        "d": f"{day:%Y/%m/%d}",
        "e": f"{day.day}. {name.title()} {day.year}",
        "f": f"{day:%d}.{name[:3].title()}.{day.year}",
        "g": f"{day.day}. {name.upper()} {day.year}",
        "h": f"{day.day}/{day.month}/{day.year}",
    }[spelling]
    assert day.isoformat() in values(find_days(f"Termin {written}"))


@given(DAYS, st.integers(0, 9))
def test_no_day_inside_longer_numbers(day: date, digit: int) -> None:
    for longer in (f"{day:%d.%m.%Y}{digit}", f"{digit}{digit}{day:%d.%m.%Y}", f"{digit}.{day:%d.%m.%Y}"):
        assert day.isoformat() not in values(find_days(longer))


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Zu zahlen sind 348,17 EUR bis", ["348.17"]),
        ("Miete 1.280,00 EUR", ["1280"]),
        ("Miete 1280 Euro", ["1280"]),
        ("€ 1280", ["1280"]),
        ("EUR1280,50", ["1280.5"]),
        ("1 234 567,89", ["1234567.89"]),
        ("1\u202f234,50 €", ["1234.5"]),
        ("1'234.50 CHF", ["1234.5"]),
        ("1,234,567.89", ["1234567.89"]),
        ("Rate 99,50€.", ["99.5"]),
        ("3.450,- EUR", ["3450"]),
        ("3.450", ["3450"]),
        ("Abzug 12,75-", ["12.75"]),
        ("93,5 % und 50% und 7 v. H.", ["93.5", "50", "7"]),
        ("Menge 2 500,00 EUR", ["2500", "500"]),
        ("0,5", ["0.5"]),
        ("am 12.03.2021 um 12:30 in 70173 Ort, Version 2.0.1, IP 10.0.0.12", []),
        ("100,00-200,00 EUR", ["100", "200"]),
        ("1,50 2,50 3,75", ["1.5", "2.5", "3.75"]),
        ("50.280-1187/2021", []),
        ("348 Seiten, 17 Blatt", []),
        ("Az. 50.2-1187/2021", []),
    ],
)
def test_amounts(text: str, amounts: list[str]) -> None:
    assert values(find_amounts(text)) == amounts


def test_a_bare_number_is_asked_for_as_an_amount() -> None:
    assert values(asked_amounts("1280")) == ["1280"]
    assert values(asked_amounts("1280,00 Miete")) == ["1280"]


CENTS = st.integers(1, 99_999_999_99)


@given(CENTS, st.sampled_from([".", " ", "\u00a0", "'", ""]), st.sampled_from(["", " EUR", " €", "€"]))
def test_every_spelling_of_an_amount(cents: int, separator: str, unit: str) -> None:
    whole, rest = divmod(cents, 100)
    grouped = f"{whole:,}".replace(",", separator)
    found = values(find_amounts(f"Betrag {grouped},{rest:02}{unit} zahlbar"))
    value = f"{whole}.{rest:02}".rstrip("0").rstrip(".")
    assert value in found
    assert len(found) == 1 or separator == " "


@given(CENTS, st.integers(1, 9), st.sampled_from(["", ".", ","]))
def test_no_amount_inside_longer_numbers(cents: int, digit: int, joint: str) -> None:
    amount = f"{cents // 100},{cents % 100:02}"
    longer = f"{digit}{digit}{digit}{joint}{amount}{digit if not joint else ''}"
    value = f"{cents // 100}.{cents % 100:02}".rstrip("0").rstrip(".")
    assert value not in values(find_amounts(longer))


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0711 / 2345-678", "497112345678"),
        ("(0711) 23 45-678", "497112345678"),
        ("07112345678", "497112345678"),
        ("+49 (0)711 2345-678", "497112345678"),
        ("+49(0)711/2345678", "497112345678"),
        ("0049 711 2345678", "497112345678"),
        ("+49 171 9876543", "491719876543"),
        ("0171-9876543", "491719876543"),
        ("+43 1 9876543", "4319876543"),
        ("0711 2345678 10 Uhr", "497112345678"),
    ],
)
def test_phones(text: str, phone: str) -> None:
    assert phone in values(find_phones(f"Telefon {text}"))


@pytest.mark.parametrize("text", ["am 01.02.2021", "DE12 5001 0517 0648 4898 90", "0,50 EUR", "0004711", "12 0815"])
def test_what_is_no_phone(text: str) -> None:
    assert values(find_phones(text)) == []


@given(st.integers(10**8, 10**9), st.sampled_from(["0", "+49", "+49 ", "0049 ", "+49 (0)", "+49(0)"]), st.data())
def test_every_spelling_of_a_phone(number: int, prefix: str, data: st.DataObject) -> None:
    digits = str(number)
    area = data.draw(st.integers(2, 4))
    joint = data.draw(st.sampled_from(["", " ", "/", " / ", "-", " - "]))
    assert f"49{digits}" in values(find_phones(f"Tel. {prefix}{digits[:area]}{joint}{digits[area:]}"))


@pytest.mark.parametrize(
    ("text", "asked", "identifier"),
    [
        ("Kennzeichen S-AB 1234, Reise", "SAB1234", "SAB1234"),
        ("Reisepass C 01X 00T 47", "C01X00T47", "C01X00T47"),
        ("Reisepass C01X00T47", "c01x00t47", "C01X00T47"),
        ("IBAN DE12 5001 0517 0648 4898 90", "DE12500105170648489890", "DE12500105170648489890"),
        ("Versicherungsnummer 12 010185 M 123", "12010185M123", "12010185M123"),
        ("Steuer-ID 12 345 678 901", "12 345 678 901", "12345678901"),
        ("Kasse A 123 456 789", "A123456789", "A123456789"),
        ("Kassenzeichen 0004711", "4711", "4711"),
        ("Kassenzeichen 0004711", "0004711", "4711"),
    ],
)
def test_identifiers(text: str, asked: str, identifier: str) -> None:
    assert identifier in values(find_identifiers(text))
    assert identifier in values(asked_identifiers(asked))


@pytest.mark.parametrize("text", ["§ 3 SGB II", "348,17 EUR", "Telefon 0711 2345678", "um 12 UHR", "am 01.02.2021"])
def test_what_is_no_identifier(text: str) -> None:
    assert values(find_identifiers(text)) == []


@given(st.from_regex(r"[A-Z]{2}[0-9]{6}", fullmatch=True), st.sampled_from("ABC123"))
def test_no_identifier_inside_a_longer_one(value: str, letter: str) -> None:
    assert value not in values(find_identifiers(f"{value}{letter}")) + values(find_identifiers(f"{letter}{value}"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("§ 7 Abs. 1 Satz 2 Nr. 3 SGB II", "§ 7 I 2 Nr. 3"),
        ("§ 7 I 2 Nr. 3 SGB II", "§ 7 Absatz 1 Satz 2 Nummer 3"),
        ("§7 Abs.1 SGB II", "§ 7 Abs. 1"),
        ("§ 7 Abs. 1 Satz 2 Nr. 3", "§ 7 Abs. 1 Nr. 3"),
        ("§ 7 Abs. 1 Satz 2 Nr. 3", "§ 7"),
        ("Art. 6 Abs. 1 lit. e DSGVO", "Artikel 6 Absatz 1 Buchstabe e"),
        ("§ 22a Abs. 2", "§ 22 a II"),
    ],
)
def test_paragraphs(text: str, asked: str) -> None:
    (wanted,) = values(asked_paragraphs(asked))
    assert wanted in values(find_paragraphs(text))


@pytest.mark.parametrize(
    ("text", "asked"),
    [("§ 71 Abs. 1", "§ 7"), ("§ 7 Abs. 11", "§ 7 Abs. 1"), ("§ 7 Abs. 1 Nr. 31", "§ 7 Abs. 1 Nr. 3")],
)
def test_no_paragraph_inside_another(text: str, asked: str) -> None:
    assert not set(values(asked_paragraphs(asked))) & set(values(find_paragraphs(text)))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Lange Str. 5a, D-70173", "Lange Straße 5 a"),
        ("Lange Straße 5 a", "lange str 5a"),
        ("Hauptstr. 12;", "Hauptstraße 12"),
        ("Bahnhofstraße 3", "Bahnhofstr 3"),
        ("Bahnhofstraße 3", "Bahnhofstr."),
        ("GROSSE-WEIẞENBERG-STRASSE 7", "Große-Weißenberg-Straße 7"),
        ("Haus 5 c", "Haus 5c"),
        ("Nr.23a", "Nr. 23 a"),
    ],
)
def test_addresses(text: str, asked: str) -> None:
    assert set(values(find_addresses(asked))) & set(values(find_addresses(text)))


def test_a_house_number_is_whole() -> None:
    assert not {"hauptstr 1", "hauptstr 12"} & set(values(find_addresses("Hauptstr. 123")))


def test_mail_addresses_and_their_parts() -> None:
    found = values(find_mails("E-Mail: k.muster-oez@amt-beispiel.example und ute_ziest@amt-beispiel.example."))
    for part in ("k.muster-oez@amt-beispiel.example", "muster-oez", "ziest@amt-beispiel", "muster", "ute_ziest"):
        assert part in found
    assert values(asked_mails("Ziest@Amt-Beispiel")) == ["ziest@amt-beispiel"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Frau Yıldız", "yildiz"),
        ("Herrn Dr. Seán O’Brien", "obrien"),
        ("Name: Müller, Łukasz", "lukasz muller"),
        ("Familie von der Aue", "aue"),
        ("Herr Hans-Peter Mustermann", "hans-peter mustermann"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert name in values(find_names(text))


def test_what_follows_a_name_is_none() -> None:
    assert values(find_names("Herr Will Der, Frau Anders und die Lange Straße")) == [
        "will",
        "der",
        "der will",
        "anders",
    ]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        *[("Yıldız", "Yildiz"), ("Yıldız", "YILDIZ"), ("İbrahim", "Ibrahim"), ("Şahin", "Sahin"), ("Dvořák", "Dvorak")],
        *[("Wrocław", "Wroclaw"), ("Łukasiewicz", "Lukasiewicz"), ("Nguyễn", "Nguyen"), ("Bjørn", "Bjorn")],
        *[("Ðorđe", "Dorde"), ("Jürgens", "Juergens"), ("Strauß", "Strauss"), ("Müller", "Muller")],
        *[("D´Angelo", "D'Angelo"), ("O’Brien", "OBrien"), ("Grimm'sche", "Grimmsche")],
    ],
)
def test_names_without_their_foreign_letters(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


def test_amounts_and_days_are_no_references() -> None:
    assert find_references("1.234.567,89 EUR am 2021/10/25 und 04.11.2022") == ()
    assert find_references("31702.0707648") == ("317020707648",)
    assert find_references("Nr. 12-03-2021") == ("12032021",)


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    for kind in KINDS:
        for start, end, value in (*kind.find(text), *(kind.ask(text) if kind.ask else ())):
            assert 0 <= start < end <= len(text)
            assert value


def test_a_page_of_numbers_does_not_blow_up_its_record() -> None:
    found = find_all(" ".join(f"{number},50" for number in range(3 * MOST)))
    assert len(found["amount"]) == MOST


# --- linear time: no pattern reads an unbounded stretch of text from one place


def patterns() -> dict[str, re.Pattern[str]]:
    modules = [
        import_module(f"{package.__name__}.{module.name}")
        for package in (canonical, text)
        for module in iter_modules(package.__path__)
    ] + [import_module("casefile.canonical.references")]
    found: dict[str, re.Pattern[str]] = {}
    for module in modules:
        for name, value in vars(module).items():
            members = value if isinstance(value, tuple) else (value,)
            found |= {f"{module.__name__}.{name}.{i}": m for i, m in enumerate(members) if isinstance(m, re.Pattern)}
    return found


def unbounded(parsed: Any) -> bool:
    for operation, argument in parsed:
        if operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            low, high, inner = argument
            if high == sre.MAXREPEAT and low != high:
                return True
            if unbounded(inner):
                return True
        elif operation is sre.BRANCH:
            if any(unbounded(branch) for branch in argument[1]):
                return True
        elif operation is sre.SUBPATTERN or operation in {sre.ASSERT, sre.ASSERT_NOT}:
            if unbounded(argument[-1]):
                return True
        elif operation is sre.GROUPREF_EXISTS and any(unbounded(branch) for branch in argument[1:] if branch):
            return True
    return False


# Only ever matched against a short piece, or takes what it matches in one pass.
SHORT_ONLY = {"_SEPARATOR", "_DIGITS", "_ENGLISH", "_WORD"}


@pytest.mark.parametrize("name", sorted(patterns()))
def test_patterns_are_bounded(name: str) -> None:
    if name.rsplit(".", 2)[1] not in SHORT_ONLY:
        pattern = patterns()[name]
        assert not unbounded(sre.parse(pattern.pattern, pattern.flags & ~re.UNICODE))


def test_the_test_of_patterns_sees_an_unbounded_one() -> None:
    for pattern in (r"(?<!\d)(\d+)x", r"a(?!b*c)", r"(?:a|b{2,})", r"(a)?(?(1)b*|c)"):
        assert unbounded(sre.parse(pattern))
    assert not unbounded(sre.parse(r"\d{1,20}(?: x){0,3}?"))


HOSTILE = (
    "1" * 400_000,
    "1 " * 200_000,
    "a-\n" * 130_000,
    "B " * 200_000,
    "1." * 200_000,
    "Frau A" * 60_000,
    "§ " * 200_000,
)


@pytest.mark.parametrize("piece", HOSTILE, ids=lambda piece: repr(piece[:6]))
@pytest.mark.parametrize("find", [kind.find for kind in KINDS] + [find_days], ids=lambda find: find.__name__)
def test_a_hostile_text_ends(find: Finder, piece: str) -> None:
    assert sum(1 for _ in find(piece)) <= len(piece)


def test_the_whole_part_of_an_amount_is_asked_for_with_any_decimals() -> None:
    values = {value for *_, value in asked("1.234.567")}
    assert {"amount:1234567", "amount:1234567.*"} <= values
    assert not any(value.endswith("*") for text in ("1234567", "1.234,50", "12.345 EUR") for *_, value in asked(text))
    page = "Summe 1.234.567,89 EUR, nicht 1.234,50"
    assert [page[start:end] for start, end, _ in spans_of(page, values)] == ["1.234.567,89 EUR"]
