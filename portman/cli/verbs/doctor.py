"""`portman doctor`: one line for each finding, and below it the fix."""

from __future__ import annotations

from portman.base.hints import Hint, hint_lines
from portman.base.text import counted, printable
from portman.cli.parameters import Verb, flag
from portman.cli.render import Style
from portman.commands.doctor import doctor, self_test

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Report
    from portman.cli import OutputOptions
    from portman.cli.render import Data

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "skipped": "dim"}
WORDS = {"ok": "ok", "warn": "warn", "fail": "FAIL", "skipped": "-"}
_INDENT = 18


def view(data: Data, style: Style) -> list[str]:
    """Show the page, wrapped to the terminal, and a count at its end."""
    if "facts" in data:
        return _facts(data, style)
    lines = [line for one in data["checks"] for line in _finding(one, style)]
    return [*lines, *([""] if lines else []), _count(data["counts"], style)]


def _facts(data: Data, style: Style) -> list[str]:
    """Show what was assumed and seen, or the line alone that people send."""
    if data.get("only_paste"):
        return [str(data["paste"])]
    colours = {"ok": "green", "differs": "red", "unknown": "dim"}
    lines = [
        f"{style.paint(colours[one['verdict']], format(one['verdict'], '<7'))}  "
        f"{style.paint('bold', format(one['name'], '<20'))}  "
        + (one["seen"] if one["verdict"] == "ok" else f"{one['seen']}; assumed: {one['assumed']}")
        for one in data["facts"]
    ]
    known = [str(one["verdict"]) for one in data["facts"]]
    counts = ", ".join(f"{known.count(word)} {word}" for word in colours if word in known)
    return [*lines, "", f"{counts} in {data['seconds']} s; to send it: --paste"]


def _doctor(options: OutputOptions, *, self_testing: bool, paste: bool) -> Report:
    if not (self_testing or paste):
        return doctor(options.start, instance=options.instance, only_trouble=options.quiet)
    report = self_test()
    report.data["only_paste"] = paste
    return report


def _finding(one: Data, style: Style) -> list[str]:
    word = style.paint(COLOURS[one["status"]], f"{WORDS[one['status']]:<4}")
    name = style.paint("bold", f"{one['check']:<10}")
    first, *rest = _wrapped(one["reason"], style.width)
    lines = [f"{word}  {name}  {first}", *(" " * _INDENT + line for line in rest)]
    if one["status"] == "ok":
        return lines
    return lines + [
        _fix(text, style)
        for text in hint_lines(
            [Hint(each["label"], each["command"] or "") for each in one["hints"]]
        )
    ]


def _fix(text: str, style: Style) -> str:
    """Return one line of a fix, not folded: a command must survive being copied."""
    return " " * (_INDENT - 3) + style.paint("cyan", f"-> {printable(text)}")


def _wrapped(text: str, width: int) -> list[str]:
    """Return the text folded at words; in one line where there is no terminal (width 0)."""
    import textwrap

    if not width:
        return [printable(text)]
    fold = textwrap.TextWrapper(
        width=max(width - _INDENT, 30), break_long_words=False, break_on_hyphens=False
    )
    return fold.wrap(printable(text)) or [""]


def _count(counts: dict[str, int], style: Style) -> str:
    words = [f"{counts['ok']} ok"]
    if counts["warn"]:
        words.append(style.paint("yellow", counted(counts["warn"], "warning")))
    if counts["fail"]:
        words.append(style.paint("red", f"{counts['fail']} failed"))
    if counts["skipped"]:
        words.append(style.paint("dim", f"{counts['skipped']} skipped"))
    return ", ".join(words)


VERBS = {
    "doctor": Verb(
        _doctor,
        view,
        """
        Pool, ledger, forgotten servers, exposure, localhost, firewall, containers, proxies,
        PATH. Each line gives status, reason and fix; -q leaves out passed checks. Exit 1 if a
        check fails. Works outside a project too.

        Example: portman doctor
        """,
        self_testing=flag(
            ("--self-test",), help="Try what portman assumes of this system instead (2 to 5 s)."
        ),
        paste=flag(("--paste",), help="The self-test as one line without names or paths."),
    )
}
