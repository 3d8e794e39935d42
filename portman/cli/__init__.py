"""Typer, the express lane and rendering: parse, call one operation, render. No decisions."""
