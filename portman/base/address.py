"""What somebody typed for an address, taken apart: port, host, scheme; and what the host means.

Pure: nothing is resolved or looked up here. Where a form leaves room for doubt it is refused
with the forms that are understood, for `free` acts on the answer.
"""

from __future__ import annotations

from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.text import Pattern

TYPE_CHECKING = False

if TYPE_CHECKING:
    import re
    from typing import Literal

    #: How far an address reaches. "name" is a host name that only a resolver could tell.
    Reach = Literal[
        "loopback",
        "wildcard",
        "private",
        "link-local",
        "shared",
        "multicast",
        "reserved",
        "public",
        "name",
    ]


FORMS = "3000, :3000, 3000/udp, 127.0.0.1:3000, [::1]:3000, http://localhost:3000"

# The address in a line that a program printed: an error about a port, a log line, a URL in it.
_LAST = r"(?P<port>[0-9]{1,5})(?![0-9]|[.:][0-9])"
_V4 = r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
#: Kinds of places, the surest first; the first kind that the line has decides.
_KINDS = tuple(
    Pattern(f"(?i){text}")
    for text in (
        r"\bport:?\s+(?P<port>[0-9]{1,5})\s+(?:is|was)\s+(?:already\s+)?(?:in use|taken|allocated)",
        r"[a-z][a-z0-9+.-]*://(?:[^\s/@'\"]*@)?(?P<host>\[[^\]\s]+\]|[^\s/:'\"]+):" + _LAST,
        # Python's sockets: ('127.0.0.1', 8000); Ruby's: "127.0.0.1" port 3000
        r"\(\s*['\"](?P<host>[^'\"]*)['\"]\s*,\s*" + _LAST,
        r"\"(?P<host>[^\"\s]+)\"\s+port\s+" + _LAST,
        rf"(?<![\w:.])(?P<host>::|\[[0-9a-f:.%\w]+\]|{_V4}|localhost|null|\*):" + _LAST,
        r"(?<![\w\]:.*]):(?P<port>[0-9]{1,5})(?![0-9]|:[0-9])",
        r"\bport:?\s+#?(?P<port>[0-9]{1,5})(?![0-9])",
        r"(?<![\w.:-])(?P<port>[0-9]{2,5})(?![\w.:-])",
    )
)

#: The container's side of a published port: `:80->8080/tcp`, `:80:172.18.0.2:8080/tcp`.
_INNER = Pattern(r"->\S+|(?<=\d):[0-9]{1,3}(?:\.[0-9]{1,3}){3}:[0-9]+(?:/\w+)?")

#: The port a URL means when it names none (IANA; for databases their documentation).
SCHEME_PORTS = {
    "http": 80,
    "ws": 80,
    "https": 443,
    "wss": 443,
    "ftp": 21,
    "ssh": 22,
    "sftp": 22,
    "postgres": 5432,
    "postgresql": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "redis": 6379,
    "rediss": 6379,
    "mongodb": 27017,
    "amqp": 5672,
    "amqps": 5671,
    "ldap": 389,
    "smtp": 25,
    "imap": 143,
    "nats": 4222,
    "mqtt": 1883,
}
#: Names that mean this very machine by RFC 6761, section 6.3.
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")


class Address(NamedTuple):
    """One address as it was asked for.

    `host` is "" where only a port was named; an IPv6 address stands without brackets and zone.
    `port` is None where none was named (a bare host, or `name`). `protocol` is None unless the
    form says it. `name` is what can only be the name of a service. `mapped` is the IPv6 spelling
    that an IPv4 `host` came in (`::ffff:127.0.0.1`).
    """

    text: str
    port: int | None = None
    host: str = ""
    protocol: Literal["tcp", "udp"] | None = None
    scheme: str = ""
    zone: str = ""
    name: str = ""
    mapped: str = ""

    @property
    def family(self) -> str:
        if not self.host or not _is_literal(self.host):
            return ""
        return "ipv6" if ":" in self.host else "ipv4"


def parse_address(text: str) -> Address:
    """Take `text` apart.

    Understood: `3000`, `:3000`, `*:3000`, `:::3000`, `3000/udp`, `HOST:3000`, `[V6%ZONE]:3000`, a
    bare IPv6 address, URLs (credentials, path and query are dropped and never kept), names, each
    of them in quotes too, and a whole line that a program printed, if it names one address.
    Raises PortmanError "usage" for everything else: a port above 65535, digits of other scripts,
    an IPv6 address and a port without brackets that could be read in two ways.
    """
    asked = text.strip()
    if asked[:1] in ("'", '"') and asked[0] == asked[-1]:  # a hint's own quotes, passed on
        asked = asked[1:-1]
    if len(asked.split()) > 1 or "->" in asked:
        asked = _in_line(asked)
    scheme, url, rest = _without_scheme(asked)
    rest, protocol = _without_protocol(rest, asked) if not url else (rest, _of_scheme(scheme))
    shown = asked if not url else f"{scheme}://{rest}"
    host, number = _split(rest, shown)
    port = _port(number, shown) if number else None
    if not host and port is None:
        raise _unclear(shown)
    if port is None and not url and not _is_literal(host) and _is_name(host):
        return Address(asked, name=host, protocol=protocol)
    host, zone, mapped = _canonical(host, shown)
    if port is None and url:
        port = SCHEME_PORTS.get(scheme)
    return Address(shown, port, host, protocol, scheme, zone, mapped=mapped)


