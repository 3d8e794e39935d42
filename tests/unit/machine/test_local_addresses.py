"""Which addresses are this machine's, and what names mean on it."""

from __future__ import annotations

import _socket
import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from portman.base import system_commands
from portman.machine.addresses import hosts_file, is_local, parse_hosts, resolve

if TYPE_CHECKING:
    from pathlib import Path


def test_a_hosts_file_is_read_by_name(tmp_path: Path) -> None:
    """Comments and case do not count, the order of the addresses does (hosts(5))."""
    text = "127.0.0.1 localhost LOCAL # me\n\n#1.2.3.4 no\n::1 localhost\n10.0.0.7\n"
    expected = {"localhost": ("127.0.0.1", "::1"), "local": ("127.0.0.1",)}
    assert parse_hosts(text) == expected
    (tmp_path / "hosts").write_text(text)
    assert hosts_file(str(tmp_path / "hosts")) == expected
    assert hosts_file(str(tmp_path / "missing")) == {}


@pytest.mark.parametrize(
    ("address", "local"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("192.0.2.7", False), ("nonsense", False)],
)
def test_an_address_of_an_interface_is_local(address: str, *, local: bool) -> None:
    """TEST-NET-1 (RFC 5737) belongs to no machine."""
    assert is_local(address) is local


def test_a_name_has_its_addresses_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zones are cut; what does not resolve has none."""
    rows = [(0, 0, 0, "", (a, 0)) for a in ("fe80::1%lo0", "127.0.0.1", "127.0.0.1")]
    monkeypatch.setattr(_socket, "getaddrinfo", lambda *_, **__: rows)
    assert resolve("localhost") == ("fe80::1", "127.0.0.1")

    def fails(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(_socket, "getaddrinfo", fails)
    assert resolve("localhost") == ()


def test_windows_has_its_hosts_file_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its path comes from the environment; here the backslashes are part of one name."""
    name = "%SystemRoot%\\System32\\drivers\\etc\\hosts"
    file = tmp_path / "root\\System32\\drivers\\etc\\hosts"
    file.write_text("127.0.0.1 shop.test\n")
    monkeypatch.setattr(sys, "platform", "win32")
    root = f"{tmp_path}/root"
    monkeypatch.setattr(os.path, "expandvars", lambda text: text.replace("%SystemRoot%", root))
    assert system_commands.typed("hosts") == name
    assert hosts_file() == {"shop.test": ("127.0.0.1",)}
