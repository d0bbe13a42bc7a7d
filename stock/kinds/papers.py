"""Contracts, certificates, bills, statements, payslips: papers with tables and numbers."""

from __future__ import annotations

from datetime import date, timedelta

from stock.context import Context, short_date
from stock.kinds.common import private_frame
from stock.language.composer import Composer, money
from stock.pages.draft import (
    Block,
    Draft,
    Frame,
    Para,
    Sign,
    Table,
)
from stock.pages.layout import plain, style
from stock.pages.letter import letter
from stock.world import identifiers, people, places


def rent_contract(ctx: Context) -> Draft:
    """A rent contract of several pages with numbered clauses."""
    case = ctx.case
    ctx.composer = Composer(ctx.rng, "wohnen")
    clauses = (
        "Mieträume",
        "Mietzeit",
        "Miete",
        "Zahlung",
        "Sicherheit",
        "Schönheitsreparaturen",
        "Tierhaltung",
        "Schlüssel",
        "Hausordnung",
        "Pflichten",
        "Sonstiges",
    )
    street = ctx.facts.get("object", case.home.street)
    blocks: list[Block] = [
        Para(f"Zwischen {case.landlord}, {case.landlord_home.line} - Vermieter -"),
        Para(f"und {ctx.name(0, own=False)}, geboren am {ctx.mention('date', short_date(case.head.birth))} - Mieter -"),
        Para(f"wird für die Wohnung {street}, {case.home.zip} {case.home.town}, folgender Vertrag geschlossen:"),
    ]
    texts = ctx.say("rent", 11)
    for number, text in enumerate(texts):
        blocks.append(Para(f"§ {number + 1} {clauses[number]}", "head"))
        blocks.append(Para(f"{text} {ctx.free(ctx.rng.randint(1, 3))}"))
    blocks += [Sign(case.landlord, "Vermieter"), Sign(ctx.name(0, own=False), "Mieter")]
    look = style(ctx.rng, ctx.facts.get("look", ctx.rng.choice(("authority", "typed", "authority"))))
    pages = plain(tuple(blocks), look, ctx.rng, "Mietvertrag über Wohnraum")
    return ctx.draft(
        "rent_contract",
        "Mietvertrag",
        f"Mietvertrag {street}",
        blocks,
        pages,
        sender=case.landlord,
        recipient=case.head.name,
    )


def rent_certificate(ctx: Context) -> Draft:
    """The landlord certifies rent and size."""
    case = ctx.case
    rent, side, heat = (ctx.rng.randint(low, high) for low, high in ((28000, 78000), (5000, 15000), (4000, 14000)))
    rows = (
        ("Grundmiete", f"{money(rent)} EUR"),
        ("Betriebskostenvorauszahlung", f"{money(side)} EUR"),
        ("Heizkostenvorauszahlung", f"{money(heat)} EUR"),
        ("Gesamtmiete", f"{money(rent + side + heat)} EUR"),
        ("Wohnfläche", f"{ctx.rng.randint(32, 118)},{ctx.rng.randint(0, 9)} m²"),
        ("Personen im Haushalt", str(len(case.persons))),
        ("Mietbeginn", ctx.mention("date", short_date(case.start - timedelta(days=ctx.rng.randint(30, 900))))),
        ("Heizungsart", ctx.rng.choice(("Gas-Etagenheizung", "Fernwärme", "Ölzentralheizung", "Nachtspeicheröfen"))),
    )
    blocks: list[Block] = [
        Para(f"Zur Vorlage beim {case.office}, Zeichen {ctx.mention('reference', case.reference)}"),
        Para(f"Mieter: {ctx.name(0, own=False)}, {case.home.line}"),
        Table((2.2, 1.6), ("Angabe", ">Wert"), rows),
        Para(ctx.free(ctx.rng.randint(1, 4))),
        *ctx.cite(0.35),
        Sign(case.landlord, "Stempel und Unterschrift des Vermieters"),
    ]
    pages = plain(tuple(blocks), style(ctx.rng), ctx.rng, "Mietbescheinigung")
    return ctx.draft(
        "rent_certificate",
        "Mietbescheinigung",
        "Mietbescheinigung",
        blocks,
        pages,
        sender=case.landlord,
        recipient=case.office,
    )


