"""What docs/frameworks.md says, done: each framework in two checkouts at once.

Every command below stands in docs/frameworks.md word for word (a test holds them together).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.integration import needs
from tests.integration.test_servers import DJANGO

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Runner

PAGE = Path(__file__).parents[2] / "docs" / "frameworks.md"
READ = """
    import sys, urllib.request
    print(urllib.request.urlopen(sys.argv[1], timeout=90).read().decode())
    """


class Framework(NamedTuple):
    """The words of the page, what they need, and the files of a project (they say NAME)."""

    name: str
    command: str
    needs: tuple[str, ...]
    files: dict[str, str]
    env: str = ""


FRAMEWORKS = (
    Framework(
        "Django",
        "portman run --service web -- python manage.py runserver {web}",
        ("django",),
        {"manage.py": DJANGO.replace('"hello"', '"hello NAME"')},
    ),
    Framework(
        "Flask",
        "portman run --service web -- flask run",
        ("flask",),
        {
            "app.py": "from flask import Flask\napp = Flask(__name__)\n"
            "app.route('/')(lambda: 'hello NAME')\n"
        },
        'env = ["WEB_PORT", "FLASK_RUN_PORT"]',
    ),
    Framework(
        "FastAPI",
        "portman run --service web -- uvicorn app:app",
        ("fastapi", "uvicorn"),
        {
            "app.py": "from fastapi import FastAPI\napp = FastAPI()\n\n"
            "@app.get('/')\ndef root():\n    return 'hello NAME'\n"
        },
        'env = ["WEB_PORT", "UVICORN_PORT"]',
    ),
    Framework(
        "gunicorn",
        "portman run --service web -- gunicorn app:app -b {web.host}:{web}",
        ("gunicorn",),
        {
            "app.py": "def app(environ, start):\n"
            "    start('200 OK', [])\n    return [b'hello NAME']\n"
        },
    ),
    Framework(
        "Node",
        "portman run --service web -- node server.js",
        ("npm:.",),
        {
            "server.js": "require('http').createServer((q, r) => r.end('hello NAME'))"
            ".listen(process.env.PORT, process.env.HOST)\n"
        },
    ),
    Framework(
        "Vite",
        "portman run --service web -- npx vite --port {web} --strictPort",
        ("npm:vite",),
        {
            "index.html": "<p>hello NAME</p>",
            "vite.config.js": "export default { clearScreen: false }\n",
        },
    ),
    Framework(
        "Next.js",
        "portman run --service web -- npx next dev",
        ("npm:next", "npm:react", "npm:react-dom"),
        {"pages/index.js": "export default function Home() { return <p>hello NAME</p> }\n"},
    ),
)


def prepare(runner: Callable[..., Runner], framework: Framework, name: str) -> Runner:
    """Make a project in a checkout of its own."""
    extra = f", {framework.env}" if framework.env else ""
    checkout = runner(f"[services]\nweb = {{ port = 3000{extra} }}\n", name=name)
    for path, text in framework.files.items():
        file = checkout.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace("NAME", name))
    for need in framework.needs:
        if need.startswith("npm:"):
            package = need.removeprefix("npm:")
            folder = needs.node_package(package) if package != "." else ""
            if folder and not (checkout.folder / "node_modules").exists():
                (checkout.folder / "node_modules").symlink_to(os.path.dirname(folder))
        else:
            needs.module(need)
    return checkout


def words(command: str) -> list[str]:
    """Return the words behind `portman`, with programs as they are found here."""
    programs = {"python": sys.executable}
    beside = os.path.dirname(sys.executable)
    for name in ("flask", "uvicorn", "gunicorn"):
        programs[name] = shutil.which(name, path=beside) or name
    return [programs.get(word, word) for word in command.split()[1:]]


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: str(one.name))
def test_two_checkouts_run_it_at_once(runner: Callable[..., Runner], framework: Framework) -> None:
    """Each listens on its own port and serves its own page."""
    if any(need == "npm:." for need in framework.needs):
        needs.program("node")
    both = [prepare(runner, framework, name) for name in ("main", "feature")]
    env = {"NEXT_TELEMETRY_DISABLED": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    for checkout in both:
        log = (checkout.folder / "log").open("w")
        with log:
            options = {"stdout": log, "stderr": log, "env": {**os.environ, **env}}
            checkout.start(*words(framework.command), **options)
    ports = []
    for checkout in both:
        done = checkout.call("wait", "web", "--timeout", "90")
        assert done.returncode == 0, (done.stderr, (checkout.folder / "log").read_text())
        ports.append(checkout.port("web"))
        url = checkout.call("url", "web").stdout.strip()
        assert f"hello {checkout.folder.name}" in checkout.python(READ, url)
        told = json.loads(checkout.call("check", "--json").stdout)["data"]["services"][0]
        assert told["verdict"] == "running"
    assert len(set(ports)) == 2


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: str(one.name))
def test_the_page_says_what_is_tested(framework: Framework) -> None:
    """Word for word, so that a copied line works."""
    page = PAGE.read_text("utf-8")
    assert framework.command in page
    assert framework.env in page
