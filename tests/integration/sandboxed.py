"""Start a command as the sandboxes of agent apps do: `sandboxed.py RULE [FOLDER] -- CMD...`.

RULE: `nobind` (seccomp: bind answers EPERM), `nosockets` (seccomp: socket too, for internet and
netlink), `nosyscall` and `nofamily` (the same with ENOSYS, EAFNOSUPPORT), `landlock FOLDER` (only
FOLDER and /dev can be written), `landlock-nobind` (no TCP port
can be bound). Exits 77 where this kernel cannot. The numbers are of the kernel's uapi headers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
#: machine -> (AUDIT_ARCH, socket, bind)
MACHINES = {"x86_64": (0xC000003E, 41, 49), "aarch64": (0xC00000B7, 198, 200)}
NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2
ALLOW, DENY = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ERRNO
CREATE, ADD_RULE, RESTRICT = 444, 445, 446
READS = (1 << 0) | (1 << 2) | (1 << 3)  # execute, read file, read folder
ALL = (1 << 13) - 1  # of the first version


def step(code: int, yes: int, no: int, value: int) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def seccomp(denied: list[int], code: int = errno.EPERM) -> None:
    arch = MACHINES[platform.machine()][0]
    load, equal, answer = 0x20, 0x15, 0x06
    rows = [step(load, 0, 0, 4), step(equal, 1, 0, arch), step(answer, 0, 0, ALLOW)]
    rows += [step(load, 0, 0, 0)]
    for at, number in enumerate(denied):
        rows += [step(equal, len(denied) - at, 0, number)]
    rows += [step(answer, 0, 0, ALLOW), step(answer, 0, 0, DENY | code)]
    text = ctypes.create_string_buffer(b"".join(rows))
    program = struct.pack("HxxxxxxP", len(rows), ctypes.addressof(text))
    LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
    if LIBC.prctl(SET_SECCOMP, FILTER, ctypes.create_string_buffer(program), 0, 0):
        sys.exit(77)


def landlock(folders: list[str], *, network: bool) -> None:
    files, ports = (0, 1) if network else (ALL, 0)
    asked = struct.pack("QQ", files, ports)
    rules = LIBC.syscall(CREATE, asked, ctypes.c_size_t(16 if network else 8), 0)
    if rules < 0:
        sys.exit(77)
    for folder, rights in [("/", READS), *((one, ALL) for one in folders)] if not network else []:
        opened = os.open(folder, os.O_PATH)
        LIBC.syscall(ADD_RULE, rules, 1, struct.pack("=Qi", rights, opened), 0)
    LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
    if LIBC.syscall(RESTRICT, rules, 0):
        sys.exit(77)


def main(argv: list[str]) -> None:
    cut = argv.index("--")
    rule, folders, command = argv[0], argv[1:cut], argv[cut + 1 :]
    _, socket, bind = MACHINES[platform.machine()]
    if rule == "nobind":
        seccomp([bind])
    elif rule in ("nosockets", "nosyscall", "nofamily"):
        codes = {"nosyscall": errno.ENOSYS, "nofamily": errno.EAFNOSUPPORT}
        seccomp([socket, bind], codes.get(rule, errno.EPERM))
    else:
        landlock([*folders, "/dev"], network=rule == "landlock-nobind")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
