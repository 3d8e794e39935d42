"""How finds become a ports.toml: which are one port, what it is called, what it says."""

from __future__ import annotations

import pytest

from portman.init.findings import Detected, DetectedAddress
from portman.init.proposal import Proposal, entries, values
from portman.init.render import render, starter_manifest
from portman.manifest.parse import parse_manifest

WEB = Detected("web", 3000, "Procfile:1", "runs `serve`")
DB = Detected(
    "db", 5432, "compose.yaml:4", 'publishes "5432:5432"', "container", 5432, compose="db"
)


def shape(*finds: Detected) -> list[tuple[str, int | None, tuple[str, ...]]]:
    """Return (name, port, variables) of every entry."""
    return [(one.name, one.port, one.variables) for one in entries(finds)]


def text(*finds: Detected, addresses: tuple[DetectedAddress, ...] = ()) -> str:
    """Return the ports.toml; it has to be one that portman takes."""
    proposed = entries(finds)
    derived, _ = values(proposed, addresses)
    made = render(Proposal(tuple(proposed), tuple(derived)))
    parse_manifest(made.encode(), None)
    return made


def weak(name: str, port: int | None, **fields: object) -> Detected:
    """Return a find that only adds to others."""
    return Detected(name, port, ".env.example:1", "says so", weak=True)._replace(**fields)


def test_services_come_before_containers_and_web_first() -> None:
    """As a reader would write it."""
    api = Detected("api", 8000, "Procfile:2", "runs it")
    assert [name for name, _, _ in shape(DB, api, WEB)] == ["web", "api", "db"]


@pytest.mark.parametrize(
    ("finds", "wanted"),
    [
        ([WEB, WEB._replace(where="package.json")], [("web", 3000, ("WEB_PORT",))]),
        ([WEB, weak("site", 3000)], [("web", 3000, ("WEB_PORT",))]),
        (
            [WEB, weak("web", 3000, variable="PORT")],
            [("web", 3000, ("PORT",))],
        ),
        (
            [WEB._replace(variable="WEB_PORT"), weak("web", 3000, variable="UI_PORT")],
            [("web", 3000, ("WEB_PORT", "UI_PORT"))],
        ),
        ([WEB._replace(port=None), weak("web", 3100)], [("web", 3100, ("WEB_PORT",))]),
        (
            [WEB._replace(variable="UI_PORT"), weak("ui", 4000, variable="UI_PORT")],
            [("web", 3000, ("UI_PORT",))],
        ),
        (
            [WEB, weak("web", 3000, variable="PATH")],
            [("web", 3000, ("WEB_PORT",))],
        ),
        (
            [WEB, WEB._replace(protocol="udp")],
            [("web", 3000, ("WEB_PORT",)), ("web-2", 3000, ("WEB_2_PORT",))],
        ),
        (
            [WEB, WEB._replace(name="api", variable="WEB_2_PORT"), WEB._replace(port=1)],
            None,
        ),
        (
            [DB, DB._replace(compose="db2", name="db2", port=5433)],
            [("db", 5432, ("DB_PORT",)), ("db2", 5433, ("DB2_PORT",))],
        ),
        ([DB, weak("db", None, kind="container", target=5432)], [("db", 5432, ("DB_PORT",))]),
        ([DB, DB._replace(where="compose.dev.yaml:9")], [("db", 5432, ("DB_PORT",))]),
    ],
)
def test_what_is_one_port(
    finds: list[Detected], wanted: list[tuple[str, int | None, tuple[str, ...]]] | None
) -> None:
    """Several files speak of one port; protocols and containers keep apart."""
    if wanted is not None:
        assert shape(*finds) == wanted
    text(*finds)


def test_names_that_are_taken_get_a_number() -> None:
    """Also one whose variable another entry has already."""
    found = shape(
        WEB,
        WEB._replace(port=3001, where="b"),
        WEB._replace(name="x", port=3002, variable="WEB_3_PORT"),
        WEB._replace(port=3003, where="c"),
    )
    assert [name for name, _, _ in found] == ["web", "web-2", "web-3", "x"]
    assert len({variable for _, _, names in found for variable in names}) == 4
    again = shape(
        Detected("a", 1500, "a", "a", variable="B_PORT"), Detected("b", 1501, "b", "b"),
    )  # fmt: skip
    assert [name for name, _, _ in again] == ["a", "b-2"]


