"""Pure rules: manifest, model, pool, plan, verdicts, text formats.

Nothing here reads a clock, a socket, a file or the environment, and nothing here
imports any other part of portman: what the rules need to know is handed to them.
"""
