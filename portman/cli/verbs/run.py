"""`portman run`: become a command with the ports held and every variable set."""

from __future__ import annotations

from portman.base.errors import PortmanError
from portman.cli import OutputOptions
from portman.cli.fast_path import launch
from portman.cli.parameters import Parameter, Verb, flag, service_names


def _run(
    options: OutputOptions,
    cmd: tuple[str, ...],
    service: str | None,
    *,
    ephemeral: bool,
    no_hold: bool,
    no_flags: bool,
) -> int:
    if not cmd:
        raise PortmanError("usage", "no command to run", hint="portman run -- npm start")
    return launch(options, cmd, service, ephemeral=ephemeral, no_hold=no_hold, no_flags=no_flags)


VERBS = {
    "run": Verb(
        _run,
        lambda _data, _style: [],  # stdout belongs to the command
        """
        The ports are held while CMD starts. {web} and {web.url} in its arguments become the
        port and URL of web; {{ and }} are braces. A conflict is reported, and CMD not
        started. A known program of a service gets the options it lacks. Without a
        ports.toml it gets a port of its own. The exit code is CMD's; 127 if there is no
        such command, 126 if it cannot be started.

        Example: portman run --service web -- npx vite
        """,
        verbatim=True,  # options after the first word of CMD belong to CMD
        cmd=Parameter(metavar="-- CMD...", help="The command and its arguments.", many=True),
        service=Parameter(
            ("--service",),
            metavar="NAME",
            help="CMD is this service: it also gets PORT and HOST.",
            complete=service_names,
        ),
        ephemeral=flag(
            ("--ephemeral",), help="Use other ports, only until CMD ends; write no file."
        ),
        no_hold=flag(("--no-hold",), help="Do not hold the ports while CMD starts."),
        no_flags=flag(("--no-flags",), help="Leave CMD unchanged: add no option, no variable."),
    )
}
