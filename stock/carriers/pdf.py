"""A small PDF writer: deterministic, quick, with real text runs, images and hidden text layers."""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from stock.pages.fonts import Face, face
from stock.pages.page import (
    Box,
    Curve,
    Line,
    Page,
    Rule,
    Shape,
    Word,
)


@dataclass(frozen=True, slots=True)
class ImagePage:
    """A scanned side: an encoded picture and, where wanted, a layer of unseen text over it (boxes in points)."""

    width: float
    height: float
    pixels: tuple[int, int]
    filter: str
    data: bytes
    colours: int
    hidden: tuple[tuple[str, float, float, float, float], ...] = ()


@dataclass(frozen=True)
class Info:
    """What stands in the document's properties."""

    title: str
    author: str
    producer: str
    created: date


@dataclass
class _File:
    objects: list[bytes] = field(default_factory=list)
    fonts: dict[str, int] = field(default_factory=dict)

    def add(self, body: bytes) -> int:
        self.objects.append(body)
        return len(self.objects)

    def stream(self, head: str, data: bytes, *, packed: bool = True) -> int:
        if packed:
            data = zlib.compress(data, 6)
            head += " /Filter /FlateDecode"
        return self.add(f"<< {head} /Length {len(data)} >>\nstream\n".encode("latin-1") + data + b"\nendstream")

    def font(self, key: str) -> int:
        if key not in self.fonts:
            made = face(key)
            self.fonts[key] = self._named(made) if made.spec.named else self._embedded(made)
        return self.fonts[key]

    def _named(self, made: Face) -> int:
        text = f"<< /Type /Font /Subtype /Type1 /BaseFont /{made.spec.named} /Encoding /WinAnsiEncoding >>"
        return self.add(text.encode())

    def _embedded(self, made: Face) -> int:
        name = "AAAAAA+" + made.spec.file.removesuffix(".ttf").replace("-", "")
        program = made.program()
        file = self.stream(f"/Length1 {len(program)}", program)
        box = " ".join(str(value) for value in made.bounds())
        descriptor = self.add(
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 32 /FontBBox [{box}] /ItalicAngle 0 "
            f"/Ascent 900 /Descent -212 /CapHeight 700 /StemV 80 /FontFile2 {file} 0 R >>".encode()
        )
        widths = " ".join(f"{gid} [{round(made.advance[char] * 1000)}]" for char, gid in sorted(made.glyph.items()))
        child = self.add(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) "
            f"/Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /W [{widths}] "
            "/CIDToGIDMap /Identity >>".encode()
        )
        unicode = self.stream("", _to_unicode(made))
        return self.add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [{child} 0 R] /ToUnicode {unicode} 0 R >>".encode()
        )


def _to_unicode(made: Face) -> bytes:
    pairs = sorted({gid: char for char, gid in sorted(made.glyph.items(), reverse=True)}.items())
    parts = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Stock def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for start in range(0, len(pairs), 100):
        chunk = pairs[start : start + 100]
        parts.append(f"{len(chunk)} beginbfchar")
        parts += [f"<{gid:04X}> <{char.encode('utf-16-be').hex().upper()}>" for gid, char in chunk]
        parts.append("endbfchar")
    parts.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(parts).encode()


def _escape(data: bytes) -> bytes:
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _shown(made: Face, text: str) -> bytes:
    if made.spec.named:
        return b"(" + _escape(text.encode("cp1252")) + b")"
    return b"<" + "".join([f"{made.glyph[char]:04X}" for char in text]).encode() + b">"


def _colour(values: tuple[float, float, float], operator: str) -> str:
    return " ".join(f"{value:.3g}" for value in values) + f" {operator}"


def _runs(line: Line) -> Iterable[list[Word]]:
    run: list[Word] = []
    for word in line:
        if run and (
            (word.face, word.size, word.colour, word.angle) != (run[0].face, run[0].size, run[0].colour, run[0].angle)
            or word.angle
            or word.x - run[-1].x - run[-1].width > 2.5 * word.size
        ):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _run(run: list[Word], height: float) -> bytes:
    first = run[0]
    made = face(first.face)
    blank = made.advance[" "] * first.size
    parts = []
    for index, word in enumerate(run):
        last = index + 1 == len(run)
        parts.append(_shown(made, word.text if last else word.text + " "))
        if not last:
            gap = run[index + 1].x - word.x - word.width - blank
            parts.append(f"{-gap / first.size * 1000:.0f}".encode())
    turn = math.radians(first.angle)
    matrix = f"{math.cos(turn):.4f} {math.sin(turn):.4f} {-math.sin(turn):.4f} {math.cos(turn):.4f}"
    place = f"{first.x:.2f} {height - first.y:.2f}"
    head = f"{_colour(first.colour, 'rg')} /{first.face} {first.size:g} Tf {matrix} {place} Tm ["
    return head.encode() + b" ".join(parts) + b"] TJ"


def _typed(word: Word, height: float) -> bytes:
    """A typewriter never hits twice alike: each letter sits a little off and has its own blackness."""
    made = face(word.face)
    parts = []
    x = word.x
    for index, char in enumerate(word.text):
        dice = zlib.crc32(f"{word.x:.1f}/{word.y:.1f}/{index}".encode())
        lift = ((ord(char) * 37) % 11 - 5) * 0.06 + ((dice & 15) - 7.5) * 0.02
        grey = 0.03 + ((dice >> 4) & 15) * 0.017 + (0.12 if ord(char) % 13 == 5 else 0.0)
        parts.append(
            f"{_colour((grey, grey, grey), 'rg')} /{word.face} {word.size:g} Tf "
            f"1 0 0 1 {x + ((dice >> 8) & 7) * 0.04:.2f} {height - word.y + lift:.2f} Tm ".encode()
            + _shown(made, char)
            + b" Tj"
        )
        x += made.advance[char] * word.size
    return b"\n".join(parts)


