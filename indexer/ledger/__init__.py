"""Everything the indexer writes into the ledger, one module per part of the work."""
