"""One frame of `portman watch`: from a snapshot and a view to lines of text. Pure."""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.text import printable
from portman.cli.prompt import WORDS as PROMPT
from portman.cli.render import VERDICT_COLOURS, cells, ports_text, short_path
from portman.commands.watch import counts, matching
from portman.holders.verdicts import GRAVITY

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from portman.cli.render import Style
    from portman.commands.watch import Event, Key, Row, WatchSnapshot

    Mode = Literal["list", "filter", "ask", "help"]
    ScreenAction = Literal["none", "quit", "open", "copy", "plan", "move", "yes"]

#: The mark before a service that just changed.
MARKS: dict[Event, str] = {
    "added": "+", "moved": "~", "started": "^", "stopped": "v", "replaced": "~", "changed": "~",
}  # fmt: skip
HELP = (
    "j k, arrows, PgUp PgDn    choose a service (g first, G last)",
    "/                         show what contains every word typed; Esc shows all",
    "l                         show only what has something on its port, or all",
    "o, Enter                  open its URL in the browser",
    "c                         copy its URL (OSC 52: the terminal must allow it)",
    f"r                         reassign: it {PROMPT['move']}; asks",
    f"f                         free: {PROMPT['free']}",
    "q, Ctrl-C                 quit",
    "",
    "in the last seconds:  + new  ^ started  v stopped  ~ another process or port",
)
_OTHERS = tuple(state for state in GRAVITY if state not in ("running", "idle"))
KEYS = "q quit  / filter  l live  o open  c copy  r reassign  f free  ? help"


class Columns(NamedTuple):
    """Widths in cells; 0 leaves a column out. `holder` takes what is left."""

    service: int
    port: int
    state: int = 8
    holder: int = 0
    since: int = 0
    connections: int = 0


def frame(
    snapshot: WatchSnapshot, view: View, marks: Mapping[Key, Event], style: Style, height: int
) -> list[str]:
    """Return exactly `height` lines (at least 3) that fit into the style's width."""
    shown = matching(snapshot.rows, view.filter, live=view.live)
    columns = columns_for(shown, style.width)
    head = [_title(snapshot, len(shown), style), _heading(columns, style)]
    foot = _footer(view, style, max(height - len(head) - 1, 1))
    room = max(height - len(head) - len(foot), 0)
    if view.mode == "help":
        body = ["", *(cut("  " + line, style.width) for line in HELP)]
    else:
        body = _window(snapshot, shown, view, marks, style, columns, room)
    body = [*body, *[""] * room][:room]
    return [*head, *body, *foot][:height]


def whole(snapshot: WatchSnapshot, style: Style) -> list[str]:
    """Return a frame with every service and no keys, as tall as it needs to be."""
    columns = columns_for(snapshot.rows, style.width)
    lines = [_title(snapshot, len(snapshot.rows), style)]
    if not snapshot.rows:
        return [*lines, *_nothing(view_filter="")]
    return [
        *lines,
        _heading(columns, style),
        *(
            _line(row, " ", columns, style, snapshot.at, chosen=False).rstrip()
            if row
            else _checkout(first, style)
            for first, row in _grouped(snapshot.rows)
        ),
    ]


def _grouped(rows: tuple[Row, ...]) -> list[tuple[Row, Row | None]]:
    """Pair each row with itself, and put (row, None) before the first row of each checkout."""
    pairs: list[tuple[Row, Row | None]] = []
    before: tuple[str, str] | None = None
    for row in rows:
        if (row.checkout, row.instance) != before:
            before = (row.checkout, row.instance)
            pairs.append((row, None))
        pairs.append((row, row))
    return pairs


