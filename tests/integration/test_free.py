"""free, on real servers: the plan is the act, and nobody else is ever touched."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Inside = Callable[..., Any]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pidfds and /proc")


def plain_server() -> Any:
    """Dry run, no confirmation, the real thing, and once more when nobody is there."""
    from tests.integration.servers import PLAIN, alive, codes, free, gone, start, stop

    server = start(PLAIN, port=3000)
    dry_code, dry = free("3000", "--dry-run")
    no_code, no = free("3000")
    still = alive(server)
    yes_code, yes = free("3000", "--yes")
    ended = gone(server)
    again_code, again = free("3000", "--yes")
    stop(server)
    return {
        "codes": [dry_code, no_code, yes_code, again_code],
        "same plan": dry["data"]["plan"] == no["data"]["plan"] == yes["data"]["plan"],
        "named": [dry["data"]["plan"]["steps"][0]["pids"] == [server.pid], still, ended],
        "errors": [codes(dry), codes(no), codes(yes), codes(again)],
        "done": [one["outcome"] for one in yes["data"]["done"]],
        "states": [dry["data"]["state"], yes["data"]["state"], again["data"]["state"]],
        "nothing": again["data"]["plan"]["steps"],
    }


def test_the_plan_is_what_is_done(in_namespace: Inside) -> None:
    """Dry run, refusal to act unasked and the act itself name the same step; then it is free."""
    assert in_namespace(plain_server) == {
        "codes": [0, 1, 0, 0],
        "same plan": True,
        "named": [True, True, True],
        "errors": [[], ["free-unconfirmed"], [], []],
        "done": ["stopped"],
        "states": [None, "idle", "idle"],
        "nothing": [],
    }


def stubborn_server() -> Any:
    """Free a server that ignores SIGTERM, without and with --force."""
    from tests.integration.servers import STUBBORN, alive, codes, free, gone, start, stop

    server = start(STUBBORN, port=3000)
    code, soft = free("3000", "-y", "--timeout", "0.5")
    survived = alive(server)
    forced, hard = free("3000", "-y", "--timeout", "0.5", "--force")
    ended = gone(server)
    stop(server)
    return [
        [
            code,
            codes(soft),
            survived,
            soft["errors"][0]["hints"][-1]["command"],
            soft["data"]["state"],
        ],
        [forced, codes(hard), ended, hard["data"]["done"][0]["outcome"], hard["data"]["state"]],
    ]


def test_sigkill_only_with_force(in_namespace: Inside) -> None:
    """Without it the server lives, the exit code says so, and the last hint is --force."""
    assert in_namespace(stubborn_server) == [
        [1, ["free-failed"], True, "portman free 3000 --force", "taken"],
        [0, [], True, "killed", "idle"],
    ]


def forked_server(pass_on: int) -> Any:
    """Free a master with three workers; return who got SIGTERM, in order."""
    from tests.integration.servers import PREFORK, free, gone, start, stop

    master = start(PREFORK, port=3000, pass_on=pass_on)
    code, told = free("3000", "-y")
    ended = gone(master)
    stop(master)
    step = told["data"]["plan"]["steps"][0]
    with open("log") as log:
        lines = log.read().split("\n")
    return [code, step["pids"] == [master.pid], len(step["after"]), lines[:-1], ended]


def test_a_master_goes_first_and_takes_its_workers_along(in_namespace: Inside) -> None:
    """Only the master gets our signal if it ends its workers (here with SIGKILL)."""
    assert in_namespace(forked_server, 9) == [0, True, 3, ["master term"], True]


def test_workers_that_outlive_their_master_are_told_too(in_namespace: Inside) -> None:
    """A master that just goes leaves the socket to its workers: then they get SIGTERM."""
    told = in_namespace(forked_server, 0)
    assert told == [0, True, 3, ["master term", *["worker term"] * 3], True]


def numbers_that_mean_something_else() -> Any:
    """Set the traps of other tools: a pid, a client's number, 80 in 8080, a remote port."""
    import socket

    from tests.integration.servers import PLAIN, alive, codes, free, start, stop

    bystander = start("ready(); signal.pause()")
    as_pid = free(str(bystander.pid), "-y")
    web = start(PLAIN, port=8080)
    shorter = free("80", "-y")
    connecting = """
    c = socket.socket()
    c.bind(('127.0.0.1', 3000))
    c.connect(('127.0.0.1', 8080))
    ready()
    signal.pause()
    """
    client = start(connecting)
    as_client = free("3000", "-y")
    far = socket.create_connection(("127.0.0.1", 8080))
    as_far = free(str(far.getsockname()[1]), "-y")
    survivors = [alive(one) for one in (bystander, web, client)]
    stop(bystander, web, client)
    far.close()
    return {
        "pid": [as_pid[0], [one["code"] for one in as_pid[1]["warnings"]]],
        "80": shorter[0],
        "client": [as_client[0], codes(as_client[1]), as_client[1]["data"]["state"]],
        "far": [as_far[0], codes(as_far[1])],
        "survivors": survivors,
    }