def test_of_two_that_want_one_number_the_later_gets_any() -> None:
    """And of what needs root; the comment says why."""
    low = Detected("gate", 443, "Procfile:3", "runs caddy")
    wide = Detected("shards", 2998, "x.go", "listens", size=4)
    made = text(WEB, low, wide)
    assert "gate = " in made
    assert "# 443 needs root, so any port of the pool" in made
    assert "# 2998 is what web has, so any of the pool" in made
    assert {name: port for name, port, _ in shape(WEB, low, wide)} == {
        "web": 3000,
        "gate": None,
        "shards": None,
    }


def test_port_is_nobodys_variable_where_there_are_several_servers() -> None:
    """In one .env for all of them PORT would be everybody's."""
    one = WEB._replace(variable="PORT")
    two = Detected("api", 8000, "Procfile:2", "runs it", variable="PORT")
    assert shape(one) == [("web", 3000, ("PORT",))]
    assert shape(one, two) == [("web", 3000, ("WEB_PORT",)), ("api", 8000, ("API_PORT",))]
    assert "(it takes PORT, as others may too)" in text(one, two)


def test_every_field_that_is_not_the_default_is_written() -> None:
    """And no other."""
    made = text(
        WEB,
        Detected("dns", 5353, "x", "y", variable="RESOLVER_PORT", size=2, protocol="udp"),
        DB._replace(name="store", variable="PG_PORT"),
        Detected("log", None, "x", "y", "container", 514, "udp", "log", size=3),
    )
    assert "\nweb = 3000\n" in made
    assert 'dns = { port = 5353, env = "RESOLVER_PORT", count = 2, protocol = "udp" }\n' in made
    assert (
        '[containers.store]\ntarget = 5432\nport = 5432\nservice = "db"\nenv = "PG_PORT"\n' in made
    )
    assert '[containers.log]\ntarget = 514\nport = "auto"\ncount = 3\nprotocol = "udp"\n' in made


def test_comments_cannot_break_out_of_their_line() -> None:
    """A file name may hold a newline."""
    made = text(WEB._replace(where="a\nweb = 1\x1b[31m" + "x" * 300))
    assert "# a?web = 1?[31mxxx" in made
    assert max(map(len, made.splitlines())) < 250


def test_addresses_of_known_ports_become_values() -> None:
    """Only of ports that have an entry, under a free name, and only what `.env` holds plainly."""
    made = text(
        WEB,
        DB,
        addresses=(
            DetectedAddress("API_URL", "http://localhost:3000/v1", ".env.example:3"),
            DetectedAddress("API_URL", "http://localhost:3000/v2", ".env.example:4"),
            DetectedAddress("WEB_PORT", "localhost:3000", ".env.example:5"),
            DetectedAddress("PATH", "localhost:3000", ".env.example:6"),
            DetectedAddress("FAR", "localhost:9999", ".env.example:7"),
            DetectedAddress("BRACED", "localhost:3000/{x}", ".env.example:8"),
            DetectedAddress("ODD", "localhost:3000/$x `y`", ".env.example:9"),
        ),
    )
    assert made.partition("[env]\n")[2] == (
        '# .env.example:3\nAPI_URL = "http://localhost:{web}/v1"\n'
    )


def test_the_starter_is_a_manifest_too() -> None:
    """Nothing in it leases a number that nobody asked for."""
    assert parse_manifest(starter_manifest().encode(), None).services == ()


def test_port_of_one_folder_is_not_another_services() -> None:
    """An example of apps/live says nothing of the service that has PORT in apps/web."""
    web = WEB._replace(variable="PORT", folder="apps/web")
    live = Detected("live", 3100, "apps/live/a.ts:1", "x", folder="apps/live", role="code")
    hint = weak("live", 3100, variable="PORT", folder="apps/live", role="hint")
    found = {one.name: len(one.members) for one in entries([web, live, hint])}
    assert found == {"web": 1, "live": 2}
