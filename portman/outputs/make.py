"""GNU make: a file for `-include ports.mk`. Exported, so that recipes see the variables too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import PortmanError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Expands to nothing. Keeps a blank at the start, and a backslash at the end, of a value.
_NOTHING = "$(strip )"


def render(variables: Sequence[tuple[str, str]]) -> str:
    """Return one `export NAME := value` a line. Raises PortmanError "value-unquotable"."""
    return "".join(f"export {name} := {_escaped(name, value)}\n" for name, value in variables)


def _escaped(name: str, value: str) -> str:
    """Escape for the right-hand side of `:=` (GNU make manual 3.1.1, 6.2 and 6.5)."""
    for character, word in (("\n", "a line break"), ("\r", "a carriage return")):
        if character in value:
            raise PortmanError(
                "value-unquotable",
                f"{name}: the value has {word}, which a makefile's variable cannot carry",
                hint=f'use format = "json" or "shell" for {name}',
            )
    value = _hashes(value.replace("$", "$$"))
    if value[:1] in (" ", "\t"):
        value = _NOTHING + value
    if value.endswith("\\"):
        value += _NOTHING
    return value


def _hashes(value: str) -> str:
    r"""Write `#` as `\#`, and double the backslashes before it, which make halves there."""
    first, *rest = value.split("#")
    text = first
    for part in rest:
        backslashes = len(text) - len(text.rstrip("\\"))
        text += "\\" * backslashes + "\\#" + part
    return text
