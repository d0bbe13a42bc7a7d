"""Signing in with name and password: which guesses are evaluated, and how refused ones are put on record."""
