"""What stands on a page in one of many spellings, in its one canonical form: the same functions for pages and queries.

Every pattern is bounded, so that a hostile text costs time in proportion to its length.
"""
