"""Names of folders and files: what people type and what scanners count."""

from __future__ import annotations

import random
import unicodedata

from stock.pages.draft import Draft
from stock.rng import stream
from stock.world.cases import Case

_BAD = str.maketrans(dict.fromkeys('/\\:*?"<>|#%', "_"))


def safe(text: str) -> str:
    """A name that every file system takes."""
    return text.translate(_BAD).replace("__", "_").strip(" .")


def folder(case: Case) -> str:
    """The case's folder: by reference, by name, or both; one in thirty with decomposed umlauts, as from a Mac."""
    rng = stream(case.seed, "folder", case.index)
    name = f"{case.head.family.spellings[0]}, {case.head.given.spellings[0]}"
    forms = (safe(case.reference), f"{safe(case.reference)} {safe(name)}", f"{safe(name)} ({safe(case.reference)})")
    text = rng.choices(forms, (3, 4, 2))[0]
    return unicodedata.normalize("NFD", text) if rng.random() < 0.033 else text


def file(draft: Draft, rng: random.Random, counter: int, taken: set[str], suffix: str, *, scanned: bool) -> str:
    """A file name in that folder that is still free."""
    year = f"{draft.day:%Y-%m-%d}"
    choices = [
        f"{year} {draft.art}",
        f"{draft.art} {draft.day:%d.%m.%Y}",
        f"{draft.subject}",
        f"{draft.art}_{draft.sender}",
        f"Dok_{counter:03d}",
    ]
    scanner = [
        f"{counter * 7 + rng.randrange(7):08d}",
        f"SCN_{draft.day.year + 2:04d}{counter:04d}",
        f"{draft.day:%Y%m%d}{counter:06d}",
    ]
    base = rng.choice(scanner if scanned and rng.random() < 0.65 else choices)
    base = safe(base)[:70].strip() or f"Dok_{counter:03d}"
    name = base
    turn = 2
    while (name + suffix).lower() in taken:
        name = f"{base} ({turn})"
        turn += 1
    taken.add((name + suffix).lower())
    return name + suffix
