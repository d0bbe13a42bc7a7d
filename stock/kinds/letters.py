"""Letters: notices, enquiries, objections, court, doctor, employer, foreign languages."""

from __future__ import annotations

from stock.context import Context, short_date
from stock.kinds.common import office_frame, office_style, own_sender, private_frame
from stock.language.composer import money
from stock.pages.draft import (
    Block,
    Draft,
    Para,
    Sign,
    Table,
)
from stock.pages.layout import plain, style
from stock.pages.letter import letter
from stock.rng import weighted
from stock.world import identifiers, people


def _paras(texts: list[str], look: str = "body") -> list[Block]:
    return [Para(text, look) for text in texts]


def _office_letter(ctx: Context, kind: str, art: str, subject: str, blocks: list[Block]) -> Draft:
    blocks.append(Para("Mit freundlichen Grüßen", "body"))
    blocks.append(Sign(f"Im Auftrag {ctx.case.worker.split(' ', 1)[1]}"))
    if art == "Bescheid":
        blocks.append(Para("Rechtsbehelfsbelehrung", "head"))
        blocks += _paras(ctx.say("remedy", 1))
        blocks.append(Para(f"Anlagen: {ctx.composer.phrase('nom')}, {ctx.composer.phrase('nom')}", "small"))
    pages = letter(office_frame(ctx, subject), tuple(blocks), office_style(ctx), ctx.rng)
    return ctx.draft(kind, art, subject, blocks, pages, sender=ctx.case.office, recipient=ctx.case.head.name)


def _calculation(ctx: Context) -> Table:
    rows = []
    for turn in range(len(ctx.case.persons)):
        need, rent, income = (ctx.rng.randint(low, high) for low, high in ((30000, 56300), (8000, 31000), (0, 18000)))
        total = need + rent - income
        rows.append((ctx.name(turn), money(need), money(rent), money(income), money(total)))
    return Table(
        (3.2, 1.4, 1.6, 1.6, 1.4), ("Person", ">Regelbedarf", ">Unterkunft", ">Einkommen", ">Anspruch"), tuple(rows)
    )


def _reasons(
    ctx: Context,
    title: str,
    *,
    sentences: tuple[int, int] = (3, 6),
    paragraphs: tuple[int, int] = (1, 4),
    cited: float = 0.75,
) -> list[Block]:
    """Why it was decided so: free text, at times with other cases' references."""
    texts = [ctx.free(ctx.rng.randint(*sentences)) for _ in range(ctx.rng.randint(*paragraphs))]
    return [Para(title, "head"), *_paras(texts), *ctx.cite(cited)]


def notice(ctx: Context) -> Draft:
    """A notice that grants something."""
    if ctx.case.authority == "abh":
        return permit_notice(ctx)
    subject = ctx.rng.choice(
        ("Bewilligungsbescheid", "Änderungsbescheid", "Bescheid über Leistungen", "Vorläufiger Bescheid")
    )
    blocks = _paras(ctx.say("opening", 1) + ctx.say("grant", 4))
    blocks.append(_calculation(ctx))
    blocks += _reasons(ctx, "Begründung")
    blocks += _paras(ctx.say("closing", 2))
    return _office_letter(ctx, "notice", "Bescheid", subject, blocks)


def permit_notice(ctx: Context) -> Draft:
    """The immigration office prolongs a permit."""
    subject = ctx.rng.choice(
        ("Verlängerung der Aufenthaltserlaubnis", "Entscheidung über Ihren Antrag auf Aufenthaltserlaubnis", "Bescheid")
    )
    blocks = _paras(ctx.say("opening", 1) + ctx.say("permit", 4))
    blocks += _reasons(ctx, "Gründe")
    blocks += _paras(ctx.say("closing", 1))
    return _office_letter(ctx, "notice", "Bescheid", subject, blocks)


def rejection(ctx: Context) -> Draft:
    """A notice that refuses something."""
    subject = ctx.rng.choice(
        ("Ablehnungsbescheid", "Aufhebungs- und Erstattungsbescheid", "Versagung wegen fehlender Mitwirkung")
    )
    blocks = _paras(ctx.say("opening", 1) + ctx.say("reject", 4))
    blocks += _reasons(ctx, "Begründung", sentences=(3, 7), paragraphs=(2, 4), cited=0.8)
    return _office_letter(ctx, "rejection", "Bescheid", subject, blocks)


