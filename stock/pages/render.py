"""From a planned item to the bytes of its file and the truth of its pages.

A pure function of world and item: a duplicate in another case is the same item again and has the same bytes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta

from stock import batch
from stock.carriers import mail, msg, office, pdf, scan
from stock.carriers.scan import BoxedWord, Side
from stock.cases.plan import Item
from stock.context import Context, context
from stock.damage import damage, levels
from stock.damage.garble import garbled, good, partial
from stock.kinds import KINDS
from stock.language.arabic import readable
from stock.pages.draft import Draft
from stock.pages.page import Page
from stock.rng import stream
from stock.world.cases import World

_PRODUCERS = ("Schreibwerk 7.2", "FormularServer 3.1", "Fachverfahren Export 12", "PDF-Druck 5.0")


@dataclass(frozen=True)
class PageTruth:
    """What really stands on one page; boxes in points (PDF) or pixels (images), none where there are no pages.

    `turned`: degrees clockwise by which a scanned side lies wrong.
    """

    page: int
    text: str
    words: tuple[BoxedWord, ...]
    unit: str
    size: tuple[float, float]
    scanned: bool
    level: str = ""
    dpi: int = 0
    turned: int = 0
    layer: str = "none"
    attachment: str = ""
    draft: Draft | None = None


@dataclass(frozen=True)
class Rendered:
    """A file."""

    data: bytes
    suffix: str
    draft: Draft
    pages: tuple[PageTruth, ...]


def make_draft(world: World, item: Item) -> Draft:
    """The document behind an item."""
    ctx = context(world, item.origin, item.serial, item.day)
    if item.secret:
        ctx.facts |= {"object": f"{item.secret} 7", "look": "authority"}
    draft = KINDS[item.kind](ctx)
    return replace(draft, subject="Mietvertrag") if item.secret else draft


def render(world: World, item: Item) -> Rendered:
    """Make the file."""
    draft = make_draft(world, item)
    rng = stream(world.seed, "carrier", item.origin, item.serial)
    if item.carrier == "pdf":
        return _born(draft, rng)
    if item.carrier in ("docx", "xlsx", "odt", "rtf", "txt"):
        return _office(draft, item.carrier)
    if item.carrier in ("eml", "msg"):
        return _mail(world, item, draft, rng)
    if item.carrier == "zip":
        return _archive(world, item, draft, rng)
    pages = draft.pages or _printed(world, item, draft)
    if item.carrier == "mixed-pdf":
        return _mixed(world, item, draft, pages, rng)
    return _scanned(world, item, draft, pages, rng)


def _printed(world: World, item: Item, draft: Draft) -> tuple[Page, ...]:
    """A mail on paper."""
    from stock.pages.layout import plain, style

    rng = stream(world.seed, "printed", item.origin, item.serial)
    return plain(draft.blocks, style(rng), rng, draft.subject)


def info(draft: Draft, rng: random.Random) -> pdf.Info:
    """Properties as programs leave them: sometimes telling, sometimes empty."""
    title = draft.subject if rng.random() < 0.5 else ""
    return pdf.Info(title, draft.sender if rng.random() < 0.4 else "", rng.choice(_PRODUCERS), draft.day)


def vector_truth(page: Page, number: int) -> PageTruth:
    """The truth of a born-digital page."""
    words = tuple(
        (readable(word.text), *(round(value, 1) for value in word.box()))
        for line in page.lines
        for word in line
        if not word.angle
    )
    return PageTruth(number, readable(page.text), words, "pt", (page.width, page.height), False, layer="good")  # type: ignore[arg-type]


def _born(draft: Draft, rng: random.Random) -> Rendered:
    truths = tuple(vector_truth(page, number) for number, page in enumerate(draft.pages, start=1))
    return Rendered(pdf.write(draft.pages, info(draft, rng)), ".pdf", draft, truths)


def _office(draft: Draft, suffix: str) -> Rendered:
    data = {
        "docx": office.word,
        "xlsx": office.sheet,
        "odt": office.open_text,
        "rtf": office.rich_text,
        "txt": _plain_text,
    }[suffix](draft)
    text = draft.subject + "\n" + draft.text
    return Rendered(data, "." + suffix, draft, (PageTruth(1, text, (), "none", (0, 0), False),))


def _plain_text(draft: Draft) -> bytes:
    """UTF-8, or what older programs wrote where it has all the letters."""
    text = draft.subject + "\n" + draft.text + "\n"
    try:
        return text.encode("utf-8" if draft.day.year % 2 else "cp1252")
    except UnicodeEncodeError:
        return text.encode("utf-8")


def _mail(world: World, item: Item, draft: Draft, rng: random.Random) -> Rendered:
    kind = rng.choice(("payslip", "rent_certificate", "employer", "medical"))
    inner_ctx: Context = context(world, item.origin, item.serial + 5000, item.day)
    inner = KINDS[kind](inner_ctx)
    made = _born(inner, rng)
    name = f"{inner.art}.pdf"
    truths = [PageTruth(1, draft.subject + "\n" + draft.text, (), "none", (0, 0), False)]
    truths += [replace(truth, attachment=name, draft=inner) for truth in made.pages]
    enclosed = [mail.Attachment(name, made.data)]
    if item.carrier == "msg":
        return Rendered(msg.message(draft, enclosed), ".msg", draft, tuple(truths))
    return Rendered(mail.message(draft, enclosed, html=rng.random() < 0.4), ".eml", draft, tuple(truths))


def _archive(world: World, item: Item, draft: Draft, rng: random.Random) -> Rendered:
    """What somebody uploaded in one go: a mail on paper, and two more papers."""
    files: dict[str, bytes] = {}
    truths: list[PageTruth] = []
    kinds = rng.sample(("payslip", "rent_certificate", "bank_statement", "utility_bill", "certificate"), 2)
    for turn, kind in enumerate(kinds):
        inner = KINDS[kind](context(world, item.origin, item.serial + 5000 + 100 * turn, item.day))
        made = _born(inner, rng)
        name = f"Anlage {turn + 1} {inner.art}.pdf"
        files[name] = made.data
        truths += [replace(truth, attachment=name, draft=inner) for truth in made.pages]
    text = PageTruth(1, draft.subject + "\n" + draft.text, (), "none", (0, 0), False, attachment="Anschreiben.txt")
    files["Anschreiben.txt"] = (text.text + "\n").encode()
    return Rendered(office.pack(files), ".zip", draft, (text, *truths))


def _damages(item: Item, count: int, rng: random.Random) -> list[damage.Damage]:
    """One batch goes through one device, but every sheet lies a little otherwise."""
    first = levels.pick(rng, item.level, mode="grey" if item.secret else "")
    if item.secret:
        first = replace(first, dpi=300, skew=0.0, holes=False)
    found = []
    for _ in range(count):
        skew = first.skew if item.secret else first.skew + rng.uniform(-0.5, 0.5)
        quarter = (
            rng.choice((1, 2, 3))
            if not item.secret and item.level not in ("clean", "fax") and rng.random() < 0.01
            else 0
        )
        found.append(replace(first, skew=skew, quarter=quarter))
    return found


def _sides(
    world: World, item: Item, pages: tuple[Page, ...], rng: random.Random, stray: Draft | None = None
) -> tuple[tuple[Page, ...], list[Side]]:
    pages = batch.sheets(world, item, pages, rng, stray)
    return pages, scan.scan(pages, _damages(item, len(pages), rng), rng, world.seed)


def side_truth(page: Page, side: Side, number: int, *, unit: str, layer: str = "none") -> PageTruth:
    """The truth of a scanned side."""
    high, wide = side.image.shape[:2]
    scale = 72 / side.damage.dpi if unit == "pt" else 1.0
    words: tuple[BoxedWord, ...] = tuple(
        (readable(text), *(round(value * scale, 1) for value in box))  # type: ignore[misc]
        for text, *box in side.words
    )
    return PageTruth(
        number,
        readable(page.text),
        words,
        unit,
        (round(wide * scale, 1), round(high * scale, 1)),
        True,
        side.damage.level,
        side.damage.dpi,
        side.damage.quarter * 90,
        layer,
    )


def _scanned(world: World, item: Item, draft: Draft, pages: tuple[Page, ...], rng: random.Random) -> Rendered:
    carrier = item.carrier
    stray = make_draft(world, item.stray.item) if item.stray else None
    if carrier == "scan-jpg":
        pages = pages[:1]
    pages, sides = (
        _sides(world, item, pages, rng, stray)
        if carrier != "scan-jpg"
        else (pages, scan.scan(pages, _damages(item, 1, rng), rng, world.seed))
    )
    unit = "px" if carrier in ("scan-jpg", "scan-tiff") else "pt"
    layer = carrier.removeprefix("ocr-") if carrier.startswith("ocr-") else "none"
    truths = tuple(
        side_truth(page, side, number, unit=unit, layer=layer)
        for number, (page, side) in enumerate(zip(pages, sides, strict=True), start=1)
    )
    if item.stray:
        truths = tuple(replace(one, draft=stray) if one.page == item.stray.page else one for one in truths)
    if carrier == "scan-jpg":
        return Rendered(scan.jpeg(sides[0]), ".jpg", draft, truths)
    if carrier == "scan-tiff":
        return Rendered(scan.tiff(sides), ".tif", draft, truths)
    layers = {"good": good, "partial": partial, "garbled": garbled}
    made = [scan.pdf_page(side, layers[layer](side.words, rng) if layer in layers else ()) for side in sides]
    props = pdf.Info(
        "", "", rng.choice(("ScanStation 4", "MFP Kopierer", "Scanner Driver 2.0")), draft.day + timedelta(days=900)
    )
    return Rendered(pdf.write(made, props), ".pdf", draft, truths)


def _mixed(world: World, item: Item, draft: Draft, pages: tuple[Page, ...], rng: random.Random) -> Rendered:
    """A born-digital letter with scanned enclosures behind it."""
    inner = KINDS[rng.choice(("rent_certificate", "bank_statement", "payslip", "utility_bill"))](
        context(world, item.origin, item.serial + 5000, item.day - timedelta(days=20))
    )
    enclosed, sides = _sides(world, item, inner.pages, rng)
    made: list[Page | pdf.ImagePage] = [*pages, *(scan.pdf_page(side) for side in sides)]
    truths = [vector_truth(page, number) for number, page in enumerate(pages, start=1)]
    truths += [
        replace(side_truth(page, side, number, unit="pt"), draft=inner)
        for number, (page, side) in enumerate(zip(enclosed, sides, strict=True), start=len(pages) + 1)
    ]
    return Rendered(pdf.write(made, info(draft, rng)), ".pdf", draft, tuple(truths))