def test_a_number_is_only_ever_a_listening_port(in_namespace: Inside) -> None:
    """Never a pid, never part of a longer number, never a client's own or remote port."""
    assert in_namespace(numbers_that_mean_something_else) == {
        "pid": [0, ["port-not-pid"]],
        "80": 0,
        "client": [1, ["free-failed"], "client"],
        "far": [1, ["free-failed"]],
        "survivors": [True, True, True],
    }


def exact_addresses() -> Any:
    """Two servers on one number, then a wildcard, then UDP beside TCP."""
    from tests.integration.servers import PLAIN, alive, codes, free, gone, start, stop

    four = start(PLAIN, port=3000)
    six = start(
        "s = socket.socket(socket.AF_INET6); s.bind(('::1', 3000)); s.listen(); ready();"
        "signal.pause()"
    )
    one = free("[::1]:3000", "-y")
    first = [one[0], gone(six), alive(four), [each["code"] for each in one[1]["warnings"]]]
    mapped = free("[::ffff:127.0.0.1]:3000", "-y")
    second = [mapped[0], gone(four)]
    wild = start("s = socket.create_server(('0.0.0.0', 3000)); ready(); signal.pause()")
    narrow = free("127.0.0.1:3000", "-y")
    third = [
        narrow[0],
        codes(narrow[1]),
        alive(wild),
        narrow[1]["errors"][0]["hints"][-1]["command"],
    ]
    udp = start(
        "s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('127.0.0.1', 3000)); ready();"
        "signal.pause()"
    )
    datagrams = free("3000", "--udp", "-y")
    fourth = [datagrams[0], gone(udp), alive(wild)]
    fifth = [free(":3000", "-y")[0], gone(wild)]
    stop(four, six, wild, udp)
    return [first, second, third, fourth, fifth]


def test_protocol_and_address_are_exact(in_namespace: Inside) -> None:
    """One address, the mapped spelling, a wildcard that was not asked for, UDP, all addresses."""
    assert in_namespace(exact_addresses) == [
        [0, True, True, ["port-elsewhere"]],
        [0, True],
        [1, ["free-refused"], True, "portman free 0.0.0.0:3000"],
        [0, True, True],
        [0, True],
    ]


def refused_ones() -> Any:
    """Ask for a parent of the command, a forwarder's name, a socket that is only bound."""
    import json

    from tests.integration.servers import alive, codes, free, gone, start, stop

    parent = start(
        """
        import subprocess
        s = socket.create_server(('127.0.0.1', 3000))
        done = subprocess.run(
            [sys.executable, '-m', 'portman', 'free', '3000', '-y', '--json'], capture_output=True
        )
        open('answer', 'wb').write(done.stdout)
        ready()
        """
    )
    gone(parent)
    with open("answer") as file:
        answer = json.load(file)
    plain = "s = socket.create_server(('127.0.0.1', 3001)); ready(); signal.pause()"
    forwarder = start(plain, name="docker-proxy")
    forwarded = free("3001", "-y", "--force")
    bound = start("s = socket.socket(); s.bind(('127.0.0.1', 3002)); ready(); signal.pause()")
    only_bound = free("3002", "-y", "--force")
    living = [alive(forwarder), alive(bound)]
    stop(parent, forwarder, bound)
    return {
        "parent": [answer["exit_code"], parent.returncode],
        "reason": answer["data"]["plan"]["refusals"][0]["reason"],
        "forwarder": [forwarded[0], codes(forwarded[1]), forwarded[1]["data"]["plan"]["steps"]],
        "bound": [only_bound[0], codes(only_bound[1])],
        "living": living,
    }


