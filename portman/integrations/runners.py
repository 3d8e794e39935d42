"""Config files of test runners (programs in JavaScript): their addresses become calls of portman.

An address with a service's usual port becomes `url('web')`, a key that is missing is added, and
nothing else changes. Where that is not certain the file is left unchanged and the line is named.
"""

from __future__ import annotations

import re

from portman.base.record import NamedTuple
from portman.integrations import TOOLS, FileChange, template
from portman.integrations.js_text import (
    blank,
    config_object,
    exported_object,
    indent,
    member,
    members,
    skip,
)
from portman.integrations.json_files import UnfitError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations import ProjectFacts
    from portman.integrations.js_text import Member


class Runner(NamedTuple):
    """`package` has its defineConfig; `place` is where a service's address goes."""

    package: str
    place: tuple[str, ...]
    shown: str


RUNNERS = {
    "playwright": Runner(
        "@playwright/test",
        ("use", "baseURL"),
        "import { url, webServer } from './portman.ports.cjs';\n"
        "// in defineConfig({ ... })\n"
        "use: { baseURL: url('@SERVICE@') },\n"
        "webServer: webServer('@SERVICE@', '@COMMAND@'),\n",
    ),
    "vitest": Runner(
        "vitest/config",
        ("test", "env"),
        "import { env } from './portman.ports.cjs';\n"
        "// in defineConfig({ ... })\n"
        "test: { env: env() },\n",
    ),
    "cypress": Runner(
        "cypress",
        ("e2e", "baseUrl"),
        "const { url } = require('./portman.ports.cjs');\n"
        "// in defineConfig({ ... })\n"
        "e2e: { baseUrl: url('@SERVICE@') },\n",
    ),
}
_HELPER = "portman.ports.cjs"
_NEW = "import {{ defineConfig }} from '{}';\n\nexport default defineConfig({{\n}});\n"
_ADDRESS = re.compile(
    r"(['\"`])http://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d+)([^'\"`$\\]*)\1"
)
#: What a shell reads in a command: `portman run` would start only its first program.
_SHELL = re.compile(r"[&|;<>`$()\\\n'\"]|^\s*(?:cd\s|\w+=)")
_ESM_IMPORT = re.compile(
    r"(?m)^import\b[^;\n]*?(?:\{[^}]*\}[^;\n]*)?(?:from\s*)?[\"'][^\"'\n]+[\"'][^\n]*(?:\n|$)"
)
_REQUIRE = re.compile(
    r"(?m)^(?:const|let|var)\s[^;\n{]*(?:\{[^}]*\})?[^;\n]*=\s*require\([^)\n]*\)[^\n]*(?:\n|$)"
)
_FIRST_LINES = re.compile(
    r"\ufeff?(?:(?:#!|///|// @|'use strict'|\"use strict\"|/\* eslint)[^\n]*\n)*"
)


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Write the helper that asks portman, and let the runner's own config use it."""
    names = [one.name for one in project.services if one.kind == "service"]
    service = names[0] if names else "web"
    text, old = template("ports.cjs"), files.get(_HELPER)
    helper = FileChange(_HELPER, text)
    if old is not None and old.replace("\r\n", "\n") != text:
        helper = FileChange(_HELPER, None, "it is there already and says something else", text)
    runner, paths = RUNNERS[tool], TOOLS[tool].paths[1:]
    config = next((path for path in paths if path in files), f"{tool}.config.mjs")
    source = files.get(config, _NEW.format(runner.package))
    if _HELPER in source:
        return helper, FileChange(config, source)
    try:
        return helper, FileChange(config, _Config(source, project, service).changed(tool, config))
    except UnfitError as error:
        command = project.commands.get(service, "npm run dev")
        shown = runner.shown.replace("@SERVICE@", service).replace("@COMMAND@", command)
        return helper, FileChange(config, None, str(error), shown)


