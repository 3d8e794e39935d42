"""`[services]` and `[containers]`: each entry as a Service with its defaults, checked alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.values import Service
from portman.manifest.document import Fault, shown
from portman.manifest.keys import KINDS, LAST_PORT, MOST_SERVICES
from portman.manifest.names import LONGEST_SERVICE, default_name, is_service_name
from portman.manifest.shapes import read_port, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Kind, OnConflict
    from portman.manifest.locate import KeyPath


def read_services(
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
