"""What a command last said, with the evidence that it would say the same again.

A receipt holds finished answers of one checkout (the bytes for stdout) and everything they
were made from: signatures of the manifest, the outputs and git's own files, the stamp of the
ledger, the automatic port range, the version of portman. While all of it is unchanged, the
express lane repeats the answer instead of computing it; `up` and `check` still try every port.
Anything else, doubt included, is a miss. Losing a receipt loses only time.

On the hot path: imports nothing but `os`, `sys` and `portman.ledger.place`.
"""

from __future__ import annotations

import os
import stat as mode

from portman import __version__
from portman.ledger import place

MAGIC = f"portman receipt 1, {__version__}"
#: Beyond this many remembered answers (port names, formats) a receipt starts anew.
MOST_ANSWERS = 64
#: A file changed less than this before it was looked at may change again unseen: the kernel's
#: clock for files ticks every 1 to 10 ms. The same care as git's "racy" index entries.
RACY_NS = 50_000_000
#: A Mersenne prime: folds a path into a file name without importing a hash.
_FOLD = (1 << 127) - 1

RANGE_FILE = "/proc/sys/net/ipv4/ip_local_port_range"


def key_of(path: str, instance: str) -> str:
    """Return a short file name for a checkout. Two may share one; readers compare the path."""
    data = os.fsencode(path) + b"\0" + instance.encode()
    return f"{int.from_bytes(data, 'big') % _FOLD:032x}"


def file_of(state: str, path: str, instance: str) -> str:
    """Return where the receipt of a checkout lies; one for each user of a shared folder."""
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state, "receipts", f"{key_of(path, instance)}-{user}")


def signature(path: str) -> str:
    """Return a text that changes when the file does: inode, size and both times in ns.

    For a folder only that it is there, and which one: its times change with every file in it.
    """
    try:
        seen = os.stat(path)
    except OSError:
        return "-"
    if mode.S_ISDIR(seen.st_mode):
        return f"d{seen.st_dev}:{seen.st_ino}"
    return f"{seen.st_dev}:{seen.st_ino}:{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ctime_ns}"


def settled_before(path: str, moment_ns: int) -> bool:
    """Return whether the file last changed well before `moment_ns` (by its change time)."""
    try:
        seen = os.stat(path)
    except OSError:
        return True
    return mode.S_ISDIR(seen.st_mode) or seen.st_ctime_ns < moment_ns - RACY_NS


def automatic_range() -> str:
    """Return the kernel's own words for its automatic range, "" where it has no such file."""
    try:
        descriptor = os.open(RANGE_FILE, os.O_RDONLY)
    except OSError:
        return ""
    try:
        return os.read(descriptor, 64).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)


def conditions(stamp: tuple[int, ...]) -> list[str]:
    """Return what has to be as it was, besides the files."""
    return [MAGIC, repr(stamp), automatic_range()]


def recall(state: str, path: str, instance: str, question: str) -> tuple[str, str] | None:
    """Return (ports to try, answer) if the question was answered and nothing has changed.

    Ports are words like "tcp:3000"; they are empty for answers that look for no holder.
    """
    fields = _read(file_of(state, path, instance))
    if len(fields) < 6 or fields[:2] != [path, instance]:
        return None
    stamp = place.stamp(state)
    if not stamp or fields[2:5] != conditions(stamp):
        return None
    known = 6 + 2 * int(fields[5])
    evidence, answers = fields[6:known], fields[known:]
    found = [at for at in range(0, len(answers), 3) if answers[at] == question]
    if not found or any(
        signature(evidence[at]) != evidence[at + 1] for at in range(0, len(evidence), 2)
    ):
        return None
    return answers[found[0] + 1], answers[found[0] + 2]


def remember(  # noqa: PLR0913, PLR0917 - a value class would cost the hot path its import
    state: str,
    path: str,
    instance: str,
    stamp: tuple[int, ...],
    evidence: dict[str, str],
    answer: tuple[str, str, str],
) -> None:
    """Keep (question, ports, text) with its evidence.

    Earlier answers stay while theirs is the same. Failing to write is no error: the next run
    computes again.
    """
    file = file_of(state, path, instance)
    fields = [path, instance, *conditions(stamp)]
    old = _read(file)
    answers: list[str] = []
    if len(old) > 5 and old[:5] == fields:
        known = 6 + 2 * int(old[5])
        earlier = dict(zip(old[6:known:2], old[7:known:2], strict=True))
        if all(evidence.get(name, value) == value for name, value in earlier.items()):
            evidence = {**earlier, **evidence}
            answers = _without(old[known:], answer[0])
    pairs = [part for pair in sorted(evidence.items()) for part in pair]
    text = [*fields, str(len(evidence)), *pairs, *answers, *answer]
    if not any("\0" in part for part in text):
        _write(file, "\0".join(text).encode("utf-8", "surrogateescape"))


def forget(state: str, path: str, instance: str) -> None:
    """Drop the receipt of a checkout, if it has one."""
    import contextlib

    with contextlib.suppress(OSError):
        os.unlink(file_of(state, path, instance))


def _without(answers: list[str], question: str) -> list[str]:
    kept = [
        part
        for at in range(0, len(answers) - 2, 3)
        if answers[at] != question
        for part in answers[at : at + 3]
    ]
    return kept if len(kept) < 3 * MOST_ANSWERS else []


def _read(file: str) -> list[str]:
    """Return the fields of our own receipt; none if it is missing, foreign or not a file."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return []
    try:
        seen = os.fstat(descriptor)
        if not mode.S_ISREG(seen.st_mode) or seen.st_uid != _me() or seen.st_size > 16 << 20:
            return []
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            return stream.read().decode("utf-8", "surrogateescape").split("\0")
    finally:
        os.close(descriptor)


def _write(file: str, data: bytes) -> None:
    """Replace the receipt in one step, readable by its owner only."""
    scratch = f"{file}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(scratch, flags, 0o600), "wb") as stream:
            stream.write(data)
        os.replace(scratch, file)
    except OSError:
        import contextlib

        with contextlib.suppress(OSError):
            os.unlink(scratch)


def _me() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else 0
