"""ports.toml: its keys, its errors, reading, editing, and the variables made from it."""
