"""Which ports are replaced, which are kept to the letter, and which cannot be told."""

from __future__ import annotations

import pytest

from portman.base.values import Lease, Service
from portman.compose.interpolation import Published, UnclearError
from portman.compose.model import Merged, PortEntry, Traits, normal_name, own_name
from portman.compose.override import (
    Decided,
    Lookups,
    PortRequest,
    decide,
    render,
    shifted,
    written,
)
from portman.compose.reader import is_ours


def service(name: str = "db", target: int = 5432, **more: object) -> Service:
    """Return a container of the manifest."""
    default = {"kind": "container", "target": target, "compose": "box", "env": (f"{name}_PORT",)}
    return Service(name, **{**default, **more})  # type: ignore[arg-type]


def decided(
    ports: list[str | dict[str, str]], *wishes: tuple[Service, Lease], visible: bool = True
) -> Decided:
    """Decide for a service with these ports; variables are seen unless told otherwise."""
    entries = tuple(
        PortEntry(one, line=1)
        if isinstance(one, str)
        else PortEntry("", tuple((key, value, False) for key, value in one.items()))
        for one in ports
    )
    now, later = {}, {}
    for one, lease in wishes:
        for name, place in one.variables():
            now[name] = str(lease.port + place)
            later[name] = str(shifted(lease.port) + place)
    look = Lookups(now.get, later.get, {}.get) if visible else Lookups(*[{}.get] * 3)
    found = [PortRequest(one, lease) for one, lease in wishes]
    return decide(Merged(entries), found, lambda env: look)


DB = (service(), Lease("db", 61000))


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        (["5432:5432"], ("127.0.0.1:61000:5432",)),
        ([], ("127.0.0.1:61000:5432",)),
        (["5432"], ("127.0.0.1:61000:5432",)),
        (["80:80", "5432:5432", "81:81"], ("80:80", "81:81", "127.0.0.1:61000:5432")),
        (["5432:5432/udp"], ("5432:5432/udp", "127.0.0.1:61000:5432")),
        (["${X:-5432}:5432"], ("127.0.0.1:61000:5432",)),
        (["5430-5433:5430-5433"],
         ("5430:5430", "5431:5431", "5433:5433", "127.0.0.1:61000:5432")),
        (["127.0.0.1:5432:5432", "[::1]:5432:5432"],
         ("127.0.0.1:61000:5432", "[::1]:61000:5432")),
        (["5432:5432", "[::1]:5432:5432"], ("127.0.0.1:61000:5432", "[::1]:61000:5432")),
        (["127.0.0.10:5432:5432"], ("127.0.0.10:61000:5432",)),
        (["0.0.0.0:5432:5432"], ("0.0.0.0:61000:5432",)),
        # the port inside follows the variable, and so does what is published
        (["${db_PORT:-5432}:${db_PORT:-5432}"], None),
        # only the port inside would: it stays
        (["5432:${db_PORT:-5432}"], ("127.0.0.1:61000:5432",)),
        (["${X:-127.0.0.1:8000}:${db_PORT:-5432}"], ("127.0.0.1:61000:5432",)),
        # the variable would lose the address
        (["${db_PORT:-127.0.0.9:8000}:5432"], ("127.0.0.9:61000:5432",)),
        (["61000:5432"], ("127.0.0.1:61000:5432",)),  # right by chance, not by our variable
        (["${db_PORT:-5432}:5432"], None),
        (["127.0.0.1:${db_PORT}:5432"], None),
        (["${db_PORT:-5432}:5432", "15432:5432"], None),
        (["${OTHER:-${db_PORT}}:5432"], None),
    ],
)  # fmt: skip
def test_what_is_replaced(ports: list[str | dict[str, str]], expected: object) -> None:
    """The binding of the target goes, everything else stays; our variable needs nothing."""
    assert decided(ports, DB).ports == expected


def test_the_manifest_decides_the_address_if_it_names_one() -> None:
    """`host` of the manifest wins over the address in the file."""
    given = DB[0]._replace(host="127.0.0.1", host_given=True)
    found = decided(["0.0.0.0:5432:5432"], (given, DB[1]))
    assert found.ports == ("127.0.0.1:61000:5432",)


def test_which_variables_the_inside_follows() -> None:
    """On both sides it follows; on the inside alone it is kept as the file has it."""
    assert decided(["${db_PORT:-5432}:${db_PORT:-5432}"], DB).follows == {"db_PORT"}
    assert decided(["5432:${db_PORT:-5432}"], DB).frozen == {"db_PORT"}
    assert decided(["${db_PORT:-5432}:5432"], DB)[2:] == (frozenset(), frozenset())


def test_copies_of_a_service_get_a_number_each() -> None:
    """A range as long as there are copies; with fewer ports nothing is changed."""
    look = Lookups(*[{}.get] * 3)
    three = Merged((PortEntry("8000-8002:5432"),), traits=Traits(replicas="3"))
    short = decide(three, [PortRequest(*DB)], lambda env: look)
    assert short.fault == "it runs 3 times and needs as many ports; count is 1"
    wide = PortRequest(DB[0]._replace(size=3), Lease("db", 61000, 3))
    found = decide(three, [wide], lambda env: look)
    assert found.ports == ("127.0.0.1:61000-61002:5432",)


def test_a_variable_that_compose_does_not_see_is_of_no_use() -> None:
    """Where no output of ours is read by Compose, the number goes into the override."""
    assert decided(["${db_PORT:-5432}:5432"], DB, visible=False).ports == ("127.0.0.1:61000:5432",)


