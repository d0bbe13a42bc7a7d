"""What was asked: text, filters and their limits, read once from form or command line."""
