"""ports.toml: its keys, its errors, reading, editing, and the variables made from it."""

FILE, LOCAL_FILE = "ports.toml", "ports.local.toml"
#: Bytes of one file. A manifest of 10,000 services fits; no such file keeps the parser for long.
LARGEST = 1 << 20
