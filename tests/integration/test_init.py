"""`portman init` in ten projects of the shapes people have (tests/data/projects)."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman.manifest.parse import parse_manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes import Result

PROJECTS = Path(__file__).resolve().parents[1] / "data" / "projects"
#: project -> name -> (kind, port, variables if not the default).
EXPECTED: dict[str, dict[str, tuple[Any, ...]]] = {
    "django": {
        "db": ("container", 5432),
        "redis": ("container", 6379),
        "web": ("container", 8000),
    },
    "rails": {
        "web": ("service", 3000),
        "vite": ("service", 3036),
        "postgres": ("container", 5432),
        "mailcatcher": ("container", 1025),
        "mailcatcher-1080": ("container", 1080),
    },
    "next-api": {
        "web": ("service", 3000),
        "api": ("service", 4000),
        "storybook": ("service", 6006),
    },
    "spring": {"web": ("service", 8081, "SERVER_PORT"), "mysql": ("container", 3306)},
    "go-services": {
        "gateway": ("service", 8080),
        "billing": ("service", 50051),
        "nats": ("container", 4222),
        "nats-8222": ("container", 8222),
        "jaeger": ("container", 16686),
        "jaeger-6831": ("container", 6831),
    },
    "supabase": {
        "web": ("service", 5173),
        "supabase-api": ("service", 54321),
        "supabase-db": ("service", 54322),
        "supabase-db-shadow": ("service", 54320),
        "supabase-studio": ("service", 54323),
        "supabase-inbucket": ("service", 54324),
        "kong": ("container", 8000, "KONG_HTTP_PORT"),
        "kong-8443": ("container", 8443, "KONG_HTTPS_PORT"),
        "db": ("container", 5432, "POSTGRES_PORT"),
    },
    "monorepo": {
        "web": ("service", 3000),
        "admin": ("service", None),
        "docs": ("service", 3001),
        "storybook": ("service", 6006),
        "db": ("service", 5432),
        "node-debugger": ("service", 9229),
    },
    "vite": {"web": ("service", 5180)},
    "fastapi": {"web": ("service", 8000), "flower": ("service", 5555)},
    "container": {"app": ("container", 8080), "app-2": ("container", 9113)},
}


def found(text: str) -> dict[str, tuple[Any, ...]]:
    """Return the entries of a ports.toml in the shape of EXPECTED."""
    result: dict[str, tuple[Any, ...]] = {}
    for one in parse_manifest(text.encode(), None).services:
        default = one.name.replace("-", "_").upper() + "_PORT"
        more = () if one.env == (default,) else one.env
        result[one.name] = (one.kind, one.usual, *more)
    return result


def test_every_project_is_expected() -> None:
    """No project is without an expectation, and none is expected that is not there."""
    assert set(EXPECTED) == {one.name for one in PROJECTS.iterdir()}
    assert len(EXPECTED) >= 8


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_is_there_is_proposed(
    portman: Callable[..., Result], tmp_path: Path, name: str
) -> None:
    """Every port, its name, its variable; with a comment that names the file; and `up` takes it."""
    folder = tmp_path / name
    shutil.copytree(PROJECTS / name, folder)
    done = portman("init", "--json", cwd=folder)
    assert done.code == 0, done.out + done.err
    data = json.loads(done.out)["data"]
    text = (folder / "ports.toml").read_text()
    assert text == data["text"]
    assert found(text) == EXPECTED[name]
    for one in data["found"]:
        file = one["sources"][0].split(" ")[0].split(":")[0]
        assert (folder / file).is_file(), one
        assert f"# {one['sources'][0]}"[:150] in text
    up = portman("check", "--json", cwd=folder)
    assert {one["code"] for one in json.loads(up.out)["errors"]} == {"lease-missing"}


def test_lines_are_told(portman: Callable[..., Result], tmp_path: Path) -> None:
    """A comment names the line, as editors open it."""
    shutil.copytree(PROJECTS / "django", tmp_path / "p")
    text = portman("init", "--dry-run", cwd=tmp_path / "p").out
    assert '# docker-compose.yml:11 publishes "6379:6379"' in text
    assert 'DATABASE_URL = "postgres://postgres:postgres@localhost:{db}/postgres"' in text
    assert not (tmp_path / "p" / "ports.toml").exists()


def test_it_is_shown_and_written(portman: Callable[..., Result], tmp_path: Path) -> None:
    """What is written is also what is shown."""
    shutil.copytree(PROJECTS / "vite", tmp_path / "p")
    done = portman("init", cwd=tmp_path / "p")
    text = (tmp_path / "p" / "ports.toml").read_text()
    assert done.out.startswith(text)
    assert "1 port found here" in done.out


def test_nothing_is_overwritten(portman: Callable[..., Result], tmp_path: Path) -> None:
    """A ports.toml that is there stays, even a broken link of that name."""
    shutil.copytree(PROJECTS / "vite", tmp_path / "p")
    (tmp_path / "p" / "ports.toml").symlink_to("nowhere")
    done = portman("init", cwd=tmp_path / "p")
    assert done.code == 1
    assert "exists already" in done.err
    assert not (tmp_path / "p" / "nowhere").exists()


def test_hostile_files_do_no_harm(portman: Callable[..., Result], tmp_path: Path) -> None:
    """FIFOs, links out, endless nesting, control characters, huge files: bounded, or left out."""
    folder = tmp_path / "p"
    folder.mkdir()
    os.mkfifo(folder / "Procfile")
    (folder / "Dockerfile").symlink_to("/dev/zero")
    (folder / "package.json").write_text("[" * 100_000)
    (folder / "manage.py").write_bytes(b"\xff\xfe\0django")
    (folder / "Procfile.dev").write_text("web: \x1b[31mvite --port 5199\x1b[0m\n")
    (folder / ".env.example").write_text("A_PORT=99999\nPATH_PORT=80\nPATH=localhost:5199\n")
    deep = folder
    for _ in range(30):
        deep = deep / "d"
        deep.mkdir()
    (deep / "package.json").write_text('{"scripts": {"dev": "vite"}}')
    bomb = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 30))
    (folder / "compose.yaml").write_text(
        f"x0: &x0 [1]\n{bomb}services:\n  db: {{ports: ['5432:5432']}}\n"
    )
    done = portman("init", cwd=folder)
    assert done.code == 0, done.err
    assert "\x1b" not in done.out
    entries = found((folder / "ports.toml").read_text())
    assert entries["db"] == ("container", 5432)
    assert entries["web"] == ("service", 5199)


def test_where_nothing_is_found_there_is_a_starter(
    portman: Callable[..., Result], tmp_path: Path
) -> None:
    """An empty folder gets the commented manifest with one service."""
    assert portman("init", cwd=tmp_path).code == 0
    assert found((tmp_path / "ports.toml").read_text()) == {"web": ("service", 3000)}
