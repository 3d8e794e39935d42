"""Commands in scripts, Procfiles and recipes: the words that say a port, and where `run` goes.

A command is read as the file has it, escapes of JSON included, so that a place in it is a place in
the file. What a shell would do more with (`;`, `|`, `$(`) is refused.
"""

from __future__ import annotations

import re

from portman.base.programs import Program, Started, asked, started
from portman.base.record import NamedTuple
from portman.integrations.js_text import closing

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = re.compile(
    r"(?P<space>\s+)|(?P<joint>&&|\|\||\|&|[;|&])|"
    r"(?P<word>(?:\\\"(?:[^\"\\]|\\[^\"])*\\\"|\"[^\"]*\"|'[^']*'|\$\([^)]*\)|\{\{[^}]*\}\}|"
    r"\\.|[^\s;|&\"'\\]|\\)+)"
)


class Word(NamedTuple):
    """A word of a command, and where it stands in it."""

    begin: int
    end: int
    text: str


class Server(NamedTuple):
    """The one server that a command starts: its words, the first of the program, its row."""

    words: tuple[Word, ...]
    first: int
    started: Started
    alone: bool

    @property
    def program(self) -> Program | None:
        return self.started.program

    @property
    def rest(self) -> tuple[Word, ...]:
        return self.words[len(self.words) - len(self.started.rest) :]


class Change(NamedTuple):
    """A change inside a command."""

    begin: int
    end: int
    new: str


def simple_commands(text: str) -> Iterator[tuple[tuple[Word, ...], str]]:
    """Yield the words of each simple command, with the operator that follows it."""
    words: list[Word] = []
    for part in _PART.finditer(text):
        if part["joint"]:
            yield tuple(words), part["joint"]
            words = []
        elif part["word"]:
            plain = part["word"].replace('\\"', '"')
            quoted = len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "\"'"
            words.append(Word(part.start(), part.end(), plain[1:-1] if quoted else plain))
    yield tuple(words), ""


def server_of(text: str, port: int | None = None) -> Server | None:
    """Return the server that a command starts, None where there is none or it is not certain.

    `alone`: everything else in the line ends before it (`A && server`).
    """
    found: list[tuple[int, Server]] = []
    joints = []
    for place, (words, joint) in enumerate(simple_commands(text)):
        joints.append(joint)
        one = started(tuple(word.text for word in words))
        if one is None or (one.program is None and not _says(one, port)):
            continue
        if one.program is not None and one.program.passes:
            continue
        count = len(one.shown.split())
        first = max(len(words) - len(one.rest) - count, 0)
        found.append((place, Server(words, first, one, alone=True)))
    if len(found) != 1:
        return None
    place, server = found[0]
    before, after = joints[:place], joints[place:]
    alone = all(one == "&&" for one in before) and after == [""] and "$(" not in text
    return server._replace(alone=alone)


def _says(one: Started, port: int | None) -> bool:
    said = asked(one)
    if said.port is not None and said.port == port:
        return True
    return one.shown in ("server", "app", "main") or one.shown.endswith(
        (".js", ".ts", ".mjs", ".cjs", ".py", ".rb", ".mts")
    )


def literal(server: Server, port: int) -> Word | None:
    """Return the digits of a port that the command names: `--port 3000`, `-p3000`, `:3000`."""
    number = str(port)
    for word in (*server.rest, *server.words[: server.first]):
        match = re.search(rf"(?:^|[=:]|^-p){number}(?=$|/)", word.text)
        if match is None or (word.text != number and "://" in word.text):
            continue
        place = word.end - (len(word.text) - match.end()) - len(number)
        quote = 1 if word.end - word.begin > len(word.text) else 0
        return Word(place - quote, place - quote + len(number), number)
    return None


def spelled(server: Server) -> str:
    """Return the digits of any port the command names, "" if none."""
    said = asked(server.started)
    return str(said.port) if said.port and not said.variable else ""


def set_port(server: Server, port: int | None, value: str) -> Change | None:
    """Let the command say `value` as its port: in the place of the number, or by the flag.

    None where the program has no flag and no number stands there.
    """
    word = literal(server, port) if port is not None else None
    if word is not None:
        return Change(word.begin, word.end, value)
    program, said = server.program, asked(server.started)
    if program is None or said.port or said.variable or not program.flag:
        return None
    option = program.flag.replace("{host}", "127.0.0.1").replace("{}", value)
    end = server.words[-1].end
    before_dashes = next((one for one in server.rest if one.text == "--"), None)
    if before_dashes is not None:
        return Change(before_dashes.begin, before_dashes.begin, f"{option} ")
    return Change(end, end, f" {option}")


def without_port(server: Server, port: int) -> Change | None:
    """Take the option with the port out: `vite --port 3000 --open` is `vite --open`."""
    for place, word in enumerate(server.rest):
        if word.text in (f"--port={port}", f"-p{port}"):
            return Change(word.begin - 1, word.end, "")
        if word.text in ("--port", "-p") and place + 1 < len(server.rest):
            value = server.rest[place + 1]
            if value.text == str(port):
                return Change(word.begin - 1, value.end, "")
    return None


def with_run(server: Server, service: str) -> Change:
    """Put `portman run --service NAME --` before the first word that is no variable."""
    word = next(
        (one for one in server.words if not _SHELL.fullmatch(one.text)), server.words[server.first]
    )
    return Change(word.begin, word.begin, f"portman run --service {service} -- ")


#: Words of the shell itself, which stay in front.
_SHELL = re.compile(r"[A-Za-z_]\w*=.*|exec|time|command|env", re.DOTALL)


def runs_portman(text: str, service: str) -> bool:
    return (
        re.search(rf"portman run\b[^&|;\n]*--service[ =]{re.escape(service)}\b", text) is not None
    )


def changed(text: str, changes: list[Change]) -> str:
    for one in sorted(changes, reverse=True):
        text = text[: one.begin] + one.new + text[one.end :]
    return text


_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)"')
#: The command of wireit's script of a name.
_WIRED = r'"wireit"\s*:\s*\{[\s\S]*?"%s"\s*:\s*\{[^{}]*?"command"\s*:\s*"((?:[^"\\]|\\.)*)"'


class Script(NamedTuple):
    """A script, and where its command stands in the file."""

    name: str
    begin: int
    command: str


def scripts(text: str) -> Iterator[Script]:
    start = re.search(r'"scripts"\s*:\s*\{', text)
    if start is None:
        return
    end = closing(text, start.end() - 1)  # a command may have braces of its own
    for match in _PAIR.finditer(text, start.end(), end):
        wired = re.search(_WIRED % re.escape(match[1]), text) if match[2] == "wireit" else None
        begin, command = (wired.start(1), wired[1]) if wired else (match.start(2), match[2])
        yield Script(match[1], begin, command)