def utility_bill(ctx: Context) -> Draft:
    """A yearly bill for power, gas or water."""
    case = ctx.case
    ware, unit, price = ctx.rng.choice(
        (("Strom", "kWh", 34), ("Gas", "kWh", 11), ("Wasser", "m³", 480), ("Fernwärme", "kWh", 13))
    )
    supplier = f"Stadtwerke {case.town}"
    rows = []
    total = 0
    start = date(ctx.day.year - 1, 1, 1)
    for part in range(ctx.rng.randint(2, 5)):
        used = ctx.rng.randint(120, 2400)
        cost = used * (price + part)
        total += cost
        begin = start + timedelta(days=90 * part)
        rows.append(
            (
                f"{short_date(begin)} - {short_date(begin + timedelta(days=89))}",
                f"{used} {unit}",
                f"{price + part},{ctx.rng.randint(0, 99):02d} ct",
                f"{money(cost)} EUR",
            )
        )
    rows += [("Grundpreis", "", "", "142,80 EUR"), ("Gesamtbetrag", "", "", f"{money(total + 14280)} EUR")]
    blocks: list[Block] = [
        Para(
            f"Verbrauchsstelle: {case.home.line}, "
            f"Zählernummer {ctx.mention('identifier', str(ctx.rng.randrange(10**7, 10**8)))}"
        ),
        Table((2.4, 1.2, 1.2, 1.4), ("Zeitraum", ">Verbrauch", ">Arbeitspreis", ">Betrag"), tuple(rows)),
        Para(
            f"Ihr neuer Abschlag beträgt {ctx.sum(3000, 19000)} EUR und ist ab "
            f"{ctx.written(ctx.day + timedelta(days=31))} fällig."
        ),
        Para(ctx.free(ctx.rng.randint(1, 3)), "small"),
    ]
    subject = f"Jahresabrechnung {ware} {ctx.day.year - 1}"
    frame = Frame(
        (supplier, "Kundenservice, Am Wasserturm 1"),
        (case.head.address_form, ctx.name(0, own=False), case.home.street, f"{case.home.zip} {case.home.town}"),
        (
            ("Kundennummer", ctx.mention("identifier", case.customer)),
            ("Rechnungsdatum", ctx.mention("date", short_date(ctx.day))),
        ),
        subject,
        "Guten Tag,",
        ("Stadtwerke|Am Wasserturm 1", "Gläubiger-ID|DE00ZZZ00000999999", "Störungsdienst|Tag und Nacht"),
        "private",
    )
    return ctx.draft(
        "utility_bill",
        "Rechnung",
        subject,
        blocks,
        letter(frame, tuple(blocks), style(ctx.rng, "private"), ctx.rng),
        sender=supplier,
        recipient=case.head.name,
    )


_BOOKINGS = ("LASTSCHRIFT", "UEBERWEISUNG", "GUTSCHRIFT", "KARTENZAHLUNG", "DAUERAUFTRAG", "GEHALT/RENTE")


def bank_statement(ctx: Context) -> Draft:
    """A bank statement: a table of bookings in the spelling of bank computers."""
    case, rng = ctx.case, ctx.rng
    balance = rng.randint(-20000, 240000)
    rows = [("", "", "Alter Kontostand", f"{money(abs(balance))} {'H' if balance >= 0 else 'S'}")]
    day = ctx.day - timedelta(days=60)
    for _ in range(rng.randint(12, 44)):
        day += timedelta(days=rng.randint(0, 3))
        amount = rng.randint(199, 94000) * (1 if rng.random() < 0.25 else -1)
        balance += amount
        rows.append(
            (
                f"{day:%d.%m.}",
                f"{day:%d.%m.}",
                f"{rng.choice(_BOOKINGS)} {_payee(ctx)}",
                f"{money(abs(amount))} {'H' if amount > 0 else 'S'}",
            )
        )
    rows.append(("", "", "Neuer Kontostand", f"{money(abs(balance))} {'H' if balance >= 0 else 'S'}"))
    blocks: list[Block] = [
        Para(f"Kontoinhaber {ctx.name(0, own=False)}   IBAN {ctx.mention('identifier', case.head.iban)}"),
        Para(f"Kontoauszug Nr. {rng.randint(1, 12)}/{ctx.day.year} vom {ctx.mention('date', short_date(ctx.day))}"),
        Table((0.8, 0.8, 4.2, 1.5), ("Buchung", "Wert", "Vorgang", ">Betrag"), tuple(rows), ruled=rng.random() < 0.3),
    ]
    bank = rng.choice(("Sparkasse", "Volksbank", "Kreissparkasse", "Genossenschaftsbank")) + f" {case.town}"
    pages = plain(
        tuple(blocks),
        style(rng, "mono" if rng.random() < 0.6 else "private"),
        rng,
        bank,
        "Bitte prüfen Sie Ihren Auszug unverzüglich.",
    )
    sheet = (blocks[2],) if isinstance(blocks[2], Table) else ()
    draft = ctx.draft(
        "bank_statement", "Kontoauszug", "Kontoauszug", blocks, pages, sender=bank, recipient=case.head.name
    )
    return type(draft)(**{**draft.__dict__, "sheets": sheet})


