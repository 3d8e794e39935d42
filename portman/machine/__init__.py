"""This machine: its sockets, its processes, the ports its kernel hands out."""
