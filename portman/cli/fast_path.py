"""The express lane: the argv forms that machines call, without Typer.

First it tries to repeat a receipt's answer (state/receipts.py), which takes little more than
starting Python; failing that it calls the same operation as the Typer app, through `forms`.
Whatever it does not understand to the letter is left to the app. Imports only what it uses.
"""

import os
import sys

FORMATS = ("dotenv", "json", "make", "shell", "fish", "powershell", "github")
FLAGS = {"--json": "json", "-q": "quiet", "--quiet": "quiet"}


def answer(argv: list[str]) -> int | None:
    """Return the exit code of a command answered here, None if the app has to."""
    words = parse(argv)
    if words is None:
        return None
    command, names, form, start, json, quiet, instance = words
    if json or command in ("env", "port", "url") or not _is_terminal():
        repeated = _repeat(question(command, names, form, json=json, quiet=quiet), start, instance)
        if repeated is not None:
            return _say(repeated)
    from portman.cli.emit import Manner
    from portman.cli.forms import Form
    from portman.cli.forms import answer as compute

    manner = Manner(start, json=json, quiet=quiet, instance=instance)
    return compute(Form(command, names, form), manner)


def parse(argv: list[str]) -> tuple[str, tuple[str, ...], str, str, bool, bool, str] | None:
    """Return (command, names, format, start, json, quiet, instance), or None if unsure."""
    flags, values, plain = set(), {"-C": ".", "--instance": "", "--format": ""}, []
    words = iter(argv)
    for word in words:
        if word in FLAGS:
            flags.add(FLAGS[word])
        elif word in values:
            values[word] = next(words, "")
            if not values[word] or values[word].startswith("-"):
                return None
        elif not word or word.startswith("-"):
            return None
        else:
            plain.append(word)
    command, names, form = "".join(plain[:1]), plain[1:], values["--format"] or "dotenv"
    if not _fits(command, len(names)) or form not in FORMATS:
        return None
    if values["--format"] and command != "env":
        return None
    start, instance = values["-C"], values["--instance"]
    return command, tuple(names), form, start, "json" in flags, "quiet" in flags, instance


def question(command: str, names: tuple[str, ...], form: str, *, json: bool, quiet: bool) -> str:
    """Return the one-line name of an answer in a receipt."""
    manner = ("json " if json else "") + ("quiet " if quiet else "")
    return f"{manner}{command} {form} {' '.join(names)}"


def _fits(command: str, names: int) -> bool:
    if command in ("port", "url"):
        return names == 1
    return command in ("up", "check") or (command == "env" and not names)


def _is_terminal() -> bool:
    try:
        return os.isatty(1)
    except OSError:
        return False


def _repeat(asked: str, start: str, instance: str) -> str | None:
    """Return the remembered answer if its evidence and its ports are as they were."""
    from portman.state.receipts import repeat

    found = repeat(start, instance, asked, _rows)
    if found is None:
        return None
    ports, text = found
    return text if not ports or _all_free(ports) else None


def _rows(state: str, checkout: str, instance: str) -> str:
    from portman.ledger.fast_read import rows

    return rows(state, checkout, instance)


def _all_free(ports: str) -> bool:
    from portman.machine.sockets import probe

    return all(
        probe(int(number), protocol) == "free"
        for protocol, _, number in (word.partition(":") for word in ports.split())
    )


def _say(text: str) -> int:
    """Write an answer as `perform.write` would."""
    if not text:
        return 0
    data = text.encode(sys.stdout.encoding or "utf-8", "backslashreplace")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except OSError as error:
        from portman.cli.emit import unwritten

        return unwritten(sys.stdout, error)
    return 0
