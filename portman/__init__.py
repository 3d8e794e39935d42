"""portman: every service of every checkout on this machine has its own port."""

__version__ = "0.1.0"
