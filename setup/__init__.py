"""Set-up of a fresh machine. Runs under the system's Python: the standard library only, besides modules of
`casefile` and `engine.assembly` that need nothing else either (`errors`, `wording`, `tessdata`, `storage`,
`assembly.java`)."""
