"""A ledger from a spreadsheet: what its columns mean, its rows read, each row as a request."""
