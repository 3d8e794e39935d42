"""Whether the shell completes portman's commands and service names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.diagnose.doctor.finding import Finding

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import Surroundings

#: Where `--install-completion` of Typer, distributions and people put it, below home or /.
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
#: Start-up files that may load it in another way.
STARTUP = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/config.fish"}


def completion(_around: Surroundings) -> list[Finding]:
    """Look for the completion of the login shell ($SHELL)."""
    shell = os.path.basename(os.environ.get("SHELL", "")).removesuffix(".exe")
    if shell not in PLACES:
        told = f"{shell} is not a shell portman completes in" if shell else "SHELL is not set"
        return [Finding("completion", "skipped", told)]
    found = next((one for one in PLACES[shell] if os.path.isfile(os.path.expanduser(one))), None)
    if found is None and _named_in(STARTUP[shell]):
        found = STARTUP[shell]
    if found is not None:
        return [Finding("completion", "ok", f"{shell} completes portman ({found})")]
    fix = f"portman --install-completion {shell}"
    return [Finding("completion", "warn", f"{shell} does not complete portman yet", fix)]


def _named_in(file: str) -> bool:
    try:
        with open(os.path.expanduser(file), encoding="utf-8", errors="replace") as text:
            return any("portman" in line and "complet" in line for line in text)
    except OSError:
        return False
