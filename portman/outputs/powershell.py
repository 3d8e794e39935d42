"""PowerShell: lines for `portman env --format powershell | Out-String | Invoke-Expression`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def render(variables: Sequence[tuple[str, str]]) -> str:
    """Return one `$env:NAME = 'value'` per variable.

    An empty value removes the variable: PowerShell before 7.5 has no empty ones.
    """
    return "".join(f"$env:{name} = {_quoted(value)}\n" for name, value in variables)


def _quoted(value: str) -> str:
    """Return a string expression in ASCII.

    Everything else is spelled `[char]`: Windows PowerShell reads files and pipes in the
    machine's old code page, and any PowerShell takes typographic quotes for real ones.
    """
    parts: list[str] = []
    plain = ""
    for unit in _utf16(value):
        if 0x20 <= unit < 0x7F:
            plain += "''" if unit == 0x27 else chr(unit)
        else:
            if plain or not parts:  # an expression that starts with a string is a string
                parts.append(f"'{plain}'")
            parts.append(f"[char]{unit}")
            plain = ""
    if plain or not parts:
        parts.append(f"'{plain}'")
    return " + ".join(parts)


def _utf16(value: str) -> list[int]:
    """Return the UTF-16 code units, of which .NET strings are made."""
    data = value.encode("utf-16-le", "surrogatepass")
    return [low | high << 8 for low, high in zip(data[::2], data[1::2], strict=True)]
