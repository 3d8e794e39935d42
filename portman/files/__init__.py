"""Atomic writes, managed blocks, receipts and Compose overrides: the only code that writes into a checkout."""
