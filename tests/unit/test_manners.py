"""What is remembered of how commands bind: bounded, private, and no loss if it is lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from portman.launch import manners
from portman.launch.manners import FITS, HINDERED, PLAIN

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="state")
def _state(own_state: Path) -> str:
    """Return the state folder of this test, not made yet."""
    return str(own_state)


def test_what_was_never_seen_is_unknown(state: str) -> None:
    """Reading makes nothing."""
    assert manners.recall(state, "/src/shop", "web", ["vite"]) == ""
    assert manners.yielding(state, "/src/shop", ["web"]) == []
    assert not os.path.exists(state)


def test_each_command_of_each_service_is_remembered(state: str) -> None:
    """By its whole argument list; other services and checkouts know nothing of it."""
    manners.remember(state, "/src/shop", "web", ["serve", "a b"], PLAIN)
    manners.remember(state, "/src/shop", "web", ["serve", "a", "b"], FITS)
    assert manners.recall(state, "/src/shop", "web", ["serve", "a b"]) == PLAIN
    assert manners.recall(state, "/src/shop", "web", ["serve", "a", "b"]) == FITS
    assert manners.recall(state, "/src/shop", "api", ["serve", "a b"]) == ""
    assert manners.recall(state, "/src/feat", "web", ["serve", "a b"]) == ""


def test_the_latest_word_counts(state: str) -> None:
    """For a command, and for whether a service needs its port let go."""
    for seen, yields in ((PLAIN, ["web"]), (FITS, []), (HINDERED, ["web"])):
        manners.remember(state, "/src/shop", "web", ["vite"], seen)
        assert manners.recall(state, "/src/shop", "web", ["vite"]) == seen
        assert manners.yielding(state, "/src/shop", ["api", "web"]) == yields


def test_only_so_many_commands_are_kept(state: str) -> None:
    """The oldest is forgotten first."""
    for number in range(20):
        manners.remember(state, "/src/shop", "web", ["vite", str(number)], PLAIN)
    kept = [n for n in range(20) if manners.recall(state, "/src/shop", "web", ["vite", str(n)])]
    assert kept == list(range(4, 20))


@pytest.mark.parametrize(
    "damage", [b"", b"something else", b"portman manners 1\0/other\0web\0a\0b"]
)
def test_a_damaged_note_is_no_note(state: str, damage: bytes) -> None:
    """It is written anew when there is something to write."""
    manners.remember(state, "/src/shop", "web", ["vite"], PLAIN)
    (folder,) = os.listdir(state)
    (file,) = os.listdir(os.path.join(state, folder))
    with open(os.path.join(state, folder, file), "wb") as stream:
        stream.write(damage)
    assert manners.recall(state, "/src/shop", "web", ["vite"]) == ""
    assert manners.yielding(state, "/src/shop", ["web"]) == []
    manners.remember(state, "/src/shop", "web", ["vite"], HINDERED)
    assert manners.recall(state, "/src/shop", "web", ["vite"]) == HINDERED


def test_where_nothing_can_be_written_nothing_is_said(tmp_path: Path) -> None:
    """It will be seen again."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    manners.remember(str(blocked / "state"), "/src/shop", "web", ["vite"], PLAIN)
    assert manners.recall(str(blocked / "state"), "/src/shop", "web", ["vite"]) == ""
