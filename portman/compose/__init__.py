"""Compose projects: read, and the override that publishes the leased ports."""