def test_what_is_never_stopped(in_namespace: Inside) -> None:
    """Not our own parents, not what forwards for others, not a socket that does not listen."""
    assert in_namespace(refused_ones) == {
        "parent": [1, 0],
        "reason": "parent",
        "forwarder": [1, ["free-refused"], []],
        "bound": [1, ["free-refused"]],
        "living": [True, True],
    }


def managers() -> Any:
    """Ask for a manager, for a process that serves two checkouts, and under `portman run`."""
    import os
    import subprocess
    import sys

    from tests.integration.servers import alive, free, gone, start, stop

    for name, port in (("shop", 3000), ("blog", 3001)):
        os.mkdir(name)
        with open(f"{name}/ports.toml", "w") as file:
            file.write(f"[services]\nweb = {port}\n")
        command = [sys.executable, "-m", "portman", "-C", name]
        subprocess.run([*command, "up", "-q"], check=False, capture_output=True)
    two = """
        a, b = (socket.create_server(('127.0.0.1', port)) for port in (3000, 3001))
        ready(); signal.pause()
        """
    both = start(two)
    refused = free("3000", "-y")[1]["data"]["plan"]["refusals"]
    kept = alive(both)
    forced = free("127.0.0.1:3000", "-y", "--force", both.args[0].rpartition("/")[2])
    ended = gone(both)
    pm2 = start(two, name="PM2 v6.0.0: God")
    named = [free("3000", "-y", *words)[0] for words in ((), ("--force",), ("--force", "adb"))]
    by_name = free("3000", "-y", "--force", "pm2")
    ends = by_name[1]["data"]["plan"]["steps"][0]["details"]
    stop(both, pm2)
    server = (
        "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=3000, bind='127.0.0.1')"
    )
    shell = f'"{sys.executable}" -c "{server}" 2>/dev/null & sleep 20'
    ran = subprocess.Popen(
        [sys.executable, "-m", "portman", "-C", "shop", "run", "--", "sh", "-c", shell],
        stdout=subprocess.DEVNULL,
    )
    waited = [sys.executable, "-m", "portman", "-C", "shop", "wait", "web", "--timeout", "20"]
    subprocess.run(waited, check=False, capture_output=True)
    under_run = free("-C", "shop", "web", "-y")
    stop(ran)
    return {
        "refused": [one["reason"] for one in refused],
        "says": "web of " in refused[0]["text"] and "blog" in refused[0]["text"],
        "kept": kept,
        "forced": [forced[0], ended],
        "named": [*named, by_name[0]],
        "ends": any("127.0.0.1:3001 (web of " in one for one in ends),
        "under run": [under_run[0], under_run[1]["data"]["state"]],
        "note": [one["code"] for one in under_run[1]["warnings"]],
    }


def test_managers_are_stopped_by_name_only(in_namespace: Inside) -> None:
    """A process with another checkout's port is one, whatever it is called."""
    found = in_namespace(managers)
    note = found.pop("note")
    assert found == {
        "refused": ["manager"],
        "says": True,
        "kept": True,
        "forced": [0, True],
        "named": [1, 1, 1, 0],
        "ends": True,
        "under run": [0, "reserved" if sys.platform == "linux" else "idle"],
    }
    assert note == (["port-held"] if sys.platform == "linux" else [])


def other_users_server() -> Any:
    """As nobody, try to free root's server."""
    import json
    import os
    import shutil
    import tempfile

    from portman.commands.free import free
    from portman.diagnose.free.plan import FreeOptions
    from tests.integration.servers import PLAIN, alive, start, stop

    os.environ["PORTMAN_HOME"] = state = tempfile.mkdtemp(dir="/tmp")
    server = start(PLAIN, port=3000)
    free(".", "3000", options=FreeOptions(dry_run=True))  # loads what nobody may not read
    free(".", "3001", options=FreeOptions(dry_run=True))
    os.chown(state, 65534, 65534)
    back, answer = os.pipe()
    child = os.fork()
    if child == 0:
        os.chdir("/")
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        report = free(".", "3000")
        told = [report.exit_code, [(one.code, one.hint.split("\n")[-1]) for one in report.errors]]
        os.write(answer, json.dumps(told).encode())
        os._exit(0)
    os.close(answer)
    told = json.loads(os.read(back, 4096))
    os.waitpid(child, 0)
    living = alive(server)
    stop(server)
    shutil.rmtree(state)
    return [*told, living]


