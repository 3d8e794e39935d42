"""Variables in Compose files (`${DB_PORT:-5432}`) and in the .env files beside them. Pure.

The grammar is Compose's own: compose-spec, 12-interpolation, and compose-go's `template`.
"""

from __future__ import annotations

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.compose.model import PortEntry

    #: The value of a variable, or None where it is not set.
    Lookup = Callable[[str], str | None]

_OPERATORS = (":-", "-", ":?", "?", ":+", "+")
_DEEPEST = 20


class UnclearError(Exception):
    """A text that has no one meaning for us. The message says why."""


def interpolate(text: str, lookup: Lookup, depth: int = 0) -> str:
    """Return `text` with its variables replaced, as Compose would.

    Raises UnclearError where Compose would refuse: bad grammar, a required variable missing.
    """
    if "$" not in text:
        return text
    if depth > _DEEPEST:
        raise UnclearError(f"{text!r} is nested too deeply")
    parts: list[str] = []
    place = 0
    while (sign := text.find("$", place)) >= 0:
        parts.append(text[place:sign])
        value, place = _variable(text, sign, lookup, depth)
        parts.append(value)
    return "".join(parts) + text[place:]


def _variable(text: str, sign: int, lookup: Lookup, depth: int) -> tuple[str, int]:
    """Return the value of what begins at the `$`, and where the text goes on after it."""
    after = text[sign + 1 : sign + 2]
    if after == "$":
        return "$", sign + 2
    if after != "{":
        end = _name_end(text, sign + 1)
        if end == sign + 1:
            raise UnclearError(f"{text!r} has a $ that begins no variable")
        return lookup(text[sign + 1 : end]) or "", end
    closing = _closing(text, sign + 1)
    return _braced(text[sign + 2 : closing], lookup, depth), closing + 1


def _braced(inner: str, lookup: Lookup, depth: int) -> str:
    end = _name_end(inner, 0)
    name, rest = inner[:end], inner[end:]
    operator = next((one for one in _OPERATORS if rest.startswith(one)), "")
    if not name or (rest and not operator):
        raise UnclearError(f"'${{{inner}}}' is not a variable")
    value = lookup(name)
    argument = rest[len(operator) :]
    there = bool(value) if operator.startswith(":") else value is not None
    if operator.endswith("-"):
        return (value or "") if there else interpolate(argument, lookup, depth + 1)
    if operator.endswith("+"):
        return interpolate(argument, lookup, depth + 1) if there else ""
    if operator.endswith("?") and not there:
        raise UnclearError(f"{name} is required, and not set")
    return value or ""


def _name_end(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end].isascii() and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return start if text[start : start + 1].isdigit() else end


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        if text[place] == "{" and (place == opening or text[place - 1] == "$"):
            depth += 1
        elif text[place] == "}":
            depth -= 1
            if depth == 0:
                return place
    raise UnclearError(f"{text!r} has a ${{ that is not closed")


def names_in(text: str) -> frozenset[str]:
    found: set[str] = set()
    place = 0
    while (sign := text.find("$", place)) >= 0:
        start = sign + 2 if text[sign + 1 : sign + 2] in ("{", "$") else sign + 1
        place = max(_name_end(text, start), sign + 1)
        if text[sign + 1 : sign + 2] == "$":
            place = sign + 2
        elif place > start:
            found.add(text[start:place])
    return frozenset(found)


def _unset(_: str) -> None:
    return None


def read_env_text(text: str, shell: Lookup = _unset) -> dict[str, str]:
    """Return NAME -> value of a .env file, the last of several lines winning, as in Compose.

    Values of several lines are not followed; variables inside values are replaced by those of the
    `shell`, then by those that an earlier line set.
    """
    values: dict[str, str] = {}

    def lookup(name: str) -> str | None:
        told = shell(name)
        return values.get(name) if told is None else told

    for row in text.removeprefix("\ufeff").splitlines():
        line = row.strip().removeprefix("export ").lstrip()
        name, equals, value = line.partition("=")
        name = name.strip()
        if not equals or not name or name.startswith("#"):
            continue
        values[name] = _env_value(value.strip(), lookup)
    return values


def _env_value(value: str, lookup: Lookup) -> str:
    quote = value[:1]
    if quote in ("'", '"') and (end := value.find(quote, 1)) > 0:
        inner = value[1:end]
        return inner if quote == "'" else _expanded(inner, lookup)
    comment = value.find(" #")
    bare = value if comment < 0 else value[:comment].rstrip()
    return _expanded("" if bare.startswith("#") else bare, lookup)


def _expanded(value: str, lookup: Lookup) -> str:
    try:
        return interpolate(value, lookup)
    except UnclearError:
        return value


# The two ways Compose writes a published port, split into single bindings. Short:
# `[HOST:]CONTAINER[/PROTOCOL]`, HOST being `[IP:](port | range)`; long: a table
# (compose-spec 05-services, `ports`).


class Published(NamedTuple):
    """One port of a container. `port` None: the engine picks one, from a range or of all."""

    target: int
    protocol: str = "tcp"
    port: int | None = None
    address: str = ""


def published(entry: PortEntry, lookup: Lookup) -> tuple[Published, ...]:
    """Return the single bindings of an entry, variables replaced.

    Raises UnclearError for what is not a port, and for what Compose would refuse.
    """
    if entry.fields:
        return _long({key: interpolate(value, lookup) for key, value, _ in entry.fields})
    return _short(interpolate(entry.text, lookup))


def _short(text: str) -> tuple[Published, ...]:
    rest, slash, protocol = text.strip().partition("/")
    protocol = protocol.lower() if slash else "tcp"
    address = ""
    if rest.startswith("["):
        address, bracket, rest = rest[1:].partition("]:")
        if not bracket:
            raise UnclearError(f"{text!r} is not a port")
    else:
        head, colon, tail = rest.rpartition(":")
        before, second, host = head.rpartition(":")
        if second:
            address, rest = before, f"{host}{colon}{tail}"
        if ":" in address:
            raise UnclearError(f"{text!r} is not a port: an IPv6 address is written in [ ]")
    host, colon, target = rest.rpartition(":")
    return _bindings(text, address, host if colon else "", target, protocol)


def _long(fields: dict[str, str]) -> tuple[Published, ...]:
    shown = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return _bindings(
        f"{{{shown}}}",
        fields.get("host_ip", ""),
        fields.get("published", ""),
        fields.get("target", ""),
        fields.get("protocol", "") or "tcp",
    )


def _bindings(
    text: str, address: str, host: str, target: str, protocol: str
) -> tuple[Published, ...]:
    inner = _range(target, text)
    if address and not _is_address(address):
        raise UnclearError(f"{text!r} has no IP address where one belongs")
    if not host or host == "0":
        return tuple(Published(number, protocol, None, address) for number in inner)
    outer = _range(host, text)
    if len(outer) == len(inner):
        pairs = zip(inner, outer, strict=True)
        return tuple(Published(number, protocol, port, address) for number, port in pairs)
    if len(inner) == 1:  # any of the range, as the engine likes
        return (Published(inner[0], protocol, None, address),)
    raise UnclearError(f"{text!r} has ranges of different lengths")


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _range(text: str, whole: str) -> range:
    low, dash, high = text.partition("-")
    ends = (low, high if dash else low)
    if all(end.isascii() and end.isdigit() and len(end) < 6 for end in ends):
        first, last = int(ends[0]), int(ends[1])
        if 0 < first <= last < 65536:
            return range(first, last + 1)
    raise UnclearError(f"{whole!r} is not a port")
