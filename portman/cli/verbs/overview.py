"""Bare `portman`: the services of this project by checkouts, or the checkouts of the machine."""

from __future__ import annotations

from collections import Counter

from portman.base.system_commands import word
from portman.base.text import counted, printable
from portman.cli.parameters import Verb
from portman.cli.render import VERDICT_COLOURS, Cell, Style, cells, short_path, table
from portman.commands.overview import overview

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.cli.render import Data

#: The columns of a matrix in a pipe, and the lines of the machine: one screen.
PLAIN, MOST = 120, 18
#: What does not have to be said of a port: it has no program.
_IDLE = ("idle", None)


def view(data: Data, style: Style) -> list[str]:
    if data["project"] is None:
        return _machine(data, style)
    project = data["projects"][0]
    here = project["checkouts"][0]
    branch = f" ({printable(here['branch'])})" if here["branch"] else ""
    kind = f" instance {printable(data['instance'])}" if data["instance"] else ""
    place = short_path(data["checkout"]) + branch + kind
    head = f"{style.paint('bold', printable(data['project']))}  {style.paint('dim', place)}"
    return [head, *_matrix(data, project, style), *_next(data, project)]


def _matrix(data: Data, project: Data, style: Style) -> list[str]:
    """Return the table with as many checkouts as fit; the addresses of this one if they do."""
    total, width = len(project["checkouts"]), style.width or PLAIN
    lines: list[str] = []
    count = total
    for count, urls in ((total, True), *((fit, False) for fit in range(total, 0, -1))):
        lines = _table(data, project, style, count, urls=urls)
        if max(map(_visible, lines), default=0) <= width:
            break
    left = total - count
    if not left:
        return lines
    more = counted(left, "further checkout")
    return [*lines, f"  {more}: portman list --project {word(project['project'], 'NAME')}"]


def _table(data: Data, project: Data, style: Style, count: int, *, urls: bool) -> list[str]:
    seats = project["checkouts"]
    usual = {one["name"]: one["usual"] for one in data["missing"]}
    rows: list[tuple[Cell, ...]] = []
    if len(seats) > 1:
        rows.append((Cell(""), *(Cell(_title(one, data), "dim") for one in seats[:count])))
    for one in project["services"]:
        found = [_cell(cell, url=urls and not at) for at, cell in enumerate(one["cells"][:count])]
        if one["name"] in usual:
            found[0] = _none(usual[one["name"]])
        last = (_holder(one["cells"][0]),) if len(seats) == 1 else ()
        rows.append((Cell(f"  {printable(one['name'])}", "bold"), *found, *last))
    return table(rows, style)


def _title(seat: Data, data: Data) -> str:
    name = short_path(seat["checkout"]).rstrip("/").rpartition("/")[2]
    if (seat["checkout"], seat["instance"]) == (data["checkout"], data["instance"]):
        name = "this checkout"
    elif seat["instance"]:
        name = f"instance {printable(seat['instance'])}"
    elif seat["gone"]:
        name += " (gone)"
    elif seat["branch"]:
        name += f" ({printable(seat['branch'])})"
    return name


def _cell(one: Data | None, *, url: bool) -> Cell:
    if one is None:
        return Cell("-", "dim")
    text = one["url"] if url and one["url"] else _ports(one)
    state = "" if one["verdict"] in _IDLE else str(one["verdict"])
    if one["misplaced"]:
        state = "on another port"
    colour = "red" if one["misplaced"] else VERDICT_COLOURS.get(state, "")
    return Cell(f"{text} {state}".rstrip(), colour, one["url"])


def _ports(one: Data) -> str:
    first, last = one["ports"][0], one["ports"][-1]
    number = str(first) if first == last else f"{first}-{last}"
    return number if "tcp" in one["protocols"] else f"{number}/udp"


def _none(usual: int | None) -> Cell:
    return Cell("no port yet" + (f", usual {usual}" if usual else ""), "dim")


