"""Where a project's own commands start Compose, and which of them pass portman by.

`-f`, `--env-file`, `-p` and `--project-directory` take the place of what Compose would read
unasked: our override, our .env, the project's own name. So do the variables COMPOSE_FILE and
COMPOSE_PROJECT_NAME where a Makefile, an .envrc or a script sets them. Read are the files in which
projects keep commands, as text; nothing is run, and nothing but file, line, option and names is
repeated.
"""

from __future__ import annotations

import os

from portman.base.errors import Problem
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.base.text import printable
from portman.compose.reader import choose_files, command_texts, default_files, inside

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portman.base.values import Manifest

MOST_CALLS = 200
_CALL = (
    r"\b(?:docker|podman|nerdctl)(?:\s+(?:--context|-c|--host|-H|--config)[= ]\S+)*"
    r"(?:\s+compose|-compose)(?=\s|$)"
)
#: A variable of a Makefile, a justfile or a script with a plain value, and where one is used.
_PLAIN = r"(?m)^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*[:?]{0,2}=[ \t]*[\"']?([\w./-]+)[\"']?[ \t]*$"
_USED = r"\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)|\{\{[ \t]*(\w+)[ \t]*\}\}"
_WORD = (
    r"[ \t]*((?:\$\([^)]*\)|\$\{[^}]*\}|\{\{[^}]*\}\}|\"(?:[^\"\\]|\\.)*\"|'[^']*'|\\.|"
    r"[^\s\"'\\;|&()<>`])+)"
)
_MOVED = r"\bcd[ \t]+([\w./-]+)[ \t]*(?:&&|;)"
_STRING = r'"((?:[^"\\]|\\.)*)"'
#: NAME=value of a shell, `NAME := value` of make and just, `NAME = value` of TOML, `NAME: value`.
_SET = (
    r"(?<![\w${-])(COMPOSE_FILE|COMPOSE_PROJECT_NAME)[ \t]*%s[ \t]*"
    r"(\"[^\"]*\"|'[^']*'|[^\s=\"';&|`)]+)"
)
_SIGN, _YAML_SIGN = "[:?]{0,2}=", "(?:=|:(?=[ \t]))"
_VALUED = {
    "-f": "files",
    "--file": "files",
    "--env-file": "env_files",
    "-p": "project",
    "--project-name": "project",
    "--project-directory": "folder",
    **dict.fromkeys(("--profile", "--ansi", "--parallel", "--progress"), ""),
}
_FLAGS = {"files": "-f", "env_files": "--env-file", "folder": "--project-directory"}


class ComposeCall(NamedTuple):
    """One command that starts Compose. `options` has (kind, value) in their order, `cd` first.

    `rest` is the subcommand with its flags, without the words after it. `variable` sets one for
    commands elsewhere instead.
    """

    file: str
    line: int
    options: tuple[tuple[str, str], ...]
    rest: str = ""
    variable: str = ""

    def values(self, kind: str) -> tuple[str, ...]:
        return tuple(value for one, value in self.options if one == kind)


class ComposeUse(NamedTuple):
    """What portman wrote for Compose: paths relative to the checkout, "" for no override."""

    files: tuple[str, ...]
    override: str
    env_files: tuple[str, ...]


def find_calls(texts: Iterable[tuple[str, str]]) -> tuple[ComposeCall, ...]:
    """Return the commands with one of those options."""
    calls: list[ComposeCall] = []
    for path, text in texts:
        if len(calls) < MOST_CALLS:
            calls += calls_in(path, text)
    return tuple(calls)


def calls_in(path: str, text: str) -> list[ComposeCall]:
    """Return what one file says; a line that ends in a backslash goes on in the next."""
    import re  # few projects have such commands

    plain = dict(re.findall(_PLAIN, text))
    found: list[ComposeCall] = []
    is_json = path.endswith(".json")
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        first, line = at + 1, lines[at]
        while line.endswith("\\") and at + 1 < len(lines):
            at += 1
            line = f"{line[:-1]} {lines[at]}"
        at += 1
        line = re.sub(_USED, lambda used: plain.get(used[used.lastindex or 0], used[0]), line)
        if "compose" not in line.lower() or line.lstrip().startswith(("#", "//")):
            continue
        quoted = re.findall(_STRING, line) if is_json else ()
        pieces = [one.replace('\\"', '"') for one in quoted] if is_json else [line]
        for piece in pieces:
            found += [*_told(path, first, piece), *_calls(path, first, piece)]
    if os.path.basename(path).endswith("devcontainer.json"):
        found += _devcontainer(path, text)
    return found


def _told(path: str, line: int, text: str) -> Iterator[ComposeCall]:
    """Return what a line sets for Compose; what follows from another variable says nothing here."""
    import re

    sign = _YAML_SIGN if path.endswith((".yml", ".yaml")) else _SIGN
    for found in re.finditer(_SET % sign, text):
        name, value = found[1], found[2].strip("\"'")
        files = name == "COMPOSE_FILE"
        values = re.split("[:;,]", value) if files else [value]
        kind = "files" if files else "project"
        if value and "$" not in value and "{{" not in value:
            yield ComposeCall(path, line, tuple((kind, one) for one in values if one), "", name)


def _calls(path: str, line: int, text: str) -> Iterator[ComposeCall]:
    import re

    word_at = re.compile(_WORD).match
    for start in re.finditer(_CALL, text):
        words: list[str] = []
        at = start.end()
        while (word := word_at(text, at)) and len(words) < 40:
            words.append(word[1].replace('"', "").replace("'", ""))
            at = word.end()
        call = _call(path, line, words)
        moved = re.findall(_MOVED, text[: start.start()])
        if moved:
            call = call._replace(options=(("cd", moved[-1]), *call.options))
        if call.options:
            yield call


