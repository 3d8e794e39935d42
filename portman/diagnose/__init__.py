"""Explaining a port, checking a machine, freeing a port."""
