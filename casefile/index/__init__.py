"""The search index: schema, versions, and the only way to the engine (reader and writer apart)."""
