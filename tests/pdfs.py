"""PDFs whose text is not all in their pages' text: notes, stamps, forms, pictures, fonts that say other letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw, ImageFont

from tests.material import FONT, text_pdf


def change(path: Path, make: Callable[[pikepdf.Pdf], None]) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        make(pdf)
        pdf.save(path)


def annotate(path: Path, *annotations: Mapping[str, object]) -> None:
    """Annotations on the first page, in addition to those that are there."""

    def make(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        made = [pdf.make_indirect(Dictionary(Type=Name.Annot, **entries)) for entries in annotations]
        page.obj.Annots = Array([*page.obj.get("/Annots", []), *made])

    change(path, make)


def note(subtype: str, text: str, author: str = "") -> dict[str, object]:
    entries = {"Subtype": Name(f"/{subtype}"), "Rect": [300, 600, 420, 640], "Contents": String(text), "F": 4}
    return entries | ({"T": String(author)} if author else {})


def drawn(path: Path, text: str, subtype: str, **others: object) -> None:
    """An annotation that draws its text, as stamps and visible signatures do."""

    def make(pdf: pikepdf.Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        picture = pdf.make_stream(b"BT /F1 14 Tf 5 8 Td (" + text.encode("cp1252") + b") Tj ET")
        picture.update(
            Dictionary(
                Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 220, 30], Resources=Dictionary(Font={"/F1": font})
            )
        )
        stamp = Dictionary(
            Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=[300, 500, 520, 530], F=4, AP=Dictionary(N=picture),
            **others,
        )  # fmt: skip
        made = pdf.make_indirect(stamp)
        page = pdf.pages[0]
        page.obj.Annots = Array([*page.obj.get("/Annots", []), made])
        if "FT" in others:
            pdf.Root.AcroForm = Dictionary(Fields=Array([made]))

    change(path, make)


def form(path: Path, *fields: Mapping[str, object]) -> None:
    def make(pdf: pikepdf.Pdf) -> None:
        made = [
            pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=[100, 600, 300, 620], **entries))
            for entries in fields
        ]
        pdf.pages[0].obj.Annots = Array(made)
        pdf.Root.AcroForm = Dictionary(Fields=Array(made), DA=String("/Helv 0 Tf 0 g"))

    change(path, make)


TEMPLATE = """<template xmlns="http://www.xfa.org/schema/xfa-template/3.0/"><subform name="antrag">
<draw><value><text>Antrag auf Holunderzuschuss</text></value></draw>
<field name="nachname"><caption><value><text>Familienname</text></value></caption></field>
<field name="art"><items><text>Schlehdornpacht</text><text>Miete</text></items>
<items save="1"><text>1</text><text>2</text></items></field></subform></template>"""
DATASETS = """<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><antrag>
<nachname>Ebereschenthal</nachname><art>1</art></antrag></xfa:data></xfa:datasets>"""
_HEAD, _TAIL = '<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">', "</xdp:xdp>"


def xfa(path: Path, *, parts: bool, datasets: str = DATASETS) -> None:
    """An XFA form, as an array of its parts or as one stream; its page asks to wait."""
    text_pdf(path, ["Bitte warten …"])

    def make(pdf: pikepdf.Pdf) -> None:
        packets = {"preamble": _HEAD, "template": TEMPLATE, "datasets": datasets, "postamble": _TAIL}
        streams = {name: pdf.make_stream(text.encode()) for name, text in packets.items()}
        whole = pdf.make_stream("".join(packets.values()).encode())
        value = Array([part for name, stream in streams.items() for part in (String(name), stream)]) if parts else whole
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=value)

    change(path, make)


def picture_of(text: str, size: int = 34) -> Image.Image:
    image = Image.new("L", (900, 60 + 60 * (text.count("\n") + 1)), 255)
    ImageDraw.Draw(image).multiline_text((40, 30), text, fill=0, font=ImageFont.truetype(str(FONT), size), spacing=20)
    return image


def mixed(path: Path, text: str, pasted: str) -> None:
    """Digital text and, below it, a picture of text."""
    pdf = FPDF()
    pdf.add_font("dejavu", "", FONT)
    pdf.set_font("dejavu", size=12)
    pdf.add_page()
    pdf.multi_cell(0, 8, text)
    pdf.image(picture_of(pasted), 20, 150, 120)
    path.write_bytes(bytes(pdf.output()))


def says_otherwise(path: Path, text: str, other: Mapping[str, str]) -> None:
    """A page that shows `text`, in a font whose table of letters names others for some of its glyphs."""
    text_pdf(path, [text])

    def make(pdf: pikepdf.Pdf) -> None:
        for font in pdf.pages[0].resources.Font.values():
            table = font.ToUnicode.read_bytes().decode("ascii")
            font.ToUnicode = pdf.make_stream(_mapped(table, other).encode("ascii"))

    change(path, make)


def _mapped(table: str, other: Mapping[str, str]) -> str:
    def entry(found: re.Match[str]) -> str:
        letter = chr(int(found.group(2), 16))
        shown = other.get(letter, letter)
        return f"<{found.group(1)}> <{shown.encode('utf-16-be').hex().upper()}>"

    changed = re.sub(r"<([0-9A-F]{4})> <([0-9A-F]{4})>(?=\n)", entry, table)
    assert changed != table
    return changed


def page_tree(path: Path, kids: Sequence[int], counted: int) -> None:
    """One page that a tree of nodes shows as its kids, at each level so often; the root says how many pages that are.

    Written by hand: a library would mend it.
    """
    text = b"BT /F 12 Tf 72 700 Td (Baumwort) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 5 0 R>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Page/Parent 5 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 2 0 R>>>>/Contents 3 0 R>>",
    ]
    inner = [len(objects) + 2 + level for level in range(len(kids) - 1)]
    count = counted
    for times, kid in zip(kids, [*inner, 4], strict=True):
        objects.append(b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b" ".join([b"%d 0 R" % kid] * times)))
        count //= times
    content = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    path.write_bytes(content + head + table + trailer)
