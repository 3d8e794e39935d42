"""`watch` where there is no screen: JSON lines for programs, plain lines for logs."""

from __future__ import annotations

import select
import sys
import time
from typing import TYPE_CHECKING

from portman.base.errors import INTERRUPTED
from portman.cli.emit import write
from portman.commands.watch import diff, row_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.cli.render import Style
    from portman.commands.watch import PortChange, Row, Snapshot


def once(snapshot: Snapshot, style: Style, *, json: bool) -> str:
    """Return one snapshot as text."""
    if json:
        return _snapshot_line(snapshot)
    from portman.cli.screen.frame import whole

    return "".join(line + "\n" for line in whole(snapshot, style))


def follow(look: Callable[[], Snapshot], style: Style, interval: float, *, json: bool) -> int:
    """Write a snapshot, then a line for each change, until interrupted or nobody reads.

    A reader that goes away (`| head`) ends it with 0: it has what it wanted.
    """
    try:
        snapshot = look()
        reached = not write(sys.stdout, once(snapshot, style, json=json))
        while reached and not _hung_up(interval):
            before, snapshot = snapshot, look()
            told = (_line(change, snapshot, json=json) for change in diff(before, snapshot))
            text = "".join(told)
            reached = not write(sys.stdout, text)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _line(change: PortChange, snapshot: Snapshot, *, json: bool) -> str:
    return _change_line(change, snapshot.at) if json else _plain_line(change, snapshot.at)


def _snapshot_line(snapshot: Snapshot) -> str:
    services = [row_view(row) for row in snapshot.rows]
    return _json({"event": "snapshot", "at": round(snapshot.at, 3), "services": services})


def _change_line(change: PortChange, at: float) -> str:
    before = row_view(change.before) if change.before else None
    after = row_view(change.after) if change.after else None
    told: dict[str, object] = {
        "event": change.event,
        "at": round(at, 3),
        "service": after,
        "before": before,
    }
    return _json(told)


def _json(told: dict[str, object]) -> str:
    from json import dumps

    return dumps({"portman": 1, "command": "watch", **told}) + "\n"


def _plain_line(change: PortChange, at: float) -> str:
    """Return one change for a log; coming and going connections are left to --json."""
    from portman.base.text import printable

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
    return f"{row.port} {row.state}" + (f" {row.holder}" if row.holder else was)


def _hung_up(seconds: float) -> bool:
    """Wait; return at once, and True, if the reader of a pipe has gone."""
    if not hasattr(select, "poll"):
        time.sleep(seconds)
        return False
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # POLLERR and POLLHUP are told without being asked for
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if poll.poll(left * 1000):
            return True
    return False
