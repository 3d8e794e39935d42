"""Ports for as long as one program runs: --ephemeral and --instance, also after kill -9."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import PYTHON

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.processes import Runner

SHOP = '[services]\nweb = 3000\napi = "auto"\n'


@pytest.fixture(name="shop")
def _shop(runner: Callable[..., Runner]) -> Runner:
    return runner(SHOP)


def checkouts(shop: Runner) -> dict[str, Any]:
    """Return the checkouts of the ledger by instance."""
    told = json.loads(shop.call("list", "--json").stdout)
    return {one["instance"]: one for one in told["data"]["checkouts"]}


def soon(what: Callable[[], bool]) -> None:
    """Wait for what doubt may put off: a process that another test runs hides its environment."""
    limit = time.monotonic() + 40
    while not what():
        assert time.monotonic() < limit
        time.sleep(0.3)


def sleeper(shop: Runner, *options: str) -> subprocess.Popen[str]:
    """Start a command that sleeps; return once it runs."""
    process = shop.start("run", *options, "--", "sh", "-c", "echo $WEB_PORT; exec sleep 60")
    assert process.stdout is not None
    assert process.stdout.readline().strip().isdigit()
    return process


def test_an_ephemeral_run_has_ports_of_its_own(shop: Runner) -> None:
    """Not the checkout's, not the usual ones; all through the environment, no file."""
    done = shop.call("run", "--ephemeral", "--", "sh", "-c", "echo $WEB_PORT $PORTMAN_CHECKOUT")
    port, token = done.stdout.split()
    assert port != "3000"
    assert token.startswith(f"{shop.folder}#run-")
    assert [path.name for path in shop.folder.iterdir()] == ["ports.toml"]
    assert shop.port("web") == 3000


def test_what_it_starts_asks_for_the_same_ports(shop: Runner) -> None:
    """`portman port web` in a test means the test's own; `up` writes no file there either."""
    me = f"{PYTHON} -m portman"
    code = f"echo $WEB_PORT; {me} port web; {me} up -q; {me} run -- sh -c 'echo $WEB_PORT'"
    ports = shop.call("run", "--ephemeral", "--", "sh", "-c", code).stdout.split()
    assert len(ports) == 3
    assert len(set(ports)) == 1
    assert [path.name for path in shop.folder.iterdir()] == ["ports.toml"]


@pytest.mark.parametrize("options", [("--ephemeral",), ("--instance", "ci-7")])
def test_leases_end_with_the_process_also_after_kill_9(
    shop: Runner, options: tuple[str, ...]
) -> None:
    """Nobody gives them back: the next allocation does, and so does gc."""
    shop.call("up")
    process = sleeper(shop, *options)
    (name,) = set(checkouts(shop)) - {""}
    assert checkouts(shop)[name]["ephemeral"]
    assert not checkouts(shop)[name]["gone"]
    assert "gave back" not in shop.call("gc").stdout
    process.kill()
    process.wait(timeout=10)
    soon(lambda: checkouts(shop)[name]["gone"])

    def is_dropped() -> bool:
        shop.call("run", "--ephemeral", "--", "true")
        return name not in checkouts(shop)

    soon(is_dropped)


def test_a_zombie_owns_nothing(shop: Runner) -> None:
    """Killed, and its parent has not asked yet how it ended."""
    process = sleeper(shop, "--ephemeral")
    process.kill()
    time.sleep(0.3)
    assert os.path.exists(f"/proc/{process.pid}")
    soon(lambda: "gave back 2 ports" in shop.call("gc").stdout)


def test_an_instance_belongs_to_everybody_who_runs_in_it(shop: Runner) -> None:
    """It ends with the last of them."""
    first = sleeper(shop, "--instance", "ci-7")
    second = sleeper(shop, "--instance", "ci-7")
    first.kill()
    first.wait(timeout=10)
    shop.call("gc")
    assert not checkouts(shop)["ci-7"]["gone"]
    second.kill()
    second.wait(timeout=10)

    def is_dropped() -> bool:
        shop.call("gc")
        return "ci-7" not in checkouts(shop)

    soon(is_dropped)


def test_an_instance_that_up_made_stays(shop: Runner) -> None:
    """`run` joins it and ends nothing; --ephemeral would, so it refuses."""
    shop.call("--instance", "ci", "up")
    port = shop.call("--instance", "ci", "port", "web").stdout
    done = shop.call("run", "--instance", "ci", "--", "sh", "-c", "echo $WEB_PORT")
    assert done.stdout == port
    shop.call("gc")
    assert not checkouts(shop)["ci"]["ephemeral"]
    assert (shop.folder / ".env.ci").exists()
    done = shop.call("run", "--ephemeral", "--instance", "ci", "--", "true")
    assert done.returncode == 2
    assert "portman --instance ci down" in done.stderr


def test_many_at_once_never_share_a_port(shop: Runner) -> None:
    """Sixteen test runs of one checkout at the same time, each with ports of its own."""

    def one(_: int) -> list[str]:
        code = "echo $WEB_PORT $API_PORT; sleep 1"
        return shop.call("run", "--ephemeral", "--", "sh", "-c", code).stdout.split()

    with ThreadPoolExecutor(16) as pool:
        ports = [port for found in pool.map(one, range(16)) for port in found]
    assert len(ports) == 32
    assert len(set(ports)) == 32


def test_what_an_ephemeral_run_leaves_is_not_remembered(shop: Runner) -> None:
    """Ten thousand test runs must not push out what real checkouts had."""
    for _ in range(3):
        shop.call("run", "--ephemeral", "--", "true")
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "print(*(c.execute(f'SELECT count(*) FROM {t}').fetchone()[0]"
        " for t in ('former', 'owner', 'checkout', 'lease')))"
    )
    ledger = os.path.join(os.environ["PORTMAN_HOME"], "ledger.db")

    def is_empty() -> bool:
        shop.call("gc")
        return shop.python(code, ledger) == "0 0 0 0\n"

    soon(is_empty)
