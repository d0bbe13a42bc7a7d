"""Parts of a page: recognised apart (a region, a sample of lines), then merged with what was read."""
