"""What a project's own files say about its services, and the ports.toml proposed from it."""