class _Config:
    """One config file, the edits of it, and which functions of the helper they call."""

    def __init__(self, text: str, project: ProjectFacts, service: str) -> None:
        self.text, self.project, self.service = text, project, service
        self.usual = {
            one.usual: one.name for one in project.services if one.usual and one.kind == "service"
        }
        self.edits: list[tuple[int, int, str]] = []
        self.names: dict[str, None] = {}
        #: Place of an address that is replaced -> its service.
        self.found: dict[int, str] = {}

    def changed(self, tool: str, path: str) -> str:
        brace = config_object(self.text) or exported_object(self.text)
        if brace is None:
            raise UnfitError("it is a program, and which object it exports is not certain")
        spread = next((one for one in members(self.text, brace) if not one.key), None)
        outer, inner = RUNNERS[tool].place
        if spread is not None and member(self.text, brace, outer) is None:
            raise self._unfit(spread.begin, f"{outer} may be in what is spread there")
        if tool == "vitest":
            self._put(brace, outer, inner, self._call("env"))
        else:
            self._addresses()
            self._put(brace, outer, inner, self._call("url", self.service))
        if tool == "playwright":
            self._servers(brace)
        text = self.text
        for start, end, new in sorted(self.edits, reverse=True):
            text = text[:start] + new + text[end:]
        at = self._head(path)
        return text[:at] + self._import(path) + text[at:]

    def _call(self, name: str, *words: str) -> str:
        self.names[name] = None
        return f"{name}({', '.join(_quoted(one) for one in words)})"

    def _unfit(self, at: int, why: str) -> UnfitError:
        number = self.text.count("\n", 0, at) + 1
        return UnfitError(f"line {number}: {why}")

    def _addresses(self) -> None:
        """Replace each string that is the address of a service; the first is whose tests run."""
        text, at = self.text, 0
        while at < len(text):
            after = max(skip(text, at), at + 1)
            known = _ADDRESS.fullmatch(text, at, after)
            name = self.usual.get(int(known[2])) if known else None
            if known and name:
                rest = f" + {known[1]}{known[3]}{known[1]}" if known[3].strip("/") else ""
                self.edits.append((at, after, self._call("url", name) + rest))
                self.service = name if not self.found else self.service
                self.found[at] = name
            at = after

    def _asked(self, one: Member) -> str | None:
        """Return the service whose address a value is, by itself or by a name declared above."""
        places = [(one.value, one.end)]
        word = self.text[one.value : one.end]
        if re.fullmatch(r"\w+", word):
            declared = re.finditer(rf"(?m)^(?:export )?(?:const|let|var) {word}\b[^\n]*", self.text)
            places += [each.span() for each in declared]
        return next(
            (name for start, end in places for at, name in self.found.items() if start <= at < end),
            None,
        )

    def _put(self, brace: int, outer: str, inner: str, value: str) -> None:
        there = member(self.text, brace, outer)
        if there is None:
            self._add(brace, outer, f"{{ {inner}: {value} }}")
            return
        if self.text[there.value] != "{":
            raise self._unfit(there.begin, f"{outer} is not an object there")
        one = member(self.text, there.value, inner)
        if one is None:
            self._add(there.value, inner, value)
        elif inner == "env" and self.text[one.value] == "{":
            self._insert(one.value, f"...{value}")
        elif inner == "env" or self._asked(one) is None:
            raise self._unfit(one.begin, f"write {inner}: {value}")

    def _add(self, brace: int, key: str, value: str) -> None:
        self._insert(brace, f"{key}: {value}")

    def _insert(self, brace: int, new: str) -> None:
        text = self.text
        first = blank(text, brace + 1)
        line = text.find("\n", brace)
        newline = "\r\n" if "\r\n" in text else "\n"
        if brace < line < first and text[first] != "}":
            at = line + 1
            self.edits.append((at, at, f"{indent(text, first)}{new},{newline}"))
        elif brace < line < first:
            at = line + 1
            self.edits.append((at, at, f"{indent(text, brace)}  {new},{newline}"))
        else:
            end = " " if text[first] == "}" and text[first - 1] == "{" else ""
            self.edits.append((brace + 1, brace + 1, f" {new}{'' if end else ','}{end}"))

    def _servers(self, brace: int) -> None:
        there = member(self.text, brace, "webServer")
        if there is None:
            command = self.project.commands.get(self.service)
            if not command:
                said = f"no file of the project says what starts {self.service}"
                raise UnfitError(f"it has no webServer, and {said}")
            self._add(brace, "webServer", self._call("webServer", self.service, command))
        elif self.text[there.value] == "{":
            self._server(there.value)
        elif self.text[there.value] == "[":
            for one in members(self.text, there.value):
                if self.text[one.value] != "{":
                    raise self._unfit(one.begin, "this server is not an object")
                self._server(one.value)
        else:
            raise self._unfit(there.begin, "webServer is not an object there")

    def _server(self, brace: int) -> None:
        """Start one server through portman; take one that is up only if it is this checkout's."""
        text = self.text
        parts = {one.key: one for one in members(text, brace)}
        service = None
        if "url" in parts:
            service = self._asked(parts["url"])
        elif "port" in parts:
            port = parts["port"]
            number = text[port.value : port.end]
            service = self.usual.get(int(number)) if number.isdecimal() else None
            if service:
                self.edits.append((port.value, port.end, self._call("port", service)))
        if service is None:
            place = parts.get("url") or parts.get("port")
            said = f"write url: {self._call('url', self.service)}"
            raise self._unfit(place.begin if place else brace, said)
        command = parts.get("command")
        if command is None:
            raise self._unfit(brace, "this server has no command")
        self._command(command, service)
        own = self._call("isOwn", service)
        reuse = parts.get("reuseExistingServer")
        if reuse is None:
            self._add(brace, "reuseExistingServer", own)
        else:
            self.edits.append((reuse.value, reuse.end, own))

    def _command(self, command: Member, service: str) -> None:
        written = self.text[command.value : command.end]
        sign, line = written[:1], written[1:-1]
        if sign not in "'\"`" or written[-1:] != sign or _SHELL.search(line):
            said = f"write command: 'portman run --service {service} -- COMMAND', without a shell"
            raise self._unfit(command.begin, said)
        if line.startswith("portman "):
            return
        usual = next(port for port, name in self.usual.items() if name == service)
        line = re.sub(rf"(?<![\d.]){usual}(?![\d.])", f"{{{service}}}", line)
        new = f"{sign}portman run --service {service} -- {line}{sign}"
        self.edits.append((command.value, command.end, new))

    def _is_module(self, path: str) -> bool:
        if path.endswith((".cjs", ".cts")):
            return path.endswith(".cts")
        return re.search(r"(?m)^\s*(?:import\b|export\s)", self.text) is not None

    def _head(self, path: str) -> int:
        """Return where the import goes: after the others, before the first use."""
        pattern = _ESM_IMPORT if self._is_module(path) else _REQUIRE
        last = max((one.end() for one in pattern.finditer(self.text)), default=0)
        first = min((start for start, _, _ in self.edits), default=len(self.text))
        lines = _FIRST_LINES.match(self.text)
        return last if 0 < last <= first else lines.end() if lines else 0

    def _import(self, path: str) -> str:
        quote = '"' if self.text.count('"') > self.text.count("'") else "'"
        end = ";" if re.search(r";[ \t]*\r?$", self.text, re.MULTILINE) else ""
        newline = "\r\n" if "\r\n" in self.text else "\n"
        names, place = ", ".join(sorted(self.names)), f"{quote}./{_HELPER}{quote}"
        if self._is_module(path):
            return f"import {{ {names} }} from {place}{end}{newline}"
        return f"const {{ {names} }} = require({place}){end}{newline}"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"
