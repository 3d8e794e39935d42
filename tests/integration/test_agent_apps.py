"""What `portman integrate` writes for git, Playwright and Vitest, read by these tools themselves.

They start the real tools: whether a hook runs, or a config loads, only they know.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration import needs
from tests.processes import ROOT, portman_program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Portman = Callable[..., Any]

GIT = (
    "git",
    "-c",
    "user.name=T",
    "-c",
    "user.email=t@example.org",
    "-c",
    "init.defaultBranch=main",
)


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one commit; `portman` on PATH runs this tree."""
    places = [str(portman_program(tmp_path / "bin", [])), os.path.dirname(sys.executable)]
    monkeypatch.setenv("PATH", os.pathsep.join([*places, os.environ["PATH"]]))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ports.toml").write_text('name = "shop"\n[services]\nweb = "auto"\n')
    (folder / ".gitignore").write_text(".env\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    return folder


def git(folder: Path, *words: str) -> str:
    done = subprocess.run([*GIT, *words], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


HOOKS: dict[str, tuple[str | None, str | None]] = {
    "none": (None, None),
    "their own": (None, '#!/bin/sh\necho theirs >> "$GIT_DIR/theirs"\nexit 0\n'),
    "core.hooksPath": (".githooks", None),
}


@pytest.mark.parametrize("kind", HOOKS)
def test_a_new_worktree_has_its_ports(kind: str, repository: Path, portman: Portman) -> None:
    """By git's own hook, beside another's, also asked from a linked worktree, and only once."""
    place, theirs = HOOKS[kind]
    if place:
        git(repository, "config", "core.hooksPath", place)
    hook = repository / (place or ".git/hooks") / "post-checkout"
    if theirs:
        hook.write_text(theirs)
        hook.chmod(0o755)
    assert portman("integrate", "git", "--yes", cwd=repository).code == 0
    assert os.access(hook, os.X_OK)
    assert (theirs or "").splitlines()[1:] == hook.read_text().splitlines()[
        len(hook.read_text().splitlines()) - len((theirs or "").splitlines()[1:]) :
    ]
    if place:
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", "two")
    git(repository, "worktree", "add", "-q", "../second")
    second = repository.parent / "second"
    port = int(portman("port", "web", cwd=second).out)
    assert (second / ".env").read_text().count(f"WEB_PORT={port}") == 1
    before = (second / ".env").stat()
    git(second, "checkout", "-q", "--detach")
    assert (second / ".env").stat() == before
    again = json.loads(portman("integrate", "git", "--yes", "--json", cwd=second).out)
    assert [one["action"] for one in again["data"]["files"]] == ["unchanged"]


def test_hooks_of_all_repositories_are_left_alone(
    repository: Path, tmp_path: Path, portman: Portman
) -> None:
    git(repository, "config", "core.hooksPath", str(tmp_path / "hooks"))
    done = portman("integrate", "git", "--yes", cwd=repository)
    assert done.code == 1
    assert "shared by all repositories" in done.err
    assert not (tmp_path / "hooks").exists()


def modules_with(package: str) -> str:
    return needs.node_package(package).removesuffix(f"/{package}")


SERVER = """
const http = require('node:http');
http.createServer((_, res) => res.end(process.cwd())).listen(process.env.PORT, '127.0.0.1');
"""
PLAYWRIGHT = """
const { defineConfig } = require('@playwright/test');
module.exports = defineConfig({
  workers: 1, reporter: 'line', testDir: '.', testMatch: 'own.test.js',
  use: { baseURL: 'http://localhost:3456' }, // ours
  webServer: { command: 'node server.js', url: 'http://localhost:3456', reuseExistingServer: true },
});
"""
OWN = """
const { test, expect } = require('@playwright/test');
test('own server', async ({ request }) => {
  expect(await (await request.get('/')).text()).toBe(process.cwd());
});
"""


def test_playwright_tests_its_own_server(
    repository: Path, tmp_path: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    """Two checkouts, each with a server of its own; a server that is up is used if it is ours."""
    modules = modules_with("@playwright/test")
    (repository / "server.js").write_text(SERVER)
    (repository / "own.test.js").write_text(OWN)
    (repository / "ports.toml").write_text('name = "shop"\n[services]\nweb = 3456\n')
    config = repository / "playwright.config.js"
    config.write_text(PLAYWRIGHT)
    assert portman("integrate", "playwright", "--yes", cwd=repository).code == 0
    assert portman("integrate", "playwright", "--undo", cwd=repository).code == 0
    assert config.read_text() == PLAYWRIGHT
    assert not (repository / "portman.ports.cjs").exists()
    assert portman("integrate", "playwright", "--yes", cwd=repository).code == 0
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "two")
    git(repository, "worktree", "add", "-q", "../second")
    second = repository.parent / "second"
    for folder in (repository, second):
        (folder / "node_modules").symlink_to(modules)
        portman("up", cwd=folder)

    def run(folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["node", "node_modules/@playwright/test/cli.js", "test"],
            cwd=folder, capture_output=True, text=True, timeout=100,
        )  # fmt: skip

    first = run(repository)
    assert first.returncode == 0, first.stdout + first.stderr
    assert run(second).returncode == 0
    port = portman("port", "web", cwd=second).out.strip()
    own = started("node", "server.js", cwd=second, env={**os.environ, "PORT": port})
    portman("wait", "web", cwd=second)
    assert run(second).returncode == 0
    assert own.poll() is None
    own.kill()
    own.wait()
    # A server of another checkout on our port is not taken for ours.
    stranger = started("node", "server.js", cwd=repository, env={**os.environ, "PORT": port})
    portman("who", port, cwd=second)
    assert run(second).returncode != 0
    assert stranger.poll() is None


def test_vitest_has_the_variables(repository: Path, portman: Portman) -> None:
    modules = modules_with("vitest")
    (repository / "node_modules").symlink_to(modules)
    config = "import { defineConfig } from 'vitest/config';\n\nexport default defineConfig({\n});\n"
    (repository / "vitest.config.mjs").write_text(config)
    (repository / "own.test.mjs").write_text(
        "import { expect, test } from 'vitest';\n"
        "test('port', () => expect(Number(process.env.WEB_PORT)).toBeGreaterThan(1024));\n"
    )
    assert portman("integrate", "vitest", "--yes", cwd=repository).code == 0
    done = subprocess.run(
        ["node", "node_modules/vitest/vitest.mjs", "run"],
        cwd=repository, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
