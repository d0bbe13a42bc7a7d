"""What lies on disk beside the databases: the derived store, file locks, temporary files."""
