"""The bytes that files had before `portman adopt`, for its undo: one small folder a checkout.

In the state folder, for this user alone. A second adoption keeps the first originals and the last
digests, so that undo goes back to the very beginning.
"""

from __future__ import annotations

import base64
import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError
from portman.base.small_file import write_own
from portman.state import private_subfolder, read_own, state_folder
from portman.state.receipts import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 64 << 20


class Original(NamedTuple):
    """What a file was (None: it was not there), and the digest of what adopt made of it."""

    before: bytes | None
    digest: str


def keep(root: str, files: Mapping[str, tuple[bytes | None, bytes]]) -> None:
    """Record (before, after) of files that are about to be written.

    Raises PortmanError "output-unwritable" where that cannot be kept: nothing may be edited then.
    """
    record = kept(root)
    for path, (before, after) in files.items():
        first = record[path].before if path in record else before
        record[path] = Original(first, _digest(after))
    rows = {
        path: {
            "before": None if one.before is None else base64.b64encode(one.before).decode("ascii"),
            "after": one.digest,
        }
        for path, one in record.items()
    }
    text = json.dumps({"checkout": root, "files": rows}).encode("ascii")
    file = _file(root)
    try:
        private_subfolder(*os.path.split(os.path.dirname(file)))
        write_own(file, text)
    except OSError as error:
        raise PortmanError(
            "output-unwritable",
            f"cannot record the originals in {file}: {error.strerror}; nothing was changed",
            hint="portman where",
        ) from error


def kept(root: str) -> dict[str, Original]:
    """Return what was recorded for a checkout, {} if nothing was."""
    try:
        data = json.loads(read_own(_file(root), _MOST) or b"{}")
        if data.get("checkout") != root:
            return {}
        return {
            path: Original(
                None if one["before"] is None else base64.b64decode(one["before"]), one["after"]
            )
            for path, one in data["files"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def changed_since(root: str, record: Mapping[str, Original]) -> list[str]:
    """Return the files that are neither what adopt made nor what they were before."""
    changed = []
    for path, one in record.items():
        try:
            with open(os.path.join(root, path), "rb") as stream:
                data: bytes | None = stream.read()
        except OSError:
            data = None
        if data != one.before and (data is None or _digest(data) != one.digest):
            changed.append(path)
    return changed


def forget(root: str) -> None:
    try:  # noqa: SIM105
        os.unlink(_file(root))
    except OSError:
        pass


def _file(root: str) -> str:
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    folder = os.path.join(state_folder(), f"outputs-{user}")
    return os.path.join(folder, f"{key_of(root, '')}.adopted")


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
