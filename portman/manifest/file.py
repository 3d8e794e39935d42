"""Finding `ports.toml` above a folder, and reading it and `ports.local.toml` from the disk."""

from __future__ import annotations

import os

from portman.base.errors import PortmanError, Problem, ProblemsError
from portman.base.small_file import all_of
from portman.base.system_commands import typed
from portman.checkout.ownership import real_path
from portman.manifest import FILE, LARGEST, LOCAL_FILE
from portman.state import manifests

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Manifest, Service

    #: Folder of a checkout -> its services, read once.
    Manifests = dict[str, tuple[Service, ...]]

#: O_NONBLOCK: opening a FIFO returns at once. The others keep Windows from changing bytes.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
#: Manifests that this process has read, by their bytes: checkouts of one project mostly have equal
#: ones, and a screen reads them at every look.
_seen: dict[tuple[bytes, bytes | None], Manifest] = {}
_MOST_SEEN = 100


def find_manifest(start: str) -> str:
    """Return the real path of the nearest `ports.toml` at or above the folder `start`.

    Never above the root of the repository that `start` is in: what lies there is another project's.
    Whatever has the name counts, so that a folder or a broken link there is reported rather
    than passed over. Raises PortmanError "manifest-missing".
    """
    folder = first = real_folder(start)
    while True:
        path = os.path.join(folder, FILE)
        if os.path.lexists(path):
            return path
        above = os.path.dirname(folder)
        if above == folder or os.path.lexists(os.path.join(folder, ".git")):
            break
        folder = above
    raise PortmanError(
        "manifest-missing",
        f"there is no {FILE} in {first}{_up_to(folder, first)}",
        hint=f"portman adopt\n{FILE} alone: portman init",
    )


def _up_to(last: str, first: str) -> str:
    """Say how far the search went."""
    if os.path.dirname(last) == last:
        return " or in any folder above it"
    return "" if last == first else f" or above it, up to the repository's root {last}"


def real_folder(start: str) -> str:
    """Return the real path of the folder `start`.

    Raises PortmanError "manifest-missing" if there is none, and in a deleted folder: a relative
    path has no meaning there, even if it was made again.
    """
    try:
        folder = real_path(start)
    except FileNotFoundError:
        said = "the folder this was called from has been deleted"
        raise PortmanError("manifest-missing", said, hint='cd "$PWD", or cd elsewhere') from None
    if start != os.curdir and not os.path.isdir(folder):
        there = os.path.lexists(folder)
        raise PortmanError(
            "manifest-missing",
            f"{folder} is not a folder" if there else f"the folder {folder} does not exist",
            hint="see the checkouts that have leases: portman list",
        )
    return folder


def read_manifest(path: str) -> Manifest:
    """Return the manifest at `path`, with the `ports.local.toml` beside it merged over it.

    Raises ProblemsError with all problems of both files: `manifest-missing` if `path` is gone,
    `manifest-unreadable` (no regular file, no permission, too large, no UTF-8) or
    `manifest-invalid`. Never waits: FIFOs and devices are refused unread.
    """
    local_path = os.path.join(os.path.dirname(path), LOCAL_FILE)
    problems: list[Problem] = []
    raw, local_raw = _read(path, problems), _read(local_path, problems)
    if raw is None and not problems:
        said = f"there is no file {path}"
        problems.append(Problem("manifest-missing", said, "write one: portman init", file=path))
    if problems:
        problems += _other_problems(path, raw, local_path, local_raw)
        raise ProblemsError(tuple(problems))
    assert raw is not None
    known = _seen.get((raw, local_raw)) or manifests.recall(raw, local_raw)
    if known is None:
        from portman.manifest.parse import parse_manifest

        known = parse_manifest(raw, local_raw, file=path, local_file=local_path)
        manifests.keep(raw, local_raw, known)
    if len(_seen) < _MOST_SEEN:
        _seen[raw, local_raw] = known
    return known


def services_of(folder: str) -> tuple[Service, ...]:
    """Return the services of a checkout's manifest; () where it cannot be read."""
    try:
        return read_manifest(os.path.join(folder, FILE)).services
    except PortmanError:
        return ()


def services_once(folder: str, known: Manifests) -> tuple[Service, ...]:
    """Return `services_of` a checkout, from `known` if it was asked for before."""
    if folder not in known:
        known[folder] = services_of(folder)
    return known[folder]


def in_order(folder: str, names: Iterable[str]) -> list[str]:
    """Return names of leases in the order of a checkout's manifest, others last, as they came."""
    place = {one.name: at for at, one in enumerate(services_of(folder))}
    return sorted(names, key=lambda name: place.get(name, len(place)))


def read_bytes(path: str) -> bytes | None:
    """Return what is in one of the files, as far as one may be long, None if it is not there.

    Raises ProblemsError "manifest-unreadable" as `read_manifest` does. Never waits.
    """
    problems: list[Problem] = []
    raw = _read(path, problems)
    if problems:
        raise ProblemsError(tuple(problems))
    return raw


def _other_problems(
    path: str, raw: bytes | None, local_path: str, local_raw: bytes | None
) -> tuple[Problem, ...]:
    """Return what else is wrong, where only one of the files could be read."""
    if raw is None:
        return ()
    from portman.manifest.parse import parse_manifest

    try:
        parse_manifest(raw, local_raw, file=path, local_file=local_path)
    except PortmanError as error:
        return error.problems
    return ()


def _read(path: str, problems: list[Problem]) -> bytes | None:
    """Return the bytes of a file (of a too large one, one more than allowed), None if it is gone.

    A file that is there and cannot be read is added to `problems`.
    """
    try:
        if (wrong := _no_file(os.stat(path).st_mode)) is None:
            descriptor = os.open(path, _READ)
            try:  # what was looked at by name may have been replaced since
                wrong = _no_file(os.fstat(descriptor).st_mode)
                if wrong is None:
                    return all_of(descriptor, LARGEST + 1)
            finally:
                os.close(descriptor)
        said, hint = (
            f"{path} is {wrong}, not a file",
            "move it out of the way: " + typed("move", path, f"{path}.old"),
        )
    except FileNotFoundError:
        if not os.path.islink(path):
            return None
        said = f"{path} is a link to {os.readlink(path)}, which is not there"
        hint = f"see where it leads: {typed('look', path)}"
    except PermissionError:
        said, hint = f"no permission to read {path}", f"look at its rights: {typed('look', path)}"
    except OSError as error:
        said = f"cannot read {path}: {error.strerror or error}"
        hint = f"look at it, and at the system's log (dmesg): {typed('look', path)}"
    problems.append(Problem("manifest-unreadable", said, hint, file=path))
    return None


def _no_file(mode: int) -> str | None:
    """Return what kind of thing has the name of the manifest, None for a regular file."""
    import stat

    if stat.S_ISREG(mode):
        return None
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((word for test, word in kinds if test(mode)), "a device")
