"""How badly a scan comes out: strengths of damage by level, drawn within what recognition still reads.

Set by measurement (`bench.stock_recognition`): a little more of several at once, and pages collapse as a whole.
"""

from __future__ import annotations

import random

from stock.damage.damage import Damage


def pick(rng: random.Random, level: str, *, mode: str = "") -> Damage:
    """A damage of that level: clean, office, worn, poor, fax, photo; strengths as recognition still reads them."""
    wanted = mode or rng.choice(("grey", "grey", "1bit", "colour"))
    return _LEVELS[level](rng, wanted)


def _clean(rng: random.Random, mode: str) -> Damage:
    skew = rng.uniform(-0.2, 0.2)
    holes = rng.random() < 0.4
    return Damage(rng.choice((300, 300, 400)), mode, skew, noise=0.01, holes=holes, quality=85, level="clean")


def _office(rng: random.Random, mode: str) -> Damage:
    u = rng.uniform
    return Damage(
        rng.choice((200, 300, 300)),
        mode,
        u(-1.2, 1.2),
        noise=u(0.01, 0.035),
        blur=u(0, 0.7),
        pale=u(0, 0.25),
        paper=u(0, 0.12),
        speckle=u(0, 0.1),
        holes=rng.random() < 0.6,
        folds=rng.randint(0, 2),
        edge=rng.random() < 0.25,
        level="office",
    )


def _worn(rng: random.Random, mode: str) -> Damage:
    u = rng.uniform
    return Damage(
        rng.choice((200, 200, 300)),
        mode,
        u(-2.2, 2.2),
        noise=u(0.03, 0.06),
        blur=u(0.5, 1.1),
        pale=u(0.1, 0.4),
        paper=u(0.05, 0.25),
        bleed=u(0, 0.35),
        speckle=u(0.1, 0.4),
        holes=rng.random() < 0.7,
        folds=rng.randint(0, 3),
        edge=rng.random() < 0.4,
        thick=rng.choice((0, 0, 1)),
        streaks=rng.randint(0, 2),
        quality=60,
        level="worn",
    )


def _legible(dpi: int, pale: float) -> float:
    """How much grain a page bears: strokes of few pixels or little contrast drown in what others stand."""
    return min(1.0, dpi / 200) * (1 - pale * 0.72)


def _poor(rng: random.Random, mode: str) -> Damage:
    u = rng.uniform
    dpi = rng.choice((150, 200, 200))
    pale = u(0.25, 0.5)
    return Damage(
        dpi,
        "grey" if mode == "1bit" and dpi < 200 else mode,
        u(-2.5, 2.5),
        noise=u(0.07, 0.125) * _legible(dpi, pale),
        blur=u(0.65, 1.15),
        pale=pale,
        paper=u(0.1, 0.3),
        bleed=u(0.1, 0.4),
        speckle=u(0.3, 0.8),
        holes=True,
        folds=rng.randint(1, 3),
        edge=rng.random() < 0.5,
        thick=rng.choice((0, 0, 1)),
        streaks=rng.randint(0, 4),
        quality=45,
        level="poor",
    )


def _fax(rng: random.Random, _mode: str) -> Damage:
    u = rng.uniform
    return Damage(
        200,
        "1bit",
        u(-1.5, 1.5),
        noise=u(0.015, 0.04),
        blur=u(0.5, 0.9),
        pale=u(0.0, 0.2),
        speckle=u(0.05, 0.4),
        thick=rng.choice((0, 0, 1)),
        streaks=rng.randint(0, 2),
        level="fax",
    )


def _photo(rng: random.Random, _mode: str) -> Damage:
    u = rng.uniform
    dpi = rng.choice((150, 200, 200, 300))
    pale = u(0.1, 0.3)
    return Damage(
        dpi,
        "colour",
        u(-2, 2),
        noise=u(0.014, 0.038) * _legible(dpi, pale),
        blur=u(0.5, 1.1),
        pale=pale,
        paper=u(0.1, 0.3),
        shadow=u(0.25, 0.5),
        warp=u(0.008, 0.022),
        quality=55,
        level="photo",
    )


_LEVELS = {"clean": _clean, "office": _office, "worn": _worn, "poor": _poor, "fax": _fax, "photo": _photo}
