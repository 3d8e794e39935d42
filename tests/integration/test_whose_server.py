"""Whose server it is, with real processes, sockets, folders and namespaces; Linux."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration import needs
from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernel behaviour of Linux")

ROOT = Path(__file__).resolve().parents[2]
#: Listens on the port of an address; it never accepts.
SERVER = (
    "import socket,sys,time\n"
    "host, port, backlog = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])\n"
    "one = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)\n"
    "one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
    "one.bind((host, port)); one.listen(backlog); print('up', flush=True); time.sleep(60)\n"
)


class Place:
    """Checkouts of one user, and the servers that were started in them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.started: list[subprocess.Popen[str]] = []

    def checkout(self, name: str, manifest: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True)
        (folder / "ports.toml").write_text(manifest)
        return folder

    def portman(self, folder: Path, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "portman", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    def serve(self, folder: Path, port: int, host: str = "127.0.0.1", backlog: int = 5) -> int:
        return self.start(folder, sys.executable, "-c", SERVER, host, str(port), str(backlog))

    def start(self, folder: Path, *words: str, wait: bool = True) -> int:
        one = subprocess.Popen(
            words,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # what it starts ends with it: a child keeps the pipe open
        )
        self.started.append(one)
        if wait:
            assert one.stdout
            assert one.stdout.readline().strip() == "up"
        return one.pid

    def end(self) -> None:
        for one in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.communicate()
        self.started.clear()


@pytest.fixture(name="place")
def _place(tmp_path: Path, own_state: Path) -> Iterator[Place]:
    assert own_state
    place = Place(tmp_path / "checkouts")
    yield place
    place.end()


def port_of(place: Place, folder: Path, name: str) -> int:
    code, said = place.portman(folder, "port", name)
    assert code == 0, said
    return int(said)


AUTO = '[services]\nweb = "auto"\n'
APPS = (
    '[services.web]\nport = "auto"\ndir = "apps/web"\n'
    '[services.api]\nport = "auto"\ndir = "apps/api"\n'
)


def test_another_service_of_this_checkout_is_in_the_way(place: Place) -> None:
    """The api on the web's port is named, and `wait` is not satisfied by it."""
    shop = place.checkout("shop", APPS)
    for name in ("web", "api"):
        (shop / "apps" / name).mkdir(parents=True)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    pid = place.serve(shop / "apps" / "api", port)
    code, said = place.portman(shop, "check")
    assert code == 1
    name = Path(sys.executable).name[:15]
    assert f"web: port {port} is taken by api of this checkout ({name}" in said, said
    assert f"pid {pid}, apps/api)" in said
    assert place.portman(shop, "wait", "web", "--timeout", "0.2")[0] == 1
    place.end()
    place.serve(shop / "apps" / "web", port)
    assert place.portman(shop, "wait", "web", "--timeout", "5")[0] == 0


def test_another_instance_is_named(place: Place) -> None:
    """Its folder is this checkout's too."""
    shop = place.checkout("shop", AUTO)
    assert place.portman(shop, "up")[0] == 0
    assert place.portman(shop, "up", "--instance", "ci")[0] == 0
    port = port_of(place, shop, "web")
    command = (sys.executable, "-c", SERVER, "127.0.0.1", str(port), "5")
    place.start(shop, sys.executable, "-m", "portman", "run", "--instance", "ci", "--", *command)
    _, said = place.portman(shop, "check")
    assert f"web: port {port} is taken by" in said
    assert ", of the instance ci" in said


def test_a_server_above_the_folder_of_a_service_is_not_that_service(place: Place) -> None:
    """Neither in the root nor in `apps`; what `run --service` started is, wherever it works."""
    shop = place.checkout("shop", APPS)
    for name in ("web", "api"):
        (shop / "apps" / name).mkdir(parents=True)
    port = port_of(place, shop, "web")
    for folder in (shop, shop / "apps"):
        place.serve(folder, port)
        code, said = place.portman(shop, "check")
        assert code == 1, said
        assert f"web: port {port} is taken by another program of this checkout (" in said
        assert "which does not work in apps/web" in said
        assert "portman run --service web -- CMD" in said
        place.end()
    server = (sys.executable, "-c", SERVER, "127.0.0.1", str(port), "5")
    place.start(shop, sys.executable, "-m", "portman", "run", "--service", "web", "--", *server)
    assert place.portman(shop, "check")[0] == 0


def test_the_server_of_a_folder_that_was_made_again(place: Place) -> None:
    """Removed and made anew with the same manifest: the old server serves deleted files."""
    shop = place.checkout("shop", AUTO)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    place.serve(shop, port)
    assert place.portman(shop, "check")[0] == 0
    shutil.rmtree(shop)
    place.checkout("shop", AUTO)
    code, said = place.portman(shop, "up")
    assert code == 1, said
    assert "taken by" in said
    assert place.portman(shop, "wait", "web", "--timeout", "0.2")[0] == 1


def test_a_token_that_another_checkout_inherited(place: Place) -> None:
    shop, other = place.checkout("shop", AUTO), place.checkout("other", AUTO)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    run = (sys.executable, "-m", "portman", "run", "--")
    place.start(shop, *run, sys.executable, "-c", f"import os,sys; os.chdir({str(other)!r}); "
                f"os.execv(sys.executable, [sys.executable, '-c', {SERVER!r}, '127.0.0.1', "
                f"'{port}', '5'])")  # fmt: skip
    code, said = place.portman(shop, "check")
    assert code == 1, said


def test_what_run_started_is_known_whatever_it_does_to_itself(place: Place, tmp_path: Path) -> None:
    """It has left the folder and its environment; and its child too."""
    shop = place.checkout("shop", AUTO)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    run = (sys.executable, "-m", "portman", "run", "--service", "web", "--")
    clean = (
        "env",
        "-i",
        "-C",
        str(tmp_path),
        sys.executable,
        "-c",
        SERVER,
        "127.0.0.1",
        str(port),
        "5",
    )
    place.start(shop, *run, *clean)
    assert place.portman(shop, "check")[0] == 0
    place.end()
    parent = f"import subprocess,sys; subprocess.run({list(clean)!r})"
    place.start(shop, *run, sys.executable, "-c", parent)
    assert place.portman(shop, "check")[0] == 0


def test_a_listener_on_another_address_is_not_running(place: Place) -> None:
    shop = place.checkout("shop", AUTO)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    place.serve(shop, port, host="::1")
    code, said = place.portman(shop, "check")
    assert code == 1
    assert f"listens on [::1]:{port}, which does not answer 127.0.0.1:{port}" in said
    (shop / "ports.toml").write_text('[services]\nweb = { port = "auto", host = "localhost" }\n')
    assert place.portman(shop, "check")[0] == 0


def test_a_stranger_on_another_loopback_address_is_no_conflict(place: Place) -> None:
    shop = place.checkout("shop", '[services]\nweb = { port = "auto", host = "127.0.0.7" }\n')
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    with socket.create_server(("127.0.0.1", port)):
        assert "idle" in place.portman(shop, "check")[1]
        place.serve(shop, port, host="127.0.0.7")
        code, said = place.portman(shop, "check")
        assert (code, "running" in said) == (0, True), said
        assert "running" in place.portman(shop, "list")[1]


def test_free_by_name_ends_what_has_the_services_own_address(place: Place) -> None:
    """A stranger on the same number of another address lives."""
    shop = place.checkout("shop", '[services.web]\nport = 7201\nhost = "127.0.0.2"\n')
    assert place.portman(shop, "up")[0] == 0
    stranger = place.serve(place.root, 7201, "127.0.0.1")
    ours = place.serve(shop, 7201, "127.0.0.2")
    code, said = place.portman(shop, "free", "web", "--yes")
    assert (code, f"(pid {ours})" in said) == (0, True), said
    assert place.started[0].poll() is None
    assert f"127.0.0.1:7201 is still used by python (pid {stranger}".partition(" by ")[0] in said


def test_the_usual_port_on_an_address_of_its_own(place: Place) -> None:
    """A stranger on 127.0.0.1 does not keep a service of 127.0.0.9 from its usual port."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        manifest = f'[services]\ndns = {{ port = {port}, host = "127.0.0.9" }}\n'
        assert port_of(place, place.checkout("shop", manifest), "dns") == port


def test_a_server_that_accepts_nothing(place: Place) -> None:
    """It is named by `up`, and `wait` is not satisfied."""
    shop = place.checkout("shop", AUTO)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    place.serve(shop, port, backlog=1)
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        time.sleep(0.1)
        code, said = place.portman(shop, "check")
        assert "accepts no connections" in said, said
        code, said = place.portman(shop, "wait", "web", "--timeout", "0.3")
        assert (code, "accepts no connections" in said) == (1, True), said


def test_a_suspended_server_answers_nobody(place: Place) -> None:
    """The kernel accepts connections for it (Ctrl-Z); the answer from a receipt ends too."""
    shop = place.checkout("shop", AUTO)
    pid = place.serve(shop, port_of(place, shop, "web"))
    for _ in range(3):
        assert "Ctrl-Z" not in place.portman(shop, "up")[1]
    os.kill(pid, signal.SIGSTOP)
    for words in (("up",), ("check",), ("wait", "web", "--timeout", "0.2")):
        code, said = place.portman(shop, *words)
        assert f"kill -CONT {pid}" in said, said
        assert code == (words[0] == "wait")


def test_a_dir_that_is_a_link(place: Place) -> None:
    """Its folder lies elsewhere; one above the checkout is nobody's `dir`."""
    shop = place.checkout("shop", '[services.web]\nport = "auto"\ndir = "web"\n')
    (place.root / "real" / "src").mkdir(parents=True)
    port = port_of(place, shop, "web")
    for target, verdict in (("../real", "running"), ("..", "taken")):
        (shop / "web").symlink_to(target)
        place.serve(place.root / "real" / "src", port)
        assert verdict in place.portman(shop, "check")[1]
        place.end()
        (shop / "web").unlink()


def test_wait_connects_only_if_asked(place: Place) -> None:
    """A path that answers 500 is not up, one with 404 is."""
    shop = place.checkout("shop", AUTO)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    answers = (
        "import http.server,sys\n"
        "class Answer(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(500 if self.path == '/broken' else 404); self.end_headers()\n"
        "one = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Answer)\n"
        "print('up', flush=True); one.serve_forever()\n"
    )
    place.start(shop, sys.executable, "-c", answers, str(port))
    assert place.portman(shop, "wait", "web", "--timeout", "3", "--connect")[0] == 0
    assert place.portman(shop, "wait", "web", "--timeout", "3", "--http", "/there")[0] == 0
    code, said = place.portman(shop, "wait", "web", "--timeout", "0.3", "--http", "/broken")
    assert (code, "answered 500" in said) == (1, True), said
    assert place.portman(shop, "wait", "--http", "there")[0] == 2


def test_wait_speaks_tls_where_the_url_does(place: Place, tmp_path: Path) -> None:
    """With a certificate that the server signed itself; and plain HTTP there is no answer."""
    needs.program("openssl")
    shop = place.checkout("shop", "[services]\nweb = 8443\n")
    assert place.portman(shop, "up")[0] == 0
    key = str(tmp_path / "key.pem")
    make = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x")
    subprocess.run([*make, "-keyout", key, "-out", key], check=True, capture_output=True)
    plain = (
        "import http.server,ssl,sys\n"
        "one = http.server.HTTPServer(('127.0.0.1', 8443), http.server.SimpleHTTPRequestHandler)\n"
    )
    secure = (
        "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(sys.argv[1])\n"
        "one.socket = context.wrap_socket(one.socket, server_side=True)\n"
    )
    serve = "print('up', flush=True); one.serve_forever()\n"
    asked = ("wait", "web", "--timeout", "0.5", "--http", "/")
    place.start(shop, sys.executable, "-c", plain + serve)
    assert place.portman(shop, *asked)[0] == 1
    place.end()
    place.start(shop, sys.executable, "-c", plain + secure + serve, key)
    assert place.portman(shop, *asked)[0] == 0


def test_one_program_on_several_ports_is_said_once(place: Place) -> None:
    """With the services that it keeps out, and one command that moves them."""
    shop = place.checkout("shop", "services = {web = 7101, api = 7102, jobs = 7103}\n")
    assert place.portman(shop, "up")[0] == 0
    one = place.serve(place.root, 7101)
    server = SERVER.replace("print", "two = socket.create_server((host, 7103)); print")
    two = place.start(place.root, sys.executable, "-c", server, "127.0.0.1", "7102", "5")
    said = place.portman(shop, "check")[1]
    assert f" (pid {one}, " in said
    assert "error: api, jobs: ports 7102, 7103 are taken by " in said
    assert f" (pid {two}, " in said
    assert said.count("error:") == 2
    assert "portman up --reassign api jobs\n" in said


@pytest.mark.parametrize("command", ["up", "check", "list", "doctor"])
def test_a_program_on_a_wrong_port(place: Place, command: str) -> None:
    """It is named with the port that is its own; and a receipt does not hide it."""
    shop = place.checkout("shop", AUTO)
    for _ in range(3):
        assert place.portman(shop, "up")[0] == 0
        time.sleep(0.1)
    port = port_of(place, shop, "web")
    place.serve(shop, 17399)
    said = place.portman(shop, command)[1]
    assert f"listens on 17399; its port is {port}" in said, said
    place.end()
    assert "17399" not in place.portman(shop, command)[1]


def test_a_tool_on_a_port_of_the_kernels_choice_is_no_service(place: Place) -> None:
    """Nor is it one in the folder of a service: a language server works there."""
    shop = place.checkout("shop", AUTO)
    place.serve(shop, 0)
    assert "listens on" not in place.portman(shop, "up")[1]
    apps = place.checkout("apps", APPS)
    (apps / "apps/web").mkdir(parents=True)
    place.serve(apps / "apps/web", 0)
    assert "listens on" not in place.portman(apps, "up")[1]


@pytest.mark.parametrize("where", ["run", "below", "dir", "udp", "view"])
def test_every_look_names_a_program_on_a_wrong_port(place: Place, where: str) -> None:
    """Text and `--json`, under `run` too, and what a program of `run` started in another folder.

    `udp`: after receipts, which the table of TCP listeners would not end. `view`: in a container
    that has the host's network, and the checkout at another path.
    """
    shop = place.checkout("shop", APPS)
    for name in ("web", "api"):
        (shop / "apps" / name).mkdir(parents=True)
    if where == "udp":
        text = (shop / "ports.toml").read_text()
        (shop / "ports.toml").write_text(text + '[services.dns]\nport = 7398\nprotocol = "udp"\n')
    for _ in range(3):
        assert place.portman(shop, "up")[0] == 0
        time.sleep(0.06)
    run = (sys.executable, "-m", "portman", "run", "--service", "web", "--")
    server = (sys.executable, "-c", SERVER, "127.0.0.1", "7399", "5")
    udp = SERVER.replace("AF_INET)", "AF_INET, socket.SOCK_DGRAM)").replace("one.listen", "str")
    mount = 'mount --bind "$1" "$2"; cd "$2/apps/web"; shift 2; exec "$@"'
    other = place.root / "view"
    other.mkdir()
    words = {
        "run": (*run, *server),
        "below": (*run, "sh", "-c", 'cd /; "$@"; :', "x", *server),
        "udp": (sys.executable, "-c", udp, *server[3:]),
        "view": ("unshare", "-m", "sh", "-c", mount, "x", str(shop), str(other), *server),
    }
    if where == "view" and os.geteuid():
        pytest.skip("only root mounts")
    place.start(shop if where == "udp" else shop / "apps/web", *words.get(where, server))
    for verb in (("up",), ("check",), ("list",), ("watch", "--once"), ("doctor",)):
        said = place.portman(shop, *verb)[1]
        assert "listens on 7399" in said, (verb, said)
        said = place.portman(shop, *verb, "--json")[1]
        assert "listens on 7399" in said or '"port": 7399' in said, (verb, said)
        assert '"wrong-port"' in said, (verb, said)


def test_what_outlives_run_reserves_the_port_and_no_more(place: Place) -> None:
    """A daemon has the holds: servers still start, and free explains that nothing has to end."""
    shop = place.checkout("shop", AUTO)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    run = (sys.executable, "-m", "portman", "run", "--")
    place.start(shop, *run, "env", "-i", "-C", "/", "sh", "-c", "echo up; sleep 60")
    for one in place.started:
        os.waitpid(one.pid, os.WNOHANG)
    shutil.rmtree(Path(os.environ["PORTMAN_HOME"]) / f"launches-{os.geteuid()}")
    code, said = place.portman(shop, "check")
    assert (code, "reserved" in said) == (0, True), said
    assert place.portman(shop, "free", str(port), "--dry-run")[0] == 0
    assert place.portman(shop, "run", "--service", "web", "--", "true")[0] == 0
    assert place.portman(shop, "up", "--reassign", "web")[0] == 0
    assert "still running" not in place.portman(shop, "down")[1]


def test_a_nested_run_does_not_pass_on_the_holds_of_another(place: Place) -> None:
    shop, other = place.checkout("shop", AUTO), place.checkout("other", AUTO)
    for one in (shop, other):
        assert place.portman(one, "up")[0] == 0
    port = port_of(place, shop, "web")
    run = (sys.executable, "-m", "portman")
    count = (
        "import os; near = os.listdir('/proc/self/fd'); far = ['/proc/self/fd/' + n for n in near];"
        "print(sum(os.readlink(f).startswith('socket:') for f in far if os.path.exists(f)))"
    )
    inner = (*run, "-C", str(other), "run", "--service", "web", "--", sys.executable, "-c", count)
    code, said = place.portman(shop, "run", "--", *inner)
    assert (code, said[:2]) == (0, "1\n"), (said, port)


@pytest.mark.skipif(os.geteuid() != 0, reason="what root is told")
def test_root_is_not_sent_to_sudo(place: Place) -> None:
    """A socket in flight over a Unix socket has no process: its owner is unknown, with a reason."""
    shop = place.checkout("shop", AUTO)
    assert place.portman(shop, "up")[0] == 0
    port = port_of(place, shop, "web")
    code = (
        "import socket,time\n"
        f"s = socket.create_server(('127.0.0.1', {port}))\n"
        "a, b = socket.socketpair(); socket.send_fds(a, [b'x'], [s.fileno()]); s.close()\n"
        "print('up', flush=True); time.sleep(60)\n"
    )
    place.start(shop, sys.executable, "-c", code)
    for words in (("check",), ("who", str(port)), ("free", str(port), "--dry-run")):
        said = place.portman(shop, *words)[1]
        assert "unknown" in said, said
        assert "sudo portman" not in said
        assert "another user" not in said


def test_a_service_that_is_not_held_is_free_for_its_program(place: Place) -> None:
    """`hold = false`: a program that binds without SO_REUSEADDR gets its port."""
    shop = place.checkout("shop", '[services]\nweb = { port = "auto", hold = false }\n')
    plain: Callable[[int], Any] = lambda port: place.portman(  # noqa: E731
        shop, "run", "--service", "web", "--", sys.executable, "-c",
        f"import socket; s = socket.socket(); s.bind(('127.0.0.1', {port})); print('bound')",
    )  # fmt: skip
    for _ in range(3):
        code, said = plain(port_of(place, shop, "web"))
        assert (code, said.strip()) == (0, "bound"), said


#: PM2's shape: one primary process has the sockets of the workers of two projects.
CLUSTER = (
    "const c = require('cluster'); process.title = 'PM2 v6.0.0: God Daemon (/x)';"
    "for (let n = 2; n + 1 < process.argv.length; n += 2) {"
    "c.setupPrimary({exec: process.argv[n] + '/app.js'}); c.fork({PORT: process.argv[n + 1]}) }"
    "let up = 0; c.on('listening', () => { if (++up == 2) console.log('up') })"
)
APP = (
    "process.chdir(__dirname);"
    "require('http').createServer((q, r) => r.end('hi')).listen(process.env.PORT, '127.0.0.1')"
)


def test_the_workers_of_a_manager_are_their_projects(place: Place) -> None:
    """Each has its own, wherever the manager works; and a worker on the other's port is not it."""
    node = needs.program("node")
    shop, blog = place.checkout("shop", AUTO), place.checkout("blog", AUTO)
    ports, daemon = {}, place.root / "daemon.js"
    daemon.write_text(CLUSTER)
    for one in (shop, blog):
        (one / "app.js").write_text(APP)
        assert place.portman(one, "up")[0] == 0
        ports[one] = port_of(place, one, "web")
    words = (str(shop), str(ports[shop]), str(blog), str(ports[blog]))
    manager = place.start(blog, node, str(daemon), *words)
    for one in (shop, blog):
        code, said = place.portman(one, "check")
        assert (code, "running" in said) == (0, True), said
        assert place.portman(one, "wait", "web", "--timeout", "1")[0] == 0
        code, said = place.portman(one, "free", str(ports[one]), "--dry-run")
        assert (code, f"PM2 v6.0.0: God (pid {manager})" in said) == (1, True), said
    place.end()
    words = (str(shop), str(ports[blog]), str(blog), str(ports[shop]))
    place.start(shop, node, str(daemon), *words)
    for one, other in ((shop, blog), (blog, shop)):
        code, said = place.portman(one, "check")
        assert (code, f"in {other}" in said) == (1, True), said


def test_run_passes_on_what_the_shell_ignores(place: Place) -> None:
    """`trap "" PIPE` in a script counts for the command; Python's own ignoring does not."""
    shop = place.checkout("shop", AUTO)
    words = ("-m", "portman", "run", "--", "grep", "SigIgn", "/proc/self/status")
    run = f"{PYTHON} {' '.join(words)}"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}

    def said(script: str) -> int:
        words = ("sh", "-c", f"{script}; true")
        done = subprocess.run(words, cwd=shop, env=env, capture_output=True, text=True, check=True)
        return int(done.stdout.split()[1], 16)

    pipe = 1 << (signal.SIGPIPE - 1)
    assert said(f"trap '' PIPE; {run}") & pipe == pipe
    assert said(run) & pipe == 0
    direct = (sys.executable, *words)
    done = subprocess.run(direct, cwd=shop, env=env, capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[1], 16) & pipe == 0
