"""Adding and removing entries: the right place, the style of the file, and every other byte."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
import tomlkit
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portman.base.errors import PortmanError, ProblemsError
from portman.manifest.edit import add_entry, remove_entry
from portman.manifest.parse import parse_manifest

if TYPE_CHECKING:
    from portman.base.values import Kind

SHOP = """\
# the shop
[services]
web  = 3000   # usual
jobs = "auto"
# api = 8000

# people log in here
[services.login]
port = 4000
fixed = true
# host = "::1"

[env] # made of ports
A = "{web}"

# files
[[output]]
path = ".env"
"""
CONTAINERS = "[containers.db]\ntarget = 5432\n"


@pytest.mark.parametrize(
    ("text", "name", "kind", "fields", "expected"),
    [
        pytest.param(
            SHOP,
            "api",
            "service",
            {"port": 8000},
            SHOP.replace('"auto"\n', '"auto"\napi  = 8000\n'),
            id="in line with the others",
        ),
        pytest.param(
            SHOP,
            "search",
            "service",
            {},
            SHOP.replace('"auto"\n', '"auto"\nsearch = "auto"\n'),
            id="too long to be in line",
        ),
        pytest.param(
            SHOP,
            "api",
            "service",
            {"host": "::1", "port": 8, "env": ["A1", "B1"], "fixed": True},
            SHOP.replace(
                '"auto"\n',
                '"auto"\napi  = { port = 8, env = ["A1", "B1"], fixed = true, host = "::1" }\n',
            ),
            id="inline table",
        ),
        pytest.param(
            SHOP,
            "db",
            "container",
            {"port": 5432, "target": 5432, "count": None},
            SHOP + "\n[containers.db]\ntarget = 5432\nport = 5432\n",
            id="first container",
        ),
        pytest.param(
            "[services]\nweb = 1\n\n[env]\n",
            "db",
            "container",
            {"target": 1},
            "[services]\nweb = 1\n\n[containers.db]\ntarget = 1\n\n[env]\n",
            id="container after the services",
        ),
        pytest.param(
            CONTAINERS + "# note\n\n[env]\n",
            "q",
            "container",
            {"target": 1, "service": "mq"},
            CONTAINERS + '# note\n\n[containers.q]\ntarget = 1\nservice = "mq"\n\n[env]\n',
            id="container after the containers",
        ),
        pytest.param(
            "[containers]\ndb = { target = 1 }\n",
            "q",
            "container",
            {"target": 2},
            "[containers]\ndb = { target = 1 }\nq = { target = 2 }\n",
            id="container in a line",
        ),
        pytest.param("", "web", "service", {"port": 1}, "[services]\nweb = 1\n", id="empty"),
        pytest.param(
            'name = "x"',
            "web",
            "service",
            {},
            'name = "x"\n\n[services]\nweb = "auto"\n',
            id="no final newline",
        ),
        pytest.param(
            "[services]\n# web = 3000\n\n# [env]\n",
            "web",
            "service",
            {"port": 1},
            "[services]\n# web = 3000\nweb = 1\n\n# [env]\n",
            id="only comments yet",
        ),
        pytest.param(
            "[services]\r\n\tweb = 1\r\n[env]\r\n",
            "api",
            "service",
            {"port": 2},
            "[services]\r\n\tweb = 1\r\n\tapi = 2\r\n[env]\r\n",
            id="CRLF and indent",
        ),
        pytest.param(
            "services = { web = 1 } # all\n[env]\n",
            "api",
            "service",
            {"port": 2, "fixed": True},
            "services = { web = 1, api = { port = 2, fixed = true } } # all\n[env]\n",
            id="inline",
        ),
        pytest.param(
            "services = {}\n", "a", "service", {"port": 2}, "services = { a = 2 }\n", id="{}"
        ),
        pytest.param(
            "services={web=1}", "a", "service", {"port": 2}, "services={web=1, a = 2}", id="narrow"
        ),
        pytest.param(
            "services.web = 1\nservices.b.port = 2\n[env]\n",
            "api",
            "service",
            {"port": 3},
            "services.web = 1\nservices.b.port = 2\nservices.api = 3\n[env]\n",
            id="dotted",
        ),
        pytest.param(
            "[services.web]\nport = 1\n",
            "api",
            "service",
            {"port": 3},
            "[services.web]\nport = 1\n\n[services.api]\nport = 3\n",
            id="tables",
        ),
        pytest.param(
            "[services]\nweb = { env = [\n  'A', # ]\n] }\n[env]\n",
            "api",
            "service",
            {},
            "[services]\nweb = { env = [\n  'A', # ]\n] }\napi = \"auto\"\n[env]\n",
            id="after a list of several lines",
        ),
    ],
)
def test_add(text: str, name: str, kind: Kind, fields: dict[str, object], expected: str) -> None:
    """A new entry stands with its like and looks like them; nothing else moves."""
    result = add_entry(text, name, kind, fields)
    assert result == expected
    assert tomllib.loads(result)
    assert parse_manifest(remove_entry(result, name).encode(), None)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        pytest.param(SHOP, "web", SHOP.replace("web  = 3000   # usual\n", ""), id="a line"),
        pytest.param(
            SHOP,
            "login",
            SHOP.replace("[services.login]\nport = 4000\nfixed = true\n", ""),
            id="a table",
        ),
        pytest.param(
            "[services.a]\nport = 1\n\n[services.b]\nport = 2\n\n[services.c]\nport = 3\n",
            "b",
            "[services.a]\nport = 1\n\n[services.c]\nport = 3\n",
            id="one gap of two",
        ),
        pytest.param(
            "[services.a]\nport = 1\n\n[services.b]\nport = 2\n",
            "b",
            "[services.a]\nport = 1\n",
            id="the last",
        ),
        pytest.param(
            "[services.a]\nport = 1\n\n[services.b]\nport = 2\n",
            "a",
            "[services.b]\nport = 2\n",
            id="the first",
        ),
        pytest.param("[services.a]\nport = 1", "a", "[services]\n", id="the only one"),
        pytest.param("services.a = 1\n", "a", "[services]\n", id="the only key"),
        pytest.param("services = { a = 1 }\n", "a", "services = {}\n", id="the only one inline"),
        pytest.param(
            "services = { a = 1, b = 2, c = 3 } # x\n",
            "b",
            "services = { a = 1, c = 3 } # x\n",
            id="inline",
        ),
        pytest.param(
            "services.a.port = 1\nservices.b = 2\nservices.a.count = 3\n",
            "a",
            "services.b = 2\n",
            id="two places",
        ),
        pytest.param(
            "[services]\na = 1\nb = { env = [\n 'X' ] } # x\nc = 1",
            "b",
            "[services]\na = 1\nc = 1",
            id="several lines",
        ),
        pytest.param("[services]\r\na = 1\r\nb = 2", "b", "[services]\r\na = 1\r\n", id="CRLF"),
        pytest.param(
            "[containers.db]\ntarget = 1\n[services]\nweb = 1\n",
            "db",
            "[services]\nweb = 1\n",
            id="container",
        ),
        pytest.param('[services]\n"a" = 1\n', "a", "[services]\n", id="quoted"),
    ],
)
def test_remove(text: str, name: str, expected: str) -> None:
    """What belongs to the entry goes, comments above it stay."""
    assert remove_entry(text, name) == expected


def code_of(caught: pytest.ExceptionInfo[PortmanError]) -> str:
    """Return the code of a caught error."""
    return caught.value.code


@pytest.mark.parametrize(("name", "kind"), [("web", "service"), ("login", "container")])
def test_a_name_is_added_once(name: str, kind: Kind) -> None:
    """Services and containers share their names."""
    with pytest.raises(PortmanError, match=f"services.{name} is there already") as caught:
        add_entry(SHOP, name, kind, {"target": 1})
    assert code_of(caught) == "service-exists"


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    """The hint names the service that was meant, or those there are."""
    with pytest.raises(PortmanError) as caught:
        remove_entry(SHOP, "wbe")
    assert (code_of(caught), caught.value.hint) == ("service-unknown", 'did you mean "web"?')
    with pytest.raises(PortmanError) as caught:
        remove_entry(SHOP, "zzzzz")
    assert caught.value.hint == "there are: web, jobs, login"


def test_what_cannot_be_edited_is_said() -> None:
    """No TOML, no table, no name."""
    with pytest.raises(ProblemsError):
        add_entry("[services", "web", "service", {})
    for text in ("services = 3", "[[services]]\na = 1"):
        with pytest.raises(PortmanError, match="not a table") as caught:
            add_entry(text, "web", "service", {})
        assert code_of(caught) == "manifest-invalid"
    for name in ("a b", "", "1", "a.b", "a\nb = 1"):
        with pytest.raises(PortmanError, match="not a service name") as caught:
            add_entry(SHOP, name, "service", {})
        assert code_of(caught) == "usage"


def test_why_tomlkit_does_not_get_the_whole_document() -> None:
    """When this fails, tomlkit has learnt to keep comments and line ends; then use it again."""
    document = tomlkit.parse(SHOP.replace("\n", "\r\n"))
    document["services"]["api"] = 8000  # type: ignore[index]
    assert tomlkit.dumps(document) != SHOP.replace('"auto"\n', '"auto"\napi = 8000\n').replace(
        "\n", "\r\n"
    )


NAMES = ["web", "db", "api", "a-b"]
LINES = st.sampled_from(["", "", "# note", "  # [x]", "\t"])
VALUES = st.sampled_from(["3000", '"auto"', "{ port = 1 }", '{ env = [\n  "A",\n] }', "{}"])


@st.composite
def manifests(draw: st.DrawFn) -> str:
    """Draw a manifest in any layout: lines, tables, dotted and inline, comments, line ends."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(0, 4))]
    plain, tables = names[:2], names[2:]
    blocks = []
    if draw(st.booleans()):
        blocks += [f"services.{name} = {draw(VALUES)}" for name in plain]
    elif draw(st.booleans()):
        blocks.append("services = { " + ", ".join(f"{name} = 1" for name in names) + " } # x")
        tables = []
    else:
        pad = draw(st.sampled_from(["", " ", "  "]))
        blocks.append("[services] # s")
        blocks += [f"{pad}{name} {pad}= {draw(VALUES)} {draw(LINES).strip()}" for name in plain]
    if draw(st.booleans()):
        tables = [f"[services.{name}]\nport = 1 # p\n" + draw(LINES) for name in tables]
    else:
        tables = [f"[containers.{name}]\ntarget = 1\n\nport = 2" for name in tables]
    tail = draw(st.permutations([*tables, '[env]\nA = "1"', "[[output]]\npath = 'a'"]))
    lines = [piece for block in [*blocks, *tail] for piece in (draw(LINES), block)]
    end = draw(st.sampled_from(["", "\n", "\n\n# end\n"]))
    return ("\n".join(lines) + end).replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def valid(text: str) -> bool:
    """Tell whether a text is TOML."""
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


