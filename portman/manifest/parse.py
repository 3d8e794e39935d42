"""`ports.toml` (with `ports.local.toml` over it) as a Manifest, or everything wrong with it."""

from __future__ import annotations

from portman.base.errors import Problem, ProblemsError
from portman.base.values import TEMPLATE, Link, Manifest, NameRules, Output, Service
from portman.manifest import FILE, LOCAL_FILE
from portman.manifest.conflicts import check_services
from portman.manifest.document import Fault, problems_of, quoted, read_document, shown
from portman.manifest.env_files import check_own, scoped, with_env_files
from portman.manifest.keys import (
    KINDS,
    LAST_PORT,
    MOST_LINKS,
    MOST_OUTPUTS,
    MOST_SERVICES,
    TABLES,
    TEMPLATE_ENDINGS,
)
from portman.manifest.names import LONGEST_SERVICE, default_name, is_service_name
from portman.manifest.shapes import (
    OTHER_FILE,
    not_a_table,
    read_folder,
    read_port,
    read_table,
    read_value,
    unknown_key,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping
    from typing import Any

    from portman.base.values import Kind, OnConflict
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
    services = scoped(_services(tree, own.get("on_conflict", "fail"), faults), tree)
    claimed = check_services(tree, services, pool, faults)
    check_own(services, faults)
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
    if any(one.env_file for one in services) or any(one.rename for one in outputs):
        outputs = with_env_files(outputs, by_name, claimed, dict(env), faults)
    compose = read_compose(tree.get("compose", {}), outputs, faults)
    if "names" in tree:
        compose["names"] = _names(tree["names"], by_name, faults)
    return Manifest(own.get("name"), services, env, outputs, pool, links=links, **compose)


def _empty(file: str) -> Problem:
    said = "there is nothing in the file: expected at least one service"
    hint = "write [services] and web = 3000 under it, or delete the file and run: portman init"
    return Problem("manifest-invalid", said, hint, file=file)


def _unknown(key: str, value: object) -> Fault:
    if key == "ledger":
        said = "is not a key: a repository does not choose the server that decides ports"
        return Fault((key,), said, "each person or machine names it: export PORTMAN_LEDGER=...")
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


def _names(value: object, services: Collection[str], faults: list[Fault]) -> NameRules:
    if not isinstance(value, dict):
        faults.append(not_a_table(("names",), value, 'domain = "localhost"'))
        return NameRules()
    values = read_table("[names]", value, ("names",), faults)
    for index, name in enumerate(values.get("only") or ()):
        if name not in services:
            said = f"is {quoted(name)}, but no service or container here has that name"
            faults.append(Fault(("names", "only", index), said, "", name, services))
    port = values.pop("usual", None)  # FIELDS: the word of services
    return NameRules(port=port, **values)


def _services(
    tree: Mapping[str, object], on_conflict: OnConflict, faults: list[Fault]
) -> tuple[Service, ...]:
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
        values["host_given"] = kind == "container" and "host" in entry
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


# The tables of outputs, of Compose and of links.


def read_outputs(
    value: object, variables: Collection[str], faults: list[Fault]
) -> tuple[Output, ...]:
    if not isinstance(value, list):
        hint = "write [[output]], with two brackets on each side" if isinstance(value, dict) else ""
        said = f"must be a list of tables, not {shown(value)}"
        faults.append(Fault(("output",), said, hint or 'write [[output]] and path = ".env"'))
        return ()
    if len(value) > MOST_OUTPUTS:
        said = f"has {len(value):,} entries; at most {MOST_OUTPUTS:,} files are written"
        faults.append(Fault(("output",), said))
        return ()
    found = []
    for index, table in enumerate(value):
        if isinstance(table, dict):
            found.append((index, _output(table, ("output", index), variables, faults)))
        else:
            hint = f"write [[output]] and path = {shown(table)}" if isinstance(table, str) else ""
            said = f"must be a table, not {shown(table)}"
            faults.append(Fault(("output", index), said, hint))
    _check_twins(found, faults)
    return tuple(output for _, output in found)


def _output(
    table: Mapping[str, object], at: KeyPath, variables: Collection[str], faults: list[Fault]
) -> Output:
    values = read_table("an output", table, at, faults)
    if "template" in table:
        return _from_template(table, values, at, faults)
    if "path" not in table:
        said = "is missing: the file to write, relative to the folder of ports.toml"
        faults.append(Fault((*at, "path"), said, 'write path = ".env"'))
    values["path"] = values.get("path") or ""
    style = values.get("format", "dotenv")
    if values.get("quote") == "single" and style != "dotenv":
        said = f"has no effect here: a file of format {style} has its own quoting"
        faults.append(Fault((*at, "quote"), said, "leave quote out"))
    if values.get("only"):
        listed = table["only"]
        for index, name in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(name, str) and name not in variables:
                said = f"is {quoted(name)}, but no service and no [env] makes that variable"
                faults.append(Fault((*at, "only", index), said, "", name, variables))
    return Output(**values)


def _from_template(
    table: Mapping[str, object], values: Mapping[str, str | None], at: KeyPath, faults: list[Fault]
) -> Output:
    """Build the output of a template, which gives it its name if it has no `path`."""
    for key in ("format", "only", "rename", "quote"):
        if key in table:
            said = "has no effect here: the template determines how the file looks"
            faults.append(Fault((*at, key), said, f"leave {key} out"))
    source = values["template"]
    where = values.get("path")
    if "path" not in table:
        name = source or ".in"
        ending = next((one for one in TEMPLATE_ENDINGS if name.endswith(one)), None)
        where = None if ending is None else name.removesuffix(ending)
        if ending is None:
            said = "is missing: the file to write from the template"
            hint = f"write path, or let the template's name end in {TEMPLATE_ENDINGS[0]}"
            faults.append(Fault((*at, "path"), said, hint))
    if where and source and where.casefold() == source.casefold():
        said = f"is {quoted(where)}, the template itself"
        faults.append(Fault((*at, "path"), said, "name another file for portman to write"))
    return Output(where or "", TEMPLATE, template=source or "")


def _check_twins(found: list[tuple[int, Output]], faults: list[Fault]) -> None:
    """Refuse two outputs on one path; `.env` and `.ENV` are one file on macOS and Windows."""
    seen: dict[str, int] = {}
    sources = {output.template.casefold() for _, output in found if output.template}
    for index, output in found:
        own = (output.template or "").casefold()
        if output.path.casefold() in sources - {own}:
            said = f"is {quoted(output.path)}, which is the template of an output"
            faults.append(Fault(("output", index, "path"), said, "give them different names"))
        if not output.path:
            continue
        first = seen.setdefault(output.path.casefold(), index)
        if first != index:
            said = f"is {quoted(output.path)}, the file that output[{first}] writes"
            faults.append(Fault(("output", index, "path"), said, "give each output its own file"))


def read_compose(value: object, outputs: Collection[Output], faults: list[Fault]) -> dict[str, Any]:
    at = ("compose", "override")
    if not isinstance(value, dict):
        faults.append(not_a_table(("compose",), value, 'file = "compose.yaml"'))
        return {}
    values = read_table("[compose]", value, ("compose",), faults)
    files, override = values.get("file", ()), values.get("override")
    fields = {f"compose_{key}": one for key, one in values.items() if key != "file"}
    fields["compose_files"] = files
    if override is None:
        return fields
    if override.casefold() in {one.path.casefold() for one in outputs}:
        said = f"is {quoted(override)}, and so is the path of an output"
        faults.append(Fault(at, said))
    if override in files:
        said = f"is {quoted(override)}, a file of your own that compose.file names"
        faults.append(Fault(at, said, OTHER_FILE))
    return fields


def read_links(
    value: object,
    services: Container[str],
    others: tuple[Container[str], object],
    faults: list[Fault],
) -> tuple[Link, ...]:
    """Read the links. `others`: the services' variables, and the `[env]` table unread.

    A link's name may be neither a service's nor a variable's, as `{name}` would mean two things.
    """
    if not isinstance(value, dict):
        faults.append(not_a_table(("links",), value, 'accounts = "../accounts"'))
        return ()
    if len(value) > MOST_LINKS:
        said = f"has {len(value):,} entries; at most {MOST_LINKS} are read"
        faults.append(Fault(("links",), said))
        return ()
    variables, env = others
    for name in value:
        if name in services:
            said = "has the name of a service of this project"
            faults.append(Fault(("links", name), said, "give the link another name"))
        elif name in variables or (isinstance(env, dict) and name in env):
            said = "has the name of a variable of this project"
            faults.append(Fault(("links", name), said, "give the link another name"))
        elif not is_service_name(name):
            rule = f"a letter, then letters, digits, - and _ (at most {LONGEST_SERVICE})"
            faults.append(Fault(("links", name), f"is not a link name: expected {rule}"))
    return tuple(_link(name, entry, faults) for name, entry in value.items())


def _link(name: str, entry: object, faults: list[Fault]) -> Link:
    at: KeyPath = ("links", name)
    if isinstance(entry, str):
        return Link(name, read_folder(entry, at, faults))
    if not isinstance(entry, dict):
        said = f"must be a path in quotes, not {shown(entry)}"
        faults.append(Fault(at, said, f'write {name} = "../{name}"'))
        return Link(name, "")
    values = read_table("a link", entry, at, faults)
    if "path" not in entry:
        said = "is missing: the folder of the other project's ports.toml"
        faults.append(Fault((*at, "path"), said, f'write path = "../{name}"'))
    return Link(name, values.get("path", ""), values.get("instance", ""))
