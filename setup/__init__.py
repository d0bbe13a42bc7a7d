"""Set-up of a fresh machine. Runs under the system's Python: the standard library only, besides `casefile.errors` and
`casefile.wording`."""
