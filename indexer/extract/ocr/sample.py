"""Was an older recognition good enough? One page of the document is read again and compared.

Wrong words of a modern recogniser are built like words, so the layer alone does not tell: at a recall of .56, still .98
of its words look sound. One page more to recognise in a document is cheap against a binder that cannot be searched.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from casefile.errors import DocumentFault
from casefile.imaging.media import PDF
from casefile.pagetext import PageText
from indexer.extract.ocr.recognise import RecognitionPool, not_cached

log = logging.getLogger(__name__)

# Of our own words above this confidence hardly any is wrong.
_SURE = 85
_LETTERS = re.compile(r"[^\W\d_]{4,}")
# Fewer words say nothing.
_ENOUGH = 20
# A layer that lacks so many of them is worse than ours. Two good recognisers share more than .9 on clear pages.
LEAST_AGREEMENT = 0.8


def layer_agreement(path: Path, layers: Mapping[int, str], pool: RecognitionPool) -> tuple[int, float]:
    """The page compared, and the share of our sure words that its layer has; 1.0 where it cannot be told.

    `layers`: text by page number. The page with the middle amount of text stands for the document.
    """
    number = sorted(layers, key=lambda n: (len(layers[n]), n))[len(layers) // 2]
    try:
        ours = pool.recognise(path, PDF, number, not_cached).text
    except DocumentFault as fault:
        log.info("no comparison of the text layer: %s", fault)
        return number, 1.0
    return number, agreement(ours, layers[number])


def agreement(ours: PageText, layer: str) -> float:
    sure = Counter(
        word.casefold()
        for w in ours.words
        if w.confidence >= _SURE
        for word in _LETTERS.findall(ours.text[w.start : w.end])
    )
    if sure.total() < _ENOUGH:
        return 1.0
    theirs = Counter(word.casefold() for word in _LETTERS.findall(layer))
    return (sure & theirs).total() / sure.total()
