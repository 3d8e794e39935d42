"""Stopping what has a port, and proving that the port is free."""
