"""`ports.toml` (with `ports.local.toml` over it) as a Manifest, or everything wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.errors import Problem, ProblemsError
from portman.base.values import Manifest, Output
from portman.manifest.conflicts import check_services
from portman.manifest.document import Fault, read_document
from portman.manifest.keys import FILE, KINDS, LOCAL_FILE, TABLES
from portman.manifest.outputs import read_compose, read_links, read_outputs
from portman.manifest.services import read_services
from portman.manifest.shapes import not_a_table, read_table, read_value, unknown_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Link


def parse_manifest(
    raw: bytes, local_raw: bytes | None, *, file: str = FILE, local_file: str = LOCAL_FILE
) -> Manifest:
    """Parse the bytes of the two files; `local_raw` None: no such file.

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
    """Merge `over` into `tree`: tables key by key, everything else replaced."""
    result = dict(tree)
    for key, value in over.items():
        old = result.get(key)
        if not isinstance(old, dict) or not isinstance(value, dict):
            result[key] = value
        elif key in KINDS:
            result[key] = old | {name: _entry(old.get(name), new) for name, new in value.items()}
        else:
            result[key] = old | value
    return result


def _entry(old: object, new: object) -> object:
    """Merge the local entry into the shared one; a bare port changes only the port."""
    if old is None:
        return new
    fields = old if isinstance(old, dict) else {"port": old}
    return fields | (new if isinstance(new, dict) else {"port": new})


def _manifest(tree: Mapping[str, object], faults: list[Fault]) -> Manifest:
    """Build the manifest from the values of the files; with faults it is not to be used."""
    top = TABLES[FILE]
    for key, value in tree.items():
        if key not in top:
            faults.append(_unknown(key, value))
    own: dict[str, Any] = {
        key: read_value(tree[key], top[key], (key,), faults)
        for key in ("name", "on_conflict")
        if key in tree
    }
    pool = _pool(tree["pool"], faults) if "pool" in tree else None
    services = read_services(tree, own.get("on_conflict", "fail"), faults)
    claimed = check_services(tree, services, pool, faults)
    by_name = {service.name: service for service in services}
    links: tuple[Link, ...] = ()
    if "links" in tree:
        links = read_links(tree["links"], by_name, (claimed, tree.get("env")), faults)
    env: tuple[tuple[str, str], ...] = ()
    if "env" in tree:
        from portman.manifest.env import read_env

        env = read_env(tree["env"], by_name, claimed, faults, {link.name for link in links})
    outputs: tuple[Output, ...] = (Output(".env"),)
    if "output" in tree:
        outputs = read_outputs(tree["output"], claimed, faults)
    files, override = read_compose(tree.get("compose", {}), outputs, faults)
    return Manifest(own.get("name"), services, env, outputs, pool, files, override, links)


def _empty(file: str) -> Problem:
    said = "there is nothing in the file: expected at least one service"
    hint = "write [services] and web = 3000 under it, or delete the file and run: portman init"
    return Problem("manifest-invalid", said, hint, file=file)


def _unknown(key: str, value: object) -> Fault:
    fault = unknown_key(FILE, (key,))
    if fault.word is not None and (type(value) is int or value == "auto"):
        hint = f"write [services] on the line before, if {key} is a service"
        return Fault((key,), fault.message, hint)
    return fault


def _pool(value: object, faults: list[Fault]) -> tuple[int, int] | None:
    if not isinstance(value, dict):
        faults.append(not_a_table(("pool",), value, 'range = "20000-29999"'))
        return None
    ports: tuple[int, int] | None = read_table("[pool]", value, ("pool",), faults).get("range")
    return ports
