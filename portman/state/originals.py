"""What files were before `adopt` and `integrate`, for their undo: a note for each checkout.

In the state folder, for this user alone. A second writing of the same `kind` keeps the first
originals and the last result, so that undo goes back to the very beginning.
"""

from __future__ import annotations

import base64
import json
import os
from difflib import SequenceMatcher

from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.small_file import write_own
from portman.state import private_subfolder, read_own, state_folder
from portman.state.receipts import key_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 64 << 20


#: What wrote: `adopt`, or one tool of `integrate`.
ADOPTED, INTEGRATED = "adopted", "integrated-"


class Original(NamedTuple):
    """What a file was (None: it was not there), and what was made of it."""

    before: bytes | None
    made: bytes


class OriginalRecord(NamedTuple):
    """The files of one checkout that one `kind` of writing changed."""

    root: str
    kind: str
    files: dict[str, Original]


def keep(root: str, files: Mapping[str, tuple[bytes | None, bytes]], kind: str = ADOPTED) -> None:
    """Record (before, after) of files that are about to be written.

    Raises PortmanError "output-unwritable" where that cannot be kept: nothing may be edited then.
    """
    record = kept(root, kind)
    for path, (before, after) in files.items():
        first = record[path].before if path in record else before
        record[path] = Original(first, after)
    rows = {path: [_encoded(one.before), _encoded(one.made)] for path, one in record.items()}
    text = json.dumps({"checkout": root, "kind": kind, "files": rows}).encode("ascii")
    file = _file(root, kind)
    try:
        private_subfolder(*os.path.split(os.path.dirname(file)))
        write_own(file, text)
    except OSError as error:
        raise PortmanError(
            "output-unwritable",
            f"cannot record the originals in {file}: {error.strerror}; nothing was changed",
            hint="portman where",
        ) from error


def kept(root: str, kind: str = ADOPTED) -> dict[str, Original]:
    found = _read(_file(root, kind))
    return found.files if found and (found.root, found.kind) == (root, kind) else {}


def every() -> list[OriginalRecord]:
    folder = _folder()
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    found = [
        _read(os.path.join(folder, one))
        for one in names
        if one.partition(".")[2].startswith((ADOPTED, INTEGRATED))
    ]
    return [one for one in found if one is not None]


def _read(file: str) -> OriginalRecord | None:
    try:
        data = json.loads(read_own(file, _MOST) or b"{}")
        files = {
            path: Original(
                None if before is None else base64.b64decode(before), base64.b64decode(made)
            )
            for path, (before, made) in data["files"].items()
        }
        return OriginalRecord(data["checkout"], data["kind"], files)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def given_back(one: Original, now: bytes | None) -> tuple[bytes | None] | None:
    """Return (what the file must be,) without what was written; None if that cannot be known.

    Where the file has changed since, what was only inserted is taken out if it still stands there
    once, in whole lines.
    """
    if now is None or now in (one.before, one.made):
        return (one.before,)
    before = (one.before or b"").splitlines(keepends=True)
    made = one.made.splitlines(keepends=True)
    rest = now
    for tag, _, _, start, end in SequenceMatcher(None, before, made, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        chunk = b"".join(made[start:end])
        if tag != "insert" or rest.count(chunk) != 1:
            return None
        rest = rest.replace(chunk, b"")
    return (None,) if one.before is None and not rest.strip() else (rest,)


def forget(root: str, kind: str = ADOPTED) -> None:
    try:  # noqa: SIM105
        os.unlink(_file(root, kind))
    except OSError:
        pass


def _folder() -> str:
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state_folder(), f"outputs-{user}")


def _file(root: str, kind: str) -> str:
    return os.path.join(_folder(), f"{key_of(root, '')}.{kind}")


def _encoded(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode("ascii")
