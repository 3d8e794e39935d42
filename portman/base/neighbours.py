"""Another distribution's `portman` in this environment: who it is, and what to do.

Four distributions install a command or a package of this name. The last one installed overwrites
files of the others: its command then starts in our package, or ours in its modules. Nothing but
the standard library is imported here, and only where something is wrong already.
"""

import sys

OURS = "ports-toml"


def neighbours() -> list[str]:
    """Return the other distributions here that have a command or a package `portman`."""
    from importlib.metadata import distributions

    found = set()
    for one in distributions():
        name = one.metadata["Name"] or ""
        entries = {entry.name for entry in one.entry_points if entry.group == "console_scripts"}
        tops = (one.read_text("RECORD") or "").split("\n")
        package = any(line.startswith(("portman/", "portman.py")) for line in tops)
        if name.lower().replace("_", "-") != OURS and ("portman" in entries or package):
            found.add(f"{name} {one.version}")
    return sorted(found)


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


def refuse(*_arguments: object, **_named: object) -> int:
    """Stand in for the function that the other distribution's command calls in our package."""
    others = neighbours() or ["another distribution"]
    sys.stderr.write(message(others))
    sys.exit(5)
