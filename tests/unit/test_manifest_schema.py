"""The JSON Schema of ports.toml: what it lets through, what it stops, and that the file is new."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from portman.base.errors import ProblemsError
from portman.manifest.outputs import COMPOSE_KEYS, OUTPUT_KEYS
from portman.manifest.parse import TOP_KEYS, parse_manifest
from portman.manifest.schema import manifest_schema
from portman.manifest.services import ENTRY_KEYS
from tests.unit.test_manifest_bad import BAD, Bad
from tests.unit.test_manifest_valid import WHOLE

ROOT = Path(__file__).parents[2]
SCHEMA = manifest_schema()
VALIDATOR = Draft7Validator(SCHEMA)
#: Mistakes that no schema can see: they lie between two places, or in what TOML itself allows.
BEYOND = {
    *("empty", "blank", "comments only", "in both", "one port", "two fixed", "ranges"),
    *("one env name", "default names", "suffixes", "env and service", "env and suffix"),
    *(
        "env unknown",
        "env json",
        "env itself",
        "env cycle",
        "env unclosed",
        "env unopened",
        "env {}",
    ),
    *("env .port", "env .5", "env .0", "env var.url", "env newline", "env NUL", "env escape"),
    *(
        "env too long",
        "env value",
        "env in all",
        "PATH",
        "path",
        "LD_PRELOAD",
        "PORTMAN_HOME",
        "service ld-x",
    ),
    *("path git", "path manifest", "path twice", "path case", "only unknown", "quote json"),
    *("pool backwards", "pool low", "pool high", "pool small", "override own", "override output"),
    *("count past the end", "name of two lines"),
    *("template itself", "template overwritten", "link and service", "link and variable"),
    *("link empty", "link alone", "link position", "link part", "link zero", "link misspelt"),
}


def tree_of(bad: Bad) -> Any:
    """Return the values of a bad manifest; None if it is no TOML."""
    raw = bad.text if isinstance(bad.text, bytes) else bad.text.encode()
    try:
        return tomllib.loads(raw.decode())
    except (ValueError, RecursionError):
        return None


#: jsonschema itself fails to print a number of 5,000 digits.
SEEN = [bad for bad in BAD if bad.id not in ("10 MB", "port huge") and tree_of(bad) is not None]


def objects(schema: Any) -> list[dict[str, Any]]:
    """Return every schema of a property inside `schema`."""
    if not isinstance(schema, dict):
        return (
            [found for one in schema for found in objects(one)] if isinstance(schema, list) else []
        )
    own = [one for one in schema.get("properties", {}).values() if "const" not in one]
    return own + [found for key, one in schema.items() if key != "if" for found in objects(one)]


def test_the_file_is_what_the_package_prints() -> None:
    """It is made by the code: `portman schema > schema/ports.schema.json`."""
    text = (ROOT / "schema" / "ports.schema.json").read_text(encoding="utf-8")
    assert text == json.dumps(SCHEMA, indent=2) + "\n"


def test_it_is_a_schema_and_describes_every_key() -> None:
    """Editors show the descriptions; none is missing, and no key of the parser either."""
    Draft7Validator.check_schema(SCHEMA)
    described: Any = SCHEMA
    assert set(described["properties"]) == set(TOP_KEYS)
    kinds = described["definitions"]
    assert set(kinds["container"]["properties"]) == set(ENTRY_KEYS["container"])
    assert set(kinds["service"]["oneOf"][1]["properties"]) == set(ENTRY_KEYS["service"])
    assert set(described["properties"]["output"]["items"]["properties"]) == set(OUTPUT_KEYS)
    assert set(described["properties"]["compose"]["properties"]) == set(COMPOSE_KEYS)
    keys = [one for one in objects(SCHEMA) if one != {"type": "integer"}]
    assert len(keys) > 25
    assert [one for one in keys if not one.get("description")] == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WHOLE.decode(), id="whole"),
        pytest.param("", id="nothing"),
        pytest.param("services.web.port = 1", id="dotted"),
        pytest.param("[services]\nweb = {fixed = false}\na = {env = []}", id="spelled out"),
        pytest.param("[services]\nweb = {protocol = 'udp', host = '::1'}", id="udp"),
        pytest.param("[containers.db]\ntarget = 1", id="container"),
        pytest.param("[[output]]\npath = 'a/..b/c..'", id="dots"),
        pytest.param("[compose]\nfile = 'a'", id="compose"),
        pytest.param("[[output]]\ntemplate = 'a/b.toml.in'", id="template"),
        pytest.param("[[output]]\ntemplate = 'a'\npath = 'b'", id="template with a path"),
        pytest.param("[links]\na = '../a'\nb = {path = '~/b', instance = 'ci'}", id="links"),
    ],
)
def test_good(text: str) -> None:
    """What portman accepts, the schema accepts."""
    tree = tomllib.loads(text)
    assert list(VALIDATOR.iter_errors(tree)) == []
    if tree:
        parse_manifest(text.encode(), None)


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.id) for bad in SEEN])
def test_bad(bad: Bad) -> None:
    """The schema stops all that a schema can; the list of what it cannot is complete."""
    assert VALIDATOR.is_valid(tree_of(bad)) == (bad.id in BEYOND)
    with pytest.raises(ProblemsError):
        parse_manifest(bad.text.encode() if isinstance(bad.text, str) else bad.text, None)
