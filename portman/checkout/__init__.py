"""Which checkout is this, and does a process belong to it."""