@pytest.mark.root
def test_another_users_server_is_refused(in_namespace: Inside) -> None:
    """Without rights nothing is tried, and the hint is sudo."""
    assert in_namespace(other_users_server) == [
        1,
        [["free-refused", "stop it: sudo portman free 3000"]],
        True,
    ]


def restarted_server() -> Any:
    """Free a server whose parent starts it anew at once."""
    from tests.integration.servers import codes, free, start, stop

    keeper = start(
        """
        first = True
        while True:
            child = os.fork()
            if child == 0:
                signal.alarm(50)
                s = socket.create_server(('127.0.0.1', 3000))
                first and ready()
                signal.pause()
            first = False
            os.waitpid(child, 0)
        """
    )
    code, told = free("3000", "-y")
    stop(keeper)
    import os
    import signal

    left = told["data"]["left"]
    for one in left:
        os.kill(one["pid"], signal.SIGKILL)
    return [
        code,
        codes(told),
        told["data"]["state"],
        str(keeper.pid) in told["errors"][0]["message"],
    ]


def test_a_server_that_is_started_anew_is_told(in_namespace: Inside) -> None:
    """The proof comes after the act: taken again, by whom, and started by whom."""
    assert in_namespace(restarted_server) == [1, ["free-failed"], "taken", True]


def supervised_server() -> Any:
    """Free a server that a supervisor starts again a second later."""
    import contextlib
    import os
    import signal

    from tests.integration.servers import codes, free, start, stop

    keeper = start(
        """
        def name(text):
            open('/proc/self/comm', 'w').write(text)
        name('supervisord')
        first = True
        while True:
            child = os.fork()
            if child == 0:
                name('server')
                signal.alarm(50)
                first or time.sleep(1)
                s = socket.create_server(('127.0.0.1', 3000))
                first and ready()
                signal.pause()
            first = False
            os.waitpid(child, 0)
        """
    )
    _, shown = free("3000", "--dry-run")
    code, told = free("3000", "-y")
    stop(keeper)
    for one in told["data"]["left"]:
        with contextlib.suppress(OSError):
            os.kill(one["pid"], signal.SIGKILL)
    (step,) = shown["data"]["plan"]["steps"]
    said = f"Supervisor's daemon (pid {keeper.pid}) started it and may start it again"
    return [said in str(step["details"]), code, codes(told), told["data"]["state"]]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's name of a process")
def test_a_supervisor_is_named_and_awaited(in_namespace: Inside) -> None:
    """The plan names who starts the server again, and the proof waits until it has had the time."""
    assert in_namespace(supervised_server) == [True, 1, ["free-failed"], "taken"]


def suspended_server() -> Any:
    """Suspend a server, explain its port, free it."""
    import os
    import signal
    import time

    from portman.commands.explain import explain
    from tests.integration.servers import PLAIN, free, gone, start, stop

    server = start(PLAIN, port=3000)
    os.kill(server.pid, signal.SIGSTOP)
    time.sleep(0.1)
    codes = [one["code"] for one in explain(".", "3000").data["findings"]]
    code, told = free("3000", "-y", "--timeout", "2")
    ended = gone(server)
    stop(server)
    return ["suspended" in codes, code, told["data"]["done"][0]["outcome"], ended]


def test_a_suspended_server_is_continued_to_end(in_namespace: Inside) -> None:
    """Ctrl-Z keeps SIGTERM from acting, so SIGCONT goes with it; no SIGKILL is needed."""
    assert in_namespace(suspended_server) == [True, 0, "stopped", True]


