"""Who has a port: own, forked and other users' processes, as root and without."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Inside = Callable[..., Any]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def own_server() -> Any:
    """Start a server as a process of its own and return who has its port."""
    import os
    import subprocess
    import sys

    from portman.holders.find import find_holders

    os.mkdir("shop")
    code = "import socket; s = socket.create_server(('127.0.0.1', 23456)); print('up', flush=True)"
    server = subprocess.Popen(
        [sys.executable, "-c", code + "; input()", "a b", "\x1b[31mred\n"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="shop",
        env={"PORTMAN_CHECKOUT": "/home/me/shop#ci", "SECRET": "hunter2"},
    )
    assert server.stdout
    server.stdout.readline()
    found = find_holders([("tcp", 23456), ("udp", 23456), ("tcp", 23457)])
    server.communicate(b"\n")
    assert len(found) == 1
    one = found[0]
    return {
        "ours": one.pid == server.pid,
        "name": one.name.startswith("python"),
        "end": one.command[one.command.index("input()") :],
        "here": os.path.relpath(one.cwd or "", os.path.realpath(".")),
        "uid": one.uid == os.getuid() and bool(one.user),
        "claim": one.claims_checkout,
        "place": [one.protocol, one.address, one.port, one.state],
        "secret": "hunter2" in repr(one),
        "gone": find_holders([("tcp", 23456)]) == [],
    }


def test_own_server_is_fully_named(in_namespace: Inside) -> None:
    """Command, folder, user and claim are told; control characters harmless; no other value."""
    assert in_namespace(own_server) == {
        "ours": True,
        "name": True,
        "end": "input()' 'a b' '\\x1b[31mred\\n'",
        "here": "shop",
        "uid": True,
        "claim": "/home/me/shop#ci",
        "place": ["tcp", "127.0.0.1", 23456, "listen"],
        "secret": False,
        "gone": True,
    }


def forked_server() -> Any:
    """Return which of a server, its parent's heir and its children is named for their socket."""
    import os
    import signal
    import socket
    import time

    from portman.holders.find import find_holders

    listener = socket.create_server(("::", 23456), family=socket.AF_INET6)
    children = []
    for _ in range(2):
        time.sleep(0.03)
        child = os.fork()
        if child == 0:
            signal.alarm(30)
            signal.pause()
        children.append(child)
    both = [one.pid for one in find_holders([("tcp", 23456)])]
    listener.close()
    heirs = [one.pid for one in find_holders([("tcp", 23456)])]
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return [both == [os.getpid()], heirs == children[:1]]


def test_oldest_of_those_that_share_a_socket_is_named(in_namespace: Inside) -> None:
    """A server is named, not what it forked; once it closed the socket, its first child is."""
    assert in_namespace(forked_server) == [True, True]


def activated_server() -> Any:
    """Return the name of who serves on a socket that an older "systemd" opened and still has."""
    import os
    import shutil
    import socket
    import subprocess
    import time

    from portman.holders.find import find_holders

    listener = socket.create_server(("127.0.0.1", 23456))
    started = []
    for name in ("systemd", "server"):
        shutil.copy(shutil.which("sleep") or "/bin/sleep", name)
        command = [os.path.abspath(name), "30"]
        started.append(subprocess.Popen(command, pass_fds=[listener.fileno()]))
        time.sleep(0.03)
    listener.close()
    both = [one.name for one in find_holders([("tcp", 23456)])]
    started[1].kill()
    started[1].wait()
    waiting = [one.name for one in find_holders([("tcp", 23456)])]
    started[0].kill()
    started[0].wait()
    return [both, waiting]


def test_server_is_named_before_who_opened_its_socket(in_namespace: Inside) -> None:
    """Under socket activation the service is the holder; the opener only while it is alone."""
    assert in_namespace(activated_server) == [["server"], ["systemd"]]


def many_kinds() -> Any:
    """Return the holders of four ports asked for at once: bound, UDP, client and two listeners."""
    import socket

    from portman.holders.find import find_holders

    bound = socket.socket(socket.AF_INET6)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("::", 23001))
    datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    datagrams.bind(("::1", 23002))
    elsewhere = socket.create_server(("127.0.0.1", 23999))
    clients = [socket.socket() for _ in range(3)]
    for number, client in enumerate(clients):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind((f"127.0.0.{number // 2 + 1}", 23003 if number != 1 else 0))
        client.connect(("127.0.0.1", 23999))
    accepted = [elsewhere.accept() for _ in clients]
    four = socket.create_server(("127.0.0.1", 23004))
    six = socket.socket(socket.AF_INET6)
    six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    six.bind(("::", 23004))
    six.listen()
    talk = socket.create_connection(("127.0.0.1", 23004))
    assert all((accepted, four, talk))
    pairs = [("tcp", 23004), ("tcp", 23003), ("udp", 23002), ("tcp", 23001), ("tcp", 23005)]
    found = find_holders(iter(pairs))
    return [[one.protocol, one.port, one.state, one.address] for one in found]


def test_several_ports_at_once_and_every_state(in_namespace: Inside) -> None:
    """Bound, UDP, client and v6 sockets are told apart; accepted connections are not holders."""
    assert in_namespace(many_kinds) == [
        ["tcp", 23001, "bound", "::"],
        ["tcp", 23003, "client", "127.0.0.1"],
        ["tcp", 23003, "client", "127.0.0.2"],
        ["tcp", 23004, "listen", "127.0.0.1"],
        ["tcp", 23004, "listen", "::"],
        ["udp", 23002, "listen", "::1"],
    ]


