"""`portman log`: rows of the log as a table, or a stream of new ones."""

from __future__ import annotations

import sys
import time

from portman.base.errors import INTERRUPTED, UNUSABLE, PortmanError, failed
from portman.base.text import dumps, printable
from portman.cli.emit import hung_up, write, write_report
from portman.cli.parameters import Parameter, Verb, flag
from portman.cli.render import Cell, Style, cells, paragraph, short_path, style_for, table
from portman.commands.log import NEWEST, Follower, log, moment
from portman.ledger.protocol import LogQuery

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portman.base.errors import Report
    from portman.cli import OutputOptions
    from portman.cli.render import Data

COLOURS = {
    "leased": "green",
    "moved": "yellow",
    "given-back": "dim",
    "reclaimed": "dim",
    "freed": "red",
    "refused": "red",
}
#: Seconds between two looks of --follow.
_PAUSE = 0.3


def _log(
    options: OutputOptions,
    *,
    since: str | None,
    service: str | None,
    port: int,
    newest: int,
    follow: bool,
) -> Report | int:
    try:
        report = log(since=since, service=service or "", port=port, newest=newest)
        if not follow:
            return report
        query = LogQuery(0, moment(since, time.time()), service or "", port)
        follower = Follower(query)
    except PortmanError as error:
        return failed("log", error)
    style = style_for(sys.stdout, options.color)
    lines = [_line(one, style, json=options.json) for one in report.data["entries"]]  # type: ignore[attr-defined]
    try:
        reached = not write(sys.stdout, "".join(lines))
        while reached and not hung_up(_PAUSE):
            found = [_line(one, style, json=options.json) for one in follower.look()]
            reached = not write(sys.stdout, "".join(found))
    except KeyboardInterrupt:
        return INTERRUPTED
    except PortmanError as error:
        return write_report(failed("log", error), options) or UNUSABLE
    return 0


def _line(one: Data, style: Style, *, json: bool) -> str:
    if json:
        return dumps({"portman": 1, "command": "log", **one}) + "\n"
    return "\n".join(_rows([one], style)) + "\n"


def view(data: Data, style: Style) -> list[str]:
    if not data["entries"]:
        return ["nothing in the log"]
    lines = _rows(data["entries"], style)
    if data["more"]:
        lines.insert(0, style.paint("dim", "older rows are left out: portman log --newest 0"))
    return lines


def _rows(entries: Sequence[Data], style: Style) -> list[str]:
    """Return a line for each entry, or two where the terminal is too narrow for one."""
    rows = [_row(one) for one in entries]
    widest = max((cells(one) for one in table(rows, Style())), default=0)
    if not style.width or widest <= style.width:
        return table(rows, style)
    lines = []
    for row, short in zip(rows, table([one[:4] for one in rows], style), strict=True):
        lines.append(short)
        for place in row[4:]:
            lines += paragraph(place.text, style, " " * 10, colour=place.colour)
    return lines


def _row(one: Data) -> tuple[Cell, ...]:
    place = short_path(one["checkout"]) if one["checkout"] else ""
    instance = f" instance {one['instance']}" if one["instance"] else ""
    branch = f" ({one['branch']})" if one["branch"] else ""
    return (
        Cell(_clock(one["at"]), "dim"),
        Cell(one["event"], COLOURS.get(one["event"], "")),
        Cell(printable(one["service"] or ""), "bold"),
        Cell(_ports(one)),
        Cell(printable(place + branch + instance)),
        Cell(printable(_who(one)), "dim"),
    )


def _clock(at: int) -> str:
    then = time.localtime(at)
    today = then[:3] == time.localtime()[:3]
    return time.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M", then)


def _ports(one: Data) -> str:
    ports = one["ports"]
    text = "" if not ports else str(ports[0]) + (f"-{ports[-1]}" if len(ports) > 1 else "")
    return f"{one['was']} -> {text}" if one["was"] else text


def _who(one: Data) -> str:
    agent = f"{one['agent']} {one['session'] or 'session'}" if one["agent"] else ""
    terminal = one["terminal"] if not agent else ""
    facts = [f"{one['command']} by {one['user']}", f"pid {one['pid']}", agent, terminal]
    why = f"{one['why']}; " if one["why"] else ""
    return why + ", ".join(fact for fact in facts if fact)


VERBS = {
    "log": Verb(
        _log,
        view,
        """
        One row for each port that was leased, moved, given back, reclaimed, freed or refused:
        when, why, for which checkout, by which command, user and agent session. Rows are kept
        for 90 days.

        Example: portman log --port 3000 --since 2h
        """,
        without=("directory", "instance"),
        since=Parameter(
            ("--since",), metavar="TIME", help="Since 10m, 3h or 2d ago, or since a date."
        ),
        service=Parameter(("--service",), metavar="NAME", help="Only this service."),
        port=Parameter(
            ("--port",),
            metavar="PORT",
            help="Only this port.",
            kind=int,
            default=0,
            low=0,
            high=65535,
        ),
        newest=Parameter(
            ("--newest",),
            metavar="N",
            help="At most N rows; 0 for all.",
            kind=int,
            default=NEWEST,
            low=0,
        ),
        follow=flag(("--follow", "-f"), help="Then print each new row until interrupted."),
    )
}
