"""The Typer app: global options, and the verbs from their own files."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

from portman._version import __version__
from portman.base.errors import INTERRUPTED, PortmanError, failed
from portman.cli.command import Color, Directory, Instance, Json, Quiet, manner
from portman.cli.emit import OutputOptions, tell

#: Files of portman/cli/verbs, in the order of the help page.
VERBS = ("ports", "containers", "ledger", "explain", "manifest", "integrate", "programs", "health")

ABOUT = """Gives every service of every checkout its own port, and says who is in the way.

Example: portman up && portman run -- npm run dev
"""

app = typer.Typer(
    name="portman",
    help=ABOUT,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
#: What Typer raises for a wrong command line, and its root for other complaints of its own.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]
Complaint: type[Exception] = UsageError.__bases__[0]


def _version(value: bool) -> None:  # noqa: FBT001 - the signature Typer calls
    if value:
        typer.echo(f"portman {__version__} (ports-toml)")
        raise typer.Exit


@app.callback()
def _before(  # noqa: PLR0913 - one parameter for each option, as Typer reads them
    ctx: typer.Context,
    directory: Directory = None,
    *,
    json: Json = False,
    quiet: Quiet = False,
    color: Color = None,
    instance: Instance = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    given: dict[str, object] = {"directory": directory, "json": json, "quiet": quiet}
    ctx.obj = manner(ctx, {**given, "color": color, "instance": instance})


for verbs in VERBS:
    import_module(f"portman.cli.verbs.{verbs}").register(app)


def run(argv: list[str]) -> int:
    """Run the app over `argv` (without the program's name); return the exit code."""
    command = typer.main.get_command(app)
    try:
        code = command.main(args=argv, prog_name="portman", standalone_mode=False)
    except Complaint as complaint:
        return _complain(argv, complaint)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _complain(argv: list[str], complaint: Exception) -> int:
    """Tell a usage error in the same two forms as every other error."""
    if type(complaint).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{complaint}\n")
        return 2
    context = getattr(complaint, "ctx", None)
    path = context.command_path if context else "portman"
    message = getattr(complaint, "format_message", complaint.__str__)()
    error = PortmanError("usage", message, hint=f"{path} --help")
    known = next((word for word in argv if not word.startswith("-")), "portman")
    return tell(failed(known, error), OutputOptions(json="--json" in argv))
