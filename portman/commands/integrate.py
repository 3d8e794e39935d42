"""`portman integrate TOOL`: show the change to another tool's file; write it after confirmation."""

from __future__ import annotations

import difflib
import os

from portman.base.errors import PortmanError, Problem, Report
from portman.base.record import NamedTuple
from portman.base.run_tool import output
from portman.base.text import nearest
from portman.commands.take_back import put_back
from portman.integrations import TOOLS, ProjectFacts, propose
from portman.manifest.file import find_manifest, read_manifest
from portman.outputs import atomic
from portman.outputs.managed_file import check_place, read_output
from portman.state import state_folder
from portman.state.originals import INTEGRATED, keep

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portman.integrations import FileChange

#: No file of these tools is larger; a larger one is not rewritten.
LARGEST = 4 << 20


class ProjectFiles(NamedTuple):
    """A file as it was read: its text, and what os.fstat said."""

    text: str
    status: os.stat_result


def tools(start: str) -> Report:
    folder = _folder(start)
    views = [
        {
            "tool": name,
            "about": tool.about,
            "files": list(tool.paths),
            "found": [path for path in tool.paths if os.path.lexists(os.path.join(folder, path))],
        }
        for name, tool in TOOLS.items()
    ]
    return Report("integrate", {"checkout": folder, "tools": views})


def integrate(
    start: str, tool: str, *, dry_run: bool = False, confirm: Callable[[Report], bool] | None = None
) -> Report:
    """Work out the changes for a tool; write them unless it is a dry run.

    `confirm` is asked with the report first; None means yes. A file that cannot be changed
    without losing something is left unchanged, and the report has the text to insert
    (integrate-by-hand).

    Raises PortmanError "usage" for an unknown tool, and as the manifest and files do.
    """
    if tool not in TOOLS:
        raise _unknown(tool)
    path = find_manifest(start)
    manifest, folder = read_manifest(path), os.path.dirname(path)
    project = ProjectFacts(
        manifest.name or os.path.basename(folder), manifest.services, manifest.outputs
    )
    if tool in ("honcho", "playwright", "claude"):
        from portman.commands.adopt import start_commands

        project = project._replace(commands=start_commands(folder))
    hook = hook_of(folder) if tool == "git" else ""
    tops = {path.split("/")[0] for path in TOOLS[tool].paths if "/" in path}
    project = project._replace(
        folders=frozenset(one for one in tops if os.path.isdir(os.path.join(folder, one))),
        state=state_folder(),
        hook=hook,
    )
    own = ("ports.toml", ".gitignore") if tool == "claude" else ()
    found = _files(folder, [hook] if tool == "git" else (*TOOLS[tool].paths, *own))
    changes = propose(tool, project, {name: one.text for name, one in found.items()})
    data = {
        "checkout": folder,
        "tool": tool,
        "dry_run": dry_run,
        "files": [_view(one, found.get(one.path)) for one in changes],
        "next": TOOLS[tool].next,
    }
    errors = tuple(_by_hand(one) for one in changes if one.text is None)
    pending = [one for one in changes if _is_new(one, found.get(one.path))]
    if dry_run or not pending:
        return Report("integrate", data, errors)
    if confirm is not None and not confirm(Report("integrate", data, errors)):
        return Report("integrate", data, (*errors, _unconfirmed(tool)))
    _keep(folder, tool, pending, found)
    for one in pending:
        _write(folder, one, found.get(one.path))
    data["files"] = [_view(one, found.get(one.path), written=one in pending) for one in changes]
    return Report("integrate", data, errors)


def undo(start: str, tool: str) -> Report:
    """Take out of the tool's files what `integrate` has written, to the byte.

    Raises PortmanError: usage, undo-unknown, undo-changed.
    """
    if tool not in TOOLS:
        raise _unknown(tool)
    folder = _folder(start)
    hint = f"see what is missing: portman integrate {tool} -n"
    files = put_back(folder, f"{INTEGRATED}{tool}", hint, _read, _locate)
    views = [{**one, "diff": "", "by_hand": "", "reason": ""} for one in files]
    data = {"checkout": folder, "tool": tool, "dry_run": False, "files": views, "next": ""}
    return Report("integrate", data)


def _keep(
    folder: str, tool: str, pending: list[FileChange], found: dict[str, ProjectFiles]
) -> None:
    files: dict[str, tuple[bytes | None, bytes]] = {}
    for one in pending:
        old = found.get(one.path)
        before = None if old is None else old.text.encode("utf-8")
        files[one.path] = (before, (one.text or "").encode("utf-8"))
    keep(folder, files, f"{INTEGRATED}{tool}")


def _folder(start: str) -> str:
    try:
        return os.path.dirname(find_manifest(start))
    except PortmanError:
        return os.path.realpath(start)


