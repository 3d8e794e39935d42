"""A ledger that a PostgreSQL server decides for port spaces that several state folders see.

The SQLite file stays the ledger of this machine: every read is of it, and what the server gave is
copied there with the time until which the server vouches for it. docs/decisions/ has the reasons.
"""
