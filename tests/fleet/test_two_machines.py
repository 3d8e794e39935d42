"""Two state folders that share one port space through a server: two laptops, two job containers.

Each test runs the real command line, in processes, against a real PostgreSQL.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import time
from typing import TYPE_CHECKING

from tests.cluster import PASSWORD
from tests.integration import needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cluster import Cluster
    from tests.fleet.conftest import Machine

    Make = Callable[..., Machine]


def refused(machine: Machine, *words: str) -> dict[str, str]:
    """Run a command that fails with exit code 5; return its error. Nothing tells the password."""
    done = machine(*words, "--json")
    assert done.code == 5, (done.out, done.err)
    assert PASSWORD not in done.out + done.err
    return json.loads(done.out)["errors"][0]  # type: ignore[no-any-return]


def test_no_port_is_given_twice_and_the_other_one_is_named(cluster: Cluster, machine: Make) -> None:
    one, two = machine("m1"), machine("m2")
    assert one("up").code == 0
    second = two("up")
    assert second.code == 0
    assert one.ports()["WEB_PORT"] == 3000
    assert not set(one.ports().values()) & set(two.ports().values())
    assert re.search(rf"wanted 3000, leased to web of \S+-[0-9a-f]{{8}}:{one.checkout}", second.err)
    assert "free again" not in second.out
    assert len(cluster.leased()) == 4
    assert one("down").code == 0
    assert two("up", "--reassign", "web").code == 0
    assert two.ports()["WEB_PORT"] == 3000


def with_compose(machine: Machine) -> Machine:
    """Give its checkout a Compose file: the folder's name makes it the project `shop`."""
    machine.write("[services]\nweb = 3000\n[containers]\ndb = { port = 5432, target = 5432 }\n")
    (machine.checkout / "compose.yaml").write_text(
        'services:\n  db:\n    image: postgres\n    ports: ["5432:5432"]\n'
        "    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data: {name: shop-data}\n"
    )
    return machine


def project_of(machine: Machine) -> str:
    found = re.search(r"COMPOSE_PROJECT_NAME=(\S*)", (machine.checkout / ".env").read_text())
    return found[1] if found else "shop"


def test_of_two_machines_with_one_engine_each_has_its_own_compose_project(
    cluster: Cluster, machine: Make
) -> None:
    """Two clones of one folder name: the second `up -d` would take the first one's database."""
    one, two = with_compose(machine("m1")), with_compose(machine("m2"))
    assert one("up").code == 0
    assert project_of(one) == "shop"
    assert two("up").code == 0
    assert project_of(two) not in ("shop", "")
    assert "shop-data" not in (two.checkout / "compose.override.yaml").read_text().split()
    names = cluster.rows("SELECT kind, name FROM portman.name ORDER BY kind, name")
    assert [name for kind, name in names if kind == "project"] == sorted(["shop", project_of(two)])
    for again in (one, two, one):
        before = project_of(again)
        assert again("up", "--reassign").code == 0
        assert (again("check").code, project_of(again)) == (0, before)
    listed = json.loads(two("list", "--json").out)
    assert not listed.get("leftovers"), "what another machine has is no leftover of ours"


def test_a_compose_project_of_another_machine_is_free_after_its_time(
    cluster: Cluster, machine: Make
) -> None:
    """A laptop that never comes back keeps its names as long as its ports."""
    one, two = with_compose(machine("m1")), with_compose(machine("m2"))
    assert one("up").code == 0
    cluster.rows("UPDATE portman.name SET expires_at = clock_timestamp()")
    assert two("up").code == 0
    assert project_of(two) == "shop"


def test_what_is_vouched_for_is_answered_without_a_socket(
    cluster: Cluster, machine: Make, tmp_path: Path
) -> None:
    """Strace sees neither socket(2) of a network family nor psycopg, with and without a receipt."""
    one = machine("m1")
    assert one("up").code == 0
    for again in range(3):
        for words in (("up",), ("env",), ("port", "web")):
            if again == 0:
                forget_receipts(one)
            trace = tmp_path / "trace"
            options = ["-f", "-e", "trace=connect,openat", "-o", str(trace)]
            argv = [needs.program("strace"), *options, *one.argv(*words)]
            subprocess.run(argv, cwd=one.checkout, env=one.env, capture_output=True, check=True)
            seen = trace.read_text()
            assert not re.search(r"connect\(.*sin6?_port", seen), words
            assert "psycopg" not in seen


def forget_receipts(one: Machine) -> None:
    for folder in (one.folder / "state").glob("receipts-*"):
        shutil.rmtree(folder)


