"""Routes -> the configuration of a proxy that people run already. Pure.

Each text is complete for its proxy's include: a Caddyfile to `import`, a file for Traefik's file
provider, server blocks for nginx's http block, commands for portless. Names are DNS labels and
addresses are literal (names/layout.py, manifest/shapes.py), so that nothing needs quoting.
"""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.values import PROXIES

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


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


def _nginx(routes: Sequence[Route]) -> str:
    """Server blocks on loopback; https needs the certificate that nginx is given elsewhere."""
    return "".join(
        "server {\n"
        f"    listen 127.0.0.1:{one.listen}{' ssl' if one.https else ''};\n"
        f"    server_name {one.name};\n"
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


def _portless(routes: Sequence[Route]) -> str:
    """Commands for `sh`: portless keeps a route until it is told another (`portless alias`)."""
    return "".join(
        f"portless alias {one.name.removesuffix('.localhost')} {one.port} --force\n"
        for one in routes
    )


_RENDERERS: dict[str, Callable[[Sequence[Route]], str]] = dict(
    zip(PROXIES, (_caddy, _traefik, _nginx, _portless), strict=True)
)
