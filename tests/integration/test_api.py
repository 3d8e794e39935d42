"""`import portman`: the same answers as the commands, as values; nothing printed; typed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import portman as api

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
MANIFEST = """
[services]
web = "auto"
shard = { count = 2, env = "SHARD" }
[env]
URL = "{web.url}/x"
"""


@pytest.fixture(name="project")
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ports.toml").write_text(MANIFEST)
    monkeypatch.chdir(folder)
    return folder


def test_up_says_what_the_command_says(
    project: Path, portman: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Services, variables, outputs; and not a word on stdout or stderr."""
    up = api.up()
    told = json.loads(portman("up", "--json", cwd=project).out)["data"]
    assert (up.project, up.checkout, up.instance, up.primary) == ("shop", str(project), "", True)
    for view in told["services"]:
        one = up.services[view["name"]]
        assert [one.port, list(one.ports), one.url, one.host, list(one.variables)] == [
            view["port"], view["ports"], view["url"], view["host"], view["env"],
        ]  # fmt: skip
        assert one.verdict == view["verdict"] == "idle"
        assert int(one) == one.port
    assert dict(up.env) == json.loads(portman("env", "--json", cwd=project).out)["data"]["env"]
    assert up.outputs == {".env": "written"}
    assert api.ports() == {name: one._replace(verdict=None) for name, one in up.services.items()}
    assert api.check().ok
    assert capsys.readouterr() == ("", "")


def test_ports_leases_and_writes_nothing(project: Path) -> None:
    """As `portman port` does; from a folder below, and for an instance."""
    (project / "sub").mkdir()
    first = api.ports("sub")["web"]
    assert api.ports()["web"] == first
    assert api.ports(instance="ci")["web"].port != first.port
    assert not (project / ".env").exists()
    with pytest.raises(TypeError):
        api.ports()["web"] = first  # type: ignore[index]


def test_a_held_port_is_an_error_with_its_code_and_next_command(project: Path) -> None:
    """`up` raises, `check` answers; the problems name the holder."""
    port = api.ports()["web"].port
    code = f"import socket, time; s = socket.create_server(('127.0.0.1', {port}));"
    code += "print(1, flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code], cwd="/", stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(api.PortmanError) as caught:
            api.up()
        assert caught.value.code == "port-taken"
        assert caught.value.exit_code == 1
        assert f"pid {other.pid}" in caught.value.problems[0].message
        check = api.check()
        assert not check
        assert check.services["web"].verdict == "taken"
        assert check.services["web"].holder is not None
        assert check.services["web"].holder["pid"] == other.pid
        with pytest.raises(api.PortmanError, match=str(port)), api.hold("web"):
            pass
    finally:
        other.kill()
        other.communicate(timeout=10)
    assert api.up().services["web"].port == port
    assert api.check()


def test_errors_have_codes(project: Path, tmp_path: Path) -> None:
    """No manifest, a wrong one, an unknown name."""
    for work, code in (
        (lambda: api.up(str(tmp_path)), "manifest-missing"),
        (lambda: api.hold("wbe").__enter__(), "service-unknown"),
        (lambda: api.ports(instance="a/b"), "usage"),
    ):
        with pytest.raises(api.PortmanError) as caught:
            work()
        assert caught.value.code == code
    (project / "ports.toml").write_text("[services]\na = 0\nb = 0\n")
    with pytest.raises(api.PortmanError) as caught:
        api.ports()
    assert [one.line for one in caught.value.problems] == [2, 3]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no server can bind a held port")
def test_a_name_that_no_service_has_is_told_with_those_there_are(project: Path) -> None:
    """A KeyError, as of any mapping, and one of ours, with code and hint."""
    services = api.ports(str(project))
    with pytest.raises(api.PortmanError, match=r"^no service 'wbe'") as caught:
        services["wbe"]
    assert isinstance(caught.value, KeyError)
    assert (caught.value.code, caught.value.hint) == (
        "service-unknown",
        f"the services here are: {', '.join(services)}",
    )
    assert "wbe" not in services
    assert services.get("wbe") is None
    assert repr(services).startswith("Services(web=")
    assert api.hold(start=str(project)).get("web") is None  # nothing is held yet


def test_hold_keeps_others_away_and_lets_the_server_in(project: Path) -> None:
    """A plain bind fails, one with SO_REUSEADDR succeeds; afterwards nothing is held."""
    with api.hold("web") as held:
        assert list(held) == ["web"]
        port = held["web"].port
        with socket.socket() as thief, pytest.raises(OSError, match="in use"):
            thief.bind(("127.0.0.1", port))
        assert api.check().services["web"].verdict == "reserved"
        socket.create_server(("127.0.0.1", port)).close()
    with socket.socket() as anybody:
        anybody.bind(("127.0.0.1", port))
    before = len(os.listdir("/proc/self/fd"))
    with api.hold() as held:
        assert set(held) == {"web", "shard"}
        assert held.release("shard")
        assert not held.release("shard")
        with socket.socket() as anybody:
            anybody.bind(("127.0.0.1", held["shard"].port))
    assert len(os.listdir("/proc/self/fd")) <= before


def test_importing_it_costs_nothing() -> None:
    """Nothing but the package itself is loaded until a name of the API is used."""
    code = (
        "import sys; before = set(sys.modules); import portman; "
        "print(sorted(set(sys.modules) - before)); portman.Port;"
        "print('portman.api' in sys.modules);"
        "print(hasattr(portman, 'nonsense'), {'up', 'hold'} <= set(dir(portman)))"
    )
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.split("\n")[:3] == ["['portman']", "True", "False True"]


def test_a_typed_program_passes_mypy(tmp_path: Path) -> None:
    """--strict, against the package as it is installed: py.typed is there, names are exported."""
    pytest.importorskip("mypy")
    assert (ROOT / "portman" / "py.typed").exists()
    sample = ROOT / "tests" / "integration" / "typed_sample.py"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file", os.devnull,
         "--follow-imports", "silent", str(sample)],
        cwd=tmp_path, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import portman\nx: str = portman.ports()['web'].port\nportman.nonsense\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file", os.devnull,
         "--follow-imports", "silent", str(wrong)],
        cwd=tmp_path, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert "wrong.py:2" in done.stdout, done.stdout
