"""One checkout's rows, read in passing, to see whether the ledger changed for it or for others.

Any write by any checkout changes the ledger's stamp (place.stamp). A receipt need not end with
that: while the rows of its own checkout are what they were, so is its answer. The caller takes
the stamp before and after; equal and not empty, they prove that no portman wrote meanwhile.
Where the log is empty the file is the whole ledger, and SQLite may read it without locks.

On the hot path: `_sqlite3` alone, as the package around it imports `datetime` for adapters that
the ledger does not use (2 ms).
"""

import os

from portman.state import NAME, WAL

_CHECKOUT = "SELECT id, project, is_primary, repository FROM checkout WHERE path=? AND instance=?"
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
        connection = connect(_uri(folder), timeout=0, isolation_level=None, uri=True)
        try:
            version = connection.execute("PRAGMA user_version").fetchall()
            owner = connection.execute(_CHECKOUT, (_stored(path), instance)).fetchall()
            leases = connection.execute(_LEASES, (owner[0][0],)).fetchall() if owner else []
        finally:
            connection.close()
    except (Error, OSError):
        return ""
    return repr((version, owner, leases)) if owner else ""


def _uri(folder: str) -> str:
    """Return how to open the ledger for reading: as it lies if its log is empty."""
    path = os.path.join(folder, NAME)
    if os.name == "nt":
        path = "/" + path.replace("\\", "/")
    for plain, quoted in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        path = path.replace(plain, quoted)
    how = "mode=ro" if _size(os.path.join(folder, WAL)) else "mode=ro&immutable=1"
    return f"file://{path}?{how}"


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def _stored(text: str) -> str | bytes:
    """Return a path as `ledger.rows.stored` keeps it (that module would import typing)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text)
    return text
