"""One output on disk: look at it, write it, take it back.

A dotenv output is a block in a file that may be another's. The other formats are whole
files of ours, known by their mark; a file without the mark is never touched. What is made from
a template and has no comments to bear a mark is known by its content (outputs/whole_file.py).

Folders on the way to an output are made when they are missing, and stay when it is removed:
portman does not know whether something else has come to count on them, and git keeps no
empty folders anyway.

Races, out loud: the file is looked at again right before it is replaced, and a change seen
then starts the work over (outputs/atomic.py says what still fits between). On Linux the folder
is held open meanwhile, so that none of its parents can be swapped for a link that leads out;
elsewhere, and for folders that are missing, they are trusted not to be.
"""

from __future__ import annotations

import errno
import os
import stat
from functools import cached_property

from portman.base.errors import PortmanError
from portman.base.small_file import all_of
from portman.base.system_commands import typed, word
from portman.base.values import TEMPLATE
from portman.checkout.git import is_repository
from portman.checkout.ownership import MANIFEST
from portman.outputs import atomic
from portman.outputs.block import find_block, replace_block, take_block
from portman.outputs.formats import BLOCK_FORMATS, is_ours
from portman.outputs.whole_file import forget, is_our_file, note

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.base.values import Output
    from portman.outputs.block import Block

#: Bytes; more than any file of settings has. An output and its template are read as a whole.
LARGEST = 16 << 20

#: How often to start over when another program keeps changing the file.
_ATTEMPTS = 5

#: The place was checked: nothing that takes it meanwhile is followed, or waited for.
_READ_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0)
    for name in ("O_NONBLOCK", "O_NOCTTY", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY")
)

_UTF16 = (b"\xff\xfe", b"\xfe\xff")

_NOTHING_THERE = (FileNotFoundError, NotADirectoryError)


class OutputFile:
    """A file of the checkout as it was read: its path there, its real path, its bytes.

    `root` is the real path of the checkout. Without a file `data` and `status` (os.fstat) are None.
    """

    def __init__(
        self,
        path: str,
        real: str,
        data: bytes | None = None,
        status: os.stat_result | None = None,
        root: str = "",
    ) -> None:
        self.path, self.real, self.data, self.status = path, real, data, status
        self.root = root

    @cached_property
    def block(self) -> Block | None:
        """Our block in it. Raises PortmanError "output-damaged", naming the file."""
        try:
            return find_block(self.data) if self.data else None
        except PortmanError as error:
            raise PortmanError(
                error.code, f"{self.path}, {error.message}", hint=error.hint, file=self.path
            ) from error


def read_output(checkout: str, path: str) -> OutputFile:
    """Read an output. A file that is not there is no error.

    Raises PortmanError as check_place does, and "output-unwritable" if it cannot be read.
    """
    real = check_place(checkout, path)
    root = os.path.realpath(checkout)
    try:
        descriptor = os.open(real, _READ_FLAGS)
    except _NOTHING_THERE:
        return OutputFile(path, real, root=root)
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _no_file(path, status.st_mode)
        data = all_of(descriptor, LARGEST + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)
    if len(data) > LARGEST:
        raise _too_large(path)
    return OutputFile(path, real, data, status, root)


def check_place(checkout: str, path: str) -> str:
    """Return the real path of an output, all links followed.

    Raises PortmanError "output-outside" if that leaves the checkout or enters a folder of git's
    own, whatever it is called (a hook written there would be run), and "output-unwritable" if
    something other than a file is there. Never opens anything, so a FIFO or device cannot make it
    wait.
    """
    root = os.path.realpath(checkout)
    real = os.path.realpath(os.path.join(root, path))
    inside = root if root.endswith(os.sep) else root + os.sep
    if not real.startswith(inside):
        raise PortmanError(
            "output-outside",
            f"{path} leads to {real}, outside the checkout {root}",
            hint="remove the link, or choose another path for this output in ports.toml",
            file=path,
        )
    below = real[len(inside) :].split(os.sep)
    folders = [os.path.join(root, *below[:depth]) for depth in range(len(below))]
    if any(part.lower() == ".git" for part in below) or any(
        # Every repository has a HEAD, and few other folders have one.
        os.path.lexists(os.path.join(one, "HEAD")) and is_repository(one)
        for one in folders
    ):
        raise PortmanError(
            "output-outside",
            f"{path} leads into git's own folder: {real}",
            hint="choose another path for this output in ports.toml",
            file=path,
        )
    _check_kind(real, path)
    return real


def _check_kind(real: str, path: str) -> None:
    try:
        mode = os.lstat(real).st_mode
    except _NOTHING_THERE:
        return
    except OSError as error:
        raise atomic.unwritable(path, error) from error
    if not stat.S_ISREG(mode):
        raise _no_file(path, mode)


def _no_file(path: str, mode: int) -> PortmanError:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISLNK, "a link to itself"))
    what = next((word for is_kind, word in kinds if is_kind(mode)), "not an ordinary file")
    return PortmanError(
        "output-unwritable",
        f"{path} cannot be written: it is {what}",
        hint=f"move it away, or choose another path for this output: {typed('look', path)}",
        file=path,
    )


def _too_large(path: str) -> PortmanError:
    return PortmanError(
        "output-unwritable",
        f"{path} has over {LARGEST:,} bytes, and is neither read nor written",
        hint=f"make it smaller, or choose another path: {typed('look', path)}",
        file=path,
    )


def _unreadable(path: str, error: OSError) -> PortmanError:
    cause = "permission denied" if error.errno == errno.EACCES else os.strerror(error.errno or 0)
    return PortmanError(
        "output-unwritable",
        f"{path} cannot be read: {cause}",
        hint=f"look at its rights: {typed('look', path)}",
        file=path,
    )


