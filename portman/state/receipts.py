"""What a command last answered, with the evidence that the answer is still true.

A receipt holds finished answers of one checkout (the bytes for stdout) and everything they
were made from: signatures of the manifest, the outputs and git's own files, the checkout's rows
in the ledger, the automatic port range, the home folder, the version of portman. While all of it
is unchanged, the express lane repeats the answer instead of computing it; `up` and `check` still
try every port. Anything else, doubt included, is a miss. Losing a receipt loses only time.

The rows are compared only if the stamp of the whole ledger is another than before: then some
checkout has written, most likely not this one.

On the hot path: imports nothing but `os` and `portman.state`. No module of this lane has
`from __future__ import annotations`, which is one more file to load.
"""

import os
import stat as mode
import sys

from portman._version import __version__
from portman.state import SERVER_FILE, private_subfolder, read_own, state_folder
from portman.state import stamp as ledger_stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    #: (state folder, checkout, instance) -> that checkout's rows in the ledger, "" for none.
    Rows = Callable[[str, str, str], str]

MAGIC = f"portman receipt 4, {__version__}"
#: Beyond this many remembered answers (port names, formats) a receipt starts again.
MOST_ANSWERS = 64
#: Evidence that never holds.
NEVER = "@never - 0"
#: Evidence that no socket of UDP came or went.
UDP = "&udp"
#: A file changed less than this before it was looked at may change again unseen: the kernel's
#: clock for files ticks every 1 to 10 ms. The same care as git's "racy" index entries.
RACY_NS = 50_000_000
#: The same where times are kept in whole seconds, or every second one of them.
COARSE_NS = 2_000_000_000 + RACY_NS
#: Bytes up to which a file's content is evidence.
SMALL = 1 << 16
_NOT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
#: A Mersenne prime: folds a path into a file name without importing a hash.
_FOLD = (1 << 127) - 1

MANIFEST = "ports.toml"
RANGE_FILE = "/proc/sys/net/ipv4/ip_local_port_range"


def key_of(path: str, instance: str) -> str:
    """Return a short file name for a checkout. Two may share one; readers compare the path."""
    data = os.fsencode(path) + b"\0" + instance.encode()
    return f"{fold(data):032x}"


def file_of(state: str, path: str, instance: str) -> str:
    """Return where the receipt of a checkout lies; one for each user of a shared folder."""
    return os.path.join(own_folder(state, "receipts"), key_of(path, instance))


def own_folder(state: str, kind: str) -> str:
    """Return where this user's files of a kind lie: a state folder may be shared."""
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state, f"{kind}-{user}")


def signature(path: str) -> str:
    """Return a text that changes when the file does: inode, size, both times in ns, and content.

    The content counts up to SMALL bytes: an edit through a shared mapping changes no time, one on
    a file system with coarse times none that shows. For a link both what it is and what it leads
    to. For a folder only that it is there, and which one: its times change with every file in it.
    A `path` of the form `$NAME` is a variable of the environment; of `?PATH` it counts only
    whether there is something; `@until BOOT NS` is a moment of CLOCK_BOOTTIME in one run of the
    machine; `&PID` and `&PID DESCRIPTOR` are a process, with one of its open files; `&udp` are
    the sockets of UDP. Values and
    contents may be secret, so the signature has a power with them as the exponent.
    """
    if path.startswith("$"):
        value = os.environ.get(path[1:])
        # unset: like no value that is worth setting
        return "\n" if value is None else concealed(os.fsencode(value))
    if path.startswith("?"):
        return str(os.path.lexists(path[1:]))
    if path.startswith(("@", "&")):
        return _of_process(path) if path[0] == "&" else _in_time(path)
    try:
        seen = os.lstat(path)
        if mode.S_ISLNK(seen.st_mode):
            return f"l{_described(seen, path)}>{_described(os.stat(path), path)}"
    except OSError:
        return "-"
    return _described(seen, path)


def _in_time(text: str) -> str:
    """Return "early" before a moment of CLOCK_BOOTTIME in one run of the machine."""
    _, asked, until = text.split(" ")
    boot, now = moment()
    return "early" if boot and boot == asked and now < int(until) else "late"


def _of_process(text: str) -> str:
    """Return what stays while a process runs one program in one folder; "late" if unsure.

    Its start, program, folder, arguments and environment, and the file or socket it has open.
    """
    if text == UDP:
        from portman.machine.sockets import listeners

        return listeners(17) or "late"
    pid, _, descriptor = text[1:].partition(" ")
    folder = f"/proc/{pid}"
    try:
        links = [os.readlink(f"{folder}/{name}") for name in ("exe", "cwd")]
        if descriptor:
            links.append(os.readlink(f"{folder}/fd/{descriptor}"))
        stat, *words = [_content(f"{folder}/{name}") for name in ("stat", "cmdline", "environ")]
    except OSError:
        return "late"
    fields = stat[stat.rfind(b")") + 2 :].split()
    if fields[0] in b"ZXT":
        return "late"
    return f"{fields[19].decode()} {concealed(os.fsencode(chr(1).join(links)) + b''.join(words))}"


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def moment() -> tuple[str, int]:
    """Return (run of the machine, ns since it began, sleep included); ("", 0) where unknown."""
    if sys.platform != "linux":  # others have no clock that nobody sets and that counts sleep
        return ("", 0)
    import time

    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read(36)
    except OSError:
        return ("", 0)
    return (boot, time.clock_gettime_ns(time.CLOCK_BOOTTIME))