def enquiry(ctx: Context) -> Draft:
    """The office asks for papers."""
    subject = ctx.rng.choice(
        ("Aufforderung zur Mitwirkung", "Fehlende Unterlagen", "Erinnerung", "Anforderung von Nachweisen")
    )
    blocks = _paras(ctx.say("enquiry", 1)) + _paras(ctx.say("papers", ctx.rng.randint(3, 6)), "item")
    blocks += _paras([ctx.free(ctx.rng.randint(1, 4)), *ctx.say("threat", 1)])
    blocks += ctx.cite(0.5)
    blocks += _paras(ctx.say("closing", 2))
    return _office_letter(ctx, "enquiry", "Anfrage", subject, blocks)


def objection(ctx: Context) -> Draft:
    """The person objects; often about somebody else's case as well."""
    ctx.typing = 0.02
    subject = f"Widerspruch gegen den Bescheid, Ihr Zeichen {ctx.mention('reference', ctx.case.reference)}"
    blocks = _paras([*ctx.say("objection", 5), ctx.free(ctx.rng.randint(2, 6))])
    blocks += ctx.cite(0.9)
    blocks += [Para("Mit freundlichem Gruß"), Sign(ctx.name(0))]
    look = style(ctx.rng, weighted(ctx.rng, (("typed", 1.0), ("private", 3.0))))
    pages = letter(private_frame(ctx, own_sender(ctx), subject), tuple(blocks), look, ctx.rng)
    return ctx.draft(
        "objection", "Widerspruch", subject, blocks, pages, sender=ctx.case.head.name, recipient=ctx.case.office
    )


def court_letter(ctx: Context) -> Draft:
    """A court writes."""
    number = ctx.mention("court", identifiers.court(ctx.rng, ctx.day.year))
    court = (
        ctx.rng.choice(("Sozialgericht", "Verwaltungsgericht", "Amtsgericht - Familiengericht -")) + f" {ctx.case.town}"
    )
    subject = f"Rechtssache {ctx.case.head.family.spellings[0]} ./. {ctx.case.office}"
    info = (("Aktenzeichen", number), ("Ihr Zeichen", ctx.mention("reference", ctx.case.reference)))
    blocks = _paras(ctx.say("court", 4) + [ctx.free(ctx.rng.randint(2, 6)) for _ in range(ctx.rng.randint(1, 3))])
    blocks += ctx.cite(0.6)
    blocks += [Para("Auf Anordnung"), Sign("Justizbeschäftigte", "als Urkundsbeamtin der Geschäftsstelle")]
    look = style(ctx.rng, weighted(ctx.rng, (("mono", 1.0), ("authority", 2.0))))
    frame = private_frame(ctx, (court, "Geschäftsstelle", "Gerichtsplatz 1"), subject, info=info)
    return ctx.draft(
        "court",
        "Gerichtsschreiben",
        subject,
        blocks,
        letter(frame, tuple(blocks), look, ctx.rng),
        sender=court,
        recipient=ctx.case.office,
    )


def medical(ctx: Context) -> Draft:
    """A doctor certifies."""
    ctx.composer = type(ctx.composer)(ctx.rng, "medizin")
    doctor = f"Dr. med. {people.family_name(ctx.rng, 'germ').spellings[0]}"
    subject = ctx.rng.choice(("Ärztliches Attest", "Befundbericht", "Ärztliche Bescheinigung"))
    blocks: list[Block] = [
        Para(f"Patient: {ctx.name(0, own=False)}, geb. {ctx.mention('date', short_date(ctx.case.head.birth))}", "head")
    ]
    blocks += _paras([*ctx.say("medical", 3), ctx.free(ctx.rng.randint(2, 5))])
    blocks.append(Sign(doctor, "Facharzt für Allgemeinmedizin"))
    frame = private_frame(
        ctx, (doctor, "Gemeinschaftspraxis", f"Brunnenstraße {ctx.rng.randint(1, 90)}, {ctx.case.town}"), subject
    )
    pages = letter(frame, tuple(blocks), style(ctx.rng, "private"), ctx.rng)
    return ctx.draft(
        "medical", "Ärztliche Bescheinigung", subject, blocks, pages, sender=doctor, recipient=ctx.case.office
    )


