"""Which checkout has which Compose project name: no engine is needed to decide it."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Result

    Portman = Callable[..., Result]

IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.org")
FILE = "name: acme\nservices:\n  web:\n    image: x\n    ports: ['26950:80']\n"
MANIFEST = "[containers.web]\ntarget = 80\nport = 26950\n"


def project(folder: Path, compose: str = FILE, manifest: str = MANIFEST) -> Path:
    """Write a project."""
    folder.mkdir(parents=True)
    (folder / "compose.yaml").write_text(compose)
    (folder / "ports.toml").write_text(manifest)
    return folder


def name(folder: Path) -> str | None:
    """Return the project name that portman gave the checkout, None if it gave none."""
    rows = (folder / ".env").read_text().splitlines()
    return dict(row.split("=", 1) for row in rows if "=" in row).get("COMPOSE_PROJECT_NAME")


def test_the_first_keeps_its_name_whatever_the_second_does(
    portman: Portman, tmp_path: Path
) -> None:
    """Also after `down`, as its containers may still run, until its folder is gone."""
    first, second = project(tmp_path / "a" / "shop"), project(tmp_path / "b" / "shop")
    for folder in (first, second):
        assert portman("up", cwd=folder).code == 0
    assert name(first) is None
    assert str(name(second)).startswith("acme-shop-")
    assert portman("down", cwd=first).code == 0
    assert portman("up", cwd=project(tmp_path / "c" / "shop")).code == 0
    assert name(tmp_path / "c" / "shop") is not None
    assert portman("up", cwd=first).code == 0
    assert name(first) is None
    assert portman("down", cwd=first).code == 0
    (tmp_path / "a").rename(tmp_path / "moved")
    fourth = project(tmp_path / "d" / "shop")
    assert portman("up", cwd=fourth).code == 0
    assert name(fourth) is None


def test_a_checkout_from_before_names_were_recorded_keeps_its_own(
    portman: Portman, own_state: Path, tmp_path: Path
) -> None:
    """What an older portman left has no names; what its files say counts."""
    first, second = project(tmp_path / "a" / "shop"), project(tmp_path / "b" / "shop")
    assert portman("up", cwd=first).code == 0
    with closing(sqlite3.connect(own_state / "ledger.db")) as ledger, ledger:
        ledger.execute("DELETE FROM engine_name")
    assert portman("up", cwd=second).code == 0
    assert name(second) is not None
    (first / ".env").unlink()
    assert portman("up", cwd=first).code == 0
    assert name(first) is None


def test_a_worktree_that_has_leases_but_no_name_yet_is_no_rival(
    portman: Portman, own_state: Path, tmp_path: Path
) -> None:
    """It asks first, and is killed before its files are written: the primary keeps the name."""
    first = project(tmp_path / "shop")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", *IDENTITY, *words], cwd=first, check=True)
    subprocess.run(["git", "worktree", "add", "-q", "../fix"], cwd=first, check=True)
    assert portman("up", cwd=tmp_path / "fix").code == 0
    (tmp_path / "fix" / ".env").unlink()
    with closing(sqlite3.connect(own_state / "ledger.db")) as ledger, ledger:
        ledger.execute("DELETE FROM engine_name")
    assert portman("up", cwd=first).code == 0
    assert name(first) is None


@pytest.mark.parametrize("manifest", [MANIFEST, "[services]\nweb = 26951\n"])
def test_two_projects_in_folders_of_one_name(
    portman: Portman, tmp_path: Path, manifest: str
) -> None:
    """Different repositories, with containers or without: the second one gets its own."""
    text = FILE.removeprefix("name: acme\n")
    first = project(tmp_path / "a" / "shop", text, manifest)
    second = project(tmp_path / "b" / "shop", text.replace("web", "app"), manifest)
    for folder in (first, second):
        assert portman("up", cwd=folder).code == 0
    assert name(first) is None
    assert str(name(second)).startswith("shop-")


def test_without_a_place_for_the_name_nothing_is_written_for_compose(
    portman: Portman, tmp_path: Path
) -> None:
    """COMPOSE_PROJECT_NAME in a .env that is no output wins over an override's name."""
    manifest = MANIFEST + '[[output]]\npath = "ports.env"\n'
    folders = [project(tmp_path / one / "shop", FILE, manifest) for one in ("a", "b")]
    for folder in folders:
        (folder / ".env").write_text("COMPOSE_PROJECT_NAME=acme\n")
    assert portman("up", cwd=folders[0]).code == 0
    done = portman("up", cwd=folders[1])
    assert done.code == 5
    assert "the project acme of" in done.err
    assert not (folders[1] / "compose.override.yaml").exists()
    assert (folders[1] / ".env").read_text() == "COMPOSE_PROJECT_NAME=acme\n"


@pytest.mark.parametrize(
    "variable", [("COMPOSE_DISABLE_ENV_FILE", "1"), ("COMPOSE_ENV_FILES", "other.env")]
)
def test_where_compose_does_not_read_env_the_override_has_everything(
    portman: Portman, tmp_path: Path, variable: tuple[str, str]
) -> None:
    """Number and name are in the override; a variable in .env would not reach Compose."""
    text = FILE.replace("'26950:80'", "'${WEB_PORT:-26950}:80'")
    for one in ("a", "b"):
        project(tmp_path / one / "shop", text)
        (tmp_path / one / "shop" / "other.env").touch()
        done = portman("up", cwd=tmp_path / one / "shop", env=dict([variable]))
        assert done.code == 0, done.err
    made = (tmp_path / "b" / "shop" / "compose.override.yaml").read_text()
    assert 'name: "acme-shop-' in made
    assert ":80" in made
    assert "${" not in made
