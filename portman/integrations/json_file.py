"""A JSON file of somebody else's, to which members and items are added and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from portman.integrations import jsonc

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnfitError(ValueError):
    """The file's shape leaves no place for what is to be added."""


def text_of(value: object) -> str:
    """Return a new JSON file."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def with_member(text: str, path: tuple[str, ...], value: object) -> str:
    """Return the text with a member at `path`; one that is there stays as it is.

    Raises UnfitError if something on the way is no object, or if the member says otherwise.
    """
    node, _ = _reach(text, path[:-1])
    if node is None:
        return with_member(text, path[:-1], {path[-1]: value})
    there = node.member(path[-1])
    if there is None:
        return jsonc.add(text, node, value, path[-1])
    if there.value != value:
        raise UnfitError(f"{'.'.join(path)} says something else there")
    return text


def with_item(text: str, path: tuple[str, ...], value: Mapping[str, object], same: str) -> str:
    """Return the text with an item in the array at `path`, unless one has the same `same`."""
    node, _ = _reach(text, path[:-1])
    there = node.member(path[-1]) if node else None
    if node is None or there is None:
        return with_member(text, path, [value])
    if not isinstance(there.value, list):
        raise UnfitError(f"{'.'.join(path)} is no list there")
    if any(isinstance(one, dict) and one.get(same) == value[same] for one in there.value):
        return text
    return jsonc.add(text, there, value)


def _reach(text: str, path: tuple[str, ...]) -> tuple[jsonc.Node | None, str]:
    """Return the object at `path`, None if it is missing (its parent is an object then)."""
    node: jsonc.Node | None = jsonc.parse(text)
    for key in ("", *path):
        node = node.member(key) if key and node else node
        if node is None:
            return None, key
        if not isinstance(node.value, dict):
            raise UnfitError(f"{key or 'the whole'} is no object there")
    return node, ""
