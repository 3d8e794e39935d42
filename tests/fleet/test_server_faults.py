"""What goes wrong with the server: each fault has a code, nothing is half done, no secret shows.

Each test runs the real command line, in processes, against a real PostgreSQL.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.ledger.shared import schema
from portman.ledger.shared.ledger import SharedLedger
from tests.cluster import LARGE, PASSWORD, Cluster, psycopg
from tests.fleet.test_two_machines import forget_receipts, refused
from tests.integration import needs
from tests.processes import IS_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fleet.test_two_machines import Make


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        (
            "postgresql://ada:WRONG-s3cret@127.0.0.1:54310/ports",
            "ledger-unreachable",
            "ports refuses",
        ),
        ("postgresql://ada:WRONG-s3cret@127.0.0.1:54310/nowhere", "ledger-unreachable", ""),
        ("postgresql://ada:WRONG-s3cret@127.0.0.1:1/ports", "ledger-unreachable", "127.0.0.1:1"),
        ("postgresql://ada:WRONG-s3cret@no.such.host/ports", "ledger-unreachable", "no.such.host"),
        ("postgresql://ada:pa@WRONG-s3cret@127.0.0.1/ports", "ledger-unusable", "%40"),
        ("postgresql://ada:x@127.0.0.1:WRONG-s3cret/ports", "ledger-unusable", "%3A"),
        ("postgresql://ada:x@127.0.0.1/ports?sslmode=WRONG-s3cret", "ledger-unreachable", ""),
        ("postgresql://ada:x@127.0.0.1/ports?no=WRONG-s3cret", "ledger-unusable", ""),
        ("WRONG-s3cret", "ledger-unusable", "neither"),
        (
            "postgresql://ada:WRONG-s3cret@127.0.0.1:54310,127.0.0.1:1/ports",
            "ledger-unreachable",
            "127.0.0.1:54310,127.0.0.1:1/ports refuses: 127.0.0.1:54310: FATAL:  password",
        ),
        ("service=nothing-of-this-name", "ledger-unreachable", "nothing-of-this-name"),
    ],
)
def test_a_wrong_setting_is_named_without_its_secrets(
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    code: str,
    said: str,
) -> None:
    monkeypatch.setenv("PORTMAN_LEDGER", url)
    with pytest.raises(PortmanError) as caught:
        SharedLedger(str(tmp_path)).server()
    text = str(caught.value)
    assert caught.value.code == code
    assert said in text
    assert "WRONG-s3cret" not in text or "sslmode" in url


def test_what_the_server_refuses_is_distinguished(cluster: Cluster, machine: Make) -> None:
    one = machine("m1")
    cluster.rows("ALTER DATABASE ports SET default_transaction_read_only = on")
    try:
        assert "read-only" in refused(one, "up")["message"]
        assert "read-only" in one("ledger", "status").out
        assert "read-only, as a standby is" in one("doctor").out
    finally:
        cluster.rows("BEGIN READ WRITE; ALTER DATABASE ports RESET ALL; COMMIT")
    for update, code in (
        ("UPDATE portman.meta SET version = 9, reads_from = 9", "ledger-newer"),
        ("UPDATE portman.meta SET version = 0, reads_from = 0", "ledger-unusable"),
    ):
        cluster.rows(update)
        assert refused(one, "up")["code"] == code
    cluster.rows("UPDATE portman.meta SET version = 9, reads_from = 1")
    assert one("up").code == 0  # a newer one that this portman can still use
    cluster.rows(f"UPDATE portman.meta SET version = {schema.VERSION}")
    cluster.rows("CREATE ROLE eve LOGIN PASSWORD 'eve'")
    error = refused(machine("m2", cluster.url("eve", password="eve")), "up")
    assert "refuses" in error["message"]
    cluster.rows("DROP ROLE eve")


def test_older_tables_are_raised_by_their_owner(cluster: Cluster, machine: Make) -> None:
    """Version 1 has no names of engines; what is leased there stays."""
    one = machine("m1")
    owner = machine("m2", f"postgresql://postgres@/ports?host={cluster.folder}&port={cluster.port}")
    assert one("up").code == 0
    try:
        cluster.rows("DROP TABLE portman.name; UPDATE portman.meta SET version = 1")
        for words in (("ledger", "status"), ("up", "--reassign", "web"), ("list", "--team")):
            assert "portman ledger migrate" in str(refused(one, *words)["hints"])
        assert "the role that owns" in str(refused(one, "ledger", "migrate")["hints"])
    finally:
        done = owner("ledger", "migrate")
    assert "have version 2 now" in done.out
    assert "have version 2 already" in owner("ledger", "migrate").out
    assert len(cluster.leased()) == 2
    assert one("up", "--reassign").code == 0
    with psycopg.connect(cluster.url("bob")) as bob:
        assert bob.execute("DELETE FROM portman.lease").rowcount == 0
        assert bob.execute("SELECT count(*) FROM portman.name").fetchone() == (0,)


def test_a_server_that_lost_changes_is_refused_until_a_person_accepts(
    cluster: Cluster, machine: Make
) -> None:
    one = machine("m1")
    assert one("up").code == 0
    ports = one.ports()
    cluster.rows("DELETE FROM portman.lease; UPDATE portman.space SET counter = 0")
    one.write("[services]\nweb = 3000\napi = 'auto'\nmore = 'auto'\n")
    assert refused(one, "up")["code"] == "ledger-older"
    assert one("ledger", "accept").code == 0
    assert one("up").code == 0
    assert one.ports()["WEB_PORT"] == ports["WEB_PORT"]
    assert len(cluster.leased()) == 3


@pytest.fixture(name="certificates")
def _certificates(cluster: Cluster) -> Iterator[Path]:
    """Let the server speak TLS with a certificate for `localhost`; return the authority's."""
    openssl, folder = needs.program("openssl"), cluster.folder / "tls"
    folder.mkdir(exist_ok=True)
    for name in ("server", "other"):
        argv = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj"]
        argv += ["/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        argv += ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt")]
        subprocess.run(argv, check=True, capture_output=True)
    if IS_ROOT:
        shutil.chown(folder / "server.key", "postgres")
    for setting in (
        f"ssl_cert_file = '{folder}/server.crt'",
        f"ssl_key_file = '{folder}/server.key'",
    ):
        cluster.rows(f"ALTER SYSTEM SET {setting}")
    cluster.rows("ALTER SYSTEM SET ssl = on")
    rules = cluster.data / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(before.replace("host all all", "hostssl all all"))
    cluster.rows("SELECT pg_reload_conf()")
    yield folder
    rules.write_text(before)
    cluster.rows("ALTER SYSTEM RESET ALL")
    cluster.rows("SELECT pg_reload_conf()")