def with_open_connections() -> Any:
    """Free a server that has live connections, so that remains are left behind."""
    import socket

    from tests.integration.servers import codes, free, start, stop

    serving = """
    s = socket.socket()
    {option}
    s.bind(('127.0.0.1', {port}))
    s.listen()
    ready()
    kept = [s.accept() for _ in range(2)]
    signal.pause()
    """
    results = []
    reuse = "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)"
    for port, option in ((3000, reuse), (3001, "")):
        server = start(serving, port=port, option=option)
        clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
        code, told = free(str(port), "-y")
        warned = [one["code"] for one in told["warnings"]]
        results.append([code, told["data"]["state"], codes(told), warned])
        for client in clients:
            client.close()
        stop(server)
    return results


def test_what_is_left_is_told_honestly(in_namespace: Inside) -> None:
    """Remains that let a server start are a note; such that let none start are a failure."""
    assert in_namespace(with_open_connections) == [
        [0, "lingering", [], ["port-lingering"]],
        [1, "blocked", ["free-failed"], []],
    ]


def reused_number() -> Any:
    """Take a grip, let the process go and another get its number, then signal."""
    import os
    import signal
    import subprocess
    import time

    from portman.machine.processes import ProcessHandle

    first = subprocess.Popen(["sleep", "40"])
    grip = ProcessHandle(first.pid)
    first.kill()
    first.wait()
    for _ in range(50):
        with open("/proc/sys/kernel/ns_last_pid", "w") as last:
            last.write(str(first.pid - 1))
        child = os.fork()
        if child == 0:
            signal.alarm(30)
            signal.pause()
        if child == first.pid:
            break
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    else:
        return ["no such number"]
    told = [grip.alive(), grip.terminate(), grip.kill(), grip.has(frozenset({1}))]
    time.sleep(0.05)
    ended, _ = os.waitpid(child, os.WNOHANG)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    grip.close()
    return [told, ended]


@pytest.mark.root
@pytest.mark.skipif(
    not os.access("/proc/sys/kernel/ns_last_pid", os.W_OK), reason="pids cannot be chosen here"
)
def test_a_number_that_has_come_to_mean_another_process(in_namespace: Inside) -> None:
    """The grip reaches the process that was looked at, or nobody."""
    told = in_namespace(reused_number)
    if told == ["no such number"]:
        pytest.skip("another program took the number each time")
    assert told == [[False, False, False, False], 0]


def answered(answer: str) -> Any:
    """Run free on a terminal of its own and type an answer."""
    import os
    import pty
    import sys
    import time

    from tests.integration.servers import PLAIN, alive, start, stop

    server = start(PLAIN, port=3000)
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "portman", "free", "3000"])
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, answer.encode())
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
    except OSError:
        pass
    _, status = os.waitpid(child, 0)
    time.sleep(0.1)
    living = alive(server)
    stop(server)
    return [os.waitstatus_to_exitcode(status), living, shown.count(b"send SIGTERM to")]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("y\n", [0, False, 1]),
        ("n\n", [1, True, 1]),
        ("\n", [1, True, 1]),
        ("\x04", [1, True, 1]),
    ],
)
def test_a_terminal_is_asked_once(
    answer: str, expected: list[object], in_namespace: Inside
) -> None:
    """The plan is shown once, and only y goes on."""
    assert in_namespace(answered, answer) == expected


CLUSTER = """
const cluster = require('cluster');
if (cluster.isPrimary) {
  cluster.fork(); cluster.fork();
  cluster.on('listening', () => console.log('up'));
} else require('http').createServer((q, r) => r.end('ok')).listen(3000, '127.0.0.1');
"""
NGINX = """
daemon off; error_log stderr; pid nginx.pid; worker_processes 2;
events {}
http { access_log off; server { listen 127.0.0.1:3000; } }
"""


