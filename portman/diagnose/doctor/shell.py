"""Which `portman` a shell starts, and whether the shell completes its commands."""

from __future__ import annotations

import os
import sys

from portman.base.neighbours import OURS, neighbours
from portman.base.system_commands import typed, word
from portman.diagnose.doctor.context import CheckResult, named

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import DoctorContext

#: In every launcher that pip, pipx or uv makes for this package, and in no other's.
LAUNCHER = b"portman.__main__"
_MOST = 1 << 20


def commands(_around: DoctorContext) -> list[CheckResult]:
    """Check every `portman` on PATH, and other owners of the Python package of that name."""
    return [*judge(on_path(os.environ.get("PATH", ""))), *_package()]


def on_path(path: str) -> list[tuple[str, bool]]:
    """Return every `portman` on PATH in order, and whether it is ours; start none."""
    names = ["portman.exe", "portman.cmd", "portman"] if os.name == "nt" else ["portman"]
    found: dict[str, bool] = {}
    for folder in path.split(os.pathsep):
        for name in names:
            file = os.path.join(folder or ".", name)
            if os.path.isfile(file) and os.access(file, os.X_OK):
                found.setdefault(file, is_ours(file))
    return list(found.items())


def is_ours(file: str) -> bool:
    """Whether a launcher starts this program: it names our module, or calls `-m portman`."""
    try:
        with open(file, "rb") as stream:
            text = stream.read(_MOST)
    except OSError:
        return False
    return LAUNCHER in text or (text.startswith(b"#!") and b"-m portman" in text)


def judge(found: list[tuple[str, bool]]) -> list[CheckResult]:
    install = f"uv tool install {OURS}\nor: pipx install {OURS}"
    if not found:
        reason = f"no portman on PATH; this one runs as a module of {sys.executable}"
        return [CheckResult("command", "warn", reason, install)]
    first, ours = found[0]
    others = [file for file, mine in found if not mine]
    if not ours:
        mine = [file for file, one in found if one]
        reason = f"`portman` starts {_described(first)}, another program with the same name"
        fix = f"put {os.path.dirname(mine[0])} first in PATH" if mine else install
        return [
            CheckResult(
                "command", "warn", reason, f"{fix}\nor remove the other:\n{_removal(first)}"
            )
        ]
    if others:
        reason = f"{first} is ours and first in PATH; other programs of that name: {named(others)}"
        return [CheckResult("command", "warn", reason, _removal(others[0]))]
    copies = [file for file, _ in found[1:] if os.path.realpath(file) != os.path.realpath(first)]
    if copies:
        reason = f"{first} is used; other copies of ours: {named(copies)}"
        fix = "compare their versions (portman --version) and keep one"
        return [CheckResult("command", "warn", reason, fix)]
    return [CheckResult("command", "ok", f"{first} is ours and the only one")]


def _package() -> list[CheckResult]:
    """Find another distribution with a command or package `portman`, which overwrites ours."""
    others = neighbours()
    if not others:
        return []
    names = " ".join(one.partition(" ")[0] for one in others)
    reason = f"{named(others)} installs a `portman` in this environment too: the files are mixed"
    python = word(sys.executable, "python")
    fix = f"{python} -m pip uninstall {names}\n"
    fix += f"then: {python} -m pip install --force-reinstall {OURS}"
    return [CheckResult("command", "fail", reason, fix)]


def _described(file: str) -> str:
    target = os.path.realpath(file)
    return file if target == file else f"{file} ({target})"


def _removal(file: str) -> str:
    target = os.path.realpath(file)
    parts = target.split(os.sep)
    if "node_modules" in parts:
        at = parts.index("node_modules") + 1
        name = "/".join(parts[at : at + (2 if parts[at].startswith("@") else 1)])
        return f"npm uninstall -g {name}"
    if "tools" in parts and "uv" in parts:
        return "uv tool uninstall " + parts[parts.index("tools") + 1]
    if "venvs" in parts:
        return "pipx uninstall " + parts[parts.index("venvs") + 1]
    return typed("remove", file)


# Whether the shell completes portman's commands and service names.

#: Usual places of the completion, by shell.
PLACES: dict[str, tuple[str, ...]] = {
    "bash": (
        "~/.bash_completions/portman.sh",
        "~/.local/share/bash-completion/completions/portman",
        "/usr/share/bash-completion/completions/portman",
        "/usr/local/share/bash-completion/completions/portman",
        "/etc/bash_completion.d/portman",
        "/opt/homebrew/etc/bash_completion.d/portman",
    ),
    "zsh": (
        "~/.zfunc/_portman",
        "~/.local/share/zsh/site-functions/_portman",
        "/usr/share/zsh/site-functions/_portman",
        "/usr/share/zsh/vendor-completions/_portman",
        "/usr/local/share/zsh/site-functions/_portman",
        "/opt/homebrew/share/zsh/site-functions/_portman",
    ),
    "fish": (
        "~/.config/fish/completions/portman.fish",
        "/usr/share/fish/vendor_completions.d/portman.fish",
        "/usr/local/share/fish/vendor_completions.d/portman.fish",
        "/opt/homebrew/share/fish/vendor_completions.d/portman.fish",
    ),
}
#: Start-up files that may load it instead.
STARTUP = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/config.fish"}


def completion(_around: DoctorContext) -> list[CheckResult]:
    """Search the completion of the login shell ($SHELL)."""
    shell = os.path.basename(os.environ.get("SHELL", "")).removesuffix(".exe")
    if shell not in PLACES:
        text = f"portman has no completion for {shell}" if shell else "SHELL is not set"
        return [CheckResult("completion", "skipped", text)]
    found = next((one for one in PLACES[shell] if os.path.isfile(os.path.expanduser(one))), None)
    if found is None and _named_in(STARTUP[shell]):
        found = STARTUP[shell]
    if found is not None:
        return [CheckResult("completion", "ok", f"{shell} completes portman ({found})")]
    fix = f"portman completion {shell} --install"
    return [CheckResult("completion", "warn", f"{shell} does not complete portman", fix)]


def _named_in(file: str) -> bool:
    try:
        with open(os.path.expanduser(file), encoding="utf-8", errors="replace") as text:
            return any("portman" in line and "complet" in line for line in text)
    except OSError:
        return False