def foreign(ctx: Context) -> Draft:
    """A letter in the person's own language."""
    language = {"turk": "tr", "ukr": "uk", "pol": "pl", "viet": "vi", "arab": ctx.rng.choice(("ar", "en"))}.get(
        ctx.case.head.origin, "en"
    )
    texts = ctx.say(f"foreign-{language}", 6)
    if language == "ar":
        return _arabic(ctx, texts)
    blocks = [*_paras(texts), Para(""), Sign(ctx.name(0))]
    look = style(ctx.rng, "private")
    subject = f"Az. {ctx.mention('reference', ctx.case.reference)}"
    pages = letter(private_frame(ctx, own_sender(ctx), subject), tuple(blocks), look, ctx.rng)
    return ctx.draft(
        "foreign",
        "Schreiben (fremdsprachig)",
        subject,
        blocks,
        pages,
        sender=ctx.case.head.name,
        recipient=ctx.case.office,
        language=language,
    )


def _arabic(ctx: Context, texts: list[str]) -> Draft:
    from stock.language.arabic import visual
    from stock.pages.page import A4, Sheet

    sheet = Sheet()
    sheet.put(60, 70, ctx.name(0), "sans", 11)
    sheet.put(
        60,
        90,
        f"Az. {ctx.mention('reference', ctx.case.reference)}, {ctx.mention('date', short_date(ctx.day))}",
        "sans",
        10,
    )
    who = ctx.case.head
    name = f"{who.given.script} {who.family.script}".strip()
    for number, text in enumerate([*texts, name]):
        sheet.put(A4[0] - 60, 150 + number * 30, visual(text), "world", 15, align="right")
    return ctx.draft(
        "foreign",
        "Schreiben (fremdsprachig)",
        "Schreiben in arabischer Sprache",
        _paras(texts),
        (sheet.page(),),
        sender=who.name,
        recipient=ctx.case.office,
        language="ar",
    )


def settlement(ctx: Context) -> Draft:
    """A settlement about maintenance."""
    ctx.composer = type(ctx.composer)(ctx.rng, "familie")
    subject = "Vergleich über Kindesunterhalt"
    blocks: list[Block] = [
        Para(f"Zwischen {ctx.name(0)} und {ctx.name(len(ctx.case.persons) - 1)}, vertreten durch das Jugendamt")
    ]
    blocks += [Para(f"{number}. {text}") for number, text in enumerate(ctx.say("settlement", 6), start=1)]
    blocks += _paras([ctx.free(ctx.rng.randint(2, 5)) for _ in range(ctx.rng.randint(1, 3))])
    blocks += ctx.cite(0.7)
    blocks += [Sign(ctx.name(0), "Unterschrift"), Sign("Urkundsperson", f"{ctx.case.town}, {short_date(ctx.day)}")]
    look = style(ctx.rng, weighted(ctx.rng, (("typed", 1.0), ("authority", 1.0))))
    pages = plain(tuple(blocks), look, ctx.rng, subject, f"Zeichen {ctx.mention('reference', ctx.case.reference)}")
    return ctx.draft(
        "settlement", "Unterhaltsvergleich", subject, blocks, pages, sender="Jugendamt", recipient=ctx.case.office
    )


def employer_letter(ctx: Context) -> Draft:
    """An employer certifies work or gives notice."""
    ctx.composer = type(ctx.composer)(ctx.rng, "arbeit")
    subject = ctx.rng.choice(
        ("Arbeitsbescheinigung", "Kündigung des Arbeitsverhältnisses", "Bestätigung des Beschäftigungsverhältnisses")
    )
    blocks = _paras(ctx.say("mail", 2) + [ctx.free(ctx.rng.randint(2, 5)) for _ in range(ctx.rng.randint(1, 2))])
    blocks.append(Sign(ctx.case.employer, "Personalabteilung"))
    frame = private_frame(
        ctx, (ctx.case.employer, f"Industriestraße {ctx.rng.randint(1, 90)}, {ctx.case.town}"), subject
    )
    pages = letter(frame, tuple(blocks), style(ctx.rng, "private"), ctx.rng)
    return ctx.draft(
        "employer", "Arbeitgeberschreiben", subject, blocks, pages, sender=ctx.case.employer, recipient=ctx.case.office
    )
