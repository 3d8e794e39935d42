"""A hold keeps everybody away but the service: the sockets, `portman hold`, and thieves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes import Runner

SHOP = """\
    [services]
    web = 3000
    api = 8000
    dns = { port = 5300, protocol = ["tcp", "udp"] }
    """
SERVER = """\
import os, socket, sys, time
s = socket.socket()
if sys.argv[2] == "fitting":
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
print("listening", os.getpid(), flush=True)
time.sleep(120)
"""


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line of stdout."""
    assert process.stdout is not None
    return process.stdout.readline()


# ---- the sockets


def test_who_can_bind_under_a_hold(in_namespace: Callable[..., Any]) -> None:
    """A server with SO_REUSEADDR on any address; nobody else, on any address (decision 0007)."""

    def look() -> dict[str, list[str]]:
        import errno
        import os
        import socket

        from portman.launch.hold import take

        said: dict[str, list[str]] = {}
        for kind, options in (
            ("plain", []),
            ("reuseaddr", [socket.SO_REUSEADDR]),
            ("reuseport", [socket.SO_REUSEPORT]),
            ("both", [socket.SO_REUSEADDR, socket.SO_REUSEPORT]),
        ):
            for address in ("127.0.0.1", "0.0.0.0", "127.0.0.2", "::", "::1"):
                (held,) = take(40001, "tcp")
                one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
                for option in options:
                    one.setsockopt(socket.SOL_SOCKET, option, 1)
                try:
                    one.bind((address, 40001))
                    one.listen()
                    answer = "ok"
                except OSError as error:
                    answer = errno.errorcode[error.errno]
                one.close()
                os.close(held)
                said.setdefault(kind, []).append(answer)
        return said

    said = in_namespace(look)
    assert said["plain"] == ["EADDRINUSE"] * 5
    assert said["reuseport"] == ["EADDRINUSE"] * 5
    assert said["reuseaddr"] == ["ok"] * 5
    assert said["both"] == ["ok"] * 5


def test_taking_a_hold_proves_that_the_port_was_free(in_namespace: Callable[..., Any]) -> None:
    """It fails against every holder, another hold too; only `join` shares with a hold."""

    def look() -> dict[str, object]:
        import os
        import socket

        from portman.launch.hold import take

        said: dict[str, object] = {}
        for address in ("127.0.0.1", "0.0.0.0", "::1", "::"):
            for kind in ("listening", "bound", "udp"):
                one = socket.socket(
                    socket.AF_INET6 if ":" in address else socket.AF_INET,
                    socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM,
                )
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind((address, 40001))
                if kind == "listening":
                    one.listen()
                said[f"{address} {kind}"] = len(take(40001, "udp" if kind == "udp" else "tcp"))
                one.close()
        (first,) = take(40001, "tcp")
        said["second"] = len(take(40001, "tcp"))
        (second,) = take(40001, "tcp", join=True)
        os.close(first)
        plain = socket.socket()
        try:
            plain.bind(("127.0.0.1", 40001))
            said["after the first is gone"] = "stolen"
        except OSError:
            said["after the first is gone"] = "held"
        os.close(second)
        said["udp"] = len(take(40001, "udp"))
        return said

    said = in_namespace(look)
    assert {value for key, value in said.items() if " " in key and "after" not in key} == {0}
    assert (said["second"], said["after the first is gone"], said["udp"]) == (0, "held", 1)


def test_a_held_udp_port_is_plainly_held(in_namespace: Callable[..., Any]) -> None:
    """With SO_REUSEADDR on both, a stranger would get the datagrams (decision 0007): never so."""

    def look() -> list[str]:
        import errno
        import socket

        from portman.launch.hold import take

        (_held,) = take(40001, "udp")
        said = []
        for options in ([], [socket.SO_REUSEADDR], [socket.SO_REUSEPORT]):
            one = socket.socket(type=socket.SOCK_DGRAM)
            for option in options:
                one.setsockopt(socket.SOL_SOCKET, option, 1)
            try:
                one.bind(("127.0.0.1", 40001))
                said.append("ok")
            except OSError as error:
                said.append(errno.errorcode[error.errno])
        return said

    assert in_namespace(look) == ["EADDRINUSE"] * 3


