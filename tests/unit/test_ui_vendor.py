"""What others wrote and we deliver: unchanged since it was made, complete, licensed, small, naming no package host."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tools import vendoring
from tools.vendoring import (
    SUMS,
    VENDOR,
    checksums,
    used_classes,
)

STATIC = VENDOR.parent
# In KERN's markup, but with rules only for variants that we do not use; and an attribute and tokens, no classes.
UNSTYLED = re.compile(r"kern-table__(head|body|row)|kern-theme|kern-color-.*|.*-")
# Named by hosts so that no such name stands here as a whole.
HOSTS = [f"{name}.{end}" for name, end in (("npmjs", "org"), ("npmjs", "com"), ("unpkg", "com"), ("jsdelivr", "net"))]


def test_the_list_of_checksums_is_right() -> None:
    assert (VENDOR / SUMS).read_text(encoding="utf-8") == "".join(checksums())


@pytest.mark.parametrize("name", ["LICENSE-KERN.md", "LICENSE-htmx.txt", "LICENSE-FiraSans.txt"])
def test_licences_are_there(name: str) -> None:
    assert len((VENDOR / name).read_text(encoding="utf-8")) > 300


def test_no_package_host_and_no_source_map() -> None:
    for path in VENDOR.iterdir():
        content = path.read_bytes().decode("latin-1")
        assert not [host for host in HOSTS if host in content], path.name
        assert "sourceMappingURL" not in content, path.name


def test_the_reduced_style_sheet_has_every_class_in_use() -> None:
    sheet = (VENDOR / "kern.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.(kern-[A-Za-z0-9_-]+)", sheet))
    assert {name for name in used_classes() - known if not UNSTYLED.fullmatch(name)} == set()


def test_icons_and_faces_are_within_the_sheet() -> None:
    sheet = (VENDOR / "kern.css").read_text(encoding="utf-8")
    for target in re.findall(r"url\([\"']?([^\"')]+)", sheet):
        assert target.startswith("data:") or (VENDOR / target).is_file(), target[:80]


def test_a_cold_load_is_small() -> None:
    texts = [VENDOR / "kern.css", VENDOR / "htmx.min.js", STATIC / "app.css", STATIC / "app.js"]
    fonts = list(VENDOR.glob("*.woff2"))
    size = sum(len(gzip.compress(path.read_bytes())) for path in texts) + sum(path.stat().st_size for path in fonts)
    assert len(texts) + len(fonts) + 1 <= 7
    assert size <= 75 * 1024


def test_our_own_style_sheet_uses_properties_that_exist() -> None:
    sheet = (VENDOR / "kern.css").read_text(encoding="utf-8")
    own = (STATIC / "app.css").read_text(encoding="utf-8")
    defined = set(re.findall(r"(--[A-Za-z0-9_-]+)\s*:", sheet + own))
    assert set(re.findall(r"var\((--[A-Za-z0-9_-]+)\)", own)) <= defined


def test_reducing_keeps_what_is_used_and_drops_the_rest() -> None:
    used = {"kern-a"}
    assert vendoring._reduced(".kern-a, .kern-b { color: red; }", used) == ".kern-a { color: red; }"
    assert vendoring._reduced(".kern-b .kern-a { color: red; }", used) == ""
    assert vendoring._reduced("@media (x) { .kern-b { a: b } .kern-a { a: b } }", used).count("kern-") == 1
    assert vendoring._without_unused([":root { --x: 1; --y: var(--z); --z: 2; }", "p { a: var(--y); }"], "") == [
        ":root {  --y: var(--z); --z: 2; }",
        "p { a: var(--y); }",
    ]


def test_the_folder_holds_nothing_else() -> None:
    listed = {line.split("  ")[1] for line in (VENDOR / SUMS).read_text(encoding="utf-8").splitlines()}
    assert {path.name for path in Path(VENDOR).iterdir()} == listed | {SUMS}
