"""Small projects in the shapes that people have, each as `portman adopt` meets it.

A server answers with the name of the folder it works in, or serves `where.txt`, which each checkout
has with its own name in it.
"""

from __future__ import annotations

from typing import NamedTuple

NODE = """\
const http = require('http')
const path = require('path')
{before}
http
  .createServer((request, response) => response.end(path.basename(process.cwd())))
  .listen({port}, () => console.log('listening'))
"""
MODULE = """\
import http from 'node:http'
import path from 'node:path'

const port = 3000

const server = http.createServer((_, response) => response.end(path.basename(process.cwd())))
server.listen(port)
"""
ASGI = """\
import os


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": os.path.basename(os.getcwd()).encode()})
"""
WSGI = """\
import os


def app(environ, start):
    start("200 OK", [])
    return [os.path.basename(os.getcwd()).encode()]
"""
FLASK = """\
import os

from flask import Flask

app = Flask(__name__)
app.route("/")(lambda: os.path.basename(os.getcwd()))
"""
DJANGO = """\
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path

settings.configure(DEBUG=True, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
urlpatterns = [path("", lambda request: HttpResponse(os.path.basename(os.getcwd())))]
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
"""
DOTENV = """\
import os
from http.server import HTTPServer, SimpleHTTPRequestHandler

from dotenv import load_dotenv

load_dotenv()
PORT = int(os.environ.get("PORT", 8000))
HTTPServer(("127.0.0.1", PORT), SimpleHTTPRequestHandler).serve_forever()
"""
VITE = """\
import { defineConfig } from 'vite'

export default defineConfig({
  clearScreen: false,
})
"""
VITE_SERVER = """\
import { defineConfig } from "vite";

// The number that everyone knows.
export default defineConfig(({ mode }) => ({
  define: { mode },
  server: {
    port: 5180, // here
    open: false,
  },
  preview: { port: 5190 },
}));
"""
VITE_PROXY = """\
import { defineConfig } from 'vite'

export default defineConfig({
  server: {
    proxy: {
      '/api': 'http://127.0.0.1:4000',
    },
  },
})
"""
PAGE = "<p>page</p>\n"
STATIC = "python3 -m http.server"


def package(**scripts: str) -> str:
    rows = ",\n".join(
        '    "{}": "{}"'.format(name.replace("__", ":"), text.replace('"', '\\"'))
        for name, text in scripts.items()
    )
    return f'{{\n  "name": "shop",\n  "private": true,\n  "scripts": {{\n{rows}\n  }}\n}}\n'


class Start(NamedTuple):
    """The project's own command, in a folder of it; `{name}` is a service of the manifest."""

    command: str
    folder: str = ""


class Example(NamedTuple):
    """The files of a project, what starts it, and service -> path that names the checkout."""

    files: dict[str, str]
    starts: tuple[Start, ...]
    answers: dict[str, str]
    needs: tuple[str, ...] = ()
    style: str = "plain"


def _node(port: str, before: str = "") -> str:
    return NODE.format(port=port, before=before)


