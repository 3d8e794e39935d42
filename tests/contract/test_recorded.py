"""What tools of macOS and Windows print is read as recorded (tests/recorded)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from portman.base.values import LOCAL_SCOPE
from portman.containers.endpoint import find_endpoint
from portman.diagnose import firewall
from portman.diagnose.free.targets import parse_jobs
from portman.machine.port_range import (
    parse_dynamic,
    parse_excluded,
    parse_listeners,
    parse_settings,
)
from portman.machine.sockets.listing_portable import parse_lsof, parse_netstat

RECORDED = Path(__file__).parents[1] / "recorded"


def recorded(name: str) -> str:
    """Return a file without its first line, which names its source."""
    first, _, text = (RECORDED / name).read_bytes().decode().partition("\n")
    assert first.startswith("# source: ")
    return text


#: protocol, address, port, state, pids, port at the other end
MOJAVE = [
    ("tcp", "192.168.1.191", 52044, "client", (9811,), 443),
    ("tcp", "192.168.1.191", 52040, "client", (9811,), 443),
    ("tcp", "::", 3000, "listen", (812,), 0),
    ("tcp", "::1", 5432, "listen", (400,), 0),
    ("tcp", "127.0.0.1", 5432, "time-wait", (), 52100),
    ("udp", "0.0.0.0", 5353, "listen", (213,), 0),
]
TAHOE = [
    ("tcp", "127.0.0.1", 49515, "client", (22712,), 49472),
    ("tcp", "127.0.0.1", 49510, "client", (22712,), 49513),
    ("tcp", "::", 3000, "listen", (812,), 0),
    ("tcp", "0.0.0.0", 8080, "listen", (69861,), 0),
    ("udp", "::", 5353, "listen", (357,), 0),
]


@pytest.mark.parametrize(("name", "rows"), [("mojave", MOJAVE), ("tahoe", TAHOE)])
def test_netstat_of_two_generations(name: str, rows: list[tuple[object, ...]]) -> None:
    found = parse_netstat(recorded(f"macos/netstat-{name}.txt"))
    assert found is not None
    seen = [(it.protocol, it.address, it.port, it.state, it.pids, it.peer_port) for it in found]
    assert seen == rows
    assert [one.v6only for one in found if one.port == 3000] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Active Internet connections (servers and established)\n"
        "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
        "tcp        0      0 127.0.0.1:3000          0.0.0.0:*               LISTEN     \n",
        "Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  who\n"
        "tcp4       0      0  *.1            *.*              LISTEN   x\n",
    ],
)
def test_another_table_is_not_guessed_at(text: str) -> None:
    assert parse_netstat(text) is None


def test_lsof_of_forwarders() -> None:
    found = list(parse_lsof(recorded("macos/lsof-forwarders.txt")))
    assert [(one.pids, one.address, one.port, one.state) for one in found] == [
        ((55311,), "::", 3000, "listen"),
        ((69861,), "0.0.0.0", 3306, "listen"),
        ((69861,), "127.0.0.1", 3306, "listen"),
        ((687,), "0.0.0.0", 5000, "listen"),
        ((53130,), "127.0.0.1", 8025, "listen"),
        ((53130,), "127.0.0.1", 52001, "client"),
    ]
    assert (found[-1].peer_address, found[-1].peer_port) == ("127.0.0.1", 8025)


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        ("en", [(5985, 5985, False), (50000, 50059, True), (50060, 50159, False)]),
        ("es", [(1025, 1124, False), (24266, 24365, False), (25313, 25412, False),
                (50000, 50059, True)]),
        ("de", [(80, 80, False), (50000, 50059, True)]),
        ("ja", [(5357, 5357, False), (49700, 49799, False)]),
    ],
)  # fmt: skip
def test_netsh_by_its_numbers(language: str, rows: list[tuple[int, int, bool]]) -> None:
    assert parse_excluded(recorded(f"windows/netsh-excluded-{language}.txt")) == rows


def test_netsh_dynamic_range() -> None:
    assert parse_dynamic(recorded("windows/netsh-dynamic-de.txt")) == (1024, 65534)


@pytest.mark.parametrize(
    ("language", "ports"),
    [("en", {38080: 14560}), ("de", {135: 1104, 38231: 4242, 445: 4, 5173: 7788})],
)
def test_listeners_of_windows_by_their_numbers(language: str, ports: dict[int, int]) -> None:
    assert parse_listeners(recorded(f"windows/netstat-{language}.txt")) == ports


def test_sysctl_of_a_mac() -> None:
    assert parse_settings(recorded("macos/sysctl-portrange.txt")) == (49152, 65535)


def test_the_packet_filter_of_a_mac() -> None:
    """It is off, and Apple's own anchors block nothing."""
    assert firewall.parse_pf_info(recorded("macos/pfctl-info.txt")) is False
    assert firewall.blocking_rules(recorded("macos/pfctl-rules.txt")) == []


@pytest.mark.parametrize(("name", "on"), [("on", True), ("off", False)])
def test_the_application_firewall_of_a_mac(name: str, *, on: bool) -> None:
    assert firewall.parse_state(recorded(f"macos/socketfilterfw-{name}.txt")) is on


def test_jobs_of_launchd_without_apps() -> None:
    assert parse_jobs(recorded("macos/launchctl-list.txt")) == {
        812: "homebrew.mxcl.postgresql@16",
        601: "com.apple.controlcenter",
    }


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("desktop-linux", "unix:///Users/me/.docker/run/docker.sock"),
        ("desktop-windows", "npipe:////./pipe/dockerDesktopLinuxEngine"),
        ("orbstack", "unix:///Users/me/.orbstack/run/docker.sock"),
        ("colima", "unix:///Users/me/.colima/default/docker.sock"),
        ("rancher-desktop", "unix:///Users/me/.rd/docker.sock"),
        ("lima-docker", "unix:///Users/me/.lima/docker/sock/docker.sock"),
    ],
)
def test_the_contexts_of_engines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, place: str
) -> None:
    """Each leads to its socket, and its ports are this machine's."""
    folder = tmp_path / "contexts/meta" / sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(recorded(f"contexts/{name}.txt"))
    (tmp_path / "config.json").write_text(f'{{"currentContext": "{name}"}}')
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    for variable in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(variable, raising=False)
    found = find_endpoint()
    assert (found.url, found.context, found.scope) == (place, name, LOCAL_SCOPE)
