"""Small projects as `portman init` sees them whole: what stands in one file explains another."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portman.base import small_file
from portman.commands.init import propose, valid
from portman.init import detect as detection
from portman.init.render import render
from portman.manifest.parse import parse_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NEXT = '{"name": "NAME", "scripts": {"dev": "next dev"}}'
BUILT = "services:\n  NAME:\n    build: CONTEXT\n    ports: ['OUT:IN']\n"


def built(name: str, context: str, out: int, inner: int) -> str:
    pairs = (("NAME", name), ("CONTEXT", context), ("OUT", str(out)), ("IN", str(inner)))
    text = BUILT
    for word, value in pairs:
        text = text.replace(word, value)
    return text


def launch(port: int) -> str:
    url = f"https://localhost:{port + 1};http://localhost:{port}"
    return f'{{"profiles": {{"x": {{"commandName": "Project", "applicationUrl": "{url}"}}}}}}'


def profiles(**schemes: int) -> str:
    """Return launch settings of an AppHost: a profile for each scheme, with its dashboard."""
    listed = {}
    for name, port in schemes.items():
        address = f"{name}://localhost:{port + 1}"
        listed[name] = {
            "commandName": "Project",
            "applicationUrl": f"{name}://localhost:{port}",
            "environmentVariables": {"DOTNET_DASHBOARD_OTLP_ENDPOINT_URL": address},
        }
    return json.dumps({"profiles": listed})


PROJECTS: dict[str, tuple[Mapping[str, str], list[tuple[Any, ...]]]] = {
    "the package that the root's script starts has the usual port": (
        {
            "package.json": '{"scripts": {"dev": "turbo run dev --filter=@x/shop"}}',
            "apps/docs/package.json": NEXT.replace("NAME", "@x/docs"),
            "apps/shop/package.json": NEXT.replace("NAME", "@x/shop"),
        },
        [("docs", None), ("shop", 3000)],
    ),
    "scripts are called what they start": (
        {
            "package.json": '{"scripts": {"dev": "vite --port 5180", "api": "node server/index.js",'
            ' "dev:admin": "next dev -p 5190", "client": "npm run dev"}}',
            "server/index.js": "createServer(f).listen(4000)",
        },
        [("admin", 5190), ("api", 4000), ("web", 5180)],
    ),
    "a process called web, and what its code says": (
        {
            "Procfile.dev": "web: ruby server.rb\ncss: ruby -e sleep\n",
            "server.rb": "TCPServer.new(Integer(ENV.fetch('PORT', 3100)))",
        },
        [("web", 3100, "PORT")],
    ),
    "a process called web alone": ({"Procfile": "web: bin/shop\n"}, [("web", None)]),
    "addresses that Go takes": (
        {
            "cmd/api/main.go": 'package main\naddr := env("API_ADDR", ":8080")\n',
            "cmd/jobs/main.go": 'package main\nhttp.ListenAndServe(":8081", nil)\n',
        },
        [("api", 8080), ("jobs", 8081)],
    ),
    "the same by a folder": (
        {
            "package.json": '{"scripts": {"dev": "pnpm --filter ./apps/shop dev"}}',
            "apps/docs/package.json": NEXT.replace("NAME", "docs"),
            "apps/shop/package.json": NEXT.replace("NAME", "shop"),
        },
        [("docs", None), ("shop", 3000)],
    ),
    "what is built already is no service": (
        {"package.json": '{"scripts": {"dev": "vite", "preview": "vite preview --port 4000"}}'},
        [("web", 5173)],
    ),
    "a command names its settings": (
        {
            "package.json": '{"scripts": {"dev": "vite --config shown/vite.config.ts"}}',
            "shown/vite.config.ts": "export default { server: { port: 3002 } }",
        },
        [("web", 3002)],
    ),
    "code that only a container runs": (
        {
            "compose.yaml": built("vote", "./vote", 8080, 80),
            "vote/app.py": "app.run(port=80)",
        },
        [("vote", 8080)],
    ),
    "code that a script starts too": (
        {
            "compose.yaml": built("vote", "./vote", 8080, 80),
            "vote/server.js": "app.listen(4000)",
            "vote/package.json": '{"scripts": {"dev": "nodemon server.js"}}',
        },
        [("vote", 8080), ("vote-2", 4000)],
    ),
    "one app, in an image with another port outside": (
        {
            "compose.yaml": built("shop", "./apps/shop", 3002, 3000),
            "apps/shop/package.json": NEXT.replace("NAME", "shop"),
        },
        [("shop", 3002)],
    ),
    "an image of the root is the app of one package": (
        {
            "compose.yaml": built("all", ".", 3000, 3000),
            "apps/a/package.json": NEXT.replace("NAME", "a"),
            "apps/b/package.json": NEXT.replace("NAME", "b"),
        },
        [("all", 3000), ("b", None)],
    ),
    "a client that its server hands out": (
        {
            "src/Client/Client.csproj": '<Project Sdk="Microsoft.NET.Sdk.BlazorWebAssembly">',
            "src/Client/Properties/launchSettings.json": launch(5000),
            "src/Server/Server.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web">',
            "src/Server/Properties/launchSettings.json": launch(5000),
        },
        [("server", 5000), ("server-https", 5001)],
    ),
    "variables of the Compose file that is not started": (
        {
            "docker-compose.yml": "services:\n  p:\n    ports:\n      - ${HTTP_PORT}:80\n",
            "docker-compose-local.yml": "services:\n  db:\n    ports: ['5432:5432']\n",
            "README.md": "docker compose -f docker-compose-local.yml up",
            ".env.example": "HTTP_PORT=8080\n",
        },
        [("db", 5432)],
    ),
    "the example says the number, not the code": (
        {
            "live/package.json": '{"scripts": {"dev": "node --env-file=.env src/server.js"}}',
            "live/src/env.ts": 'z.object({ PORT: z.string().default("3000") })',
            "live/.env.example": "PORT=3100\n",
        },
        [("live", 3100, "PORT")],
    ),
    "settings take a variable that an env file sets": (
        {
            ".env.development": "VITE_APP_PORT=3001\n",
            "app/package.json": '{"scripts": {"start": "vite"}}',
            "app/vite.config.ts": "({ server: { port: Number(e.VITE_APP_PORT || 3000) } })",
        },
        [("app", 3001, "VITE_APP_PORT")],
    ),
    "an example shows a default": (
        {"shop.env.example": "# SHOP_SERVER_PORT=8090\n# SMTP_PORT=25\n# PORT=1\n"},
        [("shop-server", 8090)],
    ),
    "a variable of a program is no variable of a container": (
        {
            "compose.yaml": built("back", "./back", 8000, 8000),
            "back/Procfile": "back: uvicorn app:app\n",
        },
        [("back", 8000)],
    ),
    "the variable that a script hands on": (
        {"web/package.json": '{"scripts": {"dev": "cross-env PORT=${UI_PORT:-3001} next dev"}}'},
        [("web", 3001, "UI_PORT")],
    ),
    "only the guide says how to start": (
        {
            "README.md": "# x\n\n```sh\npsql -p 5432\npostgres\nstreamlit run chat.py\n```\n\n"
            "    portman run --service web -- flask run\n",
            ".devcontainer/devcontainer.json": '{"forwardPorts": [8501]}',
        },
        [("web", 8501, "STREAMLIT_SERVER_PORT")],
    ),
    "settings of a command in a folder of their own": (
        {
            "package.json": '{"scripts": {"dev": "streamlit run a.py"}}',
            ".streamlit/config.toml": "[server]\nport = 8600\n",
        },
        [("web", 8600, "STREAMLIT_SERVER_PORT")],
    ),
    "a guide beside a script": (
        {"README.md": "```\nflask run\n```\n", "package.json": '{"scripts": {"dev": "vite"}}'},
        [("web", 5173)],
    ),
    "Django below the root": (
        {"src/manage.py": "from django.core import management"},
        [("web", 8000)],
    ),
    "a container of the project's own image": (
        {
            "package.json": '{"name": "shop-app"}',
            "compose.yaml": "services:\n  app:\n    image: ada/shopapp\n    ports: ['4000:4000']\n",
            "config/dev.exs": "http: [port: 4000]\n",
        },
        [("app", 4000)],
    ),
    "files that a Compose file includes": (
        {
            "compose.yaml": f"include: [dbs.compose.yml]\n{built('web', '.', 3000, 3000)}",
            "dbs.compose.yml": built("db", "./db", 5432, 5432),
        },
        [("db", 5432), ("web", 3000)],
    ),
    "ports that a tracked .env hands to containers alone": (
        {
            "compose.yaml": (
                "services:\n  ads:\n    environment:\n      - ADS_PORT\n    ports:\n"
                "      - ${ADS_PORT}\n  web:\n    ports:\n      - ${WEB_PORT}:80\n"
            ),
            ".env.example": "ADS_PORT=9555\nWEB_PORT=8080\n",
        },
        [("web", 8080)],
    ),
    "a number that a dev container forwards, beside what is known": (
        {
            "package.json": '{"scripts": {"dev": "vite"}}',
            ".devcontainer/devcontainer.json": '{"forwardPorts": [5173, 24678]}',
            "manage.py": "import django",
        },
        [("web", 5173), ("web-2", 8000)],
    ),
    "a label says what it is": (
        {
            "package.json": '{"scripts": {"dev": "vite"}}',
            ".devcontainer/devcontainer.json": (
                '{"forwardPorts": [9000], "portsAttributes": {"9000": {"label": "API"}}}'
            ),
        },
        [("api", 9000), ("web", 5173)],
    ),
    "settings are named by their variable": (
        {"shop/settings.py": 'getenv("API_PORT", 9000)', "shop/env.go": ""},
        [("api", 9000)],
    ),
    "Vite+ starts Vite": (
        {"package.json": '{"scripts": {"dev": "vp dev . --host"}}'},
        [("web", 5173)],
    ),
    "one dashboard of two profiles": (
        {
            "Host/Properties/launchSettings.json": profiles(https=17000, http=15000),
        },
        [("host", 15000), ("host-https", 17000), ("host-otlp", 17001)],
    ),
    "a Procfile for a deployment, beside the start for development": (
        {
            "Procfile": "web: next start\n",
            "Procfile.heroku": "web: next start -p 3001\n",
            "package.json": '{"scripts": {"dev": "next dev -p 4002", "start": "next start"}}',
            "app/Procfile": "web: gunicorn shop.wsgi\n",
        },
        [("web", 8000), ("web-2", 4002)],
    ),
    "a server that a script starts with a number of its own": (
        {
            "apps/web/package.json": '{"scripts": {"dev": "PORT=3030 tsx ./server.ts"}}',
            "apps/web/server.ts": "app.listen(process.env.WEB_PORT || 3000)",
        },
        [("web", 3030, "PORT")],
    ),
    "a framework that a container is built of": (
        {
            "compose.yaml": built("php", "./api", 80, 80),
            "api/composer.json": '{"require": {"symfony/framework-bundle": "7"}}',
        },
        [("php", 80)],
    ),
    "Compose files that a script of the guide hands on": (
        {
            "CONTRIBUTING.md": "pnpm run stack\n",
            "package.json": '{"scripts": {\n"stack": "node x.mjs -f docker/compose.yml up",\n'
            '"dev:old": "docker compose -f docker/dev-compose.yml up"}}',
            "docker/compose.yml": "services:\n  db:\n    ports: ['5440:5432']\n",
            "docker/dev-compose.yml": "services:\n  db:\n    ports: ['5432:5432']\n",
        },
        [("db", 5440)],
    ),
    "an override beside a Compose file in a folder": (
        {
            "server/compose.yaml": "services:\n  api:\n    ports: ['8071:80']\n  db: {}\n",
            "server/compose.override.yaml": "services:\n  db:\n    ports: ['8079:5432']\n",
        },
        [("api", 8071), ("db", 8079)],
    ),
    "a Compose file that only tests start": (
        {
            "playwright/compose.yaml": "services:\n  mail:\n    ports: ['1080:1080']\n",
            "Cargo.toml": '[dependencies]\nrocket = "0.5"\n',
        },
        [("web", 8000, "ROCKET_PORT")],
    ),
    "settings of a program, and how its code lets the environment go first": (
        {
            "configuration/base.yaml": "application:\n  port: 8000\n",
            "configuration/local.yaml": "application:\n  host: 127.0.0.1\n",
            "src/configuration.rs": (
                '.add_source(Environment::with_prefix("APP")\n'
                '    .prefix_separator("_").separator("__"))'
            ),
            "docs/hugo.toml": "baseURL = 'http://example.org'\n",
        },
        [("docs", 1313), ("web", 8000, "APP_APPLICATION__PORT")],
    ),
    "scripts that hand on": (
        {
            "package.json": (
                '{"scripts": {"dev": "concurrently npm:api npm:web npm:ui", "web": "wireit",'
                ' "api": "nodemon -w server -x \'node server/index.js --port 4010\'",'
                ' "ui": "tsx watch --include x/* ui.ts --port 4012"},'
                ' "wireit": {"web": {"command": "vite --port 4011"}}}'
            ),
        },
        [("api", 4010), ("ui", 4012), ("web", 4011)],
    ),
    "a program of Nx and bin/www": (
        {
            "package.json": '{"scripts": {"start": "run-p start:*", "start:www": "node ./bin/www",'
            ' "start:client": "webpack serve --port 9001"}}',
            "bin/www": "listen(process.env.PORT || 3014)",
            "apps/api/project.json": '{"name": "api"}',
            "apps/api/src/main.ts": "app.listen(3333)",
        },
        [("api", 3333), ("client", 9001), ("web", 3014, "PORT")],
    ),
    "profiles of Spring": (
        {
            "a/src/main/resources/application.yml": "server:\n  port: 8070\n",
            "a/src/main/resources/application-dev.yml": "server:\n  port: 8071\n",
            "b/src/main/resources/application.yml": (
                "spring:\n  profiles:\n    active: dev\nserver:\n  port: 8072\n"
            ),
            "b/src/main/resources/application-dev.yml": "server:\n  port: 8073\n",
        },
        [("a", 8070, "SERVER_PORT"), ("b", 8073)],
    ),
    "a process called web that is not known, beside one that is": (
        {
            "Procfile": "web: vendor/bin/heroku-php-nginx public/\n",
            "composer.json": '{"require": {"laravel/framework": "12"}}',
        },
        [("web", 8000, "SERVER_PORT")],
    ),
    "an option of Go in a table, and an address that is set": (
        {
            "a/config/options.go": 'x = m{"LISTEN_ADDR": {raw: "127.0.0.1:8080"}}\nListen()\n',
            "b/serve.go": 'redisAddr := "localhost:6379"\nhttpAddr = "127.0.0.1:8090"\nx.Serve()',
        },
        [("a", 8080), ("b", 8090)],
    ),
    "a debugger starts Django": (
        {
            ".vscode/launch.json": (
                '{"configurations": [{"program": "${workspaceFolder}/manage.py",'
                ' "args": ["runserver", "8002"]}]}'
            ),
            ".devcontainer/Dockerfile": "EXPOSE 8000\n",
        },
        [("web", 8002)],
    ),
    "the number of bin/vite": (
        {
            "Procfile.dev": "vite: bin/vite dev\n",
            "config/vite.json": '{"development": {"port": 3051}}',
        },
        [("vite", 3051, "VITE_RUBY_PORT")],
    ),
    "a second listener of Phoenix": (
        {"config/dev.exs": "http: [port: 4000]\niframe_port: 4001\nsmtp_port: 2525\n"},
        [("iframe", 4001), ("web", 4000)],
    ),
}


def project(folder: Path, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize("name", PROJECTS)
def test_what_a_whole_project_is(tmp_path: Path, name: str) -> None:
    """Names, usual ports, and variables other than the default."""
    files, wanted = PROJECTS[name]
    proposal = propose(detection.detect(project(tmp_path, files)))
    parse_manifest(render(proposal).encode(), None)
    found = [
        (one.name, one.port, *(x for x in one.variables if x != default(one.name)))
        for one in proposal.entries
    ]
    assert sorted(found, key=lambda one: str(one[0])) == wanted


def test_a_folder_with_an_example_gets_its_env_file(tmp_path: Path) -> None:
    """Two programs may both read PORT: each from its own file, with what its example asks for."""
    files = {
        "apps/live/.env.example": "PORT=3100\nWEB_URL=http://localhost:3000\n",
        "apps/live/package.json": '{"scripts": {"dev": "tsx --env-file=.env src/index.ts"}}',
        "apps/web/.env.example": "PORT=3000\n",
        "apps/web/package.json": NEXT.replace("NAME", "web"),
    }
    text = render(propose(detection.detect(project(tmp_path, files))))
    parse_manifest(text.encode(), None)
    live = '{ path = ".env", only = ["PORT", "WEB_URL"] }'
    assert f'live = {{ port = 3100, env = "PORT", dir = "apps/live", env_file = {live} }}' in text
    web = '{ path = ".env", only = ["PORT"] }'
    assert f'web = {{ port = 3000, env = "PORT", dir = "apps/web", env_file = {web} }}' in text
    assert "[[output]]" not in text


@pytest.mark.parametrize(
    ("script", "works_there"), [("dev", True), ("start", True), ("lint", False)]
)
def test_code_works_in_its_package_where_a_script_of_it_starts_it(
    tmp_path: Path, script: str, works_there: bool
) -> None:
    """Without one it may be started from anywhere, so its folder is no evidence."""
    files = {
        "api/package.json": f'{{"scripts": {{"{script}": "tsx src/index.ts"}}}}',
        "api/src/index.ts": "app.listen(Number(process.env.PORT) || 4000)\n",
    }
    text = render(propose(detection.detect(project(tmp_path, files))))
    assert ('dir = "api"' in text) is works_there, text


def test_a_line_to_put_into_a_script_names_each_option_once(tmp_path: Path) -> None:
    files = {"package.json": '{"scripts": {"dev": "vite --strictPort --port 5180"}}'}
    text = render(propose(detection.detect(project(tmp_path, files))))
    assert "-- vite --port {web} --strictPort" in text


@pytest.mark.parametrize(
    "written", ["apps/live/.env", "\n      - ./apps/live/.env", "[apps/live/.env]"]
)
def test_a_file_that_a_container_reads_never_gets_port(tmp_path: Path, written: str) -> None:
    """There PORT would move the server inside the image."""
    files = {
        "apps/live/.env.example": "PORT=3100\n",
        "apps/live/package.json": '{"scripts": {"dev": "tsx --env-file=.env src/index.ts"}}',
        "compose.yaml": f"services:\n  db:\n    env_file: {written}\n    ports: ['5432:5432']\n",
    }
    found = propose(detection.detect(project(tmp_path, files)))
    assert {one.name: (one.env_file, one.port) for one in found.entries} == {
        "live": ("", 3100),
        "db": ("", 5432),
    }


def test_port_stays_out_of_the_env_file_of_the_root_that_a_container_reads(tmp_path: Path) -> None:
    """The service has a name of its own there."""
    files = {
        ".env.example": "PORT=3000\n",
        "compose.yaml": "services:\n  db:\n    env_file: .env\n    ports: ['5432:5432']\n",
    }
    found = propose(detection.detect(project(tmp_path, files)))
    assert [one.variables for one in found.entries] == [("WEB_PORT",), ("DB_PORT",)]


def test_addresses_of_another_profile_are_read(tmp_path: Path) -> None:
    """Its port is not; a database's address without a number has the usual one."""
    value = "${POSTGRES_URL:jdbc:postgresql://localhost/clinic}"
    files = {
        "src/main/resources/application-pg.properties": f"server.port=1\nurl={value}\n",
        "compose.yaml": "services:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n",
    }
    proposal = propose(detection.detect(project(tmp_path, files)))
    assert [one.name for one in proposal.entries] == ["db"]
    assert [(one.name, one.value) for one in proposal.values] == [
        ("POSTGRES_URL", "jdbc:postgresql://localhost:{db}/clinic")
    ]


