"""Variables in Compose files (`${DB_PORT:-5432}`) and in the .env files beside them. Pure.

The grammar is Compose's own: compose-spec, 12-interpolation, and compose-go's `template`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    #: The value of a variable, or None where it is not set.
    Lookup = Callable[[str], str | None]

_OPERATORS = (":-", "-", ":?", "?", ":+", "+")
_DEEPEST = 20


class UnclearError(Exception):
    """A text that has no one meaning for us. The message says why."""


def interpolate(text: str, lookup: Lookup, depth: int = 0) -> str:
    """Return `text` with its variables replaced, as Compose would.

    Raises UnclearError where Compose would refuse: bad grammar, a required variable missing.
    """
    if "$" not in text:
        return text
    if depth > _DEEPEST:
        raise UnclearError(f"{text!r} is nested too deeply")
    parts: list[str] = []
    place = 0
    while (sign := text.find("$", place)) >= 0:
        parts.append(text[place:sign])
        value, place = _variable(text, sign, lookup, depth)
        parts.append(value)
    return "".join(parts) + text[place:]


def _variable(text: str, sign: int, lookup: Lookup, depth: int) -> tuple[str, int]:
    """Return the value of what begins at the `$`, and where the text goes on after it."""
    after = text[sign + 1 : sign + 2]
    if after == "$":
        return "$", sign + 2
    if after != "{":
        end = _name_end(text, sign + 1)
        if end == sign + 1:
            raise UnclearError(f"{text!r} has a $ that begins no variable")
        return lookup(text[sign + 1 : end]) or "", end
    closing = _closing(text, sign + 1)
    return _braced(text[sign + 2 : closing], lookup, depth), closing + 1


def _braced(inner: str, lookup: Lookup, depth: int) -> str:
    end = _name_end(inner, 0)
    name, rest = inner[:end], inner[end:]
    operator = next((one for one in _OPERATORS if rest.startswith(one)), "")
    if not name or (rest and not operator):
        raise UnclearError(f"'${{{inner}}}' is no variable")
    value = lookup(name)
    argument = rest[len(operator) :]
    there = bool(value) if operator.startswith(":") else value is not None
    if operator.endswith("-"):
        return (value or "") if there else interpolate(argument, lookup, depth + 1)
    if operator.endswith("+"):
        return interpolate(argument, lookup, depth + 1) if there else ""
    if operator.endswith("?") and not there:
        raise UnclearError(f"{name} is required, and not set")
    return value or ""


def _name_end(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end].isascii() and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return start if text[start : start + 1].isdigit() else end


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        if text[place] == "{" and (place == opening or text[place - 1] == "$"):
            depth += 1
        elif text[place] == "}":
            depth -= 1
            if depth == 0:
                return place
    raise UnclearError(f"{text!r} has a ${{ that is not closed")


def names_in(text: str) -> frozenset[str]:
    """Return every variable the text could look up, in whatever branch."""
    found: set[str] = set()
    place = 0
    while (sign := text.find("$", place)) >= 0:
        start = sign + 2 if text[sign + 1 : sign + 2] in ("{", "$") else sign + 1
        place = max(_name_end(text, start), sign + 1)
        if text[sign + 1 : sign + 2] == "$":
            place = sign + 2
        elif place > start:
            found.add(text[start:place])
    return frozenset(found)


def read_env_text(text: str) -> dict[str, str]:
    """Return NAME -> value of a .env file, the last of several lines winning, as in Compose.

    Values of several lines are not followed; variables inside values are replaced where an
    earlier line set them.
    """
    values: dict[str, str] = {}
    for row in text.removeprefix("\ufeff").splitlines():
        line = row.strip().removeprefix("export ").lstrip()
        name, equals, value = line.partition("=")
        name = name.strip()
        if not equals or not name or name.startswith("#"):
            continue
        values[name] = _env_value(value.strip(), values)
    return values


def _env_value(value: str, earlier: dict[str, str]) -> str:
    quote = value[:1]
    if quote in ("'", '"') and (end := value.find(quote, 1)) > 0:
        inner = value[1:end]
        return inner if quote == "'" else _expanded(inner, earlier)
    comment = value.find(" #")
    bare = value if comment < 0 else value[:comment].rstrip()
    return _expanded("" if bare.startswith("#") else bare, earlier)


def _expanded(value: str, earlier: dict[str, str]) -> str:
    try:
        return interpolate(value, earlier.get)
    except UnclearError:
        return value
