"""The versions of the ledger's tables; data/ledger.sql leads from each to the next."""

from __future__ import annotations

from portman._version import __version__
from portman.base.small_file import data_file
from portman.ledger import spaces

TYPE_CHECKING = False

if TYPE_CHECKING:
    import sqlite3

#: "port" in ASCII: tells our file from any other SQLite database (`PRAGMA application_id`).
APPLICATION_ID = 0x706F7274

#: The version that this portman reads and writes.
SCHEMA = 7
#: The version before which a port space may be named `tcp:HOST:PORT` or `ssh:HOST`.
BY_MACHINE = 6


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from `version` to SCHEMA, inside the caller's transaction.

    Both numbers in the file's header are part of the transaction, so a kill leaves the old
    ledger or the new one.
    """
    for step in steps("ledger.sql")[version:SCHEMA]:
        for statement in step:
            connection.execute(statement)
    if 0 < version < BY_MACHINE <= SCHEMA:
        spaces.name_after_machines(connection)
    if version == 0:
        connection.execute("INSERT INTO meta VALUES ('made_by', ?)", (__version__,))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")


def steps(name: str) -> list[list[str]]:
    """Read the steps of a file of SQL: what leads from version n to n + 1 is at n.

    A line `--- N` begins a step, an empty line a statement; comments are left out.
    """
    lines = data_file(name).split("\n")
    text = "\n".join(line for line in lines if not line.startswith("-- "))
    return [
        [one.strip() for one in step.partition("\n")[2].split("\n\n")]
        for step in text.split("\n--- ")[1:]
    ]
