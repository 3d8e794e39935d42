"""Both lanes: the express lane reads argv without Typer, and `respond` serves it and the app.

The express lane reads every verb by the declaration that the app is made from. It first tries to
repeat a receipt's answer (state/receipts.py), which takes little more than starting Python, and
else calls `respond`, as the app does. An argv that it does not understand completely is left to
the app: mistakes, --help, unusual spellings. Imports only what it uses.
"""

import sys

from portman.cli import Command, OutputOptions, command, look

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portman.base.errors import Problem, Report
    from portman.cli.parameters import Parameter, Verb

    #: Parameters of a verb by name.
    Values = dict[str, Any]
    Words = dict[str, tuple[str, type, bool]]

#: What `portman` without a command does.
ALONE = "overview"
#: An option or argument -> the parameter it sets, its type, and whether it may be repeated.
#: The express lane knows the shared options before any declaration is loaded.
SHARED: "Words" = {
    "-C": ("directory", str, False), "--json": ("json", bool, False),
    "-q": ("quiet", bool, False), "--quiet": ("quiet", bool, False),
    "--instance": ("instance", str, False), "--color": ("color", str, False),
}  # fmt: skip
#: The same for commands that have a receipt; arguments are in order, without a dash.
RECEIPTS: "dict[str, Words]" = {
    "up": {"NAME": ("names", str, True)},
    "check": {"NAME": ("names", str, True)},
    "env": {"--format": ("form", str, False), "--service": ("service", str, False)},
    "port": {"NAME": ("name", str, False)},
    "url": {"NAME": ("name", str, False)},
    "list": {"--line": ("line", bool, False)},
    "run": {
        "CMD": ("cmd", str, True), "--service": ("service", str, False),
        "--ephemeral": ("ephemeral", bool, False), "--no-hold": ("no_hold", bool, False),
        "--no-flags": ("no_flags", bool, False),
    },
}  # fmt: skip


#: Options of `up` with which no receipt is repeated or kept.
SPECIAL = ("reassign", "was", "brief", "budget", "team")


def answer(argv: list[str]) -> int | None:
    """Return the exit code of a command answered here, None for one that is left to the app.

    `run` does not return where this process becomes the command.
    """
    if argv == ["--version"]:
        from portman._version import __version__

        return _write(f"portman {__version__} (ports-toml)\n")
    found = parse(argv)
    if found is None:
        return None
    row, options, values = found
    if row.verb == "run" and values.get("cmd"):
        return launch(options, **values)
    # A console of Windows must be switched to colour, which render.py does.
    console = sys.platform == "win32" and not options.json and sys.stdout.isatty()
    # `list` is about the whole machine, but for its line.
    plain = values.get("line", row.verb != "list") and not any(map(values.get, SPECIAL))
    if row.verb in RECEIPTS and plain and not console:
        repeated = _repeat(receipt_key(row, options, values), options)
        if repeated is not None:
            return _write(repeated)
    return respond(row, options, values)


def parse(argv: list[str]) -> "tuple[Command, OutputOptions, Values] | None":
    """Return the command, the shared options and its own parameters, or None if unsure.

    What a receipt may answer is read without loading the verb's declaration, everything else by it.
    """
    start = 0
    while start < len(argv) and argv[start].startswith("-") and argv[start] != "--":
        start += 1 if SHARED.get(argv[start], ("", bool))[1] is bool else 2
    row = command(argv[start]) if start < len(argv) else command(ALONE)
    before = read(argv[:start], SHARED, {})
    if row is None or before is None:
        return None
    words = argv[start + 1 :]
    known = RECEIPTS.get(row.verb)
    found = None if known is None else read(words, SHARED, known, whole=row.verb == "run")
    if found is None:
        shared, own, whole, required = declared(load(row))
        found = read(words, shared, own, whole=whole)
        if found is None or not all(name in found for name in required):
            return None
        if not all(_within(found.get(name), one) for name, one in load(row).parameters.items()):
            return None
    elif row.verb in ("port", "url") and "name" not in found:
        return None
    given = {**before, **found}
    options = OutputOptions(
        given.get("directory", "."),
        json=given.get("json", False),
        quiet=given.get("quiet", False),
        color=given.get("color", "auto"),
        instance=given.get("instance", ""),
    )
    if not {before.get("color", "auto"), options.color} <= {"auto", "always", "never"}:
        return None
    shared_names = [one[0] for one in SHARED.values()]
    return row, options, {name: value for name, value in found.items() if name not in shared_names}


def read(
    words: list[str], shared: "Words", own: "Words", *, whole: bool = False
) -> "Values | None":
    """Return what the words set, None for anything out of the ordinary.

    `whole` leaves everything after the first argument to that argument.
    """
    found: Values = {name: () for name, _, many in own.values() if many}
    plain: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            plain += rest
        elif not word.startswith("-"):
            plain.append(word)
            if whole:
                plain += rest
        else:
            head, equals, text = word.partition("=") if word[:2] == "--" else (word, "", "")
            name, kind, many = own.get(head) or shared.get(head) or ("", bool, False)
            if not name or (kind is bool and equals):
                return None
            value: object = True
            if kind is not bool:
                text = text if equals else next(rest, "")
                value = _value(text, kind)
                if value is None:
                    return None
            found[name] = (*found[name], value) if many else value
    if not all(plain):
        return None
    for word, (name, _, many) in own.items():
        if not word.startswith("-") and plain:
            found[name] = tuple(plain) if many else plain.pop(0)
            plain = [] if many else plain
    return None if plain else found


