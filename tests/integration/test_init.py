"""`portman init` in ten projects of the shapes people have (tests/data/projects)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
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
        "web": ("service", 3000, "PORT"),
        "vite": ("service", 3036, "VITE_RUBY_PORT"),
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
        "storybook": ("service", None, "SBCONFIG_PORT", "STORYBOOK_PORT"),
        "db": ("service", 5432),
        "node-debugger": ("service", 9229),
    },
    "vite": {"web": ("service", 5180)},
    "fastapi": {"web": ("service", 8000, "PORT"), "flower": ("service", 5555)},
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
    (folder / "Procfile.dev").write_text("web: vite --port 5199 \x1b[31mred\x1b[0m\n")
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


def test_where_nothing_is_found_nothing_is_written(
    portman: Callable[..., Result], tmp_path: Path
) -> None:
    """It says so and what it looked at; --template writes an example that leases nothing."""
    (tmp_path / "README.md").write_text("Run ./serve --port 7777\n")
    done = portman("init", cwd=tmp_path)
    assert done.code == 1
    assert "no port found" in done.err
    assert "looked at README.md" in done.err
    assert not (tmp_path / "ports.toml").exists()
    assert portman("init", "--template", cwd=tmp_path).code == 0
    assert found((tmp_path / "ports.toml").read_text()) == {}


@pytest.mark.parametrize("place", ["/", "~"])
def test_a_home_folder_gets_none(
    portman: Callable[..., Result], tmp_path: Path, place: str
) -> None:
    """Its ports.toml would be found from every project below it."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "Procfile").write_text("web: vite\n")
    folder = home if place == "~" else Path(place)
    done = portman("init", cwd=folder, env={"HOME": str(home)})
    assert done.code == 1
    assert "is not a project" in done.err
    assert not (home / "ports.toml").exists()


def test_a_preview_shows_what_is_new(portman: Callable[..., Result], tmp_path: Path) -> None:
    """Beside a ports.toml: what it has is left out, and it stays."""
    text = "[services]\nsite = 5180\n"
    (tmp_path / "ports.toml").write_text(text)
    (tmp_path / "Procfile").write_text("web: vite --port 5180\napi: uvicorn a:b --port 8001\n")
    done = portman("init", "-n", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "api = 8001" in done.out
    assert "5180" not in done.out
    (tmp_path / "Procfile").write_text("web: vite --port 5180\n")
    assert "Nothing new" in portman("init", "-n", cwd=tmp_path).out
    assert (tmp_path / "ports.toml").read_text() == text


def test_a_tracked_env_file_is_an_example(portman: Callable[..., Result], tmp_path: Path) -> None:
    """Its addresses are read, and the values go to another file."""
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://a:b@localhost/app\n")
    (tmp_path / "compose.yaml").write_text("services: {db: {image: p, ports: ['5432:5432']}}\n")
    for words in (("init", "-q"), ("add", ".")):
        subprocess.run(("git", *words), cwd=tmp_path, check=True)
    done = portman("init", cwd=tmp_path)
    assert done.code == 0, done.err
    assert ".env is tracked by git" in done.err
    text = (tmp_path / "ports.toml").read_text()
    assert 'DATABASE_URL = "postgresql://a:b@localhost:{db}/app"' in text
    assert '[[output]]\npath = ".env.local"' in text


def test_many_files_take_less_than_a_second(portman: Callable[..., Result], tmp_path: Path) -> None:
    """50,000 files in 1,000 folders; the folders of dependencies are not entered."""
    import time

    for number in range(1000):
        folder = tmp_path / "src" / f"a{number % 40}" / f"b{number}"
        folder.mkdir(parents=True)
        for name in range(50):
            (folder / f"f{name}.ts").touch()
    (tmp_path / "Procfile").write_text("web: vite\n")
    started = time.perf_counter()
    assert portman("init", "-n", cwd=tmp_path).code == 0
    assert time.perf_counter() - started < 3  # 0.5 s alone; the rest is for a busy machine
