"""The files that the state folder keeps of a checkout, and their removal when it has ended.

Receipts, what was said, its lock, the list and digests of its outputs, and the originals of files
that were edited in a folder which is deleted now. They are named by a fold of the checkout's path
(state/receipts.key_of). Losing any but the last loses only time.
"""

from __future__ import annotations

import os
import time

from portman.ledger.locks import remove_unheld
from portman.outputs.whole_file import forget_digest, noted_outputs
from portman.state import state_folder
from portman.state.receipts import key_of, own_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    Seat = tuple[str, str]

#: Seconds after which a file of a checkout without any lease is removed.
KEPT = 86_400


def forget(ended: Iterable[Seat]) -> None:
    """Remove what is kept of these checkouts (path, instance); each folder is listed once."""
    seats = {key_of(*one): one for one in ended}
    if not seats:
        return
    for name, file in _files("outputs"):
        key, _, kind = name.partition(".")
        if key in seats and kind == "list":
            path, instance = seats[key]
            for output in noted_outputs(path, instance):
                forget_digest(os.path.normpath(os.path.join(path, output.path)))
            remove_unheld(file)
        elif key in seats and kind and not os.path.isdir(seats[key][0]):
            remove_unheld(file)  # nothing is left that an undo could put back
    for name, file in _files("receipts"):
        if name.partition(".")[0] in seats:
            remove_unheld(file)
    for name, file in _locks():
        if name in seats:
            remove_unheld(file)


def sweep(known: Iterable[Seat]) -> None:
    """Remove old receipts, notes and locks of checkouts that are none of the `known` ones.

    An earlier version kept those of checkouts that had vanished.
    """
    keys = {key_of(*one) for one in known}
    before = time.time() - KEPT
    for name, file in (*_files("receipts"), *_locks()):
        if name.partition(".")[0] not in keys and _changed(file) < before:
            remove_unheld(file)


def _files(kind: str) -> list[tuple[str, str]]:
    return _listed(own_folder(state_folder(), kind))


def _locks() -> list[tuple[str, str]]:
    return _listed(os.path.join(state_folder(), "locks"))


def _listed(folder: str) -> list[tuple[str, str]]:
    try:
        return [(name, os.path.join(folder, name)) for name in os.listdir(folder)]
    except OSError:
        return []


def _changed(file: str) -> float:
    try:
        return os.lstat(file).st_mtime
    except OSError:
        return time.time()
