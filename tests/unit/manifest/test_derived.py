"""Variables made from ports: what each form of a reference becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portman.base.values import url
from portman.manifest.expand import (
    Reference,
    TemplateError,
    expand,
    in_order,
    linked,
    links_used,
    parse_template,
)
from portman.manifest.parse import parse_manifest

if TYPE_CHECKING:
    from portman.base.values import Manifest

SERVICES = """
[services]
web = 3000
api = { env = ["API_PORT", "UVICORN_PORT"], host = "0.0.0.0" }
shard = { count = 3 }
six = { host = "fe80::1" }
none = { env = [] }
[containers.db]
target = 5432
[env]
"""
PORTS = {"web": (1,), "api": (2,), "shard": (5, 6, 7), "six": (3,), "none": (9,), "db": (4,)}


def manifest(env: str) -> Manifest:
    """Return a manifest with one [env] text."""
    return parse_manifest((SERVICES + env).encode(), None)


def value(template: str) -> str:
    """Return what one template becomes."""
    return dict(expand(manifest(f"A_URL = '{template}'\nB_ID = 'b{{C_ID}}'\nC_ID = 'c'"), PORTS))[
        "A_URL"
    ]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{web}", "1"),
        ("a{web}b{db}c", "a1b4c"),
        ("{web.url}/x", "http://localhost:1/x"),
        ("{api.url}", "http://localhost:2"),
        ("{six.url}", "http://[fe80::1]:3"),
        ("{web.host}:{web}", "127.0.0.1:1"),
        ("{api.host}", "0.0.0.0"),
        ("{shard}", "5"),
        ("{shard.1}", "5"),
        ("{shard.3}", "7"),
        ("{shard.2.url}", "http://localhost:6"),
        ("{none}", "9"),
        ("{UVICORN_PORT}", "2"),
        ("{SHARD_PORT_2}", "6"),
        ("{B_ID}", "bc"),
        ("{{web}}", "{web}"),
        ("{{{web}}}", "{1}"),
        ("}}{{", "}{"),
        ("$ {web} é", "$ 1 é"),
    ],
)
def test_a_template_becomes(template: str, expected: str) -> None:
    """Each form that the manual names."""
    assert value(template) == expected


def test_services_come_first_in_the_order_of_the_manifest() -> None:
    """Then [env], in its own order, whichever way its values refer to each other."""
    rows = expand(manifest("Z_PORT = '{Y}'\nY = '{web}'"), PORTS)
    assert rows == [
        ("WEB_PORT", "1"),
        ("API_PORT", "2"),
        ("UVICORN_PORT", "2"),
        ("SHARD_PORT", "5"),
        ("SHARD_PORT_2", "6"),
        ("SHARD_PORT_3", "7"),
        ("SIX_PORT", "3"),
        ("DB_PORT", "4"),
        ("Z_PORT", "1"),
        ("Y", "1"),
    ]


def test_without_a_lease_there_is_no_value() -> None:
    """A service without a port is left out, and all that is made from it."""
    env = "A = '{web}'\nB = '{db}'\nC_ID = 'x{A}'\nD = '{shard.3}'\n"
    env += "E = '{WEB_PORT}'\nF_HOST = '{web.host}'"
    rows = expand(manifest(env), {"db": (4,), "shard": (5, 6)})
    assert rows == [
        *[("SHARD_PORT", "5"), ("SHARD_PORT_2", "6"), ("DB_PORT", "4")],
        *[("B", "4"), ("F_HOST", "127.0.0.1")],
    ]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://localhost:80"),
        ("localhost", "http://localhost:80"),
        ("0.0.0.0", "http://localhost:80"),
        ("::", "http://localhost:80"),
        ("::1", "http://localhost:80"),
        ("127.0.0.2", "http://127.0.0.2:80"),
        ("192.168.0.4", "http://192.168.0.4:80"),
        ("2001:db8::1", "http://[2001:db8::1]:80"),
    ],
)
def test_url_is_what_a_browser_here_can_open(host: str, expected: str) -> None:
    """127.0.0.2 is not localhost: nothing listens on 127.0.0.1 then."""
    assert url(host, 80) == expected


@pytest.mark.parametrize("text", ["{", "}", "a{b", "a}b", "{a{b}}", "{}", "{ }", "{.url}", "{{{"])
def test_braces_without_sense_are_refused(text: str) -> None:
    """A brace has its partner, and a name inside."""
    with pytest.raises(TemplateError):
        parse_template(text)


def test_order_follows_the_links_and_tells_cycles() -> None:
    """Names come after what they link to; a cycle is told once, from its first name on."""
    order, cycles = in_order({"a": ["b", "x"], "b": ["c"], "c": []})
    assert (order, cycles) == (["c", "b", "a"], [])
    _, cycles = in_order({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["d"]})
    assert cycles == [["b", "c", "b"], ["d", "d"]]


def test_of_many_cycles_a_few_are_told() -> None:
    """However many there are, the message ends."""
    links = {f"a{n}": [f"b{n}"] for n in range(50)} | {f"b{n}": [f"a{n}"] for n in range(50)}
    order, cycles = in_order(links)
    assert sorted(order) == sorted(links)
    assert 0 < len(cycles) < 50


LINKED = SERVICES.replace("[env]", "[links]\naccounts = '../accounts'\n[env]")


def test_what_is_asked_of_each_link() -> None:
    """Without the link's name; a manifest without links asks nothing."""
    asked = parse_manifest(
        (LINKED + "A = '{accounts.api.url}/{web}'\nB = '{accounts.db}'\n").encode(), None
    )
    assert {name: [one.text for one in used] for name, used in links_used(asked).items()} == {
        "accounts": ["api.url", "db"]
    }
    assert links_used(manifest("A = '{web}'")) == {}
    with pytest.raises(TemplateError, match="no service of it"):
        linked(Reference("accounts", text="accounts"))
