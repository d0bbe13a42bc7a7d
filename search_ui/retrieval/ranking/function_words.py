"""German words that hold a sentence together and say nothing about its subject. They are searched like any other word;
they alone decide neither what a snippet shows nor which text answers a question.
"""

from __future__ import annotations

from collections.abc import Iterable

from casefile.text.folding import fold

_ARTICLES = "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines"
_PRONOUNS = (
    "ich du er sie es wir ihr mich dich sich uns euch mir dir ihm ihn ihnen mein meine meinen meinem meiner meines "
    "dein deine deinen deinem deiner sein seine seinen seinem seiner seines ihre ihren ihrem ihrer ihres unser unsere "
    "unseren unserem unserer euer eure man jemand dieser diese dieses diesen diesem jener jene jenes jenen jenem "
    "welcher welche welches welchen welchem derselbe dieselbe dasselbe selbst alle allen aller alles jeder jede jedes "
    "jeden jedem einige einigen manche manchen etwas nichts"
)
_QUESTIONS = "wer was wen wem wessen wie wo wohin woher wann warum weshalb wieso wozu womit wodurch wofür worauf worin"
_PREPOSITIONS = (
    "ab an am ans auf aus außer bei beim bis durch für gegen gegenüber hinter im in ins innerhalb mit nach neben ohne "
    "seit statt trotz über um unter vom von vor während wegen zu zum zur zwischen gemäß bezüglich hinsichtlich"
)
_CONJUNCTIONS = (
    "und oder aber denn sondern sowie sowohl weder noch als wenn falls ob dass daß weil da damit obwohl indem nachdem "
    "bevor sobald solange soweit sofern bzw beziehungsweise doch jedoch zwar"
)
_VERBS = (
    "bin bist ist sind seid war waren wäre wären gewesen sein werde wird werden wurde wurden worden würde würden habe "
    "hast hat haben hatte hatten hätte hätten gehabt kann kannst können konnte konnten könnte könnten darf dürfen "
    "durfte muss müssen musste mussten müsste soll sollen sollte sollten will wollen wollte wollten mag möchte möchten"
)
_ADVERBS = (
    "nicht auch nur schon noch sehr so hier dort dann dazu dabei daran darauf daraus darin darüber davon dafür dagegen "
    "hierzu hiermit somit bereits immer wieder mehr etwa ja nein bitte"
)
_LISTS = (_ARTICLES, _PRONOUNS, _QUESTIONS, _PREPOSITIONS, _CONJUNCTIONS, _VERBS, _ADVERBS)
QUESTION_WORDS = frozenset(map(fold, _QUESTIONS.split()))
FUNCTION_WORDS = frozenset(fold(word) for part in _LISTS for word in part.split())


def content_words(words: Iterable[str]) -> tuple[str, ...]:
    """Those that say something; all of them where none does."""
    words = tuple(words)
    return tuple(word for word in words if fold(word) not in FUNCTION_WORDS) or words
