"""What portman assumes of this system, tried: for each fact what was assumed and what is seen.

In a temporary folder, with children of its own, on free ports; nothing goes over the network.
The words of `seen` are from small sets: no name, path or number of the machine is among them, so
that a person can publish the line of `paste`.
"""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time

from portman._version import __version__
from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.run_tool import ADMIN_FOLDERS
from portman.machine import port_range, processes, sockets

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Group = Callable[["SelfTest"], Iterator["Fact"]]

#: The version of the line that `paste` makes.
FORMAT = 1
#: Seconds for one child to do its part.
PATIENCE = 30.0


class Fact(NamedTuple):
    """One assumption. It holds if `seen` is `assumed`; "unknown" if it could not be tried."""

    name: str
    assumed: str
    seen: str

    @property
    def verdict(self) -> str:
        if self.seen.startswith("unknown"):
            return "unknown"
        return "ok" if self.seen == self.assumed else "differs"


class SelfTest:
    """The temporary folder of a self-test, and the children that it has started."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.realpath(folder)
        self._children: list[subprocess.Popen[str]] = []
        package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PORTMAN_")}
        self.environment = {
            **kept,
            "PORTMAN_HOME": os.path.join(self.folder, "state"),
            "PYTHONPATH": package,
            "DOCKER_HOST": f"unix://{self.folder}/no-engine",
        }

    def checkout(self, name: str) -> str:
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        with open(os.path.join(folder, "ports.toml"), "w", encoding="utf-8") as file:
            file.write('[services]\nweb = "auto"\n')
        return folder

    def python(self, code: str, *words: str, cwd: str = "", own_group: bool = False) -> Child:
        return self._start([sys.executable, "-c", code, *words], cwd, own_group=own_group)

    def portman(self, *words: str, cwd: str, own_group: bool = False) -> Child:
        return self._start([sys.executable, "-m", "portman", *words], cwd, own_group=own_group)

    def _start(self, command: list[str], cwd: str, *, own_group: bool) -> Child:
        flags = 0
        if sys.platform == "win32" and own_group:
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
        child = subprocess.Popen(
            command,
            cwd=cwd or self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=own_group and sys.platform != "win32",
            creationflags=flags,
            # A shell starts what runs in its background with Ctrl-C ignored.
            preexec_fn=_heed_ctrl_c if sys.platform != "win32" else None,  # noqa: PLW1509
        )
        self._children.append(child)
        return child

    def close(self) -> None:
        for child in self._children:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                if child.poll() is None:
                    child.kill()
                child.communicate(timeout=PATIENCE)


Child = subprocess.Popen[str]


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run_all(report: Callable[[Fact], None] = lambda _: None) -> list[Fact]:
    """Try every fact; `report` gets each as soon as it is known. Takes 2 to 5 seconds."""
    found: list[Fact] = []
    with tempfile.TemporaryDirectory(prefix="portman-self-test-") as folder:
        trial = SelfTest(folder)
        try:
            for group in GROUPS:
                for fact in _tried(group, trial):
                    found.append(fact)
                    report(fact)
        finally:
            trial.close()
    return found


def _tried(group: Group, trial: SelfTest) -> Iterator[Fact]:
    """Yield the facts of a group; what breaks on the way is a fact too."""
    try:
        yield from group(trial)
    except Exception as error:  # noqa: BLE001 - one broken trial must not hide the others
        yield Fact(f"{group.__name__.strip('_')}", "tried", f"unknown ({type(error).__name__})")


# Bind rules.

_PLACES = (
    ("v4-loopback", socket.AF_INET, "127.0.0.1"),
    ("v4-wildcard", socket.AF_INET, "0.0.0.0"),  # noqa: S104 - a bound socket on a pool port
    ("v6-loopback", socket.AF_INET6, "::1"),
    ("v6-wildcard", socket.AF_INET6, "::"),
)


def _free_port() -> int:
    first = 20000 if sys.platform != "linux" else 61000
    for port in range(first + os.getpid() % 2000, first + 4000):
        if sockets.probe(port, "tcp") == "idle" == sockets.probe(port, "udp"):
            return port
    raise OSError("no free port")


def _bind(_: SelfTest) -> Iterator[Fact]:
    """Try whether the probe sees every kind of listener, and nothing once it has closed.

    A wildcard is bound, and not listened on: a firewall would ask the person.
    """
    port = _free_port()
    for name, family, address in _PLACES:
        for kind, protocol in ((socket.SOCK_STREAM, "tcp"), (socket.SOCK_DGRAM, "udp")):
            try:
                with socket.socket(family, kind) as server:
                    if family == socket.AF_INET6:
                        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    server.bind((address, port))
                    if protocol == "tcp" and "loopback" in name:
                        server.listen()
                    seen = str(sockets.probe(port, protocol))
            except OSError:
                seen = "unknown (no such address)"
            yield Fact(f"bind-{protocol}-{name}", "busy", seen)
    yield Fact("bind-closed", "idle", sockets.probe(port, "tcp"))
    yield Fact("bind-time-wait", "lingering or idle", _after_close(port))
    yield Fact("bind-low-port", _low_assumed(), sockets.probe(1, "tcp"))


def _low_assumed() -> str:
    root = sys.platform != "win32" and os.geteuid() == 0
    return "idle" if root or port_range.unprivileged_port_start() <= 1 else "privileged"


def _after_close(port: int) -> str:
    """Return what a port is whose server has closed a connection first (TIME_WAIT)."""
    with socket.socket() as server:
        if sys.platform != "win32":  # as nearly every server there does
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(("127.0.0.1", port), 2) as client:
            accepted, _ = server.accept()
            accepted.close()
            client.recv(1)
    seen: str = sockets.probe(port, "tcp")
    if seen == "busy":
        seen = sockets.classify(port, "tcp")
    return "lingering or idle" if seen in ("lingering", "idle") else seen


# Processes: who listens, and whether it is still the same one.

_LISTEN = """
import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
print("up", flush=True); sys.stdin.read()
"""


def _owner(trial: SelfTest) -> Iterator[Fact]:
    from portman.holders.find import find_holders
    from portman.machine.sockets import listing

    port = _free_port()
    trial.environment["PORTMAN_CHECKOUT"] = trial.folder
    server = trial.python(_LISTEN, str(port))
    del trial.environment["PORTMAN_CHECKOUT"]
    assert server.stdout is not None
    server.stdout.readline()
    token = processes.token_of(server.pid)
    listing.forget()  # what another trial has seen is too old
    holder = next((one for one in find_holders([("tcp", port)]) if one.serving), None)
    if listing.why_unknown():
        yield Fact("owner-pid", "found", "unknown (no answer in time, or no tool)")
    elif holder is None or holder.pid is None:
        yield Fact("owner-pid", "found", "not found" if holder is None else "hidden")
    else:
        yield Fact("owner-pid", "found", "found" if holder.pid == server.pid else "another")
        folder = holder.cwd is not None and os.path.realpath(holder.cwd) == trial.folder
        yield Fact("owner-folder", "found", "found" if folder else "not found")
        claimed = holder.claims_checkout == trial.folder
        yield Fact("owner-environment", "found", "found" if claimed else "not found")
    yield Fact("owner-source", _source(), _source())
    marks = {processes.start_mark(server.pid) for _ in range(2)}
    yield Fact("start-mark", "stable", "stable" if len(marks) == 1 and 0 not in marks else "moves")
    yield Fact("start-boot", "known", "unknown" if processes.boot_id() == "-" else "known")
    yield Fact("start-living", "alive", "over" if processes.is_over(token) else "alive")
    server.kill()
    server.wait(PATIENCE)
    yield Fact("start-ended", "over", "over" if processes.is_over(token) else "alive")


def _source() -> str:
    if sys.platform == "linux":
        return "kernel"
    import shutil

    folders = os.pathsep.join([os.environ.get("PATH", ""), *ADMIN_FOLDERS])
    tools = ("lsof", "netstat") if sys.platform == "darwin" else ("psutil",)
    there = [one for one in tools if one == "psutil" or shutil.which(one, path=folders)]
    return "+".join(there) or "unknown (no tool)"


# The ledger: its place, its locks, two first runs at once.

_LOCK = """
import sys
from portman.ledger.locks import WriteLock
from portman.ledger.permissions import FolderMode
lock = WriteLock(sys.argv[1], FolderMode(exists=True))
print(lock.acquire(5), flush=True); sys.stdin.read()
"""


def _ledger(trial: SelfTest) -> Iterator[Fact]:
    from portman.ledger.locks import WriteLock
    from portman.ledger.permissions import FolderMode
    from portman.state import state_folder

    redirected = "Packages" in os.path.realpath(state_folder()).split(os.sep)
    yield Fact("ledger-place", "direct", "redirected" if redirected else "direct")
    path = os.path.join(trial.folder, "some.lock")
    other = trial.python(_LOCK, path)
    assert other.stdout is not None
    other.stdout.readline()
    mine = WriteLock(path, FolderMode(exists=True))
    yield Fact("lock-held", "waits", "acquired" if mine.acquire(0.2) else "waits")
    other.kill()
    other.wait(PATIENCE)
    yield Fact("lock-after-kill", "acquired", "acquired" if mine.acquire(2) else "waits")
    mine.release()
    runs = [trial.portman("up", "--json", cwd=trial.checkout(f"shop{one}")) for one in range(2)]
    ports = [_port_of(run.communicate(timeout=PATIENCE)[0]) for run in runs]
    apart = 0 not in ports and len(set(ports)) == 2
    yield Fact("two-first-ups", "two ports", "two ports" if apart else "not two")
    yield Fact("ledger-mode", "wal", _journal(trial.environment["PORTMAN_HOME"]))


def _port_of(text: str) -> int:
    import json

    try:
        return int(json.loads(text)["data"]["services"][0]["port"])
    except (ValueError, KeyError, IndexError):
        return 0


def _journal(folder: str) -> str:
    import sqlite3

    with contextlib.closing(sqlite3.connect(os.path.join(folder, "ledger.db"))) as ledger:
        return str(ledger.execute("PRAGMA journal_mode").fetchone()[0])


# Files: replaced while another program has them open.

_READ = "import sys, time\nf = open(sys.argv[1]); print('open', flush=True); time.sleep(0.4)"


def _files(trial: SelfTest) -> Iterator[Fact]:
    from portman.outputs.atomic import replace

    path = os.path.join(trial.folder, "ports.cmd")
    with open(path, "wb") as file:
        file.write(b"old\n")
    with open(path, "rb") as file:
        like = os.fstat(file.fileno())
    reader = trial.python(_READ, path)
    assert reader.stdout is not None
    reader.stdout.readline()
    try:
        seen = "replaced" if replace(path, b"new\n", like=like) else "in place"
    except PortmanError:
        seen = "refused"
    yield Fact("replace-under-reader", "replaced", seen)
    reader.wait(PATIENCE)
    folder = os.path.join(trial.folder, "Spelling")
    os.mkdir(folder)
    one = not os.path.exists(folder.replace("Spelling", "spelling"))
    usual = "ignored" if sys.platform in ("darwin", "win32") else "counts"
    yield Fact("case-of-names", usual, "counts" if one else "ignored")


# `run`: exit codes, and Ctrl-C.

_CTRL_C = """
import sys, time
try:
    print("up", flush=True)
    time.sleep(20)
