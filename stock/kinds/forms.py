"""Forms filled in by hand or machine, notes, fax covers, leaflets, statements."""

from __future__ import annotations

from datetime import timedelta

from stock.context import Context, short_date
from stock.language.composer import Composer
from stock.pages.draft import Block, Draft, Para
from stock.pages.layout import (
    BLUE,
    emblem,
    plain,
    signature,
    style,
    tick,
)
from stock.pages.page import (
    A4,
    Box,
    Page,
    Rule,
    Sheet,
    wrap,
)
from stock.rng import weighted


def application(ctx: Context) -> Draft:
    """An application form of two to three pages with boxes, numbers and ticks."""
    case, rng = ctx.case, ctx.rng
    title = (
        "Antrag auf Leistungen zur Sicherung des Lebensunterhalts"
        if case.authority == "jobcenter"
        else "Antrag auf Erteilung oder Verlängerung einer Aufenthaltserlaubnis"
    )
    hand = weighted(rng, (("serif-italic", 2.0), ("stix-italic", 1.5), ("courier", 1.0), ("sans", 0.7)))
    sheets = [_form_head(ctx, title)]
    y = 190.0
    for number, (label, value) in enumerate(_fields(ctx)):
        if y > 740:
            sheets.append(Sheet())
            sheets[-1].put(60, 40, title, "sans", 7.5)
            y = 60.0
        y = _field(sheets[-1], y, number + 1, label, value, hand, rng.uniform(-1.5, 1.5))
    y = _questions(ctx, sheets, y)
    sheet = sheets[-1]
    sheet.put(62, 775, f"{case.town}, {ctx.mention('date', short_date(ctx.day))}", hand, 11, colour=BLUE, ink="form")
    sheet.shapes.append(Rule(60, 780, 230, 780, 0.6))
    sheet.put(60, 790, "Ort, Datum", "sans", 7)
    sheet.shapes += signature(rng, 340, 774, BLUE)
    sheet.shapes.append(Rule(330, 780, 530, 780, 0.6))
    sheet.put(330, 790, "Unterschrift der antragstellenden Person", "sans", 7)
    for number, each in enumerate(sheets, start=1):
        each.put(A4[0] - 50, 822, f"Seite {number} von {len(sheets)}", "sans", 7, align="right")
        each.put(
            60,
            822,
            f"Vordruck {'HA' if case.authority == 'jobcenter' else 'AE'} {rng.randint(1, 9)}.{ctx.day.year}",
            "sans",
            7,
        )
    pages = tuple(sheet.page() for sheet in sheets)
    blocks: list[Block] = [Para(line) for page in pages for line in page.text.split("\n")]
    return ctx.draft("application", "Antrag", title, blocks, pages, sender=case.head.name, recipient=case.office)


def _form_head(ctx: Context, title: str) -> Sheet:
    sheet = Sheet()
    sheet.shapes += emblem(60, 34, 26, (0.1, 0.1, 0.1), 1)
    sheet.put(96, 52, ctx.case.office, "sans-bold", 12)
    for number, line in enumerate(wrap(title, "sans-bold", 14, 300)):
        sheet.put(60, 92 + number * 18, line, "sans-bold", 14)
    sheet.shapes.append(Box(385, 40, 160, 96, 0.8))
    sheet.put(390, 50, "Nur vom Amt auszufüllen", "sans", 6.5)
    sheet.put(390, 72, "Zeichen", "sans", 7)
    sheet.put(425, 72, ctx.mention("reference", ctx.case.reference), "courier", 9.5, ink="form")
    sheet.put(390, 90, "Eingang", "sans", 7)
    sheet.put(425, 90, ctx.written(ctx.day + timedelta(days=2)), "courier", 9.5, colour=(0.6, 0.1, 0.1), ink="stamp")
    sheet.put(390, 108, "Team", "sans", 7)
    sheet.put(425, 108, ctx.case.unit, "courier", 9.5, ink="form")
    sheet.put(
        60, 160, "Bitte füllen Sie den Antrag in Druckbuchstaben aus. Zutreffendes bitte ankreuzen.", "sans-italic", 8
    )
    return sheet