def _call(path: str, line: int, words: list[str]) -> ComposeCall:
    import re

    options: list[tuple[str, str]] = []
    while words and words[0].startswith("-"):
        name, equals, value = words.pop(0).partition("=")
        if name[:2] in ("-f", "-p") and name[2:] and name[1] != "-":
            name, equals, value = name[:2], "=", name[2:]
        if name in _VALUED:
            value = value if equals else words.pop(0) if words else ""
            options += [(_VALUED[name], value)] if _VALUED[name] and value else []
    flags = [one for one in words[1:] if re.fullmatch(r"--?[a-z-]+", one)]
    plain = words[:1] if words and words[0].isalpha() else []
    return ComposeCall(path, line, tuple(options), " ".join([*plain, *flags[:4]] if plain else []))


def _devcontainer(path: str, text: str) -> list[ComposeCall]:
    """Return `dockerComposeFile`, whose files are handed over with -f; JSON with comments."""
    import re

    found = re.search(r'"dockerComposeFile"\s*:\s*(\[[^\]]*\]|"[^"]*")', text)
    if not found:
        return []
    files = tuple(("files", one) for one in re.findall(_STRING, found[1]))
    return [ComposeCall(path, text.count("\n", 0, found.start()) + 1, files, "devcontainer")]


def notes_for(root: str, manifest: Manifest) -> tuple[Problem, ...]:
    """Return the notes for a manifest that is about to be used: nothing is written yet."""
    chosen = manifest.compose_files or default_files(root, "")
    if not chosen and not any(one.kind == "container" for one in manifest.services):
        return ()
    found = choose_files(root, chosen, manifest.compose_override)
    override = manifest.compose_override or found.override()
    env_files = tuple(one.path for one in manifest.outputs if one.format == "dotenv")
    use = ComposeUse(found.files, override, env_files)
    return tuple(bypassing(find_calls(command_texts(root)[0]), use))


def bypassing(calls: Iterable[ComposeCall], use: ComposeUse) -> list[Problem]:
    """Return a note for each kind of call by which Compose does not read what portman wrote.

    A call that names other Compose files than the project's is another project's.
    """
    grouped: dict[tuple[bool, str, str], dict[str, None]] = {}
    for call in calls:
        for said, hint in _told_effects(call, use) if call.variable else _effects(call, use):
            place = f"{call.file}:{call.line}"
            grouped.setdefault((bool(call.variable), said, hint), {})[place] = None
    problems = []
    for (told, said, hint), found in grouped.items():
        places = list(found)
        shown = ", ".join(places[:4]) + (f" and {len(places) - 4} more" if places[4:] else "")
        verb = "" if len(places) > 1 else "s"
        verb = f"set{verb}" if told else f"start{verb} Compose with"
        message = printable(f"{shown} {verb} {said}")
        file, _, line = places[0].rpartition(":")
        problems.append(Problem("compose-bypassed", message, hint, file=file, line=int(line)))
    return problems


def _effects(call: ComposeCall, use: ComposeUse) -> Iterator[tuple[str, str]]:
    files, folder = call.values("files"), "".join(call.values("cd")) or os.path.dirname(call.file)
    plain = [one for one in files if "$" not in one and "{{" not in one]
    known = {inside(base, one) for one in plain for base in ("", folder)}
    rest = f" {call.rest}" if call.rest else ""
    if not use.files and plain:
        name = printable(min(known - {""}, key=len, default=plain[0]))
        yield f"-f {name}, which ports.toml does not name", f'[compose] file = "{name}"'
    elif plain and len(plain) == len(files) and not known & set(use.files):
        return
    elif (
        files
        and use.override
        and os.path.basename(use.override) not in map(os.path.basename, files)
    ):
        if call.rest == "devcontainer":
            beside = os.path.relpath(use.override, folder or ".").replace(os.sep, "/")
            hint = f'add "{beside}" to dockerComposeFile'
        else:
            every = " ".join(f"-f {word(one, 'FILE')}" for one in (*use.files, use.override))
            hint = f"without -f: docker compose{rest}\nor: docker compose {every}{rest}"
        yield f"-f: our override {use.override} is not read", hint
    env_files = call.values("env_files")
    if (
        env_files
        and use.env_files
        and not {inside("", one) for one in env_files} & {*use.env_files}
    ):
        every = " ".join(
            f"--env-file {word(one, 'FILE')}" for one in (use.env_files[0], *env_files)
        )
        hint = f"use instead: docker compose {every}{rest}"
        yield f"--env-file: our {use.env_files[0]} is not read", hint
    for name in call.values("project"):
        if "$" not in name and "{{" not in name:
            said = f"-p {printable(name)}: every checkout becomes this one project"
            every = "".join(
                f" {_FLAGS[k]} {word(v, 'FILE')}" for k, v in call.options if k in _FLAGS
            )
            yield said, f"use instead: docker compose{every}{rest}"
    for place in call.values("folder"):
        env = inside("", os.path.join(place, ".env"))
        if use.env_files and "$" not in place and env not in use.env_files:
            yield (
                f"--project-directory {printable(place)}: that folder's .env is read, not ours",
                f'add [[output]] with path = "{printable(env)}" to ports.toml',
            )


def _told_effects(call: ComposeCall, use: ComposeUse) -> Iterator[tuple[str, str]]:
    for name in call.values("project"):
        yield (
            f"{call.variable}={name}: every checkout becomes this one project",
            f"remove {call.variable} there: Compose finds the checkout's own name in .env",
        )
    files = tuple(("files", one) for one in call.values("files"))
    for said, hint in _effects(call._replace(options=files), use):
        added = f"remove {call.variable} there, or add {use.override} to it"
        yield said.replace("-f", call.variable, 1), added if use.files else hint
