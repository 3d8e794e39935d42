"""who, on real sockets and processes: every kind of holder, users, namespaces, exit codes."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Inside = Callable[..., Any]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def server_of_a_checkout() -> Any:
    """Start a leased service's server in its checkout and ask who has its port."""
    import os
    import subprocess
    import sys
    from pathlib import Path

    os.environ["PORTMAN_HOME"] = os.path.realpath("state")
    shop = Path("shop")
    (shop / "web").mkdir(parents=True)
    (shop / "ports.toml").write_text("[services]\nweb = 3000\n")
    subprocess.run(["git", "init", "-q", "-b", "main", "shop"], check=True)
    base = [sys.executable, "-m", "portman", "-C", "shop"]
    subprocess.run([*base, "up", "-q"], check=True, capture_output=True)
    code = "import socket; s = socket.create_server(('127.0.0.1', 3000)); print('up', flush=True)"
    server = subprocess.Popen(
        [sys.executable, "-c", code + "; a = [s.accept() for _ in range(2)]; input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="shop/web",
    )
    assert server.stdout
    server.stdout.readline()
    import socket

    clients = [socket.create_connection(("127.0.0.1", 3000)) for _ in range(2)]
    asked = [*base, "who", "--json"]
    by_name, by_address, elsewhere, other, udp = (
        subprocess.run([*asked, *words], capture_output=True, text=True)
        for words in (["web"], ["localhost:3000"], ["[::1]:3000"], ["3001"], ["3000", "--udp"])
    )
    text = subprocess.run([*base, "who", ":3000"], capture_output=True, text=True).stdout
    for client in clients:
        client.close()
    server.communicate(b"\n")
    data = json.loads(by_name.stdout)["data"]
    one = data["occupants"][0]
    return {
        "codes": [each.returncode for each in (by_name, by_address, elsewhere, other, udp)],
        "code": json.loads(other.stdout)["errors"][0]["code"],
        "pid": one["pid"] == server.pid,
        "socket": [
            (each["protocol"], each["address"], each["port"], each["reach"])
            for each in one["sockets"]
        ],
        "connections": one["connections"],
        "parent": one["parents"][0]["pid"] == os.getpid(),
        "folder": os.path.relpath(one["folder"]["path"]),
        "worktree": os.path.relpath(one["folder"]["worktree"]),
        "branch": one["folder"]["branch"],
        "checkout": os.path.relpath(one["folder"]["checkout"]),
        "expected": [one["expected"]["service"], one["expected"]["ours"]],
        "lease": [each["service"] for each in data["leases"]],
        "text": [line.split()[0] for line in text.splitlines() if line.startswith("  ")],
        "widest": max(len(line) for line in text.splitlines()) > 0,
    }


def test_the_whole_chain_of_our_own_server(in_namespace: Inside) -> None:
    """From the socket to the service, by name and by address; exit 1 where nobody is."""
    found = in_namespace(server_of_a_checkout)
    labels = found.pop("text")
    assert found == {
        "codes": [0, 0, 1, 1, 1],
        "code": "port-idle",
        "pid": True,
        "socket": [["tcp", "127.0.0.1", 3000, "loopback"]],
        "connections": 2,
        "parent": True,
        "folder": "shop/web",
        "worktree": "shop",
        "branch": "main",
        "checkout": "shop",
        "expected": ["web", True],
        "lease": ["web"],
        "widest": True,
    }
    wanted = ["address", "in", "process", "started", "parents", "folder", "git", "checkout"]
    assert [word for word in labels if word in wanted] == wanted


def kinds_of_holders() -> Any:
    """Return (role, protocol, addresses) of everybody on seven ports."""
    import socket

    from portman.commands.who import who

    def listener(family: int, address: str, port: int, **options: Any) -> socket.socket:
        kind = options.get("kind", socket.SOCK_STREAM)
        made = socket.socket(family, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, options.get("only", 0))
        made.bind((address, port))
        if kind == socket.SOCK_STREAM and options.get("listen", True):
            made.listen(5)
        return made

    kept = [
        listener(socket.AF_INET6, "::", 3001),
        listener(socket.AF_INET6, "::1", 3002, only=1),
        listener(socket.AF_INET, "127.0.0.1", 3002),
        listener(socket.AF_INET, "127.0.0.1", 3003, listen=False),
        listener(socket.AF_INET, "0.0.0.0", 3004, kind=socket.SOCK_DGRAM),
        listener(socket.AF_INET, "127.0.0.1", 3005),
    ]
    client = socket.socket()
    client.bind(("127.0.0.1", 3006))
    client.connect(("127.0.0.1", 3005))
    kept[-1].accept()

    def told(asked: str) -> Any:
        report = who(".", asked)
        return [
            [
                one["role"],
                sorted(f"{each['protocol']} {each['address']}" for each in one["sockets"]),
            ]
            for one in report.data["occupants"]
        ]

    return {
        asked: told(asked)
        for asked in ("3001", "127.0.0.1:3001", "3002", "127.0.0.1:3002", "3003", "3004", "3006")
    }


def test_every_kind_of_holder_is_found(in_namespace: Inside) -> None:
    """Dual-stack, one family, both, only bound, UDP, and the near end of a connection."""
    assert in_namespace(kinds_of_holders) == {
        "3001": [["listen", ["tcp ::"]]],
        "127.0.0.1:3001": [["listen", ["tcp ::"]]],
        "3002": [["listen", ["tcp 127.0.0.1", "tcp ::1"]]],
        "127.0.0.1:3002": [["listen", ["tcp 127.0.0.1"]]],
        "3003": [["bound", ["tcp 127.0.0.1"]]],
        "3004": [["listen", ["udp 0.0.0.0"]]],
        "3006": [["connection", ["tcp 127.0.0.1"]]],
    }


def others_server() -> Any:
    """Ask as another user who has root's port."""
    import os
    import shutil
    import socket
    import tempfile

    from portman.commands.who import who
    from portman.machine.processes import cgroups

    mount = cgroups._mount_point()
    folder = f"{mount}/portman-test-{os.getpid()}.service" if mount else None
    before = cgroups.of_process(os.getpid()) or ""
    if folder:
        os.mkdir(folder)
        with open(f"{folder}/cgroup.procs", "w") as file:
            file.write(str(os.getpid()))
    listener = socket.create_server(("127.0.0.1", 3000))
    if folder:
        with open(f"{mount}{before}/cgroup.procs", "w") as file:
            file.write(str(os.getpid()))
    os.environ["PORTMAN_HOME"] = state = tempfile.mkdtemp(dir="/tmp")
    os.chown(state, 65534, 65534)
    who(".", "3000")  # loads what the other user may not read from root's folders
    back, answer = os.pipe()
    child = os.fork()
    if child == 0:
        listener.close()
        os.chdir("/")
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        report = who(".", "3000")
        (one,) = report.data["occupants"]
        told = [one[key] for key in ("pid", "uid", "user", "folder")]
        warning = report.warnings[0]
        told += [report.exit_code, warning.code, warning.hint]
        told.append(folder is None or one["unit"] == os.path.basename(folder))
        os.write(answer, json.dumps(told).encode())
        os._exit(0)
    os.close(answer)
    told = json.loads(os.read(back, 4096))
    os.waitpid(child, 0)
    listener.close()
    if folder:
        os.rmdir(folder)
    shutil.rmtree(state)
    return told


@pytest.mark.root
def test_another_users_process_is_named_by_user(in_namespace: Inside) -> None:
    """Without root: uid, login name and systemd unit, no pid, and how to see more."""
    assert in_namespace(others_server) == [
        None,
        0,
        "root",
        None,
        0,
        "process-hidden",
        "sudo portman who 3000",
        True,
    ]


def other_namespace() -> Any:
    """Start a server in a second network namespace; return who is found without and with it."""
    import subprocess
    import sys

    from portman.commands.who import who

    code = "import socket; s = socket.create_server(('0.0.0.0', 3000)); print('up', flush=True)"
    server = subprocess.Popen(
        ["unshare", "--net", sys.executable, "-c", code + "; input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout
    server.stdout.readline()
    near = who(".", "3000")
    far = who(".", "3000", everywhere=True)
    server.communicate(b"\n")
    # Other tests of this machine may serve the same port in namespaces of their own.
    (one,) = [each for each in far.data["occupants"] if each["pid"] == server.pid]
    return [
        near.exit_code,
        far.exit_code,
        one["sockets"][0]["namespace"].startswith("network namespace"),
        one["expected"],
    ]


@pytest.mark.root
def test_other_network_namespaces_when_asked(in_namespace: Inside) -> None:
    """Only with --all-namespaces, with the namespace named, and never as our lease's holder."""
    assert in_namespace(other_namespace) == [1, 0, True, None]


def shared_socket() -> Any:
    """Return the master and the workers that who names for a socket they share."""
    import os
    import signal
    import socket

    from portman.commands.who import who

    kept = socket.create_server(("127.0.0.1", 3000))
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            signal.alarm(30)
            signal.pause()
        children.append(child)
    one = who(".", "3000").data["occupants"][0]
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    kept.close()
    return [one["pid"] == os.getpid(), [each["pid"] for each in one["sharing"]] == children]


def test_workers_that_share_the_socket_are_named(in_namespace: Inside) -> None:
    """A forked server is one occupant; its workers stand beside it."""
    assert in_namespace(shared_socket) == [True, True]


def remains_only() -> Any:
    """Leave TIME_WAIT on a port and ask who is there."""
    import socket

    from portman.commands.who import who

    listener = socket.create_server(("127.0.0.1", 3000))
    client = socket.create_connection(("127.0.0.1", 3000))
    accepted, _ = listener.accept()
    accepted.close()
    client.recv(1)
    client.close()
    listener.close()
    report = who(".", "3000")
    return [report.exit_code, report.data["remains"], "TIME_WAIT" in report.errors[0].message]


def test_remains_are_nobody(in_namespace: Inside) -> None:
    """TIME_WAIT is told, and still the answer is that nobody is there."""
    assert in_namespace(remains_only) == [1, 1, True]


@pytest.mark.parametrize(
    ("asked", "code", "exit_code"),
    [
        ("localhost", "usage", 2),
        ("0", "usage", 2),
        ("70000", "usage", 2),
        ("nosuchservice", "service-unknown", 1),
        ("web", "service-unknown", 1),
    ],
)
def test_what_cannot_be_asked(
    asked: str, code: str, exit_code: int, portman: Callable[..., Any], tmp_path: Any
) -> None:
    """No port, port 0, no port number, no such service, no manifest: each with what to type."""
    done = portman("who", asked, "--json", cwd=tmp_path)
    error = json.loads(done.out)["errors"][0]
    assert (done.code, error["code"]) == (exit_code, code)
    assert error["hints"]
