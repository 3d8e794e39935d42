"""explain, on a real machine: sides of connections, remains, filters, full queues, families."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Inside = Callable[..., Any]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="netlink and /proc")


def every_side() -> Any:
    """Explain the listener's port, a client's number, and the same as another machine's."""
    import os
    import socket

    from portman.commands.explain import explain

    listener = socket.create_server(("127.0.0.1", 3000))
    client = socket.create_connection(("127.0.0.1", 3000))
    accepted, _ = listener.accept()
    number = client.getsockname()[1]

    def told(asked: str) -> Any:
        found = explain(".", asked).data["findings"]
        return {one["code"]: one["text"] for one in found if one["topic"] in ("now", "trouble")}

    near = told(f"127.0.0.1:{number}")
    near_text = near["near-side"]
    served = told("localhost:3000")
    away = told("192.0.2.7:5432")
    me = f"(pid {os.getpid()}"
    kept = [accepted, client, listener]
    return {
        "near": sorted(near),
        "ends": [near_text.count(me), "127.0.0.1:3000" in near_text],
        "served": sorted(served),
        "use": "1 connection now" in served["listener"],
        "away": sorted(away),
        "kept": len(kept),
    }


def test_both_sides_of_a_live_connection(in_namespace: Inside) -> None:
    """A client's number leads to its program, its peer, and the program at the other end."""
    assert in_namespace(every_side) == {
        "near": ["client-port", "near-side"],
        "ends": [2, True],
        "served": ["clients", "listener"],
        "use": True,
        "away": ["no-connection", "remote"],
        "kept": 3,
    }


def remains_and_queues() -> Any:
    """Explain TIME_WAIT of both kinds, a full accept queue, and a port held without listening."""
    import socket

    from portman.commands.explain import explain

    def codes(asked: str) -> list[str]:
        found = explain(".", asked).data["findings"]
        return sorted(one["code"] for one in found if one["topic"] in ("now", "trouble"))

    def leave_remains(port: int, *, reuse: int) -> None:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
        server.bind(("127.0.0.1", port))
        server.listen()
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()
        client.recv(1)
        client.close()
        server.close()

    leave_remains(3000, reuse=1)
    leave_remains(3001, reuse=0)
    stuck = socket.create_server(("127.0.0.1", 3002), backlog=1)
    waiting = []
    for _ in range(3):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", 3002))
        waiting.append(one)
    held = socket.socket()
    held.bind(("127.0.0.1", 3003))
    told = {asked: codes(asked) for asked in ("3000", "3001", "3002", "3003", "3004")}
    return [told, stuck.fileno() > 0, len(waiting), held.fileno() > 0]


def test_what_keeps_a_server_from_starting_or_answering(in_namespace: Inside) -> None:
    """Each state of the kernel has a cause of its own."""
    told = in_namespace(remains_and_queues)[0]
    assert told["3000"] == ["lingering", "refused", "remains"]
    assert told["3001"] == ["refused", "remains", "time-wait"]
    assert {"queue-full", "listener"} <= set(told["3002"])
    assert told["3003"] == ["bound", "refused"]
    assert told["3004"] == ["nothing", "refused"]


def filtered() -> Any:
    """Drop loopback traffic to a port on which nobody listens; redirect another one."""
    import shutil
    import socket
    import subprocess

    from portman.commands.explain import explain

    if shutil.which("nft") is None:
        return "no nft"
    rules = """
    table inet t {
        chain in { type filter hook input priority 0; tcp dport { 3000, 3003 } drop; }
        chain out { type nat hook output priority -100; tcp dport 3001 redirect to :3002; }
    }
    """
    done = subprocess.run(["nft", "-f", "-"], input=rules, text=True, capture_output=True)
    if done.returncode:
        return "no nft"
    behind = [socket.create_server(("127.0.0.1", port)) for port in (3002, 3003)]
    told = []
    for asked in ("127.0.0.1:3000", "127.0.0.1:3001", "127.0.0.1:3003"):
        data = explain(".", asked).data
        told.append(
            [data["answer"], *(x["code"] for x in data["findings"] if x["topic"] == "trouble")]
        )
    for one in behind:
        one.close()
    return told