def test_tls_is_verified_and_the_password_is_bound_to_it(
    cluster: Cluster, machine: Make, certificates: Path
) -> None:
    """`verify-full`: the right authority and name alone; SCRAM with channel binding."""
    root, other = certificates / "server.crt", certificates / "other.crt"
    strict = f"?sslmode=verify-full&channel_binding=require&sslrootcert={root}"
    one = machine("m1", cluster.url(host="localhost") + strict)
    assert one("up").code == 0
    found = json.loads(one("ledger", "status", "--json").out)["data"]
    assert (found["encrypted"], found["role"]) == (True, "ada")
    method = "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'ada'"
    assert cluster.rows(method) == [(True,)]
    wrong_name = machine("m2", cluster.url() + strict)
    assert "does not match host name" in refused(wrong_name, "up")["message"]
    wrong_root = machine(
        "m3", cluster.url(host="localhost") + strict.replace(str(root), str(other))
    )
    said = "has a certificate that is not trusted here: SSL error: certificate verify failed"
    assert said in refused(wrong_root, "up")["message"]
    nothing = machine("m4", cluster.url(host="localhost") + "?sslmode=verify-full")
    assert "sslrootcert=FILE" in str(refused(nothing, "up")["hints"])
    plain = machine("m5", cluster.url(host="localhost") + "?sslmode=disable")
    error = refused(plain, "up")
    assert "refuses: FATAL:  no pg_hba.conf entry" in error["message"]
    assert "verify-full" in str(error["hints"])


