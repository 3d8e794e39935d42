"""Real servers under `portman run`: each starts on its port while that is held, and is ours.

Each is started twice: a restart meets what the first life left behind.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.integration import needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Runner

APP = """\
def wsgi(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})
"""
FLASK = """\
from flask import Flask
app = Flask(__name__)
app.route("/")(lambda: "hello")
"""
DJANGO = """\
import sys
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
urlpatterns = [path("", lambda request: HttpResponse("hello"))]
execute_from_command_line(sys.argv)
"""
NGINX = """\
daemon off; error_log stderr; pid nginx.pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t;
  scgi_temp_path t;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 "hello"; }} }}
}}
"""
PERL = (
    "use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1',"
    " LocalPort => $ARGV[0], Listen => 5) or die qq(cannot bind: $!);"
    " while (my $c = $s->accept)"
    " { my $x = <$c>; print $c qq(HTTP/1.0 200 OK\\r\\n\\r\\nhello); close $c }"
)
NODE = "require('http').createServer((q, r) => r.end('hello')).listen({ port: +process.argv[1]%s })"


def http_server(folder: Path) -> list[str]:
    """Serve a folder."""
    (folder / "index.html").write_text("hello")
    return [sys.executable, "-m", "http.server", "{web}", "--bind", "127.0.0.1"]


def uvicorn(folder: Path) -> list[str]:
    """Serve ASGI."""
    needs.module("uvicorn")
    (folder / "app.py").write_text(APP)
    return [sys.executable, "-m", "uvicorn", "app:asgi", "--port", "{web}"]


def gunicorn(folder: Path) -> list[str]:
    """Serve WSGI from two worker processes."""
    needs.module("gunicorn")
    (folder / "app.py").write_text(APP)
    return [sys.executable, "-m", "gunicorn", "app:wsgi", "-b", "127.0.0.1:{web}", "-w", "2"]


def flask(folder: Path) -> list[str]:
    """Its development server, with the reloader."""
    needs.module("flask")
    (folder / "app.py").write_text(FLASK)
    return [sys.executable, "-m", "flask", "run", "--debug", "--port", "{web}"]


def django(folder: Path) -> list[str]:
    """`runserver`, with its autoreloader."""
    needs.module("django")
    (folder / "manage.py").write_text(DJANGO)
    return [sys.executable, "manage.py", "runserver", "{web}"]


def node(folder: Path) -> list[str]:
    """Node's http on 127.0.0.1."""
    return [needs.program("node"), "-e", NODE % ", host: '127.0.0.1'", "{web}"]


def node_everywhere(folder: Path) -> list[str]:
    """Node's http without a host: it binds [::]."""
    return [needs.program("node"), "-e", NODE % "", "{web}"]


def redis(folder: Path) -> list[str]:
    """Serve what is not HTTP."""
    program = needs.program("redis-server")
    return [program, "--port", "{web}", "--save", "", "--bind", "127.0.0.1"]


def nginx(folder: Path) -> list[str]:
    """Serve from a master and its workers."""
    program = needs.program("nginx", "/usr/sbin/nginx")
    (folder / "nginx.conf").write_text(NGINX.format(port=3000))
    return [program, "-p", f"{folder}/", "-c", "nginx.conf"]


def postgres(folder: Path) -> list[str]:
    """As an ordinary user, since it refuses root; through setpriv, so run becomes setpriv."""
    server = needs.program("/usr/lib/postgresql/*/bin/postgres")
    initdb = os.path.join(os.path.dirname(server), "initdb")
    data = folder / "data"
    data.mkdir()
    drop: list[str] = []
    if os.geteuid() == 0:
        drop = [needs.program("setpriv"), "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        shutil.chown(data, "nobody", "nogroup")
        for above in (folder, *folder.parents[:4]):
            above.chmod(above.stat().st_mode | 0o055) if above.owner() == "root" else None
    command = [*drop, initdb, "-D", str(data), "-A", "trust", "-U", "postgres", "-N"]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=folder)
    return [*drop, server, "-D", str(data), "-p", "{web}", "-k", "", "-h", "127.0.0.1"]


def perl(folder: Path) -> list[str]:
    """Serve without SO_REUSEADDR: the manifest says `hold = false`."""
    return [needs.program("perl"), "-e", PERL, "{web}"]


HTTP = (http_server, uvicorn, gunicorn, flask, django, node, node_everywhere, nginx, perl)
SERVERS = (*HTTP, redis, postgres)
ANSWER = """
    import sys, urllib.request
    print(urllib.request.urlopen(f"http://localhost:{sys.argv[1]}/", timeout=20).read().decode())
    """


@pytest.mark.parametrize("server", SERVERS, ids=lambda one: one.__name__)
def test_a_real_server_starts_on_its_held_port(
    runner: Callable[..., Runner], server: Callable[[Path], list[str]]
) -> None:
    """It listens, is ours, and answers; and once more after its end."""
    shop = runner(
        f"[services]\nweb = {{ port = 3000, hold = {str(server is not perl).lower()} }}\n"
    )
    command = server(shop.folder)
    for life in (1, 2):
        log = shop.folder / f"log-{life}"
        with log.open("w") as out:
            words = ("run", "--service", "web", "--", *command)
            process = shop.start(*words, stdout=out, stderr=out)
            done = shop.call("wait", "web", "--timeout", "40")
        text = log.read_text()
        assert done.returncode == 0, (done.stderr, text)
        told = json.loads(shop.call("check", "--json").stdout)["data"]["services"][0]
        assert told["verdict"] == "running"
        # Without SO_REUSEADDR it could not start again on what a connection leaves behind.
        if server in HTTP and not (server is perl and life == 1):
            assert "hello" in shop.python(ANSWER, "3000")
        program = os.path.basename(os.readlink(f"/proc/{process.pid}/exe"))
        assert program.startswith(os.path.basename(os.path.realpath(sys.executable))[:6]) == (
            command[0] == sys.executable
        )
        time.sleep(0.3)
        process.terminate()
        process.wait(timeout=30)
        settle(shop)


def settle(shop: Runner) -> None:
    """Wait until no process of the server listens any more."""
    for _ in range(200):
        told = json.loads(shop.call("check", "--json").stdout)["data"]["services"][0]
        if told["verdict"] != "running":
            return
        time.sleep(0.1)
    raise AssertionError(told)
