"""What `portman run` notes of itself right before it becomes a command; Linux only.

A program may write over its environment, hide it (file capabilities) or leave its folder; its
number and the moment it started stay. One small file for each living command, read with the checks
of receipts. Those of commands that have ended are swept when a command starts.

On the way of every `run`: imports nothing but `os` and `portman.state`.
"""

import os

from portman.state import receipts, state_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

MAGIC = "portman launch 1"
#: So many notes may lie there before those of ended commands are looked for.
SWEEP_AT = 24


def folder() -> str:
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state_folder(), f"launches-{user}")


def note(path: str, instance: str, service: str) -> None:
    """Note that this very process becomes a command of a checkout. Failing to is no error."""
    try:
        here = os.getcwd()
        inside = here == path or here.startswith(path.rstrip("/") + "/")
        start = "" if inside else _id(".")
        fields = [MAGIC, _own_token(), path, instance, service, _id(path), start]
        names = os.listdir(folder()) if os.path.isdir(folder()) else []
        if len(names) > SWEEP_AT:
            sweep(names)
        receipts._keep(_file(os.getpid()), fields)  # noqa: SLF001
    except (OSError, ValueError):
        return


def sweep(names: "Iterable[str] | None" = None) -> None:
    """Remove the notes of commands that have ended, as far as this PID namespace can know."""
    place, own = folder(), f"{_namespace()}-"
    try:
        for name in os.listdir(place) if names is None else names:
            number = name.partition(".")[0].removeprefix(own)
            if number.isdigit() and not os.path.exists(f"/proc/{number}"):
                os.unlink(os.path.join(place, name))
    except OSError:
        return


def noted() -> frozenset[int]:
    """Return the numbers of the processes of this PID namespace that have a note."""
    try:
        own = f"{_namespace()}-"
        numbers = (name.removeprefix(own) for name in os.listdir(folder()) if name.startswith(own))
        return frozenset(int(number) for number in numbers if number.isdigit())
    except OSError:
        return frozenset()


def read(pid: int, token: str) -> list[str]:
    fields = receipts._read(_file(pid))  # noqa: SLF001
    return fields[2:7] if len(fields) == 7 and fields[:2] == [MAGIC, token] else []


def _file(pid: int) -> str:
    """Return where the note of a process lies. A state folder may be mounted in containers too."""
    return os.path.join(folder(), f"{_namespace()}-{pid}")


def _namespace() -> int:
    return os.stat("/proc/self/ns/pid").st_ino


def _id(path: str) -> str:
    seen = os.stat(path)
    return f"{seen.st_dev}:{seen.st_ino}"


def _own_token() -> str:
    """Return what machine/processes:token_of says of this process, without loading it."""
    with open("/proc/self/stat", "rb") as file:
        text = file.read()
    ticks = int(text[text.rfind(b")") + 2 :].split()[19])
    boot = receipts.moment()[0][:8] or "-"
    return f"{_namespace()}.{boot}.{os.getpid()}.{ticks}"