def test_a_frozen_server_ends_no_later_than_the_deadline(cluster: Cluster, machine: Make) -> None:
    one = machine("m1")
    assert one("where").code == 0
    os.kill(cluster.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert refused(one, "up")["code"] == "ledger-unreachable"
        assert time.monotonic() - began < 15
    finally:
        os.kill(cluster.pid, signal.SIGCONT)


def test_a_black_hole_ends_at_the_deadline(machine: Make) -> None:
    """A listener that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        one = machine("m1", f"postgresql://ada:x@127.0.0.1:{port}/ports")
        began = time.monotonic()
        assert refused(one, "up")["code"] == "ledger-unreachable"
        assert time.monotonic() - began < 15


@contextlib.contextmanager
def breaking(cluster: Cluster, place: str) -> Iterator[None]:
    """Kill every backend of members when a statement of theirs reaches `place` (a table)."""
    cluster.rows(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
        "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; "
        f"CREATE TRIGGER die AFTER INSERT OR UPDATE ON portman.{place} EXECUTE FUNCTION die()"
    )
    try:
        yield
    finally:
        cluster.rows(f"DROP TRIGGER die ON portman.{place}; DROP FUNCTION die()")


@pytest.mark.parametrize("place", ["space", "seat", "checkout", "lease"] if LARGE else ["lease"])
def test_a_session_that_dies_at_any_step_leaves_nothing(
    cluster: Cluster, machine: Make, place: str
) -> None:
    one = machine("m1")
    with breaking(cluster, place):
        assert refused(one, "up")["code"] in ("ledger-unreachable", "ledger-busy")
    assert cluster.leased() == []
    assert json.loads(one("list", "--json").out)["data"]["checkouts"] == []
    assert one("up").code == 0
    assert len(cluster.leased()) == 2


#: Ends the process at a step of the allocation, as kill -9 would.
KILLED = """
import os, signal, sys
from portman.ledger.shared import transaction, writer
from portman.ledger import sqlite
transaction.STOPPED = 2  # seconds; ten for a user
at = sys.argv.pop(1)
def dying(inner, before):
    def run(*values, **named):
        if before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = inner(*values, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return result
    return run
place, name, when = at.split(".")
owner = getattr({"transaction": transaction, "writer": writer}[place], name.split(":")[0])
method = name.split(":")[1]
setattr(owner, method, dying(getattr(owner, method), when == "before"))
from portman.__main__ import entry
entry()
"""
STEPS = [
    "transaction.ServerTransaction:resolve.after",
    "transaction.ServerTransaction:begin.after",
    "writer.SharedWriter:grant.after",
    "transaction.ServerTransaction:commit.before",
    "transaction.ServerTransaction:commit.after",  # between the two commits
    "writer.SharedWriter:finish.after",
]


@pytest.mark.parametrize("step", STEPS if LARGE else STEPS[2:5])
def test_a_client_that_is_killed_at_any_step_loses_and_doubles_nothing(
    cluster: Cluster, machine: Make, step: str
) -> None:
    """The server has all that this machine has, and the next `up` finishes."""
    one, two = machine("m1"), machine("m2")
    argv = [sys.executable, "-c", KILLED, step, "up"]
    done = subprocess.run(argv, cwd=one.checkout, env=one.env, capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    here = json.loads(one("list", "--json").out)["data"]["checkouts"]
    ports = {service["port"] for each in here for service in each["services"]}
    assert ports <= {port for _, _, port in cluster.leased()}
    assert two("up").code == 0
    assert one("up").code == 0
    assert not set(one.ports().values()) & set(two.ports().values())
    leased = [port for _, _, port in cluster.leased()]
    assert sorted(leased) == sorted([*one.ports().values(), *two.ports().values()])


@contextlib.contextmanager
def muted(cluster: Cluster) -> Iterator[str]:
    """Give an address of the server where a line is cut right after the server has committed."""

    def carry(client: socket.socket) -> None:
        committing = False
        with client, socket.create_connection(("127.0.0.1", cluster.port)) as server:
            while True:
                for one in select.select([client, server], [], [])[0]:
                    data = one.recv(1 << 16)
                    if not data or (one is server and committing):
                        return
                    committing = committing or (one is client and b"COMMIT" in data)
                    (server if one is client else client).sendall(data)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=carry, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield cluster.url().replace(str(cluster.port), str(listener.getsockname()[1]))
        listener.shutdown(socket.SHUT_RDWR)


def test_an_answer_that_is_lost_is_found_by_running_it_again(
    cluster: Cluster, machine: Make
) -> None:
    """The server has committed, and its client cannot know it."""
    one = machine("m1")
    with muted(cluster) as url:
        one.env["PORTMAN_LEDGER"] = url
        error = refused(one, "up")
    assert "did not say whether it kept the leases" in error["message"]
    assert "run it again" in str(error["hints"])
    kept = cluster.leased()
    assert len(kept) == 2
    assert json.loads(one("list", "--json").out)["data"]["checkouts"] == []
    one.env["PORTMAN_LEDGER"] = cluster.url()
    assert one("up").code == 0
    assert cluster.leased() == kept
    assert sorted(one.ports().values()) == sorted(port for _, _, port in kept)


@pytest.mark.parametrize(
    ("step", "locks", "code"),
    [
        ("resolve.after", False, 0),
        ("begin.after", True, 5),
        ("commit.before", True, 5),
        ("commit.after", False, 0),
    ][slice(None) if LARGE else slice(1, 2)],
)
def test_a_stopped_client_gives_way(
    cluster: Cluster, machine: Make, step: str, code: int, *, locks: bool
) -> None:
    """SIGSTOP with the lock: the server ends it after its time, and who waits goes on."""
    one, two = machine("m1"), machine("m2")
    stopped = KILLED.replace("SIGKILL", "SIGSTOP")
    argv = [sys.executable, "-c", stopped, f"transaction.ServerTransaction:{step}", "up"]
    frozen = subprocess.Popen(argv, cwd=one.checkout, env=one.env, stderr=subprocess.DEVNULL)
    try:
        os.waitid(os.P_PID, frozen.pid, os.WSTOPPED | os.WNOWAIT)
        began = time.monotonic()
        assert two("up").code == 0
        assert (1 if locks else 0) < time.monotonic() - began < 18
        frozen.send_signal(signal.SIGCONT)
        assert frozen.wait(timeout=30) == code
    finally:
        frozen.kill()
        frozen.wait()
    assert one("up").code == 0
    assert len(cluster.leased()) == 4
    assert not set(one.ports().values()) & set(two.ports().values())


@pytest.mark.parametrize(
    ("step", "code"),
    [("begin.after", 5), ("resolve.after", 5), ("commit.before", 5), ("commit.after", 0)][
        slice(None) if LARGE else slice(1)
    ],
)
def test_a_server_that_is_killed_at_any_step_loses_and_doubles_nothing(
    cluster: Cluster, machine: Make, step: str, code: int
) -> None:
    """Kill -9 of all its processes while a client is between two of its round trips."""
    one, two = machine("m1"), machine("m2")
    stopped = KILLED.replace("SIGKILL", "SIGSTOP")
    argv = [sys.executable, "-c", stopped, f"transaction.ServerTransaction:{step}", "up"]
    client = subprocess.Popen(argv, cwd=one.checkout, env=one.env, stderr=subprocess.DEVNULL)
    try:
        os.waitid(os.P_PID, client.pid, os.WSTOPPED | os.WNOWAIT)
        cluster.kill()
        cluster.start()
        client.send_signal(signal.SIGCONT)
        assert client.wait(timeout=30) == code
    finally:
        client.kill()
        client.wait()
    assert len(cluster.leased()) == (0 if code else 2)
    assert (two("up").code, one("up").code) == (0, 0)
    leased = [port for _, _, port in cluster.leased()]
    assert sorted(leased) == sorted([*one.ports().values(), *two.ports().values()])
    assert len(set(leased)) == 4


def test_a_clock_that_is_a_year_off_changes_nothing(
    cluster: Cluster, machine: Make, tmp_path: Path
) -> None:
    """Libfaketime sets the client's clock; the server's alone ends leases."""
    one = machine("m1")
    assert one("up").code == 0
    for off in ("+400d", "-400d"):
        forget_receipts(one)
        argv = [needs.program("faketime"), "-f", off, *one.argv("up")]
        env = {**one.env, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        done = subprocess.run(argv, cwd=one.checkout, env=env, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    assert len(cluster.leased()) == 2
    assert cluster.rows("SELECT count(*) FROM portman.lease WHERE expires_at > now()") == [(2,)]


@pytest.mark.skipif(not IS_ROOT, reason="needs root: mount(8)")
def test_a_full_disk_of_the_server_is_said_and_over_when_there_is_room(
    cluster: Cluster, machine: Make, tmp_path: Path
) -> None:
    """The table of leases lies on a small file system of its own, which is filled."""
    place = cluster.folder / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=True)
    try:
        subprocess.run(["chown", "postgres", str(place)], check=True)
        with cluster.connect() as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            connection.execute("ALTER TABLE portman.lease SET TABLESPACE small")
            connection.execute("CREATE TABLE filler (data text) TABLESPACE small")
            connection.execute("ALTER TABLE filler ALTER data SET STORAGE EXTERNAL")
            filling = "INSERT INTO filler SELECT repeat('x', 4000) FROM generate_series(1, %s)"
            for rows in (100, 10, 1):
                with contextlib.suppress(psycopg.errors.DiskFull):
                    for _ in range(100):
                        connection.execute(filling, (rows,))
        one = machine("m1")
        error = refused(one, "up")
        assert (error["code"], "out of room" in error["message"]) == ("ledger-unusable", True)
        cluster.rows("DROP TABLE filler")
        cluster.rows("CHECKPOINT")
        assert one("up").code == 0
    finally:
        cluster.rows("DROP TABLE IF EXISTS filler")
        cluster.rows("ALTER TABLE portman.lease SET TABLESPACE pg_default")
        cluster.rows("DROP TABLESPACE small")
        subprocess.run(["umount", str(place)], check=True)


def test_two_names_for_one_port_space_and_one_name_for_two_are_refused(
    cluster: Cluster, machine: Make
) -> None:
    assert machine("m1")("up").code == 0
    assert refused(machine("m2", PORTMAN_SPACE="other"), "up")["code"] == "ledger-space"
    if IS_ROOT:
        away = machine("m3", f"postgresql://postgres@/ports?host={cluster.folder}&port=54310")
        argv = ["unshare", "--net", *away.argv("up", "--json")]
        done = subprocess.run(argv, cwd=away.checkout, env=away.env, capture_output=True)
        assert json.loads(done.stdout)["errors"][0]["code"] == "ledger-space"
    # A run of the machine that comes back after another one is another machine's.
    cluster.rows("UPDATE portman.space SET boots = ARRAY[boot], boot = 'another', netns = 1")
    assert refused(machine("m4"), "up")["code"] == "ledger-space"
    # And so is a state folder that was copied.
    cluster.rows("UPDATE portman.space SET boots = '{}'")
    cluster.rows("UPDATE portman.seat SET boots = ARRAY[boot], boot = 'another'")
    again = machine("m5")
    (again.folder / "state").mkdir(mode=0o700)
    seat = cluster.rows("SELECT id::text FROM portman.seat")[0][0].replace("-", "")
    (again.folder / "state" / "seat").write_text(f"{seat}\n")
    error = refused(again, "up")
    assert "copy" in error["message"]
    assert PASSWORD not in json.dumps(error)
