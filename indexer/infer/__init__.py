"""What a document is, where no cover sheet says it: kind, date and sender, inferred and marked as such. Pure."""
