"""Declarations of verbs, as data: what each takes, does and shows. main.py makes the Typer app."""

from __future__ import annotations

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from portman.base.errors import Report
    from portman.cli import OutputOptions
    from portman.cli.render import Style

    Completer = Callable[[str], Iterable[tuple[str, str]]]
    View = Callable[[dict[str, Any], Style], list[str]]


class Parameter(NamedTuple):
    """One option, or one argument where no words are given.

    `low` and `high` bound a number; `many` makes a tuple. `complete` gets the folder to start
    from, and returns values with what they are.
    """

    words: tuple[str, ...] = ()
    help: str = ""
    metavar: str | None = None
    kind: type = str
    default: object = ...
    many: bool = False
    low: float | None = None
    high: float | None = None
    complete: Completer | None = None

    def value(self) -> object:
        if self.default is not ... or not (self.words or self.many):
            return self.default
        return () if self.many else False if self.kind is bool else None


def flag(words: tuple[str, ...], **more: Any) -> Parameter:
    return Parameter(words, kind=bool, default=False, **more)


class Verb:
    """One verb: `run` gets the shared options and its parameters, and returns a report.

    A verb that writes its output itself returns an exit code instead, and needs no view.
    `view` makes the lines for stdout from the report's data. `without` names shared options that
    mean nothing here; `verbatim` leaves everything after the first argument to that argument.
    `after` gets the options and a report with errors once it is written; it returns the exit code.
    """

    __slots__ = ("after", "help", "parameters", "run", "verbatim", "view", "without")

    def __init__(  # noqa: PLR0913 - what a declaration may say
        self,
        run: Callable[..., Report | int],
        view: View,
        help: str,  # noqa: A002 - the word of Typer and argparse
        *,
        without: tuple[str, ...] = (),
        verbatim: bool = False,
        after: Callable[[OutputOptions, Report], int] | None = None,
        **parameters: Parameter,
    ) -> None:
        self.run, self.view, self.help, self.after = run, view, help, after
        self.without, self.verbatim, self.parameters = without, verbatim, parameters


def require_extra(name: str, modules: tuple[str, ...]) -> None:
    """Raise PortmanError "extra-missing", which names the first module that is not there."""
    from importlib.util import find_spec

    from portman.base.errors import PortmanError

    missing = [one for one in modules if find_spec(one) is None]
    if missing:
        raise PortmanError(
            "extra-missing",
            f"{name}: {missing[0]} is not installed; it comes with an extra",
            hint=f'pip install "ports-toml[{name}]"',
        )


def service_names(directory: str) -> list[tuple[str, str]]:
    """Complete the services and containers of the manifest found from `directory`."""
    from portman.base.errors import PortmanError
    from portman.manifest.file import find_manifest, read_manifest

    try:
        manifest = read_manifest(find_manifest(directory))
    except PortmanError:
        return []
    return [
        (one.name, one.kind if one.usual is None else f"{one.kind}, usual port {one.usual}")
        for one in manifest.services
    ]


#: Options that every verb has, unless it is `without` them.
SHARED = {
    "directory": Parameter(
        ("-C",), metavar="DIR", help="Start in DIR instead of the working folder."
    ),
    "json": flag(("--json",), help="Print one JSON document on stdout."),
    "quiet": flag(("-q", "--quiet"), help="Print neither notes nor reports of success."),
    "color": Parameter(
        ("--color",),
        metavar="WHEN",
        help="Colour: auto, always or never.",
        complete=lambda _start: [(one, "") for one in ("auto", "always", "never")],
    ),
    "instance": Parameter(
        ("--instance",), metavar="NAME", help="Use a second set of ports in this checkout."
    ),
}
SERVICE = Parameter(metavar="NAME", help="A service.", complete=service_names)
SERVICES = Parameter(
    metavar="[NAME]...", help="Services; default: all.", many=True, complete=service_names
)
TARGET = Parameter(
    metavar="[PORT|ADDRESS|NAME]...",
    help="3000, :3000, :::3000, [::1]:3000, a URL, a service, or a pasted line.",
    many=True,
    complete=service_names,
)
PID = Parameter(("--pid",), metavar="PID", kind=int, default=None, low=1, help="By its process.")
UDP = flag(("--udp",), help="UDP instead of TCP.")
YES = flag(("--yes", "-y"), help="Do not ask.")
