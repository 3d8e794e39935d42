"""JSON files of other programs (npm, VS Code, dev containers): members are added, nothing else.

In a dev container the host chooses the ports and the container gets them as variables. A server
in it then binds a number that is free on the host too, and the editor forwards the same number.
"""

from __future__ import annotations

import json
import re

from portman.base.record import NamedTuple
from portman.integrations import TOOLS, FileChange, first_of, no_env_file

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations import ProjectFacts

_SCRIPTS = {"ports": "portman up", "with-ports": "portman run --"}
_TASK: dict[str, object] = {
    "label": "portman: up",
    "detail": "choose and write this checkout's ports",
    "type": "process",
    "command": "portman",
    "args": ["up"],
    "options": {"cwd": "${workspaceFolder}"},
    "presentation": {"reveal": "silent"},
    "runOptions": {"runOn": "folderOpen"},
    "problemMatcher": [],
}


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> FileChange:
    """Add the members of a tool to its file; only VS Code's is made where it is missing."""
    path = first_of(TOOLS[tool].paths, files, TOOLS[tool].paths[0])
    text = files.get(path)
    if tool == "vscode":
        return _tasks(path, text)
    if tool == "npm":
        by_hand = "".join(f'"{name}": "{command}"\n' for name, command in _SCRIPTS.items())
        if text is None:
            return FileChange(path, None, "there is none here (npm init makes one)", by_hand)
        return _added(path, text, {("scripts", name): _SCRIPTS[name] for name in _SCRIPTS}, by_hand)
    if project.env_file is None:
        return no_env_file(path)
    members: dict[str, object] = {
        "initializeCommand": "portman up",
        "runArgs": ["--env-file", f"${{localWorkspaceFolder}}/{project.env_file}"],
        "otherPortsAttributes": {"requireLocalPort": True, "onAutoForward": "notify"},
    }
    if text is not None and _has_compose(text):
        del members["runArgs"]  # Compose reads the env file itself
    by_hand = text_of(members)
    if text is None:
        reason = "there is no devcontainer.json yet; it must name an image"
        return FileChange(path, None, reason, by_hand)
    return _added(path, text, {(key,): value for key, value in members.items()}, by_hand)


def _tasks(path: str, text: str | None) -> FileChange:
    """Add the task, recognised by its label."""
    if text is None or not text.strip():
        return FileChange(path, text_of({"version": "2.0.0", "tasks": [_TASK]}))
    try:
        return FileChange(path, with_item(text, ("tasks",), _TASK, "label"))
    except (UnfitError, JsoncError) as error:
        return FileChange(path, None, str(error), text_of(_TASK))


def _has_compose(text: str) -> bool:
    try:
        return parse(text).member("dockerComposeFile") is not None
    except JsoncError:
        return False


def _added(
    path: str, text: str, members: Mapping[tuple[str, ...], object], by_hand: str
) -> FileChange:
    try:
        for keys, value in members.items():
            text = with_member(text, keys, value)
    except (UnfitError, JsoncError) as error:
        return FileChange(path, None, str(error), by_hand)
    return FileChange(path, text)


class UnfitError(ValueError):
    """The file's shape leaves no place for what is to be added."""


def text_of(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def with_member(text: str, path: tuple[str, ...], value: object) -> str:
    """Add a member at `path`; an existing one is kept.

    Raises UnfitError if something on the way is not an object, or if the member differs.
    """
    node, _ = _reach(text, path[:-1])
    if node is None:
        return with_member(text, path[:-1], {path[-1]: value})
    there = node.member(path[-1])
    if there is None:
        return add(text, node, value, path[-1])
    if there.value != value:
        raise UnfitError(f"{'.'.join(path)} has another value there")
    return text


def with_item(text: str, path: tuple[str, ...], value: object, same: str = "") -> str:
    """Add an item to the array at `path`, unless it is there, or one has the same `same`."""
    node, _ = _reach(text, path[:-1])
    there = node.member(path[-1]) if node else None
    if node is None or there is None:
        return with_member(text, path, [value])
    if not isinstance(there.value, list):
        raise UnfitError(f"{'.'.join(path)} is not a list there")
    own = value.get(same) if isinstance(value, dict) else None
    if any(
        one == value or (own is not None and isinstance(one, dict) and one.get(same) == own)
        for one in there.value
    ):
        return text
    return add(text, there, value)


def _reach(text: str, path: tuple[str, ...]) -> tuple[Node | None, str]:
    """Return the object at `path`, None if it is missing (its parent is an object then)."""
    node: Node | None = parse(text)
    for key in ("", *path):
        node = node.member(key) if key and node else node
        if node is None:
            return None, key
        if not isinstance(node.value, dict):
            raise UnfitError(f"{key or 'the whole'} is not an object there")
    return node, ""


# JSON with comments and trailing commas, as editors allow it, is read with positions. An addition
# is an insertion into the text: no comment, blank or order changes.

_BLANK = re.compile(r"(?:[ \t\r\n\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
DEEPEST = 100


class JsoncError(ValueError):
    """The text is not JSON, not even with comments."""


class Node(NamedTuple):
    """A value and its place: text[start:end]. Items of an array have "" for a key."""

    start: int
    end: int
    value: object
    items: tuple[tuple[str, Node], ...] = ()
    trailing: bool = False

    def member(self, key: str) -> Node | None:
        """Find a key (the last one, as every reader takes it)."""
        return next((node for name, node in reversed(self.items) if name == key), None)


def parse(text: str) -> Node:
    node = _value(text, _skip(text, 0), 0)
    if _skip(text, node.end) != len(text):
        raise _wrong(text, node.end)
    return node


def add(text: str, place: Node, value: object, key: str = "") -> str:
    """Add a member (an item, if `place` is an array) at the end of `place`.

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
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
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
