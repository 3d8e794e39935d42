"""Names that each checkout has for other tools, and what Compose gets from `run` and `env`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from portman.checkout.ownership import checkout_slug

ROOT = Path(__file__).parents[2]
SHOW = (
    sys.executable,
    "-c",
    "import json, os, sys; print(json.dumps([dict(os.environ), sys.argv]))",
)
MANIFEST = """
[containers.db]
target = 5432
port = 5432
[env]
DATABASE_URL = "postgresql://localhost:{db}/{checkout.slug}"
PROJECT = "{compose.project}"
[[output]]
path = ".env.local"
[[output]]
path = "supabase.toml"
template = "supabase.toml.in"
"""


def portman(*argv: str, cwd: Path, state: Path, **env: str) -> str:
    """Run the command line; return its stdout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
    done = subprocess.run(
        [sys.executable, "-m", "portman", *argv],
        cwd=cwd,
        env={
            **clean,
            "PORTMAN_HOME": str(state),
            "PYTHONPATH": str(ROOT),
            "DOCKER_HOST": f"unix://{state}/none",
            "DOCKER_CONFIG": str(state / "none"),
            **env,
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown(*argv: str, cwd: Path, state: Path, **env: str) -> tuple[dict[str, str], list[str]]:
    """Return environment and arguments of a command under `run`."""
    found, words = json.loads(
        portman("run", "--no-hold", "--", *SHOW, *argv, cwd=cwd, state=state, **env)
    )
    return found, words[1:]


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Path:
    """Return a repository with a Compose file and an override of its own, and two worktrees."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "ports.toml").write_text(MANIFEST)
    (shop / "supabase.toml.in").write_text(
        'project_id = "${checkout.slug}"\nc = "${compose.project}"\n'
    )
    (shop / "compose.yaml").write_text('services:\n  db:\n    image: x\n    ports: ["5432:5432"]\n')
    (shop / "compose.override.yaml").write_text("services: {db: {environment: [A=b]}}\n")
    git = ("git", "-C", str(shop), "-c", "user.name=t", "-c", "user.email=t@example.org")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "x")):
        subprocess.run([*git, *words], check=True)
    subprocess.run([*git, "worktree", "add", "-q", str(tmp_path / "9-Fix_Ünder")], check=True)
    return shop


def test_every_checkout_has_names_of_its_own(shop: Path, tmp_path: Path) -> None:
    """In [env], templates and arguments alike; the same at every run; Compose takes the project."""
    found = {}
    for folder in (shop, tmp_path / "9-Fix_Ünder"):
        for _ in range(2):
            env, words = shown(
                "db={checkout.slug}", "{compose.project}", cwd=folder, state=tmp_path / "s"
            )
            slug = env["DATABASE_URL"].rpartition("/")[2]
            made = (folder / "supabase.toml").read_text()
            assert words == [f"db={slug}", env["PROJECT"]]
            assert f'project_id = "{slug}"\nc = "{env["PROJECT"]}"' in made
            assert slug == checkout_slug(str(folder))
            assert found.setdefault(folder, (slug, env["PROJECT"])) == (slug, env["PROJECT"])
            assert env.get("COMPOSE_PROJECT_NAME", "shop") == env["PROJECT"]
    assert (
        len({slug for slug, _ in found.values()}) == len({name for _, name in found.values()}) == 2
    )


@pytest.mark.parametrize(
    "path", ["/a/shop", "/b/shop", "/x/9", "/x/Ünder_score", "/", "/x/" + "a" * 300]
)
def test_a_slug_is_valid_wherever_a_name_is_asked_for(path: str) -> None:
    """PostgreSQL, MySQL, S3, DNS, Docker: letters and digits, a letter first, 9 to 28 of them."""
    slug = checkout_slug(path)
    assert re.fullmatch(r"[a-z][a-z0-9]{8,27}", slug)
    assert slug != checkout_slug(path, "ci")


def test_run_and_env_say_the_same_to_compose(shop: Path, tmp_path: Path) -> None:
    """The list of files, the project's name; under a receipt too, and again inside of itself."""
    state, tree = tmp_path / "s", tmp_path / "9-Fix_Ünder"
    portman("up", cwd=tree, state=state)
    said = json.loads(portman("env", "--json", cwd=tree, state=state))["data"]["env"]
    wanted = {name: value for name, value in said.items() if name.startswith("COMPOSE_")}
    assert {"COMPOSE_FILE", "COMPOSE_PROJECT_NAME"} <= set(wanted)
    for _ in range(3):
        env, _ = shown(cwd=tree, state=state)
        assert {name: env[name] for name in wanted} == wanted
    first, _ = shown(cwd=shop, state=state, **env)  # started by a command of the other checkout
    assert "COMPOSE_PROJECT_NAME" not in first
    assert str(tree) not in first.get("COMPOSE_FILE", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_two_folders_at_one_path_have_two_slugs_for_good(tmp_path: Path) -> None:
    """Two containers that mount their project at /app and share the state folder: namespaces."""
    state, app = tmp_path / "s", tmp_path / "app"
    app.mkdir()
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ports.toml").write_text('[services]\nweb = "auto"\n')

    def seen(name: str, *words: str) -> str:
        mount = ("sh", "-c", 'mount --bind "$1" "$2"; shift 2; exec "$@"', "sh")
        command = (sys.executable, "-m", "portman", "-C", str(app), *words)
        views = ("unshare", "--mount", *mount, str(tmp_path / name), str(app), *command)
        env = os.environ | {"PORTMAN_HOME": str(state)}
        return subprocess.run(views, env=env, capture_output=True, text=True, check=True).stdout

    def slug(name: str) -> str:
        seen(name, "up")
        return seen(name, "run", "--", "echo", "{checkout.slug}").strip()

    first = {name: slug(name) for name in ("one", "two", "three")}
    assert len(set(first.values())) == 3
    assert first["one"] == checkout_slug(str(app))
    for name in ("one", "two"):
        seen(name, "down")
    assert {name: slug(name) for name in ("two", "three", "one")} == first