def test_the_usual_port_tells_which_of_several_is_meant() -> None:
    """Two bindings of one target: the one on the usual number is replaced, the other stays."""
    wish = (service(usual=5432), Lease("db", 61000))
    assert decided(["15432:5432", "5432:5432"], wish).ports == (
        "15432:5432",
        "127.0.0.1:61000:5432",
    )


def test_long_entries_keep_their_other_keys() -> None:
    """`mode`, `name` and `app_protocol` of a replaced entry stay."""
    entry = {"target": "5432", "published": "5432", "mode": "host", "app_protocol": "pg"}
    assert decided([entry, {"target": "80"}], DB).ports == (
        {"target": "80"},
        {
            "mode": "host",
            "app_protocol": "pg",
            "target": 5432,
            "protocol": "tcp",
            "published": "61000",
            "host_ip": "127.0.0.1",
        },
    )


def test_counts_protocols_and_hosts() -> None:
    """Every port of a lease, in every protocol, on the address of the manifest."""
    one = service(size=2, protocols=("tcp", "udp"), host="::1")
    wish = (one, Lease("db", 61000, 2, ("tcp", "udp")))
    assert decided([], wish).ports == (
        *("[::1]:61000:5432", "[::1]:61001:5433"),
        *("[::1]:61000:5432/udp", "[::1]:61001:5433/udp"),
    )
    local = (service(host="localhost"), Lease("db", 61000))
    assert decided([], local).ports == ("127.0.0.1:61000:5432",)


def test_two_wishes_of_one_service() -> None:
    """One served by a variable stays to the letter beside one that is replaced."""
    web = (service("web", 80), Lease("web", 61001))
    assert decided(["5432:5432", "${web_PORT}:80"], DB, web).ports == (
        "${web_PORT}:80",
        "127.0.0.1:61000:5432",
    )


@pytest.mark.parametrize(
    ("ports", "word"),
    [
        (["${LOW:-5430}-5433:5430-5433"], "varies"),
        (["x:5432"], "not a port"),
        (["${NEEDED:?}:80"], "NEEDED is required"),
    ],
)
def test_what_cannot_be_told_is_a_fault(ports: list[str | dict[str, str]], word: str) -> None:
    """Nothing is guessed: the reason is given."""
    found = decided(ports, DB)
    assert found.ports is None
    assert word in found.fault


@pytest.mark.parametrize("mode", ["host", "none", "service:x", "container:y"])
def test_network_modes_without_ports(mode: str) -> None:
    """A service in such a network publishes nothing, and is told."""
    found = decide(Merged((), mode), [PortRequest(*DB)], lambda env: Lookups({}.get, {}.get))
    assert mode in found.fault


def test_the_file_says_whose_it_is() -> None:
    """JSON strings are YAML strings: no name or value can break out of its place."""
    text = render({'a: !x "\n': {"ports": ('80:80"\n- evil',)}}, {}, "x")
    assert is_ours(text.encode())
    assert len(text.splitlines()) == 7
    assert not is_ours(b"services: {}\n")


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("My Shop", "myshop"), ("_x", "x"), ("Ünïcode", "ncode"), ("a.b-c", "ab-c"), ("...", "")],
)
def test_project_names_are_composes(folder: str, expected: str) -> None:
    """The rule of compose-go."""
    assert normal_name(folder) == expected


def test_own_names_are_short_and_apart() -> None:
    """The base is not said twice; folder, instance and fingerprint tell checkouts apart."""
    assert own_name("shop", "/w/shop-fix", "", "abc123") == "shop-fix-abc123"
    assert own_name("shop", "/w/fix", "ci", "abc123") == "shop-fix-ci-abc123"
    assert own_name("", "/w/...", "", "abc123") == "project-abc123"
    assert len(own_name("x" * 200, "/w/" + "y" * 200, "z" * 64, "abc123")) <= 57


def test_what_cannot_be_read_or_publishes_nothing_is_a_fault() -> None:
    """A service of the host's network has no ports to publish."""
    look = Lookups(*[{}.get] * 3)
    wishes = [PortRequest(*DB)]
    broken = Merged((), faults=("extends what is not there",))
    assert decide(broken, wishes, lambda env: look).fault == "extends what is not there"
    for mode in ("host", "none", "container:x", "service:y"):
        found = decide(Merged((), network_mode=mode), wishes, lambda env: look)
        assert found.fault == f"has network_mode {mode}, so it publishes no ports"


def test_an_included_entry_is_written_with_its_values() -> None:
    """Another file does not see its variables; several bindings of one entry cannot be told."""
    short = PortEntry("${P:-1}:80", env=("/inc",))
    assert written(short, (Published(80, "tcp", 1, "::1"),)) == "[::1]:1:80"
    assert written(short, (Published(80, "udp", None),)) == "80/udp"
    fields = (("target", "80", True), ("published", "$P", False), ("mode", "host", False))
    long = PortEntry("", fields, env=("/inc",))
    assert written(long, (Published(80, "tcp", 1, "::1"),)) == {
        "mode": "host", "target": 80, "protocol": "tcp", "published": "1", "host_ip": "::1",
    }  # fmt: skip
    assert written(long, (Published(80),)) == {"mode": "host", "target": 80, "protocol": "tcp"}
    with pytest.raises(UnclearError, match="included file"):
        written(short, (Published(80), Published(81)))
