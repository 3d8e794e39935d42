"""The Typer app, made from the registry and the declarations of the verb that runs."""

from __future__ import annotations

import inspect
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from portman._version import __version__
from portman.base.errors import INTERRUPTED, PortmanError, failed
from portman.cli import COMMANDS, WORDS, OutputOptions, command, commands
from portman.cli.emit import write_report
from portman.cli.fast_path import ALONE, load, respond
from portman.cli.parameters import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.cli import Command
    from portman.cli.parameters import Parameter

ABOUT = """Gives every service of every checkout its own port, and names what is in the way.

Example: portman up && portman run -- npm run dev
"""


class Verbs(TyperGroup):
    """The commands of the registry. Only the file of a verb that runs, or helps, is loaded."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature of Typer
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature of Typer
        row = command(cmd_name)
        return None if row is None else typer_command(row)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as above
        for group in dict.fromkeys(row.group for row in commands()):
            with formatter.section(group):
                rows = [row for row in commands() if row.group == group]
                width = max(map(len, COMMANDS))
                formatter.write_dl([(row.verb.ljust(width), row.summary) for row in rows])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        # Typer looks for similar names in this dictionary.
        self.commands = self.commands or dict.fromkeys(COMMANDS, self)
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="portman",
    cls=Verbs,
    help=ABOUT,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
#: What Typer raises for a wrong command line, and its root for other complaints of its own.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]
Complaint: type[Exception] = UsageError.__bases__[0]


def typer_command(row: Command) -> Any:
    """Return a verb as a command of Typer: its own parameters, then the shared ones."""
    verb = load(row)
    shared = {name: one for name, one in SHARED.items() if name not in verb.without}

    def run(ctx: typer.Context, **values: Any) -> int:
        options = _output_options(ctx, {name: values.pop(name) for name in shared})
        for name, one in verb.parameters.items():
            values[name] = tuple(values[name] or ()) if one.many else values[name]
        return respond(row, options, values)

    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(
        row.verb,
        help=f"{row.summary}\n\n{inspect.cleandoc(verb.help)}",
        context_settings={"allow_interspersed_args": False} if verb.verbatim else {},
    )(_signed(run, {**verb.parameters, **shared}))
    return typer.main.get_command(single)


def _signed(
    function: Callable[..., Any], parameters: dict[str, Parameter], *more: inspect.Parameter
) -> Callable[..., Any]:
    """Give a function the signature that Typer reads."""
    signed = [inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
    for name, one in parameters.items():
        value = one.value()
        signed.append(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=None if one.many else inspect.Parameter.empty if value is ... else value,
                annotation=_annotation(one),
            )
        )
    signed += more
    vars(function)["__signature__"] = inspect.Signature(signed)
    function.__annotations__ = {one.name: one.annotation for one in signed}
    return function


def _annotation(one: Parameter) -> Any:
    kind: Any = list[one.kind] if one.many else one.kind  # type: ignore[name-defined]
    if one.many or one.value() is None:
        kind |= None
    texts: Any = {"metavar": one.metavar, "help": one.help}
    if not one.words:
        return Annotated[kind, typer.Argument(**texts)]
    return Annotated[kind, typer.Option(*one.words, min=one.low, max=one.high, **texts)]


def _output_options(ctx: typer.Context, given: dict[str, Any]) -> OutputOptions:
    """Join a command's own options with those before its name; the nearer one wins.

    Raises typer.BadParameter for a --color that is not a choice.
    """
    before = ctx.obj if isinstance(ctx.obj, OutputOptions) else OutputOptions()
    start, color, instance = (given.get(name) for name in ("directory", "color", "instance"))
    color = before.color if color is None else color
    if color not in ("auto", "always", "never"):
        raise typer.BadParameter("--color takes auto, always or never")
    return OutputOptions(
        before.start if start is None else start,
        json=given.get("json") or before.json,
        quiet=given.get("quiet") or before.quiet,
        color=color,
        instance=before.instance if instance is None else instance,
    )


def _version(value: bool) -> None:  # noqa: FBT001 - the signature Typer calls
    if value:
        typer.echo(f"portman {__version__} (ports-toml)")
        raise typer.Exit


def _before(ctx: typer.Context, **values: Any) -> int | None:
    ctx.obj = _output_options(ctx, values)
    row = command(ALONE)
    if ctx.invoked_subcommand is not None or row is None:
        return None
    given = {name: one.value() for name, one in load(row).parameters.items()}
    return respond(row, ctx.obj, given)


_VERSION = inspect.Parameter(
    "version",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ],
)
app.callback(invoke_without_command=True)(_signed(_before, SHARED, _VERSION))


def run(argv: list[str]) -> int:
    """Run the app over `argv` (without the program's name); return the exit code."""
    command = typer.main.get_command(app)
    if argv[:1] == ["help"]:
        argv = [*argv[1:2], "--help"]
    elif argv in (["-v"], ["-V"], ["version"]):
        argv = ["--version"]
    try:
        code = command.main(args=argv, prog_name="portman", standalone_mode=False)
    except Complaint as complaint:
        return _complain(argv, complaint)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _unknown(word: str) -> tuple[str, str]:
    """Return message and hints for a word that is no command: what does it here, or the nearest."""
    from portman.base.text import nearest

    meant = WORDS.get(word.lower()) or nearest(word, COMMANDS)
    swapped = [verb for verb in COMMANDS if sorted(verb) == sorted(word.lower())]
    meant = next(iter(swapped), meant)
    every = "see all commands: portman --help"
    if meant is None:
        return f"unknown command {word!r}", every
    row = command(meant)
    needs = row is not None and any(one.value() is ... for one in load(row).parameters.values())
    example = f"portman {meant} --help" if needs or meant in ("free", "run") else f"portman {meant}"
    does = f"{row.summary[0].lower()}{row.summary[1:].rstrip('.')}" if row else "try"
    return f"unknown command {word!r}", f"{does}: {example}\n{every}"


def _complain(argv: list[str], complaint: Exception) -> int:
    if type(complaint).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{complaint}\n")
        return 2
    context = getattr(complaint, "ctx", None)
    path = context.command_path if context else "portman"
    message = getattr(complaint, "format_message", complaint.__str__)()
    unknown = re.match(r"No such command '([^']*)'", message)
    hint = f"{path} --help"
    if unknown:
        message, hint = _unknown(unknown[1])
    error = PortmanError("usage", message, hint=hint)
    known = next((word for word in argv if not word.startswith("-")), "portman")
    return write_report(failed(known, error), OutputOptions(json="--json" in argv))
