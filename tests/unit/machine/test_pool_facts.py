"""The parsers of what systems say about their ports, on recorded output."""

from __future__ import annotations

import pytest

from portman.base import run_tool as system_tool
from portman.machine import port_range
from portman.machine.port_range import PortRange

DYNAMIC = """
Protocol tcp Dynamic Port Range
---------------------------------
Start Port      : 49152
Number of Ports : 16384

"""
DYNAMIC_GERMAN = """\r
Dynamischer Portbereich f\ufffdr Protokoll tcp\r
---------------------------------\r
Startport              : 1024\r
Anzahl von Ports       : 13977\r
\r
"""
EXCLUDED = """
Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
        80          80
      5357        5357
     50000       50059     *
     62184       62283

* - Administered port exclusions.
"""
EXCLUDED_GERMAN = """\r
Ausschlussbereiche f\ufffdr Protokoll tcp\r
\r
Startport    Endport\r
----------   --------\r
      2869        2869\r
     50000       50059     *\r
\r
* - Verwaltete Portausschl\ufffdsse: 2\r
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("32768\t60999\n", (32768, 60999)),
        ("44620 48715", (44620, 48715)),
        ("", (32768, 60999)),
        ("x y\n", (32768, 60999)),
        ("1\n", (32768, 60999)),
    ],
)
def test_linux_range(text: str, expected: tuple[int, int]) -> None:
    """Two numbers, or the kernel's default where /proc does not show them."""
    assert port_range.parse_range(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n", []),
        ("", []),
        ("8080\n", [(8080, 8080)]),
        ("8080,9148-9150\n", [(8080, 8080), (9148, 9150)]),
        ("8080,x,1-y,-3\n", [(8080, 8080)]),
    ],
)
def test_linux_reserved(text: str, expected: list[tuple[int, int]]) -> None:
    """Single ports and ranges; what is neither is passed over."""
    assert port_range.parse_reserved(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("49152\n65535\n49152\n65535\n", (49152, 65535)),
        ("10000\n65535\n49152\n65535\n", (10000, 65535)),
        ("60000\n50000\n50000\n60000\n", (50000, 60000)),
        ("", (49152, 65535)),
        ("sysctl: unknown oid\n", (49152, 65535)),
    ],
)
def test_macos_range(text: str, expected: tuple[int, int]) -> None:
    """The span of all four settings, whichever way round; the default where sysctl fails."""
    assert port_range.parse_settings(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DYNAMIC, (49152, 65535)),
        (DYNAMIC_GERMAN, (1024, 15000)),
        ("", (49152, 65535)),
        ("The system cannot find the file specified.", (49152, 65535)),
        ("---\nA : 60000\nB : 10000\n", (60000, 65535)),
    ],
)
def test_windows_dynamic_ports(text: str, expected: tuple[int, int]) -> None:
    """First port and number of ports, in any language."""
    assert port_range.parse_dynamic(text) == expected


def test_windows_excluded_ports() -> None:
    """Rows of two numbers; a star means set by hand; headings and footnotes are no rows."""
    assert port_range.parse_excluded(EXCLUDED) == [
        PortRange(80, 80),
        PortRange(5357, 5357),
        PortRange(50000, 50059, administered=True),
        PortRange(62184, 62283),
    ]
    assert port_range.parse_excluded(EXCLUDED_GERMAN) == [
        PortRange(2869, 2869),
        PortRange(50000, 50059, administered=True),
    ]
    assert port_range.parse_excluded("") == []


def test_windows_asks_netsh_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both families are asked, once; TCP and UDP ranges are joined for the automatic range."""
    asked: list[list[str]] = []

    def answer(command: list[str]) -> str:
        asked.append(command)
        if "dynamicport" in command:
            return DYNAMIC_GERMAN if command[-1] == "udp" else DYNAMIC
        return EXCLUDED

    monkeypatch.setattr(system_tool, "output", answer)
    monkeypatch.setattr(port_range, "_excluded", {})
    monkeypatch.setattr("sys.platform", "win32")
    assert port_range.automatic_range() == (1024, 65535)
    first = port_range.excluded_ranges("udp")
    assert first == port_range.excluded_ranges("udp")
    assert len(first) == 4
    assert [command[2:] for command in asked[2:]] == [
        ["ipv4", "show", "excludedportrange", "protocol=udp"],
        ["ipv6", "show", "excludedportrange", "protocol=udp"],
    ]


def test_macos_asks_sysctl(monkeypatch: pytest.MonkeyPatch) -> None:
    """One call for all four settings."""
    monkeypatch.setattr(
        system_tool, "output", lambda command: "50000\n" * (len(command) - 2) + "51000\n"
    )
    monkeypatch.setattr("sys.platform", "darwin")
    assert port_range.automatic_range() == (50000, 51000)


def test_tool_that_is_missing_says_nothing() -> None:
    """A missing tool is no error: the caller has a default."""
    assert system_tool.output(["portman-no-such-tool"]) == ""


def test_tool_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that does not answer is given up."""
    monkeypatch.setattr(system_tool, "PATIENCE", 0.1)
    assert system_tool.output(["sleep", "30"]) == ""
