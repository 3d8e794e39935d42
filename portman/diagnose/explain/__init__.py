"""What an address and a number mean, and what uses the port now."""
