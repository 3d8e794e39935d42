"""Env files: bare `NAME=value` lines that all fourteen known readers understand alike.

No quoting style is read alike everywhere (make and `docker run --env-file` keep the quotes),
so a value is written bare, from an alphabet found by experiment: research/ecosystem.md 1.2,
with `:=` and `:~` taken out, which zsh expands after a colon in an assignment. `quote="single"`
opts one file out of make and docker run, in exchange for more characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import PortmanError

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./?-"

#: What no quoting of an env file carries everywhere: compose-go lets `\\` escape inside single
#: quotes, python-dotenv and dotenv-expand replace `$` there.
_NEVER = "'$\\"

_WORDS = {
    " ": "a space",
    "\n": "a line break",
    "\r": "a carriage return",
    "\t": "a tab",
}


def render(variables: Sequence[tuple[str, str]], *, quote: str = "none") -> str:
    """Return one line per variable. Raises PortmanError "value-unquotable"."""
    if quote == "none":
        return "".join(f"{name}={_bare(name, value)}\n" for name, value in variables)
    if quote == "single":
        return "".join(f"{name}={_single(name, value)}\n" for name, value in variables)
    raise ValueError(f"no such quote: {quote!r}")


def _bare(name: str, value: str) -> str:
    """Return the value itself, if every reader takes it as it is."""
    if not is_plain(value):
        raise _unquotable(name, value, quote="none")
    return value


def _single(name: str, value: str) -> str:
    """Return the value bare where that will do, else in single quotes."""
    if is_plain(value):
        return value
    if any(_is_never(character) for character in value):
        raise _unquotable(name, value, quote="single")
    return f"'{value}'"


def is_plain(value: str) -> bool:
    """Return whether every reader takes the bare value as it is."""
    return (
        value != ""
        and not value.strip(PLAIN)  # strip leaves nothing only if nothing else is in it
        and value[0] != "="  # zsh: =ls is the path of ls
        and ":=" not in value
    )


def _is_never(character: str) -> bool:
    """Return whether single quotes do not carry this character to every reader."""
    return character in _NEVER or not character.isprintable()


def _unquotable(name: str, value: str, *, quote: str) -> PortmanError:
    """Say which character stands in the way, and what would help."""
    what, position = _offence(value, quote)
    if what == "":
        message = f"{name}: the value is empty, which some env-file readers drop"
    else:
        message = f"{name}: the value has {what} at position {position}, "
        message += "which env-file readers do not agree on"
    helpless = next((character for character in value if _is_never(character)), None)
    if helpless is None:
        hint = f'set quote = "single" on that [[output]], or keep {name} out of it with `only`'
    else:
        hint = f"no quoting of env files carries {_word(helpless)} to every reader: "
        hint += f'use format = "json" or "shell" for {name}'
        if helpless in _NEVER:
            hint += f", or write %{ord(helpless):02X} in a URL"
    return PortmanError("value-unquotable", message, hint=hint)


def _offence(value: str, quote: str) -> tuple[str, int]:
    """Return the first character in the way, in words, and its position counted from 1."""
    for position, character in enumerate(value):
        pair = value[position : position + 2]
        if quote == "single":
            bad = _is_never(character)
        else:
            bad = character not in PLAIN or (position == 0 and character == "=") or pair == ":="
        if bad:
            return (_word(pair if pair == ":=" else character), position + 1)
    return ("", 0)


def _word(text: str) -> str:
    """Return a character so that a reader of the message can see it."""
    if text in _WORDS:
        return _WORDS[text]
    return text if text.isprintable() else f"the character U+{ord(text):04X}"
