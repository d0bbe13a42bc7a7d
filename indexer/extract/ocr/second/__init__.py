"""A second recognition engine for the words that the first one doubts. All works without it."""