def _holder(one: Data | None) -> Cell:
    said = one and (one["misplaced"] or one["holder"])
    return Cell(printable(said or ""), "dim")


def _next(data: Data, project: Data) -> list[str]:
    if data["missing"]:
        wrong = [printable(text) for one in data["missing"] for text in one["misplaced"]]
        lines = [f"{text}; this checkout has no port of its own yet" for text in wrong]
        return [*lines, "next: portman up" + (", then restart what listens" if wrong else "")]
    if not project["services"]:
        return ["no service in ports.toml yet", "next: portman add web"]
    mine = [one["cells"][0] for one in project["services"] if one["cells"][0]]
    stuck = [one for one in mine if one["verdict"] in ("taken", "claimed", "excluded")]
    if stuck or any(one["misplaced"] for one in mine):
        return ["next: portman check"]
    return []


def _machine(data: Data, style: Style) -> list[str]:
    """Return a line for each checkout, those with programs first, and no more than a screen."""
    projects = data["projects"]
    seats = [
        (project["project"], seat, [one["cells"][at] for one in project["services"]])
        for project in projects
        for at, seat in enumerate(project["checkouts"])
    ]
    home = data["repository"]
    more = [f"no ports.toml in {short_path(home)} yet", "next: portman adopt"] if home else []
    if not seats:
        return more or ["no checkout has a port yet", "next: portman adopt, in a project's folder"]
    rows = [_checkout(name, seat, [one for one in found if one]) for name, seat, found in seats]
    states = Counter(
        one["verdict"] for _, _, found in seats for one in found if one and one["verdict"]
    )
    total = sum(states.values())
    count = f"{counted(total, 'port')} of {counted(len(seats), 'checkout')}"
    told = [f"{states[one]} {one}" for one in VERDICT_COLOURS if one in states and one != "idle"]
    lines = [f"{count}: {', '.join(told) or 'nothing runs'}", *_fitting(rows[:MOST], style)]
    if len(rows) > MOST:
        lines.append(f"  {len(rows) - MOST} further checkouts: portman list")
    return [*lines, *more]


def _fitting(rows: list[tuple[Cell, ...]], style: Style) -> list[str]:
    """Return the table, without what runs where a line would be folded."""
    lines = table(rows, style)
    if style.width and max(map(_visible, lines)) > style.width:
        lines = table([row[:-1] for row in rows], style)
    return lines


def _checkout(name: str, seat: Data, found: Iterable[Data]) -> tuple[Cell, ...]:
    live = [one for one in found if one["verdict"] not in _IDLE]
    branch = f" ({printable(seat['branch'])})" if seat["branch"] else ""
    kind = f" instance {printable(seat['instance'])}" if seat["instance"] else ""
    gone = "  folder is gone: portman gc" if seat["gone"] else ""
    grave = any(one["verdict"] not in ("running", "reserved") for one in live)
    words = [f"{printable(one['name'])} {_ports(one)} {one['verdict']}" for one in live[:2]]
    more = [f"{len(live) - 2} more"] if len(live) > 2 else []
    return (
        Cell(f"  {printable(name)}", "bold"),
        Cell(short_path(seat["checkout"]) + branch + kind + gone, "yellow" if gone else "dim"),
        Cell(", ".join(words + more), "red" if grave else "cyan"),
    )


def _visible(line: str) -> int:
    first, *rest = line.split("\x1b")
    # `\x1b[1m` is a colour, `\x1b]8;;URL\x1b\\` the beginning or end of a link.
    ends = {"[": "m", "\\": "\\"}
    return cells(first + "".join(one.partition(ends.get(one[0], "\0"))[2] for one in rest))


VERBS = {
    "overview": Verb(
        lambda options: overview(options.start, instance=options.instance),
        view,
        """
        In a project: its services in every checkout, this one first, with the state of each
        port; numbers are links where the terminal has them. Elsewhere: every checkout of the
        machine. `portman` alone does the same.

        Example: portman overview -C ~/shop
        """,
    )
}
