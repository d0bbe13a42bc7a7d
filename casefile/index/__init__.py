"""The search index: names of fields, mappings, and the only way to the engine."""