def _fields(ctx: Context) -> list[tuple[str, str]]:
    case, rng = ctx.case, ctx.rng
    who = case.head
    fields = [
        ("Familienname", who.family.spellings[0]),
        ("Vorname(n)", who.given.spellings[0]),
        ("Geburtsname", who.maiden or "-"),
        ("Geburtsdatum", ctx.mention("date", short_date(who.birth))),
        ("Staatsangehörigkeit", who.state),
        ("Straße, Hausnummer", case.home.street),
        ("PLZ, Wohnort", f"{case.home.zip} {case.home.town}"),
        ("Frühere Anschrift", case.former_home.line),
        ("Telefon (freiwillige Angabe)", f"01{rng.randint(50, 79)} {rng.randrange(10**7):07d}"),
        ("IBAN", ctx.mention("identifier", who.iban)),
        ("Arbeitgeber", case.employer),
        ("Vermieter", case.landlord),
        ("Sozialversicherungsnummer", ctx.mention("identifier", who.insurance)),
    ]
    if case.authority == "abh":
        fields += [
            ("Pass-Nummer", ctx.mention("identifier", who.passport)),
            ("AZR-Nummer", ctx.mention("identifier", who.azr)),
        ]
    for turn in range(1, len(case.persons)):
        person = case.persons[turn]
        fields.append(
            (f"{person.role}: Name, Geburtsdatum", f"{ctx.name(turn)}, {ctx.mention('date', short_date(person.birth))}")
        )
    if case.related and rng.random() < 0.7:
        other = ctx.world.case(case.related[0])
        reference = ctx.mention("reference", other.reference, other.index)
        name = ctx.mention("person", other.head.name, other.index, 0)
        fields.append(("Leistungen oder Verfahren von Angehörigen (Name, Zeichen)", f"{name}, {reference}"))
    ctx.mention("person", who.name, person=0)
    return fields


def _field(sheet: Sheet, y: float, number: int, label: str, value: str, hand: str, lift: float) -> float:
    sheet.shapes.append(Box(60, y, 475, 27, 0.5))
    sheet.put(64, y + 8, f"{number}. {label}", "sans", 6.8)
    size = 11.5 if hand != "sans" else 10
    colour = BLUE if "italic" in hand else (0.05, 0.05, 0.05)
    sheet.put(74, y + 22 + lift, value, hand, size, colour=colour, ink="form")
    return y + 31


def _questions(ctx: Context, sheets: list[Sheet], y: float) -> float:
    composer = Composer(ctx.rng, ctx.case.topic)
    for _ in range(ctx.rng.randint(5, 12)):
        if y > 720:
            sheets.append(Sheet())
            y = 60.0
        text = f"Liegt {composer.phrase('nom')} vor, insbesondere {composer.phrase('nom')}?"
        lines = wrap(text, "sans", 8.5, 370)
        for number, line in enumerate(lines):
            sheets[-1].put(62, y + 11 + number * 11, line, "sans", 8.5)
        yes = ctx.rng.random() < 0.4
        tick(sheets[-1], 448, y + 11, 8, ctx.rng, on=yes)
        sheets[-1].put(460, y + 11, "ja", "sans", 8.5)
        tick(sheets[-1], 490, y + 11, 8, ctx.rng, on=not yes)
        sheets[-1].put(502, y + 11, "nein", "sans", 8.5)
        y += 12 * len(lines) + 10
    ctx.composer.used.compounds.update(composer.used.compounds)
    return y


def note(ctx: Context) -> Draft:
    """A note for the file, written in haste, with abbreviations."""
    ctx.typing = 0.025
    title = ctx.rng.choice(("Vermerk", "Aktenvermerk", "Gesprächsvermerk", "Verfügung"))
    blocks: list[Block] = [
        Para(
            f"{ctx.case.unit}   {ctx.mention('reference', ctx.case.reference)}   "
            f"{ctx.mention('date', short_date(ctx.day))}",
            "head",
        )
    ]
    blocks += [Para(f"{number}. {text}") for number, text in enumerate(ctx.say("note", ctx.rng.randint(3, 6)), start=1)]
    blocks += [Para(ctx.free(ctx.rng.randint(2, 6))) for _ in range(ctx.rng.randint(0, 3))]
    blocks += ctx.cite(0.7)
    blocks.append(Para(f"gez. {ctx.case.worker.split(' ', 1)[1]}"))
    look = style(ctx.rng, weighted(ctx.rng, (("typed", 1.0), ("mono", 0.6), ("authority", 1.4))))
    pages = plain(tuple(blocks), look, ctx.rng, title)
    return ctx.draft("note", "Vermerk", title, blocks, pages, sender=ctx.case.worker, recipient="zur Akte")


