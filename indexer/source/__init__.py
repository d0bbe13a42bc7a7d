"""The source tree: enumerated before any work, never written to."""
