"""What another host says, and the text for OpenSSH and VS Code.

With a real ssh: tests/integration/test_forward.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from portman.base.errors import PortmanError
from portman.commands.forward import (
    Forward,
    RemoteCheckout,
    choose,
    command,
    read_list,
    rendered,
)

FORWARDS = [Forward("web", 3000, 3000), Forward("api", 61001, 8000)]
SHOP = RemoteCheckout("shop", "/srv/shop", "", (("web", (3000,)), ("api", (8000,))))


def listed(**change: Any) -> bytes:
    service = {"name": "web", "ports": [3000], "protocols": ["tcp"], "scope": "local"}
    checkout = {"project": "shop", "checkout": "/srv/shop", "instance": ""}
    return json.dumps(
        {"data": {"checkouts": [{**checkout, "services": [{**service, **change}]}]}}
    ).encode()


def test_a_list_is_read() -> None:
    """Also after what a shell says at a login."""
    greeting = b'Welcome to {"devbox"}\n{"portman": 1, ' + listed()[1:]
    assert read_list(greeting, "devbox", "portman") == read_list(listed(), "devbox", "portman")
    assert read_list(listed(), "devbox", "portman") == [
        RemoteCheckout("shop", "/srv/shop", "", (("web", (3000,)),))
    ]


@pytest.mark.parametrize(
    "change", [{"scope": "tcp://10.0.0.9:2375"}, {"protocols": ["udp"]}], ids=["engine", "udp"]
)
def test_what_ssh_cannot_forward_is_left_out(change: dict[str, object]) -> None:
    assert read_list(listed(**change), "devbox", "portman") == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b'{"data": {}}',
        b"[" * 100_000,
        b"\xff\xfe",
        listed(name="web\n[services]"),
        listed(name="-L"),
        listed(ports=[]),
        listed(ports=["3000"]),
        listed(ports=[70000]),
        listed(ports=list(range(1, 5000))),
        listed(ports=None),
    ],
)
def test_nothing_else_is_trusted(raw: bytes) -> None:
    with pytest.raises(PortmanError, match="something else than a list"):
        read_list(raw, "devbox", "portman")


def test_the_checkout_that_is_meant() -> None:
    other = SHOP._replace(project="blog", path="/srv/blog")
    assert choose([SHOP], "devbox", "") == SHOP
    assert choose([SHOP, other], "devbox", "blog") == other
    assert choose([SHOP, other], "devbox", "/srv/shop/") == SHOP
    with pytest.raises(PortmanError, match="has several") as caught:
        choose([SHOP, other], "devbox", "")
    assert caught.value.hint.splitlines()[1] == "portman forward devbox --checkout /srv/blog"
    with pytest.raises(PortmanError, match="no checkout with a lease"):
        choose([], "devbox", "")


def test_the_forms() -> None:
    argv = command("me@devbox", FORWARDS)
    assert argv[-1] == "me@devbox"
    assert rendered("ssh", "me@devbox", SHOP, FORWARDS) == (
        "ssh -N -o ExitOnForwardFailure=yes -L 127.0.0.1:3000:localhost:3000 "
        "-L 127.0.0.1:61001:localhost:8000 -- me@devbox\n"
    )
    own = ["user me", "hostname devbox"]
    assert rendered("ssh-config", "me@devbox", SHOP, FORWARDS, own) == (
        "Host devbox-shop\n    user me\n    hostname devbox\n    ExitOnForwardFailure yes\n"
        "    LocalForward 127.0.0.1:3000 localhost:3000\n"
        "    LocalForward 127.0.0.1:61001 localhost:8000\n"
    )
    settings = json.loads(rendered("vscode", "devbox", SHOP, FORWARDS))
    assert settings["remote.SSH.defaultForwardedPorts"][1] == {
        "name": "api",
        "localPort": 61001,
        "remotePort": 8000,
    }
    assert settings["remote.portsAttributes"]["3000"]["label"] == "web"
