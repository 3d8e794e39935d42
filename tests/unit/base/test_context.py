"""Our context managers do what contextlib's do, whatever happens inside."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from portman.base import context


class OddError(Exception):
    """Raised inside."""


def told(library: Any, inside: BaseException | None, then: str) -> list[object]:
    """Return what happens in order, in a manager that treats an error in one of these ways."""
    steps: list[object] = []

    @library.contextmanager
    def manager(name: str, *, more: int = 1) -> Any:
        steps.append((name, more))
        try:
            yield "value"
        except Exception as error:
            steps.append(repr(error))
            if then == "other":
                raise ValueError("other") from error
            if then == "again":
                raise
        else:
            steps.append("clean")
        finally:
            steps.append("finally")
        if then == "twice":
            yield "once more"

    try:
        with manager("name", more=2) as value:
            steps.append(value)
            if inside is not None:
                raise inside  # noqa: TRY301
        steps.append("after")
    except BaseException as error:
        steps += [type(error), error is inside, repr(error.__cause__)]
    return steps


@pytest.mark.parametrize("then", ["swallow", "again", "other", "twice"])
@pytest.mark.parametrize(
    "inside",
    [
        None,
        OddError("x"),
        StopIteration("x"),
        RuntimeError("x"),
        KeyboardInterrupt(),
        GeneratorExit(),
    ],
    ids=repr,
)
def test_as_contextlib_does(inside: BaseException | None, then: str) -> None:
    assert told(context, inside, then) == told(contextlib, inside, then)


@pytest.mark.parametrize(
    ("kinds", "inside"),
    [
        ((OSError,), FileNotFoundError()),
        ((), OSError()),
        ((OSError, ValueError), ValueError()),
        ((OSError,), KeyError()),
        ((OSError,), None),
    ],
    ids=repr,
)
def test_suppress_as_contextlib_does(kinds: tuple[type, ...], inside: Exception | None) -> None:
    def outcome(library: Any) -> object:
        try:
            with library.suppress(*kinds):
                if inside is not None:
                    raise inside  # noqa: TRY301
        except Exception as error:
            return error
        return "went on"

    assert outcome(context) == outcome(contextlib)
