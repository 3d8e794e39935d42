"""`portman watch`: a live screen, one frame, or a stream of changes."""

from __future__ import annotations

import sys
import time

from portman.base.errors import INTERRUPTED
from portman.base.text import dumps, printable
from portman.cli import OutputOptions
from portman.cli.emit import hung_up, write
from portman.cli.parameters import Parameter, Verb, flag
from portman.cli.render import style_for
from portman.commands.watch import Watcher, diff, row_view

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.cli.render import Style
    from portman.commands.watch import PortChange, Row, WatchSnapshot


def _watch(options: OutputOptions, *, once: bool, interval: float) -> int:
    look = Watcher(options.start).look
    style = style_for(sys.stdout, options.color)
    if once:
        return write(sys.stdout, once_text(look(), style, json=options.json))
    if options.json or not sys.stdout.isatty():
        return follow(look, style, interval, json=options.json)
    from portman.cli.screen.live import Live

    return Live(look, style, interval).run()


def once_text(snapshot: WatchSnapshot, style: Style, *, json: bool) -> str:
    if json:
        services = [row_view(row) for row in snapshot.rows]
        return _json("snapshot", snapshot.at, services=services)
    from portman.cli.screen.frame import whole

    return "".join(line + "\n" for line in whole(snapshot, style))


def follow(look: Callable[[], WatchSnapshot], style: Style, interval: float, *, json: bool) -> int:
    """Write a snapshot, then a line for each change, until interrupted or without a reader.

    A reader that goes away (`| head`) ends it with 0: it has what it wanted.
    """
    line = _json_line if json else _plain_line
    try:
        snapshot = look()
        reached = not write(sys.stdout, once_text(snapshot, style, json=json))
        while reached and not hung_up(interval):
            before, snapshot = snapshot, look()
            lines = (line(change, snapshot.at) for change in diff(before, snapshot))
            reached = not write(sys.stdout, "".join(lines))
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _json(event: str, at: float, **fields: object) -> str:
    line = {"portman": 1, "command": "watch", "event": event, "at": round(at, 3), **fields}
    return dumps(line) + "\n"


def _json_line(change: PortChange, at: float) -> str:
    before = row_view(change.before) if change.before else None
    after = row_view(change.after) if change.after else None
    return _json(change.event, at, service=after, before=before)


def _plain_line(change: PortChange, at: float) -> str:
    """Return one change for a log; only --json reports connections."""
    if change.event == "connections":
        return ""
    clock = time.strftime("%H:%M:%S", time.localtime(at))
    row = change.row
    text = f"{clock}  {change.event:<8}  {row.service} of {row.project} {_what(change, row)}"
    return printable(text.rstrip()) + "\n"


def _what(change: PortChange, row: Row) -> str:
    if change.event == "moved" and change.before:
        return f"{change.before.port} -> {row.port}"
    if change.event == "removed":
        return str(row.port)
    was = f", was {change.before.holder}" if change.before and change.before.holder else ""
    held = row.said
    return f"{row.port} {row.state}" + (f" {held}" if held else was)


VERBS = {
    "watch": Verb(
        _watch,
        lambda _data, _style: [],
        """
        Shows state, port, process, age and connections. On a terminal a live screen (? shows
        its keys); into a pipe or file one line for each change; with --json a snapshot, then
        one object for each change.

        Example: portman watch
        """,
        without=("instance", "quiet"),
        once=flag(("--once",), help="Print one frame and exit."),
        interval=Parameter(
            ("--interval",),
            metavar="SECONDS",
            kind=float,
            default=0.5,
            low=0.1,
            high=3600,
            help="Time between two looks.",
        ),
    )
}
