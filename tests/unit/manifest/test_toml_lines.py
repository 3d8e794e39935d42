"""The lines of keys, in every way TOML has to write one."""

from __future__ import annotations

import tomllib

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from portman.manifest.locate import DEEPEST, KeyPath, key_lines, longest_key, statements

TEXT = '''# top
name = "x" # = [not]
a.b = 1
"a".'c d' = [1, # ] no
  2, { x = 1,
  y = 2 }]
[t]
m = """
k = 1
[no]
\\"""
""""
n = \'\'\'
l = 2\'\'\'\'
in = { p = { q = "}" }, r.s = [ [ 1 ],
  [ 2 ] ] }
[ t . "u.v" ]
k = 2020-01-01 00:00:00
[[o]]
path = 1
[[o]]
  path = 2
[o.sub]
z = 1
[[o.list]]
y = "\\u0041]"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("a",), 3),
        (("a", "b"), 3),
        (("a", "c d"), 4),
        (("a", "c d", 0), 4),
        (("a", "c d", 1), 5),
        (("a", "c d", 2), 5),
        (("a", "c d", 2, "y"), 6),
        (("t",), 7),
        (("t", "m"), 8),
        (("t", "n"), 13),
        (("t", "in", "p", "q"), 15),
        (("t", "in", "r", "s", 0, 0), 15),
        (("t", "in", "r", "s", 1), 16),
        (("t", "u.v"), 17),
        (("t", "u.v", "k"), 18),
        (("o",), 19),
        (("o", 0), 19),
        (("o", 0, "path"), 20),
        (("o", 1), 21),
        (("o", 1, "path"), 22),
        (("o", 1, "sub", "z"), 24),
        (("o", 1, "list", 0, "y"), 26),
    ],
)
def test_line_of(path: KeyPath, line: int) -> None:
    """Headers, dotted and quoted keys, inline tables, strings and lists over several lines."""
    text = TEXT.replace("2, { x = 1,\n  y = 2 }", "2, { x = 1, y = 2 }")
    assert key_lines(TEXT)[path] == line
    assert tomllib.loads(text.replace("[ [ 1 ],\n  [ 2 ] ]", "[ [ 1 ], [ 2 ] ]"))


def test_nothing_inside_a_text_is_a_key() -> None:
    """What only looks like a key or a header has no line."""
    assert not {("no",), ("t", "k"), ("t", "l"), ("k",)} & key_lines(TEXT).keys()


def test_statements_are_the_text_they_stand_for() -> None:
    """Their places cut the document into headers and keys."""
    cut = [TEXT[one.start : one.end].strip() for one in statements(TEXT)]
    assert cut[:3] == ['name = "x"', "a.b = 1", TEXT[TEXT.index('"a"') : TEXT.index("\n[t]")]]
    assert [one for one in cut if one.startswith("[")] == [
        *["[t]", '[ t . "u.v" ]', "[[o]]", "[[o]]", "[o.sub]", "[[o.list]]"],
    ]


def test_longest_key() -> None:
    """The parts of a dotted key are counted, those inside texts are not."""
    assert longest_key('a = "x.x.x.x.x"\n[b.c]\nd . "e.e" . f = 1\n') == (3, 3)


@pytest.mark.parametrize(
    "text",
    [
        *["[" * 300_000, "{" * 300_000, "a=" + "[" * 300_000, "a=" + "{a=" * 100_000],
        *["a." * 300_000, "a=[" + "[]," * 100_000, '"' * 300_000, 'a="""' + '\\"""' * 60_000],
    ],
)
def test_no_text_takes_longer_than_its_length(text: str) -> None:
    """Deep and long nonsense ends soon, without recursion and without growing paths."""
    assert all(len(path) <= DEEPEST for path in key_lines(text))


def paths(value: object, path: KeyPath = ()) -> list[KeyPath]:
    """Return every path in a parsed document."""
    found = [path] if path else []
    items = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return found + [deeper for key, one in items for deeper in paths(one, (*path, key))]


SCALARS = st.one_of(
    st.booleans(), st.integers(-99, 99), st.dates(), st.text("a\"'\\\n#[]{}=.,é ", max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('ab."# ', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text('ab."# -', min_size=1, max_size=3), VALUES, max_size=4))
def test_every_key_of_any_document_is_found(tree: dict[str, object]) -> None:
    """Whatever tomlkit writes, each key and item has a line, and no others are invented."""
    text = tomlkit.dumps(tree)
    assert set(paths(tomllib.loads(text))) == set(key_lines(text))
    assert all(1 <= line <= text.count("\n") + 1 for line in key_lines(text).values())


@settings(deadline=None)
@given(st.text("a\"'\\\n#[]{}=., \r", max_size=60))
def test_any_text_is_survived(text: str) -> None:
    """No TOML, no crash."""
    key_lines(text)
    longest_key(text)
