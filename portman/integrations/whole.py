"""A file that is wholly portman's proposal: made once, left alone when somebody edits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations.change import Change

if TYPE_CHECKING:
    from collections.abc import Mapping


def whole(path: str, text: str, files: Mapping[str, str]) -> Change:
    """Return the file if it is missing or equal; what differs is left to whoever changed it."""
    old = files.get(path)
    if old is None or old.replace("\r\n", "\n") == text:
        return Change(path, text if old is None else old)
    reason = "it is there already and says something else, which portman never overwrites"
    return Change(path, None, reason, text)
