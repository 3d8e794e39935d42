"""A report as text: the JSON envelope, or lines for a person. The one place that renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import CODES
from portman.base.text import printable

if TYPE_CHECKING:
    from portman.base.errors import Problem
    from portman.base.report import Report
    from portman.cli.style import Style

#: Commands whose page on stdout tells every error in full, each beside its mend.
TOLD_ON_PAGE = frozenset({"doctor"})
#: Version of the envelope; changes when a key changes its meaning or goes.
ENVELOPE = 1


def json_text(report: Report) -> str:
    """Return the envelope as one line of ASCII."""
    import json

    return (
        json.dumps(
            {
                "portman": ENVELOPE,
                "command": report.command,
                "status": "error" if report.errors else "ok",
                "exit_code": report.exit_code,
                "data": report.data,
                "errors": [error.as_json() for error in report.errors],
                "warnings": [warning.as_json() for warning in report.warnings],
            }
        )
        + "\n"
    )


def stdout_text(report: Report, style: Style) -> str:
    """Return the data as a person reads it."""
    from portman.cli.show import lines_of

    return "".join(line + "\n" for line in lines_of(report, style))


def stderr_text(report: Report, style: Style, *, quiet: bool) -> str:
    """Return warnings (unless quiet), then errors, each with its next command.

    Where several in a row have the same next command, it stands behind the last of them.
    """
    warnings = () if quiet else report.warnings
    told = [("note", "yellow", one) for one in warnings]
    if report.command not in TOLD_ON_PAGE or not report.data:
        told += [("error", "red", one) for one in report.errors]
    lines: list[str] = []
    for at, (label, colour, problem) in enumerate(told):
        head = style.paint(colour, f"{label}:")
        indent = " " * (len(label) + 2)
        message = _wrapped(_message(problem), indent, style)
        lines.append(f"{head} {message[len(indent) :]}")
        following = told[at + 1][2].hint if at + 1 < len(told) else ""
        if problem.hint and problem.hint != following:
            lines += [_wrapped(line, indent, style) for line in problem.hint.split("\n") if line]
    return "".join(line + "\n" for line in lines)


def _message(problem: Problem) -> str:
    place = ""
    if problem.file and problem.file not in problem.message:
        place = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: "
    return place + problem.message


def _wrapped(text: str, indent: str, style: Style) -> str:
    """Return the text indented, folded at words where a terminal would fold it anywhere."""
    line = indent + printable(text)
    if not style.width or len(line) <= style.width:
        return line
    import textwrap

    fold = textwrap.TextWrapper(
        width=max(style.width, 40),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    return fold.fill(line)


def code_table() -> list[tuple[str, int, str]]:
    """Return every code with its exit code and meaning, for docs/errors.md."""
    return [(code, exit_code, meaning) for code, (exit_code, meaning) in CODES.items()]