def test_a_service_comes_and_goes_under_one_hold(in_namespace: Callable[..., Any]) -> None:
    """Between its lives strangers stay away, and clients are refused rather than left hanging."""

    def look() -> list[str]:
        import errno
        import socket

        from portman.launch.hold import take

        def attempt(*, reuse: bool) -> str:
            one = socket.socket()
            if reuse:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", 40001))
                one.listen()
                client = socket.create_connection(("127.0.0.1", 40001), 5)
                one.accept()[0].close()
                client.close()
            except OSError as error:
                return errno.errorcode[error.errno]
            else:
                return "served"
            finally:
                one.close()

        (_held,) = take(40001, "tcp")
        said = []
        for _ in range(3):
            said += [attempt(reuse=True), attempt(reuse=False)]
            with socket.socket() as client:
                said.append(errno.errorcode[client.connect_ex(("127.0.0.1", 40001))])
        return said

    assert in_namespace(look) == ["served", "EADDRINUSE", "ECONNREFUSED"] * 3


# ---- thieves

#: Tries 10,000 times each to get the one port that the kernel may hand out by itself: ours.
THIEF = """\
import json, os, socket, struct, sys
target = 40003
stolen = {"connect": 0, "bind0": 0, "plain": 0}
tries = dict.fromkeys(stolen, 0)
sink = socket.socket(); sink.bind(("127.0.0.1", 20000)); sink.listen(4096)
gone = struct.pack("ii", 1, 0)  # RST on close: no TIME_WAIT is left behind
def is_ours(one):
    return one.getsockname()[1] == target
while min(tries.values()) < 10000:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone)
    tries["connect"] += 1
    try:
        client.connect(("127.0.0.1", 20000))
        stolen["connect"] += is_ours(client)
        sink.accept()[0].close()
    except OSError:
        pass
    client.close()
    reuse = tries["bind0"] % 2
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
    tries["bind0"] += 1
    try:
        one.bind(("", 0)); stolen["bind0"] += is_ours(one)
    except OSError:
        pass
    one.close()
    plain = socket.socket(socket.AF_INET6 if tries["plain"] % 2 else socket.AF_INET)
    tries["plain"] += 1
    try:
        plain.bind(("::1" if plain.family == socket.AF_INET6 else "127.0.0.1", target))
        stolen["plain"] += 1
    except OSError:
        pass
    plain.close()
    if tries["plain"] == 100:
        print("at work", flush=True)
print(json.dumps({"tries": tries, "stolen": stolen}), flush=True)
"""
#: Stops and starts again under the same process, as servers do that reload, until told to end.
RESTARTING = """\
import os, socket, sys, time
lives = 0
while not os.path.exists("stop") or lives < 2:
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    time.sleep(0.1)
    s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
    time.sleep(0.02); s.close()
    lives += 1
print(lives, flush=True)
"""


