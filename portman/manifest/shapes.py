"""Values of ports.toml by the shape that manifest/keys.py gives each key.

A reader takes a value, its path and the faults so far. It returns the value as base/values.py has
it; after a fault, one that makes no second fault elsewhere.
"""

from __future__ import annotations

from portman.base.values import EnvFile
from portman.manifest import FILE, LOCAL_FILE
from portman.manifest.document import Fault, quoted, shown
from portman.manifest.keys import (
    FIELDS,
    FORMAT_WORDS,
    LAST_PORT,
    LONGEST_DOMAIN,
    LONGEST_INSTANCE,
    LONGEST_PATH,
    LONGEST_PROJECT,
    PROTOCOLS,
    SHARED,
    TABLES,
)
from portman.manifest.names import default_name, variable_flaw

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final

    from portman.manifest.keys import Row
    from portman.manifest.locate import KeyPath

    Faults = list[Fault]
    Reader = Callable[[object, KeyPath, Faults], Any]


def read_table(
    kind: str, table: Mapping[str, object], at: KeyPath, faults: Faults
) -> dict[str, Any]:
    """Read the keys of one table of TABLES; the result has the names of base/values.py."""
    rows, values = TABLES[kind], {}
    for key, value in table.items():
        row = rows.get(key)
        if row is None:
            faults.append(unknown_key(kind, (*at, key)))
        else:
            values[FIELDS.get(key, key)] = read_value(value, row, (*at, key), faults)
    return values


def read_value(value: object, row: Row, at: KeyPath, faults: Faults) -> Any:
    shape = row[1]
    if isinstance(shape, str):
        return READERS[shape](value, at, faults)
    if isinstance(shape, tuple):
        return _choice(value, shape, at, faults)
    if isinstance(shape, range):
        return _number(value, shape, at, faults)
    if isinstance(value, bool):
        return value
    faults.append(Fault(at, f"must be true or false, not {shown(value)}", _unquote(value)))
    return row[2]


def unknown_key(kind: str, path: KeyPath) -> Fault:
    """Name the key that was probably meant: by what others call it, then by its spelling."""
    key, said = str(path[-1]), f"is not a key of {kind}"
    others = {"a service": "a container", "a container": "a service"}.get(kind)
    if others and key in TABLES[others]:
        if kind == "a service":
            hint = f"what runs in a container goes under [containers.{path[1]}]"
            return Fault(path, "is a key of containers, not of services", hint)
        why = "a container cannot be handed a socket; " if key == "activation" else ""
        return Fault(path, "is a key of services, not of containers", f"{why}leave it out")
    for name in (kind, others or kind):
        for row in TABLES[name].values():
            if key in row[3].split():
                return Fault(path, said, f'did you mean "{row[0]}"?')
    return Fault(path, said, word=key, choices=TABLES[kind])


def not_a_table(path: KeyPath, value: object, example: str) -> Fault:
    hint = f"write [{path[0]}] on a line of its own, and {example} under it"
    return Fault(path, f"must be a table, not {shown(value)}", hint)


def host_of(text: str) -> str | None:
    """Shorten an IP address, keep "localhost"; None for anything else."""
    if text in ("127.0.0.1", "localhost", "0.0.0.0", "::", "::1"):  # noqa: S104 (compared only)
        return text
    from ipaddress import ip_address

    try:
        return str(ip_address(text)) if "%" not in text else None
    except ValueError:
        return None


def read_port(value: object, at: KeyPath, faults: Faults, *, expected: str = "") -> int | None:
    """Read a usual port; None for "auto". `expected`: what else the place accepts."""
    if type(value) is int and 0 < value <= LAST_PORT:
        return value
    if value == "auto":
        return None
    said = f'must be a port from 1 to {LAST_PORT} or "auto"{expected}, not {shown(value)}'
    faults.append(Fault(at, said, _port_hint(value)))
    return None