def _value(text: str, kind: type) -> object:
    """Return a value in its type, None if it is not certainly one."""
    if kind is str:
        return text if text and not text.startswith("-") else None
    plain = text.isascii() and len(text) < 10
    whole, _, part = text.partition(".")
    if kind is int:
        return int(text) if plain and text.isdecimal() else None
    return float(text) if plain and whole.isdecimal() and (part or "0").isdecimal() else None


def _within(value: "Any", one: "Parameter") -> bool:
    low, high = one.low, one.high
    return value is None or ((low is None or value >= low) and (high is None or value <= high))


def declared(verb: "Verb") -> "tuple[Words, Words, bool, list[str]]":
    """Return a declaration as `read` takes it: shared and own words, `whole`, what is required."""
    shared = {word: one for word, one in SHARED.items() if one[0] not in verb.without}
    own: Words = {}
    for name, one in verb.parameters.items():
        for word in one.words or (name,):
            own[word] = (name, one.kind, one.many)
    required = [name for name, one in verb.parameters.items() if one.value() is ...]
    return shared, own, verb.verbatim, required


def receipt_key(row: Command, options: OutputOptions, values: "Values") -> str:
    output = ("json " if options.json else "") + ("quiet " if options.quiet else "")
    output += f"{options.start} " if options.json and options.start != "." else ""
    if row.verb in ("up", "check", "list") and not options.json:
        colour, width = look(sys.stdout, options.color)
        output += f"{'colour ' if colour else ''}{f'{width} ' if width else ''}"
    names = values.get("names") or [values.get("name") or values.get("service") or ""]
    return f"{output}{row.verb} {values.get('form', 'dotenv')} {' '.join(names)}"


def respond(row: Command, options: OutputOptions, given: "Values") -> int:
    """Run a verb, write its report, and keep a receipt of an answer that may be repeated."""
    verb = load(row)
    left = [(name, one) for name, one in verb.parameters.items() if name not in given]
    values = {name: one.default if one.default is not ... else one.value() for name, one in left}
    values |= given
    special = any(map(values.get, SPECIAL)) or not values.get("line", True)
    repeatable = row.verb in RECEIPTS and not special
    try:
        code, report = _respond(row, verb, options, values, repeatable=repeatable)
    finally:
        if repeatable:
            from portman.ledger.open import end_command

            end_command()
    return verb.after(options, report) if code and verb.after and report else code


def _respond(
    row: Command, verb: "Verb", options: OutputOptions, values: "Values", *, repeatable: bool
) -> "tuple[int, Report | None]":
    from portman.cli.emit import attempt, rendered, write_texts

    if repeatable:
        from portman.ledger.open import command_ledger
        from portman.state.remember import begin, remember

        start = begin(command_ledger, options.start, options.instance)
    run = verb.run if options.start == "." else _started_there(verb)
    report = attempt(row.verb, lambda: run(options, **values))
    if isinstance(report, int):
        return report, None
    out, err = rendered(report, options, verb.view)
    code = write_texts(out, err) or report.exit_code
    # Where services have folders, what `env` says depends on the folder it is asked in.
    anywhere = values.get("service") or "service" not in report.data
    if repeatable and not code and anywhere:
        remember(start, report, receipt_key(row, options, values), out)
    return code, report


def _started_there(verb: "Verb") -> "Callable[..., Report | int]":
    """Return what runs a verb in a folder that is there: some verbs need none."""
    from portman.manifest.file import real_folder

    def run(options: OutputOptions, **values: "Any") -> "Report | int":
        real_folder(options.start)
        return verb.run(options, **values)

    return run


def load(row: Command) -> "Verb":
    module = __import__(f"portman.cli.verbs.{row.module}", fromlist=["VERBS"])
    found: Verb = module.VERBS[row.verb]
    return found


def _repeat(asked: str, options: OutputOptions) -> str | None:
    """Return the remembered answer if its evidence and its ports are unchanged."""
    from portman.state.receipts import repeat

    found = repeat(options.start, options.instance, asked, _rows)
    if found is None:
        return None
    ports, text = found
    return text if not ports or _all_free(ports, options.start) else None


def _rows(state: str, checkout: str, instance: str) -> str:
    from portman.ledger.fast_read import rows

    return rows(state, checkout, instance)


def _all_free(ports: str, start: str) -> bool:
    from portman.machine.sockets import bind_denied, probe

    for word in ports.split():
        kind, _, rest = word.partition(":")
        if kind == "listeners":
            if not _as_before(start, *rest.split("@")):
                return False
            continue
        number, _, host = rest.partition("@")
        if probe(int(number), kind, host) != "idle":
            return False
        if bind_denied():
            return False  # whoever reads the answer must know that no port was tried
    return True


def _as_before(start: str, every: str, ports: str, around: str) -> bool:
    """Return whether no listener changed, or at least none that this checkout has to do with."""
    from portman.machine.sockets import listeners

    if every and listeners() == every:
        return True
    from portman.state.at_work import listening
    from portman.state.receipts import manifest_folder

    folder = manifest_folder(start)
    running = [int(one) for one in ports.split(",") if one]
    return folder is not None and listening(folder, running) == around


def _write(text: str) -> int:
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


def launch(  # noqa: PLR0913 - one for each option
    options: OutputOptions,
    cmd: tuple[str, ...],
    service: str | None = None,
    *,
    ephemeral: bool = False,
    no_hold: bool = False,
    no_flags: bool = False,
) -> int:
    """Start the command; return an exit code only if this process did not become it."""
    try:
        if options.start != ".":
            from portman.manifest.file import real_folder

            real_folder(options.start)
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
                flags=not no_flags,
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
