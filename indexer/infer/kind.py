"""The kind of a document from its name, its headings and its running text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from casefile.imaging.media import is_mail
from indexer.infer.model import Evidence, Guess
from indexer.infer.rules import fold, kind_rules

MAIL = "E-Mail"
FOREIGN = "Schreiben (fremdsprachig)"
HEADING_LINES = 60
HEADING_LENGTH = 110  # characters; what is longer is running text
READ = 6000  # characters of the first page that are looked at
SURE, LIKELY, MARGIN = 4.0, 2.5, 1.5
# Points of a sign. A heading at the top or before the salutation is a title, elsewhere it may be a quotation.
NAME, TITLE, SUBJECT, LINE, PHRASE, MOST_PHRASES = 3.5, 4.0, 5.0, 1.0, 1.5, 3.0
_SALUTATION = re.compile(r"^(sehr geehrte|guten tag|liebe[rs]?\b|dear |hallo\b|zu ihrem|in de[mr] )")
_SUBJECT = re.compile(r"^(betreff|betr\.?|betrifft)\s*:?\s*(?P<rest>.*)$")
MAIL_HEADER_LINES = 12
_MAIL_HEADER = re.compile(r"^(?P<label>von|from|an|to|cc|gesendet|sent|datum|date|betreff|subject)\s*:")
_LABEL = re.compile(r"^[\w./ -]{2,30}:")


def infer_kind(evidence: Evidence) -> Guess:
    if is_mail(evidence.media_type) or _is_printed_mail(evidence.first):
        return Guess(MAIL, sure=True)
    points: defaultdict[str, float] = defaultdict(float)
    for weight, line in _signs(evidence):
        found = _leftmost(line)
        if found:
            points[found] += weight
    text = fold(evidence.first[:READ])
    for rule in kind_rules():
        hits = sum(1 for phrase in rule.phrases if phrase.search(text))
        points[rule.name] += min(hits * PHRASE, MOST_PHRASES)
    guess = _decide(points)
    if not guess.value and evidence.language not in ("", "de"):
        return Guess(FOREIGN)
    return guess


def _is_printed_mail(text: str) -> bool:
    """Three different header lines at the top; a fax has some of them too, below its own name."""
    top = [fold(line) for line in text[:READ].splitlines() if line.strip()][:MAIL_HEADER_LINES]
    labels = {match["label"] for line in top if (match := _MAIL_HEADER.match(line))}
    return len(labels) >= 3 and labels & {"gesendet", "sent", "datum", "date"} != set() and "fax" not in " ".join(top)


def _signs(evidence: Evidence) -> Iterator[tuple[float, str]]:
    stem = evidence.name.rpartition(".")[0] or evidence.name
    yield NAME, fold(stem)
    lines = [fold(line) for line in evidence.first[:READ].splitlines() if line.strip()][:HEADING_LINES]
    greeting = next((n for n, line in enumerate(lines) if _SALUTATION.match(line)), None)
    before = greeting if greeting is not None else 0
    for number, line in enumerate(lines):
        if len(line) > HEADING_LENGTH:
            continue
        if match := _SUBJECT.match(line):
            yield SUBJECT, match["rest"]
        elif greeting is not None and before - 3 <= number < before:
            yield SUBJECT, line
        elif number < 3:
            yield TITLE - number * 0.5, line
        elif not _LABEL.match(line) and len(line) < 60:
            yield LINE, line


def _leftmost(line: str) -> str:
    """The kind whose heading stands first in the line: "Widerspruch gegen den Bescheid" is an objection.

    Where two begin together, the word itself counts more than an ending: "Nebenkostenabrechnung" is no invoice.
    """
    found = [
        (match.start(), compound, -len(match.group()), rule.name)
        for rule in kind_rules()
        for compound, pattern in enumerate((rule.headings, rule.compounds))
        if (match := pattern.search(line))
    ]
    return min(found)[3] if found else ""


def _decide(points: Mapping[str, float]) -> Guess:
    ranked = sorted(points.items(), key=lambda item: item[1], reverse=True)
    if not ranked or ranked[0][1] < LIKELY:
        return Guess()
    best, score = ranked[0]
    lead = score - (ranked[1][1] if len(ranked) > 1 else 0)
    return Guess(best, sure=score >= SURE and lead >= MARGIN)
