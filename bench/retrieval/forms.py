"""Forms of one word, found in a text by rules of our own; the program's tables of forms are not used.

A form counts only where it stands in the text as well, so that a rule that does not fit a word makes no form.
"""

from __future__ import annotations

from collections.abc import Container
from functools import cache

_NOUN_ENDINGS = ("", "e", "en", "n", "es", "s")
_UMLAUT_ENDINGS = ("e", "en", "er", "ern")
_UMLAUTS = {"a": "ä", "o": "ö", "u": "ü", "A": "Ä", "O": "Ö", "U": "Ü"}
_ADJECTIVE_ENDINGS = ("e", "en", "em", "er", "es")
_ADJECTIVES = ("lich", "ig", "isch", "bar", "sam", "haft", "end")
_SHORTEST = 5
_PREFIXES = (
    *("", "ab", "an", "auf", "aus", "be", "bei", "ein", "ent", "er", "ge", "nach", "über", "um", "unter", "ver", "vor"),
    *("zer", "zu", "wider", "durch", "statt", "teil", "fest", "her", "hin", "heran", "zurück", "mit", "wahr"),
)
# Strong verbs: infinitive, 3rd person, past tense, participle without its prefix.
_STRONG = """
nehmen/nimmt/nahm/genommen geben/gibt/gab/gegeben stehen/steht/stand/gestanden gehen/geht/ging/gegangen
kommen/kommt/kam/gekommen treten/tritt/trat/getreten sehen/sieht/sah/gesehen tragen/trägt/trug/getragen
halten/hält/hielt/gehalten fallen/fällt/fiel/gefallen lassen/lässt/ließ/gelassen sprechen/spricht/sprach
brechen/bricht/brach/gebrochen scheiden/scheidet/schied/geschieden schreiben/schreibt/schrieb/geschrieben
weisen/weist/wies/gewiesen bleiben/bleibt/blieb/geblieben steigen/steigt/stieg/gestiegen
schließen/schließt/schloss/geschlossen ziehen/zieht/zog/gezogen bieten/bietet/bot/geboten
liegen/liegt/lag/gelegen gelten/gilt/galt/gegolten werben/wirbt/warb/geworben helfen/hilft/half/geholfen
finden/findet/fand/gefunden binden/bindet/band/gebunden dringen/dringt/drang/gedrungen
fahren/fährt/fuhr/gefahren schlagen/schlägt/schlug/geschlagen laden/lädt/lud/geladen rufen/ruft/rief/gerufen
laufen/läuft/lief/gelaufen messen/misst/maß/gemessen wachsen/wächst/wuchs bringen/bringt/brachte/gebracht
denken/denkt/dachte/gedacht kennen/kennt/kannte/gekannt nennen/nennt/nannte/genannt
wenden/wendet/wandte/gewandt senden/sendet/sandte/gesandt leihen/leiht/lieh/geliehen
reißen/reißt/riss/gerissen greifen/greift/griff/gegriffen gleichen/gleicht/glich/geglichen
leiden/leidet/litt/gelitten raten/rät/riet/geraten
"""
_WEAK_ENDINGS = ("en", "t", "te", "ten", "end")


def forms_of(word: str, text: Container[str], nouns: Container[str]) -> frozenset[str]:
    """Forms of the word that stand in the text, itself among them; all in lower case."""
    verb = _verbs().get(word)
    found = verb if verb else _noun_forms(word) if word in nouns else _adjective_forms(word)
    kept = {form for form in found if form in text and (form in nouns) == (word in nouns)}
    return frozenset({word, *kept})


@cache
def _verbs() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for parts in _STRONG.split():
        infinitive, third, past, *participle = parts.split("/")
        for prefix in _PREFIXES:
            forms = frozenset(_verb_forms(prefix, infinitive, third, past, *participle))
            table |= {form: forms for form in forms if form not in table and prefix}
    return table


def _verb_forms(prefix: str, infinitive: str, third: str, past: str, participle: str = "") -> list[str]:
    plural = past + ("n" if past.endswith("e") else "en")
    found = [prefix + form for form in (infinitive, third, past, plural)]
    bare = participle.removeprefix("ge")
    return [*found, prefix + participle, prefix + bare] if participle else found


def _noun_forms(word: str) -> set[str]:
    stems = {word.removesuffix(ending) for ending in _NOUN_ENDINGS}
    stems = {stem for stem in stems if len(stem) >= _SHORTEST}
    found = {stem + ending for stem in stems for ending in _NOUN_ENDINGS}
    return found | {changed + ending for stem in stems if (changed := _umlauted(stem)) for ending in _UMLAUT_ENDINGS}


def _umlauted(stem: str) -> str:
    """With its last vowel changed; "" where that has no umlaut or would make another word (Verkauf, Verkäufe)."""
    for place in range(len(stem) - 1, -1, -1):
        if stem[place] in "eiäöüy":
            return ""
        if stem[place] in _UMLAUTS:
            at = place - 1 if stem[place] == "u" and place and stem[place - 1] == "a" else place
            return stem[:at] + _UMLAUTS[stem[at]] + stem[at + 1 :]
    return ""


def _adjective_forms(word: str) -> set[str]:
    """Of adjectives by their endings, else of weak verbs."""
    for ending in sorted(_ADJECTIVE_ENDINGS, key=len, reverse=True):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST and stem.endswith(_ADJECTIVES):
            return {stem + other for other in _ADJECTIVE_ENDINGS}
    for ending in sorted(_WEAK_ENDINGS, key=len, reverse=True):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST:
            return {stem + other for other in _WEAK_ENDINGS}
    return {word}
