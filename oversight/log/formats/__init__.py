"""Formats of the transparency-log world, byte for byte. Pure: no database, no files."""
