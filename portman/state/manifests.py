"""The parsed manifest, remembered by the bytes it was parsed from: equal bytes, equal manifest.

No path or signature takes part, so an answer cannot be stale, and each further worktree of a
project finds what the first one parsed. The checks are those of a receipt: a file that others
could have written, or that is damaged, is not used. Losing one loses only time.
"""

from __future__ import annotations

import marshal
import os
import sys
import time

from portman._version import __version__
from portman.base.values import EnvFile, Link, Manifest, NameRules, Output, Service
from portman.state import receipts, state_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

#: The records that a manifest is made of, by name.
RECORDS = {one.__name__: one for one in (Manifest, Service, EnvFile, Output, Link, NameRules)}
#: marshal's format is one Python's own; the fields are one portman's.
MAGIC = (
    f"portman manifest 1, {__version__}, {sys.hexversion:x}",
    tuple([one._fields for one in RECORDS.values()]),
)
#: Days after which a manifest is parsed and written again, and after which `gc` drops the file.
RENEWED, KEPT = 30, 45


def recall(raw: bytes, local: bytes | None) -> Manifest | None:
    """Return the manifest that the bytes of the two files stand for, None if it is not known."""
    data = receipts.kept_bytes(_file(state_folder(), raw, local))
    try:
        *asked, day, plain = marshal.loads(data)  # noqa: S302 - of our own file
        if asked != [MAGIC, raw, local] or not 0 <= _today() - day < RENEWED:
            return None
        made = _made(plain)
    except (ValueError, EOFError, TypeError, LookupError):
        return None
    return made if isinstance(made, Manifest) else None


def keep(raw: bytes, local: bytes | None, manifest: Manifest) -> None:
    """Remember a manifest, if this user has a state folder. Failing to is no error.

    Nothing is made in a folder of another user: whether it may be shared, the ledger decides.
    """
    state = state_folder()
    try:
        mine = not hasattr(os, "geteuid") or os.stat(state).st_uid == os.geteuid()
    except OSError:
        return
    if mine:
        made: Any = (MAGIC, raw, local, _today(), _plain(manifest))
        receipts.keep_bytes(_file(state, raw, local), marshal.dumps(made))


def sweep(state: str) -> None:
    """Remove what no checkout has used for long; everything is made again when it is needed."""
    folder = receipts.own_folder(state, "manifests")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    for name in names:
        path = os.path.join(folder, name)
        try:
            if os.lstat(path).st_mtime < time.time() - KEPT * 86400:
                os.unlink(path)
        except OSError:
            continue


def _file(state: str, raw: bytes, local: bytes | None) -> str:
    """Return where a manifest lies. Two may share a file; `recall` compares the bytes."""
    name = receipts.fold(raw + b"\0" + (local or b""))
    return os.path.join(receipts.own_folder(state, "manifests"), f"{name:032x}")


def _today() -> int:
    return int(time.time()) // 86400


def _plain(value: object) -> object:
    """Return a value as marshal takes it: a record as a list with its name, and what has one so."""
    if not isinstance(value, tuple):
        return value
    name = type(value).__name__ if type(value) is not tuple else ""
    items = list(map(_plain, value))
    return [name, *items] if name or any(isinstance(one, list) for one in items) else value


def _made(plain: list[Any]) -> tuple[Any, ...]:
    items = [_made(one) if type(one) is list else one for one in plain[1:]]
    return RECORDS[plain[0]]._make(items) if plain[0] else tuple(items)
