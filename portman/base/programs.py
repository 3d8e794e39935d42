"""The programs that listen on a port (data/programs.tsv), and which one a command starts.

A command is taken apart as a shell would (`&&`, `|`, quotes), then read from its left: variables,
package runners (`npx`, `uv run`, `bundle exec`) and loaders of env files (`dotenv -e .env --`)
come before the program.
"""

from __future__ import annotations

from functools import cache

from portman.base.record import NamedTuple
from portman.base.small_file import data_file
from portman.base.text import Pattern


class OtherPort(NamedTuple):
    """A port that a program opens beside its own; `option` moves it, "" if none does."""

    title: str
    port: int
    option: str
    relative: bool = False


class Program(NamedTuple):
    """One row of the table; the head of data/programs.tsv explains the columns."""

    words: tuple[str, ...]
    port: int | None
    name: str
    flag: str
    variables: tuple[str, ...]
    dotenv: tuple[str, ...]
    config: tuple[str, ...]
    strict: str
    host: str
    secondary: tuple[str, ...]
    listens: str
    scheme: str
    package: str
    measured: str
    passes: str
    remedy: str
    repeat: str

    @property
    def takes(self) -> str:
        """Return how it takes its port, as the end of a sentence; "" if an env file is enough."""
        shown = self.words[0]
        if self.variables and self.dotenv:
            return ""
        if self.variables:
            return f"{shown} reads {self.variables[0]} from its environment, not from .env"
        if self.flag:
            return f"{shown} reads no variable, it takes {self.flagged('PORT')}"
        return f"{shown} takes it from {self.config[0]}" if self.config else ""

    @property
    def others(self) -> tuple[OtherPort, ...]:
        found = []
        for part in self.secondary:
            title, _, rest = part.partition("=")
            number, _, option = rest.partition(":")
            found.append(OtherPort(title, int(number), option, number.startswith("+")))
        return tuple(found)

    def opens(self, port: int, own: int) -> bool:
        return any(port == one.port + (own if one.relative else 0) for one in self.others)

    def flagged(self, port: str) -> str:
        """Return the option that sets the port, and the one that makes it strict."""
        option = self.flag.replace("{host}", "127.0.0.1").replace("{}", port)
        strict = self.strict if self.strict.startswith("-") else ""
        return f"{option} {strict}".strip()


class Started(NamedTuple):
    """A program in a command: its row, the words that showed it, and the words after them."""

    program: Program | None
    shown: str
    rest: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()


@cache
def programs() -> tuple[Program, ...]:
    rows = [one for one in data_file("programs.tsv").splitlines() if one and one[0] != "#"]
    return tuple(_row(line) for line in rows[1:])


def columns() -> tuple[str, ...]:
    lines = data_file("programs.tsv").splitlines()
    return tuple(next(line for line in lines if line[0] != "#").split("\t"))


def _row(line: str) -> Program:
    cells = line.split("\t")
    words = tuple(one.strip() for one in cells[0].split(";"))
    lists = [tuple(cells[place].split()) for place in (4, 5, 6)]
    port = int(cells[1]) if cells[1] else None
    tail = (*cells[7:9], _secondary(cells[9]), *cells[10:])
    return Program(words, port, cells[2], cells[3], *lists, *tail)  # type: ignore[arg-type]


def _secondary(text: str) -> tuple[str, ...]:
    """Split `inspector=9229:--inspector-port {} ui=3001`: an option may have a space."""
    parts: list[str] = []
    for word in text.split():
        _, equals, number = word.partition("=")
        if not parts or (equals and number.removeprefix("+")[:1].isdigit()):
            parts.append(word)
        else:
            parts[-1] += f" {word}"
    return tuple(parts)


#: What comes before a program and is not one: runners, loaders of env files, interpreters.
_RUNNERS = frozenset(
    (
        *("npx", "bunx", "exec", "time", "nice", "env", "cross-env", "cross-env-shell", "pnpx"),
        *("uv", "uvx", "poetry", "pipenv", "pdm", "hatch", "rye", "bundle", "spring", "command"),
        *("python", "python3", "python2", "py", "ruby", "php", "dotenv", "dotenvx", "env-cmd"),
        *("yarn", "pnpm", "npm", "bun", "corepack", "mvn", "mvnw", "gradle", "gradlew", "celery"),
        *("nodemon", "tsx", "node", "ts-node", "sudo", "doppler", "op", "sst", "aspire"),
        *("ts-node-dev", "tsnd", "node-dev", "vite-node", "watchexec"),
        *("portman", "reflex", "stdbuf", "nohup", "caffeinate", "opentelemetry-instrument"),
    )
)
_JOINTS = frozenset(
    ("run", "exec", "dlx", "x", "-m", "-c", "--", "tool", "-y", "with-env", "watch")
)
_OPERATORS = frozenset((";", "&&", "||", "|", "&", "|&"))
#: Options of runners that take a value.
_VALUED = frozenset(
    (
        *(
            "-e",
            "-f",
            "-A",
            "--app",
            "-r",
            "--env-file",
            "--with",
            "-p",
            "--service",
            "--directory",
        ),
        *(
            "--include",
            "--exclude",
            "--ignore",
            "--import",
            "--loader",
            "--tsconfig",
            "--ext",
            "-w",
        ),
    )
)
#: Options of nodemon and cargo-watch whose value is the command that they start.
_EXECUTES = frozenset(("-x", "--exec"))
#: A script that loads an env file for what comes after it: `npm run with:env -- next dev`.
_LOADER = Pattern(r"(?:with|load)[-_:]?env\S*|dotenv\S*|env")
_ASSIGNED = Pattern(r"[A-Za-z_]\w*=")
#: What makes a program of the table do something else than serve.
_SERVES_NOT = frozenset(
    (
        *("build", "lint", "test", "info", "check", "export", "generate", "migrate", "prepare"),
        *("sync", "telemetry", "typegen", "optimize", "db", "analyze", "add", "init", "deploy"),
        *("typecheck", "upgrade", "clean", "new", "create", "--version", "--help", "cleanup"),
    )
)
#: What hands out a folder, which may be called `build`.
_HANDS_OUT = frozenset(("serve", "http-server", "live-server"))


