"""Many at once, members' rights, sessions that a command keeps, poolers and failovers.

Each test runs processes against a real PostgreSQL: what it shows is between processes.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from portman.dashboard.facts import MachineFacts
from tests.cluster import LARGE, PASSWORD, Cluster, psycopg
from tests.fleet.test_two_machines import refused
from tests.integration import needs
from tests.processes import IS_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fleet.conftest import Machine
    from tests.fleet.test_two_machines import Make

#: Leases twenty ports for each number it reads, as a state folder of its own; prints them.
WORKER = """
import os, sys, json, psycopg
from portman.base.values import Checkout, Lease
from portman.ledger.shared.ledger import SharedLedger
from portman.ledger.shared.settings import Settings
url, folder, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
print("ready", flush=True); sys.stdin.readline()
pids = []
for number in range(first, first + count):
    if os.fork() == 0:
        ledger = SharedLedger(f"{folder}/{number}", Settings(url, "box"))
        space = ("host:build", "ENGINE")
        for again in range(20):
            try:
                with ledger.writing([space]) as writer:
                    taken = writer.taken("host:build")
                    writer.know_engine("host:build", "ENGINE", 1, here=False)
                    free = (port for port in range(20000, 60000) if ("tcp", port) not in taken)
                    leases = [Lease(f"s{at}", next(free)) for at in range(20)]
                    writer.record_checkout(Checkout("/x"), primary=True, user="u", now=1)
                    writer.grant("/x", "", "host:build", leases, 1)
                break
            except Exception as error:
                print(json.dumps(str(error)), file=sys.stderr, flush=True)
        os.write(1, (json.dumps([one.port for one in leases]) + "\\n").encode())
        os._exit(0)
    pids.append(number)
for _ in pids: os.wait()
"""


#: Passes connections on, each message 2.5 ms late in both directions: a network of 5 ms.
DELAY = """
import asyncio, sys
async def pump(reader, writer):
    loop = asyncio.get_running_loop()
    while data := await reader.read(65536):
        loop.call_later(0.0025, writer.write, data)
    loop.call_later(0.0025, writer.close)
async def passed(reader, writer):
    far = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    await asyncio.gather(pump(reader, far[1]), pump(far[0], writer))
