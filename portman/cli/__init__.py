"""The command line: this registry of commands, and everything that is made from it.

To add a verb: one row here, `cli/verbs/NAME.py` (options, help, view), `commands/NAME.py`; NAME
is the verb, or the module of the verbs that it belongs with.
The app, the groups of the help page, completion, docs/commands.md and the express lane read this
table. Each start loads it, one that repeats a receipt too: it imports only `os`.
"""

import os

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, TextIO


class Command:
    """A row of COMMANDS: where a verb is defined, and what is known before that file is loaded.

    `module` is its file in cli/verbs. `silent`: --quiet leaves stdout empty. `errors_on_page`:
    the page on stdout shows every error in full.
    """

    __slots__ = ("errors_on_page", "group", "module", "silent", "summary", "verb")

    def __init__(  # noqa: PLR0913 - the columns of the table
        self,
        verb: str,
        group: str,
        summary: str,
        *,
        module: str = "",
        silent: bool = False,
        errors_on_page: bool = False,
    ) -> None:
        self.group, self.verb, self.summary, self.module = group, verb, summary, module or verb
        self.silent, self.errors_on_page = silent, errors_on_page


DAILY, LOOK, SET_UP = "Every day", "Look", "Set up"
PROGRAMS, MACHINE = "Programs", "Machine"

#: verb -> (group, summary, what else `Command` knows of it), in the order of the help page.
#: A summary has at most 60 characters, so that none is cut.
COMMANDS: "dict[str, tuple[str, str, dict[str, Any]]]" = {
    "up": (DAILY, "Give every service its port and write the env files.",
        {"silent": True}),
    "check": (DAILY, "Report what `up` would report, without writing anything.",
        {"module": "up", "silent": True}),
    "run": (DAILY, "Do what `up` does, then become CMD with all variables set.",
        {}),
    "port": (DAILY, "Print the port of a service.", {"module": "env"}),
    "url": (DAILY, "Print the URL of a service.", {"module": "env"}),
    "env": (DAILY, "Print every variable of the manifest.", {}),
    "down": (DAILY, "Give back the ports and remove our lines from the files.",
        {"module": "up", "silent": True}),
    "overview": (LOOK, "Show this project's checkouts side by side, as `portman`.", {}),
    "list": (LOOK, "List every checkout on this machine with its ports.", {}),
    "who": (LOOK, "Show which process or container has a port.", {}),
    "explain": (LOOK, "Explain an address or port, and what may go wrong there.",
        {"module": "who"}),
    "watch": (LOOK, "Watch the services of every checkout on a live screen.", {}),
    "log": (LOOK, "Show who took, moved and gave back which port.", {}),
    "dashboard": (LOOK, "Show every checkout and its services on a page.", {}),
    "doctor": (LOOK, "Check what commonly keeps a service from its port.",
        {"errors_on_page": True}),
    "where": (LOOK, "Show the ledger, manifest, checkout and pool in use here.",
        {"module": "ledger"}),
    "names": (SET_UP, "Show host names of services, and routes for a proxy.", {}),
    "adopt": (SET_UP, "Let the project's own programs take their ports.", {"silent": True}),
    "init": (SET_UP, "Write a ports.toml with the ports this project uses.",
        {"module": "edit", "silent": True}),
    "add": (SET_UP, "Add a service or container to ports.toml.",
        {"module": "edit", "silent": True}),
    "remove": (SET_UP, "Remove a service from ports.toml and give back its port.",
        {"module": "edit"}),
    "integrate": (SET_UP, "Let make, direnv, editors, CI or agents use portman.",
        {"module": "adopt"}),
    "schema": (SET_UP, "Print the JSON Schema of ports.toml.", {"module": "edit"}),
    "validate": (SET_UP, "Check ports.toml, without ledger, engine or ports.",
        {"module": "edit"}),
    "completion": (SET_UP, "Print or install completion for bash, zsh or fish.", {}),
    "hold": (PROGRAMS, "Hold the ports of services while they start and restart.", {}),
    "wait": (PROGRAMS, "Wait until services listen on their ports.", {"module": "hold"}),
    "open": (PROGRAMS, "Open a service in the browser.", {"module": "env"}),
    "publish": (PROGRAMS, "Print the `docker run` arguments that publish a port.",
        {"module": "env"}),
    "mcp": (PROGRAMS, "Serve these commands to a coding agent, over MCP.", {"module": "dashboard"}),
    "free": (PROGRAMS, "Stop what listens on a port, after confirmation.", {"silent": True}),
    "forward": (PROGRAMS, "Use a remote host's services on ports of this machine.", {}),
    "gc": (MACHINE, "Give back the ports of checkouts whose folder is gone.",
        {"module": "ledger", "silent": True}),
    "repair": (MACHINE, "Move a damaged ledger aside and save what can be read.",
        {"module": "fleet"}),
    "ledger": (MACHINE, "Set up and look at the server that several machines share.",
        {"module": "fleet"}),
    "uninstall": (MACHINE, "Take away everything that portman wrote on this machine.", {}),
}  # fmt: skip


#: Words of other tools -> the command that does it here.
WORDS = {
    "ls": "list", "ps": "who", "status": "check", "st": "check", "kill": "free", "stop": "down",
    "rm": "remove", "delete": "remove", "start": "run", "exec": "run", "new": "init",
    "setup": "init", "which": "who", "lsof": "who", "top": "watch", "info": "where", "clean": "gc",
    "prune": "gc", "release": "down", "undo": "down", "diff": "check", "ports": "list",
}  # fmt: skip


def command(verb: str) -> Command | None:
    row = COMMANDS.get(verb)
    return None if row is None else Command(verb, row[0], row[1], **row[2])


def commands() -> list[Command]:
    return [Command(verb, *row[:2], **row[2]) for verb, row in COMMANDS.items()]


class OutputOptions:
    """The options that all commands share: where to start, and how to print."""

    __slots__ = ("color", "instance", "json", "quiet", "start")

    def __init__(
        self,
        start: str = ".",
        *,
        json: bool = False,
        quiet: bool = False,
        color: str = "auto",
        instance: str = "",
    ) -> None:
        self.start, self.json, self.quiet = start, json, quiet
        self.color, self.instance = color, instance


def look(stream: "TextIO", choice: str) -> tuple[bool, int]:
    """Return whether a stream gets colour, and its columns: 0 where no terminal would wrap.

    By --color, then NO_COLOR (no-color.org), TERM=dumb, a terminal. A non-empty NO_COLOR wins
    over "auto", not over an explicit --color always.
    """
    terminal = stream.isatty()
    try:
        width = os.get_terminal_size(stream.fileno()).columns if terminal else 0
    except (OSError, ValueError):
        width = 0
    if choice != "auto":
        return choice == "always", width
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return terminal and not plain, width


def __getattr__(name):  # type: ignore[no-untyped-def]
    """Answer the commands of other distributions, which look for their own `portman.cli` here."""
    if name not in ("main", "app"):
        raise AttributeError(f"module 'portman.cli' has no attribute {name!r}")
    from portman.base.neighbours import refuse

    return refuse
