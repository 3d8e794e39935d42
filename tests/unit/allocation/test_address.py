"""Every form of an address that people paste, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portman.base.address import Address, at, parse_address, reach_of
from portman.base.errors import PortmanError
from portman.base.small_file import data_file
from portman.machine.port_range import port_named, registered_ports


@pytest.mark.parametrize(
    ("text", "host", "port", "protocol"),
    [
        ("62893", "", 62893, None),
        (":62893", "", 62893, None),
        (" :62893 ", "", 62893, None),
        ("*:62893", "", 62893, None),
        ("localhost:62893", "localhost", 62893, None),
        ("LOCALHOST:62893", "localhost", 62893, None),
        ("[::1]:62893", "::1", 62893, None),
        ("'[::1]:62893'", "::1", 62893, None),
        ("[0:0::1]:80", "::1", 80, None),
        ("0.0.0.0:80", "0.0.0.0", 80, None),
        ("3000/udp", "", 3000, "udp"),
        ("3000/TCP", "", 3000, "tcp"),
        ("127.0.0.1:53/udp", "127.0.0.1", 53, "udp"),
        ("http://localhost:62893/path", "localhost", 62893, "tcp"),
        ("http://localhost:62893?a=b", "localhost", 62893, "tcp"),
        ("http://localhost", "localhost", 80, "tcp"),
        ("https://127.0.0.1/", "127.0.0.1", 443, "tcp"),
        ("ws://[::1]:3000/hmr", "::1", 3000, "tcp"),
        ("udp://127.0.0.1:53", "127.0.0.1", 53, "udp"),
        ("localhost:3000/path", "localhost", 3000, None),
        ("::1", "::1", None, None),
        ("127.0.0.1", "127.0.0.1", None, None),
        ("localhost", "localhost", None, None),
        ("web.shop.localhost:3000", "web.shop.localhost", 3000, None),
        ("db.example.com:5432", "db.example.com", 5432, None),
        ("0", "", 0, None),
        ("65535", "", 65535, None),
    ],
)
def test_forms(text: str, host: str, port: int | None, protocol: str | None) -> None:
    """Port, host and protocol are told from every form the issue names."""
    found = parse_address(text)
    assert (found.host, found.port, found.protocol, found.name) == (host, port, protocol, "")


def test_zone_and_mapped_addresses() -> None:
    """A zone is kept apart; an IPv4-mapped address is the IPv4 address it stands for."""
    scoped = parse_address("[fe80::1%eth0]:8080")
    assert (scoped.host, scoped.zone, scoped.port) == ("fe80::1", "eth0", 8080)
    assert parse_address("fe80::1%eth0").zone == "eth0"
    mapped = parse_address("[::ffff:127.0.0.1]:80")
    assert (mapped.host, mapped.mapped, mapped.family) == ("127.0.0.1", "::ffff:127.0.0.1", "ipv4")
    assert parse_address("[::ffff:7f00:1]:80").host == "127.0.0.1"


def test_credentials_of_a_url_are_not_kept() -> None:
    """Nothing of user, password, path or query is in the result, so nothing can be printed."""
    found = parse_address("postgresql://app:s3cret@localhost/shop?key=s3cret")
    assert (found.host, found.port, found.scheme) == ("localhost", 5432, "postgresql")
    assert "s3cret" not in repr(found)
    with pytest.raises(PortmanError) as caught:
        parse_address("postgresql://app:s3cret@local host:99999/shop")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["web", "api-2", "jobs_worker", "postgresql"])
def test_names(name: str) -> None:
    """What has no dot, colon or digit alone is the name of a service."""
    assert parse_address(name).name == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ":",
        "host:",
        "65536",
        "99999999999999999999",
        "localhost:65536",
        "-1",
        "٣٠٠٠",
        "localhost:٣٠٠٠",
        "::1:3000:x",
        "[::1",
        "[::1]3000",
        "[localhost]:3000",
        "3000/sctp",
        "3000 4000",
        "http://",
        "a b:3000",
        "3000-3004",
    ],
)
def test_refused(text: str) -> None:
    """What could be read in two ways, or in none, is a usage error that shows the forms."""
    with pytest.raises(PortmanError) as caught:
        parse_address(text)
    assert caught.value.code == "usage"
    assert "127.0.0.1:3000" in caught.value.hint


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.8.8", "loopback"),
        ("::1", "loopback"),
        ("localhost", "loopback"),
        ("a.localhost", "loopback"),
        ("0.0.0.0", "wildcard"),
        ("::", "wildcard"),
        ("10.1.2.3", "private"),
        ("172.17.0.2", "private"),
        ("172.32.0.1", "public"),
        ("192.168.1.5", "private"),
        ("fd00::1", "private"),
        ("169.254.1.1", "link-local"),
        ("fe80::1", "link-local"),
        ("100.64.0.1", "shared"),
        ("224.0.0.251", "multicast"),
        ("ff02::1", "multicast"),
        ("192.0.2.1", "reserved"),
        ("8.8.8.8", "public"),
        ("2606:4700::1111", "public"),
        ("db.example.com", "name"),
    ],
)
def test_reach(host: str, reach: str) -> None:
    """Every kind of address that the registries of special addresses know."""
    assert reach_of(host) == reach


def test_spelling() -> None:
    """IPv6 gets its brackets."""
    assert (at("::1", 80), at("127.0.0.1", 80)) == ("[::1]:80", "127.0.0.1:80")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_text_is_an_address_or_a_usage_error(text: str) -> None:
    """Whatever is pasted: an address with a port in range, or one clean error."""
    code = ""
    found = Address(text, port=0)
    try:
        found = parse_address(text)
    except PortmanError as error:
        code = error.code
    assert code in ("", "usage")
    assert found.port is None or 0 <= found.port <= 65535
    assert found.port is not None or found.host or found.name


@settings(deadline=None)
@given(
    st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str),
    st.integers(min_value=0, max_value=65535),
)
def test_every_literal_is_read_back(host: str, port: int) -> None:
    """Any address of either family, written as one writes it, is understood as itself."""
    found = parse_address(at(host, port))
    assert found.port == port
    assert found.host == host or found.mapped
    assert reach_of(found.host) != "name"


@pytest.mark.parametrize(
    ("name", "port"), [("http", 80), ("HTTPS", 443), ("postgresql", 5432), ("no such name", None)]
)
def test_a_registered_name_is_a_port(name: str, port: int | None) -> None:
    """As getservbyname(3) knows it, whatever the letters' case."""
    assert port_named(name) == port
    assert port is None or port in registered_ports()


@pytest.mark.parametrize("band", [(0, 65535), (49152, 65535), (20000, 29999), (80, 80), (2, 1)])
def test_registered_ports_of_a_range(band: tuple[int, int]) -> None:
    """Read from the middle of the file, whose lines are in order of their ports."""
    lines = [one for one in data_file("iana-ports.txt").splitlines() if one[0] != "#"]
    numbers = [int(line.split(" ", 1)[0]) for line in lines]
    assert numbers == sorted(numbers)
    assert registered_ports(*band) == {one for one in numbers if band[0] <= one <= band[1]}


@pytest.mark.parametrize(
    ("text", "family"), [("127.0.0.1:1", "ipv4"), ("[::1]:1", "ipv6"), ("db:1", ""), ("1", "")]
)
def test_the_family_of_an_address(text: str, family: str) -> None:
    """Names have none."""
    assert parse_address(text).family == family