@pytest.mark.root
def test_filters_and_redirections_are_found_by_a_real_connection(in_namespace: Inside) -> None:
    """Tried where nobody listens; read in the rules where somebody does and is not disturbed."""
    told = in_namespace(filtered)
    if told == "no nft":
        pytest.skip("nft is missing or not allowed here")
    assert told == [["silent", "filtered"], ["answered", "redirected"], [None, "filtered"]]


def test_a_service_its_lease_and_its_former_lease(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """By name, by number, and after it was given back."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "ports.toml").write_text('[services]\nweb = "auto"\n')
    portman("up", cwd=shop)
    port = portman("port", "web", cwd=shop).out.strip()

    def codes(*words: str) -> list[str]:
        done = portman("explain", *words, "--json", cwd=shop)
        assert done.code == 0
        return [one["code"] for one in json.loads(done.out)["data"]["findings"]]

    assert "lease" in codes("web")
    assert "lease" in codes(f"http://localhost:{port}/path")
    portman("down", cwd=shop)
    assert "former-lease" in codes(port)
    assert portman("explain", "web", cwd=shop).code == 1


def test_a_name_of_the_registry_stands_for_its_port(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """Without a manifest, `explain postgresql` is about 5432; other names are an error."""
    done = portman("explain", "postgresql", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("postgresql: port 5432\n")
    assert portman("explain", "nosuchname", cwd=tmp_path).code == 1


def test_nothing_of_a_password_is_said(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """A pasted URL loses its credentials, path and query before anything is printed."""
    asked = "postgresql://app:s3cret@localhost:5999/shop?token=s3cret"
    for words in (("explain", asked), ("explain", asked, "--json"), ("who", asked)):
        done = portman(*words, cwd=tmp_path)
        assert "s3cret" not in done.out + done.err


def test_a_ledger_that_cannot_be_read_is_no_reason_to_be_silent(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """Who, explain and free say what they can, and that nothing is said of leases."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / "ledger.db").write_bytes(b"not a ledger at all" * 100)
    for words in (("explain", "5999"), ("who", "5999"), ("free", "5999", "-y")):
        done = portman(*words, "--json", cwd=tmp_path, env={"PORTMAN_HOME": str(state)})
        document = json.loads(done.out)
        assert done.code == (1 if words[0] == "who" else 0)
        if words[0] != "free":
            assert [one["code"] for one in document["warnings"]] == ["ledger-unread"]


@pytest.mark.root
def test_under_sudo_the_missing_leases_are_said(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """The hint of who leads to sudo, whose ledger is root's own."""
    sudo = {"SUDO_USER": "me", "PORTMAN_HOME": "", "HOME": str(tmp_path)}
    done = portman("explain", "5999", "--json", cwd=tmp_path, env=sudo)
    assert [one["code"] for one in json.loads(done.out)["warnings"]] == ["ledger-unread"]


def localhost_both_ways(hosts: str, address: str) -> Any:
    """Explain a server on one family where the hosts file puts these addresses first."""
    import json
    import socket
    import subprocess
    import sys

    with open("hosts", "w") as file:
        file.write(hosts)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.socket(family)
    server.bind((address, 3000))
    server.listen()
    inside = 'mount --bind hosts /etc/hosts && exec "$0" -m portman explain 3000 --json'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", inside, sys.executable], capture_output=True, text=True
    )
    server.close()
    if not done.stdout:
        return None
    data = json.loads(done.stdout)["data"]
    codes = [one["code"] for one in data["findings"] if one["topic"] == "trouble"]
    return [data["localhost"], codes]


@pytest.mark.root
@pytest.mark.parametrize(
    ("hosts", "address", "expected"),
    [
        ("127.0.0.1 localhost\n::1 localhost\n", "127.0.0.1", ["ipv4-only"]),
        ("127.0.0.1 localhost\n::1 localhost\n", "::1", ["ipv6-only"]),
        ("127.0.0.1 localhost\n", "127.0.0.1", []),
        ("127.0.0.1 localhost\n", "::1", ["refused-here", "ipv6-only"]),
    ],
)
def test_what_localhost_means_is_asked_of_this_machine(
    hosts: str, address: str, expected: list[str], in_namespace: Inside
) -> None:
    """The resolver's own order, against the addresses that are really listened on."""
    told = in_namespace(localhost_both_ways, hosts, address)
    if told is None:
        pytest.skip("no mount namespace here")
    assert told[1] == expected, told
