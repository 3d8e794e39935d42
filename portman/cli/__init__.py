"""The command line: this registry of commands, and everything that is made from it.

To add a verb: one row here, `cli/verbs/NAME.py` (options, help, view), `commands/NAME.py`; NAME
is the verb, or the module of the verbs that it belongs with.
The app, the groups of the help page, completion, docs/commands.md and the express lane read this
table. Each start loads it, one that repeats a receipt too: it imports nothing.
"""


class Command:
    """One row: where a verb is defined, and what is known about it before that file is loaded.

    `module` is its file in cli/verbs. `silent`: --quiet leaves stdout empty. `errors_on_page`:
    the page on stdout shows every error in full. `express` names the parameters that the express
    lane understands, besides the shared ones; without them the verb is left to Typer.
    """

    __slots__ = ("errors_on_page", "express", "group", "module", "silent", "summary", "verb")

    def __init__(  # noqa: PLR0913 - the columns of the table
        self,
        group: str,
        verb: str,
        summary: str,
        *,
        module: str = "",
        express: "tuple[str, ...] | None" = None,
        silent: bool = False,
        errors_on_page: bool = False,
    ) -> None:
        self.group, self.verb, self.summary, self.module = group, verb, summary, module or verb
        self.express, self.silent, self.errors_on_page = express, silent, errors_on_page


DAILY, LOOK, SET_UP = "Every day", "Look", "Set up"
PROGRAMS, MACHINE = "Programs", "Machine"

#: In the order of the help page. A summary has at most 60 characters, so that none is cut.
COMMANDS = {
    row.verb: row
    for row in (
        Command(
            DAILY, "up", "Give every service its port and write the env files.",
            express=("names",), silent=True,
        ),
        Command(
            DAILY, "check", "Report what `up` would report, without writing anything.",
            module="up", express=("names",), silent=True,
        ),
        Command(
            DAILY, "run", "Do what `up` does, then become CMD with all variables set.",
            express=("service", "ephemeral", "no_hold", "cmd"),
        ),
        Command(DAILY, "port", "Print the port of a service.", module="env", express=("name",)),
        Command(DAILY, "url", "Print the URL of a service.", module="env", express=("name",)),
        Command(DAILY, "env", "Print every variable of the manifest.", express=("form",)),
        Command(
            DAILY, "down", "Give back the ports and remove our lines from the files.",
            module="up", silent=True,
        ),
        Command(LOOK, "list", "List every checkout on this machine with its ports."),
        Command(LOOK, "who", "Show which process or container has a port."),
        Command(LOOK, "explain", "Explain an address or port, and what may go wrong there."),
        Command(LOOK, "watch", "Watch the services of every checkout on a live screen."),
        Command(
            LOOK, "doctor", "Check what commonly keeps a service from its port.",
            errors_on_page=True,
        ),
        Command(
            LOOK, "where", "Show the ledger, manifest, checkout and pool in use here.",
            module="ledger",
        ),
        Command(
            SET_UP, "init", "Write a ports.toml with the ports this project uses.",
            module="edit", silent=True,
        ),
        Command(
            SET_UP, "add", "Add a service or container to ports.toml.",
            module="edit", silent=True,
        ),
        Command(
            SET_UP, "remove", "Remove a service from ports.toml and give back its port.",
            module="edit",
        ),
        Command(SET_UP, "integrate", "Let make, direnv, editors, CI or agents use portman."),
        Command(SET_UP, "schema", "Print the JSON Schema of ports.toml.", module="validate"),
        Command(SET_UP, "validate", "Check ports.toml, without ledger, engine or ports."),
        Command(PROGRAMS, "hold", "Hold the ports of services while they start and restart."),
        Command(PROGRAMS, "wait", "Wait until services listen on their ports."),
        Command(PROGRAMS, "open", "Open a service in the browser.", module="env"),
        Command(
            PROGRAMS, "publish", "Print the `docker run` arguments that publish a port.",
            module="env",
        ),
        Command(PROGRAMS, "free", "Stop what listens on a port, after confirmation.", silent=True),
        Command(
            MACHINE, "gc", "Give back the ports of checkouts whose folder is gone.",
            module="ledger", silent=True,
        ),
        Command(
            MACHINE, "repair", "Move a damaged ledger aside and save what can be read.",
            module="ledger",
        ),
    )
}  # fmt: skip


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
