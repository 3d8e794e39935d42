"""The words for `docker run $(portman publish cache)`: whole after a shell has split them."""

from __future__ import annotations

import subprocess

import pytest

from portman.base.values import Lease, Service
from portman.containers.model import CHECKOUT, NAME, arguments, label, read_label


def test_every_lease_is_published_with_its_protocols() -> None:
    """Ranges, both protocols, IPv6 in brackets; localhost is an address; two labels at the end."""
    dns = Service("dns", "container", target=53, host="::1")
    cache = Service("cache", "container", target=6379, host="localhost")
    pairs = [(cache, Lease("cache", 16379)), (dns, Lease("dns", 15353, 2, ("tcp", "udp")))]
    assert arguments(pairs, "/src/shop") == [
        *("-p", "127.0.0.1:16379:6379"),
        *("-p", "[::1]:15353-15354:53-54", "-p", "[::1]:15353-15354:53-54/udp"),
        *("--label", f"{CHECKOUT}=/src/shop", "--label", f"{NAME}=cache"),
    ]


@pytest.mark.parametrize(
    ("text", "coded"),
    [
        ("/src/shop", "/src/shop"),
        ("/home/zo\u00eb", "/home/zo\u00eb"),
        ("/a b", "/a%20b"),
        ("/a*[b]?", "/a%2A%5Bb%5D%3F"),
        ("/100%", "/100%25"),
        ("/\udce9", "/%E9"),
        ("/a\tb\n", "/a%09b%0A"),
    ],
)
def test_a_path_is_one_word_and_comes_back(text: str, coded: str) -> None:
    """Also one that is not UTF-8 (surrogate escapes)."""
    assert label(text) == coded
    assert read_label(coded) == text


def test_a_shell_leaves_the_words_alone() -> None:
    """Unquoted, as in `$(...)`."""
    text = "/a b/*/$HOME/`id`/\"x'/~;|&"
    done = subprocess.run(
        ["sh", "-c", f"words='{label(text)}'; printf '%s\\n' $words"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [label(text)]
    assert read_label(done.stdout.strip()) == text
