"""Which keys a conflict offers: a table, pure."""

from __future__ import annotations

import pytest

from portman.base.errors import Problem
from portman.cli.prompt import choices, lines
from portman.cli.render import Style

WHO, MOVE = "see who: portman who 3000", "move: portman up --reassign web"


def taken(*hints: str, name: str = "web") -> Problem:
    return Problem("port-taken", f"{name}: taken", "\n".join(hints), service=name)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([], []),
        ([Problem("port-unusable", "x", "portman up --reassign web")], []),
        (
            [taken(WHO, MOVE, "stop it: portman free 3000")],
            ["move: up --reassign web", "who: who 3000", "free: free 3000", "quit:"],
        ),
        # A fixed port does not move; a hidden holder is for root alone.
        ([taken(WHO, "stop it: sudo portman free 3000")], ["who: who 3000", "quit:"]),
        (
            [taken(WHO, "stop it: docker compose -p shop down")],
            ["who: who 3000", "free: free web", "quit:"],
        ),
        (
            [
                taken(WHO, MOVE, "stop it: portman free 3000"),
                taken(
                    "see who: portman who 8000",
                    "move: portman up --reassign api",
                    "stop it: portman free 8000",
                    name="api",
                ),
            ],
            [
                "move: up --reassign web api",
                "who: who 3000; who 8000",
                "free: free 3000; free 8000",
                "quit:",
            ],
        ),
    ],
)
def test_keys_come_from_the_hints(errors: list[Problem], expected: list[str]) -> None:
    offered = choices(errors)
    found = [
        f"{one.word}: {'; '.join(' '.join(words) for words in one.commands)}".strip()
        for one in offered
    ]
    assert found == expected
    assert all(len(line.split("  portman ")[0]) <= 34 for line in lines(offered, Style()))
