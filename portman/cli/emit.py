"""Write a verb's report, log a bug, ask a person: errors become exit codes here alone."""

from __future__ import annotations

import errno
import os
import sys

from portman._version import __version__
from portman.base.errors import UNUSABLE, PortmanError, Problem, Report, failed, pending
from portman.cli import OutputOptions, command
from portman.state import is_own, state_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO, TypeVar

    from portman.cli.parameters import View

    Answer = TypeVar("Answer")


def attempt(verb: str, work: Callable[[], Answer]) -> Answer | Report:
    """Call `work`; an error becomes a report, and so does a bug."""
    try:
        return work()
    except PortmanError as error:
        return failed(verb, error)
    except KeyboardInterrupt:
        return interrupted(verb)
    except Exception as error:  # noqa: BLE001 - a traceback never reaches the user
        return unforeseen(verb, error)


def write_report(report: Report, options: OutputOptions, view: View | None = None) -> int:
    """Write a report to stdout and stderr; return its exit code."""
    out, err = rendered(report, options, view)
    return write_texts(out, err) or report.exit_code


def rendered(report: Report, options: OutputOptions, view: View | None) -> tuple[str, str]:
    """Return what goes to stdout and to stderr. Without data there is nothing to view."""
    from portman.cli.render import elsewhere, json_text, stderr_text, style_for

    if pending:
        report = report._replace(warnings=(*report.warnings, *pending))
        pending.clear()
    if options.start != "." or options.instance:
        report = elsewhere(report, options)
    if options.json:
        return json_text(report), ""
    row = command(report.command)
    silent = options.quiet and row is not None and row.silent
    lines: list[str] = []
    if report.data and view is not None and not silent:
        lines = view(report.data, style_for(sys.stdout, options.color))
    if report.data and row is not None and row.errors_on_page:
        report = report._replace(errors=())
    err = ""
    if report.errors or report.warnings:
        err = stderr_text(report, style_for(sys.stderr, options.color), quiet=options.quiet)
    return "".join(line + "\n" for line in lines), err


def write_texts(out: str, err: str) -> int:
    """Write both; return 0, or 1 or 5 if the answer could not be written."""
    lost = write(sys.stdout, out)
    write(sys.stderr, err)
    return lost


def write(stream: TextIO, text: str) -> int:
    """Write text whatever the locale's encoding is; return 0, or the exit code as `unwritten`.

    On Windows always UTF-8, as the console takes it and today's readers of a pipe expect: its code
    pages lack most letters.
    """
    if not text:
        return 0
    encoding = "utf-8" if sys.platform == "win32" else stream.encoding or "utf-8"
    try:
        data = text.encode(encoding, "backslashreplace")
        stream.flush()
        stream.buffer.write(data)
        stream.flush()
    except OSError as error:
        return unwritten(stream, error)
    return 0


def unwritten(stream: TextIO, error: OSError) -> int:
    # Python flushes stdout once more at exit; give it a place where that cannot fail.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    # Windows reports a pipe without a reader as an invalid argument.
    gone = sys.platform == "win32" and error.errno == errno.EINVAL
    if gone or isinstance(error, BrokenPipeError):
        return 1
    if stream is not sys.stderr:
        write(sys.stderr, f"error: the answer could not be written: {error.strerror}\n")
    return UNUSABLE


def hung_up(seconds: float) -> bool:
    """Wait; return at once, and True, if the reader of a pipe has gone."""
    import select
    import time

    if not hasattr(select, "poll"):
        time.sleep(seconds)
        return False
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # POLLERR and POLLHUP are always reported
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if poll.poll(left * 1000):
            return True
    return False


def interrupted(verb: str) -> Report:
    return Report(verb, {}, (Problem("interrupted", f"{verb}: interrupted"),))


# Bugs: the terminal gets two lines, a log file the rest.


def unforeseen(verb: str, error: Exception) -> Report:
    """Write the traceback to a log file and return the short report about it.

    Python makes other errors of a Ctrl-C in some places (`RuntimeError` where a class is made).
    """
    if _is_interrupt(error):
        return interrupted(verb)
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        said = f"{verb}: no more files can be opened (ulimit -n); what was written is whole"
        again = "raise the limit and run it again: ulimit -n 256"
        return Report(verb, {}, (Problem("system-limit", said, again),))
    from portman.base.neighbours import blame

    blame(error)
    path = _write_log(verb, error)
    problem = Problem(
        "bug",
        f"{verb}: {type(error).__name__}: this is a bug in portman, not in your project",
        f"details are in {path}" if path else "",
    )
    return Report(verb, {}, (problem,))


def _is_interrupt(error: BaseException | None) -> bool:
    """Return whether a Ctrl-C is among the causes of an error."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def crashed(argv: list[str], error: Exception) -> int:
    """Report a bug outside of a verb, such as one in rendering."""
    verb = next((word for word in argv if not word.startswith("-")), "portman")
    report = unforeseen(verb, error)
    try:
        return write_report(report, OutputOptions(json="--json" in argv))
    except Exception:  # noqa: BLE001 - the renderer itself may be what is broken
        sys.stderr.write(f"error: {report.errors[0].message}\n       {report.errors[0].hint}\n")
        return report.exit_code


def _write_log(verb: str, error: Exception) -> str:
    """Append version, verb and traceback to bug.log in the state folder; return its path.

    Falls back to the temporary folder; returns "" if nothing can be written at all.
    """
    import traceback

    text = (
        f"portman {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n"
        f"command: {verb}\n{''.join(traceback.format_exception(error))}\n"
    )
    for folder in _log_folders():
        path = os.path.join(folder, "bug.log")
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            flags |= getattr(os, "O_NONBLOCK", 0)  # another user may have made a FIFO of it
            with os.fdopen(os.open(path, flags, 0o600), "a", errors="backslashreplace") as log:
                if not is_own(log.fileno(), sys.maxsize):
                    continue
                log.write(text)
        except OSError:
            continue
        return path
    return ""


def _log_folders() -> list[str]:
    import tempfile

    try:
        state = [state_folder()]
    except PortmanError:
        state = []
    return [*state, os.path.join(tempfile.gettempdir(), f"portman-{os.getpid()}")]


# Ask a person before something is stopped or written.


def confirmation(options: OutputOptions, view: View) -> Callable[[Report], bool]:
    """Return a function that shows a plan on stderr and asks; the answer is no without a terminal.

    `view` makes lines of the plan's data. With --json a program reads: nothing is asked.
    """

    def ask(report: Report) -> bool:
        if options.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        from portman.cli.render import style_for

        style = style_for(sys.stderr, options.color)
        sys.stderr.write("".join(line + "\n" for line in view(report.data, style)))
        sys.stderr.write("Go on? [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer.endswith("\n"):
            sys.stderr.write("\n")
        report.data["asked_on_terminal"] = True
        return answer.strip().lower() in ("y", "yes")

    return ask
