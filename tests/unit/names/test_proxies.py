"""Routes as the text of each proxy; that the proxies accept it: tests/integration/test_names.py."""

from __future__ import annotations

import pytest

from portman.base.values import PROXIES
from portman.names.layout import Route, render_proxy

WEB = Route("web.shop.localhost", 8080, "127.0.0.1", 61001)
API = Route("api.fix.shop.localhost", 8443, "::1", 61002, https=True)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1:1"),
        ("localhost", "localhost:1"),
        ("0.0.0.0", "127.0.0.1:1"),
        ("::", "[::1]:1"),
        ("::1", "[::1]:1"),
        ("192.168.1.5", "192.168.1.5:1"),
        ("fd00::2", "[fd00::2]:1"),
    ],
)
def test_a_proxy_connects_to_the_address_of_the_server(host: str, expected: str) -> None:
    assert Route("web.localhost", 80, host, 1).upstream == expected


@pytest.mark.parametrize("kind", PROXIES)
def test_no_routes_are_no_mistake(kind: str) -> None:
    assert render_proxy(kind, []) == ("http: {}\n" if kind == "traefik" else "")


def test_caddy() -> None:
    assert render_proxy("caddy", [WEB, API]) == (
        "http://web.shop.localhost:8080 {\n\treverse_proxy 127.0.0.1:61001\n}\n"
        "https://api.fix.shop.localhost:8443 {\n\ttls internal\n\treverse_proxy [::1]:61002\n}\n"
    )


def test_traefik_is_yaml_with_a_router_and_a_service_for_each_name() -> None:
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load(render_proxy("traefik", [WEB, API]))["http"]
    assert found["routers"]["web-shop-localhost"] == {
        "rule": "Host(`web.shop.localhost`)",
        "service": "web-shop-localhost",
    }
    assert found["routers"]["api-fix-shop-localhost"]["tls"] == {}
    servers = found["services"]["api-fix-shop-localhost"]["loadBalancer"]["servers"]
    assert servers == [{"url": "http://[::1]:61002"}]


def test_nginx_passes_host_and_websockets_on() -> None:
    text = render_proxy("nginx", [WEB, API])
    assert "listen 127.0.0.1:8080;" in text
    assert "listen 127.0.0.1:8443 ssl;" in text
    assert "proxy_pass http://[::1]:61002;" in text
    assert text.count("proxy_set_header Upgrade $http_upgrade;") == 2


def test_portless_gets_names_without_its_own_ending() -> None:
    assert render_proxy("portless", [WEB]) == "portless alias web.shop 61001 --force\n"


def test_nginx_gets_a_long_name_outside_of_its_table() -> None:
    """With two names on an address nginx 1.22 refuses one of more than 46 bytes, as seen here."""
    names = [f"web.{'x' * length}.localhost" for length in (32, 33)]
    text = render_proxy("nginx", [WEB._replace(name=one) for one in names])
    assert f"server_name {names[0]};" in text
    assert f"server_name ~^web[.]{'x' * 33}[.]localhost$;" in text
