"""vite.config and its kind: `server.port` from the env file that the tool itself can read.

Code that listens on a literal: the number becomes the default of a variable.

Only the entry file that a start command names is changed, and only one call in it.
"""

from __future__ import annotations

import re

from portman.adopt.addresses import follow
from portman.adopt.project import Edit, FileText, Outcome, apply, as_bytes
from portman.base.record import NamedTuple
from portman.integrations.js_text import blank, config_object, indent, member, members, skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.adopt.project import Job, Left


class ConfigEdits(NamedTuple):
    """What becomes of one config file; `names` are the variables it reads from the env file.

    `variable` is one that the file reads for its port already.
    """

    edits: list[Edit]
    left: list[Left]
    names: tuple[str, ...] = ()
    variable: str = ""
    environment: bool = False  # of the process: something else has to read the env file


def adopt_config(
    source: FileText, port: int | None, variable: str, service: str, urls: Mapping[int, str]
) -> ConfigEdits | None:
    """Let a config file take `variable` as its port; None where it cannot be changed safely.

    `urls` are port -> variable of the other services, for the targets of a proxy.
    """
    text, path = source.text, source.path
    rsbuild = path.rpartition("/")[2].startswith("rsbuild")
    brace = _settings_object(source)
    if brace is None:
        return None
    server = member(text, brace, "server")
    port_of = None
    if server is not None and text[server.value] != "{":
        return None
    if server is not None:
        inner = members(text, server.value)
        if any(text.startswith("...", one.begin) for one in inner):
            return None
        port_of = next((one for one in inner if one.key == "port"), None)
    written = text[port_of.value : port_of.end] if port_of else ""
    number = written if written.isdigit() else ""
    if written and not number:
        known = re.search(r"\b(?:env|ports|process\.env)\b[.\[\"']+(\w*PORT)\b", written)
        outside = "process.env" in written and not rsbuild
        return ConfigEdits([], [], (known[1],), known[1], outside) if known else None
    name, loader = _loader(source, rsbuild=rsbuild)
    usual = number or str(port or (3000 if rsbuild else 5173))
    quote = "'" if text.count("'") > text.count('"') else '"'
    values = {
        "port": f"Number({name}.{variable}) || {usual}",
        "strictPort": f"Boolean({name}.{variable})",
        "host": f"{name}.{variable} ? {quote}127.0.0.1{quote} : undefined",
    }
    edits: list[Edit] = []
    why = f"{path.rpartition('/')[2]} reads {variable} from the env file, {usual} without it"
    if server is None:
        deep = _step(source, brace)
        lines = "".join(f"{deep * 2}{key}: {value},\n" for key, value in values.items())
        new = f"\n{deep}server: {{\n{lines}{deep}}},"
        at = brace + 1
        if "\n" not in text[at : blank(text, at)]:  # all in one line
            at = blank(text, at)
            new += "\n" if text[at] == "}" else f"\n{deep}"
        edits.append(source.edit(brace + 1, at, new, "js-config", why, service))
    else:
        edits += _in_server(source, server.value, values, why, service)
    names = {variable: None}
    proxy = member(text, server.value, "proxy") if server else None
    if proxy is not None:
        proxied = follow(source, proxy.value, proxy.end, name, urls)
        edits += (edit for edit, _ in proxied)
        names |= {known: None for _, known in proxied}
    if loader is not None:
        listed = ", ".join(f"{quote}{one}{quote}" for one in names)
        edits += loader(listed if len(names) == 1 else f"[{listed}]", quote, service)
    return ConfigEdits(edits, [], tuple(names), variable)


def _settings_object(source: FileText) -> int | None:
    """Return where the object with `server` begins: electron-vite's is that of the renderer."""
    text = source.text
    brace = config_object(text)
    if brace is None or any(
        one.key == "" and text[one.begin] == "." for one in members(text, brace)
    ):
        return None
    if not source.path.rpartition("/")[2].startswith("electron."):
        return brace
    renderer = member(text, brace, "renderer")
    return renderer.value if renderer and text[renderer.value] == "{" else None


_EMPTY = "import { defineConfig } from 'vite'\n\nexport default defineConfig({\n})\n"


def new_config(path: str, port: int | None, variable: str, service: str) -> ConfigEdits | None:
    """Return the config file of a Vite that has none: an empty one after `adopt_config`."""
    made = adopt_config(FileText(path, _EMPTY), port, variable, service, {})
    if made is None:
        return None
    text = apply(as_bytes(_EMPTY), made.edits).decode()
    why = f"Vite reads {variable} from the env file by it, {port or 5173} without that"
    return made._replace(edits=[Edit(path, -1, -1, "", text, "js-config", why, 1, service)])


def _in_server(
    source: FileText, brace: int, values: Mapping[str, str], why: str, service: str
) -> list[Edit]:
    text = source.text
    inner = members(text, brace)
    there = {one.key: one for one in inner}
    edits = []
    port = there.get("port")
    added = [key for key in values if key not in there]
    if port is not None:
        edits.append(source.edit(port.value, port.end, values["port"], "js-config", why, service))
    first = inner[0].begin if inner else None
    if "\n" in text[brace : first or brace]:
        space = indent(text, first or brace)
        new = "".join(f"{key}: {values[key]},\n{space}" for key in added)
        at = first or brace + 1
    else:
        new = "".join(f" {key}: {values[key]}," for key in added)
        at = brace + 1
    if added:
        edits.append(source.edit(at, at, new, "js-config", why, service))
    return edits


def _step(source: FileText, brace: int) -> str:
    first = blank(source.text, brace + 1)
    inner = indent(source.text, first)
    outer = indent(source.text, brace)
    return inner if len(inner) > len(outer) else f"{outer}  "