def commands(text: str) -> list[tuple[str, ...]]:
    """Split a command line into its simple commands, each as its words, quotes taken off."""
    import shlex  # it loads `re`, as much as Python's own start

    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|")
    lexer.whitespace_split, lexer.commenters = True, ""
    found: list[tuple[str, ...]] = []
    words: list[str] = []
    try:
        for word in lexer:
            if word in _OPERATORS:
                found.append(tuple(words))
                words = []
            else:
                words.append(word)
    except ValueError:  # a quote that is not closed
        words = text.split()
    return [one for one in (*found, tuple(words)) if one]


def started(words: tuple[str, ...]) -> Started | None:
    """Find the program that a simple command starts; None if it starts nothing that is known.

    A command whose first word is no runner and not in the table has `program` None.
    """
    assigned: list[tuple[str, str]] = []
    place = 0
    while place < len(words):
        word = words[place]
        if _ASSIGNED.match(word):
            name, _, value = word.partition("=")
            assigned.append((name, value))
            place += 1
            continue
        known = _known(words, place)
        if known is not None:
            program, count = known
            if program.passes.startswith("keeps") and program.words[0] != "nx":
                place += count
                continue
            rest = words[place + count :]
            if rest[:1] and rest[0] in _SERVES_NOT and program.words[0] not in _HANDS_OUT:
                return None
            return Started(program, " ".join(words[place : place + count]), rest, tuple(assigned))
        if word.startswith("${") and "}" in " ".join(words[place:-1]):
            place = next(n for n in range(place, len(words)) if "}" in words[n]) + 1
            continue  # a prefix that is there or not: `${DEBUG:+rdbg -c --} bin/rails server`
        base = word.rpartition("/")[2]
        if word in _EXECUTES and words[place + 1 : place + 2] and place:
            inner = commands(words[place + 1])
            one = started(inner[-1]) if inner else None
            return one and one._replace(variables=(*assigned, *one.variables))
        if word.startswith("-"):
            watched = word == "--watch" and "nodemon" in words[:place]
            place += 2 if word in _VALUED or watched else 1
        elif base in _RUNNERS or (place and (word in _JOINTS or _LOADER.fullmatch(word))):
            place += 1
        else:
            return Started(None, base, words[place + 1 :], tuple(assigned))
    return None


def _known(words: tuple[str, ...], place: int) -> tuple[Program, int] | None:
    """Return the row whose words stand here, the longest, and how many words they are."""
    best: tuple[int, bool, Program] | None = None
    for first, rest, program in _forms().get(words[place].rpartition("/")[2], ()):
        if "/" in first and not f"/{words[place]}".endswith(f"/{first}"):
            continue
        if not rest and "/" not in first and _is_own(words, place):
            continue
        offer = (_matched(rest, words, place), "/" in first, program)
        if offer[0] and (best is None or offer[:2] > best[:2]):
            best = offer
    return (best[2], best[0]) if best else None


#: Programs whose name is a word that people give a file or a script of their own.
_WORDS = frozenset(("serve", "bottle", "flower", "parcel", "karma", "locust", "solara"))
#: Folders of what a package manager installed.
_INSTALLED = ("/.bin/", "/venv/bin/", "/.venv/bin/", "/vendor/bin/", "/.local/bin/", "/usr/bin/")


def _is_own(words: tuple[str, ...], place: int) -> bool:
    """Tell whether a word is a file or a script of the repository that is called like a program."""
    folder, slash, name = words[place].rpartition("/")
    if slash:
        return name in _WORDS and not f"/{folder}/".endswith(_INSTALLED)
    before = words[:place]
    if before[-2:-1] == ("npm",) or name in _WORDS:
        return before[-1:] == ("run",) and before[-2:-1] in _SCRIPTED
    return False


_SCRIPTED = (("npm",), ("pnpm",), ("yarn",), ("bun",))


