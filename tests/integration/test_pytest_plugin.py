"""The pytest plugin in real runs of pytest: alone, under xdist, several at once, killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Portman = Callable[..., Any]

ROOT = Path(__file__).parents[2]
WORKERS = 16
LINUX = sys.platform == "linux"

#: Every port in use has a file; making one that is there means that two tests have one port.
CROWD = """
    import os, socket, time
    import pytest

    SHARED = os.environ["SHARED"]

    @pytest.mark.parametrize("number", range(int(os.environ["TESTS"])))
    def test_alone(free_ports, number):
        mine = free_ports(10)
        assert len(set(mine)) == 10
        for port in mine:
            os.close(os.open(f"{SHARED}/{port}", os.O_CREAT | os.O_EXCL))
        servers = [socket.socket() for _ in mine]
        for server, port in zip(servers, mine):
            server.bind(("127.0.0.1", port))  # a plain bind: no SO_REUSEADDR
            server.listen()
        time.sleep(float(os.environ.get("NAP", "0")))
        for server, port in zip(servers, mine):
            server.close()
            os.unlink(f"{SHARED}/{port}")
"""


RUNNING: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """End every run that a failed test has left, with all its workers."""
    yield
    for run in RUNNING:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate(timeout=30)
    RUNNING.clear()


def start(folder: Path, *options: str, **env: str) -> subprocess.Popen[str]:
    """Start pytest in a folder, with this tree's plugin."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "portman.pytest_plugin", *options]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.Popen(
        [*words, "-p", "no:cacheprovider", "-W", "error"],
        cwd=folder, env={**clean, "PYTHONPATH": str(ROOT), **env},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    RUNNING.append(run)
    return run


def finish(process: subprocess.Popen[str], code: int = 0) -> str:
    """Wait for a run, which has to end with the code; return what it printed."""
    out, _ = process.communicate(timeout=300)
    RUNNING.remove(process)
    assert process.returncode == code, out
    return out


def write(folder: Path, text: str) -> None:
    """Write one test file (and what makes the folder pytest's root)."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(textwrap.dedent(text))


def leases(portman: Portman) -> list[dict[str, Any]]:
    """Return all leases of this test's machine."""
    data = json.loads(portman("list", "--json").out)["data"]
    return [service for one in data["checkouts"] for service in one["services"]]


def test_it_is_registered() -> None:
    """An installed portman is found by pytest without `-p`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"portman": "portman.pytest_plugin"}


def test_loading_it_loads_nothing_else() -> None:
    """Every run of pytest in that environment pays for it."""
    code = "import pytest, sys; b = set(sys.modules); import portman.pytest_plugin;"
    code += "print(sorted(set(sys.modules) - b))"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "['portman', 'portman.pytest_plugin']"


def test_the_fixtures(tmp_path: Path, portman: Portman) -> None:
    """`ports` is the checkout's; a free port is an int, held, and bound in any way people bind."""
    (tmp_path / "ports.toml").write_text("[services]\nweb = 'auto'\n")
    write(
        tmp_path,
        """
        import asyncio, json, multiprocessing, socket, subprocess, sys
        import pytest

        def taken(port, *options):
            code = "import socket, sys; s = socket.socket();"
            code += "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, len(sys.argv) > 2);"
            code += "s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen()"
            words = [sys.executable, "-c", code, str(port), *options]
            return subprocess.run(words, stderr=subprocess.DEVNULL).returncode != 0

        def test_ports(ports):
            from portman import Port
            assert isinstance(ports["web"], Port)
            print("WEB", ports["web"].port)

        def test_it_is_an_int(free_port):
            assert json.dumps(free_port) == str(free_port) == f"{free_port}" == repr(free_port)
            assert free_port.url == f"http://localhost:{free_port}"
            assert free_port.address == ("127.0.0.1", free_port)

        def test_plain_bind(free_port):
            with socket.socket() as server:
                server.bind(("", free_port))

        def test_udp(free_port):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
                server.bind(free_port.address)
            assert free_port.release()

        def test_ipv6(free_port):
            with socket.create_server(("::1", free_port), family=socket.AF_INET6):
                pass

        def test_asyncio(free_port):
            async def serve():
                server = await asyncio.start_server(lambda r, w: None, *free_port.address)
                server.close()
                await server.wait_closed()
            asyncio.run(serve())

        @pytest.mark.skipif(sys.platform != "linux", reason="holds end where processes start")
        def test_other_processes(free_ports):
            one, two = free_ports(2)
            assert taken(one)
            assert not taken(one, "reuse")
            assert two.release() and not two.release()
            assert not taken(two)

        def child(port, queue):
            with socket.socket() as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind(("127.0.0.1", port))
                queue.put(port)

        @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
        def test_a_forked_child_binds(free_port):
            if "fork" not in multiprocessing.get_all_start_methods():
                pytest.skip("no fork here")
            context = multiprocessing.get_context("fork")
            queue = context.SimpleQueue()
            process = context.Process(target=child, args=(int(free_port), queue))
            process.start()
            assert queue.get() == free_port
            process.join(10)
            with socket.socket() as server:
                server.bind(free_port.address)

        @pytest.mark.parametrize("count", [0, 501])
        def test_a_silly_number(free_ports, count):
            import portman
            with pytest.raises(portman.PortmanError, match="from 1 to 500"):
                free_ports(count)
        """,
    )
    out = finish(start(tmp_path, "-s"))
    web = portman("port", "web", cwd=tmp_path).out.strip()
    assert f"WEB {web}" in out
    assert [one["name"] for one in leases(portman)] == ["web"]


