"""One key after a conflict in `up`: move, who, free or quit. Only where a person can press one.

What a key does is the command of a hint of the error, started as if it had been typed.
"""

from __future__ import annotations

import os
import sys

from portman.base.errors import INTERRUPTED
from portman.base.hints import hints_of
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.errors import Problem, Report
    from portman.cli import OutputOptions
    from portman.cli.render import Style

#: The keys and what each is for, here and on the screen of `watch`.
WORDS = {
    "move": "takes another free port",
    "who": "shows who has it",
    "free": "stops it after asking",
    "quit": "changes nothing at all",
}
#: The code of the errors that are asked about.
CONFLICT = "port-taken"
Commands = tuple[tuple[str, ...], ...]


class KeyChoice(NamedTuple):
    """A key, and the commands of portman that it starts, each without the program's name."""

    word: str
    commands: Commands = ()

    @property
    def key(self) -> str:
        return self.word[0]


def choices(errors: Iterable[Problem]) -> tuple[KeyChoice, ...]:
    """Return what may be chosen for the conflicts among `errors`; () if there is none.

    A key is left out where no conflict has a command for it.
    """
    move: list[str] = []
    who: list[tuple[str, ...]] = []
    free: list[tuple[str, ...]] = []
    for one in errors:
        if one.code != CONFLICT:
            continue
        for hint in hints_of(one.hint):
            words = hint.argv[1:] if hint.argv[:1] == ("portman",) else ()
            if words[:2] == ("up", "--reassign"):
                move += words[2:]
            elif words[:1] == ("who",):
                who.append(words)
            elif words[:1] == ("free",):
                free.append(words)
            elif hint.label == "stop it" and hint.argv[:1] != ("sudo",):
                free.append(("free", one.service or ""))
    found = [
        KeyChoice("move", (("up", "--reassign", *move),) if move else ()),
        KeyChoice("who", tuple(dict.fromkeys(who))),
        KeyChoice("free", tuple(dict.fromkeys(free))),
    ]
    kept = tuple(one for one in found if one.commands)
    return (*kept, KeyChoice("quit")) if kept else ()


def lines(offered: tuple[KeyChoice, ...], style: Style) -> list[str]:
    widest = max(map(len, WORDS.values()))
    texts = []
    for one in offered:
        typed = "; ".join(f"portman {' '.join(words)}" for words in one.commands)
        head = f"  [{one.key}]{one.word[1:]:<3} {WORDS[one.word]:<{widest}}"
        texts.append(f"{head}  {style.paint('dim', typed)}".rstrip() if typed else head.rstrip())
    return texts


def can_ask(options: OutputOptions) -> bool:
    """Return whether a person sees the table and can press a key: a terminal in the foreground."""
    if options.json or options.quiet or os.environ.get("CI"):
        return False
    if os.environ.get("TERM") == "dumb":
        return False
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        return False
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False


def ask(options: OutputOptions, report: Report) -> int:
    """Offer the keys of a report, and do what is chosen; return the exit code."""
    from portman.cli.render import style_for

    offered: tuple[KeyChoice, ...] = report.data["keys"]  # type: ignore[assignment]
    words = ", ".join(one.key for one in offered[:-1]) + f" or {offered[-1].key}"
    shown = lines(offered, style_for(sys.stderr, options.color))
    sys.stderr.write("".join(line + "\n" for line in shown))
    while True:
        sys.stderr.write(f"{words}? ")
        sys.stderr.flush()
        key = ""
        try:
            key = read_key()
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            sys.stderr.write(f"{key}\n")
        chosen = next((one for one in offered if one.key == key), offered[-1])
        if chosen.word == "quit":
            return report.exit_code
        codes = [_start(options, words) for words in chosen.commands]
        if chosen.word == "move":
            return codes[0]
        if chosen.word == "free":
            return max(codes) or _start(options, ("up",))


def _start(options: OutputOptions, words: tuple[str, ...]) -> int:
    from portman.cli.fast_path import answer

    shared = ["-C", options.start, "--color", options.color]
    if options.instance:
        shared += ["--instance", options.instance]
    return answer([words[0], *shared, *words[1:]]) or 0


def read_key() -> str:
    """Return one letter as soon as it is pressed; "" for every other key.

    What was typed before the question is dropped.
    """
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
        key = msvcrt.getwch()
        if key == "\x03":
            raise KeyboardInterrupt
        return key if key.isalpha() else ""
    import termios
    import tty

    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    try:
        tty.setcbreak(stdin)
        data = os.read(stdin, 64).strip()
    except OSError:
        return ""
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)
    return data.decode("ascii") if len(data) == 1 and data.isalpha() else ""
