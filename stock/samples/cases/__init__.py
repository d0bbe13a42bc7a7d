"""The twelve sample cases: invented persons, invented authorities, letters as offices write them."""

from __future__ import annotations

from stock.samples.case import Case
from stock.samples.cases import (
    almasri,
    baecker,
    demir,
    haddad,
    kowalska,
    nguyen,
    oezdemir,
    schroeder,
    shevchenko,
    tran,
    wojcik,
    yildiz,
)


def sample_cases() -> list[Case]:
    modules = (yildiz, schroeder, baecker, nguyen, kowalska, haddad, almasri, demir, shevchenko, tran, wojcik, oezdemir)
    return [module.case() for module in modules]
