"""Additions to JSON with comments: everything else stays to the byte."""

from __future__ import annotations

import json

import pytest

from portman.integrations.json_files import (
    JsoncError,
    UnfitError,
    add,
    parse,
    with_item,
    with_member,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", '{\n  "k": 1\n}'),
        ('{"a": 2}', '{"a": 2, "k": 1}'),
        ('{\n\t"a": 2\n}\n', '{\n\t"a": 2,\n\t"k": 1\n}\n'),
        ('{\r\n  "a": 2\r\n}', '{\r\n  "a": 2,\r\n  "k": 1\r\n}'),
        ('{\n  "a": 2, // why\n}', '{\n  "a": 2, // why\n  "k": 1,\n}'),
        ('{\n  "a": 2 // why\n}', '{\n  "a": 2, // why\n  "k": 1\n}'),
        ("{\n  // nothing\n}", '{\n  // nothing\n  "k": 1\n}'),
        ('{\n  "a": "}" /* , */\n  /* end */\n}',
         '{\n  "a": "}", /* , */\n  /* end */\n  "k": 1\n}'),
        ('// top\n{\n    "a": [1, 2,],\n}\n// end',
         '// top\n{\n    "a": [1, 2,],\n    "k": 1,\n}\n// end'),
        ('{\n  "a": "\\"//" }', '{\n  "a": "\\"//",\n  "k": 1 }'),
    ],
)  # fmt: skip
def test_a_member_is_added_at_the_end(text: str, expected: str) -> None:
    """Indentation, line ends, comments and trailing commas are the file's own."""
    made = add(text, parse(text), 1, "k")
    assert made == expected
    before, after = parse(text).value, parse(made).value
    assert isinstance(before, dict)
    assert after == {**before, "k": 1}


@pytest.mark.parametrize(
    "text",
    ["", "{", "{a: 1}", "{'a': 1}", '{"a" 1}', '{"a": 1,, }', "[1 2]", "{} {}", "{/*}",
     '{"a": tru}', "[" * 500 + "]" * 500, '{"a": 01}'],
)  # fmt: skip
def test_what_is_no_json_is_refused(text: str) -> None:
    """Rather than guessed at."""
    with pytest.raises(JsoncError, match="line 1 is not JSON"):
        parse(text)


def test_a_tree_is_read_as_the_standard_library_reads_it() -> None:
    """Without comments both agree."""
    text = json.dumps({"a": [1, -2.5e3, None, True, {"b": "\u00e4\n"}], "c": {}, "d": []}, indent=1)
    assert parse(text).value == json.loads(text)


def test_members_and_items_are_added_once() -> None:
    """What is there stays, by key or by label; what says otherwise is an error."""
    text = with_member('{"scripts": {"dev": "x"}}', ("scripts", "ports"), "portman up")
    assert with_member(text, ("scripts", "ports"), "portman up") == text
    with pytest.raises(UnfitError, match=r"scripts\.ports has another value"):
        with_member(text, ("scripts", "ports"), "mine")
    with pytest.raises(UnfitError, match="scripts is not an object"):
        with_member('{"scripts": []}', ("scripts", "ports"), "x")
    made = with_item("{}", ("tasks",), {"label": "a", "x": 1}, "label")
    assert with_item(made, ("tasks",), {"label": "a", "x": 2}, "label") == made
    two = with_item(made, ("tasks",), {"label": "b"}, "label")
    assert json.loads(two) == {"tasks": [{"label": "a", "x": 1}, {"label": "b"}]}
    with pytest.raises(UnfitError, match="tasks is not a list"):
        with_item('{"tasks": 1}', ("tasks",), {"label": "b"}, "label")