def concealed(data: bytes) -> str:
    """Return what changes with a value that may be secret, and does not tell it."""
    return str(pow(3, fold(b"\1" + data), _FOLD))


def _described(seen: os.stat_result, path: str) -> str:
    if mode.S_ISDIR(seen.st_mode):
        return f"d{seen.st_dev}:{seen.st_ino}"
    known = f"{seen.st_dev}:{seen.st_ino}:{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ctime_ns}"
    if not mode.S_ISREG(seen.st_mode) or not 0 < seen.st_size <= SMALL:
        return known
    try:
        descriptor = os.open(path, os.O_RDONLY | _NOT_WAITING)
    except OSError:
        return known
    try:
        return f"{known}:{concealed(os.read(descriptor, SMALL))}"
    except OSError:
        return known
    finally:
        os.close(descriptor)


def settled_before(paths: "Iterable[str]", moment_ns: int) -> bool:
    """Return whether each file last changed well before `moment_ns` (by its change time).

    On file systems whose times are whole seconds (ext3, ext4 with small inodes, vfat: two) a
    change within them cannot be told from the one before.
    """
    for path in paths:
        try:
            seen = os.stat(path)
        except OSError:
            continue
        care = COARSE_NS if not seen.st_ctime_ns % 1_000_000_000 else RACY_NS
        if not mode.S_ISDIR(seen.st_mode) and seen.st_ctime_ns >= moment_ns - care:
            return False
    return True


def automatic_range() -> str:
    """Return the text of the kernel's automatic range, "" where it has no such file."""
    try:
        descriptor = os.open(RANGE_FILE, os.O_RDONLY)
    except OSError:
        return ""
    try:
        return os.read(descriptor, 64).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)


def conditions(state: str) -> list[str]:
    """Return what must be unchanged, besides the files and the ledger."""
    home = os.environ.get("HOME") or os.environ.get("USERPROFILE", "")
    kept = os.path.join(state, SERVER_FILE)
    if "PORTMAN_LEDGER" in os.environ or os.path.lexists(kept):
        sources = (kept, "$PORTMAN_LEDGER", "$PORTMAN_SPACE")
        home += "".join([f"\n{signature(one)}" for one in sources])
    try:
        seen = os.stat(state)
        folder = f"{seen.st_dev}:{seen.st_ino}:{seen.st_uid}:{seen.st_mode}"
    except OSError:
        folder = "-"
    return [MAGIC, automatic_range(), home, folder]


#: Where the parts of a receipt begin: path, instance, conditions; stamp; rows; evidence.
_STAMP, _ROWS, _COUNT = 6, 7, 8


def recall(
    state: str, path: str, instance: str, question: str, rows: "Rows"
) -> tuple[str, str] | None:
    """Return (ports to try, answer) if the question was answered and nothing has changed.

    Ports are words like "tcp:3000"; they are empty for answers that look for no holder. `rows`
    is Ledger.rows as ledger/fast_read.py has it, called only if the ledger was written.
    """
    file = file_of(state, path, instance)
    fields = _read(file)
    if len(fields) <= _COUNT or fields[:2] != [path, instance]:
        return None
    stamp = ledger_stamp(state)
    if not stamp or fields[2:_STAMP] != conditions(state):
        return None
    known = _COUNT + 1 + 2 * int(fields[_COUNT])
    evidence, answers = fields[_COUNT + 1 : known], fields[known:]
    found = [at for at in range(0, len(answers), 3) if answers[at] == question]
    if not found or any(
        signature(evidence[at]) != evidence[at + 1] for at in range(0, len(evidence), 2)
    ):
        return None
    if fields[_STAMP] != repr(stamp):
        seen = rows(state, path, instance)
        if not seen or seen != fields[_ROWS] or ledger_stamp(state) != stamp:
            return None
        _keep(file, [*fields[:_STAMP], repr(stamp), *fields[_ROWS:]])
    return answers[found[0] + 1], answers[found[0] + 2]


def repeat(start: str, instance: str, question: str, rows: "Rows") -> tuple[str, str] | None:
    """Recall for the checkout that `start` lies in; its instance may be the environment's.

    Nothing raises: any doubt is a miss, and the full path reports what is wrong.
    """
    folder = manifest_folder(start)
    if folder is None:
        return None
    try:
        instance = instance or inherited_instance(folder)
        return recall(state_folder(), folder, instance, question, rows)
    except Exception:  # noqa: BLE001
        return None