def _matched(rest: tuple[str, ...], words: tuple[str, ...], place: int) -> int:
    """Return how many words the form takes; an option of it may stand anywhere behind, 0: none."""
    count = 1
    for wanted in rest:
        if wanted.startswith("--"):
            if not any(one == wanted or one.startswith(f"{wanted}=") for one in words[place + 1 :]):
                return 0
            continue
        here = place + count
        while here < len(words) and words[here].startswith("--") and wanted != words[here]:
            here += 1 if "=" in words[here] else 2  # `flask --app x run`
        if here >= len(words) or words[here] != wanted:
            return 0
        count = here - place + 1
    return count


@cache
def _forms() -> dict[str, list[tuple[str, tuple[str, ...], Program]]]:
    """Return the forms of all rows by the last part of their first word."""
    forms: dict[str, list[tuple[str, tuple[str, ...], Program]]] = {}
    for program in programs():
        for form in program.words:
            first, *rest = form.split()
            forms.setdefault(first.rpartition("/")[2], []).append((first, tuple(rest), program))
    return forms


class AskedPort(NamedTuple):
    """What a command says of its port: the number, the variable it takes, the words that say it."""

    port: int | None = None
    variable: str = ""
    option: str = ""


_OPTIONS = frozenset(
    (
        *("--port", "-p", "-P", "--http-port", "--httpPort", "--server.port", "--listen-port"),
        *("-b", "--bind", "-a", "--addr", "--address", "-addr", "-port", "-l", "--listen", "-tcp"),
        *("--urls", "--url", "--web-port", "-http", "--http-addr", "--http", "-listen"),
    )
)
#: Programs whose -p is the port of another machine, or no port at all.
_CLIENTS = frozenset(
    (
        *("ssh", "scp", "rsync", "psql", "mysql", "redis-cli", "mongosh", "mongo", "pg_isready"),
        *("mkdir", "pytest", "cypress", "playwright", "docker", "docker-compose", "podman", "curl"),
        *("wait-on", "wait-for-it", "wait-for-it.sh", "echo", "kill-port", "nc", "ngrok", "lsof"),
        *("kill", "open", "open-cli", "k6", "ab", "wrk", "stripe", "cloudflared", "jest", "vitest"),
        *("tsc", "git", "cp", "mv", "rm", "cd", "test", "pg_dump", "lt", "localtunnel", "adb"),
        *("http", "wget", "kubectl", "ssh-keygen", "cargo-watch", "prisma", "sleep", "grep", "xh"),
    )
)
_VARIABLE = r"\$\{?([A-Z][A-Z0-9_]*PORT|PORT)\b"
_DEFAULTED = Pattern(r"\$\{([A-Z][A-Z0-9_]*PORT|PORT):?-(\d{2,5})\}")
_PLACE = Pattern(rf"(?:\S*:)?(?:(\d{{2,5}})|{_VARIABLE}\}}?)/?$")


def asked(one: Started) -> AskedPort:
    """Read the port that a command names; nothing of a program that only connects to one."""
    program, rest = one.program, one.rest
    if program is None and one.shown in _CLIENTS:
        return AskedPort()
    for word in rest:
        if match := _DEFAULTED.search(word):
            return AskedPort(port_number(match[2]), match[1], word)
    own = program.flag.split()[0].partition("=")[0] if program and program.flag else ""
    own = own if own.startswith("-") else ""
    options = _OPTIONS | {own} if own else _OPTIONS
    for place, word in enumerate(rest):
        name, equals, value = word.partition("=")
        if not equals and word[:2] in ("-p", "-P") and word[2:].isdigit():
            name, value = word[:2], word[2:]
        elif not equals:
            value = rest[place + 1] if place + 1 < len(rest) else ""
        match = _PLACE.match(value) if name in options and value else None
        if match is None and program and not own:
            match = _PLACE.match(word) if program.flag else None
        if match and (match[2] or port_number(match[1])):
            shown = word if name not in options or equals or value in word else f"{word} {value}"
            return AskedPort(port_number(match[1] or ""), match[2] or "", shown)
    for name, value in one.variables:
        if name.endswith("PORT") and (match := _DEFAULTED.fullmatch(value)):
            return AskedPort(port_number(match[2]), match[1], f"{name}={value}")
        debugs = "DEBUG" in name or "INSPECT" in name
        if name.endswith("PORT") and not debugs and (number := port_number(value)):
            return AskedPort(number, name, f"{name}={value}")
    return AskedPort()


def program_of(command: str) -> Program | None:
    for words in commands(command):
        one = started(words)
        if one is not None and one.program is not None and not one.program.passes:
            return one.program
    return None


def usual_programs(port: int) -> str:
    """Name the programs that listen on a port unless told, and those that open it beside theirs."""
    named = [one.words[0] for one in programs() if one.port == port]
    for one in programs():
        named += [
            f"{one.words[0]} ({x.title})" for x in one.others if x.port == port and not x.relative
        ]
    return " and ".join(filter(None, (", ".join(named[:3]), "others" if named[3:] else "")))


def port_number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return number if 0 < number < 65536 else None


def by_package(name: str) -> Program | None:
    return next((one for one in programs() if one.package == name), None)
