"""Copies of passports and residence permits."""

from __future__ import annotations

from datetime import timedelta

from stock.context import Context
from stock.pages.draft import Draft
from stock.pages.page import (
    Box,
    Curve,
    Rule,
    Sheet,
)


def _portrait(x: float, y: float, w: float, h: float, shade: float) -> list[Box | Curve]:
    """Head and shoulders, as much as a bad copy of a passport photo shows."""
    grey = (shade, shade, shade)
    dark = (shade * 0.35, shade * 0.33, shade * 0.32)

    def blob(cx: float, cy: float, rx: float, ry: float) -> tuple[tuple[float, float], ...]:
        k = 0.552
        return (
            (cx - rx, cy),
            (cx - rx, cy - ry * k),
            (cx - rx * k, cy - ry),
            (cx, cy - ry),
            (cx + rx * k, cy - ry),
            (cx + rx, cy - ry * k),
            (cx + rx, cy),
            (cx + rx, cy + ry * k),
            (cx + rx * k, cy + ry),
            (cx, cy + ry),
            (cx - rx * k, cy + ry),
            (cx - rx, cy + ry * k),
            (cx - rx, cy),
        )

    cx = x + w / 2
    return [
        Box(x, y, w, h, 0.5, (0.4, 0.4, 0.4), (0.86, 0.87, 0.9)),
        Curve(blob(cx, y + h * 0.95, w * 0.42, h * 0.26), 0, dark, dark),
        Curve(blob(cx, y + h * 0.36, w * 0.27, h * 0.27), 0, dark, dark),
        Curve(blob(cx, y + h * 0.45, w * 0.21, h * 0.25), 0, grey, grey),
        Curve(blob(cx - w * 0.08, y + h * 0.41, w * 0.03, h * 0.018), 0, dark, dark),
        Curve(blob(cx + w * 0.08, y + h * 0.41, w * 0.03, h * 0.018), 0, dark, dark),
        Curve(
            (
                (cx - w * 0.07, y + h * 0.57),
                (cx - w * 0.03, y + h * 0.6),
                (cx + w * 0.03, y + h * 0.6),
                (cx + w * 0.07, y + h * 0.57),
            ),
            1,
            dark,
        ),
        Box(x, y + h, w, h * 0.3, 0, (1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
    ]


def identity(ctx: Context) -> Draft:
    """Copy of a passport or a residence permit on an otherwise empty page."""
    case, rng = ctx.case, ctx.rng
    turn = rng.randrange(len(case.persons))
    who = case.persons[turn]
    passport = rng.random() < 0.6
    sheet = Sheet()
    left, top = 70 + rng.uniform(0, 60), 90 + rng.uniform(0, 120)
    tint = rng.choice(((0.9, 0.94, 0.9), (0.93, 0.9, 0.93), (0.9, 0.92, 0.97)))
    sheet.shapes.append(Box(left, top, 380, 265, 1.0, (0.5, 0.5, 0.5), tint))
    sheet.shapes += [
        Rule(left, top + step * 8, left + 380, top + step * 8 + 14, 0.3, (0.75, 0.8, 0.8)) for step in range(1, 31)
    ]
    sheet.shapes += _portrait(left + 18, top + 50, 96, 124, rng.uniform(0.6, 0.82))
    art = "REISEPASS / PASSPORT" if passport else "AUFENTHALTSTITEL / RESIDENCE PERMIT"
    state = who.state if passport else "Bundesrepublik Deutschland"
    sheet.put(left + 18, top + 20, state.upper(), "sans-bold", 11)
    sheet.put(left + 362, top + 35, art, "sans-bold", 9, align="right")
    number = ctx.mention("identifier", who.passport)
    rows = (
        ("Name / Surname", who.family.spellings[0].upper()),
        ("Vornamen / Given names", who.given.spellings[0].upper()),
        ("Geburtsdatum / Date of birth", ctx.mention("date", f"{who.birth:%d.%m.%Y}")),
        ("Staatsangehörigkeit / Nationality", who.state.upper()),
        ("Nummer / No.", number),
        ("Gültig bis / Date of expiry", ctx.written(ctx.day + timedelta(days=rng.randint(200, 3000)))),
    )
    ctx.mention("person", who.name, person=turn)
    for step, (label, value) in enumerate(rows):
        sheet.put(left + 130, top + 50 + step * 24, label, "sans", 6, colour=(0.35, 0.35, 0.35))
        sheet.put(left + 130, top + 61 + step * 24, value, "sans-bold", 10)
    family = _plain(who.family.spellings[-1]), _plain(who.given.spellings[-1])
    for step, line in enumerate((f"P<XXX{family[0]}<<{family[1]}", f"{number}<0XXX{who.birth:%y%m%d}")):
        sheet.put(left + 16, top + 226 + step * 20, (line + "<" * 44)[:38], "mono", 15)
    sheet.put(left, top + 290, f"Kopie zur Akte {ctx.mention('reference', case.reference)}", "courier", 10, ink="stamp")
    return ctx.draft(
        "passport" if passport else "permit",
        "Ausweiskopie",
        art.title(),
        [],
        (sheet.page(),),
        sender=who.name,
        recipient=case.office,
    )


def _plain(name: str) -> str:
    return "".join(char for char in name.upper().replace(" ", "<") if "A" <= char <= "Z" or char == "<")
