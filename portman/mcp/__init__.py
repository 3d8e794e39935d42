"""`portman mcp`: the commands as tools of the Model Context Protocol, over stdin and stdout.

The `mcp` package is the extra `ports-toml[mcp]`; only `server` imports it, in a process of its own.
No tool starts a program, and one stops a program only by a plan's one-time token.
"""
