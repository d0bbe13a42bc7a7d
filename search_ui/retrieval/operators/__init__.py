"""The query language as clauses of the engine's query: patterns, nearness, fields, and what is excluded."""
