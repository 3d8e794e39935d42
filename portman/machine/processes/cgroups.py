"""The systemd unit or container of a cgroup; Linux only."""

from __future__ import annotations

import os

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_UNITS = (".service", ".scope", ".socket")


def of_process(pid: int) -> str | None:
    try:
        with open(f"/proc/{pid}/cgroup", encoding="utf-8", errors="surrogateescape") as lines:
            return parse(lines)
    except OSError:
        return None


def parse(lines: Iterable[str]) -> str | None:
    """Return the path in the unified hierarchy, else in systemd's own; None for the root.

    Where both are mounted (a "hybrid" system), systemd's names the unit.
    """
    paths: dict[str, str] = {}
    for line in lines:
        _, _, rest = line.rstrip("\n").partition(":")
        controllers, _, path = rest.partition(":")
        paths[controllers] = path
    for controllers in ("", "name=systemd"):
        if paths.get(controllers, "/") != "/":
            return paths[controllers]
    return None


def unit(path: str | None) -> str | None:
    """Return the innermost systemd unit of a cgroup path, else the path itself, None for none.

    A service manager names folders after units; slices group units and name none.
    """
    if not path or path == "/":
        return None
    parts = [part for part in path.split("/") if part not in ("", "..")]
    return next((part for part in reversed(parts) if part.endswith(_UNITS)), path)


def paths_by_id(wanted: Collection[int]) -> dict[int, str]:
    """Return the paths of cgroups by id, which is the folder's inode (decision 0009).

    Needs no privileges: this is how another user's socket is traced to its unit.
    """
    root = _mount_point()
    left = set(wanted)
    found: dict[int, str] = {}
    if root is None or not left:
        return found
    for folder, inode in _folders(root):
        if inode in left:
            found[inode] = folder[len(root) :] or "/"
            left.discard(inode)
            if not left:
                break
    return found


def _folders(root: str) -> Iterable[tuple[str, int]]:
    yield root, os.stat(root).st_ino
    waiting = [root]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                inner = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        for entry in inner:
            yield entry.path, entry.inode()
            waiting.append(entry.path)


def _mount_point() -> str | None:
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
            return mount_point(lines)
    except OSError:
        return None


def mount_point(lines: Iterable[str]) -> str | None:
    """Return where the unified hierarchy is mounted, from mountinfo (proc_pid_mountinfo(5))."""
    for line in lines:
        fields = line.split()
        if "-" in fields and fields[fields.index("-") + 1] == "cgroup2":
            return _unescaped(fields[4])
    return None


def _unescaped(path: str) -> str:
    r"""Undo `\040` and its kind, as mountinfo writes spaces."""
    head, *tail = path.split("\\")
    return head + "".join(chr(int(part[:3], 8)) + part[3:] for part in tail)
