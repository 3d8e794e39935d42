"""Env files and other outputs: formats, managed blocks, atomic writes."""
