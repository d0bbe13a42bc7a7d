"""The forms an office's paper takes: a letter of the authority, a private letter, a plain sheet."""

from __future__ import annotations

from dataclasses import dataclass

from stock.pages.page import Page, Rule, Sheet
from stock.samples.flow import Flow, Style


@dataclass(frozen=True)
class Office:
    """Letterhead of an authority; `foot` is the line with bank and opening hours."""

    name: str
    unit: str
    street: str
    town: str
    phone: str
    mail: str
    foot: tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """The information block: whose case, who writes, when."""

    number: str
    clerk: str
    room: str
    date: str


def authority(office: Office, to: str, ref: Reference, subject: str, body: str, key: str = "sans") -> list[Page]:
    """A letter as DIN 5008 has it: address at the left, information block at the right."""
    flow = Flow(Style(key=key, foot=office.foot, top=f"{office.name} · {ref.number} · {ref.date} · Seite {{n}}"))
    sheet, style = flow.sheet, flow.style
    sheet.put(style.left, 56, office.name, style.bold, 15)
    sheet.put(style.left, 71, office.unit, key, 10)
    sheet.shapes.append(Rule(style.left, 79, style.right, 79, 1.1))
    sheet.put(style.left, 132, f"{office.name} · {office.street} · {office.town}", key, 7)
    for index, line in enumerate(to.split("; ")):
        sheet.put(style.left, 150 + 13.2 * index, line, key, 10.5)
    _information(sheet, office, ref, key)
    flow.y = 262
    _subject(flow, subject)
    flow.body(body)
    return flow.pages()


def _information(sheet: Sheet, office: Office, ref: Reference, key: str) -> None:
    rows = [
        ("Mein Zeichen:", ref.number),
        ("Auskunft erteilt:", ref.clerk),
        ("Zimmer:", ref.room),
        ("Telefon:", office.phone),
        ("E-Mail:", office.mail),
        ("Datum:", ref.date),
    ]
    for index, (label, value) in enumerate(rows):
        sheet.put(352, 132 + 13.5 * index, label, key, 8.5)
        sheet.put(424, 132 + 13.5 * index, value, key, 8.5)


def _subject(flow: Flow, subject: str) -> None:
    for line in subject.split("; "):
        flow.body("# " + line)
        flow.y -= flow.style.leading * 0.4
    flow.y += flow.style.leading


def private(sender: str, to: str, date: str, subject: str, body: str, key: str = "serif") -> list[Page]:
    """A letter from home: sender on top, place and date at the right."""
    flow = Flow(Style(key=key, size=11.5, top="- {n} -"))
    for index, line in enumerate(sender.split("; ")):
        flow.sheet.put(flow.style.left, 70 + 14 * index, line, key, 11)
    for index, line in enumerate(to.split("; ")):
        flow.sheet.put(flow.style.left, 156 + 14 * index, line, key, 11)
    flow.sheet.put(flow.style.right, 248, date, key, 11, align="right")
    flow.y = 275
    _subject(flow, subject)
    flow.body(body)
    return flow.pages()


def plain(body: str, key: str = "sans", size: float = 10.5, foot: tuple[str, ...] = (), top: float = 52) -> list[Page]:
    """Contract, form, certificate, note: the text brings its own title."""
    flow = Flow(Style(key=key, size=size, foot=foot, top="Seite {n}"))
    flow.y = top
    flow.body(body)
    return flow.pages()