def would_write(file: OutputFile, output: Output, text: str) -> bool:
    """Return whether write_output would change the file: whether it is stale or missing.

    Asks no git. Raises PortmanError as write_output does, except "output-tracked".
    """
    _refuse_nested(file)
    return _merged(output, file, text) != file.data


def write_output(checkout: str, output: Output, text: str) -> str:
    """Bring an output up to date; return "written", "written in place" or "unchanged".

    `text` is formats.file_text (or templates.make) of this output. A file that says
    it already is not written at all. Raises PortmanError "output-outside" (as check_place),
    or for another checkout's file, "output-damaged" (as find_block), "output-foreign" for a file
    that is not ours to write into, "output-tracked" for one that git tracks, "output-unwritable"
    for one that the system refuses; nothing has changed then.
    """
    if output.format not in (*BLOCK_FORMATS, TEMPLATE) and not is_ours(
        output.format, text.encode()
    ):
        raise ValueError("the text of a whole file comes from formats.file_text")

    def write(file: OutputFile) -> str:
        _refuse_nested(file)
        wanted = _merged(output, file, text)
        if wanted == file.data:
            return "unchanged"
        refuse_tracked(checkout, file)
        make_folders(file)
        note(output, file.real, wanted, before=file.data)
        return "written" if _replace(output, file, wanted) else "written in place"

    return change_file(checkout, output.path, write)


def remove_output(checkout: str, output: Output) -> str:
    """Give the file back as it was before portman came, to the byte.

    Returns "deleted" for a file that portman made, "cleaned" where other lines stay; "unchanged"
    if nothing of ours was there; "kept" for a whole file without our mark. Raises PortmanError as
    write_output does, except "output-foreign"; a file that git tracks by now is given back all
    the same.
    """

    def take(file: OutputFile) -> str:
        data = file.data
        if data is None or _inner_checkout(file):
            return "unchanged"
        if output.format not in BLOCK_FORMATS:
            rest = None if is_our_file(output, file.real, data) else data
        elif file.block is None:
            return "unchanged"
        else:
            rest = take_block(data)
        if rest == data:
            return "kept"
        if rest is None:
            atomic.remove(file.real, like=file.status, shown=output.path, real=True)
            forget(output, file.real)
            return "deleted"
        _replace(output, file, rest)
        return "cleaned"

    return change_file(checkout, output.path, take)


def _replace(output: Output, file: OutputFile, data: bytes) -> bool:
    block = file.block if output.format in BLOCK_FORMATS else None
    tail = len(file.data or b"") - block.end if block else 0
    path, like = file.real, file.status
    return atomic.replace(path, data, like=like, shown=output.path, real=True, tail=tail)


def _refuse_nested(file: OutputFile) -> None:
    """Refuse a file of a checkout below: two would write their blocks over each other's."""
    inner = _inner_checkout(file)
    if inner:
        raise PortmanError(
            "output-outside",
            f"{file.path} belongs to the checkout in {inner}, which has a {MANIFEST} of its own",
            hint="choose another path for this output; [links] reads the ports of that checkout",
            file=file.path,
        )


def _inner_checkout(file: OutputFile) -> str:
    """Return the folder, seen from the checkout, whose own checkout the file is in; else ""."""
    folder = os.path.dirname(file.real)
    while len(folder) > len(file.root) > 0:
        if os.path.lexists(os.path.join(folder, MANIFEST)):
            return os.path.relpath(folder, file.root)
        folder = os.path.dirname(folder)
    return ""


def change_file(checkout: str, path: str, change: Callable[[OutputFile], str]) -> str:
    for _ in range(_ATTEMPTS):
        try:
            return change(read_output(checkout, path))
        except atomic.ChangedError:
            continue
    raise PortmanError(
        "output-unwritable",
        f"{path} cannot be written: another program keeps changing it",
        hint="wait for it to finish, then run portman up again",
        file=path,
    )


def _merged(output: Output, file: OutputFile, text: str) -> bytes:
    data = file.data
    if output.format in BLOCK_FORMATS:
        if data is not None and data.startswith(_UTF16):
            raise _foreign(
                output.path,
                "is UTF-16 text, which env-file readers cannot read",
                "save it as UTF-8",
            )
        return replace_block(data, file.block, text)
    wanted = text.encode("utf-8", "surrogateescape")
    if data is not None and data != wanted and not is_our_file(output, file.real, data):
        raise _foreign(
            output.path,
            "was not written by portman, which never overwrites another's file",
            "move it away, or choose another path for this output in ports.toml",
        )
    return wanted


def _foreign(path: str, what: str, hint: str) -> PortmanError:
    return PortmanError("output-foreign", f"{path} {what}", hint=hint, file=path)


def refuse_tracked(checkout: str, file: OutputFile) -> None:
    """Refuse a file that git tracks: this machine's ports would end up in commits."""
    from portman.outputs.gitignore import ignore_line, is_tracked

    folder, name = os.path.split(file.real)
    while not os.path.isdir(folder):  # deleted, and tracked all the same
        folder, last = os.path.split(folder)
        name = os.path.join(last, name)
    if is_tracked(folder, name):
        tracked = os.path.relpath(file.real, os.path.realpath(checkout)).replace(os.sep, "/")
        raise PortmanError(
            "output-tracked",
            f"{file.path} is tracked by git, so your ports would end up in commits",
            hint=f"git rm --cached {word(tracked, 'PATH')}\n"
            f"{typed('ignore', ignore_line(tracked))}",
            file=file.path,
        )


def make_folders(file: OutputFile) -> None:
    try:
        os.makedirs(os.path.dirname(file.real), exist_ok=True)
    except OSError as error:
        raise atomic.unwritable(file.path, error) from error
