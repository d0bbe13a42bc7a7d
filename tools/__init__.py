"""Helpers for developers; no part of the installed program."""
