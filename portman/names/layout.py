"""Host names by project, checkout and service: `web.shop.localhost`, `web.fix.shop.localhost`.

The services of one checkout share a domain, and with it cookies that are set for it; another
checkout has another domain. Pure.

And routes to them -> the configuration of a proxy that people run already. Each text is complete
for its proxy's include: a Caddyfile to `import`, a file for Traefik's file provider, server blocks
for nginx's http block, commands for portless. Names are DNS labels and addresses are literal
(manifest/shapes.py), so that nothing needs quoting.
"""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.values import PROXIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from portman.base.values import CheckoutRecord, Manifest, NameRules, Service

    Seat = tuple[str, str]


#: RFC 1035 2.3.4.
LONGEST_LABEL = 63
#: What listens on these inside its container speaks no HTTP (data/customary-ports.txt).
NO_HTTP = frozenset((
    *(21, 22, 25, 53, 587, 1025, 1433, 1521, 1883, 2049, 2181, 3306, 4222, 5005, 5432, 5433, 5672),
    *(6379, 6380, 7000, 7687, 9042, 9092, 9093, 9229, 11211, 26257, 27017, 28015),
))  # fmt: skip


def label(text: str) -> str:
    plain = "".join(one if one.isascii() and one.isalnum() else "-" for one in text.lower())
    words = [word for word in plain.split("-") if word]
    return "-".join(words)[:LONGEST_LABEL].strip("-") or "x"


def middles(records: Iterable[CheckoutRecord]) -> dict[Seat, str]:
    """Return the middle of every checkout's names, "" where there is none.

    A project's first checkout needs none, another has its folder's name. Where an older checkout
    of a project of that name has the same, six digits of a digest follow: a new checkout never
    changes the names of another.
    """
    found: dict[Seat, str] = {}
    taken: set[tuple[str, str]] = set()
    for one in sorted(records, key=lambda one: (one.made_at, one.path, one.instance)):
        folder = one.path.replace("\\", "/").rstrip("/").rpartition("/")[2]
        words = ([] if one.primary else [folder]) + ([one.instance] if one.instance else [])
        middle = label("-".join(words)) if words else ""
        project = label(one.project)
        if (project, middle) in taken:
            middle = _with_digest(middle or label(folder), (one.path, one.instance))
        taken.add((project, middle))
        found[one.path, one.instance] = middle
    return found


