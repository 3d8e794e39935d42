"""`portman watch` on real sockets, into a pipe, and in a real terminal (tmux)."""

from __future__ import annotations

import json
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

from portman.commands.watch import Watcher
from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portman.commands.watch import Row

    Portman = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
print("up", flush=True)
kept = [s.accept()[0] for _ in range(2)]
time.sleep(60)
"""
MANIFEST = '[services]\nweb = "auto"\njobs = "auto"\n'


@pytest.fixture(name="shop")
def _shop(tmp_path: Path, portman: Portman) -> Path:
    """Return a checkout with two leases."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ports.toml").write_text(MANIFEST)
    portman("up", cwd=folder)
    return folder


def port_of(portman: Portman, folder: Path, name: str = "web") -> int:
    """Return a leased port."""
    return int(portman("port", name, cwd=folder).out)


def serve(started: Callable[..., subprocess.Popen[str]], folder: Path, port: int) -> Any:
    """Start a server in `folder` and wait until it listens."""
    server = started(sys.executable, "-c", SERVER, str(port), cwd=folder, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == "up\n"
    return server


def web(watcher: Watcher) -> Row:
    """Return the row of `web`."""
    return next(row for row in watcher.look().rows if row.service == "web")


class TestWatcher:
    """Snapshots of real sockets."""

    def test_a_service_comes_serves_and_goes(
        self, shop: Path, portman: Portman, started: Any
    ) -> None:
        """State, process, start and connections, from nothing and back to nothing."""
        import socket

        watcher = Watcher()
        port = port_of(portman, shop)
        assert (web(watcher).state, web(watcher).pid) == ("idle", None)
        server = serve(started, shop, port)
        row = web(watcher)
        assert ("running", server.pid, 0) == (row.state, row.pid, row.connections)
        assert row.since is not None
        assert abs(row.since - time.time()) < 60
        with socket.create_connection(("127.0.0.1", port)):
            time.sleep(0.1)
            assert web(watcher).connections == 1
        server.kill()
        server.wait()
        assert web(watcher).state in ("idle", "lingering")

    def test_a_stranger_is_told_from_our_own(
        self, shop: Path, portman: Portman, started: Any, tmp_path: Path
    ) -> None:
        """The same port, served from another folder."""
        (tmp_path / "other").mkdir()
        serve(started, tmp_path / "other", port_of(portman, shop))
        assert web(Watcher()).state == "taken"

    def test_proc_is_walked_for_new_sockets_only(
        self, shop: Path, portman: Portman, started: Any
    ) -> None:
        """Naming a process is what costs; a socket keeps its process until it closes."""
        watcher = Watcher()
        serve(started, shop, port_of(portman, shop))
        for _ in range(5):
            watcher.look()
        assert watcher.cache.walks == 1
        serve(started, shop, port_of(portman, shop, "jobs"))
        for _ in range(5):
            watcher.look()
        assert watcher.cache.walks == 2

    def test_rows_are_made_again_only_after_a_change(
        self, shop: Path, portman: Portman, started: Any
    ) -> None:
        """Nobody comes or goes: the very rows. A connection, and a server that ends, are news."""
        watcher = Watcher()
        port = port_of(portman, shop)
        server = serve(started, shop, port)
        watcher.look()
        # Folders are looked at every two seconds, which may fall between two looks.
        assert any(web(watcher) is web(watcher) for _ in range(3))
        with socket.create_connection(("127.0.0.1", port)):
            deadline = time.monotonic() + 10  # until the server has accepted it
            while web(watcher).connections != 1:
                assert time.monotonic() < deadline
        server.kill()
        server.wait()
        assert web(watcher).state != "running"

    def test_leases_given_and_given_back_meanwhile(self, shop: Path, portman: Portman) -> None:
        """The ledger is read again when somebody wrote it."""
        watcher = Watcher()
        assert len(watcher.look().rows) == 2
        (shop / "ports.toml").write_text(MANIFEST + 'mail = "auto"\n')
        portman("up", cwd=shop)
        assert len(watcher.look().rows) == 3
        portman("down", cwd=shop)
        assert len(watcher.look().rows) == 0

    def test_an_edit_of_the_manifest_is_seen(self, shop: Path) -> None:
        """The URL follows `host`."""
        watcher = Watcher()
        assert web(watcher).url.startswith("http://localhost:")
        (shop / "ports.toml").write_text(
            '[services]\nweb = { port = "auto", host = "192.0.2.7" }\n'
        )
        watcher._folders_at = 0.0
        assert web(watcher).url.startswith("http://192.0.2.7:")

    def test_a_folder_that_goes_is_told(self, shop: Path) -> None:
        """Within two seconds."""
        watcher = Watcher()
        assert not web(watcher).gone
        shutil.rmtree(shop)
        watcher._folders_at = 0.0
        assert web(watcher).gone


class TestPiped:
    """Where there is no terminal."""

    def test_once_prints_a_table_and_ends(self, shop: Path, portman: Portman) -> None:
        """For scripts and for a quick look."""
        done = portman("watch", "--once", cwd=shop)
        assert (done.code, done.err) == (0, "")
        assert "2 services, 2 idle" in done.out
        assert "web" in done.out

    def test_once_without_any_lease(self, tmp_path: Path, portman: Portman) -> None:
        """Says what to do."""
        assert "portman up" in portman("watch", "--once", cwd=tmp_path).out

    def test_json_lines_tell_each_change_within_a_second(
        self, shop: Path, portman: Portman, started: Any
    ) -> None:
        """First everything, then one object for each change."""
        port = port_of(portman, shop)
        stream = started(
            sys.executable,
            *("-m", "portman", "watch", "--json", "--interval", "0.2"),
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        first = json.loads(stream.stdout.readline())
        assert (first["event"], len(first["services"])) == ("snapshot", 2)
        server = serve(started, shop, port)
        change = json.loads(stream.stdout.readline())
        assert (change["event"], change["service"]["verdict"]) == ("started", "running")
        assert (server.pid, "idle") == (change["service"]["pid"], change["before"]["verdict"])
        assert 0 <= change["at"] - change["service"]["since"] < 30
        server.kill()
        change = json.loads(stream.stdout.readline())
        assert (change["event"], change["service"]["name"]) == ("stopped", "web")
        stream.send_signal(signal.SIGINT)
        assert stream.wait(10) == 130

    def test_a_reader_that_goes_away_ends_it(self, shop: Path) -> None:
        """`| head -1` does not hang, though nothing ever changes."""
        done = subprocess.run(
            f"{PYTHON} -m portman watch --json | head -1",
            shell=True,
            capture_output=True,
            text=True,
            timeout=20,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert (len(done.stdout.splitlines()), done.stderr) == (1, "")

    def test_a_damaged_ledger_is_told_as_everywhere(
        self, portman: Portman, own_state: Path
    ) -> None:
        """Exit 5, in both forms."""
        own_state.mkdir(parents=True)
        (own_state / "ledger.db").write_bytes(b"no database at all" * 100)
        done = portman("watch", "--once")
        assert (done.code, done.err.startswith("error:")) == (5, True)
        told = json.loads(portman("watch", "--json").out)
        assert (told["command"], told["exit_code"]) == ("watch", 5)


class Screen:
    """A terminal of its own, driven by keys and read as a person sees it."""

    def __init__(self, folder: Path, size: tuple[int, int] = (80, 24)) -> None:
        self.socket = str(folder / "tmux")
        width, height = size
        shell = ("env", "PS1=$ ", "bash", "--norc", "--noprofile")
        self.tmux("new-session", "-d", "-x", str(width), "-y", str(height), "-s", "t", *shell)
        self.tmux("set-option", "-s", "escape-time", "0")

    def tmux(self, *words: str) -> str:
        """Run a tmux command on this server."""
        done = subprocess.run(
            ["tmux", "-S", self.socket, "-f", "/dev/null", *words],
            capture_output=True,
            text=True,
            timeout=20,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def keys(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self.tmux("send-keys", "-t", "t", *keys)

    def text(self, *options: str) -> str:
        """Return what is on the screen."""
        return self.tmux("capture-pane", "-p", "-t", "t", *options)

    def until(self, words: str, seconds: float = 15.0) -> str:
        """Wait until `words` are on the screen; return all of it."""
        end = time.monotonic() + seconds
        while words not in (text := self.text()):
            assert time.monotonic() < end, f"no {words!r} in:\n{text}"
            time.sleep(0.05)
        return text

    def start(self, *words: str) -> str:
        """Start `portman watch` and wait for its first frame."""
        self.keys("-l", f"{PYTHON} -m portman watch {' '.join(words)}; echo code=$?")
        self.keys("Enter")
        return self.until("q quit")


@pytest.fixture(name="screen")
def _screen(tmp_path: Path) -> Iterator[Screen]:
    if shutil.which("tmux") is None:
        pytest.skip("no tmux here")
    screen = Screen(tmp_path)
    yield screen
    subprocess.run(["tmux", "-S", screen.socket, "kill-server"], capture_output=True, timeout=20)


class TestTerminal:
    """Keys go in, a screen comes out, and the terminal is left as it was."""

    def test_a_server_appears_marked_and_goes(
        self, shop: Path, portman: Portman, started: Any, screen: Screen
    ) -> None:
        """Without a key being pressed."""
        assert "2 services, 2 idle" in screen.start()
        server = serve(started, shop, port_of(portman, shop))
        text = screen.until(f"(pid {server.pid})")
        line = next(line for line in text.splitlines() if "running" in line and "web" in line)
        assert line[1] == "^"
        server.kill()
        screen.until("2 idle")
        screen.keys("q")
        screen.until("code=0")

    def test_the_shell_is_back_after_q(self, shop: Path, screen: Screen) -> None:
        """The alternate screen is gone, what was typed before is there, keys echo again."""
        screen.keys("echo before", "Enter")
        screen.until("before\n")
        screen.start()
        screen.keys("q")
        text = screen.until("code=0")
        assert "before" in text
        assert "SERVICE" not in text
        screen.keys("echo echoed", "Enter")
        assert "$ echo echoed\nechoed" in screen.until("\nechoed")
        assert screen.tmux("display-message", "-p", "-t", "t", "#{cursor_flag}").strip() == "1"

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
    def test_the_shell_is_back_after_a_kill(
        self, shop: Path, screen: Screen, number: signal.Signals, code: int
    ) -> None:
        """SIGTERM and SIGHUP leave no broken terminal behind."""
        screen.start()
        shell = screen.tmux("display-message", "-p", "-t", "t", "#{pane_pid}").strip()
        child = subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True)
        os.kill(int(child.stdout.split()[0]), number)
        text = screen.until(f"code={code}")
        assert "SERVICE" not in text
        assert screen.tmux("display-message", "-p", "-t", "t", "#{alternate_on}").strip() == "0"
        screen.keys("echo echoed", "Enter")
        screen.until("\nechoed")

    def test_a_ledger_that_breaks_meanwhile_ends_it_with_its_error(
        self, shop: Path, screen: Screen, own_state: Path
    ) -> None:
        """The terminal is given back first, then the error is told."""
        screen.start()
        for name in ("ledger.db-wal", "ledger.db-shm"):
            (own_state / name).unlink(missing_ok=True)
        (own_state / "ledger.db").write_bytes(b"no database at all" * 100)
        text = screen.until("code=5")
        assert "error: " in text
        assert "SERVICE" not in text
        assert screen.tmux("display-message", "-p", "-t", "t", "#{alternate_on}").strip() == "0"

    def test_ctrl_c_is_130(self, shop: Path, screen: Screen) -> None:
        """As everywhere."""
        screen.start()
        screen.keys("C-c")
        assert "SERVICE" not in screen.until("code=130")

    def test_ctrl_z_gives_the_terminal_back_until_fg(self, shop: Path, screen: Screen) -> None:
        """And the screen is there again afterwards."""
        screen.start()
        screen.keys("C-z")
        text = screen.until("Stopped")
        assert "SERVICE" not in text
        screen.keys("fg", "Enter")
        screen.until("q quit")
        screen.keys("q")
        screen.until("$ ")

    def test_selection_filter_and_help(self, shop: Path, screen: Screen) -> None:
        """J moves, / narrows, Escape shows all again, ? explains."""
        screen.start()
        screen.until(">")
        screen.keys("G")
        text = screen.until("> ")
        screen.keys("/", "j", "o", "b")
        text = screen.until("/job_")
        assert "1 of 2 services" in text
        assert " web " not in text
        screen.keys("Enter")
        screen.until("/job")
        screen.keys("Escape")
        screen.until(" web ")
        screen.keys("?")
        screen.until("choose a service")
        screen.keys("x")
        screen.until(" web ")

    def test_o_opens_the_url(
        self, shop: Path, portman: Portman, screen: Screen, tmp_path: Path
    ) -> None:
        """With the browser of $BROWSER; nothing of it reaches the screen."""
        browser = tmp_path / "browser"
        browser.write_text(f'#!/bin/sh\necho noise; echo "$1" > {tmp_path}/opened\n')
        browser.chmod(0o755)
        screen.keys(f"export BROWSER={browser}", "Enter")
        screen.start()
        screen.keys("/", "w", "e", "b", "Enter", "o")
        url = f"http://localhost:{port_of(portman, shop)}"
        text = screen.until(f"opened {url}")
        assert "noise" not in text
        end = time.monotonic() + 10
        while not (tmp_path / "opened").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        time.sleep(0.1)
        assert url == (tmp_path / "opened").read_text().strip()

    def test_f_shows_the_plan_asks_and_frees(
        self, shop: Path, portman: Portman, started: Any, screen: Screen
    ) -> None:
        """No is no; yes stops the server, and the row says so."""
        server = serve(started, shop, port_of(portman, shop))
        screen.start()
        screen.keys("/", "w", "e", "b", "Enter", "f")
        text = screen.until("y/n: ")
        assert f"(pid {server.pid})" in text
        screen.keys("n")
        screen.until("q quit")
        assert server.poll() is None
        screen.keys("f")
        screen.until("y/n: ")
        screen.keys("y")
        screen.until("is free now")
        assert server.wait(10) == -signal.SIGTERM
        screen.keys("f")
        screen.until("is free already")

    @pytest.mark.parametrize("width", [24, 40, 60, 120])
    def test_a_new_size_is_filled_at_once(self, shop: Path, screen: Screen, width: int) -> None:
        """Wider or narrower, no line wraps and the keys stay in the last line."""
        screen.start()
        screen.tmux("resize-window", "-t", "t", "-x", str(width), "-y", "12")
        end = time.monotonic() + 10
        while True:
            lines = screen.text().split("\n")[:12]
            if lines[-1].startswith("q quit") and lines[0].startswith("portman watch"):
                break
            assert time.monotonic() < end, lines
            time.sleep(0.05)
        assert sum("SERVICE" in line for line in lines) == 1

    def test_no_color_has_no_colour(self, shop: Path, screen: Screen) -> None:
        """Only the pointer tells what is chosen."""
        screen.keys("export NO_COLOR=1", "Enter")
        screen.start()
        assert "\x1b[3" not in screen.text("-e")
        assert "\x1b[2m" not in screen.text("-e")
        assert ">" in screen.text()
        screen.keys("q")
        screen.until("code=0")
        screen.keys("unset NO_COLOR; clear", "Enter")
        screen.start()
        assert "\x1b[2m" in screen.text("-e")
