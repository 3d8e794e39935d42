"""The engine of the tests is real: it publishes ports where the tests look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.engine.daemon import Engine


def test_a_container_publishes_where_portman_runs(engine: Engine) -> None:
    """`docker run -p` makes a socket inside the namespace of the tests."""
    engine.docker("run", "-d", "--init", "-p", "127.0.0.1:26001:80", "portman-test:1")
    seen = engine.inside("ss", "-Hltn", "sport = :26001").out
    assert "127.0.0.1:26001" in seen
