"""What helps where a search finds nothing or little: near spellings, and what each word and each filter takes away."""
