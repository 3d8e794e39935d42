"""The live screen without a terminal: what changed, what a frame shows, what keys do."""

from __future__ import annotations

import pytest

from portman.cli.render import Style, cells
from portman.cli.screen.frame import (
    View,
    age,
    cut,
    frame,
    port_text,
    press,
    select_existing,
    whole,
)
from portman.cli.screen.terminal import decode
from portman.commands.watch import PortChange, Row, WatchSnapshot, diff, matching

FREE = Row("shop", "/h/shop", "", "web", "local", 61234, (61234,), ("tcp",), "idle")
UP = FREE._replace(state="running", holder="node (pid 812)", pid=812, since=1000.0, connections=2)
API = FREE._replace(service="api", port=61300, ports=(61300,))
DNS = FREE._replace(
    project="net", checkout="/h/net", service="dns", ports=(61234, 61235), protocols=("tcp", "udp")
)
PLAIN = Style(width=80)


def snapshot(*rows: Row, at: float = 1060.0) -> WatchSnapshot:
    """Return a snapshot of these rows."""
    return WatchSnapshot(at, rows)


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        (None, FREE, "added"),
        (FREE, None, "removed"),
        (FREE, UP, "started"),
        (UP, FREE, "stopped"),
        (UP, UP._replace(pid=9, since=1050.0), "replaced"),
        (UP, UP._replace(connections=3), "connections"),
        (UP, UP._replace(connections=3, pid=9), "replaced"),
        (FREE, FREE._replace(port=61235, ports=(61235,)), "moved"),
        (UP, FREE._replace(port=61235, ports=(61235,)), "moved"),
        (FREE, FREE._replace(state="lingering"), "changed"),
        (FREE, FREE._replace(gone=True), "changed"),
        (UP, UP._replace(state="taken"), "changed"),
    ],
)
def test_each_difference_has_one_name(before: Row | None, after: Row | None, event: str) -> None:
    """The weightiest one, with the row before and after."""
    old = snapshot(*([before] if before else []), API)
    new = snapshot(*([after] if after else []), API, at=1061.0)
    assert (PortChange(event, before, after),) == diff(old, new)  # type: ignore[arg-type]


def test_nothing_changed_is_no_change() -> None:
    """A later moment alone is none."""
    assert diff(snapshot(UP, API), snapshot(UP, API, at=2000.0)) == ()


def test_a_service_of_another_instance_is_another_service() -> None:
    """The key has the instance and the port space in it."""
    other = FREE._replace(instance="ci")
    assert [("added", other)] == [
        (change.event, change.row) for change in diff(snapshot(FREE), snapshot(FREE, other))
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["web", "api", "dns"]),
        ("api", ["api"]),
        ("API", ["api"]),
        ("shop web", ["web"]),
        ("612", ["web", "dns"]),
        ("/h/net", ["dns"]),
        ("node", ["web"]),
        ("running", ["web"]),
        ("61235", ["dns"]),
        ("nothing", []),
    ],
)
def test_the_filter_looks_into_every_column(words: str, found: list[str]) -> None:
    """Every word has to be in it somewhere."""
    assert found == [row.service for row in matching((UP, API, DNS), words)]


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 120, 200])
@pytest.mark.parametrize("height", [3, 5, 10, 40])
def test_a_frame_has_exactly_the_size_of_its_terminal(width: int, height: int) -> None:
    """No line is too long (it would wrap and push the rest off the screen), none too many."""
    long = UP._replace(
        service="an-extremely-long-service-name", holder="프로그램 (pid 4194304)", project="店" * 30
    )
    rows = (long, API, DNS, *(API._replace(service=f"s{n}") for n in range(30)))
    for mode in ("list", "help", "filter", "ask"):
        view = select_existing(View(mode=mode, filter="" if mode != "filter" else "s"), rows)  # type: ignore[arg-type]
        lines = frame(snapshot(*rows), view, {UP.key: "started"}, Style(width=width), height)
        assert height == len(lines)
        assert [line for line in lines if cells(line) > width] == []