def columns_for(rows: tuple[Row, ...], width: int) -> Columns:
    name = min(max([7, *(cells(row.service) for row in rows)]), 24)
    port = max([5, *(len(port_text(row)) for row in rows)])
    if not width:
        holder = max([6, *(cells(row.said) for row in rows)])
        return Columns(name, port, 8, holder, 6, 5)
    name = min(name, max(width // 4, 7))
    port = min(port, max(width // 4, 5))
    left = width - 2 - name - 2 - port - 2 - 8
    if left < 0:
        return Columns(name, port, 0)
    if left >= 16 + 8 + 7:
        return Columns(name, port, 8, left - 2 - 8 - 7, 6, 5)
    return Columns(name, port, 8, left - 2 if left >= 8 else 0)


def port_text(row: Row) -> str:
    return ports_text({"ports": row.ports, "protocols": row.protocols})


def age(seconds: float) -> str:
    whole_seconds = max(0, int(seconds))
    if whole_seconds < 60:
        return f"{whole_seconds}s"
    if whole_seconds < 3600:
        return f"{whole_seconds // 60}m"
    if whole_seconds < 86400:
        return f"{whole_seconds // 3600}h{whole_seconds % 3600 // 60:02}"
    return f"{whole_seconds // 86400}d"


def cut(text: str, width: int) -> str:
    """Return the text in at most `width` cells, with … where something is missing; 0: whole."""
    if not width or cells(text) <= width:
        return text
    kept = ""
    for char in text:
        if cells(kept + char) > width - 1:
            break
        kept += char
    return kept + "…"


def _title(snapshot: WatchSnapshot, shown: int, style: Style) -> str:
    from time import localtime, strftime

    found = counts(snapshot)
    by_state = [
        f"{found[state]} {state}"
        for state in ("running", *_OTHERS, "unknown", "idle")
        if state in found
    ]
    total = len(snapshot.rows)
    some = f"{total} service{'' if total == 1 else 's'}"
    if shown != total:
        some = f"{shown} of {some}"
    text = ", ".join([some, *by_state])
    clock = strftime("%H:%M:%S", localtime(snapshot.at))
    if not style.width:
        return f"{style.paint('bold', 'portman watch')}  {text}  {clock}"
    room = style.width - 13 - 2 - 2 - len(clock)
    text = cut(text, max(room, 1))
    fill = " " * max(room - cells(text), 0)
    return cut_painted(f"{style.paint('bold', 'portman watch')}  {text}{fill}  {clock}", style)


def cut_painted(line: str, style: Style) -> str:
    """Return a line that only a narrow terminal makes too long, cut without its colours."""
    plain = line.replace("\x1b[1m", "").replace("\x1b[0m", "")
    return line if cells(plain) <= style.width else cut(plain, style.width)


def _heading(columns: Columns, style: Style) -> str:
    words = _words(columns, "SERVICE", "PORT", "STATE", "HOLDER", "SINCE", "CONNS")
    return style.paint("dim", cut("  " + "  ".join(words).rstrip(), style.width))


def _words(  # noqa: PLR0913, PLR0917 - the columns
    columns: Columns, service: str, port: str, state: str, holder: str, since: str, live: str
) -> list[str]:
    words = [_fill(service, columns.service), _fill(port, columns.port)]
    if columns.state:
        words.append(_fill(state, columns.state))
    if columns.holder:
        words.append(_fill(holder, columns.holder))
    if columns.since:
        words += [f"{since:>6}", f"{live:>5}"]
    return words


def _window(  # noqa: PLR0913, PLR0917 - the parts of one frame
    snapshot: WatchSnapshot,
    shown: tuple[Row, ...],
    view: View,
    marks: Mapping[Key, Event],
    style: Style,
    columns: Columns,
    room: int,
) -> list[str]:
    if not shown:
        return [cut(line, style.width) for line in _nothing(view.filter, live=view.live)]
    pairs = _grouped(shown)
    at = next(
        (at for at, (_, row) in enumerate(pairs) if row is shown[min(view.row, len(shown) - 1)]), 0
    )
    first = max(0, min(at - room // 2, len(pairs) - room))  # the selection is in the middle
    lines = []
    for below, row in pairs[first : first + room]:
        if row is None:
            lines.append(_checkout(below, style))
            continue
        mark = MARKS.get(marks[row.key], " ") if row.key in marks else " "
        chosen = row.key == view.selected
        lines.append(_line(row, mark, columns, style, snapshot.at, chosen=chosen))
    return lines


def _line(  # noqa: PLR0913 - the parts of one line
    row: Row, mark: str, columns: Columns, style: Style, now: float, *, chosen: bool
) -> str:
    since = "" if row.since is None else age(now - row.since)
    live = "-" if row.connections is None else str(row.connections or "")
    service = printable(row.service)
    words = _words(columns, service, port_text(row), row.state, row.said, since, live)
    lead = f"{'>' if chosen else ' '}{mark}"
    if mark != " " and not chosen:
        lead = style.paint("bold", lead)
    if chosen and style.colour:
        return f"\x1b[7m{lead}{'  '.join(words)}\x1b[0m"
    if columns.state:
        words[2] = style.paint(VERDICT_COLOURS.get(row.state, ""), words[2])
    return lead + "  ".join(words)


def _checkout(row: Row, style: Style) -> str:
    kind = f" (instance {row.instance})" if row.instance else ""
    gone = "  folder is gone: portman gc" if row.gone else ""
    name = printable(row.project)
    rest = printable(f"  {short_path(row.checkout)}{kind}{gone}")
    if style.width:
        name = cut(name, style.width)
        left = style.width - cells(name)
        rest = cut(rest, left) if left > 2 else ""
    return style.paint("bold", name) + style.paint("yellow" if gone else "dim", rest)


def _nothing(view_filter: str, *, live: bool = False) -> list[str]:
    if live:
        return ["", "  nothing runs, and nothing is taken; l shows all"]
    if view_filter:
        return ["", f"  nothing contains {view_filter!r}; Esc shows all"]
    return ["", "  no checkout has a port yet: portman up, in a folder with a ports.toml"]


def _footer(view: View, style: Style, most: int) -> list[str]:
    """Return the last line; a message or question may take up to three, and `most`."""
    if view.mode == "filter":
        return [cut(f"/{view.filter}_   Enter keeps it, Esc shows all", style.width)]
    if view.message:
        lines = _folded(view.message, style.width)
        kept = lines[: min(most, 3)]
        if len(kept) < len(lines):
            kept[-1] = cut(kept[-1] + " ...", style.width)
        return [style.paint("yellow", line) for line in kept]
    held = f"  /{view.filter}" if view.filter else ""
    held += "  only live" if view.live else ""
    return [style.paint("dim", cut(KEYS + held, style.width))]


def _folded(text: str, width: int) -> list[str]:
    """Return the text in lines of at most `width` cells, words whole where they fit."""
    lines: list[str] = []
    for word in text.split():
        if lines and cells(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(cut(word, width))
    return lines or [""]


def _fill(text: str, width: int) -> str:
    text = cut(text, width)
    return text + " " * (width - cells(text))


# What the user of the screen is doing: selection, filter, question. Pure, keys included.


class View(NamedTuple):
    """The state of the screen, apart from what is watched. `message` is the last line.

    `selected` follows its service when rows come and go; `row` is where it was, for when it goes.
    """

    mode: Mode = "list"
    selected: Key | None = None
    row: int = 0
    filter: str = ""
    message: str = ""
    page: int = 10
    live: bool = False


def select_existing(view: View, rows: tuple[Row, ...]) -> View:
    """Return the view with the selection on an existing row, or on none if there are no rows."""
    keys = [row.key for row in matching(rows, view.filter, live=view.live)]
    if not keys:
        return view._replace(selected=None, row=0)
    if view.selected in keys:
        return view._replace(row=keys.index(view.selected))
    at = min(view.row, len(keys) - 1)
    return view._replace(selected=keys[at], row=at)


def selected(view: View, rows: tuple[Row, ...]) -> Row | None:
    return next((row for row in rows if row.key == view.selected), None)


def press(view: View, key: str, rows: tuple[Row, ...]) -> tuple[View, ScreenAction]:
    """Return the view after a key, and what the program must do then."""
    if view.mode == "filter":
        return select_existing(_filtering(view, key), rows), "none"
    if view.mode == "ask":
        answer = view._replace(mode="list", message="")
        return (answer, "yes") if key in ("y", "Y") else (answer, "none")
    if view.mode == "help":
        return view._replace(mode="list"), "quit" if key == "q" else "none"
    return _listing(view._replace(message=""), key, rows)


def _filtering(view: View, key: str) -> View:
    if key == "enter":
        return view._replace(mode="list")
    if key == "escape":
        return view._replace(mode="list", filter="")
    if key == "backspace":
        return view._replace(filter=view.filter[:-1])
    if key == "erase":
        return view._replace(filter="")
    return view._replace(filter=view.filter + key) if len(key) == 1 else view


_MODES: dict[str, Mode] = {"/": "filter", "?": "help", "h": "help"}
_ACTIONS: dict[str, ScreenAction] = {
    "o": "open", "enter": "open", "c": "copy", "r": "move", "f": "plan",
}  # fmt: skip


def _listing(view: View, key: str, rows: tuple[Row, ...]) -> tuple[View, ScreenAction]:
    if key == "q":
        return view, "quit"
    if key == "escape":
        return select_existing(view._replace(filter="", live=False), rows), "none"
    if key == "l":
        return select_existing(view._replace(live=not view.live), rows), "none"
    if key in _MODES:
        return view._replace(mode=_MODES[key]), "none"
    if key in _ACTIONS:
        return view, _ACTIONS[key] if view.selected else "none"
    return _moved(view, key, rows), "none"


def _moved(view: View, key: str, rows: tuple[Row, ...]) -> View:
    shown = matching(rows, view.filter, live=view.live)
    steps = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": view.page, "pageup": -view.page}
    last = len(shown) - 1
    if key in ("g", "home"):
        at = 0
    elif key in ("G", "end"):
        at = last
    elif key in steps:
        at = view.row + steps[key]
    else:
        return view
    if last < 0:
        return view
    at = min(max(at, 0), last)
    return view._replace(row=at, selected=shown[at].key)
