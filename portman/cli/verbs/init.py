"""`portman init`: the new manifest, its path, and the next step."""

from __future__ import annotations

from portman.base.text import printable
from portman.cli.parameters import Verb, flag
from portman.cli.render import Data, Style
from portman.commands.init import init


def view(data: Data, style: Style) -> list[str]:
    """Show the new manifest, its path, and the next step."""
    shown = [_toml(line, style) for line in data["text"].rstrip("\n").split("\n")]
    if data["dry_run"]:
        return shown
    found = len(data["found"])
    ports = f" with {found} port{'s' if found > 1 else ''} found here" if found else ""
    return [
        *shown,
        "",
        f"wrote {printable(data['manifest'])}{ports}",
        style.paint("dim", "read it, change it, then: portman up"),
    ]


def _toml(line: str, style: Style) -> str:
    return style.paint("dim", printable(line)) if line.startswith("#") else printable(line)


VERBS = {
    "init": Verb(
        lambda options, dry_run: init(options.start, dry_run=dry_run),
        view,
        """
        Never overwrites one. Reads Compose files, Procfile, package.json, Dockerfile,
        devcontainer.json, .env.example and framework settings; comments name the source of
        each port. Runs no program.

        Example: portman init && $EDITOR ports.toml
        """,
        without=("instance",),
        dry_run=flag("--dry-run", "-n", help="Show it; write nothing."),
    )
}
