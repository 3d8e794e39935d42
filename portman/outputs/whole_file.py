"""Whether a whole file is portman's own: by its mark, or by what portman last wrote to it."""

from __future__ import annotations

import os

from portman.base.small_file import write_own
from portman.base.values import TEMPLATE, Output
from portman.outputs.atomic import unwritable
from portman.outputs.formats import is_ours
from portman.state import private_subfolder, read_own, receipts, state_folder
from portman.state.receipts import key_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_our_file(output: Output, real: str, data: bytes) -> bool:
    if output.format != TEMPLATE:
        return is_ours(output.format, data)
    if _is_markless(output):
        return wrote(real, data)
    from portman.outputs import templates

    return templates.is_ours(output.path, data)


def note(output: Output, real: str, wanted: bytes, *, before: bytes | None) -> None:
    """Remember what is about to be written, if the file itself cannot say whose it is.

    Raises PortmanError "output-unwritable" if it cannot be kept.
    """
    if not _is_markless(output):
        return
    try:
        note_digest(real, wanted, before=before)
    except OSError as error:
        raise unwritable(output.path, error) from error


def forget(output: Output, real: str) -> None:
    if _is_markless(output):
        forget_digest(real)


def _is_markless(output: Output) -> bool:
    if output.format != TEMPLATE:
        return False
    from portman.outputs.templates import has_comments

    return not has_comments(output.path)


# A file without comments (JSON, say) is ours to replace only if it is, byte for byte, what we last
# wrote. The digests are in the state folder, one small file for each output and user. Two are kept,
# because a kill may fall between the note and the write: the old content and the new. Losing them
# loses no data: an output that still says what it should stays, any other is refused as another's.


def wrote(real: str, data: bytes) -> bool:
    """Return whether `data` is what portman last wrote (or was about to write) to `real`."""
    return _digest(data) in _read(_file_of(real))


def note_digest(real: str, data: bytes, *, before: bytes | None) -> None:
    """Remember that `data` is about to be written to `real` over `before` (ours, or None).

    Raises OSError if that cannot be kept.
    """
    file = _file_of(real)
    digests = [_digest(one) for one in (before, data) if one is not None]
    private_subfolder(*os.path.split(os.path.dirname(file)))
    write_own(file, "".join(f"{one}\n" for one in digests).encode("ascii"))


def forget_digest(real: str) -> None:
    try:  # noqa: SIM105 - contextlib is not on the hot path
        os.unlink(_file_of(real))
    except OSError:
        pass


def _file_of(real: str) -> str:
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state_folder(), f"outputs-{user}", key_of(real, ""))


def _read(file: str) -> list[str]:
    return read_own(file, 4096).decode("ascii", "replace").split()


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


# The outputs that a checkout's last `up` wrote, so that one which has left the manifest since gives
# its text back. A lost list loses nothing: the block stays, as it would without the list.


def noted_outputs(path: str, instance: str) -> tuple[Output, ...]:
    fields = receipts._read(_list_of(path, instance))  # noqa: SLF001 - with its checks
    if fields[:2] != [path, instance] or len(fields) % 3 != 2:
        return ()
    rows = zip(fields[2::3], fields[3::3], fields[4::3], strict=True)
    return tuple(Output(name, kind, template=source or None) for name, kind, source in rows)


def remember_outputs(path: str, instance: str, outputs: Iterable[Output]) -> None:
    """Keep the list if it is another than before; failing to is no error."""
    wanted = [Output(one.path, one.format, template=one.template) for one in outputs]
    if tuple(wanted) != noted_outputs(path, instance):
        rows = [part for one in wanted for part in (one.path, one.format, one.template or "")]
        receipts._keep(_list_of(path, instance), [path, instance, *rows])  # noqa: SLF001


def _list_of(path: str, instance: str) -> str:
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state_folder(), f"outputs-{user}", f"{key_of(path, instance)}.list")
