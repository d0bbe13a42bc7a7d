"""The vocabulary that indexer and search_ui share: model, ledger, store, settings, errors."""

__version__ = "0.1.0"
