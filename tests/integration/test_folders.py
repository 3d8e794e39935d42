"""Services that have a folder and an env file of their own, as commands see them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Runner

SHOP = """
[services.web]
dir = "apps/web"
env = "PORT"
env_file = ".env.local"
[services.admin]
dir = "apps/admin"
env = "PORT"
env_file = { path = ".env", rename = { VITE_WEB = "WEB_PORT" } }
[services.old]
dir = "apps/admin/old"
[env]
WEB_URL = "{web.url}"
"""


@pytest.fixture(name="shop")
def _shop(runner: Callable[..., Runner]) -> Runner:
    shop = runner(SHOP)
    for folder in ("web/src", "admin/old"):
        (shop.folder / "apps" / folder).mkdir(parents=True)
    return shop


def lines(path: Path) -> list[str]:
    return [one for one in path.read_text().splitlines() if not one.startswith("#")]


def test_each_program_has_its_own_port_in_its_own_file(shop: Runner, own_state: Path) -> None:
    """`down` takes them out again; a lost ledger comes back from them alone (real files)."""
    shop.call("up")
    web, admin = shop.port("web"), shop.port("admin")
    apps = shop.folder / "apps"
    assert lines(apps / "web/.env.local") == [f"PORT={web}", f"WEB_URL=http://localhost:{web}"]
    assert lines(apps / "admin/.env") == [
        f"PORT={admin}",
        f"WEB_URL=http://localhost:{web}",
        f"VITE_WEB={web}",
    ]
    (shop.folder / ".env").unlink()
    for one in own_state.iterdir():
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    shop.call("up")
    assert (shop.port("web"), shop.port("admin")) == (web, admin)
    shop.call("down")
    assert not [one for one in apps.rglob("*") if one.is_file()]


@pytest.mark.parametrize(
    ("folder", "service"),
    [("apps/web/src", "web"), ("apps/admin", "admin"), ("apps/admin/old", "old"), ("apps", "")],
)
def test_run_and_env_know_the_service_of_their_folder(
    shop: Runner, folder: str, service: str
) -> None:
    """The second time from a receipt (a process each: `run` becomes its command)."""
    shop.call("up")
    port = str(shop.port(service)) if service else ""
    place = str(shop.folder / folder)
    for _ in range(2):
        done = shop.call("-C", place, "run", "--", "sh", "-c", "echo $PORTMAN_SERVICE:$PORT")
        assert done.stdout.strip() == f"{service}:{port}"
        told = json.loads(shop.call("-C", place, "env", "--json").stdout)["data"]
        assert told["service"] == (service or None)
        assert told["env"].get("PORT", "") == (port if service in ("web", "admin") else "")


def test_env_of_a_service_is_what_run_gives_it(shop: Runner) -> None:
    """PORT and HOST too; the project's names stay (the second time from a receipt)."""
    for _ in range(2):
        env = json.loads(shop.call("env", "--service", "admin", "--json").stdout)["data"]["env"]
        assert env["PORT"] == env["ADMIN_PORT"] == str(shop.port("admin"))
        assert env["HOST"] == "127.0.0.1"
    assert shop.call("env", "--service", "admni").returncode == 1
