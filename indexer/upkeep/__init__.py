"""Questions about the ledger and repairs of the index: verify, heal, tidy, failures, pace, report."""
