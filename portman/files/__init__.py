"""Atomic writes, managed blocks, receipts and Compose overrides: all that writes files."""
