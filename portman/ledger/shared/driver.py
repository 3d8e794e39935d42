"""A connection to the server: one round trip for a batch, a deadline for every wait, plain errors.

A batch is one simple query of several statements. The server answers it with ReadyForQuery, so a
client that is stopped afterwards is "idle in transaction" and idle_in_transaction_session_timeout
ends it; in pipeline mode without Sync it would be "active" and keep its locks for ever.

Nothing is prepared and nothing is SET for longer than a transaction: a pooler may be in between.
psycopg loads when a connection is opened, so not where the local ledger has the answer.
"""

from __future__ import annotations

import logging
import socket
import time

from portman.base.errors import PortmanError, ServerError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from typing import Any

    import psycopg

    Row = tuple[Any, ...]
    Statement = tuple[str, tuple[Any, ...]]

#: Seconds for one host to accept a connection, and for the server's answer beyond lock waits.
CONNECT, ANSWER = 5, 4.0
#: Seconds to wait for others who use the same port space (200 first `up`s at once on two cores),
#: and for a standby to confirm.
PATIENCE, CONFIRMED = 60.0, 20.0
#: Seconds after which the server ends a client that was stopped inside a transaction.
STOPPED = 10


class ServerConnection:
    """An open connection; every failure is a PortmanError that names no password."""

    def __init__(self, dsn: str) -> None:
        psycopg = _driver()
        self.shown, self._secret = shown_and_secret(dsn)
        self._deadline = 0.0
        try:
            self._psycopg = psycopg.Connection.connect(
                dsn,
                autocommit=True,
                prepare_threshold=None,
                cursor_factory=psycopg.ClientCursor,
                connect_timeout=CONNECT,
                application_name="portman",
                client_encoding="utf8",
                # 60 + 15 * 4 s: a line that is cut for two minutes ends what belongs to a process
                keepalives_idle=60,
                keepalives_interval=15,
                keepalives_count=4,
                tcp_user_timeout=120_000,
            )
        except psycopg.Error as error:
            raise self.said(error, "connect") from None
        inner = self._psycopg.wait
        self._psycopg.wait = lambda steps, *more, **named: inner(
            self._guarded(steps), *more, **named
        )
        if not dsn.startswith("service="):
            return
        info = self._psycopg.info
        self.shown = f"{info.host}:{info.port}/{info.dbname}"

    @property
    def closed(self) -> bool:
        return bool(self._psycopg.closed)

    @property
    def descriptor(self) -> int:
        return int(self._psycopg.pgconn.socket)

    @property
    def encrypted(self) -> bool:
        return bool(self._psycopg.pgconn.ssl_in_use)

    @property
    def told_pid(self) -> int:
        """The backend's process as the protocol said; another one where a pooler is in between."""
        return int(self._psycopg.info.backend_pid)

    def ask(
        self, statements: Iterable[Statement], *, patience: float = 0.0, doing: str = "read"
    ) -> list[list[Row]]:
        """Send the statements in one round trip; return the rows of each.

        `patience`: seconds that they may wait for locks. Raises PortmanError "ledger-*".
        """
        psycopg = _driver()
        self._deadline = time.monotonic() + patience + ANSWER
        try:
            cursor = psycopg.ClientCursor(self._psycopg)
            text = ";\n".join(cursor.mogrify(sql, values) for sql, values in statements)
            cursor.execute(text.encode())
            found = []
            while True:
                found.append(list(cursor.fetchall()) if cursor.description else [])
                if not cursor.nextset():
                    return found
        except psycopg.Error as error:
            raise self.said(error, doing) from None

    def _guarded(self, steps: Any) -> Generator[Any, Any, Any]:
        """End a wait at the deadline of this process: no timeout of a frozen server can.

        What has come is read, however late: this process may have waited for a processor.
        """
        psycopg = _driver()
        try:
            wanted = next(steps)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > self._deadline:
                    self._psycopg.pgconn.finish()
                    raise psycopg.OperationalError("no answer in time")
                wanted = steps.send(ready)
        except StopIteration as done:
            return done.value

    def close(self) -> None:
        self._psycopg.close()

    def said(self, error: psycopg.Error, doing: str) -> ServerError:
        """Return the error as a person can act on it: host, port, database and the reason."""
        state = error.sqlstate or ""
        text = (str(error).strip().splitlines() or [type(error).__name__])[0]
        for secret in self._secret:
            text = text.replace(secret, "...")
        at = f"the ledger server {self.shown}"
        again = "Run it again; see: portman ledger status"
        if doing == "commit" and (not state or state[:2] in ("08", "57")):
            said = f"{at} did not say whether it kept the leases ({text})"
            return ServerError("ledger-unreachable", said, hint="run it again: it finds them")
        if state in _BUSY:
            return ServerError("ledger-busy", f"{at}: others keep it busy ({state})", hint=again)
        if state == "25006":
            hint = "name the primary, or add target_session_attrs=read-write to PORTMAN_LEDGER"
            return ServerError("ledger-unusable", f"{at} is read-only: a standby?", hint=hint)
        for states, meaning, next_step in _MEANINGS:
            if state.startswith(states):
                said = f"{at} {meaning}: {text}"
                return ServerError("ledger-unusable", said, hint=next_step or again)
        return ServerError("ledger-unreachable", f"{at} does not answer: {text}", hint=again)


#: lock_not_available, deadlock, cancelled by a timeout, idle in transaction, idle session.
_BUSY = ("55P03", "40P01", "57014", "25P03", "57P05")

#: Beginnings of SQLSTATE, what they mean, and what to do.
_MEANINGS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("53",), "is out of room", ""),
    (
        ("3F000", "42P01", "42703", "42883"),
        "has no tables of portman, or older ones",
        "its owner makes them: portman ledger init\nor raises them: portman ledger migrate",
    ),
    (("28", "42"), "refuses", "ask its owner for the role portman_member"),
)


def shown_and_secret(dsn: str) -> tuple[str, tuple[str, ...]]:
    """Return host, port and database for messages, and what must not be in one.

    Raises PortmanError "ledger-unusable" for what libpq cannot read; its reason may quote it.
    """
    broken = PortmanError(
        "ledger-unusable",
        "PORTMAN_LEDGER cannot be read as a connection URI of PostgreSQL",
        hint="write @ : / and % of a user or password as %40 %3A %2F %25, or keep the password "
        "in ~/.pgpass",
    )
    psycopg = _driver()
    try:
        parts = psycopg.conninfo.conninfo_to_dict(dsn)
    except psycopg.Error:
        raise broken from None
    if any(sign in str(parts.get("host", "")) for sign in "@?#"):
        raise broken
    if not str(parts.get("port", "0")).replace(",", "").isdecimal():
        raise broken
    if "service" in parts:
        shown = f"service {parts['service']}"
    else:
        host, port = parts.get("host", "local socket"), parts.get("port", 5432)
        shown = f"{host}:{port}/{parts.get('dbname', parts.get('user', ''))}"
    names = ("password", "sslpassword", "passfile")
    return shown, tuple(str(parts[one]) for one in names if parts.get(one))


def _driver() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise PortmanError(
            "ledger-unusable",
            f"PORTMAN_LEDGER is set, and the driver for it is missing ({error.name})",
            hint='pip install "ports-toml[postgres]"',
        ) from None
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # it prints tracebacks to stderr
    return psycopg


def host_name() -> str:
    return socket.gethostname()