def _in_line(line: str) -> str:
    found = _addresses_in(line)
    if len(found) != 1:
        raise _unclear(" and ".join(found) or "the text")  # never the text: it may hold a secret
    host, colon, port = found[0].rpartition(":")
    # A server that cannot have every address is in the way of any other on the port.
    return colon + port if host in ("0.0.0.0", "[::]", "*") else found[0]  # noqa: S104 (compared)


def _addresses_in(line: str) -> list[str]:
    """Return the distinct addresses of a line as `parse_address` reads them; [] for none.

    Port 0 is no address. One port on several hosts is that port.
    """
    line = _INNER.sub("", line)
    for kind in _KINDS:
        matches = [one for one in kind.finditer(line) if int(one["port"])]
        found = dict.fromkeys(_as_typed(one) for one in matches)
        if len(found) > 1 and len({int(one["port"]) for one in matches}) == 1:
            return [f":{matches[0]['port']}"]
        if found:
            return list(found)
    return []


def _as_typed(found: re.Match[str]) -> str:
    host = (found.groupdict().get("host") or "").replace("null", "")
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"{host}:{found['port']}"


def reach_of(host: str) -> Reach:
    """Return how far a host (without zone and brackets) reaches; "name" if it is no literal."""
    if host.lower() in _LOCAL_NAMES or host.lower().rstrip(".").endswith(".localhost"):
        return "loopback"
    if not _is_literal(host):
        return "name"
    from ipaddress import ip_address, ip_network

    address = ip_address(host)
    kinds: tuple[tuple[Reach, bool], ...] = (
        ("wildcard", address.is_unspecified),
        ("loopback", address.is_loopback),
        ("link-local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("shared", address.version == 4 and address in ip_network("100.64.0.0/10")),
        ("private", _is_private(host)),
        ("public", address.is_global),
    )
    return next((kind for kind, true in kinds if true), "reserved")


def at(host: str, port: int) -> str:
    """Return host and port as one writes them, IPv6 in brackets: "[::1]:3000"."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_private(host: str) -> bool:
    """RFC 1918, and RFC 4193 for IPv6; narrower than `is_private`, which counts test networks."""
    from ipaddress import ip_address, ip_network

    address = ip_address(host)
    networks = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
    return any(address in ip_network(network) for network in networks)


def _without_scheme(text: str) -> tuple[str, bool, str]:
    scheme, mark, rest = text.partition("://")
    if not mark:
        return "", False, text
    for stop in "/?#\\":
        rest = rest.partition(stop)[0]
    return scheme.lower(), True, rest.rpartition("@")[2]


def _of_scheme(scheme: str) -> Literal["tcp", "udp"] | None:
    if scheme == "udp":
        return "udp"
    return "tcp" if scheme == "tcp" or scheme in SCHEME_PORTS else None


def _without_protocol(text: str, shown: str) -> tuple[str, Literal["tcp", "udp"] | None]:
    """Split `3000/udp`; a plain `HOST:PORT/path`, as people paste it, loses its path."""
    rest, slash, tail = text.partition("/")
    if not slash:
        return text, None
    if tail.lower() in ("tcp", "udp"):
        return rest, "udp" if tail.lower() == "udp" else "tcp"
    if ":" not in rest:
        raise _unclear(shown)
    return rest, None


def _split(rest: str, shown: str) -> tuple[str, str]:
    if rest.startswith("["):
        host, closed, tail = rest[1:].partition("]")
        if not closed or (tail and not tail.startswith(":")) or ":" not in host:
            raise _unclear(shown)
        return host, tail[1:]
    if _is_digits(rest):
        return "", rest
    if rest.startswith(":::") and _is_digits(rest[3:]):
        return "", rest[3:]  # as Node prints every address of both families
    if rest.count(":") > 1:
        if not _is_literal(rest.partition("%")[0]):
            raise _unclear(shown)
        return rest, ""
    host, colon, number = rest.partition(":")
    if colon and not number:
        raise _unclear(shown)
    return "" if host == "*" else host, number


def _port(number: str, shown: str) -> int:
    if not _is_digits(number) or len(number) > 5 or int(number) > 65535:
        raise PortmanError(
            "usage",
            f"{shown!r}: not a port; ports are 0 to 65535",
            hint=f"forms: {FORMS}",
        )
    return int(number)


def _canonical(host: str, shown: str) -> tuple[str, str, str]:
    """Return host, zone and the IPv6 spelling of an IPv4 address; refuse what is no host."""
    bare, _, zone = host.partition("%")
    if not bare:
        if host:
            raise _unclear(shown)
        return "", "", ""
    if not _is_literal(bare):
        if zone or not _is_host(bare):
            raise _unclear(shown)
        return bare.lower(), "", ""
    from ipaddress import IPv6Address, ip_address

    address = ip_address(bare)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped), zone, f"::ffff:{address.ipv4_mapped}"
    return str(address), zone, ""


def _is_literal(host: str) -> bool:
    if "." not in host and ":" not in host:
        return False  # a name, as mostly: without the library
    from ipaddress import ip_address

    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_name(text: str) -> bool:
    """Tell the name of a service: what ports.toml allows, and no dotted host."""
    return text.lower() not in _LOCAL_NAMES and "." not in text and _is_host(text)


def _is_host(text: str) -> bool:
    plain = text.replace("-", "").replace(".", "").replace("_", "")
    return plain.isalnum() and text.isascii() and not _is_digits(plain) and len(text) < 254


def _unclear(shown: str) -> PortmanError:
    return PortmanError("usage", f"{shown!r}: not an address or port", hint=f"forms: {FORMS}")
