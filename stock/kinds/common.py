"""Frames and addresses that many kinds share."""

from __future__ import annotations

from stock.context import Context, short_date
from stock.pages.draft import Frame
from stock.pages.layout import Style, style
from stock.rng import stream


def office_frame(ctx: Context, subject: str, *, to: tuple[str, ...] | None = None) -> Frame:
    """A letter of the case's own office."""
    case = ctx.case
    rng = stream(ctx.world.seed, "phone", case.worker)
    phone = f"0{rng.randint(2000, 9999)} {rng.randint(10, 999)}-{rng.randint(100, 9999)}"
    ctx.mention("reference", case.reference)
    ctx.mention("date", short_date(ctx.day))
    info = [
        ("Unser Zeichen", case.reference),
        ("Auskunft erteilt", case.worker),
        ("Zimmer", case.room),
        ("Telefon", phone),
        ("Stelle", case.unit),
        ("Datum", short_date(ctx.day)),
    ]
    if case.authority == "jobcenter":
        info.insert(1, ("Kundennummer", ctx.mention("identifier", case.other_reference)))
    elif ctx.rng.random() < 0.5:
        info.insert(1, ("AZR-Nummer", ctx.mention("identifier", case.other_reference)))
    recipient = to or (case.head.address_form, ctx.name(0), case.home.street, f"{case.home.zip} {case.home.town}")
    return Frame(
        (case.office, f"{case.office_street}, {case.home.zip[:2]}100 {case.town}"),
        recipient,
        tuple(info),
        subject,
        f"Sehr geehrte{'r Herr' if case.head.sex == 'm' else ' Frau'} {case.head.family.spellings[0]},",
        (
            f"Postanschrift|{case.office}|{case.office_street}",
            "Öffnungszeiten|Mo, Di, Do 8.00 - 12.00 Uhr|Do 14.00 - 17.30 Uhr",
            "Bankverbindung|Stadtkasse|DE00 9990 0000 0000 1234 00",
        ),
    )


def office_style(ctx: Context) -> Style:
    """Every office keeps its looks for some years; older letters are typed."""
    if ctx.day.year < 2009 and ctx.rng.random() < 0.6:
        return style(ctx.rng, "typed")
    return style(stream(ctx.world.seed, "style", ctx.case.authority, ctx.day.year // 4))


def private_frame(
    ctx: Context, sender: tuple[str, ...], subject: str, *, info: tuple[tuple[str, str], ...] = ()
) -> Frame:
    """A letter to the office."""
    case = ctx.case
    to = (case.office, f"z. Hd. {case.worker}", case.office_street, f"{case.home.zip[:2]}100 {case.town}")
    person = sender[0].split()[-1] in {part for who in case.persons for part in who.spelled(0).split()}
    info = (*info, ("Datum", ctx.mention("date", short_date(ctx.day))))
    return Frame(sender, to, info, subject, "Sehr geehrte Damen und Herren,", (), "person" if person else "private")


def own_sender(ctx: Context) -> tuple[str, ...]:
    """The person of the case as sender."""
    return (ctx.name(0), ctx.case.home.street, f"{ctx.case.home.zip} {ctx.case.home.town}")
