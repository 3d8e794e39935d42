"""Containers of an adopted project: three checkouts by `docker compose -f`, no override."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.engine.daemon import IMAGE
from tests.engine.test_compose import commit, values, worktree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Engine

FILE = "docker/dev/compose.yml"
COMPOSE = f"""\
services:
  web: # the page
    image: {IMAGE}
    init: true
    container_name: adopted-web
    command: [httpd, -f, -p, "80", -h, /www]
    volumes: ["../../who:/www/index.html:ro"]
    ports:
      - 26980:80
"""
ASK = (
    "import sys, time, urllib.request\n"
    "for _ in range(50):\n"
    "    try:\n"
    "        print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())\n"
    "        break\n"
    "    except OSError:\n"
    "        time.sleep(0.2)\n"
)


def test_three_checkouts_run_at_once(engine: Engine, project: Path) -> None:
    """Each container has its own name and port, and answers for its checkout."""
    (project / "docker" / "dev").mkdir(parents=True)
    (project / FILE).write_text(COMPOSE)
    (project / "package.json").write_text(
        f'{{"scripts": {{"db": "docker compose -f {FILE} up -d"}}}}\n'
    )
    (project / ".gitignore").write_text("who\n")
    commit(project)
    before = (project / FILE).read_bytes()
    assert engine.portman("adopt", "--yes", cwd=project).code == 0
    commit(project)
    checkouts = [project, worktree(project, "fix"), worktree(project, "next")]
    for checkout in checkouts:
        (checkout / "who").write_text(checkout.name)
        assert engine.portman("up", cwd=checkout).code == 0
        engine.docker("compose", "-f", FILE, "up", "-d", cwd=checkout)
    for checkout in checkouts:
        port = values(checkout, "docker/dev/.env")["WEB_PORT"]
        said = engine.inside(sys.executable, "-c", ASK, f"http://127.0.0.1:{port}/")
        assert said.out.strip() == checkout.name
    assert engine.portman("adopt", "--check", cwd=checkouts[1]).code == 0
    for checkout in reversed(checkouts):
        engine.docker("compose", "-f", FILE, "down", "-t", "0", cwd=checkout)
        assert engine.portman("down", cwd=checkout).code == 0
    assert engine.portman("adopt", "--undo", cwd=project).code == 0
    assert (project / FILE).read_bytes() == before
