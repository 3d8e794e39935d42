"""Code that listens on a literal: the number becomes the default of a variable.

Only the entry file that a start command names is changed, and only one call in it.
"""

from __future__ import annotations

import re

from portman.adopt.project import Outcome
from portman.integrations.js_text import skip

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.adopt.edits import FileText
    from portman.adopt.project import Job

#: Ways to read an env file that a JavaScript file shows.
_LOADS = re.compile(
    r"loadEnvFile\s*\(|dotenv\s*\.\s*config\s*\(|[\"']dotenv/config[\"']|dotenvx?['\"]\)"
)
_READS = re.compile(r"process\.env(?:\.|\[[\"'])(\w*PORT)\b")
_LISTEN = re.compile(r"\.listen\(\s*(\d{2,5})(?=\s*[,)])")
_CONST = re.compile(r"\b(?:const|let|var)\s+(?:port|PORT)\s*=\s*(\d{2,5})(?=\s*[;\r\n])")
_OPTION = re.compile(r"\.listen\(\s*\{\s*port:\s*(\d{2,5})(?=\s*[,}])")


def adopt_entry(job: Job, source: FileText, folder: str) -> Outcome | None:
    """Let a JavaScript entry file read its port, and the env file in its package."""
    text = source.text
    if not source.path.endswith((".js", ".cjs", ".mjs")) and not _LOADS.search(text):
        return None  # the types of an older Node do not know loadEnvFile
    path = f"{folder}/.env" if folder else ""
    read = _READS.search(text)
    edits = []
    variable = read[1] if read else "PORT"
    if read is None:
        places = [one for kind in (_LISTEN, _CONST, _OPTION) for one in kind.finditer(text)]
        places = [one for one in places if not _in_text(text, one.start())]
        if len(places) != 1 or (job.port is not None and int(places[0][1]) != job.port):
            return None
        begin, end = places[0].span(1)
        why = f"the server takes PORT, {places[0][1]} without it"
        new = f"process.env.PORT || {places[0][1]}"
        edits.append(source.edit(begin, end, new, "listen", why, job.name))
    if not _LOADS.search(text):
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