def phone_note(ctx: Context) -> Draft:
    """A printed slip for telephone calls."""
    case, rng = ctx.case, ctx.rng
    ctx.typing = 0.03
    sheet = Sheet()
    sheet.put(60, 80, "Telefonnotiz", "sans-bold", 18)
    labels = (
        ("Datum, Uhrzeit", f"{ctx.written(ctx.day)}, {rng.randint(8, 16)}.{rng.randint(0, 59):02d} Uhr"),
        ("Gespräch mit", ctx.name(rng.randrange(len(case.persons)), own=False)),
        ("Aktenzeichen", ctx.mention("reference", case.reference)),
        ("Aufgenommen von", case.worker),
    )
    y = 110.0
    for label, value in labels:
        sheet.shapes.append(Rule(60, y + 6, 520, y + 6, 0.5, dash=(1.0, 2.0)))
        sheet.put(60, y, label, "sans", 9)
        sheet.put(190, y, value, "serif-italic", 12, colour=BLUE, ink="form")
        y += 28
    blocks: list[Block] = [Para("Telefonnotiz"), *(Para(f"{label}: {value}") for label, value in labels)]
    for text in [*ctx.say("note", 3), ctx.free(rng.randint(1, 4))]:
        blocks.append(Para(text))
        for line in wrap(text, "serif-italic", 12, 450):
            y += 22
            sheet.put(62 + rng.uniform(-2, 2), y, line, "serif-italic", 12, colour=BLUE, ink="form")
            sheet.shapes.append(Rule(60, y + 5, 520, y + 5, 0.3, (0.6, 0.6, 0.6)))
        y += 6
    sheet.shapes += signature(rng, 420, y + 40, BLUE)
    return ctx.draft(
        "phone_note", "Telefonnotiz", "Telefonnotiz", blocks, (sheet.page(),), sender=case.worker, recipient="zur Akte"
    )


def fax(ctx: Context) -> Draft:
    """A fax: the machine's line at the top, a cover with a table, some text."""
    case, rng = ctx.case, ctx.rng
    ctx.composer = Composer(rng, "recht")
    blocks: list[Block] = [
        Para(f"An: {case.office}, {case.worker}"),
        Para(f"Von: {case.employer}"),
        Para(f"Betreff: {ctx.name(0, own=False)}, Ihr Zeichen {ctx.mention('reference', case.reference)}", "head"),
        *(Para(text) for text in ctx.say("mail", 3)),
        Para(ctx.free(rng.randint(3, 8))),
        *ctx.cite(0.6),
        Para("Mit freundlichen Grüßen"),
        Para(case.employer),
    ]
    pages = plain(tuple(blocks), style(rng, rng.choice(("mono", "authority"))), rng, "TELEFAX")
    stamped = []
    for number, page in enumerate(pages, start=1):
        sheet = Sheet(page.width, page.height, [], list(page.shapes))
        line = (
            f"{ctx.day:%d/%m/%Y} {rng.randint(7, 19):02d}:{rng.randint(0, 59):02d} +49{rng.randint(10**8, 10**9)} "
            f"{case.employer.split()[0].upper()} S. {number:02d}/{len(pages):02d}"
        )
        sheet.put(30, 18, line, "courier", 8)
        sheet.lines += page.lines
        stamped.append(sheet.page())
    return ctx.draft("fax", "Fax", "Telefax", blocks, tuple(stamped), sender=case.employer, recipient=case.office)


def blank_back(page: Page) -> Page:
    """The empty back of a sheet."""
    return Page(page.width, page.height, ())


def two_columns(ctx: Context) -> Draft:
    """A leaflet in two columns, as enclosed with every notice."""
    rng = ctx.rng
    sheet = Sheet()
    title = "Merkblatt: " + ctx.composer.noun().lemma
    sheet.put(60, 70, title, "sans-bold", 15)
    look = style(rng)
    texts: list[str] = []
    for left in (60.0, 312.0):
        y = 96.0
        while y < 740:
            text = ctx.free(rng.randint(2, 5))
            texts.append(text)
            lines = wrap(text, look.body, 9, 228)
            for line in lines[: int((770 - y) // 11.5)]:
                sheet.put(left, y, line, look.body, 9)
                y += 11.5
            y += 6
    blocks: list[Block] = [Para(title, "head"), *(Para(text) for text in texts)]
    return ctx.draft(
        "leaflet", "Merkblatt", title, blocks, (sheet.page(),), sender=ctx.case.office, recipient=ctx.case.head.name
    )


def statement(ctx: Context) -> Draft:
    """A statement in the person's own words."""
    ctx.typing = 0.035
    look = style(ctx.rng, ctx.rng.choice(("typed", "private")))
    blocks: list[Block] = [Para(f"Name: {ctx.name(0)}, geb. {ctx.mention('date', short_date(ctx.case.head.birth))}")]
    blocks += [Para(ctx.free(ctx.rng.randint(2, 5))) for _ in range(ctx.rng.randint(2, 6))]
    blocks += ctx.cite(0.5)
    pages = plain(tuple(blocks), look, ctx.rng, "Erklärung")
    return ctx.draft(
        "statement", "Erklärung", "Erklärung", blocks, pages, sender=ctx.case.head.name, recipient=ctx.case.office
    )
