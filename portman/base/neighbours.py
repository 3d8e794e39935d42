"""Another distribution's `portman` in this environment: who it is, and what to do.

Four distributions install a command or a package of this name. The last one installed overwrites
files of the others: its command then starts in our package, or ours in its modules. Nothing but
the standard library is imported here, and only where something is wrong already.
"""

import os
import sys

OURS = "ports-toml"
#: How a line of RECORD begins that is ours by name.
_TOPS = ("portman/", "portman.py")


def neighbours() -> list[str]:
    """Return the other distributions here that have a command or a package `portman`.

    By the files beside what is installed (packaging.python.org, "Recording installed projects"):
    importlib.metadata, which knows them too, costs `doctor` as much as all its other modules.
    """
    found = set()
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:  # a zip file, or it is gone
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                found |= _with_our_names(os.path.join(folder, name))
    return sorted(found)


def _with_our_names(folder: str) -> set[str]:
    """Return a distribution as "name version" if it is another's with `portman` in it."""
    entries = (
        _read(folder, "entry_points.txt").partition("[console_scripts]")[2].partition("\n[")[0]
    )
    command = any(line.partition("=")[0].strip() == "portman" for line in entries.split("\n"))
    if not command and not any(f"\n{top}" in "\n" + _read(folder, "RECORD") for top in _TOPS):
        return set()
    fields = dict(
        line.partition(": ")[::2] for line in _read(folder, "METADATA", "PKG-INFO").split("\n")
    )
    name = fields.get("Name", os.path.basename(folder).partition("-")[0]).strip()
    known = name.lower().replace("_", "-") == OURS
    return set() if known else {f"{name} {fields.get('Version', '').strip()}".strip()}


def _read(folder: str, *names: str) -> str:
    for name in names:
        try:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            continue
    return ""


def message(others: list[str]) -> str:
    """Return what is wrong, and the commands that end it."""
    names = [one.partition(" ")[0] for one in others]
    return (
        f"error: {', '.join(others)} and {OURS} are installed in one environment, and both have "
        f"`portman`:\n       {sys.prefix}\n"
        f"       keep {OURS}:  pip uninstall {' '.join(names)}, then "
        f"pip install --force-reinstall {OURS}\n"
        f"       keep both:        uv tool install {OURS}, or pipx install {OURS}\n"
    )


def blame(error: BaseException) -> None:
    """End this process if an error comes from files of another distribution in place of ours."""
    if isinstance(error, (ImportError, AttributeError, TypeError)) and neighbours():
        refuse()


def refuse(*_arguments: object, **_named: object) -> int:
    """Stand in for the function that the other distribution's command calls in our package."""
    others = neighbours() or ["another distribution"]
    sys.stderr.write(message(others))
    sys.exit(5)
