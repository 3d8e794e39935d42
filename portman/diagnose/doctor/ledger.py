"""The ledger: whole, private, on a disk that can lock, and the only one.

And what the sandbox of an agent app allows here: binding ports, reading tables, writing leases.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys

from portman import state
from portman.base.errors import PortmanError
from portman.base.system_commands import typed, word
from portman.base.text import home_short
from portman.diagnose.doctor.context import CheckResult, named
from portman.holders.messages import home
from portman.ledger.caller import agent_of, user_name
from portman.ledger.locks import find_lock_holder
from portman.ledger.open import open_ledger, shared
from portman.ledger.permissions import allowing, folder_mode, is_chosen
from portman.ledger.places import other_ledgers
from portman.machine import sockets
from portman.state import LOCK_FILE, state_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.diagnose.doctor.context import DoctorContext


#: File systems on which several machines may write, or whose locks are not to be relied on
#: (sqlite.org/faq.html, question 5, and sqlite.org/wal.html).
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "drvfs", "fuse.sshfs", "vboxsf", "afs", "ceph"}
)
LEAST_BYTES = 16 << 20


def ledger(around: DoctorContext) -> list[CheckResult]:
    """Look at the file, its folder, who writes it, and whether there is another one."""
    folder = state.state_folder()
    if around.ledger_error is not None:
        problem = around.ledger_error.problems[0]
        return [CheckResult("ledger", "fail", problem.message, problem.hint), *_others(folder)]
    trouble = [*_damage(), *_rights(folder), *_disk(folder), *_stopped(folder)]
    own = trouble or [CheckResult("ledger", "ok", _described(around, folder))]
    return [*own, *_others(folder), *(_server() if around.ledger.shares else ())]


def _server() -> list[CheckResult]:
    """Ask the server that decides shared port spaces how it is, and whether it can be relied on."""
    opened = shared()
    try:
        found = opened.state()
    except PortmanError as error:
        return [CheckResult("ledger", "fail", error.message, error.hint)]
    finally:
        opened.close()
    at = f"the ledger server {found.server}"
    doubts = [
        (found.read_only, "is read-only, as a standby is", "name the primary in PORTMAN_LEDGER"),
        (
            found.standby in ("asynchronous", "off for commits"),
            "has an asynchronous standby: after a failover ports are leased twice",
            "its owner sets synchronous_standby_names and synchronous_commit",
        ),
        (
            abs(found.drift) > 300,
            f"has a clock {found.drift:+.0f} s from ours",
            f"set ours by the network: {typed('clock')}",
        ),
    ]
    warned = [
        CheckResult("ledger", "warn", f"{at} {said}", fix) for bad, said, fix in doubts if bad
    ]
    return warned or [CheckResult("ledger", "ok", f"{at} answers: {found.described()}")]


def _described(around: DoctorContext, folder: str) -> str:
    path = os.path.join(folder, state.LEDGER_FILE)
    if not os.path.exists(path):
        return f"{path} (made by the first portman up)"
    users = sorted({one.record.user for one in around.holdings} - {user_name(), ""})
    shared = f"; also written by {named(users)}" if users else ""
    checkouts = len({(one.record.path, one.record.instance) for one in around.holdings})
    some = "1 checkout" if checkouts == 1 else f"{checkouts} checkouts"
    return f"{path} is whole, {some}{shared}"


def _damage() -> list[CheckResult]:
    fresh = open_ledger()  # SQLite's connections belong to the thread that made them
    try:
        faults = fresh.verify()
    except PortmanError as error:
        return [CheckResult("ledger", "fail", error.message, error.hint)]
    finally:
        fresh.close()
    if not faults:
        return []
    return [CheckResult("ledger", "fail", f"the ledger is damaged: {faults[0]}", "portman repair")]


def _rights(folder: str) -> list[CheckResult]:
    """Look whether others may read or write what should be private (0700 and 0600)."""
    if not os.path.isdir(folder) and not os.access(_existing(folder), os.W_OK):
        reason = f"{folder} does not exist and this user cannot make it"
        return [CheckResult("ledger", "fail", reason, typed("look", _existing(folder)))]
    if not hasattr(os, "geteuid") or not os.path.isdir(folder):
        return []
    if not os.access(folder, os.W_OK | os.X_OK):
        fix = "give yourself the right to write there\n" + typed("look", folder)
        return [CheckResult("ledger", "fail", f"{folder} cannot be written by this user", fix)]
    try:
        shared = folder_mode(folder, shareable=is_chosen()).shared
    except PortmanError as error:
        return [CheckResult("ledger", "fail", error.message, error.hint)]
    allowed = 0o770 if shared else 0o700
    found = []
    for path in (
        folder,
        *(os.path.join(folder, name) for name in (state.LEDGER_FILE, state.WAL_FILE)),
    ):
        try:
            mode = stat.S_IMODE(os.stat(path).st_mode) & 0o777
        except OSError:
            continue
        if mode & ~allowed:
            right = f"{mode & allowed:o}"
            reason = f"{path} is open to other users of this machine (mode {mode:o})"
            found.append(CheckResult("ledger", "warn", reason, f"chmod {right} {word(path)}"))
    return found


def _disk(folder: str) -> list[CheckResult]:
    there = _existing(folder)
    found = []
    kind = file_system(_mounts(), os.path.realpath(there))
    if kind in NETWORK:
        reason = f"{folder} is on {kind}: locks there may not hold, and other machines may write it"
        fix = (
            "keep it on a local disk, in one folder for all your shells and services\nportman where"
        )
        found.append(CheckResult("ledger", "warn", reason, fix))
    free = shutil.disk_usage(there).free
    if free < LEAST_BYTES:
        reason = f"only {free >> 10:,} KiB are left on the disk of {folder}"
        found.append(CheckResult("ledger", "warn", reason, typed("space", there)))
    return found


def _stopped(folder: str) -> list[CheckResult]:
    """Find a stopped process (Ctrl-Z) that holds the write lock: every other portman waits."""
    if sys.platform != "linux":
        return []
    holder = find_lock_holder(os.path.join(folder, state.LEDGER_FILE))
    if holder is None or not holder.stopped:
        return []
    reason = f"pid {holder.pid} ({holder.command}) was stopped while it holds the ledger"
    return [CheckResult("ledger", "fail", reason, typed("resume", holder.pid))]


def _others(folder: str) -> list[CheckResult]:
    """Find other ledgers of this machine: their ports are unknown here."""
    found = []
    for path in other_ledgers(folder):
        reason = (
            f"there is a second ledger in {path}, and {folder} is in use here: neither knows "
            "the ports of the other"
        )
        fix = "use one everywhere: " + typed("set", "PORTMAN_HOME", folder)
        found.append(CheckResult("ledger", "warn", reason, fix))
    people = [name for name, path in homes() if state.has_ledger(path) and not _same(path, folder)]
    if people:
        reason = (
            f"{named(people)} of this machine keep ledgers of their own: a port may be leased twice"
        )
        fix = (
            "share one: all of you export PORTMAN_HOME=/srv/portman, a folder with "
            "chgrp GROUP and chmod 2770"
        )
        found.append(CheckResult("ledger", "warn", reason, fix))
    return found


def homes() -> list[tuple[str, str]]:
    if sys.platform == "win32":
        return []
    import pwd

    me, first = os.geteuid(), 500 if sys.platform == "darwin" else 1000
    return [
        (one.pw_name, state.place_below(one.pw_dir))
        for one in pwd.getpwall()
        if one.pw_uid not in (me, 65534)
        and (one.pw_uid >= first or one.pw_uid == 0)
        and one.pw_dir != "/"
    ]


def file_system(mounts: Iterable[str], path: str) -> str:
    """Return the type of the file system `path` is on, from mountinfo lines; "" if unknown."""
    best, kind = "", ""
    for line in mounts:
        fields = line.split()
        if "-" not in fields or len(fields) < 6:
            continue
        point = fields[4].replace("\\040", " ")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[fields.index("-") + 1]
    return kind


def _mounts() -> list[str]:
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            return file.readlines()
    except OSError:
        return []


def _existing(folder: str) -> str:
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


#: A number below what kernels hand out: a sandbox that allows some ports allows more than this.
_TRIED = 20_011


def sandbox(_around: DoctorContext) -> list[CheckResult]:
    """Try each right; nothing is left behind."""
    agent = agent_of(os.environ)[0]
    inside = f" in the sandbox of {agent}" if agent else ""
    folder = state_folder()
    found = [*_binding(inside), *_writing(folder, inside)]
    place = home_short(folder, home())
    allowed = f"ports can be bound, and {place} can be written"
    return found or [CheckResult("sandbox", "ok", allowed + (f" (by {agent})" if agent else ""))]


def _binding(inside: str) -> list[CheckResult]:
    try:
        sockets.probe(_TRIED, "tcp")
    except PortmanError:
        reason = f"neither a bind nor the kernel's tables can be used{inside}: no verdicts here"
        return [CheckResult("sandbox", "warn", reason, "run portman outside the sandbox")]
    if not sockets.bind_denied():
        return []
    reason = (
        f"binding ports is denied{inside}: verdicts are from the kernel's tables, `run` holds none"
    )
    fix = (
        "Claude Code, in .claude/settings.json: "
        '"sandbox": {"network": {"allowLocalBinding": true}}\n'
        "Codex, in ~/.codex/config.toml: [sandbox_workspace_write] network_access = true"
    )
    return [CheckResult("sandbox", "warn", reason, fix)]


def _writing(folder: str, inside: str) -> list[CheckResult]:
    """Open what a lease would open. `access` alone does not see landlock."""
    step = folder
    while not os.path.isdir(step) and step != os.path.dirname(step):
        step = os.path.dirname(step)
    lock = os.path.join(folder, LOCK_FILE)
    unnamed = getattr(os, "O_TMPFILE", 0)
    try:
        if os.path.exists(lock):
            os.close(os.open(lock, os.O_RDWR))
        elif unnamed:
            os.close(os.open(step, unnamed | os.O_RDWR, 0o600))
        elif not os.access(step, os.W_OK):
            raise PermissionError
    except OSError:
        reason = f"{folder} cannot be written{inside}: leases answer, and new ones are refused"
        return [CheckResult("sandbox", "warn", reason, allowing(folder))]
    return []
