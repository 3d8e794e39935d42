"""What the watcher of the screen is doing: selection, filter, question. Pure, keys included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from portman.commands.watching import matching

if TYPE_CHECKING:
    from portman.commands.watching import Key, Row

Mode = Literal["list", "filter", "ask", "help"]
Wish = Literal["none", "quit", "open", "plan", "free"]


class View(NamedTuple):
    """The state of the screen, apart from what is watched. `message` stands in the last line.

    `selected` follows its service when rows come and go; `row` is where it was, for when it goes.
    """

    mode: Mode = "list"
    selected: Key | None = None
    row: int = 0
    filter: str = ""
    message: str = ""
    page: int = 10


def settle(view: View, rows: tuple[Row, ...]) -> View:
    """Return the view with the selection on a row there is (or none, where there is none)."""
    keys = [row.key for row in matching(rows, view.filter)]
    if not keys:
        return view._replace(selected=None, row=0)
    if view.selected in keys:
        return view._replace(row=keys.index(view.selected))
    at = min(view.row, len(keys) - 1)
    return view._replace(selected=keys[at], row=at)


def selected(view: View, rows: tuple[Row, ...]) -> Row | None:
    """Return the row that is selected."""
    return next((row for row in rows if row.key == view.selected), None)


def press(view: View, key: str, rows: tuple[Row, ...]) -> tuple[View, Wish]:
    """Return the view after a key, and what the program has to do about it."""
    if view.mode == "filter":
        return settle(_filtering(view, key), rows), "none"
    if view.mode == "ask":
        answer = view._replace(mode="list", message="")
        return (answer, "free") if key in ("y", "Y") else (answer, "none")
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
_WISHES: dict[str, Wish] = {"o": "open", "enter": "open", "f": "plan"}


def _listing(view: View, key: str, rows: tuple[Row, ...]) -> tuple[View, Wish]:
    if key == "q":
        return view, "quit"
    if key == "escape":
        return settle(view._replace(filter=""), rows), "none"
    if key in _MODES:
        return view._replace(mode=_MODES[key]), "none"
    if key in _WISHES:
        return view, _WISHES[key] if view.selected else "none"
    return _moved(view, key, rows), "none"


def _moved(view: View, key: str, rows: tuple[Row, ...]) -> View:
    shown = matching(rows, view.filter)
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
