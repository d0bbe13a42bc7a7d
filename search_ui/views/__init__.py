"""Routes: each handler parses, calls, renders."""
