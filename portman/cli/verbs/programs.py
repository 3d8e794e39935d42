"""`run`, `hold`, `wait`, `open`: starting programs, keeping their ports, meeting them."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Annotated

import typer

from portman.base.errors import PortmanError, Report, failed
from portman.cli.command import Name, Names, command, service_names
from portman.cli.emit import OutputOptions, attempt, perform, tell
from portman.cli.fast_path import Voice, launch

#: Everything behind the first word that is no option belongs to the command.
_VERBATIM: dict[str, object] = {"allow_interspersed_args": False}

Command = Annotated[
    list[str] | None,
    typer.Argument(metavar="-- CMD...", help="The command and its arguments.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app, settings=_VERBATIM)(run)
    command(app)(hold)
    command(app)(wait)
    command(app, "open")(open_)


def run(
    how: OutputOptions,
    cmd: Command = None,
    *,
    service: Annotated[
        str | None,
        typer.Option(
            "--service",
            metavar="NAME",
            help="CMD is this service: it also gets PORT and HOST.",
            autocompletion=service_names,
        ),
    ] = None,
    ephemeral: Annotated[
        bool,
        typer.Option("--ephemeral", help="Ports of its own that end with CMD; writes no file."),
    ] = False,
    no_hold: Annotated[
        bool, typer.Option("--no-hold", help="Do not hold the ports while CMD starts.")
    ] = False,
) -> int:
    """Do what `up` does, hold the ports, and become CMD with every variable set.

    {web} and {web.url} in its arguments are filled in; {{ and }} are braces. Conflicts stop it
    before CMD starts. The exit code is CMD's; 127 if there is no such command, 126 if it cannot
    be started.

    Example: portman run --service web -- npx vite --port {web} --strictPort
    """
    if not cmd:
        error = PortmanError("usage", "no command to run", hint="portman run -- npm start")
        return tell(failed("run", error), how)
    from portman.launch.facts import RunOptions

    wish = RunOptions(
        cmd,
        start=how.start,
        service=service or "",
        instance=how.instance,
        ephemeral=ephemeral,
        hold=not no_hold,
    )
    return launch(wish, Voice(json=how.json, quiet=how.quiet, color=how.color))


def hold(
    how: OutputOptions,
    names: Names = None,
    *,
    ready_fd: Annotated[
        int | None,
        typer.Option("--ready-fd", metavar="N", help="Write a line to descriptor N when ready."),
    ] = None,
) -> int:
    """Hold the ports of services (all, if none is named) until stopped, or while a CMD runs.

    Prints a line once they are held. Services start under it as usual; strangers are kept away,
    also while a service restarts. Behind -- a command may follow: then the ports are held for
    as long as it runs, with every variable set, and the exit code is its own.

    Example: portman hold web api -- make dev
    """
    words = list(names or ())
    chosen, cmd = _split(words)
    return _hold(how, tuple(chosen), cmd, ready_fd)


def wait(
    how: OutputOptions,
    names: Names = None,
    *,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0, help="How long to wait.")
    ] = 30.0,
) -> int:
    """Wait until services (all, if none is named) listen, and it is ours that listens.

    Exit 1 with the reason if one does not in time: nothing listens, or a stranger does.

    Example: portman wait db web --timeout 60 && npx playwright test
    """
    from portman.commands.wait import wait as work

    return perform(
        "wait",
        how,
        lambda: work(how.start, tuple(names or ()), instance=how.instance, timeout=timeout),
    )


def open_(how: OutputOptions, name: Name) -> int:
    """Open a service in the browser; print its URL where there is none.

    Example: portman open web
    """
    from portman.commands.open import open_service

    return perform("open", how, lambda: open_service(how.start, name, instance=how.instance))


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Tell names from a command: Typer has dropped the `--` between them, sys.argv has not."""
    argv = sys.argv[1:]
    if "--" not in argv:
        return words, []
    count = len(argv) - argv.index("--") - 1
    return words[: len(words) - count], words[len(words) - count :]


def _hold(how: OutputOptions, names: tuple[str, ...], cmd: list[str], ready_fd: int | None) -> int:
    from portman.commands import hold as work
    from portman.launch.facts import Refused

    found: list[work.Ready] = []

    def begin() -> Report:
        try:
            found.append(work.prepare(how.start, names, instance=how.instance))
        except Refused as refused:
            return refused.report
        return found[0].report

    report = attempt("hold", begin)
    if not found:
        return tell(report, how)

    def ready() -> None:
        # A command's stdout is its own: there the line would only be in the way.
        tell(report._replace(data={}) if cmd and not how.json else report, how)
        if ready_fd is not None:
            with contextlib.suppress(OSError):
                os.write(ready_fd, b"ready\n")
                os.close(ready_fd)

    try:
        return work.stay(found[0].holding, cmd, ready)
    except PortmanError as error:
        return tell(failed("hold", error), how)