def test_without_the_server_what_is_there_goes_on_and_nothing_else_begins(
    cluster: Cluster, machine: Make
) -> None:
    one, two = machine("m1"), machine("m2")
    assert one("up").code == 0
    env, web = (one.checkout / ".env").read_bytes(), one.ports()["WEB_PORT"]
    cluster.stop("immediate")
    try:
        assert one("up").code == 0
        error = refused(two, "up")
        assert error["code"] == "ledger-unreachable"
        assert not (two.checkout / ".env").exists()
        assert json.loads(two("list", "--json").out)["data"]["checkouts"] == []
        one.write("[services]\nweb = 3000\napi = 'auto'\nmore = 'auto'\n")
        assert refused(one, "up")["code"] == "ledger-unreachable"
        assert (one.checkout / ".env").read_bytes() == env
        # `down` keeps for later what the server has to hear.
        down = one("down")
        assert down.code == 0
        assert "is sent to it later" in down.err
    finally:
        cluster.start()
    assert ("host:box", "tcp", web) in cluster.leased()
    assert one("ledger", "gc").code == 0
    assert cluster.leased() == []
    assert two("up").code == 0
    assert two.ports()["WEB_PORT"] == 3000


def test_a_user_configures_the_server_once(cluster: Cluster, machine: Make) -> None:
    """`ledger remember` counts where the environment is silent, also for what has a receipt."""
    one = machine("m1")
    assert one("up", PORTMAN_LEDGER="").code == 0  # a receipt without a server
    said = one("ledger", "remember")
    assert (said.code, PASSWORD in said.out + said.err) == (0, False)
    file = one.folder / "state" / "server"
    assert file.stat().st_mode & 0o777 == 0o600
    own = ("PORTMAN_LEDGER", "PORTMAN_SPACE")
    one.env = {name: value for name, value in one.env.items() if name not in own}
    assert cluster.leased() == []
    assert one("up").code == 0
    assert len(cluster.leased()) == 2
    assert json.loads(one("ledger", "status", "--json").out)["data"]["space"] == "box"
    for mode in (0o666, 0o644):
        file.chmod(mode)
        assert "is not used" in refused(one, "ledger", "status")["message"]
    file.chmod(0o600)
    assert "removed" in one("ledger", "forget").out
    assert one("list", "--team").code == 2


def test_a_lost_local_ledger_is_found_again_on_the_server(cluster: Cluster, machine: Make) -> None:
    one = machine("m1")
    assert one("up").code == 0
    before, rows = one.ports(), cluster.leased()
    for file in (one.folder / "state").glob("ledger.*"):
        file.unlink()
    assert one("up").code == 0
    assert one.ports() == before
    assert cluster.leased() == rows
    held = json.loads(one("list", "--json").out)["data"]["checkouts"][0]["services"]
    assert {service["port"] for service in held} == set(before.values())


def test_a_lease_ends_by_the_clock_of_the_server_alone(cluster: Cluster, machine: Make) -> None:
    """Half the time without a question; then renewed; what is over goes to who asks."""
    one, two = machine("m1", PORTMAN_LEASE="1m"), machine("m2")
    assert one("up").code == 0
    ends = "SELECT expires_at FROM portman.lease WHERE port = 3000"
    first = cluster.rows(ends)
    assert one("up").code == 0
    assert cluster.rows(ends) == first
    make_older(one, 31)
    assert one("up").code == 0
    assert cluster.rows(ends) > first
    # Nobody vouched: others get it, and the first one says so and moves.
    cluster.rows("UPDATE portman.lease SET expires_at = clock_timestamp() - interval '1 s'")
    assert two("up").code == 0
    assert two.ports()["WEB_PORT"] == 3000
    make_older(one, 61)
    late = one("up")
    assert late.code == 0
    assert "3000 was given to another machine after its time" in late.err
    assert one.ports()["WEB_PORT"] != 3000
    assert len(cluster.leased()) == 4


def make_older(one: Machine, seconds: int) -> None:
    """Let time go by for what the local ledger knows of the server."""
    with sqlite3.connect(one.folder / "state" / "ledger.db") as connection:
        connection.execute(
            "UPDATE vouched SET sent = sent - ?, until = until - ?", (seconds * 10**9, seconds)
        )
    connection.close()
    forget_receipts(one)


def test_a_server_that_is_gone_costs_one_warning_and_no_receipt(
    cluster: Cluster, machine: Make
) -> None:
    """In the second half of the time, and after it."""
    one = machine("m1", PORTMAN_LEASE="1m")
    assert one("up").code == 0
    cluster.stop("immediate")
    try:
        for older, said in ((31, "going on with leases that it vouches for until"), (30, "since")):
            make_older(one, older)
            for _ in range(2):
                done = one("up")
                assert done.code == 0
                assert said in done.err
                assert len(done.err.strip().splitlines()) == 2
                assert PASSWORD not in done.err
                time.sleep(0.1)
    finally:
        cluster.start()
    assert one("up").err == ""