@settings(max_examples=100, deadline=None)
@given(manifests(), st.sampled_from(["service", "container"]), st.booleans())
def test_adding_keeps_every_other_line(text: str, kind: Kind, more: bool) -> None:
    """All lines are still there, byte for byte and in order, but one in an inline table."""
    assume(valid(text))
    fields: dict[str, object] = {"port": 9, "target": 9} if kind == "container" else {"port": 9}
    result = add_entry(text, "new", kind, fields | ({"fixed": True} if more else {}))
    rest = iter(result.splitlines(keepends=True))
    for line in text.splitlines(keepends=True):
        if not (line.startswith("services = {") and kind == "service"):
            assert any(line.rstrip("\r\n") == other.rstrip("\r\n") for other in rest), line
    assert result.count("\r\n") == (result.count("\n") if "\r" in text else 0)
    left = "".join(remove_entry(result, "new").split())
    assert left == "".join(text.split()) or "services" not in text


@settings(max_examples=100, deadline=None)
@given(manifests(), st.sampled_from(NAMES))
def test_removing_keeps_every_other_line(text: str, name: str) -> None:
    """Only lines of the entry and blank ones go, and no comment outside its own table."""
    assume(
        valid(text)
        and any(name in tomllib.loads(text).get(s, {}) for s in ("services", "containers"))
    )
    result = remove_entry(text, name)
    rest = iter(text.splitlines())
    if "services = {" not in text and result != "[services]\n":
        for line in result.splitlines():
            assert any(line == other for other in rest), line
    left = tomllib.loads(result)
    assert not any(name in left.get(section, {}) for section in ("services", "containers"))
