"""`ports.toml` (with `ports.local.toml` over it) as a Manifest, or everything wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import Problem, ProblemsError
from portman.base.values import Manifest
from portman.manifest.document import SECTIONS, Fault, read_document, shown
from portman.manifest.manifest_conflicts import check_services
from portman.manifest.outputs import DEFAULT_OUTPUTS, read_compose, read_outputs
from portman.manifest.services import LAST_PORT, on_conflict_of, read_services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Link, Output

FILE, LOCAL_FILE = "ports.toml", "ports.local.toml"
TOP_KEYS = (
    *("name", "services", "containers", "env", "output"),
    *("pool", "compose", "on_conflict", "links"),
)
LONGEST_PROJECT = 100
_MERGED_TABLES = (*SECTIONS, "env", "pool", "compose", "links")
_SYNONYMS = {
    **dict.fromkeys(("project", "project_name", "title"), "name"),
    **dict.fromkeys(("ports", "port", "apps", "processes"), "services"),
    **dict.fromkeys(("docker", "images"), "containers"),
    **dict.fromkeys(("environment", "derived", "variables", "vars"), "env"),
    **dict.fromkeys(("files", "env_files", "write"), "output"),
    **dict.fromkeys(("range", "port_range"), "pool"),
    **dict.fromkeys(("link", "projects", "siblings", "depends_on", "uses"), "links"),
}


def parse_manifest(
    raw: bytes, local_raw: bytes | None, *, file: str = FILE, local_file: str = LOCAL_FILE
) -> Manifest:
    """Return the manifest that the bytes of the two files say; `local_raw` None: no such file.

    Tables of the local file are merged over those of the first key by key, and an entry
    written as a bare port counts as `{ port = ... }`; lists and `[[output]]` are replaced.
    `file` and `local_file` are the names that problems carry.

    Raises ProblemsError with every problem of both files, in the order of their lines:
    `manifest-unreadable` if a file is no text or too large, else `manifest-invalid`.
    """
    problems: list[Problem] = []
    document = read_document(raw, file, problems)
    local = None if local_raw is None else read_document(local_raw, local_file, problems)
    if document is None:
        raise ProblemsError(tuple(problems))
    faults: list[Fault] = []
    tree = document.tree
    if not tree:
        problems.append(_empty(file))
    elif local is not None:
        tree = merged(tree, local.tree)
    manifest = _manifest(tree, faults)
    if faults:
        from portman.manifest.document import problems_of

        problems += problems_of(faults, document, local)
    if problems:
        raise ProblemsError(tuple(problems))
    return manifest


def merged(tree: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    """Return `tree` with `over` laid on it: tables key by key, everything else replaced."""
    result = dict(tree)
    for key, value in over.items():
        old = result.get(key)
        if key not in _MERGED_TABLES or not isinstance(old, dict) or not isinstance(value, dict):
            result[key] = value
        elif key in SECTIONS:
            result[key] = old | {name: _entry(old.get(name), new) for name, new in value.items()}
        else:
            result[key] = old | value
    return result


def _entry(old: object, new: object) -> object:
    """Return one service with the local wishes laid on it; a bare port changes only the port."""
    if old is None:
        return new
    fields = old if isinstance(old, dict) else {"port": old}
    return fields | (new if isinstance(new, dict) else {"port": new})


def _manifest(tree: Mapping[str, object], faults: list[Fault]) -> Manifest:
    """Build the manifest from the values of the files; with faults it is not to be used."""
    for key, value in tree.items():
        if key not in TOP_KEYS:
            faults.append(_unknown(key, value))
    on_conflict = on_conflict_of(tree.get("on_conflict", "fail"), ("on_conflict",), faults)
    pool = _pool(tree["pool"], faults) if "pool" in tree else None
    services = read_services(tree, on_conflict, faults)
    claimed = check_services(tree, services, pool, faults)
    by_name = {service.name: service for service in services}
    links: tuple[Link, ...] = ()
    if "links" in tree:
        from portman.manifest.outputs import read_links

        links = read_links(tree["links"], by_name, (claimed, tree.get("env")), faults)
    env: tuple[tuple[str, str], ...] = ()
    if "env" in tree:
        from portman.manifest.env import read_env

        linked = {link.name for link in links}
        env = read_env(tree["env"], by_name, claimed, faults, linked)
    outputs: tuple[Output, ...] = DEFAULT_OUTPUTS
    if "output" in tree:
        outputs = read_outputs(tree["output"], claimed, faults)
    files, override = read_compose(tree.get("compose", {}), outputs, faults)
    name = _project(tree["name"], faults) if "name" in tree else None
    return Manifest(name, services, env, outputs, pool, files, override, links)


def _empty(file: str) -> Problem:
    said = "there is nothing in the file: expected at least one service"
    hint = "write [services] and web = 3000 under it, or delete the file and run: portman init"
    return Problem("manifest-invalid", said, hint, file=file)


def _unknown(key: str, value: object) -> Fault:
    said = "is no key of ports.toml"
    if key in _SYNONYMS:
        return Fault((key,), said, f'did you mean "{_SYNONYMS[key]}"?')
    if type(value) is int or value == "auto":
        hint = f"write [services] on the line before, if {key} is a service"
        return Fault((key,), said, hint)
    return Fault((key,), said, "", key, TOP_KEYS)


def _project(value: object, faults: list[Fault]) -> str | None:
    if isinstance(value, str) and value.strip() and value.isprintable():
        if len(value) <= LONGEST_PROJECT:
            return value
        said = f"has {len(value):,} characters; at most {LONGEST_PROJECT} are allowed"
        faults.append(Fault(("name",), said))
        return None
    said = f"must be a name for the project on one line, not {shown(value)}"
    faults.append(Fault(("name",), said, "leave it out to use the name of the folder"))
    return None


def _pool(value: object, faults: list[Fault]) -> tuple[int, int] | None:
    if not isinstance(value, dict):
        hint = 'write [pool] on a line of its own, and range = "20000-29999" under it'
        faults.append(Fault(("pool",), f"must be a table, not {shown(value)}", hint))
        return None
    said = "is no key of [pool]"
    unknown = (key for key in value if key != "range")
    faults += [Fault(("pool", key), said, word=key, choices=("range",)) for key in unknown]
    if "range" not in value:
        return None
    text = value["range"]
    ends = [end.strip() for end in text.split("-")] if isinstance(text, str) else []
    if len(ends) == 2 and all(end.isascii() and end.isdigit() and len(end) < 7 for end in ends):
        first, last = int(ends[0]), int(ends[1])
        if 1024 <= first <= last <= LAST_PORT:
            return first, last
        wrong = "backwards" if first > last else f"not within 1024-{LAST_PORT}"
        faults.append(Fault(("pool", "range"), f"is {shown(text)}, which is {wrong}"))
        return None
    said = f'must be two ports in quotes, as in "20000-29999", not {shown(text)}'
    faults.append(Fault(("pool", "range"), said))
    return None