except KeyboardInterrupt:
    sys.exit(3)
"""


def _run(trial: SelfTest) -> Iterator[Fact]:
    folder = trial.checkout("run")
    started = {
        code: trial.portman("run", "--", sys.executable, "-c", f"exit({code})", cwd=folder)
        for code in (0, 7, 255)
    }
    for code, child in started.items():
        child.communicate(timeout=PATIENCE)
        yield Fact(f"exit-{code}", "passed on", _passed(child.returncode == code))
    child = trial.portman("run", "--", sys.executable, "-c", _CTRL_C, cwd=folder, own_group=True)
    assert child.stdout is not None
    child.stdout.readline()
    if sys.platform == "win32":
        child.send_signal(signal.CTRL_BREAK_EVENT)
        assumed = "ends"
    else:
        os.killpg(child.pid, signal.SIGINT)
        assumed = "passed on"
    child.wait(PATIENCE)
    seen = _passed(child.returncode == 3)
    if assumed == "ends":
        seen = "ends" if child.returncode else "ignored"
    yield Fact("ctrl-c", assumed, seen)


def _passed(fine: bool) -> str:  # noqa: FBT001
    return "passed on" if fine else "lost"


# The engine: which kind of address, and whether it answers. Nothing is assumed of it.


def _engine(_: SelfTest) -> Iterator[Fact]:
    from portman.containers.endpoint import find_endpoint

    engine = find_endpoint()
    kind = engine.url.partition("://")[0] if engine.url else "none"
    seen = f"{kind}, absent"
    if not engine.absent and engine.url:
        started, answer = time.monotonic(), engine.containers(running=True)
        quick = "at once" if time.monotonic() - started < 0.5 else "slowly"
        seen = f"{kind}, no answer" if answer.fault else f"{kind}, answers {quick}"
    yield Fact("engine", seen, seen)


GROUPS = (_bind, _owner, _ledger, _files, _run, _engine)


# The line that people send.


def versions() -> dict[str, str]:
    import sqlite3
    from importlib.metadata import version

    if sys.platform == "darwin":
        system = platform.mac_ver()[0]
    elif sys.platform == "win32":
        system = platform.version()
    else:
        system = platform.release()
    return {
        "system": f"{sys.platform} {_digits(system)}",
        "machine": platform.machine(),
        "portman": __version__,
        "python": _digits(platform.python_version()),
        "psutil": _digits(version("psutil")),
        "sqlite": _digits(sqlite3.sqlite_version),
    }


def _digits(text: str) -> str:
    """Return the numbers a version begins with: what follows may name a company or a person."""
    end = next((at for at, sign in enumerate(text) if sign not in "0123456789."), len(text))
    return text[:end].strip(".")


def paste(facts: list[Fact], seconds: float) -> str:
    """Return the one line for an issue: versions, then every fact that is not as assumed."""
    known = " ".join(f"{name}={text.replace(' ', '-')}" for name, text in versions().items())
    fine = sum(one.verdict == "ok" for one in facts)
    engine = next((one.seen for one in facts if one.name == "engine"), "not tried")
    rest = [f"{one.name}={one.seen}" for one in facts if one.verdict != "ok"]
    found = "; ".join([f"engine={engine}", *rest])
    return f"portman-self-test {FORMAT} {known} ok={fine}/{len(facts)} s={seconds:.1f} | {found}"