def read_folder(value: object, at: KeyPath, faults: Faults) -> str:
    """Read where another checkout is. It may lie anywhere: nothing is written there."""
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


def _choice(value: object, choices: tuple[str, ...], at: KeyPath, faults: Faults) -> str:
    if isinstance(value, str) and value in choices:
        return value
    word = value if isinstance(value, str) else None
    if len(choices) == 2:
        said, hint = 'must be "{}" or "{}"'.format(*choices), ""
    else:
        said, hint = f"must be one of {', '.join(choices)}", f"the default is {choices[0]}"
    folded = (word or "").casefold()
    meant = next((name for name in choices if folded in FORMAT_WORDS.get(name, "").split()), None)
    if meant:
        word, hint = None, f'did you mean "{meant}"?'
    faults.append(Fault(at, f"{said}, not {shown(value)}", hint, word, choices))
    return choices[0]


def _number(value: object, numbers: range, at: KeyPath, faults: Faults) -> int:
    if type(value) is int and value in numbers:
        return value
    said = f"must be a whole number from {numbers[0]} to {numbers[-1]}, not {shown(value)}"
    faults.append(Fault(at, said, _unquote(value)))
    return numbers[0]


def _project(value: object, at: KeyPath, faults: Faults) -> str | None:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        said = f"must be a name for the project on one line, not {shown(value)}"
        faults.append(Fault(at, said, "leave it out to use the name of the folder"))
    elif len(value) > LONGEST_PROJECT:
        said = f"has {len(value):,} characters; at most {LONGEST_PROJECT} are allowed"
        faults.append(Fault(at, said))
    else:
        return value
    return None


def _variables(value: object, at: KeyPath, faults: Faults) -> tuple[str, ...]:
    """Read names of variables; whether they may be used is the business of conflicts.py."""
    names = value if isinstance(value, list) else [value]
    if all(isinstance(name, str) for name in names):
        return tuple(names)
    bad = next(name for name in names if not isinstance(name, str))
    said = f'must be a variable name such as "{default_name(str(at[1]))}", or a list of them'
    faults.append(Fault(at, f"{said}, not {shown(bad)}"))
    return ()


def _protocols(value: object, at: KeyPath, faults: Faults) -> tuple[str, ...]:
    wanted = value if isinstance(value, list) else [value]
    found = tuple(known for known in PROTOCOLS if known in wanted)
    if len(found) == len(wanted) and found:
        return found
    bad = next((one for one in wanted if one not in PROTOCOLS), None)
    if not wanted or bad is None:
        faults.append(Fault(at, 'must name "tcp" or "udp" or both, each once'))
    else:
        word = bad if isinstance(bad, str) else None
        said = f'must be "tcp", "udp" or ["tcp", "udp"], not {shown(bad)}'
        faults.append(Fault(at, said, word=word, choices=PROTOCOLS))
    return found or ("tcp",)


def _host(value: object, at: KeyPath, faults: Faults) -> str:
    if isinstance(value, str) and (host := host_of(value)) is not None:
        return host
    bare = value.strip("[]") if isinstance(value, str) else ""
    hint = f'write "{bare}", without brackets' if bare != value and host_of(bare) else ""
    said = 'must be an IP address such as "127.0.0.1" or "::1", or "localhost", not '
    faults.append(Fault(at, said + shown(value), hint))
    return "127.0.0.1"


def _compose_name(value: object, at: KeyPath, faults: Faults) -> str:
    if isinstance(value, str) and _is_plain(value, "-_."):
        return value
    said = "must be the name of the service in the Compose file: letters, digits, . - and _"
    faults.append(Fault(at, f"{said}, not {shown(value)}"))
    return str(at[1])


