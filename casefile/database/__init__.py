"""The two databases, ledger and accounts: connections, tables, migrations, and the sums that prove completeness."""