#: Two packages whose servers both read PORT.
BOTH = {
    "package.json": package(dev="echo both"),
    **{
        f"apps/{name}/{file}": text
        for name, port in (("site", 3000), ("api", 4000))
        for file, text in (
            ("package.json", package(dev="node index.js").replace("shop", name)),
            (
                "index.js",
                _node(f"process.env.PORT || {port}").replace(
                    "process.cwd()", "path.resolve('../..')"
                ),
            ),
        )
    },
}
STARTS = (Start("npm run dev", "apps/site"), Start("npm run dev", "apps/api"))
ANSWERS = {"site": "", "api": ""}
EXAMPLES: dict[str, Example] = {
    "vite flag": Example(
        {
            "package.json": package(dev="vite --port 3000"),
            "vite.config.js": VITE,
            "index.html": PAGE,
        },
        (Start("npm run dev"),),
        {"web": "where.txt"},
        ("npm:vite",),
    ),
    "vite without a config, and a script called api": Example(
        {
            "package.json": package(dev="vite --port 5180", api="node server/index.js").replace(
                '  "private"', '  "devDependencies": { "vite": "^8" },\n  "private"'
            ),
            "index.html": PAGE,
            "server/index.js": _node("4000"),
        },
        (Start("npm run dev"), Start("npm run api")),
        {"web": "where.txt", "api": ""},
        ("npm:vite",),
    ),
    "vite server": Example(
        {
            "package.json": package(dev="vite", preview="vite preview"),
            "vite.config.mjs": VITE_SERVER,
            "index.html": PAGE,
        },
        (Start("npm run dev"),),
        {"web": "where.txt"},
        ("npm:vite",),
    ),
    "vite and api": Example(
        {
            "package.json": package(dev="vite", api="node api/server.js"),
            "vite.config.mjs": VITE_PROXY,
            "index.html": PAGE,
            "api/package.json": package(dev="node server.js"),
            "api/server.js": _node("process.env.PORT || 4000")
            .replace("basename(", "basename(path.dirname(")
            .replace("process.cwd())", "process.cwd()))"),
        },
        (Start("npm run dev"), Start("npm run dev", "api")),
        {"web": "api", "api": ""},
        ("npm:vite",),
    ),
    "node literal": Example(
        {"package.json": package(start="node server.js"), "server.js": _node("3000")},
        (Start("npm start"),),
        {"web": ""},
        ("program:node",),
    ),
    "node windows lines": Example(
        {
            "package.json": package(dev="node src/index.js").replace("\n", "\r\n"),
            "src/index.js": _node("8080").replace("\n", "\r\n"),
        },
        (Start("npm run dev"),),
        {"web": ""},
        ("program:node",),
    ),
    "node default": Example(
        {
            "package.json": package(dev="node index.js"),
            "index.js": _node("process.env.PORT || 3000"),
        },
        (Start("npm run dev"),),
        {"web": ""},
        ("program:node",),
    ),
    "node env-file": Example(
        {
            "package.json": package(dev="node --env-file=.env index.js"),
            "index.js": _node("process.env.PORT || 3000"),
            ".env.example": "PORT=3000\n",
        },
        (Start("npm run dev"),),
        {"web": ""},
        ("program:node",),
    ),
    "node module": Example(
        {
            "package.json": package(dev="node server.mjs"),
            "server.mjs": MODULE,
        },
        (Start("npm run dev"),),
        {"web": ""},
        ("program:node",),
    ),
    "node dotenv": Example(
        {
            "package.json": package(dev="npm run serve", serve="node server.js"),
            "server.js": _node("process.env.PORT || 3000", "require('dotenv').config()"),
        },
        (Start("npm run dev"),),
        {"web": ""},
        ("npm:dotenv",),
    ),
    "make static": Example(
        {"Makefile": "# Tasks\n\nserve:\n\tpython3 -m http.server 8000\n"},
        (Start("make serve"),),
        {"web": "where.txt"},
        ("program:make",),
    ),
    "make variable": Example(
        {"Makefile": "PORT ?= 8000\n\ndev:\n\t@uvicorn app:app --port $(PORT)\n", "app.py": ASGI},
        (Start("make dev"),),
        {"web": ""},
        ("program:make", "uvicorn"),
    ),
    "make set": Example(
        {"Makefile": "PORT := 8000\n\ndev:\n\t@uvicorn app:app --port=$(PORT)\n", "app.py": ASGI},
        (Start("make dev"),),
        {"web": ""},
        ("program:make", "uvicorn"),
    ),
    "make default": Example(
        {"Makefile": "run:\n\tuvicorn app:app\n", "app.py": ASGI},
        (Start("make run"),),
        {"web": ""},
        ("program:make", "uvicorn"),
    ),
    "make bind": Example(
        {"Makefile": "run:\n\tgunicorn app:app -b 127.0.0.1:8000 --workers 1\n", "app.py": WSGI},
        (Start("make run"),),
        {"web": ""},
        ("program:make", "gunicorn"),
    ),
    "make django": Example(
        {"Makefile": "run:\n\tpython3 manage.py runserver --noreload\n", "manage.py": DJANGO},
        (Start("make run"),),
        {"web": ""},
        ("program:make", "django"),
    ),
    "make two": Example(
        {
            "Makefile": ".PHONY: web api\nweb:\n\tpython3 -m http.server 8000\n"
            "api:\n\tcd . && python3 -m http.server 8001\n"
        },
        (Start("make web"), Start("make api")),
        {"web": "where.txt", "api": "where.txt"},
        ("program:make",),
    ),
    "just literal": Example(
        {"justfile": "# Tasks\nserve:\n    python3 -m http.server 8000\n"},
        (Start("just serve"),),
        {"web": "where.txt"},
        ("program:just",),
    ),
    "just variable": Example(
        {"justfile": 'port := "8000"\n\nserve:\n    @python3 -m http.server {{port}}\n'},
        (Start("just serve"),),
        {"web": "where.txt"},
        ("program:just",),
    ),
    "two of one name": Example(BOTH, STARTS, ANSWERS, ("program:node",)),
    "own manifest": Example(
        {**BOTH, "ports.toml": "# Ours.\n[services]\nsite = 3000 # the page\napi = 4000\n"},
        *(STARTS, ANSWERS, ("program:node",)),
    ),
    "procfile": Example(
        {
            "Procfile": "web: python3 -m http.server 8000\napi: uvicorn app:app\n",
            "app.py": ASGI,
        },
        (Start("honcho start"),),
        {"web": "where.txt", "api": ""},
        ("honcho", "uvicorn"),
    ),
    "procfile dev": Example(
        {
            "Procfile": "web: gunicorn app:app -b 0.0.0.0:$PORT\n",
            "Procfile.dev": "web: flask --app app run --port 5000\n",
            "app.py": FLASK,
        },
        (Start("honcho -f Procfile.dev start"),),
        {"web": ""},
        ("honcho", "flask"),
    ),
    "flask settings": Example(
        {".flaskenv": "FLASK_APP=app\nFLASK_RUN_PORT=5000\n", "app.py": FLASK},
        (Start("flask run"),),
        {"web": ""},
        ("flask", "dotenv"),
    ),
    "python dotenv": Example(
        {"app.py": DOTENV, "README.md": "# Shop\n\n    python3 app.py\n"},
        (Start("python3 app.py"),),
        {"web": "where.txt"},
        ("dotenv",),
    ),
    "container and program": Example(
        {
            "compose.yaml": "services:\n  shop:\n    build: .\n    ports:\n      - 3000:3000\n",
            "package.json": package(dev="node server.js"),
            "server.js": NODE.format(before="", port="process.env.PORT || 3000"),
        },
        (Start("portman run --service shop -- npm run dev"),),
        {"shop": ""},
        ("program:npm",),
    ),
    "nothing but a guide": Example(
        {"README.md": "# Shop\n\n```\nuvicorn app:app\n```\n", "app.py": ASGI},
        (Start("portman run --service web -- uvicorn app:app"),),
        {"web": ""},
        ("uvicorn",),
    ),
    "ruby": Example(
        {"Makefile": "serve:\n\truby -run -e httpd . -p 8000\n"},
        (Start("make serve"),),
        {"web": "where.txt"},
        ("program:make", "program:ruby"),
    ),
    "next by run": Example(
        {
            "package.json": package(dev="next dev -p 3000"),
            "pages/index.js": "export default () => <p>page</p>\n",
        },
        (Start("portman run --service web -- npx next dev -p {web}"),),
        {"web": "where.txt"},
        ("npm:next", "npm:react", "npm:react-dom"),
    ),
    "script in run style": Example(
        {"package.json": package(dev="python3 -m http.server 8000", docs="echo docs")},
        (Start("npm run dev"),),
        {"web": "where.txt"},
        ("program:npm",),
        style="run",
    ),
    "make in run style": Example(
        {"Makefile": "serve:\n\t@uvicorn app:app --port 8000\n", "app.py": ASGI},
        (Start("make serve"),),
        {"web": ""},
        ("program:make", "uvicorn"),
        style="run",
    ),
}