def _shape(shape: Shape, height: float) -> str:
    if isinstance(shape, Rule):
        dash = f"[{' '.join(f'{part:g}' for part in shape.dash)}] 0 d"
        return (
            f"{_colour(shape.colour, 'RG')} {shape.width:g} w {dash} {shape.x0:.2f} {height - shape.y0:.2f} m "
            f"{shape.x1:.2f} {height - shape.y1:.2f} l S"
        )
    if isinstance(shape, Box):
        path = f"{shape.x:.2f} {height - shape.y - shape.h:.2f} {shape.w:.2f} {shape.h:.2f} re"
    else:
        path = _bezier(shape, height)
    paint = "n"
    if shape.fill is not None:
        paint = "f" if not shape.width else "B"
    elif shape.width:
        paint = "S"
    fill = _colour(shape.fill, "rg") if shape.fill is not None else ""
    return f"[] 0 d {fill} {_colour(shape.colour, 'RG')} {shape.width:g} w {path} {paint}"


def _bezier(shape: Curve, height: float) -> str:
    points = [f"{x:.2f} {height - y:.2f}" for x, y in shape.points]
    parts = [points[0] + " m"]
    parts += [" ".join(points[start : start + 3]) + " c" for start in range(1, len(points) - 2, 3)]
    return " ".join(parts)


def content(page: Page) -> bytes:
    """The content stream of a page."""
    parts = [("q 1 J 1 j\n" + "\n".join(_shape(shape, page.height) for shape in page.shapes) + "\nQ").encode(), b"BT"]
    for line in page.lines:
        for run in _runs(line):
            if face(run[0].face).spec.typed:
                parts += [_typed(word, page.height) for word in run]
            else:
                parts.append(_run(run, page.height))
    return b"\n".join([*parts, b"ET"])


def _hidden(page: ImagePage) -> bytes:
    """Unseen text (render mode 3), stretched over each word's box, as OCR programs write it."""
    made = face("helvetica")
    parts = [b"BT 3 Tr"]
    for text, x0, _, x1, y1 in page.hidden:
        clean = "".join(char for char in text if made.can(char)) or "?"
        size = 10.0
        stretch = max(1.0, 100 * (x1 - x0) / max(made.width(clean + " ", size), 0.1))
        head = f"/helvetica {size:g} Tf {stretch:.1f} Tz 1 0 0 1 {x0:.2f} {page.height - y1:.2f} Tm "
        parts.append(head.encode() + _shown(made, clean + " ") + b" Tj")
    return b"\n".join([*parts, b"ET"])


def _vector_page(file: _File, page: Page, parent: int) -> int:
    keys = sorted({word.face for line in page.lines for word in line})
    fonts = " ".join(f"/{key} {file.font(key)} 0 R" for key in keys)
    body = file.stream("", content(page))
    return file.add(
        f"<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 {page.width:.2f} {page.height:.2f}] "
        f"/Resources << /Font << {fonts} >> >> /Contents {body} 0 R >>".encode()
    )


def _image_page(file: _File, page: ImagePage, parent: int) -> int:
    wide, high = page.pixels
    space = "/DeviceRGB" if page.colours == 3 else "/DeviceGray"
    fax = page.filter == "CCITTFaxDecode"
    head = f"/Type /XObject /Subtype /Image /Width {wide} /Height {high} /ColorSpace {space} /Filter /{page.filter} "
    head += f"/BitsPerComponent {1 if fax else 8}"
    if fax:
        head += f" /DecodeParms << /K -1 /BlackIs1 true /Columns {wide} /Rows {high} >>"
    image = file.stream(head, page.data, packed=False)
    code = f"q {page.width:.2f} 0 0 {page.height:.2f} 0 0 cm /I Do Q\n".encode()
    fonts = ""
    if page.hidden:
        code += _hidden(page)
        fonts = f" /Font << /helvetica {file.font('helvetica')} 0 R >>"
    body = file.stream("", code)
    return file.add(
        f"<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 {page.width:.2f} {page.height:.2f}] "
        f"/Resources << /XObject << /I {image} 0 R >>{fonts} >> /Contents {body} 0 R >>".encode()
    )


def _text(value: str) -> str:
    return "<" + (b"\xfe\xff" + value.encode("utf-16-be")).hex().upper() + ">"


def write(pages: Sequence[Page | ImagePage], info: Info) -> bytes:
    """The whole file as bytes. No clock, no chance: the same pages give the same bytes."""
    file = _File()
    catalog = file.add(b"<< /Type /Catalog /Pages 2 0 R >>")
    tree = file.add(b"")
    kids = [
        _vector_page(file, page, tree) if isinstance(page, Page) else _image_page(file, page, tree) for page in pages
    ]
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    file.objects[tree - 1] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>".encode()
    stamp = f"(D:{info.created:%Y%m%d}093000+01'00')"
    about = file.add(
        f"<< /Title {_text(info.title)} /Author {_text(info.author)} /Producer {_text(info.producer)} "
        f"/CreationDate {stamp} /ModDate {stamp} >>".encode()
    )
    return _assemble(file.objects, catalog, about)


def _assemble(objects: list[bytes], catalog: int, about: int) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{place:010d} 00000 n \n" for place in places).encode()
    mark = hashlib.md5(bytes(out), usedforsecurity=False).hexdigest()
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root {catalog} 0 R /Info {about} 0 R /ID [<{mark}> <{mark}>] >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode()
    return bytes(out)