def _loader(source: FileText, *, rsbuild: bool):  # type: ignore[no-untyped-def]
    """Return the name that holds the env file's values, and what makes the edits that bind it."""
    text = source.text
    if rsbuild:
        return "process.env", None  # it reads .env before its config
    name = "ports" if not re.search(r"\bports\b", text) else "portsOfEnv"

    def edits(listed: str, quote: str, service: str) -> list[Edit]:
        semi = ";" if re.search(r";[ \t]*\r?$", text, re.MULTILINE) else ""
        why = "loadEnv is what reads the env file in this file"
        made = []
        known = re.search(r"\bloadEnv\b", text)
        from_vite = re.search(r"import\s*\{([^}]*)\}\s*from\s*[\"']vite[\"']", text)
        if known is None and from_vite is not None:
            end = from_vite.end(1) - len(from_vite[1]) + len(from_vite[1].rstrip().rstrip(","))
            made.append(source.edit(end, end, ", loadEnv", "js-config", why, service))
        elif known is None:
            new = f"import {{ loadEnv }} from {quote}vite{quote}{semi}\n"
            at = _first_line(text)
            made.append(source.edit(at, at, new, "js-config", why, service))
        last = 0
        for match in re.finditer(
            r"(?m)^import\b[^;\n]*?(?:\{[^}]*\}[^;\n]*)?(?:from\s*)?[\"'][^\"'\n]+[\"'][^\n]*(?:\n|$)",
            text,
        ):
            last = match.end()
        at = last or _first_line(text)
        words = f"{quote}development{quote}, {quote}.{quote}, {listed}"
        new = f"\nconst {name} = loadEnv({words}){semi}\n"
        made.append(source.edit(at, at, new, "js-config", why, service))
        return made

    return name, edits


def _first_line(text: str) -> int:
    """Return where code begins: after a byte order mark, `#!` and leading comments of types."""
    at = 1 if text.startswith("\ufeff") else 0
    while text.startswith(("#!", "/// ", "// @ts", "/** @type", "/* eslint"), at):
        end = text.find("\n", at) + 1
        if not end:
            break
        at = end
    return at


#: Ways to read an env file that a JavaScript file shows.
_LOADS = re.compile(
    r"loadEnvFile\s*\(|dotenv\s*\.\s*config\s*\(|[\"']dotenv/config[\"']|dotenvx?['\"]\)"
)
_READS = re.compile(r"process\.env(?:\.|\[[\"'])(\w*PORT)\b")
_LISTEN = re.compile(r"\.listen\(\s*(\d{2,5})(?=\s*[,)])")
_CONST = re.compile(r"\b(?:const|let|var)\s+(?:port|PORT)\s*=\s*(\d{2,5})(?=\s*[;\r\n])")
_OPTION = re.compile(
    r"(?:\.listen|\bserve)\(\s*\{[^{}]{0,300}?\bport:\s*(\d{2,5})(?=\s*[,}])"
    r"|\bexport\s+default\s*\{(?=[^;]{0,400}?\bfetch\b)[^{}]{0,300}?\bport:\s*(?P<bun>\d{2,5})(?=\s*[,}])"
)


def adopt_entry(job: Job, source: FileText, folder: str, *, bun: bool = False) -> Outcome | None:
    """Let a JavaScript entry file read its port, and the env file in its package.

    Bun reads that itself. TypeScript gets no loader, as the types of an older Node do not know
    loadEnvFile: `portman run` has to start it.
    """
    text = source.text
    loads = bun or _LOADS.search(text) is not None
    typed = not source.path.endswith((".js", ".cjs", ".mjs"))
    path = f"{folder}/.env" if folder else ""
    read = _READS.search(text)
    if typed and not loads and read is not None:
        return None
    edits = []
    variable = read[1] if read else "PORT"
    if read is None:
        places = [one for kind in (_LISTEN, _CONST, _OPTION) for one in kind.finditer(text)]
        places = [one for one in places if not _in_text(text, one.start())]
        if len(places) != 1 or (
            job.port is not None and int(places[0][places[0].lastindex or 1]) != job.port
        ):
            return None
        begin, end = places[0].span(places[0].lastindex or 1)
        usual = text[begin:end]
        why = f"the server takes PORT, {usual} without it"
        new = f"{'Number(process.env.PORT)' if typed else 'process.env.PORT'} || {usual}"
        edits.append(source.edit(begin, end, new, "listen", why, job.name))
    if typed and not loads:
        return Outcome("run", tuple(edits), (), job.own)
    if not loads:
        at = _start(text)
        new = "try { process.loadEnvFile() } catch {}\n"
        why = "Node reads .env, if there is one (Node 20.12 and newer)"
        edits.append(source.edit(at, at, new, "listen", why, job.name))
    return Outcome("edited" if edits else "reads", tuple(edits), (), variable, path)


def _in_text(text: str, place: int) -> bool:
    """Return whether a place is inside a comment or a string."""
    at = 0
    while at < place:
        after = skip(text, at)
        if after > place:
            return True
        at = max(after, at + 1)
    return False


def _start(text: str) -> int:
    """Return where the first statement may stand: after `#!`, "use strict" and leading comments."""
    at = 1 if text.startswith("\ufeff") else 0
    while True:
        line = text[at:].split("\n", 1)[0]
        plain = line.strip()
        if text.startswith("/*", at):
            at = text.find("\n", text.find("*/", at)) + 1 or at
            continue
        directive = plain.rstrip(";") in ("'use strict'", '"use strict"')
        if plain.startswith(("#!", "//")) or directive:
            at += len(line) + 1
            continue
        return min(at, len(text))
