"""`[services]` and `[containers]`: each entry of the manifest as a Service, checked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portman.base.values import Service
from portman.manifest.document import Fault, shown
from portman.manifest.env_names import default_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Kind, OnConflict, Transport
    from portman.manifest.locate import KeyPath

MOST_SERVICES, MOST_PORTS, LONGEST_NAME = 10_000, 1000, 63
LAST_PORT = 65535
#: Section of the manifest -> the kind of its entries, in the order of the ledger and of `list`.
KINDS: dict[str, Kind] = {"services": "service", "containers": "container"}
SERVICE_KEYS = ("port", "env", "fixed", "protocol", "count", "host", "on_conflict", "hold")
ENTRY_KEYS: dict[Kind, tuple[str, ...]] = {
    "service": (*SERVICE_KEYS, "activation"),
    "container": ("target", *SERVICE_KEYS, "service"),
}
PROTOCOLS: tuple[Transport, ...] = ("tcp", "udp")
CONFLICTS: tuple[OnConflict, ...] = ("fail", "reassign")
#: What people call our keys elsewhere, where the nearest spelling would not find ours.
_SYNONYMS: Final = {
    **dict.fromkeys(("preferred", "preferred_port", "usual", "default", "number"), "port"),
    **dict.fromkeys(("host_port", "published", "base"), "port"),
    **dict.fromkeys(("variable", "variables", "environment", "name"), "env"),
    **dict.fromkeys(("replicas", "instances", "size", "ports", "number_of_ports"), "count"),
    **dict.fromkeys(("address", "bind", "interface", "listen", "ip"), "host"),
    **dict.fromkeys(("strict", "required", "exact", "pinned"), "fixed"),
    **dict.fromkeys(("container_port", "internal", "internal_port", "inside"), "target"),
    **dict.fromkeys(("transport", "network"), "protocol"),
    **dict.fromkeys(("socket", "socket_activation", "systemd", "fd"), "activation"),
    **dict.fromkeys(("held", "keep"), "hold"),
}


def read_services(
    tree: Mapping[str, object], on_conflict: OnConflict, faults: list[Fault]
) -> tuple[Service, ...]:
    """Return all entries of both sections; what is wrong with them is added to `faults`."""
    services: list[Service] = []
    for section, kind in KINDS.items():
        entries = tree.get(section, {})
        if not isinstance(entries, dict):
            faults.append(_not_a_section(section, entries))
        elif len(entries) > MOST_SERVICES:
            said = f"has {len(entries):,} entries; at most {MOST_SERVICES:,} are read"
            faults.append(Fault((section,), said))
        else:
            services += [
                _Entry(section, name, value, faults).service(kind, on_conflict)
                for name, value in entries.items()
            ]
    return tuple(services)


def is_service_name(name: str) -> bool:
    """Tell whether `name` may name a service: letters, digits, `-`, `_`, a letter first."""
    return (
        name.isascii()
        and 0 < len(name) <= LONGEST_NAME
        and name[0].isalpha()
        and name.replace("-", "_").isidentifier()
    )


def on_conflict_of(value: object, path: KeyPath, faults: list[Fault]) -> OnConflict:
    """Return the `on_conflict` that `value` spells; anything else is a fault, and "fail"."""
    for known in CONFLICTS:
        if value == known:
            return known
    word = value if isinstance(value, str) else None
    said = f'must be "fail" or "reassign", not {shown(value)}'
    faults.append(Fault(path, said, word=word, choices=CONFLICTS))
    return "fail"


class _Entry:
    """One entry while it is read: `fields` are its keys, shorthand written out."""

    __slots__ = ("explicit", "faults", "fields", "name", "section")

    def __init__(self, section: str, name: str, value: object, faults: list[Fault]) -> None:
        self.section, self.name, self.faults = section, name, faults
        self.explicit = isinstance(value, dict)
        self.fields: dict[str, object] = value if isinstance(value, dict) else {"port": value}

    def fault(self, key: str, message: str, hint: str = "", **more: object) -> None:
        """Note what is wrong with one key of this entry."""
        path = (self.section, self.name, key) if key else (self.section, self.name)
        self.faults.append(Fault(path, message, hint, **more))  # type: ignore[arg-type]

    def service(self, kind: Kind, on_conflict: OnConflict) -> Service:
        """Return the entry with its defaults filled in, every key of it looked at."""
        fields = self.fields
        if not is_service_name(self.name):
            self._bad_name()
        if not fields.keys() <= _KNOWN[kind]:
            self._unknown_keys(kind)
        usual = self._port() if "port" in fields else None
        size = self._number("count", 1, MOST_PORTS) if "count" in fields else 1
        if usual is not None and usual + size - 1 > LAST_PORT:
            last = f"from {usual} on would end at {usual + size - 1}; the last port is {LAST_PORT}"
            self.fault("count", f"does not fit: {size} ports {last}")
        if "on_conflict" in fields:
            path = (self.section, self.name, "on_conflict")
            on_conflict = on_conflict_of(fields["on_conflict"], path, self.faults)
        container = kind == "container"
        return Service(
            self.name,
            kind,
            usual,
            self._fixed() if "fixed" in fields else False,
            self._protocols() if "protocol" in fields else ("tcp",),
            size,
            self._env() if "env" in fields else (default_name(self.name),),
            self._host() if "host" in fields else "127.0.0.1",
            on_conflict,
            self._target() if container else None,
            self._compose() if container else None,
            self._switch("activation", default=False),
            self._switch("hold", default=True),
        )

    def _bad_name(self) -> None:
        rule = f"letters, digits, - and _, a letter first, at most {LONGEST_NAME} of them"
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in self.name)
        plain = plain.strip("-_")
        hint = f'did you mean "{plain}"?' if is_service_name(plain) else ""
        self.fault("", f"is no service name: expected {rule}", hint)

    def _unknown_keys(self, kind: Kind) -> None:
        for key in self.fields:
            if key in _KNOWN[kind]:
                continue
            if kind == "container" and key == "activation":
                hint = "a container cannot be handed a socket; leave it out"
                self.fault(key, "is a key of services, not of containers", hint)
            elif key in _KNOWN["container"]:
                hint = f"what runs in a container goes under [containers.{self.name}]"
                self.fault(key, "is a key of containers, not of services", hint)
            elif key in _SYNONYMS:
                self.fault(key, f"is no key of a {kind}", f'did you mean "{_SYNONYMS[key]}"?')
            else:
                said = f"is no key of a {kind}"
                self.fault(key, said, word=key, choices=ENTRY_KEYS[kind])

    def _port(self) -> int | None:
        value = self.fields["port"]
        if type(value) is int and 0 < value <= LAST_PORT:
            return value
        if value == "auto":
            return None
        expected = "" if self.explicit else ", or a table such as { port = 3000 }"
        said = f'must be a port from 1 to {LAST_PORT} or "auto"{expected}, not {shown(value)}'
        self.fault("port", said, _port_hint(value))
        return None

    def _number(self, key: str, least: int, most: int) -> int:
        value = self.fields[key]
        if type(value) is int and least <= value <= most:
            return value
        expected = f"must be a whole number from {least} to {most}, not {shown(value)}"
        self.fault(key, expected, _unquote(value))
        return least

    def _fixed(self) -> bool:
        value = self.fields["fixed"]
        if not isinstance(value, bool):
            self.fault("fixed", f"must be true or false, not {shown(value)}", _unquote(value))
            return False
        if value and self.fields.get("port", "auto") == "auto":
            hint = f'write [{self.section}.{self.name}] port = 4000, say, or leave "fixed" out'
            self.fault("fixed", "is true, but there is no port to be fixed on", hint)
        return value

    def _switch(self, key: str, *, default: bool) -> bool:
        value = self.fields.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(key, f"must be true or false, not {shown(value)}", _unquote(value))
        return default

    def _protocols(self) -> tuple[Transport, ...]:
        value = self.fields["protocol"]
        wanted = value if isinstance(value, list) else [value]
        found = tuple(known for known in PROTOCOLS if known in wanted)
        if len(found) == len(wanted) and found:
            return found
        bad = next((one for one in wanted if one not in PROTOCOLS), None)
        if not wanted or bad is None:
            self.fault("protocol", 'must name "tcp" or "udp" or both, each once')
        else:
            word = bad if isinstance(bad, str) else None
            said = f'must be "tcp", "udp" or ["tcp", "udp"], not {shown(bad)}'
            self.fault("protocol", said, word=word, choices=PROTOCOLS)
        return found or ("tcp",)

    def _env(self) -> tuple[str, ...]:
        value = self.fields["env"]
        names = value if isinstance(value, list) else [value]
        if all(isinstance(name, str) for name in names):
            return tuple(names)
        bad = next(name for name in names if not isinstance(name, str))
        said = f'must be a variable name such as "{default_name(self.name)}", or a list of them'
        self.fault("env", f"{said}, not {shown(bad)}")
        return ()

    def _host(self) -> str:
        value = self.fields["host"]
        if isinstance(value, str) and (host := host_of(value)) is not None:
            return host
        bare = value.strip("[]") if isinstance(value, str) else ""
        hint = f'write "{bare}", without brackets' if bare != value and host_of(bare) else ""
        said = 'must be an IP address such as "127.0.0.1" or "::1", or "localhost", not '
        self.fault("host", said + shown(value), hint)
        return "127.0.0.1"

    def _target(self) -> int | None:
        if "target" in self.fields:
            return self._number("target", 1, LAST_PORT)
        port = self.fields.get("port")
        write = f"target = {port}" if type(port) is int else "target = 5432"
        hint = f"write {write} if that is where the program in the container listens"
        self.fault("target", "is missing: the port inside the container", hint)
        return None

    def _compose(self) -> str:
        value = self.fields.get("service", self.name)
        if isinstance(value, str) and value and value.isascii() and _is_compose_name(value):
            return value
        said = "must be the name of the service in the Compose file: letters, digits, . - and _"
        self.fault("service", f"{said}, not {shown(value)}")
        return self.name


_KNOWN: Final = {kind: frozenset(keys) for kind, keys in ENTRY_KEYS.items()}


def host_of(text: str) -> str | None:
    """Return an IP address in its shortest spelling, "localhost" as it is, else None."""
    if text in ("127.0.0.1", "localhost", "0.0.0.0", "::", "::1"):  # noqa: S104 (compared only)
        return text
    from ipaddress import ip_address

    try:
        return str(ip_address(text)) if "%" not in text else None
    except ValueError:
        return None


def _is_compose_name(name: str) -> bool:
    return name.replace(".", "_").replace("-", "_").replace("_", "a").isalnum()


def _not_a_section(section: str, value: object) -> Fault:
    return Fault(
        (section,),
        f"must be a table of entries, not {shown(value)}",
        f"write [{section}] on a line of its own, and web = 3000 under it",
    )


def _port_hint(value: object) -> str:
    if isinstance(value, str):
        return _unquote(value) or 'write a number without quotes, or "auto"'
    if isinstance(value, bool):
        return 'leave the service out if it needs no port; "auto" gives it any'
    if isinstance(value, float):
        return "ports are whole numbers"
    if isinstance(value, list):
        return "for several ports in a row, write count = 2"
    return 'write "auto" for any port of the pool' if value == 0 else ""


def _unquote(value: object) -> str:
    """Return the hint for a number or true/false that stands in quotes."""
    if isinstance(value, str):
        plain = value.strip()
        if (plain.isascii() and plain.isdigit() and len(plain) < 6) or plain in ("true", "false"):
            return f"write {plain} without quotes"
    return ""