def manifest_folder(start: str) -> str | None:
    """Return the real path of the nearest folder with a manifest, as find_manifest would.

    By links alone: a folder that was typed in another case (macOS) has no receipt under that name.
    """
    try:
        here = os.path.realpath(start)
    except FileNotFoundError:
        return None  # the folder was deleted under the caller
    if start != "." and not os.path.isdir(here):
        return None
    while not os.path.lexists(f"{here}/{MANIFEST}"):
        above = os.path.dirname(here)
        if above == here or os.path.lexists(f"{here}/.git"):
            return None
        here = above
    return here


def inherited_instance(folder: str) -> str:
    """Return the instance of this checkout that the environment names, as open_workspace does."""
    token = os.environ.get("PORTMAN_CHECKOUT")
    if not token or not token.startswith(f"{folder}#"):
        return ""
    from portman.checkout.ownership import instance_of

    return instance_of(token, folder)


def remember(  # noqa: PLR0913, PLR0917 - a value class would cost the hot path its import
    state: str,
    path: str,
    instance: str,
    ledger: tuple[tuple[int, ...], str],
    evidence: dict[str, str],
    answer: tuple[str, ...],
) -> None:
    """Keep (question, ports, text) with its evidence; `ledger` is its stamp and our rows in it.

    Without an answer the evidence is kept, for the next time. Earlier answers stay while theirs is
    the same. Failing to write is no error: the next run computes again.
    """
    file = file_of(state, path, instance)
    stamp, rows = ledger
    fields = [path, instance, *conditions(state)]
    old = _read(file)
    answers: list[str] = []
    same = len(old) > _COUNT and old[:_STAMP] == fields
    if same and (old[_STAMP] == repr(stamp) or (rows and old[_ROWS] == rows)):
        known = _COUNT + 1 + 2 * int(old[_COUNT])
        earlier = dict(zip(old[_COUNT + 1 : known : 2], old[_COUNT + 2 : known : 2], strict=True))
        now = {name: evidence.get(name) or signature(name) for name in earlier}
        if now == earlier:
            evidence = {**earlier, **evidence}
            answers = _without(old[known:], answer[0] if answer else "")
    pairs = [part for pair in sorted(evidence.items()) for part in pair]
    _keep(file, [*fields, repr(stamp), rows, str(len(evidence)), *pairs, *answers, *answer])


def evidence_of(state: str, path: str, instance: str) -> list[str]:
    old = _read(file_of(state, path, instance))
    known = old[_COUNT + 1 : _COUNT + 1 + 2 * int(old[_COUNT]) : 2] if len(old) > _COUNT else []
    return [f"{path}/{MANIFEST}", f"{path}/ports.local.toml", *known]


def forget(state: str, path: str, instance: str) -> None:
    _unlink(file_of(state, path, instance))


def _unlink(file: str) -> None:
    try:  # noqa: SIM105 - contextlib costs more than all of this module
        os.unlink(file)
    except OSError:
        pass


def said_before(state: str, path: str, instance: str, kind: str = "said") -> str:
    """Return the notes that `keep_said` was given last for a checkout, "" for none."""
    fields = kept(state, f"{key_of(path, instance)}.{kind}")
    return fields[2] if len(fields) == 3 and fields[:2] == [path, instance] else ""


def keep_said(state: str, path: str, instance: str, text: str, kind: str = "said") -> None:
    """Keep what a person was told once, so that it is not repeated at every run."""
    keep(state, f"{key_of(path, instance)}.{kind}", [path, instance, text])


def kept(state: str, name: str) -> list[str]:
    """Return what this user's `keep` was given under a name; nothing of what others may write."""
    return _read(os.path.join(own_folder(state, "receipts"), name))


def keep(state: str, name: str, fields: list[str]) -> None:
    _keep(os.path.join(own_folder(state, "receipts"), name), fields)


def kept_bytes(file: str) -> bytes:
    """Return what `keep_bytes` wrote; b"" if it is missing, damaged, foreign or no file."""
    data = read_own(file)
    return data[32:] if data[:32] == b"%032x" % fold(data[32:]) else b""


def keep_bytes(file: str, data: bytes) -> None:
    _write(file, b"%032x" % fold(data) + data)


def _without(answers: list[str], question: str) -> list[str]:
    kept = [
        part
        for at in range(0, len(answers) - 2, 3)
        if answers[at] != question
        for part in answers[at : at + 3]
    ]
    return kept if len(kept) < 3 * MOST_ANSWERS else []


def _keep(file: str, fields: list[str]) -> None:
    if not any("\0" in part for part in fields):
        keep_bytes(file, "\0".join(fields).encode("utf-8", "surrogateescape"))


def fold(data: bytes) -> int:
    """Return a number that any damage changes; it protects against damage only, not attackers."""
    return int.from_bytes(data, "big") % _FOLD


def _read(file: str) -> list[str]:
    data = kept_bytes(file)
    return data.decode("utf-8", "surrogateescape").split("\0") if data else []


def _write(file: str, data: bytes) -> None:
    """Replace the receipt in one step, readable by its owner only."""
    scratch = f"{file}.{os.getpid()}"
    try:
        private_subfolder(*os.path.split(os.path.dirname(file)))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(scratch, flags, 0o600), "wb") as stream:
            stream.write(data)
        os.replace(scratch, file)
    except OSError:
        _unlink(scratch)