def _shared(value: object, at: KeyPath, faults: Faults) -> tuple[str, ...]:
    found = []
    for one in value if isinstance(value, list) else [value]:
        text = one if isinstance(one, str) and one.isprintable() else ""
        kind, _, name = text.partition(":")
        if kind in SHARED and name:
            found.append(text)
            continue
        said = f'must be texts such as "volume:pgdata", not {shown(one)}'
        faults.append(Fault(at, said, f"the first word is one of: {', '.join(SHARED)}"))
    return tuple(found)


def _instance(value: object, at: KeyPath, faults: Faults) -> str:
    if value == "":
        return ""
    if isinstance(value, str) and len(value) <= LONGEST_INSTANCE and _is_plain(value, "-_."):
        return value
    said = f"must be the name of an instance, not {shown(value)}"
    faults.append(Fault(at, said, "letters, digits, - and _ and ."))
    return ""


def _names(value: object, at: KeyPath, faults: Faults) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        found = "an empty list" if value == [] else shown(value)
        said = f'must be a list of variable names such as ["API_PORT"], not {found}'
        faults.append(Fault(at, said))
        return ()
    for index, name in enumerate(value):
        if not isinstance(name, str):
            faults.append(Fault((*at, index), f"must be a variable name, not {shown(name)}"))
    return tuple(dict.fromkeys(name for name in value if isinstance(name, str)))


def _renames(value: object, at: KeyPath, faults: Faults) -> tuple[tuple[str, str], ...]:
    """Read pairs (name in the file, variable); whether there is such a variable: scopes.py."""
    if not isinstance(value, dict):
        said = f'must be a table such as {{ PORT = "WEB_PORT" }}, not {shown(value)}'
        faults.append(Fault(at, said))
        return ()
    found = []
    for name, variable in value.items():
        if variable_flaw(name) is not None:
            faults.append(Fault((*at, name), "is not a name that a variable may have"))
        elif not isinstance(variable, str):
            faults.append(Fault((*at, name), f"must be a variable name, not {shown(variable)}"))
        else:
            found.append((name, variable))
    return tuple(found)


def _env_file(value: object, at: KeyPath, faults: Faults) -> EnvFile | None:
    """Read `env_file`; its path is relative to the service's `dir` still."""
    if not isinstance(value, dict):
        path = _path(value, at, faults)
        return None if path is None else EnvFile(path)
    if "path" not in value:
        said = "is missing: the file to write, relative to dir"
        faults.append(Fault((*at, "path"), said, 'write path = ".env.local"'))
    fields = read_table("an env_file", value, at, faults)
    return EnvFile(**fields) if fields.get("path") else None


def _range(value: object, at: KeyPath, faults: Faults) -> tuple[int, int] | None:
    ends = [end.strip() for end in value.split("-")] if isinstance(value, str) else []
    if len(ends) != 2 or not all(end.isascii() and end.isdigit() and len(end) < 7 for end in ends):
        said = f'must be two ports in quotes, as in "20000-29999", not {shown(value)}'
        faults.append(Fault(at, said))
        return None
    first, last = int(ends[0]), int(ends[1])
    if 1024 <= first <= last <= LAST_PORT:
        return first, last
    wrong = "backwards" if first > last else f"not within 1024-{LAST_PORT}"
    faults.append(Fault(at, f"is {shown(value)}, which is {wrong}"))
    return None


def _paths(value: object, at: KeyPath, faults: Faults) -> tuple[str, ...]:
    if not isinstance(value, list):
        path = _path(value, at, faults)
        return () if path is None else (path,)
    paths = [_path(one, (*at, index), faults) for index, one in enumerate(value)]
    return tuple(path for path in paths if path is not None)


def _path(value: object, at: KeyPath, faults: Faults) -> str | None:
    """Read a path inside the checkout, without `.` and doubled `/`; None after a fault.

    Both POSIX and Windows spellings of an absolute path are refused, as the file is shared.
    """
    if not isinstance(value, str):
        faults.append(Fault(at, f"must be a path in quotes, not {shown(value)}"))
        return None
    parts = [part for part in value.split("/") if part not in ("", ".")]
    wrong = _wrong_path(value, parts)
    if wrong is None:
        return "/".join(parts)
    said, hint = wrong
    faults.append(Fault(at, f"is {quoted(value)}, {said}", hint))
    return None


