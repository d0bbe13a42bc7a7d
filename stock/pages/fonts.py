"""Type faces: metrics for the layout, subsets for embedding.

Liberation comes with the system package `fonts-liberation`; DejaVu and STIX lie in the wheel of matplotlib. Courier,
Helvetica and Times are the faces every PDF reader has built in; they are named, not embedded.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from casefile.errors import EnvironmentFault

_SYSTEM = (Path("/usr/share/fonts/truetype/liberation"), Path("/usr/share/fonts/truetype/dejavu"))
_STAND_IN = {
    "LiberationSans-Bold.ttf": "DejaVuSans-Bold.ttf",
    "LiberationSansNarrow-Bold.ttf": "DejaVuSans-Bold.ttf",
    "LiberationSerif-Regular.ttf": "DejaVuSerif.ttf",
    "LiberationSerif-Italic.ttf": "DejaVuSerif.ttf",
    "LiberationSerif-Bold.ttf": "DejaVuSerif-Bold.ttf",
    "LiberationMono-Regular.ttf": "DejaVuSansMono.ttf",
    "LiberationMono-Bold.ttf": "DejaVuSansMono-Bold.ttf",
}
_LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x1A0, 0x1A1, 0x1AF, 0x1B0, 0x218, 0x219, *range(0x1EA0, 0x1EFA)]
_MARKS = [
    0x2013,
    0x2014,
    0x2018,
    0x2019,
    0x201A,
    0x201C,
    0x201D,
    0x201E,
    0x2022,
    0x2026,
    0x20AC,
    0x2610,
    0x2612,
    0x2011,
]
_WORLD = [*range(0x400, 0x460), 0x490, 0x491, *range(0x600, 0x6FF), *range(0xFB50, 0xFC00), *range(0xFE70, 0xFF00)]


@dataclass(frozen=True)
class FaceSpec:
    """Where a face comes from; `named` is the built-in name when it is not embedded."""

    file: str
    named: str = ""
    world: bool = False
    typed: bool = False


FACES: dict[str, FaceSpec] = {
    "sans": FaceSpec("LiberationSans-Regular.ttf"),
    "sans-bold": FaceSpec("LiberationSans-Bold.ttf"),
    "sans-italic": FaceSpec("LiberationSans-Italic.ttf"),
    "serif": FaceSpec("LiberationSerif-Regular.ttf"),
    "serif-bold": FaceSpec("LiberationSerif-Bold.ttf"),
    "serif-italic": FaceSpec("LiberationSerif-Italic.ttf"),
    "narrow": FaceSpec("LiberationSansNarrow-Regular.ttf"),
    "narrow-bold": FaceSpec("LiberationSansNarrow-Bold.ttf"),
    "mono": FaceSpec("LiberationMono-Regular.ttf"),
    "mono-bold": FaceSpec("LiberationMono-Bold.ttf"),
    "dejavu": FaceSpec("DejaVuSans.ttf"),
    "dejavu-bold": FaceSpec("DejaVuSans-Bold.ttf"),
    "dejavu-serif": FaceSpec("DejaVuSerif.ttf"),
    "dejavu-serif-bold": FaceSpec("DejaVuSerif-Bold.ttf"),
    "dejavu-mono": FaceSpec("DejaVuSansMono.ttf"),
    "stix": FaceSpec("STIXGeneral.ttf"),
    "stix-bold": FaceSpec("STIXGeneralBol.ttf"),
    "stix-italic": FaceSpec("STIXGeneralItalic.ttf"),
    "world": FaceSpec("DejaVuSans.ttf", world=True),
    "world-bold": FaceSpec("DejaVuSans-Bold.ttf", world=True),
    "courier": FaceSpec("LiberationMono-Regular.ttf", named="Courier"),
    "courier-bold": FaceSpec("LiberationMono-Bold.ttf", named="Courier-Bold"),
    "typed": FaceSpec("LiberationMono-Regular.ttf", named="Courier", typed=True),
    "typed-bold": FaceSpec("LiberationMono-Bold.ttf", named="Courier-Bold", typed=True),
    "helvetica": FaceSpec("LiberationSans-Regular.ttf", named="Helvetica"),
    "helvetica-bold": FaceSpec("LiberationSans-Bold.ttf", named="Helvetica-Bold"),
    "times": FaceSpec("LiberationSerif-Regular.ttf", named="Times-Roman"),
    "times-bold": FaceSpec("LiberationSerif-Bold.ttf", named="Times-Bold"),
    "times-italic": FaceSpec("LiberationSerif-Italic.ttf", named="Times-Italic"),
}


def path_of(spec: FaceSpec) -> Path:
    """The font file. A machine without Liberation gets the same letters from DejaVu, a little wider."""
    names = [spec.file, _STAND_IN.get(spec.file, "DejaVuSans.ttf")]
    for name in names:
        for folder in (*_SYSTEM, *_wheel()):
            if (folder / name).is_file():
                return folder / name
    raise EnvironmentFault("fonts_missing", "Es ist keine Schrift zu finden.", "Paket fonts-liberation installieren.")


@cache
def _wheel() -> tuple[Path, ...]:
    """The fonts that come with matplotlib; found without importing it, which takes a second."""
    found = find_spec("matplotlib")
    roots = found.submodule_search_locations if found and found.submodule_search_locations else []
    return tuple(Path(root) / "mpl-data" / "fonts" / "ttf" for root in roots)


class Face:
    """One face, loaded: measures words and hands out its program for embedding."""

    def __init__(self, key: str, spec: FaceSpec) -> None:
        self.key = key
        self.spec = spec
        self._font = _subset(spec)
        self._cmap: dict[int, str] = self._font.getBestCmap()
        self.units = int(self._font["head"].unitsPerEm)
        order = {name: index for index, name in enumerate(self._font.getGlyphOrder())}
        metrics = self._font["hmtx"].metrics
        glyphs = self._font["glyf"]
        self.glyph: dict[str, int] = {}
        self.advance: dict[str, float] = {}
        self.extent: dict[str, tuple[float, float]] = {}
        for code, name in self._cmap.items():
            outline = glyphs[name]
            self.glyph[chr(code)] = order[name]
            self.advance[chr(code)] = metrics[name][0] / self.units
            high, low = getattr(outline, "yMax", 0) or 0, getattr(outline, "yMin", 0) or 0
            self.extent[chr(code)] = (high / self.units, low / self.units)

    def can(self, text: str) -> bool:
        """Whether the face has all letters (a built-in face: all of cp1252 only)."""
        if self.spec.named:
            try:
                text.encode("cp1252")
            except UnicodeEncodeError:
                return False
        return all(letter in self.advance for letter in text)

    def width(self, text: str, size: float) -> float:
        """Width in points."""
        advance = self.advance
        return size * sum([advance[letter] for letter in text])

    def height(self, text: str, size: float) -> tuple[float, float]:
        """Highest and lowest point of the letters over the base line, in points."""
        pairs = [self.extent[letter] for letter in text]
        return size * max(high for high, _ in pairs), size * min(low for _, low in pairs)

    def program(self) -> bytes:
        """The subset as a font file."""
        return _program(self.key)

    def bounds(self) -> tuple[int, int, int, int]:
        """Bounding box of all glyphs, thousandths."""
        head = self._font["head"]
        box = [round(value * 1000 / self.units) for value in (head.xMin, head.yMin, head.xMax, head.yMax)]
        return box[0], box[1], box[2], box[3]


@cache
def _subset(spec: FaceSpec) -> TTFont:
    font = TTFont(path_of(spec), recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["FFTM", "GSUB", "GPOS", "GDEF", "kern", "name", "post", "OS/2", "gasp", "DSIG", "LTSH"]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=_LATIN + _MARKS + (_WORLD if spec.world else []))
    worker.subset(font)
    return font


@cache
def _program(key: str) -> bytes:
    out = io.BytesIO()
    face(key)._font.save(out)
    return out.getvalue()


@cache
def face(key: str) -> Face:
    """The face of that name."""
    return Face(key, FACES[key])


def fitting(key: str, text: str) -> str:
    """The face itself, or a sister that has the letters."""
    if face(key).can(text):
        return key
    bold = "-bold" if key.endswith("-bold") else ""
    sister = ("mono" if key.startswith(("courier", "typed")) else "sans") + bold
    return sister if face(sister).can(text) else "world" + bold
