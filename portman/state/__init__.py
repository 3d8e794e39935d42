"""The state folder: its place, permissions, locks, and the receipts kept in it."""
