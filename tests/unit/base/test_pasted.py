"""The address in what programs print when a port is taken, or when they start."""

from __future__ import annotations

import pytest

from portman.base.address import parse_address
from portman.base.errors import PortmanError

LINES = [
    ("Error: listen EADDRINUSE: address already in use :::3000", "", 3000),
    ("Error: listen EADDRINUSE: address already in use 127.0.0.1:3000", "127.0.0.1", 3000),
    ("OSError: [Errno 98] Address already in use: ('127.0.0.1', 8000)", "127.0.0.1", 8000),
    (
        "ERROR:    [Errno 48] error while attempting to bind on address ('0.0.0.0', 8000): "
        "address already in use",
        "",
        8000,
    ),
    ("listen tcp :8080: bind: address already in use", "", 8080),
    ("listen tcp 127.0.0.1:8080: bind: address already in use", "127.0.0.1", 8080),
    (
        'Address already in use - bind(2) for "127.0.0.1" port 3000 (Errno::EADDRINUSE)',
        "127.0.0.1",
        3000,
    ),
    ("nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", "", 80),
    ("Bind for 0.0.0.0:5432 failed: port is already allocated", "", 5432),
    ("Failed to bind to address http://127.0.0.1:5000: address already in use.", "127.0.0.1", 5000),
    ("Web server failed to start. Port 8080 was already in use.", "", 8080),
    ("Failed to listen on localhost:8000 (reason: Address already in use)", "localhost", 8000),
    ("Port 3000 is in use by an unknown process, trying another one", "", 3000),
    ("  - Local:   http://localhost:3000", "localhost", 3000),
    ("tcp6       0      0 :::3000                 :::*                    LISTEN", "", 3000),
    ("node    812 me   23u  IPv6 0x1  0t0  TCP [::1]:3000 (LISTEN)", "::1", 3000),
    ("2026-11-26 11:00:22 [info] running on http://[::1]:4000/", "::1", 4000),
    (":::3000", "", 3000),
    (
        "exposing port TCP 0.0.0.0:5432 -> 0.0.0.0:0: listen tcp 0.0.0.0:5432: bind: in use",
        "",
        5432,
    ),
    ("failed to bind host port for 0.0.0.0:5432:172.18.0.2:5432/tcp: in use", "", 5432),
    ("127.0.0.1:5432->5432/tcp, [::1]:5432->5432/tcp", "", 5432),
    ("127.0.0.1:32768->5432/tcp", "127.0.0.1", 32768),
    ("  TCP    0.0.0.0:3000           0.0.0.0:0              LISTENING       812", "", 3000),
    ("Port 3000 is in use by process 812, using available port 3001 instead.", "", 3000),
    ("Error: bind EADDRINUSE null:3000", "", 3000),
    ("[::]:3000", "::", 3000),
]


@pytest.mark.parametrize(("line", "host", "port"), LINES)
def test_the_address_of_a_line(line: str, host: str, port: int) -> None:
    found = parse_address(line)
    assert (found.host, found.port) == (host, port)


@pytest.mark.parametrize(
    "line",
    [
        "Address already in use (os error 98) 12",
        "listening on http://localhost:3000 and http://localhost:3001",
        "something went wrong",
        "started at 11:00:22 today",
    ],
)
def test_a_line_with_no_address_or_with_two_is_refused(line: str) -> None:
    with pytest.raises(PortmanError) as caught:
        parse_address(line)
    assert caught.value.code == "usage"
