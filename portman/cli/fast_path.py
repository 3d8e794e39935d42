"""Both lanes: the express lane reads argv without Typer, and `respond` serves it and the app.

The express lane first tries to repeat a receipt's answer (state/receipts.py), which takes little
more than starting Python. Without a receipt it calls `respond`, as the app does. An argv that it
does not understand completely is left to the app. Imports only what it uses.
"""

import os
import sys

from portman.cli import Command, OutputOptions, command

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from portman.base.errors import Problem, Report
    from portman.cli.parameters import Verb

    #: Parameters of a verb by name.
    Values = dict[str, Any]

#: Options of the express lane -> the parameter they set.
FLAGS = {
    "--json": "json", "-q": "quiet", "--quiet": "quiet",
    "--ephemeral": "ephemeral", "--no-hold": "no_hold"
}  # fmt: skip
VALUES = {"-C": "directory", "--instance": "instance", "--format": "form", "--service": "service"}
SHARED = ("json", "quiet", "directory", "instance")


def answer(argv: list[str]) -> int | None:
    """Return the exit code of a command answered here, None for one that is left to the app.

    `run` does not return where this process becomes the command.
    """
    found = parse(argv)
    if found is None:
        return None
    row, options, values = found
    if row.verb == "run":
        return launch(options, **values)
    if options.json or row.verb in ("env", "port", "url") or not _is_terminal():
        repeated = _repeat(receipt_key(row, options, values), options)
        if repeated is not None:
            return _write(repeated)
    return respond(row, options, values)


def parse(argv: list[str]) -> "tuple[Command, OutputOptions, Values] | None":
    """Return the command, the shared options and its own parameters, or None if unsure."""
    end = argv.index("--") if "--" in argv else len(argv)
    found: Values = {}
    plain: list[str] = []
    words = iter(argv[:end])
    for word in words:
        if word in FLAGS:
            found[FLAGS[word]] = True
        elif word in VALUES:
            value = next(words, "")
            if not value or value.startswith("-"):
                return None
            found[VALUES[word]] = value
        elif not word or word.startswith("-"):
            return None
        else:
            plain.append(word)
    row = command(plain[0]) if plain else None
    if row is None or row.express is None:
        return None
    options = OutputOptions(
        found.pop("directory", "."),
        json=found.pop("json", False),
        quiet=found.pop("quiet", False),
        instance=found.pop("instance", ""),
    )
    if not all(name in row.express for name in found):
        return None
    own = _positional(row.express, plain[1:], argv[end + 1 :], dashes=end < len(argv))
    return None if own is None else (row, options, {**found, **own})


def _positional(
    express: tuple[str, ...], names: list[str], rest: list[str], *, dashes: bool
) -> "Values | None":
    """Return the positional parameters: NAME, [NAME]..., or what follows `--`; None if unsure."""
    if "cmd" in express:
        return {"cmd": tuple(rest)} if rest and not names else None
    if dashes:
        return None
    if "names" in express:
        return {"names": tuple(names)}
    if "name" in express:
        return {"name": names[0]} if len(names) == 1 else None
    return None if names else {}


def receipt_key(row: Command, options: OutputOptions, values: "Values") -> str:
    """Return the one-line name of an answer in a receipt."""
    output = ("json " if options.json else "") + ("quiet " if options.quiet else "")
    names = values.get("names") or [values.get("name") or values.get("service") or ""]
    return f"{output}{row.verb} {values.get('form', 'dotenv')} {' '.join(names)}"


def respond(row: Command, options: OutputOptions, given: "Values") -> int:
    """Run a verb, write its report, and keep a receipt of an answer that may be repeated."""
    verb = load(row)
    values = {**{name: one.value() for name, one in verb.parameters.items()}, **given}
    if row.express is None or values.get("reassign"):
        return _respond(row, verb, options, values, repeatable=False)
    from portman.ledger.open import end_command

    try:
        return _respond(row, verb, options, values, repeatable=True)
    finally:
        end_command()


