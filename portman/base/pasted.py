"""The address in a line that a program printed: an error about a port, a log line, a URL in it.

Pure. A line that names two addresses is refused by the caller: `free` acts on the answer.
"""

from __future__ import annotations

import re

_PORT = r"(?P<port>[0-9]{1,5})(?![0-9]|[.:][0-9])"
_V4 = r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
#: Kinds of places, the surest first; the first kind that the line has decides.
_KINDS = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        r"[a-z][a-z0-9+.-]*://(?:[^\s/@'\"]*@)?(?P<host>\[[^\]\s]+\]|[^\s/:'\"]+):" + _PORT,
        # Python's sockets: ('127.0.0.1', 8000); Ruby's: "127.0.0.1" port 3000
        r"\(\s*['\"](?P<host>[^'\"]*)['\"]\s*,\s*" + _PORT,
        r"\"(?P<host>[^\"\s]+)\"\s+port\s+" + _PORT,
        rf"(?<![\w:.])(?P<host>::|\[[0-9a-f:.%\w]+\]|{_V4}|localhost|\*):" + _PORT,
        r"(?<![\w\]:.*]):(?P<port>[0-9]{1,5})(?![0-9]|:[0-9])",
        r"\bport:?\s+#?(?P<port>[0-9]{1,5})(?![0-9])",
        r"(?<![\w.:-])(?P<port>[0-9]{2,5})(?![\w.:-])",
    )
)


def addresses_in(line: str) -> list[str]:
    """Return the distinct addresses of a line as `parse_address` reads them; [] for none."""
    for kind in _KINDS:
        found = dict.fromkeys(_address(one) for one in kind.finditer(line))
        if found:
            return list(found)
    return []


def _address(found: re.Match[str]) -> str:
    host = found.groupdict().get("host") or ""
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"{host}:{found['port']}"
