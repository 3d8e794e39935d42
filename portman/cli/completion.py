"""What may come next on a command line: words with descriptions, without Typer.

The scripts of data/completion call `portman __complete words WORD...`, the last word being the one
at the cursor; bash, which takes words apart at `=` and `:`, gives the whole line instead.
"""

from __future__ import annotations

import sys

from portman.cli import COMMANDS, command, commands

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portman.cli import Command
    from portman.cli.parameters import Parameter

#: A word, and what it is.
Candidate = tuple[str, str]
ALONE = (
    ("--help", "Show the commands, or the options of one."),
    ("--version", "Print the version."),
)


def respond(asked: list[str]) -> int:
    """Print the candidates, a line each, the description after a tab; nothing for a mistake."""
    form, *words = asked or [""]
    head = ""
    if form == "line":
        words = _split(words[0] if words else "")
        head = _head(words[-1])
    lines = [f"{value.removeprefix(head)}\t{about}\n" for value, about in candidates(words or [""])]
    sys.stdout.write("".join(lines))
    return 0


def candidates(words: list[str]) -> list[Candidate]:
    """Return what the last word may become, the words before it being as they are."""
    *before, typed = words
    verb, rest, start = _verb(before)
    if not verb:
        return _first(before, typed)
    if verb == "help":
        return _beginning(typed, ((row.verb, row.summary) for row in commands()))
    row = command(verb)
    return [] if row is None else _of_verb(row, rest, _directory(rest) or start, typed)


def _of_verb(row: Command, rest: list[str], start: str, typed: str) -> list[Candidate]:
    from portman.cli.fast_path import load
    from portman.cli.parameters import SHARED

    declared = load(row)
    shared = [one for name, one in SHARED.items() if name not in declared.without]
    options = {word: one for one in (*declared.parameters.values(), *shared) for word in one.words}
    if declared.verbatim and any(not one.startswith("-") for one in rest):
        return []
    flag, equals, value = typed.partition("=")
    last = rest[-1] if rest else ""
    if equals and flag in options:
        return [(f"{flag}={word}", said) for word, said in _values(options[flag], start, value)]
    if last in options and options[last].kind is not bool:
        return _values(options[last], start, typed)
    if typed.startswith("-"):
        named = {max(one.words, key=len): one.help for one in options.values()}
        return _beginning(typed, {**named, "--help": "Show the options."}.items())
    given = _plain(rest, options)
    places = [one for one in declared.parameters.values() if not one.words]
    here = places[given : given + 1] or [one for one in places[-1:] if one.many]
    return [one for place in here for one in _values(place, start, typed) if one[0] not in rest]


def _verb(before: list[str]) -> tuple[str, list[str], str]:
    at, start = 0, "."
    while at < len(before) and before[at].startswith("-"):
        valued = before[at] in ("-C", "--color", "--instance")
        if before[at] == "-C" and at + 1 < len(before):
            start = before[at + 1]
        at += 2 if valued else 1
    return (before[at] if at < len(before) else ""), before[at + 1 :], start


def _first(before: list[str], typed: str) -> list[Candidate]:
    if not typed.startswith("-") and not before:
        return _beginning(typed, ((verb, row[1]) for verb, row in COMMANDS.items()))
    from portman.cli.parameters import SHARED

    options = {word: one for one in SHARED.values() for word in one.words}
    last = before[-1] if before else ""
    if last in options and options[last].kind is not bool:
        return _values(options[last], ".", typed)
    if not typed.startswith("-"):
        return _first([], typed)
    named = ((max(one.words, key=len), one.help) for one in SHARED.values())
    return _beginning(typed, (*named, *ALONE))


def _directory(rest: list[str]) -> str:
    return next((rest[at + 1] for at, one in enumerate(rest[:-1]) if one == "-C"), "")


def _plain(rest: list[str], options: dict[str, Parameter]) -> int:
    count, skip = 0, False
    for word in rest:
        valued = word in options and options[word].kind is not bool
        count += not skip and not word.startswith("-")
        skip = valued and not skip
    return count


def _values(one: Parameter, start: str, typed: str) -> list[Candidate]:
    if one.metavar in ("DIR", "PATH"):
        return list(_folders(typed))
    return _beginning(typed, one.complete(start)) if one.complete else []


def _folders(typed: str) -> Iterator[Candidate]:
    import os

    folder, name = os.path.split(typed)
    try:
        found = sorted(os.scandir(folder or "."), key=lambda one: one.name)
    except OSError:
        return
    for one in found:
        hidden = one.name.startswith(".") and not name.startswith(".")
        if one.name.startswith(name) and not hidden and one.is_dir():
            yield os.path.join(folder, one.name) + os.sep, ""


def _beginning(typed: str, found: Iterable[Candidate]) -> list[Candidate]:
    return [one for one in found if one[0].startswith(typed)]


def _split(line: str) -> list[str]:
    """Split a line as far as it is typed; a quote that is open is no mistake."""
    import shlex

    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    if not line or line[-1].isspace():
        words.append("")
    return words[1:] or [""]


def _head(word: str) -> str:
    """Return what bash has taken off the front of the word: up to the last `=` or `:`."""
    return word[: max(word.rfind("="), word.rfind(":")) + 1]