@pytest.mark.root
@pytest.mark.parametrize(
    "words",
    [("run", "--"), ("run", "--service", "web", "--"), ("hold", "web", "--")],
    ids=["run", "service", "hold"],
)
def test_ten_thousand_attempts_of_each_kind_steal_nothing(
    runner: Callable[..., Runner], words: tuple[str, ...]
) -> None:
    """connect(), bind(0) and plain binds while a service starts, serves and restarts."""
    shop = runner("[services]\nweb = 40003\n")
    sysctl = "/proc/sys/net/ipv4/ip_local_port_range"
    narrow = [*shop.prefix, "sh", "-c", f"echo 40003 40003 > {sysctl}"]
    subprocess.run(narrow, check=True, timeout=20)
    (shop.folder / "restarting.py").write_text(RESTARTING)
    (shop.folder / "thief.py").write_text(THIEF)
    waiting = "echo up; while [ ! -e go ]; do sleep 0.05; done; exec "
    server = shop.start(
        *words, "sh", "-c", f"{waiting} {PYTHON} restarting.py 40003", cwd=shop.folder
    )
    assert line(server) == "up\n"
    thief = subprocess.Popen(
        [*shop.prefix, sys.executable, "thief.py"],
        cwd=shop.folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert line(thief) == "at work\n"
    (shop.folder / "go").touch()
    told = json.loads(thief.communicate(timeout=120)[0])
    (shop.folder / "stop").touch()
    assert int(line(server)) > 1
    assert server.wait(timeout=20) == 0
    assert min(told["tries"].values()) >= 10_000
    assert told["stolen"] == {"connect": 0, "bind0": 0, "plain": 0}
    # The thief is no fool: left alone, the port is soon its own.
    told = json.loads(shop.python(THIEF, "free").splitlines()[-1])
    assert all(told["stolen"].values())


# ---- portman hold


@pytest.fixture(name="shop")
def _shop(runner: Callable[..., Runner]) -> Runner:
    shop = runner(SHOP)
    (shop.folder / "server.py").write_text(SERVER)
    return shop


def test_hold_says_when_it_holds_and_lets_go_when_it_is_told(shop: Runner) -> None:
    """A line on stdout, a line on --ready-fd; 0 after SIGTERM, and everything is free."""
    reading, writing = os.pipe()
    holding = shop.start("hold", "web", "api", "--ready-fd", str(writing), pass_fds=(writing,))
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "ready\n"
    assert line(holding).startswith("holding web 3000, api 8000")
    found = verdicts(shop)
    assert (found["web"], found["api"], found["dns"]) == ("reserved", "reserved", "idle")
    holding.terminate()
    assert holding.wait(timeout=20) == 0
    assert verdicts(shop)["web"] == "idle"


def test_ctrl_c_ends_a_hold(shop: Runner) -> None:
    """130, as for every command of ours."""
    holding = shop.start("hold", "web")
    line(holding)
    holding.send_signal(signal.SIGINT)
    assert holding.wait(timeout=20) == 130


def test_a_hold_can_be_found(shop: Runner) -> None:
    """By name for people, by folder for portman: check and who name it."""
    holding = shop.start("-C", str(shop.folder), "hold", "web", cwd="/")
    line(holding)
    with open(f"/proc/{holding.pid}/comm", encoding="ascii") as file:
        assert file.read() == "portman hold\n"
    told = json.loads(shop.call("check", "--json").stdout)["data"]["services"][0]
    assert (told["verdict"], told["holder"]["pid"]) == ("reserved", holding.pid)
    assert told["holder"]["name"] == "portman hold"


def test_a_hold_is_a_stranger_to_other_checkouts(
    shop: Runner, runner: Callable[..., Runner]
) -> None:
    """They go elsewhere, and learn who has it."""
    line(shop.start("hold", "web"))
    other = runner("[services]\nweb = 3000\n", name="other")
    done = other.call("up")
    assert "portman hold" in done.stderr or "leased to web" in done.stderr
    assert other.port("web") != 3000


def test_services_start_under_a_hold(shop: Runner) -> None:
    """Started by hand or by run; and it still holds when they have gone."""
    line(shop.start("hold"))
    server = subprocess.Popen(
        [*shop.prefix, sys.executable, "server.py", "3000", "fitting"],
        cwd=shop.folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert line(server).startswith("listening")
    assert shop.call("wait", "web", "--timeout", "10").returncode == 0
    server.kill()
    server.communicate()
    assert verdicts(shop)["web"] == "reserved"
    run = shop.start(
        "run", "--service", "api", "--", sys.executable, "server.py", "8000", "fitting"
    )
    assert line(run).startswith("listening")


def test_a_hold_leaves_out_a_service_that_cannot_bind_under_it(shop: Runner) -> None:
    """The manifest says which, and no warning says it again; the hold keeps the rest."""
    manifest = shop.folder / "ports.toml"
    manifest.write_text(manifest.read_text().replace("3000", "{ port = 3000, hold = false }"))
    holding = shop.start("hold", "web", "api")
    line(holding)
    run = shop.start("run", "--service", "web", "--", sys.executable, "server.py", "{web}", "plain")
    assert line(run).startswith("listening")
    assert verdicts(shop) == {"web": "running", "api": "reserved", "dns": "idle"}
    holding.terminate()
    assert holding.communicate(timeout=20)[1] == ""


def test_a_hold_takes_what_was_in_use_once_it_is_free(shop: Runner) -> None:
    """A service that ran when the hold began is covered from its next stop on."""
    run = shop.start("run", "--no-hold", "--", sys.executable, "server.py", "3000", "fitting")
    line(run)
    line(shop.start("hold", "web"))
    run.kill()
    run.wait(timeout=10)
    for _ in range(100):
        if verdicts(shop)["web"] == "reserved":
            break
        time.sleep(0.1)
    assert verdicts(shop)["web"] == "reserved"


def test_a_killed_hold_leaves_nothing_in_the_way(shop: Runner) -> None:
    """Its socket file is a leftover that the next request clears away."""
    holding = shop.start("hold", "web")
    line(holding)
    holding.kill()
    holding.wait(timeout=10)
    assert verdicts(shop)["web"] == "idle"
    run = shop.start("run", "--no-hold", "--", sys.executable, "server.py", "3000", "plain")
    assert line(run).startswith("listening")


def test_hold_with_a_command_holds_as_long_as_it_runs(shop: Runner) -> None:
    """With every variable set, its stdout its own, its exit code ours."""
    code = "echo $WEB_PORT {api}; exec sleep 30"
    holding = shop.start("hold", "web", "--", "sh", "-c", code)
    assert line(holding) == "3000 8000\n"
    assert verdicts(shop)["web"] == "reserved"
    holding.terminate()
    assert holding.wait(timeout=20) == -signal.SIGTERM
    assert shop.call("hold", "--", "sh", "-c", "exit 9").returncode == 9
    assert verdicts(shop)["web"] == "idle"


def test_a_hold_ends_with_its_command_however_that_ends(shop: Runner) -> None:
    """The command is the process that was started; what holds beside it is no child of it."""
    code = "echo $$; ps -o pid= --ppid $$ | wc -l; exec sleep 30"
    holding = shop.start("hold", "web", "--", "sh", "-c", code)
    assert line(holding) == f"{holding.pid}\n"
    assert line(holding).strip() == "2"  # ps and wc themselves
    told = json.loads(shop.call("check", "--json").stdout)["data"]["services"][0]
    assert (told["verdict"], told["holder"]["name"]) == ("reserved", "portman hold")
    assert told["holder"]["pid"] != holding.pid
    holding.kill()
    out, err = holding.communicate(timeout=20)  # its streams are not kept open
    assert (out, err) == ("", "")
    assert verdicts(shop)["web"] == "idle"
    for _ in range(100):
        if not os.path.exists(f"/proc/{told['holder']['pid']}"):
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the holder outlives the command")


def test_two_services_under_one_hold_in_a_makefile(shop: Runner) -> None:
    """The use it is for: `portman hold -- make dev`."""
    (shop.folder / "Makefile").write_text(
        "dev:\n"
        f"\t{PYTHON} server.py $(WEB_PORT) fitting & one=$$!; \\\n"
        f"\t{PYTHON} server.py $(API_PORT) fitting & two=$$!; \\\n"
        f"\t{PYTHON} -m portman wait web api --timeout 20; code=$$?; \\\n"
        "\tkill $$one $$two; exit $$code\n"
    )
    done = shop.call("hold", "--", "make", "-s", "dev")
    assert done.returncode == 0, done.stderr
    assert "web 3000 is up" in done.stdout


def test_udp_ports_are_told_not_to_be_held(shop: Runner) -> None:
    """Said, not passed over; and what to do."""
    holding = shop.start("hold", "dns")
    line(holding)
    holding.terminate()
    assert "UDP port 5300 is leased but not held" in holding.communicate(timeout=20)[1]


def test_an_unknown_service_is_named(shop: Runner) -> None:
    """Nothing is held then."""
    done = shop.call("hold", "wbe")
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean web?" in done.stderr


def verdicts(shop: Runner) -> dict[str, str]:
    """Return the verdict on each service, as `check` finds it."""
    told = json.loads(shop.call("check", "--json").stdout)
    return {one["name"]: one["verdict"] for one in told["data"]["services"]}
