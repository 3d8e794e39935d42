"""Who has a port now, whether it is this checkout, and what to say about it."""
