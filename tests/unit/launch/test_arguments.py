"""What `{web}` becomes in the arguments of a command, and what is left alone."""

from __future__ import annotations

import pytest

from portman.base.errors import PortmanError
from portman.launch.arguments import fill
from portman.launch.facts import RunEnvironment, ServicePorts, added_variables, decode, encode

FACTS = RunEnvironment(
    "/home/ada/shop",
    "",
    [("WEB_PORT", "3000"), ("SITE", "http://localhost:3000/x=1")],
    [
        ServicePorts("web", "127.0.0.1", [3000], ["tcp"], hold=False),
        ServicePorts("shard", "0.0.0.0", [4000, 4001], ["tcp", "udp"], activation=True),
    ],
    ("shop3fa9c1e2", "shop-fix"),
)


@pytest.mark.parametrize(
    ("word", "filled"),
    [
        ("{web}", "3000"),
        ("--url={web.url}/login", "--url=http://localhost:3000/login"),
        ("{web.host}:{web}", "127.0.0.1:3000"),
        ("{shard.2}", "4001"),
        ("{SITE}", "http://localhost:3000/x=1"),
        ("{compose.project}", "shop-fix"),
        ("createdb {checkout.slug}", "createdb shop3fa9c1e2"),
        ("{{checkout.slug}}", "{checkout.slug}"),
        ("{{web}}", "{web}"),
        ("{{}}", "{}"),
        ("{{", "{"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_references_are_filled_in(word: str, filled: str) -> None:
    """Ports, URLs, hosts, variables; doubled braces are braces."""
    assert fill([word], FACTS) == [filled]


@pytest.mark.parametrize(
    "word",
    [
        "{}",
        "{print $1}",
        "${HOME}/x",
        "${WEB_PORT}",
        '{"a": {"b": 1}}',
        'require("http").listen({fd: 3})',
        "a}b",
        "{",
        "x{1..3}",
    ],
)
def test_braces_of_other_languages_stay(word: str) -> None:
    """JSON, JavaScript, awk, find and the shell have braces of their own."""
    assert fill([word], FACTS) == [word]


def test_references_are_found_in_the_middle_of_json() -> None:
    """Everything else of the JSON stays as it is."""
    assert fill(['{"api": {"url": "{web.url}"}}'], FACTS) == [
        '{"api": {"url": "http://localhost:3000"}}'
    ]


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("{wbe}", "'wbe'"),
        ("http://{wbe.url}", "'wbe'"),
        ("{shard.3}", "2 ports"),
        ("{web.path}", ".path"),
        ('{"a": "{nope}"}', "'nope'"),
    ],
)
def test_what_cannot_be_filled_in_is_named(word: str, named: str) -> None:
    """With the way to write the braces themselves."""
    with pytest.raises(PortmanError) as caught:
        fill([word], FACTS)
    assert caught.value.code == "usage"
    assert named in str(caught.value)
    assert "{{" in caught.value.hint


def test_the_nearest_name_is_offered() -> None:
    """A typing error is fixed by copying the hint."""
    with pytest.raises(PortmanError) as caught:
        fill(["{wbe}"], FACTS)
    assert "{web}" in caught.value.hint


def test_facts_survive_a_receipt() -> None:
    """What is read back is what was kept, to the letter."""
    text = encode(FACTS)
    assert text is not None
    back = decode(text)
    assert back is not None
    assert (back.path, back.instance, back.variables) == (FACTS.path, "", FACTS.variables)
    for one, other in zip(back.services, FACTS.services, strict=True):
        assert (one.name, one.host, one.ports) == (other.name, other.host, other.ports)
        assert (one.protocols, one.activation) == (other.protocols, other.activation)
        assert one.hold == other.hold


@pytest.mark.parametrize("value", ["two\nlines", "carriage\rreturn", "nul\0"])
def test_values_that_do_not_fit_into_a_line_are_not_kept(value: str) -> None:
    """They are computed each time."""
    assert encode(RunEnvironment("/x", "", [("A", value)], [])) is None


@pytest.mark.parametrize("text", ["", "other", "run 1\n/x\n\n\n", "run 2\n/x", "run 2\n/x\n\nA=1"])
def test_foreign_text_is_no_facts(text: str) -> None:
    """A receipt of another shape, or of an earlier version, is a miss."""
    assert decode(text) is None


def test_the_manifest_wins_over_port_and_host() -> None:
    """Who calls a variable PORT means it."""
    facts = RunEnvironment("/x", "", [("PORT", "9000")], FACTS.services)
    env = added_variables(facts, facts.service("web"))
    assert (env["PORT"], env["HOST"], env["PORTMAN_SERVICE"]) == ("9000", "127.0.0.1", "web")
    assert "PORTMAN_SERVICE" not in added_variables(facts, None)


def test_what_speaks_udp_alone_has_its_url() -> None:
    facts = RunEnvironment("/x", "", [], [ServicePorts("dns", "127.0.0.1", [5353], ["udp"])])
    assert fill(["{dns.url}"], facts) == ["udp://localhost:5353"]
