"""`integrate`, `validate`: a place in other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from portman.cli.command import command
from portman.cli.emit import OutputOptions, perform

if TYPE_CHECKING:
    from portman.base.errors import Report


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app, without=("instance",))(integrate)
    command(app, without=("instance",))(validate)


def tool_names(incomplete: str) -> list[str]:
    """Complete the names of the tools."""
    from portman.integrations import TOOLS

    return [tool for tool in TOOLS if tool.startswith(incomplete)]


def integrate(
    how: OutputOptions,
    tool: Annotated[
        str | None,
        typer.Argument(
            metavar="[TOOL]",
            help="make, direnv, mise, just, honcho, npm, vscode, devcontainer, pre-commit, "
            "github or agents; without one: list them.",
            autocompletion=tool_names,
        ),
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show the changes and write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Show what another tool's file should say, and write it once it is agreed to.

    Run it as often as you like: what is there already stays. A file that cannot be changed
    without losing something is left alone, and the text to put in is shown (exit 1).

    Example: portman integrate direnv --dry-run
    """
    from portman.cli.emit import asker
    from portman.cli.show.integrate import plan_lines
    from portman.commands.integrate import integrate as work
    from portman.commands.integrate import tools

    def run() -> Report:
        if tool is None:
            return tools(how.start)
        confirm = None if yes else asker(how, plan_lines)
        return work(how.start, tool, dry_run=dry_run, confirm=confirm)

    return perform("integrate", how, run)


def validate(
    how: OutputOptions,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]...", help="Manifests; default: the one found from here."),
    ] = None,
) -> int:
    """Check ports.toml and nothing else: no ledger, no engine, no port is looked at.

    Example: portman validate ports.toml
    """
    from portman.commands.validate import validate as work

    return perform("validate", how, lambda: work(how.start, tuple(files or ())))
