"""`run` with real programs: their port, their address, their wrappers, and no ports.toml."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.integration import needs
from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Runner

SHOP = '[services]\nweb = "auto"\n'
WSGI = """
def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""
ASGI = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})
"""
PAGE = {"index.html": "hello", "package.json": '{"scripts": {"dev": "vite", "raw": "tsc; vite"}}'}
DJANGO = """
import sys
from django.conf import settings
from django.core.management import execute_from_command_line
settings.configure(DEBUG=True, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
urlpatterns = []
execute_from_command_line(sys.argv)
"""
RACK = "run ->(_) { [200, {}, ['hello']] }\n"
FLASK = "import flask\napp = flask.Flask(__name__)\n"
PROGRAMS = [
    ("vite", "vite", PAGE),
    ("vite", "npm run dev", PAGE),
    ("uvicorn", "uvicorn shop:app", {"shop.py": ASGI}),
    ("uvicorn", f"{PYTHON} -m uvicorn shop:app", {"shop.py": ASGI}),
    ("gunicorn", "gunicorn shop:app", {"shop.py": WSGI}),
    ("flask", "flask --app shop run", {"shop.py": FLASK}),
    ("npm:next", "next dev", {"pages/index.js": "export default () => 'hello'\n"}),
    ("django", f"{PYTHON} manage.py runserver --noreload", {"manage.py": DJANGO}),
    ("", f"{PYTHON} -m http.server", {}),
    ("program:puma", "puma", {"config.ru": RACK}),
    ("program:redis-server", "redis-server", {}),
]


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


LISTENERS = """
    import sys, time
    def listening(port):
        found = []
        for table in ("tcp", "tcp6"):
            with open(f"/proc/net/{table}") as rows:
                cells = [row.split() for row in rows][1:]
            found += [one[1] for one in cells if one[3] == "0A" and int(one[1][-4:], 16) == port]
        return " ".join(one.partition(":")[0] for one in found)
    end = time.monotonic() + 40
    while not (found := listening(int(sys.argv[1]))) and time.monotonic() < end:
        time.sleep(0.05)
    print(found)
    """
#: 127.0.0.1, as the kernel's table has it.
OURS, WIDE = "0100007F", {"0" * 8, "0" * 32}
#: Programs that listen on every address unless told.
EVERYWHERE = ("next", "puma", "redis-server", "")


def wait_for(shop: Runner, port: int) -> str:
    """Return the addresses on which a port is listened on, in the network of the test."""
    return shop.python(LISTENERS, str(port)).strip()


@pytest.mark.parametrize(("need", "command", "files"), PROGRAMS)
def test_a_program_obeys_on_its_own_address(
    runner: Callable[..., Runner], need: str, command: str, files: dict[str, str]
) -> None:
    """The real server listens on the leased port of 127.0.0.1.

    And nowhere else, unless it listens everywhere of itself: then a person chose it so.
    """
    kind, _, name = need.rpartition(":")
    if need:
        known = {"npm": needs.node_package, "program": needs.program, "": needs.module}
        known["npm" if need == "vite" else kind](name)
    shop = runner(SHOP)
    fill(shop.folder, files)
    if kind == "npm":
        packages = os.environ["NODE_PATH"].split(os.pathsep)[0]
        (shop.folder / "node_modules").symlink_to(packages)
    port = shop.port("web")
    process = shop.start("run", "--service", "web", "--", *shlex.split(command))
    try:
        found = wait_for(shop, port)
        assert found == OURS or (set(found.split()) & WIDE and name in EVERYWHERE)
    finally:
        process.terminate()
        process.wait(30)


def test_without_a_manifest_a_known_program_gets_a_port(runner: Callable[..., Runner]) -> None:
    """One line says which and how to keep it; the next time it is the same (a real vite)."""
    needs.node_package("vite")
    shop = runner(SHOP)
    (shop.folder / "ports.toml").unlink()
    fill(shop.folder, PAGE)
    done = shop.call("run", "--", "sh", "-c", "echo")
    assert "there is no ports.toml" in done.stderr
    process = shop.start("run", "--", "npm", "run", "dev")
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert "no ports.toml here: vite gets " in line
        assert "portman init" in line
        port = int(line.split("vite gets ")[1].split()[0])
        assert wait_for(shop, port) == OURS
        listed = json.loads(shop.call("list", "--json").stdout)["data"]["checkouts"]
        assert [one["checkout"] for one in listed] == [str(shop.folder)]
    finally:
        process.terminate()
        process.wait(30)
    assert sorted(path.name for path in shop.folder.iterdir() if path.is_file()) == sorted(PAGE)


def test_no_flags_leaves_the_command_alone(runner: Callable[..., Runner]) -> None:
    """A stand-in of the name shows what it is started with (processes: `run` becomes it)."""
    shop = runner(SHOP)
    (shop.folder / "vite").write_text('#!/bin/sh\necho "$@"\n')
    (shop.folder / "vite").chmod(0o755)
    port = shop.port("web")
    done = shop.call("run", "--service", "web", "--", "./vite")
    assert done.stdout.strip() == f"--port {port} --strictPort --host 127.0.0.1"
    assert done.stderr.count("web: vite dev gets") == 1
    done = shop.call("run", "--no-flags", "--service", "web", "--", "./vite")
    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize(
    ("argv", "files", "said"),
    [
        (["turbo", "dev"], {}, "turbo does not pass on WEB_PORT"),
        (["turbo", "dev"], {"turbo.json": '{"globalPassThroughEnv": ["*_PORT"]}'}, ""),
        (["turbo", "dev", "--env-mode=loose"], {}, ""),
        (["tox"], {"tox.ini": "[testenv]\npass_env = HOME\n"}, "tox does not pass on WEB_PORT"),
        (["tox"], {"tox.ini": "[testenv]\npass_env =\n    HOME\n    *_PORT\n"}, ""),
        (["env", "-i", "true"], {}, "env -i does not pass on WEB_PORT"),
        (["sudo", "-E", "true"], {}, ""),
    ],
)
def test_wrappers_that_drop_variables_are_named(
    runner: Callable[..., Runner], argv: list[str], files: dict[str, str], said: str
) -> None:
    """Before the start, which happens all the same (stand-ins of the names)."""
    shop = runner(SHOP)
    fill(shop.folder, files)
    tools = shop.folder / "bin"
    tools.mkdir()
    for name in ("turbo", "tox", "sudo"):
        (tools / name).write_text("#!/bin/sh\necho started\n")
        (tools / name).chmod(0o755)
    shop.call("up")
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    done = shop.call("run", "--", *argv, PATH=path)
    assert ("does not pass on" in done.stderr) == bool(said)
    assert said in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("tool", ["honcho", "make"])
def test_an_ephemeral_run_keeps_its_ports_where_the_env_file_wins(
    runner: Callable[..., Runner], tool: str
) -> None:
    """The real tools: .env has the lasting checkout's port, and they prefer it."""
    needs.program(tool)
    shop = runner(SHOP)
    shop.call("up")
    lasting = shop.port("web")
    show = "echo port=$WEB_PORT other=$OTHER"
    (shop.folder / ".env").write_text((shop.folder / ".env").read_text() + "OTHER=kept\n")
    fill(
        shop.folder,
        {
            "Procfile": f"web: {show}\n",
            "Makefile": f"-include .env\nexport\nshow:\n\t@{show.replace('$', '$$')}\n",
        },
    )
    words = {"honcho": ["honcho", "start"], "make": ["make", "show"]}[tool]
    done = shop.call("run", "--ephemeral", "--", *words)
    text = subprocess.list2cmdline([done.stdout])
    assert "other=kept" in text
    assert "port=" in text
    assert f"port={lasting}" not in text
