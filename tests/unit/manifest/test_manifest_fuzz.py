"""Arbitrary bytes and arbitrary TOML: a Manifest or problems come out, nothing else."""

from __future__ import annotations

from typing import Any

import tomlkit
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portman.base.errors import CODES, ProblemsError
from portman.base.values import FORMATS
from portman.manifest import FILE
from portman.manifest.expand import expand
from portman.manifest.keys import TABLES
from portman.manifest.parse import parse_manifest

WORDS = st.sampled_from(
    [
        *["web", "db", "A", "B", "WEB_PORT", "PATH", "auto", "tcp", "udp", "fail", "single"],
        *["{web}", "{db.url}", "{A}", "{B.2}", "{{", "}", "../x", "20000-20010", "::1", ".env"],
        *["", " ", "a b", "é", "\n", "\x00", "\u2028", "3000", "127.0.0.1", *FORMATS],
    ]
)
SCALARS = st.one_of(
    WORDS,
    st.text(max_size=5),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, 1, 80, 3000, 3001, 65535, 65536]),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
)
KEYS = st.one_of(
    st.sampled_from([*TABLES[FILE], *TABLES["a container"], *TABLES["an output"], "range", "file"]),
    st.sampled_from(["web", "db", "A", "B", "override", "x.y", "a b", ""]),
    st.text(max_size=4),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)
FIELDS = st.dictionaries(st.sampled_from([*TABLES["a container"], "zz"]), VALUES, max_size=5)
ENTRIES = st.dictionaries(st.sampled_from(["web", "db", "api", "A", "b c"]), SCALARS | FIELDS)
NEAR = st.fixed_dictionaries(
    {},
    optional={
        "name": SCALARS,
        "services": ENTRIES,
        "containers": ENTRIES,
        "env": st.dictionaries(st.sampled_from(["A", "B", "C", "WEB_PORT", "web"]), SCALARS),
        "output": st.lists(
            st.dictionaries(st.sampled_from([*TABLES["an output"]]), VALUES, max_size=4)
        ),
        "pool": st.fixed_dictionaries({}, optional={"range": SCALARS, "x": SCALARS}),
        "compose": st.dictionaries(st.sampled_from(["file", "override", "z"]), VALUES),
        "on_conflict": SCALARS,
    },
)
TREES = st.dictionaries(KEYS, VALUES, max_size=6) | NEAR


def check(raw: bytes, local: bytes | None) -> None:
    """Parse, and hold what comes out against what is promised of it."""
    try:
        manifest = parse_manifest(raw, local)
    except ProblemsError as error:
        check_problems(error, raw, local or b"")
        return
    names = [name for service in manifest.services for name, _ in service.variables()]
    every = [*names, *(name for name, _ in manifest.env)]
    assert len(set(every)) == len(every)
    ports = {service.name: tuple(range(1, service.size + 1)) for service in manifest.services}
    rows = expand(manifest, ports)
    assert [name for name, _ in rows] == every
    assert all("\n" not in value and "\x00" not in value for _, value in rows)
    for output in manifest.outputs:
        assert set(output.only or ()) <= set(every)
        assert ".." not in output.path.split("/")


def check_problems(error: ProblemsError, raw: bytes, local: bytes) -> None:
    """Hold problems against what is promised of each."""
    assert error.exit_code == 4
    assert 0 < len(error.problems) <= 202
    lines = {"ports.toml": raw.count(b"\n") + 1, "ports.local.toml": local.count(b"\n") + 1}
    for problem in error.problems:
        assert problem.code in CODES
        assert problem.message.isprintable()
        assert problem.hint.isprintable()
        assert problem.file in lines
        assert problem.line is None or 1 <= problem.line <= lines[problem.file]


def written(tree: dict[str, Any]) -> bytes | None:
    """Return a tree as TOML; None where tomlkit cannot write it."""
    try:
        return tomlkit.dumps(tree).encode()
    except (ValueError, TypeError, UnicodeEncodeError):
        return None


@settings(max_examples=120, deadline=None)
@given(TREES, st.none() | TREES)
def test_any_toml(tree: dict[str, Any], local: dict[str, Any] | None) -> None:
    """Every document of TOML, close to a manifest and far from one, alone and merged."""
    raw = written(tree)
    if raw is not None:
        check(raw, None if local is None else written(local))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.none() | st.binary(max_size=40))
@example(b"a=" + b"[" * 5000, None)
@example(b"a=" + b"{a=" * 5000, None)
@example(b"a=1e999999999", b"a=9" + b"9" * 5000)
@example(b"a=0x" + b"f" * 9000, None)
@example(b"[services]\nweb=0x" + b"f" * 9000, None)
@example(b"\r", b"\r\r\n")
@example(b"a=99999-99-99", b"a=25:00:00")
def test_any_bytes(raw: bytes, local: bytes | None) -> None:
    """No bytes make a traceback."""
    check(raw, local)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("[]{}=\"'#\\., \n\rabweservicnt0123auto", max_size=12), max_size=12))
def test_any_text_of_the_signs_of_toml(parts: list[str]) -> None:
    """Texts that look like TOML for a while."""
    check(("[services]\nweb = 3000\n" + "".join(parts)).encode(), "".join(parts).encode())
