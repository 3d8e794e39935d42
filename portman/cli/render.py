"""A report as text: the JSON envelope, or lines for a person. Verbs build their views from it."""

from __future__ import annotations

import os
import sys

from portman.base.record import NamedTuple
from portman.base.text import dumps, home_short, printable
from portman.cli import look

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from portman.base.errors import Problem, Report
    from portman.cli import OutputOptions

    #: The `data` of a report, as a view gets it.
    Data = dict[str, Any]


def elsewhere(report: Report, options: OutputOptions) -> Report:
    """Return the report with hints that repeat `-C` and `--instance` of this call."""
    from portman.base.hints import placed

    return placed(report, options.start, options.instance)


def json_text(report: Report) -> str:
    return dumps(report.envelope()) + "\n"


def stderr_text(report: Report, style: Style, *, quiet: bool) -> str:
    """Return warnings (unless quiet), then errors, each with its next command.

    Consecutive problems with the same hint print it once, after the last.
    """
    warnings = () if quiet else report.warnings
    problems = [("note", "yellow", one) for one in warnings]
    problems += [("error", "red", one) for one in report.errors]
    lines: list[str] = []
    for at, (label, colour, problem) in enumerate(problems):
        head = style.paint(colour, f"{label}:")
        indent = " " * (len(label) + 2)
        message = _wrapped(_message(problem), indent, style)
        lines.append(f"{head} {message[len(indent) :]}")
        following = problems[at + 1][2].hint if at + 1 < len(problems) else ""
        if problem.hint and problem.hint != following:
            lines += [_wrapped(line, indent, style) for line in _hint_lines(problem.hint)]
    return "".join(line + "\n" for line in lines)


def _hint_lines(text: str) -> list[str]:
    """Return what `hint_lines` does; one line stands for itself, and loads no parser."""
    if "\n" not in text and not text.startswith("next"):
        return [text.strip()]
    from portman.base.hints import hint_lines, hints_of

    return hint_lines(hints_of(text))


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


# Colour where a person looks, plain text everywhere else.

#: Of the Windows console: handles, and ENABLE_VIRTUAL_TERMINAL_PROCESSING.
_STDOUT, _STDERR, _VIRTUAL_TERMINAL = -11, -12, 0x0004
ANSI_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Style(NamedTuple):
    """Paints text, or leaves it alone.

    `width` is the columns there are to fill, 0 where no terminal would wrap. `links`: the terminal
    makes a link of an OSC 8 sequence, or ignores it.
    """

    colour: bool = False
    width: int = 0
    links: bool = False

    def paint(self, name: str, text: str) -> str:
        return f"\x1b[{ANSI_CODES[name]}m{text}\x1b[0m" if self.colour and name and text else text

    def link(self, url: str, text: str) -> str:
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if self.links and url else text


def _paints(stream: TextIO) -> bool:
    """Return whether a terminal turns colour codes into colour; switches a console to it."""
    if sys.platform != "win32":
        return True
    import ctypes

    kernel, mode = ctypes.windll.kernel32, ctypes.c_ulong()
    handle = kernel.GetStdHandle(_STDERR if stream is sys.stderr else _STDOUT)
    if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
        return False
    return bool(kernel.SetConsoleMode(handle, mode.value | _VIRTUAL_TERMINAL))


def style_for(stream: TextIO, choice: str) -> Style:
    colour, width = look(stream, choice)
    painted = colour and (choice == "always" or _paints(stream))
    # The Linux console and Emacs show the sequence as text.
    plain = os.environ.get("TERM", "dumb") in ("dumb", "linux") or "INSIDE_EMACS" in os.environ
    return Style(painted, width, painted and stream.isatty() and not plain)


# Aligned columns: plain text, measured in terminal cells.


class Cell(NamedTuple):
    """Text of one cell, the colour it has on a terminal, and the URL it leads to."""

    text: str
    colour: str = ""
    url: str = ""


def cells(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def table(rows: Sequence[Sequence[Cell]], style: Style, *, gap: int = 2) -> list[str]:
    """Return the rows as lines, columns aligned left; no line ends in blanks."""
    if not rows:
        return []
    sizes = [[cells(cell.text) for cell in row] for row in rows]
    widths = [max(column) for column in zip(*sizes, strict=True)]
    lines = []
    for row, taken in zip(rows, sizes, strict=True):
        last = max((at for at, cell in enumerate(row) if cell.text), default=0)
        parts = []
        for at, cell in enumerate(row[: last + 1]):
            fill = " " * (widths[at] - taken[at] + gap) if at < last else ""
            text = style.link(cell.url, cell.text) if cell.url else cell.text
            parts.append(style.paint(cell.colour, text) + fill)
        lines.append("".join(parts))
    return lines


# Text for reading: labelled fields and paragraphs, wrapped to the width there is.

#: Longest line of prose: wider is hard to read, however wide the terminal is.
PROSE = 100


def field(label: str, values: Sequence[str], style: Style, *, colour: str = "") -> list[str]:
    """Return `values` under each other beside a label; none for no values."""
    indent = " " * 14
    lines: list[str] = []
    width = style.width - len(indent) if style.width else 0
    for value in values:
        for line in wrapped(value, width):
            head = indent if lines else "  " + style.paint("dim", f"{label:<12}")
            lines.append(head + style.paint(colour, line))
    return lines


def paragraph(text: str, style: Style, indent: str = "  ", *, colour: str = "") -> list[str]:
    width = min(style.width, PROSE) - len(indent) if style.width else 0
    return [indent + style.paint(colour, line) for line in wrapped(text, width)]


def wrapped(text: str, width: int) -> list[str]:
    """Break at blanks, never inside a word: a path or command can still be copied whole.

    A width of 0 stands for "no terminal": nothing is broken.
    """
    if not width:
        return [text.strip()]
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and cells(lines[-1]) + 1 + cells(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


# Services of a checkout and their files, as `up`, `check`, `down`, `list` and `watch` show them.

VERDICT_COLOURS = {
    "idle": "dim",
    "running": "cyan",
    "reserved": "cyan",
    "lingering": "yellow",
    "taken": "red",
    "claimed": "red",
    "excluded": "red",
    "privileged": "red",
}


def short_path(path: str) -> str:
    return printable(home_short(path, os.path.expanduser("~")))


def ports_text(service: Data) -> str:
    ports = service["ports"]
    text = str(ports[0]) if len(ports) == 1 else f"{ports[0]}-{ports[-1]}"
    protocols = "+".join(service["protocols"])
    return text if protocols == "tcp" else f"{text}/{protocols}"


def title(data: Data, style: Style) -> str:
    kind = f"instance {data['instance']}" if data["instance"] else ""
    kind = kind or ("primary checkout" if data["primary"] else "checkout")
    place, project = short_path(data["checkout"]), printable(data["project"])
    return f"{style.paint('bold', project)}  {style.paint('dim', f'{kind} {place}')}"


_YOURS = {"cleaned": " (your lines stay)"}


def outputs(data: Data, style: Style) -> list[str]:
    """Return what happened to the files, by action; unchanged ones only if all are."""
    by_action: dict[str, list[str]] = {}
    for one in data["outputs"]:
        by_action.setdefault(one["action"], []).append(printable(one["path"]))
    return [
        style.paint("dim", f"{action} {', '.join(paths)}{_YOURS.get(action, '')}")
        for action, paths in by_action.items()
        if action != "unchanged" or len(by_action) == 1
    ]
