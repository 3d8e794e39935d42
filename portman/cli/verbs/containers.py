"""`publish`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.cli.command import (
    Name,  # noqa: TC001 - Typer reads it at run time
    command,
)
from portman.cli.emit import OutputOptions, perform

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app)(publish)


def publish(how: OutputOptions, name: Name) -> int:
    """Print the arguments that give a container its port: -p, and the label that makes it ours.

    For containers that Compose does not start. NAME is a [containers.*] entry, or the `service`
    that several of them share. A port is leased first if need be; nothing is started.

    Example: docker run -d $(portman publish cache) redis
    """
    from portman.commands.publish import publish as work

    return perform("publish", how, lambda: work(how.start, name, instance=how.instance))
