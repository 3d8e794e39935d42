"""The JSON Schema of ports.toml: what it accepts, and that every key has a description.

What it refuses stands beside the parser's errors: test_manifest_bad.py.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from portman.manifest.keys import TABLES
from portman.manifest.parse import parse_manifest
from portman.manifest.schema import manifest_schema
from tests.unit.manifest.test_manifest_valid import WHOLE

ROOT = Path(__file__).parents[3]
SCHEMA = manifest_schema()
VALIDATOR = Draft7Validator(SCHEMA)


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
    keys = [one for one in objects(SCHEMA) if one != {"type": "integer"}]
    assert len(keys) > 25
    assert [one for one in keys if not one.get("description")] == []
    assert [row for rows in TABLES.values() for row in rows.values() if not row[4]] == []


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
