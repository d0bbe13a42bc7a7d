"""What is said where a question was not written as it was read. German; each sentence says what was searched for."""

from __future__ import annotations

BRACKET_ADDED = "Eine Klammer war offen; sie wurde am Ende ergänzt."
BRACKETS_ADDED = "{} Klammern waren offen; sie wurden am Ende ergänzt."
BRACKET_DROPPED = "Eine schließende Klammer ohne Anfang wurde übergangen."
BRACKETS_FLAT = "So viele ineinander geschachtelte Klammern werden nicht verstanden; die inneren wurden übergangen."
QUOTE_ADDED = "Das Anführungszeichen war offen; es wurde am Ende ergänzt."
QUOTE_DROPPED = "Ein einzelnes Anführungszeichen wurde übergangen."
OPERATOR_DROPPED = "„{}“ verbindet hier nichts und wurde übergangen."
OPERATOR_ALONE = "„{}“ steht allein und wurde als gewöhnliches Wort gesucht."
EXCLUDES_NOTHING = "Hinter „{}“ steht nichts, was ausgeschlossen werden könnte; es wurde übergangen."
ONLY_EXCLUSIONS = (
    "Die Suche enthält nur Ausschlüsse. Gezeigt wird alles, was nicht ausgeschlossen ist; "
    "besser ist es, auch ein gesuchtes Wort anzugeben."
)
WILDCARD_SHORT = "„{}“: Neben einem Platzhalter müssen mindestens {} Buchstaben stehen. Gesucht wurde nach „{}“."
WILDCARD_BARE = "„{}“ besteht nur aus Platzhaltern und wurde übergangen."
WILDCARD_BOTH = (
    "„{}“: Ein Platzhalter vorn und hinten zugleich wird nicht verstanden. "
    "Gesucht wurde nach Wörtern, die mit „{}“ beginnen oder enden."
)
WILDCARD_IN_QUOTES = "In Anführungszeichen wirken Platzhalter nicht; das Zeichen wurde übergangen."
PREFIX_UNKNOWN = "„{}:“ ist kein Suchfeld; es wurde nach den Wörtern gesucht. Suchfelder sind {}."
PREFIX_EMPTY = "Hinter „{}:“ steht kein Wert; es wurde übergangen."
PREFIX_BLANK = "Hinter „{}:“ wurde das Leerzeichen übergangen."
PERIOD_INVALID = "„{}“ ist kein Datum und kein Zeitraum; es wurde als Wort gesucht. Möglich sind zum Beispiel {}."
PERIOD_TURNED = "Der Zeitraum „{}“ endet vor seinem Anfang; Anfang und Ende wurden vertauscht."
NEAR_NOT_POSSIBLE = "NAHE gilt nur für Wörter und Wortfolgen. Gesucht wurde, was zusammen auf einer Seite steht."
NEAR_BOUNDED = "NAHE/{} ist zu weit; gesucht wurde mit NAHE/{}."
OR_AFTER_AND = "Ohne Klammern gilt UND (auch zwischen Wörtern ohne Zeichen) vor ODER. Gelesen wurde: {}."
CAPITALS = "„{}“ in Großbuchstaben ist ein Befehl der Suche; klein geschrieben ist es ein gewöhnliches Wort."
TOO_LONG = "Die Suche hat zu viele Teile; gesucht wurde nur nach dem Anfang: „{}“."