async def main():
    server = await asyncio.start_server(passed, sys.argv[1], 54321, backlog=500)
    print("up", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@pytest.fixture(name="spaces")
def _spaces() -> Iterator[tuple[str, list[list[str]]]]:
    """Three network namespaces and how to reach the server's: an address, starts of commands."""
    if not IS_ROOT:
        pytest.skip("needs root: network namespaces")
    sleepers, starts = [], []
    ip = [needs.program("ip")]
    subprocess.run([*ip, "link", "add", "hub", "type", "bridge"], check=True)
    subprocess.run([*ip, "addr", "add", "10.91.0.1/24", "dev", "hub"], check=True)
    subprocess.run([*ip, "link", "set", "hub", "up"], check=True)
    try:
        for at in (1, 2, 3):
            one = subprocess.Popen(["unshare", "--net", "sleep", "600"])
            sleepers.append(one)
            time.sleep(0.2)
            inside = ["nsenter", "--net", "-t", str(one.pid)]
            away = ["type", "veth", "peer", "name", "eth9", "netns", str(one.pid)]
            subprocess.run([*ip, "link", "add", f"hub{at}", *away], check=True)
            subprocess.run([*ip, "link", "set", f"hub{at}", "master", "hub", "up"], check=True)
            address = ["addr", "add", f"10.91.0.{at + 1}/24", "dev", "eth9"]
            subprocess.run([*inside, *ip, *address], check=True)
            subprocess.run([*inside, *ip, "link", "set", "eth9", "up"], check=True)
            starts.append(inside)
        yield "10.91.0.1", starts
    finally:
        for one in sleepers:
            one.kill()
            one.wait()
        subprocess.run([*ip, "link", "del", "hub"], check=False)


def test_many_first_allocations_from_three_networks(
    cluster: Cluster, spaces: tuple[str, list[list[str]]], tmp_path: Path
) -> None:
    """20 services each, 5 ms from the server: no port twice, none lost."""
    host, starts = spaces
    each = 67 if LARGE else 20
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    url = cluster.url(host=host).replace(str(cluster.port), "54321")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    delay = [sys.executable, "-c", DELAY, host, str(cluster.port)]
    running = [subprocess.Popen(delay, text=True, **pipes)]  # type: ignore[call-overload]
    try:
        for at, start in enumerate(starts):
            words = (url, str(tmp_path), str(at * each), str(each))
            argv = [*start, sys.executable, str(script), *words]
            running.append(subprocess.Popen(argv, text=True, env=env, **pipes))  # type: ignore[call-overload]
        assert [one.stdout.readline() for one in running] == ["up\n", *["ready\n"] * 3]
        began = time.monotonic()
        for one in running[1:]:
            one.stdin.write("\n")
            one.stdin.flush()
        ends = [one.communicate(timeout=120) for one in running[1:]]
        took = time.monotonic() - began
    finally:
        for one in running:
            one.kill()
            one.wait()
            for pipe in (one.stdin, one.stdout, one.stderr):
                pipe.close()
    told = [port for out, _ in ends for line in out.splitlines() for port in json.loads(line)]
    print(f"{each * 3} first allocations of 20 ports in {took:.1f} s")
    errors = [line for _, error in ends for line in error.splitlines()]
    assert not [one for one in errors if "timeout expired" not in one]  # those ran it again
    assert len(told) == len(set(told)) == each * 3 * 20
    assert {port for _, _, port in cluster.leased()} == set(told)
    assert took < 30, took


def test_members_change_only_what_is_theirs(cluster: Cluster, machine: Make) -> None:
    """Row-level security, tried by another member with plain SQL."""
    assert machine("m1")("up").code == 0
    # bob's seat and checkout are his own, so only the lease is in question
    mine = "(SELECT id FROM portman.checkout LIMIT 1)"
    tries = {
        "DELETE FROM portman.lease": 0,
        "UPDATE portman.lease SET expires_at = now()": 0,
        "UPDATE portman.checkout SET path = 'x'": 0,
        "UPDATE portman.seat SET label = 'x'": 0,
        "DELETE FROM portman.checkout": 0,
        "DELETE FROM portman.seat": 0,
        "TRUNCATE portman.lease": psycopg.errors.InsufficientPrivilege,
        "ALTER TABLE portman.lease ADD x int": psycopg.errors.InsufficientPrivilege,
        "CREATE TABLE portman.x (x int)": psycopg.errors.InsufficientPrivilege,
        "UPDATE portman.meta SET version = 7": psycopg.errors.InsufficientPrivilege,
        "DELETE FROM portman.epoch": psycopg.errors.InsufficientPrivilege,
        "INSERT INTO portman.lease (space, protocol, port, checkout, service, position, expires_at)"
        f" SELECT 'host:box', 'tcp', 1, {mine}, 'x', 0, now()": (
            psycopg.errors.InsufficientPrivilege
        ),
        "INSERT INTO portman.seat (id, label, boot, role) VALUES (gen_random_uuid(), 'x', '',"
        " 'ada')": psycopg.errors.InsufficientPrivilege,
    }
    with psycopg.connect(cluster.url("bob"), autocommit=True) as bob:
        for sql, expected in tries.items():
            if expected == 0:
                assert bob.execute(sql).rowcount == 0, sql
            else:
                with pytest.raises(expected):
                    bob.execute(sql)
        assert len(cluster.leased()) == 2
        cluster.rows("UPDATE portman.lease SET expires_at = now() - interval '1 s'")
        assert bob.execute("DELETE FROM portman.lease").rowcount == 2
        seat = "SELECT gen_random_uuid(), 'b', ''"
        bob.execute(f"INSERT INTO portman.seat (id, label, boot) {seat}")
        checkout = "(seat, path, instance, project, usr) SELECT id, 'p', '', 'x', 'u' FROM"
        bob.execute(f"INSERT INTO portman.checkout {checkout} portman.seat WHERE role = 'bob'")
        long = (
            "INSERT INTO portman.lease (space, protocol, port, checkout, service, position,"
            " expires_at) SELECT 'host:box', 'tcp', 1, id, 'x', 0, now() + interval '%s' FROM"
            " portman.checkout WHERE role = 'bob'"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bob.execute(long % "10 years")
        assert bob.execute(long % "30 days").rowcount == 1


def test_leases_of_other_roles_cost_an_allocation_nothing(cluster: Cluster, machine: Make) -> None:
    """Row-level security asks portman.ended() of a row that a scan meets: no scan may meet them."""
    one = machine("m1")
    assert one("up").code == 0
    cluster.rows(
        "INSERT INTO portman.lease (space, protocol, port, checkout, service, position, expires_at,"
        " role) SELECT 'host:box', 'tcp', n, (SELECT min(id) FROM portman.checkout), 's' || n, 0,"
        " now() + interval '1 day', 'bob' FROM generate_series(20000, 29999) n"
    )
    cluster.rows("ANALYZE portman.lease; ALTER ROLE ada SET track_functions = 'all'")
    try:
        assert one("up", "--reassign").code == 0
        assert one("ledger", "gc").code == 0
        calls = (
            "SELECT coalesce(max(calls), 0) FROM pg_stat_user_functions WHERE funcname = 'ended'"
        )
        assert (cluster.rows(calls)[0][0] or 0) < 10
    finally:
        cluster.rows("ALTER ROLE ada RESET track_functions")


def test_list_team_shows_the_newest_that_have_leases_and_says_so(
    cluster: Cluster, machine: Make
) -> None:
    """What containers have left hides no checkout; what is not shown is not silent."""
    one = machine("m1")
    assert one("up").code == 0

    def fill(name: str, leases: str) -> None:
        cluster.rows(
            "WITH made AS (INSERT INTO portman.checkout (seat, path, instance, project, usr) SELECT"
            f" (SELECT id FROM portman.seat), convert_to('/{name}/' || n, 'UTF8'), '', 'job', 'u'"
            " FROM generate_series(1, 600) n RETURNING id) INSERT INTO portman.lease (space,"
            " protocol, port, checkout, service, position, expires_at) SELECT 'host:box', 'tcp',"
            " 10000 + row_number() OVER (), id, 'x', 0, now() + interval '1 day' FROM made "
            + leases
        )

    fill("left", "WHERE false")
    found = one("list", "--team").out
    assert (str(one.checkout) in found, "the newest" in found) == (True, False)
    fill("here", "")
    found = one("list", "--team").out
    assert (str(one.checkout) in found, found.count("/here/")) == (False, 500)
    assert "the newest 500 checkouts" in found
    assert str(one.checkout) in one("list", "--team", "--project", "shop").out


def test_state_folders_of_containers_that_are_gone_are_forgotten(
    cluster: Cluster, machine: Make
) -> None:
    """By their own role, or by the owner of the tables; those that were used lately stay."""
    one, two = machine("m1"), machine("m2")
    assert (one("up").code, two("up").code) == (0, 0)
    cluster.rows(
        "INSERT INTO portman.seat (id, label, boot, role, seen_at) SELECT gen_random_uuid(), 'job',"
        " '', CASE WHEN n < 30 THEN 'ada' ELSE 'bob' END, now() - interval '1 day' * n * 2"
        " FROM generate_series(1, 40) n; INSERT INTO portman.checkout (seat, path, instance,"
        " project, usr, role) SELECT id, '/w', '', 'shop', 'u', role FROM portman.seat"
        " WHERE label = 'job'"
    )
    assert one("ledger", "gc").out == "forgot 14 state folders on the server\n"
    owner = machine("m3", f"postgresql://postgres@/ports?host={cluster.folder}&port={cluster.port}")
    assert owner("ledger", "gc").out == "forgot 11 state folders on the server\n"
    assert one("ledger", "gc").out == "nothing on the server is over\n"
    assert len(cluster.leased()) == 4
    assert cluster.rows("SELECT count(*) FROM portman.seat WHERE label = 'job'") == [(15,)]
    assert cluster.rows("SELECT count(*) FROM portman.checkout WHERE path = '/w'") == [(15,)]
    assert (two("up", "--reassign").code, one("check").code) == (0, 0)


def started(one: Machine) -> tuple[subprocess.Popen[str], int]:
    """Start `run --ephemeral` of a program that prints its port and sleeps."""
    code = "import os, time; print(os.environ['API_PORT'], flush=True); time.sleep(300)"
    argv = one.argv("run", "--ephemeral", "--", sys.executable, "-c", code)
    process = subprocess.Popen(
        argv, cwd=one.checkout, env=one.env, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def test_an_ephemeral_lease_ends_with_its_program_on_another_machine(
    cluster: Cluster, machine: Make
) -> None:
    """Kill -9 frees it within a second; a restart and a crash of the server free nothing alive."""
    one, two = machine("m1"), machine("m2")
    process, port = started(one)
    try:
        two("up")
        assert ("host:box", "tcp", port) in cluster.leased()
    finally:
        process.kill()
        process.communicate()
    time.sleep(0.9)
    assert two("ledger", "gc").code == 0
    assert ("host:box", "tcp", port) not in cluster.leased()
    for end in (lambda: cluster.stop("fast"), cluster.kill):
        process, port = started(one)
        try:
            end()
            cluster.start()
            assert two("ledger", "gc").code == 0
            assert ("host:box", "tcp", port) in cluster.leased()
        finally:
            process.kill()
            process.communicate()


#: The command line with a line that is asked about sooner than in two minutes.
SOON = """
from portman.ledger.shared import driver
driver.LINE.update(keepalives_idle=1, keepalives_interval=1, keepalives_count=2)
from portman.__main__ import entry
entry()
"""


def test_a_line_that_is_cut_ends_what_belongs_to_a_process(
    cluster: Cluster, machine: Make, spaces: tuple[str, list[list[str]]]
) -> None:
    """Its machine has lost power, for all that the server can know: others get the ports."""
    host, starts = spaces
    one, two = machine("m1", cluster.url(host=host), PORTMAN_SPACE="far"), machine("m2")
    sleeper = "import time; print('up', flush=True); time.sleep(300)"
    words = ("run", "--ephemeral", "--", sys.executable, "-c", sleeper)
    process = subprocess.Popen(
        [*starts[0], sys.executable, "-c", SOON, *words],
        cwd=one.checkout, env=one.env, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert two("ledger", "gc").out == "nothing on the server is over\n"
        assert len(cluster.leased()) == 2
        subprocess.run([needs.program("ip"), "link", "set", "hub1", "down"], check=True)
        until = time.monotonic() + 20
        while cluster.leased() and time.monotonic() < until:
            assert two("ledger", "gc").code == 0
        assert cluster.leased() == []
    finally:
        process.kill()
        process.communicate()


def test_a_pooler_is_known_and_refused_where_sessions_matter(
    cluster: Cluster, machine: Make, tmp_path: Path
) -> None:
    """PgBouncer in transaction mode."""
    program = needs.program("pgbouncer", "/usr/sbin/pgbouncer")
    folder = cluster.folder / "bouncer"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    (folder / "users").write_text(f'"ada" "{PASSWORD}"\n')
    (folder / "ini").write_text(
        f"[databases]\nports = host=127.0.0.1 port={cluster.port}\n[pgbouncer]\n"
        "listen_addr = 127.0.0.1\nlisten_port = 54320\nauth_type = plain\n"
        f"auth_file = {folder}/users\npool_mode = transaction\nunix_socket_dir =\n"
        f"logfile = {folder}/log\n"
    )
    drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if IS_ROOT else []
    pooler = subprocess.Popen(
        [*drop, program, "-q", str(folder / "ini")], stderr=subprocess.DEVNULL
    )
    try:
        one = machine("m1", cluster.url().replace(str(cluster.port), "54320"))
        for _ in range(50):
            if one("ledger", "status").code == 0:
                break
            time.sleep(0.1)
        assert json.loads(one("ledger", "status", "--json").out)["data"]["pooled"] is True
        assert one("up").code == 0
        assert len(cluster.leased()) == 2
        refused = one("run", "--ephemeral", "--", "true")
        assert refused.code == 5
        assert "PgBouncer" in refused.err
        assert len(cluster.leased()) == 2
    finally:
        pooler.kill()
        pooler.wait()


#: Leases one port after another until its input ends, or nothing went for a minute; prints each
#: one that was acknowledged.
LOADER = """
import select, sys, time
from portman.base.errors import PortmanError
from portman.base.values import Checkout, Lease
from portman.ledger.shared.ledger import SharedLedger
from portman.ledger.shared.settings import Settings
ledger, number = SharedLedger(sys.argv[2], Settings(sys.argv[1], "box")), 0
went = time.monotonic()
while not select.select([sys.stdin], [], [], 0)[0] and went + 60 > time.monotonic():
    number += 1
    try:
        with ledger.writing([("host:build", "ENGINE")]) as writer:
            taken = writer.taken("host:build")
            writer.know_engine("host:build", "ENGINE", 1, here=False)
            port = next(one for one in range(20000, 60000) if ("tcp", one) not in taken)
            writer.record_checkout(Checkout(f"/{number}"), primary=True, user="u", now=1)
            writer.grant(f"/{number}", "", "host:build", [Lease("web", port)], 1)
        print(port, flush=True)
        went = time.monotonic()
    except PortmanError:
        pass
"""


@pytest.fixture(name="twin")
def _twin(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A standby that streams; `request.param` is what synchronous_standby_names says."""
    twin = Cluster(54_330, like=cluster)
    try:
        cluster.rows(f"ALTER SYSTEM SET synchronous_standby_names = '{request.param}'")
        cluster.rows("SELECT pg_reload_conf()")
        state = "sync" if request.param else "async"
        for _ in range(100):
            if cluster.rows(f"SELECT 1 FROM pg_stat_replication WHERE sync_state = '{state}'"):
                break
            time.sleep(0.05)
        yield twin
    finally:
        twin.remove()
        with contextlib.suppress(AssertionError):
            cluster.start()  # a test has killed it
        cluster.rows("ALTER SYSTEM RESET ALL")
        cluster.rows("SELECT pg_reload_conf()")


def both(cluster: Cluster, twin: Cluster) -> str:
    hosts = f"127.0.0.1:{cluster.port},127.0.0.1:{twin.port}"
    url = cluster.url().replace(f"127.0.0.1:{cluster.port}", hosts)
    return f"{url}?target_session_attrs=read-write"


def promote(twin: Cluster) -> None:
    twin.run("pg_ctl", "-D", str(twin.data), "-w", "promote")


@pytest.mark.parametrize("twin", ["twin"], indirect=True)
def test_a_synchronous_standby_takes_over_under_load_without_loss(
    cluster: Cluster, twin: Cluster, tmp_path: Path
) -> None:
    """Six clients never stop; what was acknowledged is there once, before and after."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    running = []
    for at in range(6):
        argv = [sys.executable, "-c", LOADER, both(cluster, twin), str(tmp_path / str(at))]
        running.append(subprocess.Popen(argv, text=True, env=env, **pipes))  # type: ignore[call-overload]
    told: list[int] = []
    try:
        told += [int(one.stdout.readline()) for one in running for _ in range(3)]
        cluster.kill()
        promote(twin)
        # The next lines may have been acknowledged by the primary, these not.
        told += [int(one.stdout.readline()) for one in running for _ in range(20)]
        told += [int(line) for one in running for line in one.communicate("")[0].splitlines()]
    finally:
        for one in running:
            one.kill()
            one.wait()
    leased = [port for space, _, port in twin.leased() if space == "engine:ENGINE"]
    assert len(told) == len(set(told)), "a port was given twice"
    assert set(told) <= set(leased), "an acknowledged port was lost"
    assert len(told) >= 6 * 23
    print(f"{len(told)} acknowledged, 0 lost, 0 doubled")


@pytest.mark.parametrize("twin", [""], indirect=True)
def test_an_asynchronous_standby_loses_and_doctor_says_so(
    cluster: Cluster, twin: Cluster, machine: Make
) -> None:
    """What docs/fleet.md warns of: the last allocation is lost, and its port given out again."""
    one, two, three = (machine(name, both(cluster, twin)) for name in ("m1", "m2", "m3"))
    one.write("[services]\napi = 'auto'\n")
    assert one("up").code == 0
    checks = json.loads(one("doctor", "--json").out)["data"]["checks"]
    (said,) = (each for each in checks if each["check"] == "ledger" and each["status"] == "warn")
    assert "asynchronous" in said["reason"]
    # The standby falls behind: what sends to it is stopped.
    sender = cluster.rows("SELECT pid FROM pg_stat_replication")[0][0]
    before = len(twin.leased())
    os.kill(sender, signal.SIGSTOP)
    assert two("up").code == 0
    cluster.kill()
    promote(twin)
    assert len(twin.leased()) == before
    # The one whose leases were lost is told, at its next contact.
    two.write("[services]\nweb = 3000\napi = 'auto'\nmore = 'auto'\n")
    assert refused(two, "up")["code"] == "ledger-older"
    assert three("up").code == 0
    assert two.ports()["WEB_PORT"] == three.ports()["WEB_PORT"] == 3000


def test_list_where_doctor_and_dashboard_speak_of_the_server(
    cluster: Cluster, machine: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = machine("m1"), machine("m2")
    assert (one("up").code, two("up").code) == (0, 0)
    team = json.loads(one("list", "--team", "--json").out)["data"]["team"]
    assert {each["checkout"] for each in team} == {str(one.checkout), str(two.checkout)}
    assert "in host:box" in one("list", "--team", "--project", "shop").out
    where = json.loads(one("where", "--json").out)["data"]
    assert where["ledger_server"] == f"127.0.0.1:{cluster.port}/ports"
    assert where["server_state"].startswith("answers: PostgreSQL ")
    checks = json.loads(one("doctor", "--json").out)["data"]["checks"]
    said = [each["reason"] for each in checks if each["check"] == "ledger"]
    assert any("answers: PostgreSQL" in reason for reason in said)
    page = one("dashboard", "--html", "-").out
    assert "Machines of the shared ledger" in page
    assert str(two.checkout) in page.partition('id="team"')[2]
    monkeypatch.setenv("PORTMAN_LEDGER", f"postgresql://ada:{PASSWORD}@127.0.0.1:1/ports")
    facts = MachineFacts(str(one.checkout))
    facts.shares = True
    gone = facts.team()
    assert gone is not None
    assert ("127.0.0.1:1" in gone["error"], PASSWORD in gone["error"]) == (True, False)
    alone = machine("m3", PORTMAN_LEDGER="")
    assert alone("list", "--team").code == 2
    assert "ledger_server" not in json.loads(alone("where", "--json").out)["data"]
    # A lost state folder's leases go to another one of the same role, by its label.
    members = json.loads(one("ledger", "members", "--json").out)["data"]["members"]
    three = machine("m4")
    for label, said in ((members[0]["label"], "several other"), ("nobody", "no other")):
        done = three("ledger", "adopt", label)
        assert (done.code, said in done.err) == (2, True), done.err
    three("up")
    mine = json.loads(one("ledger", "status", "--json").out)["data"]["seat"]
    assert str(one.checkout) in three("ledger", "adopt", mine[:8]).out
    for words in (("down",), ("ledger", "gc")):
        assert three(*words).code == 0
