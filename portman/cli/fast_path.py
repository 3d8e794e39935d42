"""The express lane: the argv forms that machines call, without Typer.

First it tries to repeat a receipt's answer (state/receipts.py), which takes little more than
starting Python; failing that it calls the same operation as the Typer app, through `forms`.
Whatever it does not understand to the letter is left to the app. Imports only what it uses.
"""

import os
import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Problem, Report
    from portman.cli.emit import OutputOptions
    from portman.launch.facts import RunOptions

FORMATS = ("dotenv", "json", "make", "shell", "fish", "powershell", "github")
FLAGS = {"--json": "json", "-q": "quiet", "--quiet": "quiet"}


def answer(argv: list[str]) -> int | None:
    """Return the exit code of a command answered here, None if the app has to."""
    words = parse(argv)
    if words is None:
        return None
    command, names, form, start, json, quiet, instance = words
    if json or command in ("env", "port", "url") or not _is_terminal():
        repeated = _repeat(question(command, names, form, json=json, quiet=quiet), start, instance)
        if repeated is not None:
            return _say(repeated)
    from portman.cli.emit import OutputOptions
    from portman.cli.forms import Form
    from portman.cli.forms import answer as compute

    manner = OutputOptions(start, json=json, quiet=quiet, instance=instance)
    return compute(Form(command, names, form), manner)


def parse(argv: list[str]) -> tuple[str, tuple[str, ...], str, str, bool, bool, str] | None:
    """Return (command, names, format, start, json, quiet, instance), or None if unsure."""
    flags, values, plain = set(), {"-C": ".", "--instance": "", "--format": ""}, []
    words = iter(argv)
    for word in words:
        if word in FLAGS:
            flags.add(FLAGS[word])
        elif word in values:
            values[word] = next(words, "")
            if not values[word] or values[word].startswith("-"):
                return None
        elif not word or word.startswith("-"):
            return None
        else:
            plain.append(word)
    command, names, form = "".join(plain[:1]), plain[1:], values["--format"] or "dotenv"
    if not _fits(command, len(names)) or form not in FORMATS:
        return None
    if values["--format"] and command != "env":
        return None
    start, instance = values["-C"], values["--instance"]
    return command, tuple(names), form, start, "json" in flags, "quiet" in flags, instance


def question(command: str, names: tuple[str, ...], form: str, *, json: bool, quiet: bool) -> str:
    """Return the one-line name of an answer in a receipt."""
    manner = ("json " if json else "") + ("quiet " if quiet else "")
    return f"{manner}{command} {form} {' '.join(names)}"


def _fits(command: str, names: int) -> bool:
    if command in ("port", "url"):
        return names == 1
    return command in ("up", "check") or (command == "env" and not names)


def _is_terminal() -> bool:
    try:
        return os.isatty(1)
    except OSError:
        return False


def _repeat(asked: str, start: str, instance: str) -> str | None:
    """Return the remembered answer if its evidence and its ports are as they were."""
    from portman.state.receipts import repeat

    found = repeat(start, instance, asked, _rows)
    if found is None:
        return None
    ports, text = found
    return text if not ports or _all_free(ports) else None


def _rows(state: str, checkout: str, instance: str) -> str:
    from portman.ledger.fast_read import rows

    return rows(state, checkout, instance)


def _all_free(ports: str) -> bool:
    from portman.machine.sockets import probe

    return all(
        probe(int(number), protocol) == "idle"
        for protocol, _, number in (word.partition(":") for word in ports.split())
    )


def _say(text: str) -> int:
    """Write an answer as `perform.write` would."""
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


# `portman run ... -- CMD` without Typer: only what is understood to the letter, up to `--`.

RUN_FLAGS = frozenset({"--ephemeral", "--no-hold", "--json", "-q", "--quiet"})
VALUES = frozenset({"-C", "--service", "--instance"})


def answer_run(argv: list[str]) -> int | None:
    """Become the command; return an exit code where that is not possible, None for the app."""
    options = parse_run(argv)
    if options is None:
        return None
    flags, values, command = options
    from portman.launch.facts import RunOptions

    wish = RunOptions(
        command,
        start=values.get("-C", "."),
        service=values.get("--service", ""),
        instance=values.get("--instance", ""),
        ephemeral="--ephemeral" in flags,
        hold="--no-hold" not in flags,
    )
    return launch(wish, Voice(json="--json" in flags, quiet=bool(flags & {"-q", "--quiet"})))


def parse_run(argv: list[str]) -> tuple[set[str], dict[str, str], list[str]] | None:
    """Return (flags, values, command) of `run [OPTION]... -- CMD...`, None if unsure."""
    if not argv or argv[0] != "run" or "--" not in argv:
        return None
    end = argv.index("--")
    flags: set[str] = set()
    values: dict[str, str] = {}
    words = iter(argv[1:end])
    for word in words:
        if word in RUN_FLAGS:
            flags.add(word)
        elif word in VALUES:
            values[word] = next(words, "")
            if not values[word] or values[word].startswith("-"):
                return None
        else:
            return None
    return (flags, values, argv[end + 1 :]) if argv[end + 1 :] else None


# `portman run` for both lanes: prepare, say what there is to say, start.
#
# Imports almost nothing at first: in the usual case this process becomes the command at once.


class Voice:
    """How `run` speaks, if it has to: the options, without what they cost to import."""

    __slots__ = ("color", "json", "quiet")

    def __init__(self, *, json: bool = False, quiet: bool = False, color: str = "auto") -> None:
        self.json, self.quiet, self.color = json, quiet, color

    def manner(self) -> "OutputOptions":
        """Return the same as a OutputOptions."""
        from portman.cli.emit import OutputOptions

        return OutputOptions(json=self.json, quiet=self.quiet, color=self.color)


def launch(wish: "RunOptions", voice: Voice) -> int:
    """Start the command of `wish`; return an exit code only if this process did not become it."""
    try:
        from portman.launch.prepare import prepare

        ready = prepare(wish)
        for problem in ready.warnings:
            _note(problem, voice)
        from portman.launch.start import start

        return start(ready, lambda problem: _note(problem, voice))
    except BaseException as error:  # noqa: BLE001 - told like every other error
        return _failed(error, voice)


def _note(problem: "Problem", voice: Voice) -> None:
    """Write one note to stderr; stdout is the command's."""
    from portman.base.errors import Report
    from portman.cli import render
    from portman.cli.emit import write
    from portman.cli.render import style_for

    if not voice.quiet and not voice.json:
        import sys

        report = Report("run", {}, (), (problem,))
        style = style_for(sys.stderr, voice.color)
        write(sys.stderr, render.stderr_text(report, style, quiet=False))


def _failed(error: BaseException, voice: Voice) -> int:
    from portman.cli.emit import attempt, tell
    from portman.launch.facts import Refused

    def again() -> "Report":
        if isinstance(error, Refused):
            return error.report
        raise error

    return tell(attempt("run", again), voice.manner())
