"""Compose projects: read, and told which ports to publish."""
