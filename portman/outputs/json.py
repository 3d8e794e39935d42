"""JSON: one object of strings, in the order given, ASCII only.

Written by hand as `json` costs the hot path three milliseconds of imports; the escaping is
the standard library's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def render(variables: Sequence[tuple[str, str]]) -> str:
    """Return `{"NAME": "value", ...}`, one variable a line."""
    escape = _escape()
    lines = ",\n".join(f"  {escape(name)}: {escape(value)}" for name, value in variables)
    return f"{{\n{lines}\n}}\n" if lines else "{}\n"


def _escape() -> Callable[[str], str]:
    """Return the function that quotes one string."""
    try:
        from _json import encode_basestring_ascii
    except ImportError:  # an interpreter without the accelerator
        from json.encoder import encode_basestring_ascii
    return encode_basestring_ascii