def _inside(value: object, at: KeyPath, faults: Faults) -> str:
    """Read a folder inside the checkout; "" for the checkout's own, and after a fault."""
    plain = isinstance(value, str) and value != "" and not value.strip("./")
    if plain and ".." not in str(value) and not str(value).startswith("/"):
        return ""
    trimmed = value.rstrip("/") or value if isinstance(value, str) else value
    return _path(trimmed, at, faults) or ""


def _wrong_path(value: str, parts: list[str]) -> tuple[str, str] | None:
    inside = f"write a path relative to the folder of {FILE}, and inside it"
    drive = len(value) > 1 and value[1] == ":" and value[0].isalpha()
    folded = [part.casefold() for part in parts]
    rules = (
        (not value.isprintable(), "which has control characters in it", ""),
        (len(value) > LONGEST_PATH, f"which is longer than {LONGEST_PATH} characters", ""),
        ("\\" in value, "which has a backslash in it", "write / between folders"),
        (drive or value.startswith(("/", "~")), "which is not relative", inside),
        (".." in parts, "which leads out of the checkout", inside),
        (not parts or value.endswith(("/", "/.")), "which names no file", 'write ".env", say'),
        (".git" in folded, "which lies in git's own folder", inside),
        (folded in ([FILE], [LOCAL_FILE]), "the manifest itself", OTHER_FILE),
    )
    return next(((said, hint) for broken, said, hint in rules if broken), None)


OTHER_FILE = "name a file that portman may write"


def _domain(value: object, at: KeyPath, faults: Faults) -> str:
    text = value if isinstance(value, str) else ""
    labels = text.split(".")
    if len(text) <= LONGEST_DOMAIN and all(_is_label(one) for one in labels) and text.islower():
        return text
    said = f'must be a domain name in lower case such as "localhost", not {shown(value)}'
    faults.append(Fault(at, said))
    return "localhost"


def _label(value: object, at: KeyPath, faults: Faults) -> str:
    if value == "" or (isinstance(value, str) and _is_label(value)):
        return value
    said = f'must be one label of a host name such as "main", not {shown(value)}'
    faults.append(Fault(at, said, "letters, digits and - between them, at most 63"))
    return ""


def _is_label(text: str) -> bool:
    plain = text.isascii() and text.replace("-", "").isalnum()
    return plain and len(text) <= 63 and text[0] != "-" and text[-1] != "-"


def _service_names(value: object, at: KeyPath, faults: Faults) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return tuple(dict.fromkeys(value))
    faults.append(Fault(at, f'must be a list of services such as ["web"], not {shown(value)}'))
    return ()


READERS: Final[dict[str, Reader]] = {
    "project": _project,
    "port": read_port,
    "variables": _variables,
    "protocols": _protocols,
    "host": _host,
    "compose-name": _compose_name,
    "shared": _shared,
    "path": _path,
    "inside": _inside,
    "paths": _paths,
    "domain": _domain,
    "label": _label,
    "service-names": _service_names,
    "variable-names": _names,
    "renames": _renames,
    "env-file": _env_file,
    "folder": read_folder,
    "instance": _instance,
    "range": _range,
}


def _is_plain(text: str, more: str) -> bool:
    """Accept ASCII letters, digits and the signs in `more`."""
    for sign in more:
        text = text.replace(sign, "a")
    return text.isascii() and text.isalnum()


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
    """Suggest a number or true/false without the quotes it is written in."""
    if isinstance(value, str):
        plain = value.strip()
        if (plain.isascii() and plain.isdigit() and len(plain) < 6) or plain in ("true", "false"):
            return f"write {plain} without quotes"
    return ""