def _with_digest(text: str, seat: Seat) -> str:
    from hashlib import sha256

    digest = sha256("\0".join(seat).encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return f"{text[: LONGEST_LABEL - 7].rstrip('-')}-{digest}"


def stem(rules: NameRules, project: str, middle: str) -> str:
    """Return what all names of a checkout end in: `fix.shop.localhost`."""
    middle = middle or (label(rules.first) if rules.first else "")
    return ".".join([*([middle] if middle else []), label(project), rules.domain])


def service_names(manifest: Manifest, ending: str) -> dict[tuple[str, int], str]:
    """Return the name of each port, by service and position (0-based).

    Two services whose names differ in hyphens only are told apart by a number.
    """
    found: dict[tuple[str, int], str] = {}
    taken: set[str] = set()
    for service in manifest.services:
        for at in range(service.size):
            base = label(service.name if at == 0 else f"{service.name}-{at + 1}")
            name, more = base, 1
            while name in taken:
                more += 1
                name = f"{base[: LONGEST_LABEL - 5]}-{more}"
            taken.add(name)
            found[service.name, at] = f"{name}.{ending}"
    return found


def origin(rules: NameRules, name: str, port: int) -> str:
    """Return what a browser has to open: without the port where that is the scheme's own."""
    scheme, own = ("https", 443) if rules.https else ("http", 80)
    return f"{scheme}://{name}" if port == own else f"{scheme}://{name}:{port}"


def references(names: Mapping[tuple[str, int], str], rules: NameRules, port: int) -> dict[str, str]:
    """Return every `{web.name}`, `{web.origin}`, `{shard.2.name}` without braces, and its value."""
    found = {}
    for (service, at), name in names.items():
        key = service if at == 0 else f"{service}.{at + 1}"
        found[f"{key}.name"] = name
        found[f"{key}.origin"] = origin(rules, name, port)
    return found


def is_served(service: Service, rules: NameRules) -> bool:
    """Return whether a proxy gets a route to it: what `only` says, else what may speak HTTP."""
    if rules.only is not None:
        return service.name in rules.only
    inside = service.target or service.usual or 0
    return "tcp" in service.protocols and inside not in NO_HTTP


class Route(NamedTuple):
    """A host name, the port at which the proxy answers to it, and the server behind it.

    `host` is the address that the server binds; a proxy beside it connects to `upstream`.
    """

    name: str
    listen: int
    host: str
    port: int
    https: bool = False

    @property
    def upstream(self) -> str:
        """`127.0.0.1:61234`; a server on all addresses is reached over loopback."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "localhost": "localhost"}.get(self.host)  # noqa: S104
        if host is None:
            host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def render_proxy(kind: str, routes: Sequence[Route]) -> str:
    """Return the routes for one of PROXIES, without portman's mark on top."""
    return _RENDERERS[kind](routes)


def _caddy(routes: Sequence[Route]) -> str:
    """One site a name; Caddy passes Host and WebSockets on unasked (caddyserver.com/docs)."""
    return "".join(
        f"{'https' if one.https else 'http'}://{one.name}:{one.listen} {{\n"
        + ("\ttls internal\n" if one.https else "")
        + f"\treverse_proxy {one.upstream}\n}}\n"
        for one in routes
    )


def _traefik(routes: Sequence[Route]) -> str:
    """Routers and services of the file provider (doc.traefik.io, dynamic configuration)."""
    if not routes:
        return "http: {}\n"
    keys = {one.name: one.name.replace(".", "-") for one in routes}
    lines = ["http:", "  routers:"]
    for one in routes:
        key = keys[one.name]
        lines += [f"    {key}:", f'      rule: "Host(`{one.name}`)"', f"      service: {key}"]
        lines += ["      tls: {}"] if one.https else []
    lines.append("  services:")
    for one in routes:
        lines += [f"    {keys[one.name]}:", "      loadBalancer:", "        servers:"]
        lines.append(f'          - url: "http://{one.upstream}"')
    return "\n".join(lines) + "\n"


_NGINX_LONGEST = 46


def _nginx(routes: Sequence[Route]) -> str:
    """Server blocks on loopback; https needs the certificate that nginx is given elsewhere."""
    return "".join(
        "server {\n"
        f"    listen 127.0.0.1:{one.listen}{' ssl' if one.https else ''};\n"
        f"    server_name {_nginx_name(one.name)};\n"
        "    location / {\n"
        f"        proxy_pass http://{one.upstream};\n"
        "        proxy_http_version 1.1;\n"
        "        proxy_set_header Host $http_host;\n"
        "        proxy_set_header X-Forwarded-Proto $scheme;\n"
        "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
        "        proxy_set_header Upgrade $http_upgrade;\n"
        "        proxy_set_header Connection $http_connection;\n"
        "        proxy_read_timeout 1h;\n"
        "    }\n"
        "}\n"
        for one in routes
    )


def _nginx_name(name: str) -> str:
    """Return a long name as an expression: nginx's table of names refuses to start with it.

    Its buckets have 64 bytes, of which two pointers, a length and the alignment leave 46 for a
    name; what would enlarge them may be written only once among the included files.
    """
    return name if len(name) <= _NGINX_LONGEST else f"~^{name.replace('.', '[.]')}$"


def _portless(routes: Sequence[Route]) -> str:
    """Commands for `sh`: portless keeps a route until it is told another (`portless alias`)."""
    return "".join(
        f"portless alias {one.name.removesuffix('.localhost')} {one.port} --force\n"
        for one in routes
    )


_RENDERERS: dict[str, Callable[[Sequence[Route]], str]] = dict(
    zip(PROXIES, (_caddy, _traefik, _nginx, _portless), strict=True)
)
