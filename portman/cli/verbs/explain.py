"""`who`, `explain`, `free`: what a port is, who has it, and stopping that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from portman.cli.command import command, service_names
from portman.cli.emit import OutputOptions, perform

if TYPE_CHECKING:
    from portman.base.errors import Report


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app)(who)
    command(app)(explain)
    command(app)(free)


Asked = Annotated[
    str,
    typer.Argument(
        metavar="PORT|ADDRESS|NAME",
        help="3000, :3000, 127.0.0.1:3000, [::1]:3000, a URL, or a service.",
        autocompletion=service_names,
    ),
]


def who(
    how: OutputOptions,
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
    from portman.commands.who import who as work

    return perform(
        "who",
        how,
        lambda: work(how.start, asked, instance=how.instance, udp=udp, everywhere=all_namespaces),
    )


def explain(
    how: OutputOptions,
    asked: Asked,
    *,
    udp: Annotated[bool, typer.Option("--udp", help="UDP only.")] = False,
) -> int:
    """Explain an address or port: what it is, what is there, what may go wrong, what to type.

    Example: portman explain 127.0.0.1:62893
    """
    from portman.commands.explain import explain as work

    return perform("explain", how, lambda: work(how.start, asked, instance=how.instance, udp=udp))


def free(
    how: OutputOptions,
    asked: Annotated[
        str,
        typer.Argument(
            metavar="PORT|ADDRESS|NAME",
            help="3000, :3000, 127.0.0.1:3000, [::1]:3000, or a service. Never a pid.",
            autocompletion=service_names,
        ),
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show the plan and stop nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="SIGKILL what SIGTERM did not stop.")
    ] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="How long to wait each time.")
    ] = 5.0,
    udp: Annotated[bool, typer.Option("--udp", help="UDP instead of TCP.")] = False,
) -> int:
    """Stop what listens on a port: shows the plan, asks, stops it, proves the port is free.

    A container is stopped through its engine, a systemd unit through systemctl; forwarders,
    portman's own parents and other users' programs are left alone. Exit 0 if the port is free
    in the end (or was already), 1 if not.

    Example: portman free 3000 --dry-run
    """
    from portman.cli.emit import asker
    from portman.cli.show.free import plan_lines
    from portman.commands.free import FreeOptions, require_options
    from portman.commands.free import free as work

    def run() -> Report:
        require_options(timeout)
        wish = FreeOptions(udp=udp, dry_run=dry_run, force=force, timeout=timeout)
        confirm = None if yes else asker(how, plan_lines)
        return work(how.start, asked, instance=how.instance, wish=wish, confirm=confirm)

    return perform("free", how, run)
