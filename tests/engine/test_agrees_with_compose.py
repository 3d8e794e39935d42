"""Ports and variables read as Compose reads them: the same files through both."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from portman.compose.document import load
from portman.compose.interpolation import UnclearError, published, read_env_text
from tests.engine.conftest import refuse
from tests.engine.daemon import missing

if TYPE_CHECKING:
    from pathlib import Path

ENV = """\
# what Compose reads beside the file
A=7001
B='7002'
C="7003" # note
D=${A}
export E=7004
F=
G=  7005
H=7006#x
"""
GOOD = [
    *("80", "8080:80", "127.0.0.1:8081:80", "8082:80/udp", "[::1]:8083:80", "49100:22"),
    *("9000-9002:9000-9002", "127.0.0.1:9010-9012:9010-9012/udp", "127.0.0.1::80", "3000-3005"),
    *("9090-9095:80", "0.0.0.0:8085:80", "8086:80/tcp"),
    *("$A:80", "${A}:80", "${B}:81", "${C}:82", "${D}:83", "${E}:84", "${G}:85"),
    *("${MISSING:-7100}:80", "${MISSING-7101}:80", "${F:-7102}:80", "${F-}:80", "${A:+7103}:80"),
    *("${MISSING:-${A}}:80", "${MISSING:-${ALSO:-7104}}:80", "${A:?needed}:80", "${F:+1}80:80"),
    *("127.0.0.1:${A}:${B}", "${MISSING:-7105-7106}:80-81", "${A}-${B}:80-81"),
]
BAD = [
    *("x:80", "80:x", "70000:80", "8000-8001:80-82", "9-8:9-8", "${", "${A", "${A:?", "1:2:3:4"),
    *("${MISSING:?needed}:80", "${-x}:80", ":::80", "::1:8084:80"),
]


@pytest.fixture(autouse=True)
def _needs_compose() -> None:
    if lack := missing():
        refuse(lack)


def compose(folder: Path) -> dict[str, list[tuple[str, str, int, str]]] | None:
    """Return the ports of every service as Compose has them; None if it refuses the file."""
    done = subprocess.run(
        ["docker", "compose", "config", "--format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return None
    return {
        name: sorted(
            (one.get("host_ip", ""), one.get("published", ""), one["target"], one["protocol"])
            for one in service.get("ports", ())
        )
        for name, service in json.loads(done.stdout)["services"].items()
    }


def write(folder: Path, entries: dict[str, object]) -> None:
    """Write a project with one service for each entry."""
    (folder / ".env").write_text(ENV)
    services = {name: {"image": "x", "ports": [entry]} for name, entry in entries.items()}
    (folder / "compose.yaml").write_text(json.dumps({"name": "x", "services": services}))


def ours(folder: Path) -> dict[str, list[tuple[str, str, int, str]]]:
    """Return the same through our own reader."""
    values = read_env_text((folder / ".env").read_text())
    document = load(str(folder / "compose.yaml"))
    assert document is not None
    assert not document.faults
    return {
        name: sorted(
            (one.address, "" if one.port is None else str(one.port), one.target, one.protocol)
            for entry in service.ports
            for one in published(entry, values.get)
        )
        for name, service in document.services.items()
    }


def test_short_syntax(tmp_path: Path) -> None:
    """Every form of the short syntax means to us what it means to Compose."""
    write(tmp_path, {f"s{number}": entry for number, entry in enumerate(GOOD)})
    theirs = compose(tmp_path)
    assert theirs is not None
    mine = ours(tmp_path)
    for number, entry in enumerate(GOOD):
        # A range to pick from stays one to Compose; to us it is "any".
        told = [
            (ip, "" if "-" in port else port, target, protocol)
            for ip, port, target, protocol in theirs[f"s{number}"]
        ]
        assert mine[f"s{number}"] == sorted(told), entry


def test_long_syntax(tmp_path: Path) -> None:
    """The same for tables."""
    entries: dict[str, object] = {
        "a": {"target": 80, "published": "8080"},
        "b": {"target": 80, "published": 8081, "host_ip": "127.0.0.1", "protocol": "udp"},
        "c": {"target": 80},
        "d": {"target": 80, "published": "${A}", "mode": "host"},
        "e": {"target": 80, "published": "${MISSING:-7200}", "name": "web"},
    }
    write(tmp_path, entries)
    assert compose(tmp_path) == ours(tmp_path)


@pytest.mark.parametrize("entry", BAD)
def test_what_compose_refuses_is_unclear(tmp_path: Path, entry: str) -> None:
    """What Compose would not take is never taken for something else."""
    write(tmp_path, {"s": entry})
    assert compose(tmp_path) is None
    with pytest.raises(UnclearError):
        ours(tmp_path)
