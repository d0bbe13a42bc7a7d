"""From a question to hits. Knows nothing of the web."""
