"""The newest Docker Engine and Compose that run on this system, with and without docker-proxy.

Tests of other files, run again where an engine may answer or publish differently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine import (
    test_claims,
    test_compose_matrix,
    test_compose_places,
    test_leftovers,
    test_who_free,
)
from tests.engine.conftest import lend, refuse
from tests.engine.daemon import NEWEST, NoEngineError, missing, remove_containers, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.engine.daemon import Engine


@pytest.fixture(scope="module", params=["true", "false"], ids=["proxy", "no-proxy"])
def newest(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Run the newest dockerd, with its userland proxy and without."""
    lack = missing()
    if not (NEWEST / "bin" / "dockerd").exists():
        lack = lack or f"no newer Docker in {NEWEST}: sudo scripts/engine-setup"
    if lack:
        refuse(lack)
    try:
        with running(f"--userland-proxy={request.param}", tools=NEWEST) as engine:
            yield engine
    except NoEngineError as error:
        refuse(str(error))


@pytest.fixture
def engine(newest: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Lend the engine to one test, and take away the containers it leaves."""
    lend(newest, monkeypatch)
    yield newest
    remove_containers(newest)


CHECKS: tuple[Callable[[Engine, Path], None], ...] = (
    test_claims.test_a_created_container_keeps_its_port,
    test_claims.test_ranges_and_addresses_are_understood,
    test_claims.test_a_strangers_container_is_named_and_can_be_stopped,
    test_who_free.test_who_names_the_container_once,
    test_who_free.test_free_stops_the_container_and_no_forwarder,
    test_leftovers.test_a_checkout_goes_away_in_any_order,
    test_compose_places.test_a_url_with_another_checkouts_port_is_named,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.__name__.removeprefix("test_"))
def test_as_on_the_older_engine(
    engine: Engine, project: Path, check: Callable[[Engine, Path], None]
) -> None:
    """Claims, holders, stopping and leftovers: the same answers."""
    version = engine.docker("version", "--format", "{{.Server.Version}}")
    assert int(version.split(".")[0]) >= 26
    check(engine, project)


#: What docker-proxy listens on: addresses, ranges, protocols; and a name, a network of each kind.
PROXIED = (
    *("short", "address", "every", "own-address", "long-host", "both-sides", "any", "range"),
    *("replicas", "both-protocols", "other-port-too", "below-1024", "container-name"),
    *("static-address", "bridge-name", "named-volume"),
)


def test_every_shape_of_a_service(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The matrix once more: all of it without the proxy, with it what it has a part in."""
    shapes = test_compose_matrix.SHAPES
    if "no-proxy" not in request.node.callspec.id:
        shapes = {name: shapes[name] for name in PROXIED}
    test_compose_matrix.bring_every_shape(engine, tmp_path, shapes)