def test_a_frame_shows_what_is_known() -> None:
    """State, port, process, since when, connections; what changed is marked."""
    lines = frame(
        snapshot(UP, API, DNS),
        select_existing(View(), (UP, API, DNS)),
        {API.key: "added"},
        PLAIN,
        9,
    )
    assert "3 services, 1 running, 2 idle" in lines[0]
    assert lines[1].split() == ["SERVICE", "PORT", "STATE", "HOLDER", "SINCE", "CONNS"]
    assert lines[2].startswith("shop  /h/shop")
    assert lines[3][2:].split() == ["web", "61234", "running", "node", "(pid", "812)", "1m", "2"]
    assert lines[3].startswith("> ")
    assert lines[4].startswith(" +api")
    assert "61234-61235/tcp+udp" in lines[6]


def test_the_selection_stays_in_sight() -> None:
    """With 500 services on 10 lines, whichever is chosen is shown."""
    rows = tuple(FREE._replace(service=f"s{n:03}", checkout=f"/h/{n // 10}") for n in range(500))
    for at in (0, 1, 250, 498, 499):
        view = select_existing(View(selected=rows[at].key), rows)
        lines = frame(snapshot(*rows), view, {}, PLAIN, 10)
        assert any(line.startswith(">") and rows[at].service in line for line in lines)


def test_names_cannot_steer_the_terminal() -> None:
    """A control character in a project's name is spelt out."""
    row = FREE._replace(project="a\x1b[2Jb", checkout="/h/x\ny", service="w\x07")
    text = "".join(frame(snapshot(row), select_existing(View(), (row,)), {}, PLAIN, 8))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\n" not in text


def test_without_colour_there_is_no_escape() -> None:
    """NO_COLOR leaves the pointer, and nothing else."""
    plain = frame(snapshot(UP), select_existing(View(), (UP,)), {}, PLAIN, 8)
    assert "\x1b" not in "".join(plain)
    coloured = frame(
        snapshot(UP), select_existing(View(), (UP,)), {}, Style(colour=True, width=80), 8
    )
    assert "\x1b[7m" in "".join(coloured)


def test_an_empty_machine_and_an_empty_filter_say_what_to_do() -> None:
    """Never a blank screen."""
    assert "portman up" in "".join(frame(snapshot(), View(), {}, PLAIN, 8))
    view = select_existing(View(filter="zzz"), (UP,))
    assert "Esc shows all" in "".join(frame(snapshot(UP), view, {}, PLAIN, 8))


def test_a_long_question_takes_more_lines_and_begins_with_what_to_press() -> None:
    """The plan is read before a key is pressed; what does not fit is seen to be missing."""
    view = select_existing(
        View(mode="ask", message="free 61234? y/n: " + "send SIGTERM to it " * 20), (UP,)
    )
    lines = frame(snapshot(UP), view, {}, PLAIN, 10)
    assert lines[-3].startswith("free 61234? y/n: send SIGTERM")
    assert lines[-1].endswith(("...", "…"))
    assert [line for line in lines if cells(line) > 80] == []


def test_once_shows_everything_and_cuts_nothing() -> None:
    """Into a pipe there is no width to respect."""
    row = UP._replace(service="a" * 63, holder="container " + "b" * 80)
    lines = whole(snapshot(row, DNS), Style())
    assert "b" * 80 in "".join(lines)
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0s"), (0, "0s"), (59.9, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h00"),
     (86399, "23h59"), (86400, "1d"), (8640000, "100d")],
)  # fmt: skip
def test_ages_are_short(seconds: float, text: str) -> None:
    """Never more than five letters, for 27 years."""
    assert text == age(seconds)


def test_ports_are_told_as_elsewhere() -> None:
    """Ranges and protocols where they are not plain."""
    assert (port_text(FREE), port_text(DNS)) == ("61234", "61234-61235/tcp+udp")
    assert port_text(FREE._replace(protocols=("udp",))) == "61234/udp"


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("店店店", 4, "店…"),
        ("abc", 0, "abc"),
        ("abc", 1, "…"),
    ],
)
def test_cutting_counts_cells(text: str, width: int, short: str) -> None:
    """Wide letters take two."""
    assert short == cut(text, width)


ROWS = (UP, API, DNS)