def _payee(ctx: Context) -> str:
    rng, case = ctx.rng, ctx.case
    dice = rng.random()
    if dice < 0.15:
        return case.landlord.upper() + " MIETE"
    if dice < 0.3:
        return case.employer.upper()
    if dice < 0.4 and case.authority == "jobcenter":
        return "BUNDESAGENTUR FUER ARBEIT " + ctx.mention("reference", case.reference)
    if dice < 0.6:
        return people.family_name(rng, "germ").spellings[0].upper() + " SAGT DANKE"
    noun = ctx.composer.noun()
    return f"{noun.lemma.upper()} {rng.choice(places.towns()).upper()}"


def payslip(ctx: Context) -> Draft:
    """A payslip from a pay office's printer."""
    case, rng = ctx.case, ctx.rng
    gross = rng.randint(52000, 310000)
    tax, pension, health, care = (round(gross * share) for share in (0.11, 0.093, 0.081, 0.017))
    rows = (
        ("100", "Grundlohn", f"{rng.randint(60, 168)},00", money(gross)),
        ("210", "Zuschlag " + ctx.composer.noun().lemma, f"{rng.randint(1, 20)},50", money(rng.randint(500, 9000))),
        ("", "Gesamtbrutto", "", money(gross)),
        ("701", "Lohnsteuer", "", money(tax)),
        ("711", "Rentenversicherung", "", money(pension)),
        ("712", "Krankenversicherung", "", money(health)),
        ("713", "Pflegeversicherung", "", money(care)),
        ("", "Auszahlungsbetrag", "", money(gross - tax - pension - health - care)),
    )
    blocks: list[Block] = [
        Para(f"{case.employer}   Personal-Nr. {rng.randint(100, 99999):05d}"),
        Para(f"{ctx.name(0, own=False)}, {case.home.line}"),
        Para(
            f"SV-Nummer {ctx.mention('identifier', case.head.insurance)}   "
            f"Steuerklasse {rng.randint(1, 5)}   Eintritt {ctx.written(case.start)}"
        ),
        Table((0.7, 3.0, 1.2, 1.4), ("Lohnart", "Bezeichnung", ">Menge", ">Betrag"), rows),
        Para(f"Überweisung auf {case.head.iban}"),
        Para(ctx.free(1), "small"),
    ]
    pages = plain(tuple(blocks), style(rng, "mono"), rng, f"Entgeltabrechnung {ctx.day:%m/%Y}")
    return ctx.draft(
        "payslip",
        "Lohnabrechnung",
        f"Entgeltabrechnung {ctx.day:%m/%Y}",
        blocks,
        pages,
        sender=case.employer,
        recipient=case.head.name,
    )


def invoice_letter(ctx: Context) -> Draft:
    """The landlord writes about rent, damage or a notice to quit."""
    ctx.composer = Composer(ctx.rng, "wohnen")
    subject = ctx.rng.choice(
        ("Mietrückstand", "Mieterhöhung", "Betriebskostenabrechnung", "Fristlose Kündigung", "Mängelanzeige")
    )
    blocks: list[Block] = [Para(ctx.free(ctx.rng.randint(3, 6))) for _ in range(ctx.rng.randint(1, 3))]
    blocks += [Para(text) for text in ctx.say("rent", 2)] + [Sign(ctx.case.landlord)]
    frame = private_frame(ctx, (ctx.case.landlord, ctx.case.landlord_home.line), subject)
    pages = letter(frame, tuple(blocks), style(ctx.rng, "private"), ctx.rng)
    return ctx.draft(
        "landlord", "Vermieterschreiben", subject, blocks, pages, sender=ctx.case.landlord, recipient=ctx.case.head.name
    )


def birth_certificate(ctx: Context) -> Draft:
    """A civil register's certificate, typed."""
    case = ctx.case
    who = len(case.persons) - 1
    person = case.persons[who]
    mark = f"{ctx.rng.randint(1, 2999)}/{person.birth.year}"
    rows = (
        ("Familienname", person.family.spellings[0]),
        ("Vorname", person.given.spellings[0]),
        ("Geburtstag", ctx.mention("date", short_date(person.birth))),
        ("Geburtsort", ctx.rng.choice(places.towns())),
        ("Mutter", people.family_name(ctx.rng, person.origin).spellings[0]),
    )
    ctx.mention("person", person.name, person=who)
    blocks: list[Block] = [
        Para(f"Standesamt {ctx.rng.choice(places.towns())}   Registernummer {ctx.mention('identifier', f'G {mark}')}"),
        Table((1, 2), ("Angabe", "Eintrag"), rows, ruled=False),
        Para(ctx.free(2)),
        Sign("Der Standesbeamte", "Siegel"),
    ]
    pages = plain(
        tuple(blocks), style(ctx.rng, "typed"), ctx.rng, "Geburtsurkunde", f"Gebühr {identifiers.customer(ctx.rng)}"
    )
    return ctx.draft(
        "certificate", "Urkunde", "Geburtsurkunde", blocks, pages, sender="Standesamt", recipient=case.head.name
    )
