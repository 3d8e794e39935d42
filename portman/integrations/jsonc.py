"""JSON with comments and trailing commas, read with positions, so that only additions are made.

Editors allow `//`, `/* */` and a comma after the last item. An addition here is an insertion
into the text as it is: no comment, blank or order changes.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

_BLANK = re.compile(r"(?:[ \t\r\n\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
DEEPEST = 100


class JsoncError(ValueError):
    """The text is no JSON, not even with comments."""


class Node(NamedTuple):
    """A value and where it stands: text[start:end]. Items of an array have "" for a key."""

    start: int
    end: int
    value: object
    items: tuple[tuple[str, Node], ...] = ()
    trailing: bool = False

    def member(self, key: str) -> Node | None:
        """Return the value of a key (the last one, as every reader takes it)."""
        return next((node for name, node in reversed(self.items) if name == key), None)


def parse(text: str) -> Node:
    """Return the one value in the text. Raises JsoncError with the line."""
    node = _value(text, _skip(text, 0), 0)
    if _skip(text, node.end) != len(text):
        raise _wrong(text, node.end)
    return node


def add(text: str, place: Node, value: object, key: str = "") -> str:
    """Return the text with a member (an item, if `place` is an array) added at the end of `place`.

    The new lines have the indentation of their neighbours, and the file's line ends.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    close = place.end - 1
    if place.items and "\n" not in text[place.start : close]:
        said = _said(key, json.dumps(value, ensure_ascii=False))
        at = place.items[-1][1].end
        return f"{text[:at]}, {said}{text[at:]}"
    outer = _indent(text, place.start)
    inner = _indent(text, place.items[0][1].start) if place.items else outer + _unit(text)
    made = json.dumps(value, ensure_ascii=False, indent=_unit(text)).split("\n")
    said = _said(key, (newline + inner).join(made))
    if not place.items:
        kept = text[place.start + 1 : close].rstrip()
        return (
            f"{text[: place.start + 1]}{kept}{newline}{inner}{said}{newline}{outer}{text[close:]}"
        )
    last = place.items[-1][1].end
    comma, after = ("", ",") if place.trailing else (",", "")
    rest = text[last:close].rstrip()
    return f"{text[:last]}{comma}{rest}{newline}{inner}{said}{after}" + text[last + len(rest) :]


def _said(key: str, value: str) -> str:
    return f"{json.dumps(key, ensure_ascii=False)}: {value}" if key else value


def _indent(text: str, at: int) -> str:
    """Return the blanks at the beginning of the line that `at` is in."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
    """Return one step of indentation, as the first indented line has it."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found.group(1) if found else "  "


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> Node:
    opening = text[at : at + 1]
    if opening and opening in "{[" and depth < DEEPEST:
        return _many(text, at, depth, closing="}" if opening == "{" else "]")
    found = _STRING.match(text, at) or _SCALAR.match(text, at)
    if found is None:
        raise _wrong(text, at)
    try:
        return Node(at, found.end(), json.loads(found.group()))
    except ValueError as error:
        raise _wrong(text, at) from error


def _many(text: str, start: int, depth: int, *, closing: str) -> Node:
    """Read an object or array; `trailing` says whether its last item has a comma."""
    items: list[tuple[str, Node]] = []
    trailing, at = False, _skip(text, start + 1)
    while text[at : at + 1] != closing:
        if items and not trailing:
            raise _wrong(text, at)
        key, at = _key(text, at) if closing == "}" else ("", at)
        node = _value(text, at, depth + 1)
        items.append((key, node))
        at = _skip(text, node.end)
        trailing = text[at : at + 1] == ","
        at = _skip(text, at + 1) if trailing else at
    values = [node.value for _, node in items]
    value = {key: node.value for key, node in items} if closing == "}" else values
    return Node(start, at + 1, value, tuple(items), trailing)


def _key(text: str, at: int) -> tuple[str, int]:
    found = _STRING.match(text, at)
    colon = _skip(text, found.end()) if found else at
    if found is None or text[colon : colon + 1] != ":":
        raise _wrong(text, at)
    return json.loads(found.group()), _skip(text, colon + 1)


def _wrong(text: str, at: int) -> JsoncError:
    line = text.count("\n", 0, at) + 1
    return JsoncError(f"line {line} is not JSON (comments and trailing commas are fine)")
