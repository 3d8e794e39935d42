"""How holders and places are told."""

from __future__ import annotations

import pytest

from portman.base.holder import Holder
from portman.base.text import home_short, printable
from portman.base.values import ContainerFacts
from portman.holders.messages import who, whose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("ünïcode ポート", "ünïcode ポート"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("two\nlines\r", "two\\nlines\\r"),
        ("\udcff", "\\xff"),
        ("bidi\u202e", "bidi\\u202e"),
        ("nul\0", "nul\\x00"),
    ],
)
def test_no_name_can_steer_a_terminal(text: str, shown: str) -> None:
    """Control characters and odd bytes are spelt out; letters of any script stay."""
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("path", "home", "shown"),
    [
        ("/home/me/shop", "/home/me", "~/shop"),
        ("/home/me", "/home/me", "~"),
        ("/home/mean", "/home/me", "/home/mean"),
        ("/srv/shop", "", "/srv/shop"),
        ("/srv/shop", "/", "/srv/shop"),
    ],
)
def test_home_is_a_tilde(path: str, home: str, shown: str) -> None:
    """Whole components only."""
    assert home_short(path, home) == shown


@pytest.mark.parametrize(
    ("holder", "told"),
    [
        (
            Holder(pid=812, name="node", user="me", cwd="/h/other"),
            "node (pid 812, user me) in ~/other",
        ),
        (
            Holder(uid=33, user="www-data", unit="nginx.service"),
            "a hidden process (user www-data, unit nginx.service)",
        ),
        (Holder(uid=4711), "a hidden process (uid 4711)"),
        (Holder(), "a hidden process"),
        (Holder(pid=1, name="a\nb"), "a\\nb (pid 1)"),
        (
            Holder(
                pid=9,
                name="docker-proxy",
                container=ContainerFacts(
                    "shop-db-1", image="postgres:16", project="shop", folder="/h/shop"
                ),
            ),
            "container shop-db-1 (image postgres:16, Compose project shop) in ~/shop",
        ),
    ],
)
def test_a_holder_is_told_in_a_few_words(holder: Holder, told: str) -> None:
    """As much as is known, and never the forwarder of a container."""
    assert who(holder, "/h") == told


def test_whose_names_checkout_and_service() -> None:
    """A service of a checkout, the checkout alone, or nothing."""
    assert whose(Holder(checkout="/h/other", service="web"), "/h") == "web of ~/other"
    assert whose(Holder(checkout="/h/other"), "/h") == "~/other"
    assert whose(Holder()) == ""
