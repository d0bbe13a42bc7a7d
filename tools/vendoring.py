"""Makes `static/vendor/` from the unpacked npm packages of KERN and htmx. For developers; nothing calls it at run time.

    python -m search_ui.vendoring KERN_FOLDER HTMX_FOLDER

KERN's style sheet is reduced to the classes that the templates use, its fonts to the letters that German files need.
`SHA256SUMS` lists what came out; a test compares it, and another finds classes that the reduced sheet lacks.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
SEARCH_UI = HERE.parent / "search_ui"
VENDOR = SEARCH_UI / "static" / "vendor"
SUMS = "SHA256SUMS"
FONTS = {"FiraSans-Regular": 400, "FiraSans-SemiBold": 600}
# Latin with the letters of German, Polish, Czech, Croatian, Turkish and Romanian names, and typographic marks.
LETTERS = (
    "U+0020-007E,U+00A0-00FF,U+0100-0107,U+010C-0111,U+0118-011B,U+011E-011F,U+0130-0131,U+0141-0144,"
    "U+0147-0148,U+0150-0151,U+0158-015B,U+015E-0165,U+016E-0171,U+0179-017E,U+0218-021B,U+2013-2014,"
    "U+2018-201E,U+2022,U+2026,U+2030,U+2039-203A,U+20AC,U+2212"
)
HEADER = (
    "/*! KERN UX Plain CSS 2.7.2, EUPL-1.2 (LICENSE-KERN.md). "
    "Changed: reduced to the rules in use by tools/vendoring.py. */\n"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.(kern-[A-Za-z0-9_-]+)")
_USED = re.compile(r"\bkern-[A-Za-z0-9_-]+")
_PROPERTY = re.compile(r"(--[A-Za-z0-9_-]+)\s*:")
_REFERENCE = re.compile(r"var\(\s*(--[A-Za-z0-9_-]+)")


def main() -> None:
    kern, htmx = (Path(argument) for argument in sys.argv[1:3])
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    (VENDOR / "kern.css").write_text(_kern_css(kern), encoding="utf-8")
    _write_fonts(kern / "dist" / "fonts" / "fira-sans")
    (VENDOR / "htmx.min.js").write_text(_without_source_map(htmx / "dist" / "htmx.min.js"), encoding="utf-8")
    shutil.copyfile(kern / "LICENSE.md", VENDOR / "LICENSE-KERN.md")
    shutil.copyfile(htmx / "LICENSE", VENDOR / "LICENSE-htmx.txt")
    shutil.copyfile(HERE / "licences" / "OFL-FiraSans.txt", VENDOR / "LICENSE-FiraSans.txt")
    (VENDOR / SUMS).write_text("".join(checksums()), encoding="utf-8")


def checksums() -> Iterator[str]:
    for path in sorted(VENDOR.iterdir()):
        if path.name != SUMS:
            yield f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"


def used_classes() -> set[str]:
    """Every KERN class that a template or our own style sheet names."""
    sources = [
        *(SEARCH_UI / "templates").rglob("*.html"),
        SEARCH_UI / "static" / "app.css",
        SEARCH_UI / "static" / "app.js",
    ]
    return {name for path in sources for name in _USED.findall(path.read_text(encoding="utf-8"))}


def _kern_css(kern: Path) -> str:
    sheet = _COMMENT.sub("", (kern / "dist" / "kern.css").read_text(encoding="utf-8")).replace('@charset "UTF-8";', "")
    rules = [reduced for rule in _rules(sheet) if (reduced := _reduced(rule, used_classes()))]
    own = (SEARCH_UI / "static" / "app.css").read_text(encoding="utf-8")
    return HEADER + _font_faces() + "\n".join(_minified(rule) for rule in _without_unused(rules, own)) + "\n"


def _rules(sheet: str) -> Iterator[str]:
    """Top-level rules and at-rules with their blocks."""
    depth, start = 0, 0
    for position, letter in enumerate(sheet):
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                yield sheet[start : position + 1].strip()
                start = position + 1


def _reduced(rule: str, used: set[str]) -> str:
    """The rule with only those selectors whose classes are in use; "" where none is left."""
    head, block = rule.split("{", 1)
    if "prefers-color-scheme: dark" in head:
        return ""  # pages are white paper; a dark theme is not offered
    if head.strip().startswith("@media"):
        inner = [reduced for nested in _rules(block[:-1]) if (reduced := _reduced(nested, used))]
        return f"{head}{{{' '.join(inner)}}}" if inner else ""
    if head.strip().startswith("@"):
        return rule
    kept = [s for s in _selectors(head) if set(_CLASS.findall(_positive(s))) <= used and "theme=dark" not in s]
    return f"{', '.join(kept)} {{{block}" if kept else ""


def _selectors(head: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(head):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(head[start:position].strip())
            start = position + 1
    return [*parts, head[start:].strip()]


def _positive(selector: str) -> str:
    """Without what stands in :is() and :not(): alternatives there need not all be in use."""
    return re.sub(r":(?:is|not|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)", "", selector)


def _without_unused(rules: list[str], own: str) -> list[str]:
    """Drop definitions of custom properties that nothing refers to, until nothing changes."""
    while True:
        referred = set(_REFERENCE.findall("\n".join(rules) + own))
        slim = [re.sub(r"(?<=[{;\s])(--[A-Za-z0-9_-]+)\s*:[^;}]*;?", _keep(referred), rule) for rule in rules]
        slim = [rule for rule in slim if not re.fullmatch(r"[^{}]*\{\s*\}", rule)]
        if slim == rules:
            return slim
        rules = slim


def _keep(referred: set[str]) -> Callable[[re.Match[str]], str]:
    def replacement(match: re.Match[str]) -> str:
        return match.group() if match.group(1) in referred else ""

    return replacement


def _minified(rule: str) -> str:
    quoted = re.split(r"(\"[^\"]*\"|'[^']*')", rule)
    quoted[::2] = [re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", part)) for part in quoted[::2]]
    return "".join(quoted).replace(";}", "}")


def _font_faces() -> str:
    face = (
        '@font-face{{font-family:"Fira Sans";src:url("{name}.woff2") format("woff2");'
        "font-weight:{weight};font-style:normal;font-display:swap}}\n"
    )
    return "".join(face.format(name=name, weight=weight) for name, weight in FONTS.items())


def _write_fonts(source: Path) -> None:
    from fontTools import subset

    for name in FONTS:
        subset.main(
            [
                str(source / f"{name}.woff2"),
                f"--unicodes={LETTERS}",
                "--layout-features=kern,liga,tnum,ccmp,locl,mark",
                "--no-hinting",
                "--desubroutinize",
                "--flavor=woff2",
                f"--output-file={VENDOR / (name + '.woff2')}",
            ]
        )


def _without_source_map(script: Path) -> str:
    return re.sub(r"\n?//# sourceMappingURL=.*", "", script.read_text(encoding="utf-8")).rstrip() + "\n"


if __name__ == "__main__":
    main()
