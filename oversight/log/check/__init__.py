"""Checks the log against all that is known of it."""
