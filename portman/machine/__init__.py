"""What this host is doing: sockets, processes, containers, firewall, git checkouts.

One file per platform where they differ; each chooser picks once, at import.
"""
