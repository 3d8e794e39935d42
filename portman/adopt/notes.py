"""The lines for people: .gitignore, and how to start in README or AGENTS.md."""

from __future__ import annotations

import re

from portman.adopt.commands import runs_portman
from portman.adopt.edits import Edit, FileText
from portman.outputs.gitignore import ignore_line

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Where a line for people goes, best first.
GUIDES = (
    "AGENTS.md",
    "CONTRIBUTING.md",
    "README.md",
    "Readme.md",
    "readme.md",
    "README.rst",
    "README",
)


def ignored(texts: Mapping[str, str], paths: Iterable[str]) -> list[Edit]:
    """Return the lines of .gitignore for env files that git would offer to commit."""
    wanted = "".join(f"{ignore_line(path)}\n" for path in paths)
    if not wanted:
        return []
    text = texts.get(".gitignore")
    why = "these files differ in every checkout"
    if text is None:
        return [Edit(".gitignore", -1, -1, "", wanted, "gitignore", why)]
    source = FileText(".gitignore", text)
    before = "" if not text or text.endswith("\n") else "\n"
    return [source.edit(len(text), len(text), before + wanted, "gitignore", why)]


def started_by_run(service: str, texts: Mapping[str, str]) -> bool:
    """Return whether a guide or a script of the project starts a service by `portman run`."""
    told = (path for path in texts if path in GUIDES or path.endswith((".sh", ".md")))
    return any(runs_portman(texts.get(path) or "", service) for path in told)


def guide(texts: Mapping[str, str], commands: Mapping[str, str]) -> list[Edit]:
    """Return the passage that says how to start, in the first guide there is."""
    path = next((one for one in GUIDES if one in texts), None)
    if path is None:
        return []
    text = texts.get(path) or ""
    missing = {name: one for name, one in commands.items() if one not in text}
    told = re.search(r"\bportman up\b", text) is not None
    if told and not missing:
        return []
    lines = []
    if not told:
        rst = path.endswith(".rst")
        head = "Ports\n-----\n\n" if rst else "## Ports\n\n"
        lines.append(
            head + "Each checkout has ports of its own: type `portman up` first (ports.toml).\n"
        )
    if missing:
        lines.append("\nThese take their port from `portman run`:\n\n")
        lines += [f"    {one}\n" for one in dict.fromkeys(missing.values())]
    new = "".join(lines)
    why = "says how to start in a second checkout"
    source = FileText(path, text)
    before = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return [source.edit(len(text), len(text), before + new.lstrip("\n"), "note", why)]
