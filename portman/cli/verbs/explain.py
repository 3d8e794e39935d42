"""`portman explain`: the answer, then a short lesson on one address in four parts."""

from __future__ import annotations

from portman import commands
from portman.base.hints import Hint, hint_lines
from portman.base.text import printable
from portman.cli.parameters import PID, TARGET, Verb, flag
from portman.cli.render import Style, paragraph

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data

TITLES = {
    "answer": "",
    "address": "The address",
    "number": "The number",
    "now": "Right now",
    "trouble": "Possible problems",
}
COLOURS = {"plain": "", "good": "green", "warn": "yellow", "bad": "red"}
MARKS = {"plain": " ", "good": " ", "warn": "!", "bad": "!"}


def view(data: Data, style: Style) -> list[str]:
    lines = [style.paint("bold", printable(_asked(data)))]
    # Of a service it matters first whether it runs; of a number, what it is.
    order = ("answer", "now", "trouble", "address", "number") if data["service"] else TITLES
    for topic, title in ((topic, TITLES[topic]) for topic in order):
        found = [one for one in data["findings"] if one["topic"] == topic]
        if not found:
            continue
        lines += ["", style.paint("bold", title)] if title else []
        for one in found:
            lines += _finding(one, style)
    return lines


def _asked(data: Data) -> str:
    if data["service"]:
        return f"{data['service']}: port {data['port']}"
    if data["port"] is not None and str(data["port"]) not in data["asked"]:
        return f"{data['asked']}: port {data['port']}"
    return str(data["asked"])


def _finding(one: Data, style: Style) -> list[str]:
    text, *rest = paragraph(one["text"], style)
    mark = MARKS[one["level"]]
    head = style.paint(COLOURS[one["level"]], mark) + text[1:]
    lines = [head, *rest]
    steps = hint_lines([Hint(each["label"], each["command"] or "") for each in one["hints"]])
    return lines + [style.paint("cyan", f"    -> {printable(step)}") for step in steps]


VERBS = {
    "explain": Verb(
        lambda options, asked, udp, pid: commands.explain.explain(
            options.start, " ".join(asked), instance=options.instance, udp=udp, pid=pid
        ),
        view,
        """
        Explains the address, the number, what has the port now, and possible problems with
        the commands that help.

        Example: portman explain 127.0.0.1:62893
        """,
        asked=TARGET,
        pid=PID,
        udp=flag(("--udp",), help="UDP only."),
    )
}
