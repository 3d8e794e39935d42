"""Published ports of a Compose file, taken apart; what Compose would refuse is refused."""

from __future__ import annotations

import pytest

from portman.compose.interpolation import Published, UnclearError, interpolate, published
from portman.compose.model import PortEntry


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("80", [Published(80)]),
        ("8080:80", [Published(80, "tcp", 8080)]),
        ("53:53/UDP", [Published(53, "udp", 53)]),
        ("127.0.0.1:8080:80", [Published(80, "tcp", 8080, "127.0.0.1")]),
        ("[::1]:8080:80", [Published(80, "tcp", 8080, "::1")]),
        ("127.0.0.1::80", [Published(80, "tcp", None, "127.0.0.1")]),
        ("0:80", [Published(80)]),
        ("8000-8001:80-81", [Published(80, "tcp", 8000), Published(81, "tcp", 8001)]),
        ("8000-8009:80", [Published(80)]),
        ("80-81", [Published(80), Published(81)]),
        ("${P:-8080}:80", [Published(80, "tcp", 8080)]),
    ],
)
def test_the_short_form(text: str, wanted: list[Published]) -> None:
    """`[IP:][HOST:]CONTAINER[/PROTOCOL]`; of a range for one port the engine picks."""
    assert list(published(PortEntry(text), {}.get)) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a port"),
        ("x", "not a port"),
        ("70000:80", "not a port"),
        ("90-80", "not a port"),
        ("[::1]8080:80", "not a port"),
        ("::1:8080:80", "an IPv6 address is written in"),
        ("host:8080:80", "no IP address"),
        ("8000-8001:80-82", "different lengths"),
        ("${P:?}:80", "required"),
        ("${:80", "not closed"),
    ],
)
def test_what_is_no_port(text: str, said: str) -> None:
    """The message names the text."""
    with pytest.raises(UnclearError, match=said):
        published(PortEntry(text), {}.get)


def test_the_long_form() -> None:
    """A table says the same in words."""
    entry = PortEntry(
        fields=(("target", "80", True), ("published", "${P}", False), ("protocol", "udp", False))
    )
    assert published(entry, {"P": "8080"}.get) == (Published(80, "udp", 8080),)
    bare = PortEntry(fields=(("target", "80", True), ("host_ip", "::1", False)))
    assert published(bare, {}.get) == (Published(80, "tcp", None, "::1"),)
    with pytest.raises(UnclearError, match="target: x"):
        published(PortEntry(fields=(("target", "x", False),)), {}.get)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a$$b", "a$b"),
        ("$A-$B", "1-"),
        ("${A:-x}${B:-y}${E:-z}", "1yz"),
        ("${A-x}${B-y}${E-z}", "1y"),
        ("${A:+x}${B:+y}${E:+z}", "x"),
        ("${A+x}${B+y}${E+z}", "xz"),
        ("${B:-${A}}", "1"),
        ("${A:?no}", "1"),
    ],
)
def test_variables(text: str, value: str) -> None:
    """Set, empty and unset variables, as each operator of compose-spec has them."""
    assert interpolate(text, {"A": "1", "E": ""}.get) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$", "begins no variable"),
        ("$-", "begins no variable"),
        ("${", "not closed"),
        ("${A!}", "not a variable"),
        ("${}", "not a variable"),
        ("${B?}", "required"),
        ("${E:?}", "required"),
        ("${B:-" * 30 + "$" + "}" * 30, "too deeply"),
    ],
)
def test_bad_variables(text: str, said: str) -> None:
    """Compose would refuse them too; endless nesting ends."""
    with pytest.raises(UnclearError, match=said):
        interpolate(text, {"A": "1", "E": ""}.get)