def other_users() -> Any:
    """Return a stranger's holder as root sees it, and root's holder as a stranger sees it."""
    import json
    import os
    import signal
    import socket

    from portman.holders.find import find_holders
    from portman.machine.processes import cgroups

    mount = cgroups._mount_point()
    folder = f"{mount}/portman-test-{os.getpid()}.service" if mount else None
    if folder:
        os.mkdir(folder)
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        kept = socket.create_server(("127.0.0.1", 23001))
        os.write(writable, b"x")
        assert kept
        signal.pause()
    os.read(readable, 1)
    seen = find_holders([("tcp", 23001)])[0]
    as_root = [seen.pid == child, seen.uid, seen.user, bool(seen.command), seen.state]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    server = os.fork()
    if server == 0:
        signal.alarm(30)
        if folder:
            with open(f"{folder}/cgroup.procs", "w") as members:
                members.write(str(os.getpid()))
        kept = socket.create_server(("127.0.0.1", 23002))
        os.write(writable, b"x")
        signal.pause()
    os.read(readable, 1)
    back, answer = os.pipe()
    looker = os.fork()
    if looker == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        one = find_holders([("tcp", 23002)])[0]
        told = [one.pid, one.uid, one.user, one.unit, one.cwd, one.command, one.state]
        os.write(answer, json.dumps(told).encode())
        os._exit(0)
    as_stranger = json.loads(os.read(back, 4096))
    os.waitpid(looker, 0)
    os.kill(server, signal.SIGKILL)
    os.waitpid(server, 0)
    if folder:
        os.rmdir(folder)
        as_stranger[3] = as_stranger[3] == os.path.basename(folder)
    return [as_root, as_stranger]


@pytest.mark.root
def test_other_users_are_named_as_far_as_the_kernel_tells(in_namespace: Inside) -> None:
    """Root sees the process; a stranger sees uid, user and unit of root's socket, and no pid."""
    as_root, as_stranger = in_namespace(other_users)
    assert as_root == [True, 65534, "nobody", True, "listen"]
    assert as_stranger == [None, 0, "root", True, None, "", "listen"]


def moved_folders() -> Any:
    """Return the working folders told of processes whose folder is gone, odd, or in a container."""
    import os
    import subprocess

    from portman.machine.processes import facts

    os.makedirs("gone")
    os.makedirs("odd (deleted)")
    os.makedirs("box/inner")
    os.makedirs("inner")
    sleep = ["sleep", "30"]
    started = [
        subprocess.Popen(sleep, cwd="gone"),
        subprocess.Popen(sleep, cwd="odd (deleted)"),
        subprocess.Popen(sleep, cwd="inner"),
    ]
    here = os.path.realpath(".")
    mount = f"mount --bind {here}/box/inner {here}/inner && cd {here}/inner && exec sleep 30"
    started.append(subprocess.Popen(["unshare", "--mount", "sh", "-c", mount]))
    same = f"cd {here}/inner && exec sleep 30"
    started.append(subprocess.Popen(["unshare", "--mount", "sh", "-c", same]))
    for process in started:
        while facts(process.pid).name != "sleep":  # type: ignore[union-attr]
            pass
    os.rmdir("gone")
    told = []
    for process in started:
        one = facts(process.pid)
        assert one
        told.append([one.cwd and os.path.relpath(one.cwd, here), one.cwd_deleted])
        process.kill()
        process.wait()
    return told


@pytest.mark.root
def test_working_folders_that_are_not_what_they_seem(in_namespace: Inside) -> None:
    """A deleted folder is told by its old name; a container's folder of our name is not ours."""
    assert in_namespace(moved_folders) == [
        ["gone", True],
        ["odd (deleted)", False],
        ["inner", False],
        [None, False],
        ["inner", False],
    ]


def other_ways() -> Any:
    """Compare what lsof and psutil (the ways of macOS and Windows) tell with our own reading."""
    import os
    import shutil
    import socket

    from portman.machine.sockets import listing, listing_portable

    kept = [
        socket.create_server(("127.0.0.1", 23001)),
        socket.create_server(("::1", 23002), family=socket.AF_INET6),
        socket.create_connection(("127.0.0.1", 23001)),
    ]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("0.0.0.0", 23003))
    client = kept[2].getsockname()[1]
    pairs = [("tcp", 23001), ("tcp", 23002), ("udp", 23003), ("tcp", client)]

    def facts_of(found: Any) -> Any:
        return sorted((*one[:4], one.pids) for one in found if os.getpid() in one.pids)

    ours = facts_of(listing.list_sockets(pairs, thorough=True))
    told = []
    for name in ("psutil", "lsof") if shutil.which("lsof") else ("psutil",):
        table = listing_portable._READERS[name]()
        listing_portable._READERS["psutil"] = lambda table=table: table
        listing_portable._kept.clear()
        told.append(facts_of(listing_portable.read_table(pairs)) == ours)
    return [len(ours), *told]


def test_other_systems_ways_tell_the_same(in_namespace: Inside) -> None:
    """The parsers for lsof and psutil agree with our reading of the kernel, run on real output."""
    count, *agree = in_namespace(other_ways)
    assert count == 4
    assert all(agree)
