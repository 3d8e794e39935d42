"""How benchmarks/programs.py starts each program and wrapper of the table. Data."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

ASGI = (
    "async def app(scope, receive, send):\n"
    "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
    "    await send({'type': 'http.response.body', 'body': b'x'})\n"
)
WSGI = "def app(environ, start):\n    start('200 OK', [])\n    return [b'x']\n"
FASTAPI = "import fastapi\napp = fastapi.FastAPI()\n"
DJANGO = (
    "import sys\nfrom django.conf import settings\n"
    "from django.core.management import execute_from_command_line\n"
    "settings.configure(DEBUG=True, ROOT_URLCONF=__name__, ALLOWED_HOSTS=['*'])\nurlpatterns = []\n"
    "execute_from_command_line(sys.argv)\n"
)
PAGES = {"pages/index.js": "export default () => 'x'\n", "package.json": "{}\n"}
PACKAGE = {"package.json": "{}\n"}
RACK = {"config.ru": "run ->(_) { [200, {}, ['x']] }\n"}


class Trial(NamedTuple):
    """How a row of the table is started: its command, what that needs, the files it works on."""

    command: str
    package: str = ""
    files: Mapping[str, str] = MappingProxyType({})
    after: str = ""  # what follows the options
    also: str = ""  # packages that it needs besides, of the same registry


#: First words of a row -> its trial. A package of PyPI by its name, of npm as npm:NAME.
TRIALS = {
    "next dev": Trial("next dev", "npm:next", PAGES),
    "vite dev": Trial("vite dev", "npm:vite", {"index.html": "x\n"}),
    "vite preview": Trial("vite preview", "npm:vite", {"dist/index.html": "x\n"}),
    "manage.py runserver": Trial(
        "python manage.py runserver --noreload", "django", {"manage.py": DJANGO}
    ),
    "flask run": Trial(
        "flask run", "flask", {"app.py": "import flask\napp = flask.Flask('x')\n"}
    ),
    "fastapi dev": Trial(
        "fastapi dev --no-reload main.py", "fastapi-cli", {"main.py": FASTAPI}
    ),
    "fastapi run": Trial("fastapi run main.py", "fastapi-cli", {"main.py": FASTAPI}),
    "quart run": Trial("quart run", "quart", {"app.py": "import quart\napp = quart.Quart('x')\n"}),
    "hypercorn": Trial("hypercorn app:app", "hypercorn", {"app.py": ASGI}),
    "daphne": Trial("daphne app:app", "daphne", {"app.py": ASGI}),
    "granian": Trial("granian --interface asgi app:app", "granian", {"app.py": ASGI}),
    "waitress-serve": Trial("waitress-serve", "waitress", {"app.py": WSGI}, "app:app"),
    "mkdocs serve": Trial(
        "mkdocs serve", "mkdocs", {"mkdocs.yml": "site_name: x\n", "docs/index.md": "x\n"}
    ),
    "sphinx-autobuild": Trial(
        "sphinx-autobuild docs out",
        "sphinx-autobuild",
        {"docs/conf.py": "", "docs/index.rst": "x\n"},
    ),
    "uvicorn": Trial("uvicorn app:app", "uvicorn", {"app.py": ASGI}),
    "gunicorn": Trial("gunicorn app:app", "gunicorn", {"app.py": WSGI}),
    "http.server": Trial("python -u -m http.server"),
    "puma": Trial("puma", "program:puma", RACK),
    "rackup": Trial("rackup", "program:rackup", RACK),
    "redis-server": Trial("redis-server --save ''", "program:redis-server"),
    "memcached": Trial("memcached -u nobody", "program:memcached"),
    "nats-server": Trial("nats-server", "program:nats-server"),
    "etcd": Trial("etcd --advertise-client-urls http://127.0.0.1:1", "program:etcd"),
    "hugo server": Trial("hugo server", "program:hugo", {"hugo.toml": "title = 'x'\n"}),
    "jekyll serve": Trial("jekyll serve", "program:jekyll", {"index.md": "x\n"}),
    "php -S": Trial("php", "program:php"),
    "nuxt dev": Trial("nuxt dev", "npm:nuxt", {"app.vue": "<template>x</template>\n", **PACKAGE}),
    "astro dev": Trial("astro dev", "npm:astro", {"src/pages/index.astro": "x\n", **PACKAGE}),
    "parcel serve": Trial("parcel serve index.html", "npm:parcel", {"index.html": "x\n"}),
    "webpack serve": Trial(
        "webpack serve --mode development",
        "npm:webpack-dev-server",
        {"src/index.js": "1\n", **PACKAGE},
        also="webpack webpack-cli",
    ),
    "wrangler dev": Trial(
        "wrangler dev",
        "npm:wrangler",
        {
            "wrangler.toml": "name = 'x'\nmain = 'a.js'\ncompatibility_date = '2025-01-01'\n",
            "a.js": "export default { fetch() { return new Response('x') } }\n",
        },
    ),
    "karma start": Trial(
        "karma start", "npm:karma", {"karma.conf.js": "module.exports = (c) => c.set({})\n"}
    ),
    "rsbuild dev": Trial("rsbuild dev", "npm:@rsbuild/core", {"src/index.js": "1\n", **PACKAGE}),
    "vitepress dev": Trial("vitepress dev", "npm:vitepress", {"index.md": "x\n"}),
    "eleventy --serve": Trial("eleventy --serve", "npm:@11ty/eleventy", {"index.md": "x\n"}),
    "http-server": Trial("http-server", "npm:http-server"),
    "serve": Trial("serve", "npm:serve"),
    "live-server": Trial("live-server --no-browser", "npm:live-server"),
    "browser-sync start": Trial("browser-sync start --server --no-open", "npm:browser-sync"),
    "fastify start": Trial(
        "fastify start", "npm:fastify-cli", {"app.js": "module.exports = async () => 1\n"}, "app.js"
    ),
    "dynalite": Trial("dynalite", "npm:dynalite"),
    "litestar run": Trial(
        "litestar run",
        "litestar",
        {"app.py": "import litestar\napp = litestar.Litestar([])\n"},
        also="litestar[standard]",
    ),
    "sanic": Trial(
        "sanic app:app --single-process",
        "sanic",
        {"app.py": "import sanic\napp = sanic.Sanic('x')\n@app.get('/')\ndef x(r): ...\n"},
    ),
    "aiohttp.web": Trial(
        "python -m aiohttp.web",
        "aiohttp",
        {"app.py": "from aiohttp import web\ndef make(argv): return web.Application()\n"},
        "app:make",
    ),
    "bottle": Trial("bottle", "bottle", {"app.py": "import bottle\n"}, "app"),
    "moto_server": Trial("moto_server", "moto", also="moto[server]"),
    "pypi-server": Trial("pypi-server run", "pypiserver", {"packages/x": ""}, "packages"),
    "datasette": Trial("datasette", "datasette"),
    "locust": Trial(
        "locust",
        "locust",
        {
            "locustfile.py": "import locust\nclass A(locust.User):\n"
            "    @locust.task\n    def x(self): ...\n"
        },
    ),
    "shiny run": Trial(
        "shiny run",
        "shiny",
        {"app.py": "import shiny\napp = shiny.App(shiny.ui.page_fluid(), None)\n"},
        "app.py",
    ),
    "marimo edit": Trial("marimo edit --headless --no-token", "marimo"),
    "streamlit run": Trial(
        "streamlit run app.py --server.headless true",
        "streamlit",
        {"app.py": "import streamlit\nstreamlit.write('x')\n"},
    ),
    "panel serve": Trial(
        "panel serve app.py", "panel", {"app.py": "import panel\npanel.pane.Str('x').servable()\n"}
    ),
    "chainlit run": Trial(
        "chainlit run --headless", "chainlit", {"app.py": "import chainlit\n"}, "app.py"
    ),
}  # fmt: skip


class WrapperTrial(NamedTuple):
    """How a wrapper is started: CHILD is the command that it starts, whose variables are read."""

    command: str
    package: str = ""
    files: Mapping[str, str] = MappingProxyType({})


_SCRIPT = {"package.json": '{"name": "x", "version": "1.0.0", "scripts": {"dev": "CHILD"}}\n'}
#: A word of a row of wrappers -> its trial.
WRAPPERS = {
    "npm run": WrapperTrial("npm run dev", "program:npm", _SCRIPT),
    "concurrently": WrapperTrial("concurrently CHILD", "npm:concurrently"),
    "npm-run-all": WrapperTrial("npm-run-all dev", "npm:npm-run-all", _SCRIPT),
    "cross-env": WrapperTrial("cross-env A=1 CHILD", "npm:cross-env"),
    "env-cmd": WrapperTrial("env-cmd CHILD", "npm:env-cmd", {".env": "A=1\n"}),
    "dotenv": WrapperTrial('"$NODE_PATH/.bin/dotenv" -- CHILD', "npm:dotenv-cli"),
    "make": WrapperTrial("make dev", "program:make", {"Makefile": "dev:\n\tCHILD\n"}),
    "nox": WrapperTrial(
        "nox",
        "nox",
        {
            "noxfile.py": "import nox\n@nox.session(venv_backend='none')\n"
            "def dev(session): session.run('CHILD', external=True)\n"
        },
    ),
    "tox": WrapperTrial(
        "tox -q",
        "tox",
        {
            "tox.ini": "[tox]\nskipsdist = true\n"
            "[testenv]\nallowlist_externals = *\ncommands = CHILD\n"
        },
    ),
    "env -i": WrapperTrial("env -i CHILD", "program:env"),
    "honcho start": WrapperTrial("honcho start", "honcho", {"Procfile": "web: CHILD\n"}),
    "turbo": WrapperTrial(
        "turbo run dev --no-daemon",
        "npm:turbo",
        {
            "package.json": '{"name": "x", "packageManager": "npm@10.0.0", "workspaces": ["a"]}\n',
            "package-lock.json": '{"lockfileVersion": 3, "packages": {}}\n',
            "turbo.json": '{"tasks": {"dev": {"cache": false}}}\n',
            "a/package.json": '{"name": "a", "version": "1.0.0", "scripts": {"dev": "CHILD"}}\n',
        },
    ),
}
