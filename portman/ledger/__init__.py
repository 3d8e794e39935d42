"""Leases on disk, behind one Protocol."""
