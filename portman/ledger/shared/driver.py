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
    from collections.abc import Generator, Iterable, Mapping
    from typing import Any

    import psycopg

    Row = tuple[Any, ...]
    Statement = tuple[str, tuple[Any, ...]]

#: Seconds for one host to accept a connection, and for the server's answer beyond lock waits.
CONNECT, ANSWER = 5, 4.0
#: Seconds to wait for others who use the same port space (200 first `up`s at once on two cores),
#: and for a standby to confirm.
PATIENCE, CONFIRMED = 60.0, 20.0
#: 60 + 15 * 4 s: a line that is cut for two minutes ends what belongs to a process. Both ends
#: have it: what a server asks by itself is two hours (tcp_keepalive_time of Linux).
LINE = {"keepalives_idle": 60, "keepalives_interval": 15, "keepalives_count": 4}
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
                tcp_user_timeout=120_000,
                **LINE,
            )
        except psycopg.Error as error:
            raise self.said(error, "connect") from None
        inner = self._psycopg.wait
        self._psycopg.wait = lambda steps, *more, **named: inner(
            self._guarded(steps), *more, **named
        )
        info = self._psycopg.info  # of several hosts, the one that answered
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
        self,
        statements: Iterable[Statement],
        *,
        patience: float = 0.0,
        doing: str = "read",
        refused: Mapping[str, PortmanError] | None = None,
    ) -> list[list[Row]]:
        """Send the statements in one round trip; return the rows of each.

        `patience`: seconds that they may wait for locks; `refused`: what it means that one of them
        fails with this SQLSTATE. Raises PortmanError "ledger-*".
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
            known = (refused or {}).get(error.sqlstate or "")
            raise known or self.said(error, doing) from None

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
        state, text = error.sqlstate or "", _reason(str(error), type(error).__name__)
        for secret in self._secret:
            text = text.replace(secret, "...")
        code, meaning, hint = next(
            row[3:]
            for row in _MEANINGS
            if row[0] in ("", doing) and (state or "-").startswith(row[1]) and row[2] in text
        )
        return ServerError(code, f"the ledger server {self.shown} {meaning}: {text}", hint=hint)


def _reason(text: str, kind: str) -> str:
    """Return what libpq says in one line; where it tried several hosts, what each of them said."""
    lines = text.strip().splitlines() or [kind]
    found = {}
    for line in lines:
        if line.startswith("- host: '"):  # of psycopg: - host: 'a', port: '1', hostaddr: ...
            words = line.split("'")
            found[f"{words[1]}:{words[3]}"] = line.rpartition("failed: ")[2]
    if len(set(found.values())) > 1:
        return "; ".join(f"{host}: {said}" for host, said in found.items())
    return lines[0].rpartition("failed: ")[2]


_AGAIN = "Run it again; see: portman ledger status"
_GONE, _UNFIT = "ledger-unreachable", "ledger-unusable"
#: What was done, beginnings of SQLSTATE ("-": none), words of the text; then the code of it, what
#: it means, what to do. The first row that fits counts. A failed connect has no SQLSTATE.
_MEANINGS: tuple[tuple[str, tuple[str, ...], str, str, str, str], ...] = (
    (
        *("commit", ("-", "08", "57"), "", _GONE),
        *("did not say whether it kept the leases", "run it again: it finds them"),
    ),
    # lock_not_available, deadlock, cancelled by a timeout, idle in transaction, idle session
    (
        *("", ("55P03", "40P01", "57014", "25P03", "57P05"), "", "ledger-busy"),
        *("is kept busy by others", _AGAIN),
    ),
    (
        *("", ("25006",), "", _UNFIT, "is read-only, as a standby is"),
        "name the primary, or add target_session_attrs=read-write to PORTMAN_LEDGER",
    ),
    ("", ("53",), "", _UNFIT, "is out of room", _AGAIN),
    (
        *("", ("3F000", "42P01", "42703", "42883"), "", _UNFIT, "has no tables of portman"),
        "its owner makes them: portman ledger init",
    ),
    (
        *("make", ("42501",), "", _UNFIT, "refuses"),
        "name the role that owns the database in PORTMAN_LEDGER; the first time with CREATEROLE",
    ),
    ("", ("28", "42"), "", _UNFIT, "refuses", "ask its owner for the role portman_member"),
    (
        *("connect", ("-",), "does not match host name", _GONE, "has another name's certificate"),
        "write the name that the certificate has as host in PORTMAN_LEDGER",
    ),
    (
        *("connect", ("-",), "certificate", _GONE, "has a certificate that is not trusted here"),
        "name the one of its authority: sslrootcert=FILE in PORTMAN_LEDGER",
    ),
    (
        *("connect", ("-",), "pg_hba.conf", _GONE, "refuses"),
        "ask for TLS (sslmode=verify-full), or let its owner add a line to pg_hba.conf",
    ),
    (
        *("connect", ("-",), "SSL", _GONE, "does not speak TLS as PORTMAN_LEDGER asks"),
        "let its owner turn it on: ssl = on",
    ),
    (
        *("connect", ("-",), "definition of service", _GONE, "has no address"),
        "write it into ~/.pg_service.conf",
    ),
    ("connect", ("-",), "password", _GONE, "refuses", "write the role's password into ~/.pgpass"),
    ("connect", ("-",), "FATAL:", _GONE, "refuses", "see what is asked: portman where"),
    ("", ("",), "", _GONE, "does not answer", _AGAIN),
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
        shown = f"of service {parts['service']}"
    else:
        hosts = str(parts.get("host", "local socket")).split(",")
        ports = str(parts.get("port", 5432)).split(",")
        pairs = zip(hosts, ports * len(hosts) if len(ports) == 1 else ports, strict=False)
        shown = ",".join(f"{host}:{port}" for host, port in pairs)
        shown += f"/{parts.get('dbname', parts.get('user', ''))}"
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
