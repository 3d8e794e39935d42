"""A program of Windows on a leased port, as WSL's Linux may know of it.

A fake netstat.exe stands for Windows. Starts real commands: `is_wsl` is answered in their process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.processes import ROOT

if TYPE_CHECKING:
    from pathlib import Path

RECORDED = ROOT / "tests/recorded/windows/netstat-de.txt"
MAIN = """
import sys
from portman.machine import port_range
port_range.is_wsl = lambda: True
from portman.__main__ import main
sys.argv[:] = ["portman", *%r]
sys.exit(main())
"""


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin/netstat.exe"
    tool.write_text(f"#!/bin/sh\nexec tail -n +2 '{RECORDED}'\n")
    tool.chmod(0o755)
    (tmp_path / "shop").mkdir()
    return tmp_path


def portman_in(place: Path, *words: str, interop: bool = True) -> subprocess.CompletedProcess[str]:
    path = [str(place / "bin")] if interop else []
    return subprocess.run(
        [sys.executable, "-c", MAIN % (list(words),)],
        cwd=place / "shop",
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PATH": os.pathsep.join([*path, os.environ["PATH"]]),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_first_lease_avoids_what_windows_has(place: Path) -> None:
    (place / "shop/ports.toml").write_text("[services]\nweb = 38231\napi = 38232\n")
    done = portman_in(place, "up", "--json")
    data = json.loads(done.stdout)
    web, api = data["data"]["services"]
    assert (web["port"] != 38231, api["port"]) == (True, 38232)
    assert "a program of Windows (pid 4242)" in json.dumps(data["warnings"])
    assert portman_in(place, "port", "web").stdout == f"{web['port']}\n"


@pytest.mark.parametrize("interop", [True, False])
def test_who_and_doctor_name_windows_or_say_unknown(place: Path, *, interop: bool) -> None:
    manifest = "[services]\nweb = { port = 38231, fixed = true }\n"
    (place / "shop/ports.toml").write_text(manifest)
    assert portman_in(place, "up", interop=interop).returncode == 0
    who = portman_in(place, "who", "38231", interop=interop)
    doctor = portman_in(place, "doctor", interop=interop).stdout
    lines = " ".join(line for line in doctor.splitlines() if "wsl" in line or "Windows" in line)
    for text in (who.stderr, lines):
        assert ("4242" in text) == interop
        assert ("unknown" in text) != interop


def test_a_server_of_linux_is_no_program_of_windows(place: Path) -> None:
    """Windows shows its relay for each listener of WSL: that one is ours."""
    (place / "shop/ports.toml").write_text("[services]\nweb = 38231\n")
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "38231", "--bind", "127.0.0.1"],
        cwd=place / "shop",
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            data = json.loads(portman_in(place, "up", "--json").stdout)
        finally:
            server.kill()
    (web,) = data["data"]["services"]
    assert (web["port"], web["verdict"]) == (38231, "running")


def test_explain_names_the_program_of_windows(place: Path) -> None:
    """It answers first: browsers of Windows reach that program."""
    done = portman_in(place, "explain", "38231", "--json")
    first = json.loads(done.stdout)["data"]["findings"][0]
    assert first["code"] == "windows"
    assert "A program of Windows (pid " in first["text"]
    silent = portman_in(place, "explain", "38231", "--json", interop=False)
    assert "program of Windows" not in silent.stdout