def test_without_a_manifest(tmp_path: Path, portman: Portman) -> None:
    """Free ports need none; `ports` says what is missing."""
    write(
        tmp_path,
        """
        def test_free(free_port):
            assert free_port > 1023
        def test_ports(ports):
            pass
        """,
    )
    said = finish(start(tmp_path), 1)
    assert "1 passed, 1 error" in said
    assert "there is no ports.toml" in said
    assert "portman init" in said
    assert "Traceback" not in said
    assert "pytest_plugin.py" not in said
    assert leases(portman) == []


def test_it_is_leased_while_it_is_used(tmp_path: Path, portman: Portman) -> None:
    """Others see the lease in the ledger; `portman list` shows it; afterwards it is gone."""
    write(
        tmp_path,
        """
        import json, os, subprocess, sys
        def test_listed(free_ports):
            mine = free_ports(3)
            words = [sys.executable, "-m", "portman", "list", "--json"]
            told = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
            (found,) = told["data"]["checkouts"]
            assert {one["port"] for one in found["services"]} == set(mine)
            assert found["instance"].startswith("pytest-")
            assert found["checkout"] == os.getcwd()
        """,
    )
    finish(start(tmp_path))
    assert leases(portman) == []


def test_sixteen_workers_and_several_runs_at_once(tmp_path: Path, portman: Portman) -> None:
    """Thousands of picks, plain binds, not one number twice at a time."""
    write(tmp_path, CROWD)
    shared = tmp_path / "shared"
    shared.mkdir()
    env = {"SHARED": str(shared), "TESTS": "80"}
    runs = [start(tmp_path, "-n", str(WORKERS), **env), start(tmp_path, "-n", "4", **env),
            start(tmp_path, "-p", "no:xdist", **env)]  # fmt: skip
    for run in runs:
        assert "80 passed" in finish(run)
    assert list(shared.iterdir()) == []
    assert leases(portman) == []


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_what_a_stopped_run_leaves_is_reclaimed(
    tmp_path: Path, portman: Portman, ending: signal.Signals
) -> None:
    """By kill -9 of the run and all workers, or by Ctrl-C: the next run reclaims it."""
    write(tmp_path, CROWD)
    shared = tmp_path / "shared"
    shared.mkdir()
    env = {"SHARED": str(shared), "TESTS": "64"}
    run = start(tmp_path, "-n", "4", NAP="60", **env)
    for _ in range(600):
        if len(list(shared.iterdir())) >= 40:
            break
        time.sleep(0.1)
    before = leases(portman)
    assert len(before) == 40
    os.killpg(run.pid, ending)
    run.communicate(timeout=60)
    RUNNING.remove(run)
    assert run.returncode != 0
    for file in shared.iterdir():
        file.unlink()
    if ending == signal.SIGKILL:
        assert len(leases(portman)) == 40
    assert "64 passed" in finish(start(tmp_path, "-n", "4", **env))
    assert leases(portman) == []
