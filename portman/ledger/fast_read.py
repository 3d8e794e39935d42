"""One checkout's rows, read without locks, to see whether a write was for it or for others.

Any write by any checkout changes the ledger's stamp (portman.state.stamp). A receipt stays true
while the rows of its own checkout are unchanged. The caller takes the stamp before and after;
equal and not empty, they prove that no portman wrote meanwhile. Where the log is empty the file
is the whole ledger, and SQLite may read it without locks.

On the hot path: `_sqlite3` alone, because the package around it imports `datetime` for adapters
that the ledger does not use (2 ms). The rest of the ledger imports `stored`, `uri` and `size`.
"""

import os

from portman.state import LEDGER_FILE, WAL_FILE

TYPE_CHECKING = False

if TYPE_CHECKING:
    import sqlite3

_CHECKOUT = (
    "SELECT id, project, is_primary, repository FROM checkout WHERE path=? AND instance=?"
    " ORDER BY id"
)
_LEASES = (
    "SELECT scope, service, protocol, port, position FROM lease WHERE checkout_id = ?"
    " ORDER BY scope, service, protocol, port"
)


def rows(folder: str, path: str, instance: str) -> str:
    """Return the checkout's record and leases as one text; "" if they cannot be read at once."""
    try:
        from _sqlite3 import Error, connect
    except ImportError:  # another implementation of Python
        from sqlite3 import Error, connect

    try:
        how = "mode=ro" if size(os.path.join(folder, WAL_FILE)) else "mode=ro&immutable=1"
        name = uri(os.path.join(folder, LEDGER_FILE), how)
        connection = connect(name, timeout=0, isolation_level=None, uri=True)
        try:
            return rows_in(connection, path, instance)
        finally:
            connection.close()
    except (Error, OSError):
        return ""


def rows_in(connection: "sqlite3.Connection", path: str, instance: str) -> str:
    """Return what `rows` does from an open ledger."""
    version = connection.execute("PRAGMA user_version").fetchall()
    owner = connection.execute(_CHECKOUT, (stored(path), instance)).fetchall()
    # Of every folder that has this path somewhere (machine/mounts).
    leases = [connection.execute(_LEASES, one[:1]).fetchall() for one in owner]
    return repr((version, owner, leases)) if owner else ""


def uri(path: str, how: str) -> str:
    """Return the path as SQLite's URI (sqlite.org/uri.html); other bytes need no quoting."""
    if os.name == "nt":
        path = "/" + path.replace("\\", "/")
    for sign, code in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        path = path.replace(sign, code)
    return f"file://{path}?{how}"


def size(path: str) -> int:
    """Return the size in bytes; 0 for a file that is absent or cannot be seen."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def stored(text: str) -> str | bytes:
    """Return the text as SQLite can keep it (surrogate escapes become the bytes they encode)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text)
    return text
