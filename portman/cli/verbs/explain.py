"""`who`, `explain`, `free`: what a port is, who has it, and stopping that."""

from __future__ import annotations

from typing import Annotated

import typer

from portman.cli.command import command
from portman.cli.names import service_names
from portman.cli.perform import Manner, perform


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app)(who)
    command(app)(explain)


Asked = Annotated[
    str,
    typer.Argument(
        metavar="PORT|ADDRESS|NAME",
        help="3000, :3000, 127.0.0.1:3000, [::1]:3000, a URL, or a service.",
        autocompletion=service_names,
    ),
]


def who(
    how: Manner,
    asked: Asked,
    *,
    udp: Annotated[bool, typer.Option("--udp", help="UDP only.")] = False,
    all_namespaces: Annotated[
        bool,
        typer.Option("--all-namespaces", help="Look into other network namespaces too (Linux)."),
    ] = False,
) -> int:
    """Say who is on a port: process, container, unit, folder, checkout, service.

    Exit 1 if nobody is there.

    Example: portman who 3000
    """
    from portman.operations.who import who as work

    return perform(
        "who",
        how,
        lambda: work(how.start, asked, instance=how.instance, udp=udp, everywhere=all_namespaces),
    )


def explain(
    how: Manner,
    asked: Asked,
    *,
    udp: Annotated[bool, typer.Option("--udp", help="UDP only.")] = False,
) -> int:
    """Explain an address or port: what it is, what is there, what may go wrong, what to type.

    Example: portman explain 127.0.0.1:62893
    """
    from portman.operations.explain import explain as work

    return perform("explain", how, lambda: work(how.start, asked, instance=how.instance, udp=udp))