def default(name: str) -> str:
    return f"{name.upper().replace('-', '_')}_PORT"


LINES = st.sampled_from(
    [
        *("PORT=3000", "A_PORT=80", "WEB_PORT=3000", "URL=http://localhost:3000", "X={y}"),
        *("WEB_URL=https://a:b@localhost:5432/x?y='1'", "PATH=1", "PORTMAN_X_PORT=7", "É_PORT=9"),
        *("web: vite --port 3000", "web: next dev", "api: uvicorn x --port $PORT", "é: vite"),
        *("    ports: ['3000:3000']", "    ports: ['3000-3005:3000-3005']", "  web:", "  w@b:"),
        *("    ports: ['127.0.0.1:${P:-80}:80/udp']", "    ports: ['0.0.0.0:3001:3000']"),
        *("services:", "    image: web", "    build: .", "    container_name: web"),
        *("server.port=3000", "server.port=${PORT:3000}", "EXPOSE 3000", "app.listen(3000)"),
        *("process.env.PORT || 3000", "process.env.DB_PORT || 3000", "http: [port: 3000]"),
        *('{"scripts": {"dev": "next dev"}}', '{"forwardPorts": [3000, 70000]}'),
    ]
)
NAMES = st.sampled_from(
    [
        *(".env.example", "Procfile", "compose.yaml", "package.json", "Dockerfile", "src/main.js"),
        *("apps/web/package.json", "apps/wéb/package.json", "apps/a b/.env.example", "main.py"),
        *("application.properties", "config/dev.exs", ".devcontainer/devcontainer.json"),
        *("docker/compose.dev.yml", "apps/web/.env.example", "apps/web.x/package.json"),
    ]
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(NAMES, st.lists(LINES, max_size=8), max_size=6))
def test_no_proposal_is_refused(tmp_path: Path, files: dict[str, list[str]]) -> None:
    """Whatever the files say, portman takes what it proposes, and says what it left out."""
    folder = tmp_path / str(len(os.listdir(tmp_path)))
    folder.mkdir()
    root = project(folder, {name: "\n".join(lines) + "\n" for name, lines in files.items()})
    proposal, dropped = valid(propose(detection.detect(root)), f"{root}/ports.toml")
    if proposal.entries:
        parse_manifest(render(proposal).encode(), None, file=f"{root}/ports.toml")
    assert all(dropped)


def test_what_is_opened_of_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder once, but none of dependencies; a file only if its kind is one that is read."""
    kinds = {"Procfile": "web: vite\n", "compose.yaml": built("db", "./db", 5432, 5432)}
    project(tmp_path, kinds)
    for number in range(100):
        inner = {f"src/a{number}/f{one}.ts": "" for one in range(20)}
        project(tmp_path, {**inner, f"node_modules/p{number}/package.json": "{}"})
    project(tmp_path, {"venv/pyvenv.cfg": "", "venv/lib/app.py": "app.run(port=1)"})
    folders: list[str] = []
    opened: list[str] = []
    scan, read = os.scandir, small_file.read

    def counting_scan(path: str) -> Any:
        folders.append(path)
        return scan(path)

    def counting_read(path: str, limit: int) -> str | None:
        opened.append(os.path.relpath(path, tmp_path))
        return read(path, limit)

    monkeypatch.setattr(os, "scandir", counting_scan)
    monkeypatch.setattr(detection, "read", counting_read)
    detection.detect(str(tmp_path))
    assert len(folders) == 104  # the root, db aside: src, its 100, venv and venv/lib
    assert opened == ["Procfile"]
