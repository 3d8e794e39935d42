"""Run one operation and tell its report: the only place where errors become exit codes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from portman._version import __version__
from portman.base.errors import UNUSABLE, PortmanError, Problem, Report, failed

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TextIO

    from portman.cli.render import Style


class OutputOptions(NamedTuple):
    """Where to start from and how to speak: what every command understands."""

    start: str = "."
    json: bool = False
    quiet: bool = False
    color: str = "auto"
    instance: str = ""


def perform(command: str, manner: OutputOptions, work: Callable[[], Report]) -> int:
    """Call `work`, write its report to stdout and stderr, return the exit code."""
    return tell(attempt(command, work), manner)


def attempt(command: str, work: Callable[[], Report]) -> Report:
    """Call `work`; an error becomes a report, and so does a bug."""
    try:
        return work()
    except PortmanError as error:
        return failed(command, error)
    except KeyboardInterrupt:
        return interrupted(command)
    except Exception as error:  # noqa: BLE001 - a traceback never reaches the user
        return unforeseen(command, error)


def tell(report: Report, manner: OutputOptions) -> int:
    """Write a report the way `manner` asks for; return its exit code."""
    out, err = spoken(report, manner)
    return deliver(report, out, err)


def deliver(report: Report, out: str, err: str) -> int:
    """Write both texts; return the exit code (1 or 5 if the answer could not be written)."""
    lost = write(sys.stdout, out)
    write(sys.stderr, err)
    return lost or report.exit_code


def spoken(report: Report, manner: OutputOptions) -> tuple[str, str]:
    """Return what goes to stdout and to stderr."""
    from portman.cli import render
    from portman.cli.render import style_for

    if manner.json:
        return render.json_text(report), ""
    silent = manner.quiet and report.command in ("up", "check", "down", "gc", "init", "add", "free")
    out = "" if silent else render.stdout_text(report, style_for(sys.stdout, manner.color))
    err = render.stderr_text(report, style_for(sys.stderr, manner.color), quiet=manner.quiet)
    return out, err


def write(stream: TextIO, text: str) -> int:
    """Write text whatever the locale's encoding is; return 0, or the exit code as `unwritten`."""
    if not text:
        return 0
    try:
        data = text.encode(stream.encoding or "utf-8", "backslashreplace")
        stream.flush()
        stream.buffer.write(data)
        stream.flush()
    except OSError as error:
        return unwritten(stream, error)
    return 0


def unwritten(stream: TextIO, error: OSError) -> int:
    """Return 1, quietly, if the reader has gone; 5 with a message for a full disk and its kind."""
    import os

    # Python flushes stdout once more at exit; give it a place where that cannot fail.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if isinstance(error, BrokenPipeError):
        return 1
    if stream is not sys.stderr:
        write(sys.stderr, f"error: the answer could not be written: {error.strerror}\n")
    return UNUSABLE


def unforeseen(command: str, error: Exception) -> Report:
    """Write the traceback to a log file and return the short report about it.

    Python makes other errors of a Ctrl-C in some places (`RuntimeError` where a class is made).
    """
    if _is_interrupt(error):
        return interrupted(command)

    where = write_log(command, error)
    problem = Problem(
        "bug",
        f"{command}: {type(error).__name__}: this is a bug in portman, not in your project",
        f"details are in {where}" if where else "",
    )
    return Report(command, {}, (problem,))


def _is_interrupt(error: BaseException | None) -> bool:
    """Return whether a Ctrl-C is among the causes of an error."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def crashed(argv: list[str], error: Exception) -> int:
    """Tell a bug that no operation is to blame for, such as one in rendering."""
    command = next((word for word in argv if not word.startswith("-")), "portman")
    report = unforeseen(command, error)
    try:
        return tell(report, OutputOptions(json="--json" in argv))
    except Exception:  # noqa: BLE001 - the renderer itself may be what is broken
        sys.stderr.write(f"error: {report.errors[0].message}\n       {report.errors[0].hint}\n")
        return report.exit_code


def interrupted(command: str) -> Report:
    """Return the report of a command that was stopped with Ctrl-C (exit 130)."""
    return Report(command, {}, (Problem("interrupted", f"{command}: interrupted"),))


# The log file of an unexpected error, so that the terminal stays readable.


def write_log(command: str, error: Exception) -> str:
    """Append version, command and traceback to bug.log in the state folder; return its path.

    Falls back to the temporary folder; returns "" if nothing can be written at all.
    """
    import traceback

    text = (
        f"portman {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n"
        f"command: {command}\n{''.join(traceback.format_exception(error))}\n"
    )
    for folder in _folders():
        path = os.path.join(folder, "bug.log")
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(path, flags, 0o600), "a", errors="backslashreplace") as log:
                log.write(text)
        except OSError:
            continue
        return path
    return ""


def _folders() -> list[str]:
    import tempfile

    from portman.base.errors import PortmanError
    from portman.state import state_folder

    try:
        state = [state_folder()]
    except PortmanError:
        state = []
    return [*state, os.path.join(tempfile.gettempdir(), f"portman-{os.getpid()}")]


# Ask a person before something is stopped or written; only on a terminal.


def asker(
    how: OutputOptions, show: Callable[[dict[str, Any], Style], list[str]]
) -> Callable[[Report], bool]:
    """Return a function that shows a plan on stderr and asks; it says no without a terminal.

    `show` makes lines of the plan's data. With --json nothing is asked: whoever reads JSON is
    no person.
    """

    def ask(report: Report) -> bool:
        if how.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        from portman.cli.render import style_for

        style = style_for(sys.stderr, how.color)
        for line in show(report.data, style):
            sys.stderr.write(line + "\n")
        sys.stderr.write("Go on? [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer.endswith("\n"):
            sys.stderr.write("\n")
        report.data["asked_on_terminal"] = True
        return answer.strip().lower() in ("y", "yes")

    return ask
