"""What is done with a kept search: offered again, kept under a name, given out as a table."""
