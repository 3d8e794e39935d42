"""Names instead of numbers: which host names a checkout's services have, for a proxy that runs."""
