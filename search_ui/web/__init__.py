"""What handlers share: sessions, htmx, headers, errors, formatting."""