def _respond(
    row: Command, verb: "Verb", options: OutputOptions, values: "Values", *, repeatable: bool
) -> int:
    from portman.cli.emit import attempt, rendered, write_texts

    if repeatable:
        from portman.ledger.open import command_ledger
        from portman.state.remember import begin, remember

        start = begin(command_ledger, options.start, options.instance)
    report = attempt(row.verb, lambda: verb.run(options, **values))
    if isinstance(report, int):
        return report
    out, err = rendered(report, options, verb.view)
    code = write_texts(out, err) or report.exit_code
    plain = options.json or not (options.color == "always" or sys.stdout.isatty())
    # Where services have folders, what `env` says depends on the folder it is asked in.
    anywhere = values.get("service") or "service" not in report.data
    if repeatable and plain and not code and anywhere:
        remember(start, report, receipt_key(row, options, values), out)
    return code


def load(row: Command) -> "Verb":
    module = __import__(f"portman.cli.verbs.{row.module}", fromlist=["VERBS"])
    found: Verb = module.VERBS[row.verb]
    return found


def _is_terminal() -> bool:
    try:
        return os.isatty(1)
    except OSError:
        return False


def _repeat(asked: str, options: OutputOptions) -> str | None:
    """Return the remembered answer if its evidence and its ports are unchanged."""
    from portman.state.receipts import repeat

    found = repeat(options.start, options.instance, asked, _rows)
    if found is None:
        return None
    ports, text = found
    return text if not ports or _all_free(ports) else None


def _rows(state: str, checkout: str, instance: str) -> str:
    from portman.ledger.fast_read import rows

    return rows(state, checkout, instance)


def _all_free(ports: str) -> bool:
    from portman.machine.sockets import listeners, probe

    for word in ports.split():
        kind, _, rest = word.partition(":")
        if kind == "listeners":
            if listeners() != rest:
                return False
            continue
        number, _, host = rest.partition("@")
        if probe(int(number), kind, host) != "idle":
            return False
    return True


def _write(text: str) -> int:
    """Write an answer as `emit.write` does, without loading it."""
    if not text:
        return 0
    data = text.encode(sys.stdout.encoding or "utf-8", "backslashreplace")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except OSError as error:
        from portman.cli.emit import unwritten

        return unwritten(sys.stdout, error)
    return 0


# `portman run` of both lanes: prepare, print warnings, start. Usually this process becomes the
# command at once, so everything that prints is loaded only where it prints.


def launch(
    options: OutputOptions,
    cmd: tuple[str, ...],
    service: str | None = None,
    *,
    ephemeral: bool = False,
    no_hold: bool = False,
) -> int:
    """Start the command; return an exit code only if this process did not become it."""
    try:
        from portman.commands.run import prepare
        from portman.launch.facts import RunOptions
        from portman.launch.start import start

        ready = prepare(
            RunOptions(
                list(cmd),
                start=options.start,
                service=service or "",
                instance=options.instance,
                ephemeral=ephemeral,
                hold=not no_hold,
            )
        )
        for problem in ready.warnings:
            _note(problem, options)
        return start(ready)
    except BaseException as error:  # noqa: BLE001 - reported like every other error
        return _failed(error, options)


def _note(problem: "Problem", options: OutputOptions) -> None:
    if options.quiet or options.json:
        return
    from portman.base.errors import Report
    from portman.cli.emit import write
    from portman.cli.render import stderr_text, style_for

    report = Report("run", {}, (), (problem,))
    write(sys.stderr, stderr_text(report, style_for(sys.stderr, options.color), quiet=False))


def _failed(error: BaseException, options: OutputOptions) -> int:
    from portman.cli.emit import attempt, write_report
    from portman.launch.facts import Refused

    def report() -> "Report":
        if isinstance(error, Refused):
            return error.report
        raise error

    return write_report(attempt("run", report), options)
