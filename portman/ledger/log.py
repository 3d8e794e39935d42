"""The log of the ledger: its rows are written in the transaction of the change they tell of."""

from __future__ import annotations

import os
import time

from portman.base.text import span
from portman.base.values import LOCAL_SCOPE
from portman.checkout.git import branch
from portman.ledger.caller import caller
from portman.ledger.fast_read import stored
from portman.ledger.protocol import LogEntry, LogQuery

TYPE_CHECKING = False

if TYPE_CHECKING:
    import sqlite3
    from typing import Any

    from portman.base.values import OwnedLease
    from portman.ledger.caller import Caller
    from portman.ledger.protocol import Ledger, LogChange

#: How many rows are kept, the newest, and for how long. Ports of test runs make most of them.
KEPT = 20_000
KEPT_SECONDS = 90 * 24 * 3600

_COLUMNS = LogEntry._fields[1:]
_INSERT = f"INSERT INTO log ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608


class LogBook:
    """What one transaction adds: it looks up the caller and each branch once."""

    def __init__(self) -> None:
        self._branches: dict[str, str] = {}
        self._caller: Caller | None = None
        self._pruned = False

    def row(self, change: LogChange, now: int) -> tuple[Any, ...]:
        event, path, instance, scope, lease, was, why = change
        if path not in self._branches:
            self._branches[path] = (branch(path) or "") if os.path.isdir(path) else ""
        if self._caller is None:
            self._caller = caller()
        subject = (event, path, instance, scope, lease.service, lease.port, lease.size)
        return now, *subject, was, why, self._branches[path], *self._caller

    def add(self, connection: sqlite3.Connection, change: LogChange, now: int) -> None:
        row = self.row(change, now)
        connection.execute(_INSERT, [stored(one) if type(one) is str else one for one in row])
        if not self._pruned:
            self._pruned = True
            prune(connection, now)


def prune(connection: sqlite3.Connection, now: int) -> None:
    """Keep the log bounded. Both walks end at the first row that stays."""
    connection.execute(
        "DELETE FROM log WHERE number <= (SELECT max(number) FROM log) - ?"
        " OR number < (SELECT number FROM log WHERE at >= ? ORDER BY number LIMIT 1)",
        (KEPT, now - KEPT_SECONDS),
    )


def granted(ledger: Ledger, holding: OwnedLease) -> LogEntry | None:
    query = LogQuery(path=holding.record.path, service=holding.lease.service)
    rows = ledger.log(query._replace(port=holding.lease.port))
    return next(
        (
            one
            for one in reversed(rows)
            if one.event in ("leased", "moved")
            and (one.instance, one.scope) == (holding.record.instance, holding.scope)
            and one.port == holding.lease.port
        ),
        None,
    )


def last_moves(ledger: Ledger, path: str, instance: str) -> dict[str, LogEntry]:
    """Return the row of each service's last move, the newest first."""
    found: dict[str, LogEntry] = {}
    for one in reversed(ledger.log(LogQuery(path=path))):
        if (one.event, one.instance) == ("moved", instance) and one.was is not None:
            found.setdefault(one.service, one)
    return found


def leased_by(ledger: Ledger, protocol: str, port: int) -> str:
    """Return when and by whom a port of this machine was leased; "" if no row tells."""
    holding = ledger.lease_on(LOCAL_SCOPE, protocol, port)
    found = None if holding is None else granted(ledger, holding)
    return "" if found is None else by_whom(found, time.time())


def by_whom(entry: LogEntry, now: float) -> str:
    """Return when and by whom: "3 minutes ago by a codex session"."""
    when = f"{span(max(now - entry.at, 1))} ago"
    if entry.agent:
        article = "an" if entry.agent[0] in "aeiou" else "a"
        kind = "job" if entry.agent == "github-actions" else "session"
        return f"{when} by {article} {entry.agent} {kind}"
    return f"{when} by {entry.command}" if entry.command else when
