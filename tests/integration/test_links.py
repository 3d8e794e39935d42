"""[links]: another project's ports in [env], read from its manifest and the ledger only."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Portman = Callable[..., Any]

SHOP = """
[services]
web = "auto"
[links]
accounts = "../accounts"
[env]
API = "{accounts.api.url}/v1"
PORT2 = "{accounts.shard.2}"
HOST = "{accounts.six.host}"
SIX = "{accounts.six.url}"
"""
ACCOUNTS = """
[services]
api = "auto"
shard = { count = 2 }
six = { host = "127.0.0.2" }
"""


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Path:
    for name, text in (("shop", SHOP), ("accounts", ACCOUNTS)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ports.toml").write_text(text)
    return tmp_path / "shop"


def env(portman: Portman, folder: Path, *more: str) -> dict[str, str]:
    """Return the variables of a checkout."""
    done = portman("env", "--json", *more, cwd=folder)
    assert done.code == 0, done
    found: dict[str, str] = json.loads(done.out)["data"]["env"]
    return found


def port(portman: Portman, folder: Path, name: str, *more: str) -> int:
    """Return a service's port."""
    return int(portman("port", name, *more, cwd=folder).out.split()[0])


def test_a_missing_lease_names_the_command_to_run_there(shop: Path, portman: Portman) -> None:
    """Nothing is leased over there; the next command, as it is printed, mends it."""
    up = portman("up", cwd=shop)
    assert up.code == 1
    assert "accounts.api has no port yet" in up.err
    assert "portman -C ../accounts up" in up.err
    assert "accounts" not in portman("list", cwd=shop).out
    assert not (shop / ".env").exists()
    for command in (("check",), ("env",)):
        done = portman(*command, "--json", cwd=shop)
        assert done.code == 1
        assert "link-unleased" in [one["code"] for one in json.loads(done.out)["errors"]]
    assert portman("port", "web", cwd=shop).code == 0
    assert portman("-C", "../accounts", "up", cwd=shop).code == 0
    assert portman("up", cwd=shop).code == 0
    values, there = env(portman, shop), shop.parent / "accounts"
    assert values["API"] == f"http://localhost:{port(portman, there, 'api')}/v1"
    assert values["PORT2"] == str(port(portman, there, "shard") + 1)
    assert values["HOST"] == "127.0.0.2"
    assert "API=http://localhost" in (shop / ".env").read_text()


def test_a_port_that_moves_there_makes_our_outputs_stale(shop: Path, portman: Portman) -> None:
    """Remembered answers do not outlive the other checkout's lease or manifest."""
    there = shop.parent / "accounts"
    portman("up", cwd=there)
    for _ in range(3):
        assert portman("up", "--json", cwd=shop).code == 0
        assert portman("check", "--json", cwd=shop).code == 0
    portman("down", cwd=there)
    assert portman("check", "--json", cwd=shop).code == 1
    (there / "ports.toml").write_text(ACCOUNTS.replace("127.0.0.2", "127.0.0.3"))
    portman("up", cwd=there)
    assert portman("up", "--json", cwd=shop).code == 0
    for _ in range(3):
        assert env(portman, shop)["HOST"] == "127.0.0.3"
    (there / "ports.toml").write_text(ACCOUNTS.replace("six", "seven"))
    done = portman("env", cwd=shop)
    assert done.code == 1
    assert "has no service 'six'" in done.err


def test_a_missing_checkout_and_an_unknown_service(shop: Path, portman: Portman) -> None:
    """Where it was looked for, and the nearest name."""
    (shop / "ports.toml").write_text(SHOP.replace("accounts.api", "accounts.ap"))
    done = portman("up", cwd=shop)
    assert done.code == 1
    assert "did you mean accounts.api?" in done.err
    (shop / "ports.toml").write_text(SHOP.replace("../accounts", "../nowhere"))
    done = portman("up", cwd=shop)
    assert done.code == 1
    assert f"there is no ports.toml in {shop.parent}/nowhere" in done.err
    assert "ports.local.toml" in done.err


def test_the_others_faulty_manifest_is_told_as_such(shop: Path, portman: Portman) -> None:
    """Exit 4, with the name of the file that is wrong."""
    (shop.parent / "accounts" / "ports.toml").write_text("[services]\napi = 0\n")
    done = portman("env", cwd=shop)
    assert done.code == 4
    assert "accounts/ports.toml:2" in done.err


def test_instances_and_a_persons_own_path(shop: Path, portman: Portman) -> None:
    """ports.local.toml moves a link; a table form names an instance."""
    moved = shop.parent / "elsewhere"
    (shop.parent / "accounts").rename(moved)
    (shop / "ports.local.toml").write_text(
        f'[links]\naccounts = {{ path = "{moved}", instance = "ci" }}\n'
    )
    done = portman("up", cwd=shop)
    assert "elsewhere --instance ci up" in done.err
    portman("-C", str(moved), "--instance", "ci", "up")
    assert portman("up", cwd=shop).code == 0
    number = port(portman, moved, "api", "--instance", "ci")
    assert env(portman, shop)["API"] == f"http://localhost:{number}/v1"


def test_two_projects_may_link_each_other(shop: Path, portman: Portman) -> None:
    """The first `up` leases before it complains, so there is no deadlock."""
    there = shop.parent / "accounts"
    (there / "ports.toml").write_text(
        ACCOUNTS + '[links]\nshop = "../shop"\n[env]\nORIGIN = "{shop.web.url}"\n'
    )
    assert portman("up", cwd=shop).code == 1
    assert portman("up", cwd=there).code == 0
    assert portman("up", cwd=shop).code == 0
    assert env(portman, there)["ORIGIN"].endswith(str(port(portman, shop, "web")))


def test_a_worktree_elsewhere_finds_the_sibling_of_the_main_checkout(
    shop: Path, portman: Portman
) -> None:
    """`.worktrees/x` has no `../accounts`; the main checkout's sibling stands in."""
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], cwd=shop, check=True)
    subprocess.run([*git, "add", "ports.toml"], cwd=shop, check=True)
    subprocess.run([*git, "commit", "-qm", "x"], cwd=shop, check=True)
    subprocess.run([*git, "worktree", "add", "-q", ".worktrees/x"], cwd=shop, check=True)
    portman("up", cwd=shop.parent / "accounts")
    tree = shop / ".worktrees" / "x"
    assert portman("up", cwd=tree).code == 0
    assert env(portman, tree)["API"] == env(portman, shop)["API"]
    near = shop / ".worktrees" / "accounts"  # a nearer one takes over
    near.mkdir()
    (near / "ports.toml").write_text(ACCOUNTS)
    assert portman("up", cwd=tree).code == 1