def pressed(view: View, *keys: str) -> tuple[View, list[str]]:
    """Press keys one after another; return the view and the wishes."""
    wishes = []
    for key in keys:
        view, wish = press(view, key, ROWS)
        wishes.append(wish)
    return view, wishes


@pytest.mark.parametrize(
    ("keys", "service"),
    [
        ("j", "api"), ("jj", "dns"), ("jjjj", "dns"), ("k", "web"), ("jk", "web"), ("G", "dns"),
        ("Gg", "web"), ("x", "web"),
    ],
)  # fmt: skip
def test_keys_move_the_selection(keys: str, service: str) -> None:
    """It stops at both ends."""
    view, wishes = pressed(select_existing(View(), ROWS), *keys)
    assert view.selected is not None
    assert service == view.selected[2]
    assert {"none"} == set(wishes)


def test_a_filter_is_typed_kept_and_dropped() -> None:
    """Letters that are commands elsewhere are letters here."""
    view, wishes = pressed(select_existing(View(), ROWS), "/", "q", "backspace", "a", "p", "i")
    assert ("filter", "api", {"none"}) == (view.mode, view.filter, set(wishes))
    assert view.selected == API.key
    kept, _ = pressed(view, "enter")
    assert (kept.mode, kept.filter) == ("list", "api")
    dropped, _ = pressed(kept, "escape")
    assert ("", API.key) == (dropped.filter, dropped.selected)
    assert pressed(view, "erase")[0].filter == ""
    assert pressed(view, "escape")[0].filter == ""


def test_wishes_need_a_selection() -> None:
    """Nothing is opened or freed on an empty screen."""
    assert pressed(select_existing(View(), ROWS), "o", "enter", "f", "q")[1] == [
        "open",
        "open",
        "plan",
        "quit",
    ]
    empty = select_existing(View(filter="zzz"), ROWS)
    assert (empty.selected, pressed(empty, "o", "f")[1]) == (None, ["none", "none"])


@pytest.mark.parametrize(
    ("key", "wish"), [("y", "yes"), ("Y", "yes"), ("n", "none"), ("enter", "none"), ("q", "none")]
)
def test_only_yes_frees(key: str, wish: str) -> None:
    """Any other key is a no; not even q quits from the question."""
    view, wishes = pressed(select_existing(View(mode="ask", message="?"), ROWS), key)
    assert ([wish], "list", "") == (wishes, view.mode, view.message)


def test_help_goes_with_any_key() -> None:
    """And q quits from there."""
    view, _ = pressed(select_existing(View(), ROWS), "?")
    assert view.mode == "help"
    assert (pressed(view, "x")[0].mode, pressed(view, "q")[1]) == ("list", ["quit"])


def test_the_selection_follows_its_service() -> None:
    """Rows above it come and go; if it goes itself, its neighbour is taken."""
    view = select_existing(View(selected=API.key), ROWS)
    assert select_existing(view, (API, DNS)).selected == API.key
    assert select_existing(view, (UP, DNS)).selected == DNS.key
    assert select_existing(view, (UP,)).selected == UP.key
    assert select_existing(view, ()).selected is None


@pytest.mark.parametrize(
    ("data", "keys", "rest"),
    [
        (b"q", ["q"], b""),
        (b"\x1b[A\x1b[B\x1bOA", ["up", "down", "up"], b""),
        (b"\x1b[5~\x1b[6~\x1b[H\x1b[4~", ["pageup", "pagedown", "home", "end"], b""),
        (b"\x1b", ["escape"], b""),
        (b"\x1bq", ["escape", "q"], b""),
        (b"\x1b[200~a", ["a"], b""),
        (b"\x1b[1;5C.", ["."], b""),
        (b"\r\n\x7f\x08\x15", ["enter", "enter", "backspace", "backspace", "erase"], b""),
        ("é店".encode(), ["é", "店"], b""),
        ("é".encode()[:1], [], "é".encode()[:1]),
        (b"\xff\xfe", [], b"\xff\xfe"),
        (b"\x01a", ["a"], b""),
        (b"", [], b""),
    ],
)  # fmt: skip
def test_bytes_become_keys(data: bytes, keys: list[str], rest: bytes) -> None:
    """Sequences nobody asked for are passed over whole, not typed as letters."""
    assert (keys, rest) == decode(data)
