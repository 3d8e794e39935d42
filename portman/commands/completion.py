"""`portman completion SHELL`: the script for one shell, printed or put where the shell looks."""

from __future__ import annotations

import os

from portman.base.errors import PortmanError, Report
from portman.base.record import NamedTuple
from portman.base.small_file import data_file
from portman.outputs import atomic

#: The line by which a script is known as ours.
MARK = "made by: portman completion"


class Shell(NamedTuple):
    """Where a shell looks for the completions of one user, and what makes it look there."""

    folder: str
    home: str
    file: str
    once: str


SHELLS = {
    "bash": Shell(
        "XDG_DATA_HOME",
        "~/.local/share",
        "bash-completion/completions/portman",
        "where the package bash-completion is missing, add to ~/.bashrc: source {}",
    ),
    "zsh": Shell(
        "XDG_DATA_HOME",
        "~/.local/share",
        "zsh/site-functions/_portman",
        "add to ~/.zshrc, before compinit: fpath=({} $fpath)",
    ),
    "fish": Shell("XDG_CONFIG_HOME", "~/.config", "fish/completions/portman.fish", ""),
}


def place(shell: str) -> str:
    one = SHELLS[shell]
    root = os.environ.get(one.folder, "")
    return os.path.join(root if os.path.isabs(root) else os.path.expanduser(one.home), one.file)


def installed() -> list[str]:
    return [path for path in map(place, SHELLS) if _is_ours(path)]


def completion(shell: str, *, install: bool = False) -> Report:
    """Return the script; with `install` also write it.

    Raises PortmanError: "usage" for an unknown shell, "output-foreign" where another program's
    file has its name, "output-unwritable".
    """
    if shell not in SHELLS:
        raise PortmanError(
            "usage",
            f"no completion for {shell!r}: there is one for {', '.join(SHELLS)}",
            hint="portman completion bash",
        )
    script = data_file(f"completion/portman.{shell}")
    data: dict[str, object] = {"shell": shell, "script": script, "path": None, "once": None}
    if install:
        path = place(shell)
        _write(path, script)
        once = SHELLS[shell].once
        said = once.format(os.path.dirname(path) if shell == "zsh" else path)
        data.update(path=path, once=said or None)
    return Report("completion", data)


def _write(path: str, script: str) -> None:
    if os.path.lexists(path) and not _is_ours(path):
        raise PortmanError(
            "output-foreign",
            f"{path} is not portman's; left unchanged",
            hint="portman completion bash prints the script",
            file=path,
        )
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        like = os.stat(path) if os.path.lexists(path) else None
        atomic.replace(path, script.encode(), like=like, shown=path)
    except (OSError, atomic.ChangedError) as error:
        raise PortmanError(
            "output-unwritable", f"{path} cannot be written: {error}", file=path
        ) from error


def _is_ours(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            return MARK.encode() in stream.read(4096)
    except OSError:
        return False
