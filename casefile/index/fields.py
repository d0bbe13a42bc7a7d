"""Names of the index fields, shared by writer and reader. Mapping and purpose of each: `schema.FIELDS`."""

from typing import Final

# pages, documents and cases
ROOT: Final = "root"
CASE_ID: Final = "case_id"
ACL_ID: Final = "acl_id"
UNIT: Final = "unit"
KEYWORDS: Final = "keywords"
CASE_WORDS: Final = "case_words"  # Aktenzeichen, persons, Betreff: searched together with the page
CASE_REFERENCES: Final = "case_references"

# pages and documents
DOCUMENT_ID: Final = "document_id"
PATH: Final = "path"
KIND: Final = "kind"
DATE: Final = "date"
LANGUAGE: Final = "language"
REFERENCES: Final = "references"
TITLE: Final = "title"
TITLE_STEM: Final = "title.stem"
HEADING: Final = "heading"
DATES: Final = "dates"
FINDINGS: Final = "findings"

# pages
PAGE: Final = "page"
TEXT: Final = "text"
TEXT_STEM: Final = "text.stem"
TEXT_REVERSED: Final = "text.reversed"
SPELLINGS: Final = "spellings"
CASE_WORDS_STEM: Final = "case_words.stem"
QUALITY: Final = "quality"
SOURCE: Final = "source"

# documents
TEXT_CASED: Final = "text.cased"
TEXT_PAIRS: Final = "text.pairs"
PAGE_COUNT: Final = "page_count"
MEDIA_TYPE: Final = "media_type"

# cases
AKTENZEICHEN: Final = "aktenzeichen"
SUBJECT: Final = "subject"
PERSONS: Final = "persons"
PERIOD_FROM: Final = "period_from"
PERIOD_TO: Final = "period_to"
RETENTION: Final = "retention"
COVER_STATE: Final = "cover_state"
