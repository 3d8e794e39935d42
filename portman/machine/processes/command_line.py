"""A process's arguments as one line that a person can read, and that cannot fool a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def readable(argv: Sequence[str]) -> str:
    """Return `argv` joined as one would type it, control characters made visible.

    A title that a program wrote over its arguments (`nginx: master process ...`) is one argument,
    or one and empty ones: it is shown as it is, unquoted.
    """
    import shlex

    if argv and not any(argv[1:]):
        return visible(argv[0].rstrip())
    return visible(shlex.join(argv))


def visible(text: str) -> str:
    r"""Return `text` with everything unprintable as an escape such as `\n`, `\x1b` or `\u202e`.

    That covers terminal escapes, characters that reverse the text, and undecodable bytes.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in text)


def _escape(letter: str) -> str:
    number = ord(letter)
    if letter in _NAMED:
        return _NAMED[letter]
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