def hook_of(folder: str) -> str:
    """Return the file that git, husky or lefthook runs after a checkout; "" for none of ours.

    A folder of hooks for all repositories (core.hooksPath outside this one) is not this project's.
    """
    for path in TOOLS["git"].paths:
        place = os.path.join(folder, path)
        if os.path.isfile(place) or os.path.isdir(os.path.join(folder, ".husky", "_")):
            return path
    git = ["git", "-C", folder, "rev-parse", "--path-format=absolute"]
    lines = output([*git, "--git-path", "hooks/post-checkout", "--git-common-dir"]).splitlines()
    if len(lines) != 2:
        return ""
    hook, common = (os.path.realpath(one) for one in lines)
    above = os.path.dirname(common) if os.path.basename(common) == ".git" else common
    inside = any(hook.startswith(one + os.sep) for one in (os.path.realpath(folder), above))
    return os.path.relpath(hook, folder) if inside else ""


def _is_hook(path: str) -> bool:
    """Return whether it is git's own hook, which may be beside the checkout: `hook_of` chose it."""
    return os.path.basename(path) == "post-checkout" and not path.startswith(".husky")


def _read(folder: str, path: str) -> tuple[bytes | None, os.stat_result | None]:
    if not _is_hook(path):
        file = read_output(folder, path)
        return file.data, file.status
    try:
        with open(os.path.join(folder, path), "rb") as stream:
            return stream.read(LARGEST + 1), os.fstat(stream.fileno())
    except FileNotFoundError:
        return None, None
    except OSError as error:
        raise atomic.unwritable(path, error) from error


def _files(folder: str, paths: Iterable[str]) -> dict[str, ProjectFiles]:
    found: dict[str, ProjectFiles] = {}
    taken: set[tuple[int, int]] = set()
    for path in filter(None, paths):
        data, status = _read(folder, path)
        if data is None or status is None:
            continue
        identity = (status.st_dev, status.st_ino)
        if identity in taken:  # makefile and Makefile, where case does not count
            continue
        taken.add(identity)
        found[path] = ProjectFiles(_text(path, data), status)
    return found


def _text(path: str, data: bytes) -> str:
    try:
        if len(data) <= LARGEST:
            return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise PortmanError(
        "output-foreign",
        f"{path} is not UTF-8 text or is too large; left unchanged",
        hint="docs/integrations.md has the text to insert by hand",
        file=path,
    )


def _is_new(change: FileChange, found: ProjectFiles | None) -> bool:
    return change.text is not None and (found is None or change.text != found.text)


def _view(
    change: FileChange, found: ProjectFiles | None, *, written: bool = False
) -> dict[str, object]:
    action = "written" if written else "would-write"
    if change.text is None:
        action = "by-hand"
    elif not _is_new(change, found):
        action = "unchanged"
    return {
        "path": change.path,
        "action": action,
        "diff": _diff(change, found.text if found else ""),
        "by_hand": change.by_hand,
        "reason": change.reason,
    }


def _diff(change: FileChange, old: str) -> str:
    if change.text is None or change.text == old:
        return ""
    before, after = old.splitlines(keepends=True), change.text.splitlines(keepends=True)
    source = change.path if old else "/dev/null"
    lines = difflib.unified_diff(before, after, source, change.path)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _write(folder: str, change: FileChange, found: ProjectFiles | None) -> None:
    assert change.text is not None
    hook, real = _is_hook(change.path), _locate(folder, change.path)
    try:
        os.makedirs(os.path.dirname(real), exist_ok=True)
        status = found.status if found else None
        atomic.replace(real, change.text.encode("utf-8"), like=status, shown=change.path, real=True)
        if hook and status is None:
            os.chmod(real, 0o755)  # noqa: S103 - git runs no hook without it
    except atomic.ChangedError as error:
        raise PortmanError(
            "output-unwritable",
            f"{change.path} was changed by another program in the meantime",
            hint="run the command again",
            file=change.path,
        ) from error
    except OSError as error:
        raise atomic.unwritable(change.path, error) from error


def _locate(folder: str, path: str) -> str:
    place = os.path.realpath(os.path.join(folder, path))
    return place if _is_hook(path) else check_place(folder, path)


def _unknown(tool: str) -> PortmanError:
    near = nearest(tool, TOOLS)
    hint = f"did you mean {near}?" if near else f"one of: {', '.join(TOOLS)}"
    return PortmanError("usage", f"unknown tool {tool!r}", hint=hint)


def _by_hand(change: FileChange) -> Problem:
    return Problem(
        "integrate-by-hand",
        f"{change.path} was left unchanged: {change.reason}",
        "insert the shown text by hand",
        file=change.path,
    )


def _unconfirmed(tool: str) -> Problem:
    return Problem(
        "integrate-unconfirmed", "nothing was written", f"write it: portman integrate {tool} --yes"
    )
