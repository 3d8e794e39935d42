"""A report as text: the JSON envelope, or lines for a person. The one place that renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.core.errors import CODES
from portman.core.wording import printable

if TYPE_CHECKING:
    from portman.cli.style import Style
    from portman.core.errors import Problem
    from portman.operations.report import Report

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
    """Return errors (always) and warnings (unless quiet), each with its next command."""
    warnings = () if quiet else report.warnings
    told = [_told(warning, "note", "yellow", style) for warning in warnings]
    told += [_told(error, "error", "red", style) for error in report.errors]
    return "".join(told)


def _told(problem: Problem, label: str, colour: str, style: Style) -> str:
    place = ""
    if problem.file and problem.file not in problem.message:
        place = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: "
    head = style.paint(colour, f"{label}:")
    told = f"{head} {printable(place)}{printable(problem.message)}\n"
    indent = " " * (len(label) + 2)
    hints = "".join(f"{indent}{printable(line)}\n" for line in problem.hint.split("\n") if line)
    return told + hints


def code_table() -> list[tuple[str, int, str]]:
    """Return every code with its exit code and meaning, for docs/errors.md."""
    return [(code, exit_code, meaning) for code, (exit_code, meaning) in CODES.items()]
