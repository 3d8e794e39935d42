"""`[links]`: other projects whose leases `[env]` may name, by where their checkouts lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.values import Link
from portman.manifest.manifest_faults import Fault, quoted, shown
from portman.manifest.outputs import LONGEST_PATH
from portman.manifest.services import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from portman.manifest.locate import KeyPath

LINK_KEYS = ("path", "instance")
MOST_LINKS, LONGEST_INSTANCE = 100, 64


def read_links(
    value: object,
    services: Container[str],
    others: tuple[Container[str], object],
    faults: list[Fault],
) -> tuple[Link, ...]:
    """Return the links. `others`: the services' variables, and the `[env]` table as it stands.

    A link's name may be neither a service's nor a variable's, as `{name}` would mean two things.
    """
    if not isinstance(value, dict):
        hint = 'write [links] on a line of its own, and accounts = "../accounts" under it'
        faults.append(Fault(("links",), f"must be a table, not {shown(value)}", hint))
        return ()
    if len(value) > MOST_LINKS:
        said = f"has {len(value):,} entries; at most {MOST_LINKS} are read"
        faults.append(Fault(("links",), said))
        return ()
    variables, env = others
    env_names = env if isinstance(env, dict) else {}
    for name in value:
        if name in services:
            said = "has the name of a service of this project"
            faults.append(Fault(("links", name), said, "give the link another name"))
        elif name in variables or name in env_names:
            said = "has the name of a variable of this project"
            faults.append(Fault(("links", name), said, "give the link another name"))
        elif not _is_name(name):
            said = f"is no name: a letter, then letters, digits, - and _ (at most {LONGEST_NAME})"
            faults.append(Fault(("links", name), said))
    return tuple(_link(name, entry, faults) for name, entry in value.items())


def _is_name(name: str) -> bool:
    plain = name.replace("-", "a").replace("_", "a")
    return plain.isascii() and plain.isalnum() and name[0].isalpha() and len(name) <= LONGEST_NAME


def _link(name: str, entry: object, faults: list[Fault]) -> Link:
    at: KeyPath = ("links", name)
    if isinstance(entry, str):
        return Link(name, _path(entry, at, faults))
    if not isinstance(entry, dict):
        said = f"must be a path in quotes, not {shown(entry)}"
        faults.append(Fault(at, said, f'write {name} = "../{name}"'))
        return Link(name, "")
    said = "is no key of a link"
    unknown = (key for key in entry if key not in LINK_KEYS)
    faults += [Fault((*at, key), said, word=key, choices=LINK_KEYS) for key in unknown]
    if "path" not in entry:
        said = "is missing: the folder of the other project's ports.toml"
        faults.append(Fault((*at, "path"), said, f'write path = "../{name}"'))
        return Link(name, "")
    path = _path(entry["path"], (*at, "path"), faults)
    return Link(name, path, _instance(entry, (*at, "instance"), faults))


def _path(value: object, at: KeyPath, faults: list[Fault]) -> str:
    """Return where the other checkout is. It may lie anywhere: nothing is written there."""
    if not isinstance(value, str):
        faults.append(Fault(at, f"must be a path in quotes, not {shown(value)}"))
        return ""
    if not value.strip() or not value.isprintable():
        faults.append(Fault(at, f"is {quoted(value)}, which names no folder"))
    elif len(value) > LONGEST_PATH:
        faults.append(Fault(at, f"has more than {LONGEST_PATH} characters"))
    elif "\\" in value:
        faults.append(Fault(at, f"is {quoted(value)}, which has a backslash in it", "write /"))
    elif value.strip("./") == "" and not value.startswith(("/", "..")):
        faults.append(Fault(at, "is this checkout itself", "a service of your own is {name}"))
    return value


def _instance(entry: Mapping[str, object], at: KeyPath, faults: list[Fault]) -> str:
    value = entry.get("instance", "")
    if isinstance(value, str):
        plain = value.replace("-", "a").replace("_", "a").replace(".", "a")
        if not value or (plain.isascii() and plain.isalnum() and len(plain) <= LONGEST_INSTANCE):
            return value
    said = f"must be the name of an instance, not {shown(value)}"
    faults.append(Fault(at, said, "letters, digits, - and _ and ."))
    return ""