def real_server(kind: str, text: str) -> Any:
    """Start a server of several processes that is not ours, free its port, count who is left."""
    import os
    import socket
    import subprocess
    import sys
    import time

    from tests.integration.servers import free, gone, runs, stop

    with open("given", "w") as file:
        file.write(text)
    app = "def app(environ, start):\n    start('200 OK', [])\n    return [b'ok']\n"
    with open("wsgi.py", "w") as file:
        file.write(app)
    argv = {
        "gunicorn": [
            sys.executable,
            "-m",
            "gunicorn",
            "-w",
            "3",
            "-b",
            "127.0.0.1:3000",
            "wsgi:app",
        ],
        "node": ["node", "given"],
        "nginx": ["nginx", "-p", os.getcwd(), "-c", f"{os.getcwd()}/given"],
    }[kind]
    server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", 3000)).close()
            break
        except OSError:
            time.sleep(0.1)
    time.sleep(0.5)
    children = subprocess.run(["pgrep", "-P", str(server.pid)], capture_output=True, text=True)
    workers = [int(word) for word in children.stdout.split()]
    code, told = free("3000", "-y", "--timeout", "10")
    ended = gone(server)
    end = time.monotonic() + 10
    while (left := [pid for pid in workers if runs(pid)]) and time.monotonic() < end:
        time.sleep(0.1)
    stop(server)
    (step,) = told["data"]["plan"]["steps"]
    return [code, step["pids"] == [server.pid], len(workers) >= 2, left, ended]


@pytest.mark.parametrize(
    ("kind", "text"), [("gunicorn", ""), ("node", CLUSTER), ("nginx", NGINX)], ids=lambda it: it[:8]
)
def test_real_servers_of_several_processes(kind: str, text: str, in_namespace: Inside) -> None:
    """One signal, to the master; its workers go with it and nothing is left on the port."""
    lacking = find_spec("gunicorn") is None if kind == "gunicorn" else which(kind) is None
    if lacking:
        pytest.skip(f"{kind} is not installed here")
    assert in_namespace(real_server, kind, text) == [0, True, True, [], True]


FAKE_SYSTEMCTL = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
  *show*) echo LoadState=loaded; echo MainPID=$(cat {pid}); echo TriggeredBy=;;
  *stop*) kill $(cat {pid}); sleep 0.2;;
esac
"""


def in_a_unit(fake: str) -> Any:
    """Put a server into a cgroup named like a service, with a systemctl that knows it."""
    import os

    from portman.machine.processes import cgroups
    from tests.integration.servers import PLAIN, free, gone, start, stop

    os.mkdir("bin")
    here = os.getcwd()
    with open("bin/systemctl", "w") as script:
        script.write(fake.format(log=f"{here}/calls", pid=f"{here}/pid"))
    os.chmod("bin/systemctl", 0o755)
    os.environ["PATH"] = f"{here}/bin:{os.environ['PATH']}"
    mount = cgroups._mount_point()
    folder = f"{mount}/portman-test-{os.getpid()}.service"
    try:
        os.mkdir(folder)
    except OSError:
        return "no cgroups"
    server = start(PLAIN, port=3000)
    try:
        with open(f"{folder}/cgroup.procs", "w") as file:
            file.write(str(server.pid))
        with open("pid", "w") as file:
            file.write(str(server.pid))
        code, told = free("3000", "-y")
        ended = gone(server)
    finally:
        stop(server)
        os.rmdir(folder)
    name = os.path.basename(folder)
    with open("calls") as file:
        calls = [line.replace(name, "UNIT") for line in file.read().splitlines()]
    kinds = [one["kind"] for one in told["data"]["plan"]["steps"]]
    return [code, ended, kinds, calls[-1]]


@pytest.mark.root
def test_a_unit_is_stopped_by_systemctl(in_namespace: Inside) -> None:
    """The server is its unit's main process: no signal of ours, `systemctl stop` instead."""
    told = in_namespace(in_a_unit, FAKE_SYSTEMCTL)
    if told == "no cgroups":
        pytest.skip("no cgroup can be made here")
    assert told == [0, True, ["stop-unit"], "--no-ask-password stop UNIT"]


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        (("0",), 2, "usage"),
        (("localhost",), 2, "usage"),
        (("3000", "--timeout", "0"), 2, "usage"),
        (("postgresql",), 1, "service-unknown"),
    ],
)
def test_what_cannot_be_freed(
    words: tuple[str, ...], exit_code: int, code: str, portman: Callable[..., Any], tmp_path: Path
) -> None:
    """Port 0, no port, no time, and no name from the registry: only services of the manifest."""
    import json

    done = portman("free", *words, "-y", "--json", cwd=tmp_path)
    assert (done.code, json.loads(done.out)["errors"][0]["code"]) == (exit_code, code)
