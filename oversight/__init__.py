"""Who may see what, and the record of who saw it. Imports `casefile` only; both sides and the commands use it."""
