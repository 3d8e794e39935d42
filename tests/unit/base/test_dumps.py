"""The JSON of every `--json` is what json.dumps says, without loading its package."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portman.base.text import dumps

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_as_json_says_it(value: object) -> None:
    assert dumps(value) == json.dumps(value)


@pytest.mark.parametrize(
    "value", ["\udc80", {"a": ("\x00", "é", "😀")}, {1: None, None: 1.5}, 1e400]
)
def test_odd_values(value: object) -> None:
    assert dumps(value) == json.dumps(value)


def test_what_json_does_not_take() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        dumps({"a": object()})
