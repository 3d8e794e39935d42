"""pre-commit: ports.toml is checked before each commit, without ledger and Docker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portman.integrations import marked_block
from portman.integrations.change import FileChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

ABOUT = "ports.toml is checked before each commit"
PATHS = (".pre-commit-config.yaml",)
NEXT = "pre-commit run portman-validate --all-files"

_HOOK = r"""- repo: local
  hooks:
    - id: portman-validate
      name: ports.toml is valid
      entry: portman validate
      language: system
      files: (^|/)ports\.toml$
"""


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:  # noqa: ARG001
    """Add the hook at the end of the list under `repos:`, if that is a list line by line."""
    (path,) = PATHS
    text = files.get(path, "")
    if not text.strip():
        return (FileChange(path, "repos:\n" + marked_block.put("", _indented("  "), "pre-commit")),)
    try:
        others = marked_block.without(text, "pre-commit")
        if "portman-validate" in others:
            return (FileChange(path, text),)
        place = _place(text)
        if place is None:
            reason = "its `repos:` is not a list with one repository a line"
            return (FileChange(path, None, reason, _HOOK),)
        at, indent = place
        if others != text:
            return (FileChange(path, marked_block.put(text, _indented(indent), "pre-commit")),)
    except marked_block.DamagedError as error:
        return (FileChange(path, None, str(error), _HOOK),)
    newline = marked_block.line_end(text)
    block = marked_block.block_of(_indented(indent), "pre-commit", newline=newline)
    gap = "" if text[:at].endswith("\n") else newline
    return (FileChange(path, text[:at] + gap + block + text[at:]),)


def _indented(indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in _HOOK.splitlines())


def _place(text: str) -> tuple[int, str] | None:
    """Return where the list under `repos:` ends, and how its items are indented."""
    indent: str | None = None
    inside, at, end = False, 0, 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        if re.match(r"repos:\s*(#.*)?$", line):
            inside, end = True, at
        elif inside and line.strip() and line[0] not in " \t#-":
            break
        elif inside and line.strip():
            item = re.match(r"([ \t]*)- ", line)
            indent = item.group(1) if item and indent is None else indent
            end = at if line[0] != "#" else end
    return None if indent is None else (end, indent)
