"""`ports.toml` (with `ports.local.toml` over it) as a Manifest, or everything wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.errors import Problem, ProblemsError
from portman.base.values import Manifest, Output, Service
from portman.manifest.conflicts import check_services
from portman.manifest.document import Fault, problems_of, read_document, shown
from portman.manifest.keys import FILE, KINDS, LAST_PORT, LOCAL_FILE, MOST_SERVICES, TABLES
from portman.manifest.names import LONGEST_SERVICE, default_name, is_service_name
from portman.manifest.outputs import read_compose, read_links, read_outputs
from portman.manifest.shapes import not_a_table, read_port, read_table, read_value, unknown_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Kind, Link, OnConflict
    from portman.manifest.locate import KeyPath


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
    services = _services(tree, own.get("on_conflict", "fail"), faults)
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


def _services(
    tree: Mapping[str, object], on_conflict: OnConflict, faults: list[Fault]
) -> tuple[Service, ...]:
    """Read all entries of both sections. `on_conflict`: the default of the file."""
    services: list[Service] = []
    for section, kind in KINDS.items():
        entries = tree.get(section, {})
        if not isinstance(entries, dict):
            said = f"must be a table of entries, not {shown(entries)}"
            hint = f"write [{section}] on a line of its own, and web = 3000 under it"
            faults.append(Fault((section,), said, hint))
        elif len(entries) > MOST_SERVICES:
            said = f"has {len(entries):,} entries; at most {MOST_SERVICES:,} are read"
            faults.append(Fault((section,), said))
        else:
            services += [
                _service(name, kind, (section, name), value, on_conflict, faults)
                for name, value in entries.items()
            ]
    return tuple(services)


def _service(  # noqa: PLR0913, PLR0917 - an entry, where it is, and what it inherits
    name: str,
    kind: Kind,
    at: KeyPath,
    entry: object,
    on_conflict: OnConflict,
    faults: list[Fault],
) -> Service:
    if not is_service_name(name):
        faults.append(_bad_name(name, at))
    values: dict[str, Any] = {"env": (default_name(name),), "on_conflict": on_conflict}
    if isinstance(entry, dict):
        values |= read_table(f"a {kind}", entry, at, faults)
        _check_together(entry, values, at, faults)
    else:
        expected = ", or a table such as { port = 3000 }"
        values["usual"] = read_port(entry, (*at, "port"), faults, expected=expected)
    if kind == "container":
        values.setdefault("compose", name)
        if "target" not in values:
            faults.append(_no_target(entry, at))
    return Service(name, kind, **values)


def _check_together(
    entry: dict[str, object], values: dict[str, Any], at: KeyPath, faults: list[Fault]
) -> None:
    """Check the keys that limit each other."""
    usual, size = values.get("usual"), values.get("size", 1)
    if usual is not None and usual + size - 1 > LAST_PORT:
        last = f"from {usual} on would end at {usual + size - 1}; the last port is {LAST_PORT}"
        faults.append(Fault((*at, "count"), f"does not fit: {size} ports {last}"))
    if values.get("fixed") and entry.get("port", "auto") == "auto":
        hint = f'write [{at[0]}.{at[1]}] port = 4000, say, or leave "fixed" out'
        said = "is true, but there is no port to be fixed on"
        faults.append(Fault((*at, "fixed"), said, hint))


def _bad_name(name: str, at: KeyPath) -> Fault:
    rule = f"letters, digits, - and _, a letter first, at most {LONGEST_SERVICE} of them"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    plain = plain.strip("-_")
    hint = f'did you mean "{plain}"?' if is_service_name(plain) else ""
    return Fault(at, f"is not a service name: expected {rule}", hint)


def _no_target(entry: object, at: KeyPath) -> Fault:
    port = entry.get("port") if isinstance(entry, dict) else entry
    write = f"target = {port}" if type(port) is int else "target = 5432"
    hint = f"write {write} if that is where the program in the container listens"
    return Fault((*at, "target"), "is missing: the port inside the container", hint)
