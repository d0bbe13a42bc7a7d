"""Readers of our own for formats without pages; they run in worker processes only."""
