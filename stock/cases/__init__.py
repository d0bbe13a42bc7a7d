"""What a case consists of: plan, story, filing, names, cover sheet."""
