"""What `portman init` reads out of each kind of file: ports, names, variables, and no guesses."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from portman.base.programs import port_number, programs
from portman.init import code, readers, sources, tasks
from portman.init.findings import (
    Detected,
    DetectedAddress,
    client_defaults,
    env_example,
    service_name,
)
from portman.init.kinds import READERS
from portman.init.marks import by_mark
from portman.init.sources import served

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from portman.init.findings import Found


def brief(finds: Sequence[Found]) -> list[tuple[Any, ...]]:
    """Return (name, port), and the variable if there is one."""
    return [
        (one.name, one.port, *([one.variable] if one.variable else []))
        for one in finds
        if isinstance(one, Detected)
    ]


@pytest.mark.parametrize(
    ("command", "port", "name", "variable"),
    [
        ("vite", 5173, "web", ""),
        ("vite --port 5180 --strictPort", 5180, "web", ""),
        ("next dev -p 3005", 3005, "web", ""),
        ("next dev -p $PORT", 3000, "web", "PORT"),
        ("PORT=4000 node server.js", 4000, "web", "PORT"),
        ("cross-env API_PORT=4100 nest start", 4100, "api", "API_PORT"),
        ("bin/rails server -p ${PORT:-3000}", 3000, "web", "PORT"),
        ("node server.js --port $PORT", None, "web", "PORT"),
        ("python manage.py runserver 0.0.0.0:8001", 8001, "web", ""),
        ("python -m http.server 8002", 8002, "web", ""),
        ("php -S localhost:8003 -t public", 8003, "web", ""),
        ("gunicorn -b :8004 app:wsgi", 8004, "web", ""),
        ("hypercorn --bind 127.0.0.1:8005 app", 8005, "web", ""),
        ("docker run -p 80:80 nginx", None, "", ""),
        ("storybook dev", None, "storybook", "SBCONFIG_PORT"),
        ("tsc && vite", 5173, "web", ""),
        ("electron-vite dev", 5173, "web", ""),
        ("quasar dev", 9000, "web", ""),
        ("meteor --port 3100", 3100, "web", ""),
        ("verdaccio -l 4900", 4900, "registry", ""),
        ("mvn tomcat7:run", 8080, "web", ""),
        ("REMOTE_DEBUGGING_PORT=9222 electron-app", None, "", ""),
        ("vite build", None, "", ""),
        ("next build", None, "", ""),
        ("vitest", None, "", ""),
        ("echo hello", None, "", ""),
        ("vite --port 99999", 5173, "web", ""),
        ("", None, "", ""),
    ],
)
def test_the_port_of_a_command(command: str, port: int | None, name: str, variable: str) -> None:
    """What it says goes before what the program does unasked; a build serves nothing."""
    found = served(command)
    if not name:
        assert found == []
        return
    assert [(one.port, one.name, one.variable) for one in found[-1:]] == [(port, name, variable)]


def test_how_a_program_takes_another_port_is_said() -> None:
    """By the option, by a variable of its own, or not at all where the command has a number."""
    assert served("vite")[0].what.endswith("vite dev takes it by --port {NAME} --strictPort")
    assert served("flask run")[0].what.endswith("flask run reads FLASK_RUN_PORT from .env")
    fixed = served("next dev -p 3001")[0].what
    assert "fixes 3001; no variable moves it" in fixed
    assert fixed.endswith("portman run --service NAME -- next dev -p {NAME}")


def test_every_program_of_a_command_is_found() -> None:
    """A shell's `&` starts two."""
    assert [one.name for one in served("storybook dev -p 6006 & vite")] == ["storybook", "web"]


def test_every_program_of_the_table_is_recognised_by_its_words() -> None:
    """A name that could not be found in a command would be a dead row."""
    for program in programs():
        for words in program.words:
            found = served(f"exec {words}")
            if program.passes or words.endswith(" preview"):
                assert found == [], words  # what is built already is not worked on
            elif program.port is not None:
                assert [(one.port, one.name) for one in found] == [(program.port, program.name)], (
                    words
                )


def test_a_procfile_gives_its_processes() -> None:
    """Comments, lines without a name and commands that serve nothing are passed over."""
    text = "# web: vite\nweb: vite --port 5180\nworker: celery\nno colon\na b: vite\n"
    text += "old-api: flask run\n"
    found = tasks.procfile(text, "Procfile")
    assert brief(found) == [("web", 5180), ("old-api", 5000, "FLASK_RUN_PORT")]
    assert found[0].where == "Procfile:2"
    assert found[1].what == "runs `flask run`; flask run reads FLASK_RUN_PORT from .env"


def test_a_long_command_is_shortened() -> None:
    """The comment in ports.toml stays readable."""
    (found,) = tasks.procfile(f"web: vite {'x' * 100}", "Procfile")
    assert found.what.startswith("runs `vite xxx")
    assert "...`" in found.what
    assert len(found.what.split(";")[0]) < 70


PACKAGES: dict[str, tuple[Mapping[str, object], str, list[tuple[Any, ...]]]] = {
    "one server": ({"scripts": {"dev": "vite"}}, "package.json", [("web", 5173)]),
    "start is the same server, built": (
        {"scripts": {"dev": "vite", "start": "node server.js --port 4000"}}, "package.json",
        [("web", 5173)],
    ),
    "one port is one find": (
        {"scripts": {"docs": "vitepress dev", "docs:dev": "vitepress dev"}}, "package.json",
        [("docs", 5173)],
    ),
    "storybook is beside it": (
        {"scripts": {"dev": "next dev", "storybook": "storybook dev -p 6007"}}, "package.json",
        [("web", 3000), ("storybook", 6007)],
    ),
    "a package of a workspace has its folder's name": (
        {"name": "@shop/site", "scripts": {"dev": "vite"}}, "apps/admin/package.json",
        [("admin", 5173)],
    ),
    "concurrently starts several": (
        {"scripts": {"dev": 'concurrently -n a,b "next dev -p 3001" "uvicorn a:b --port 8001"'}},
        "package.json", [("web", 3001), ("web", 8001)],
    ),
    "scripts that call scripts": (
        {"scripts": {"dev": "run-p dev:*", "dev:ui": "vite", "dev:api": "npm run api",
                     "api": "PORT=4001 tsx src/api.ts"}},
        "package.json", [("ui", 5173), ("api", 4001, "PORT")],
    ),
    "turbo's filter is no program": (
        {"scripts": {"dev": "turbo run dev --filter=@shop/remix", "docs": "turbo run storybook"}},
        "package.json", [],
    ),
    "a client's port is none": ({"scripts": {"dev": "psql -p 5433"}}, "package.json", []),
    "scripts that are none": ({"scripts": ["dev"]}, "package.json", []),
    "a script that is no text": ({"scripts": {"dev": 3000}}, "package.json", []),
    "nothing to start": ({"name": "x"}, "package.json", []),
}  # fmt: skip


@pytest.mark.parametrize("case", PACKAGES)
def test_the_scripts_of_a_package(case: str) -> None:
    """One find for each server that a script starts."""
    data, where, wanted = PACKAGES[case]
    assert brief(sources.package_json(json.dumps(data), where)) == wanted


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '"x"'])
def test_a_package_that_is_no_object_has_no_scripts(text: str) -> None:
    """Neither bad JSON nor endless nesting ends `init`."""
    assert sources.package_json(text, "package.json") == []
    assert readers.devcontainer(text, "devcontainer.json") == []


@pytest.mark.parametrize(
    ("text", "port", "variable"),
    [
        ("export default { server: { host: true, port: 3001 } }", 3001, ""),
        ("export default { server: { port: Number(env.PORT) } }", None, "PORT"),
        ("server: { proxy: { a: { port: 9 } }, port: +(process.env.UI_PORT || 3100) }", 3100,
         "UI_PORT"),
        ("const port = parseInt(process.env.PORT ?? '4300', 10)\nx = { server: { port } }", 4300,
         "PORT"),
        ("const p = process.env.PORT ?? 4300\nx = { server: { port: p, open: 1 } }", 4300, "PORT"),
        ("export default { devServer: { port: 3005 } }", 3005, ""),
        ("export default { preview: { port: 4173 } }", None, ""),
        ("server: { port: 99999 }", None, ""),
    ],
)  # fmt: skip
def test_the_port_of_a_config_in_javascript(text: str, port: int | None, variable: str) -> None:
    """Only `server` and `devServer` count, not what is nested in them."""
    found = readers.js_config(text, "vite.config.ts")
    wanted = [("web", port, *([variable] if variable else []))]
    assert brief(found) == (wanted if port or variable else [])


#: What every other reader makes of its kind of file: reader, path, text, finds.
FILES: list[tuple[Callable[[str, str], list[Found]], str, str, list[tuple[Any, ...]]]] = [
    (readers.angular, "angular.json",
     '{"projects":{"Shop":{"architect":{"serve":{"options":{"port":4211}}}}}}', [("shop", 4211)]),
    (readers.nx_project, "apps/api/project.json", '{"targets":{"serve":{"options":{"port":4212}}}}',
     [("api", 4212)]),
    (readers.nx_project, "apps/ui/project.json",
     '{"name":"shop-ui","targets":{"serve":{"executor":"@nx/angular:dev-server"}}}',
     [("shop-ui", 4200)]),
    (readers.launch_settings, "src/Shop.Api/Properties/launchSettings.json",
     '{"iisSettings":{"iisExpress":{"applicationUrl":"http://localhost:1"}},"profiles":{'
     '"https":{"commandName":"Project","applicationUrl":"https://localhost:7298;http://localhost:5045"},'
     '"IIS":{"commandName":"IISExpress","applicationUrl":"http://localhost:2"}}}',
     [("shop-api", 5045), ("shop-api-https", 7298)]),
    (readers.launch_settings, "App.Host/Properties/launchSettings.json",
     '{"profiles":{"https":{"applicationUrl":"https://localhost:19888","environmentVariables":'
     '{"ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL":"https://localhost:18889"}}}}',
     [("app-host-otlp", 18889), ("app-host", 19888)]),
    (readers.wrangler, "wrangler.jsonc", '{"dev": {"port": 9001}, /* x */}', [("web", 9001)]),
    (readers.wrangler, "w/wrangler.toml", "[dev]\nport = 9002\n", [("w", 9002)]),
    (readers.flaskenv, ".flaskenv", "FLASK_APP=x\nFLASK_RUN_PORT=5001\n",
     [("web", 5001, "FLASK_RUN_PORT")]),
    (readers.vite_ruby, "config/vite.json", '{"test":{"port":1},"development":{"port":3036}}',
     [("vite", 3036, "VITE_RUBY_PORT")]),
    (readers.symfony, ".symfony.local.yaml", "http:\n  port: 4214\n", [("web", 4214)]),
    (readers.phoenix, "config/dev.exs", "http: [ip: {127, 0, 0, 1}, port: 4217]", [("web", 4217)]),
    (readers.phoenix, "config/dev.exs",
     'http: [port: String.to_integer(System.get_env("PORT") || "4001")]', [("web", 4001, "PORT")]),
    (readers.puma, "config/puma.rb", 'port ENV.fetch("PORT") { 3100 }', [("web", 3100, "PORT")]),
    (readers.puma, "config/puma.rb", 'port ENV.fetch("PORT", 3200)', [("web", 3200, "PORT")]),
    (readers.puma, "config/puma.rb", 'bind "tcp://#{ENV.fetch("IP")}:#{ENV.fetch("PORT", 3300)}"',
     [("web", 3300, "PORT")]),
    (readers.puma, "config/puma.rb", 'bind "unix:///tmp/3400.sock"', []),
    (readers.puma, "config/puma.rb", "workers 2", []),
    (readers.angular, "ui/angular.json",
     '{"projects":{"shop":{"architect":{"serve":{"builder":"@angular/build:dev-server"}}}}}',
     [("shop", 4200)]),
    (readers.angular, "angular.json",
     '{"projects":{"a":{"targets":{"serve":{"builder":"x:dev-server"}}},'
     '"b":{"targets":{"serve":{"builder":"x:dev-server"}}}}}', []),
    (tasks.app_settings, "configuration/base.yaml",
     "application:\n  port: 8300\ndb:\n  port: 5432\n", [("web", 8300)]),
    (tasks.app_settings, "svc/config/default.toml", "[db]\nport = 5432\n[server]\nport = 8301\n",
     [("svc", 8301)]),
    (tasks.app_settings, "config/default.json", '{"server": {"port": 8302}}', [("web", 8302)]),
    (tasks.app_settings, "config.default.toml", 'listen_address = "[::]:8303"\n',
     [("web", 8303)]),
    (tasks.app_settings, "config/default.yml", "database:\n  port: 5432\n", []),
    (code.dotnet_code, "Host/AppHost.cs",
     'var b = DistributedApplication.CreateBuilder(args);\nb.AddPostgres("pg").WithPgAdmin(p => p'
     '.WithHostPort(5050));\nb.AddContainer("mail", "x").WithEndpoint("smtp", e => { '
     'e.TargetPort = 25; e.Port = 2525; });\nb.AddContainer("s3", "x")'
     '.WithHttpEndpoint(port: 9000, targetPort: 1)\n.WithHttpEndpoint(port: 9001);\n'
     'b.AddViteApp($"{p}-shop", "../shop")'
     '.WithHttpEndpoint(port: 5173)',
     [("pg", 5050), ("mail", 2525), ("s3", 9000), ("s3-9001", 9001), ("shop", 5173)]),
    (readers.streamlit, "demo/.streamlit/config.toml", "[server]\nport = 8600\n",
     [("demo", 8600, "STREAMLIT_SERVER_PORT")]),
    (readers.firebase, "firebase.json", '{"emulators":{"auth":{"port":9099},"ui":{}}}',
     [("firebase-auth", 9099)]),
    (sources.composer_json, "composer.json",
     '{"scripts":{"dev":["npx concurrently \\"php artisan serve\\" \\"npm run dev\\""]}}',
     [("web", 8000, "SERVER_PORT")]),
    (sources.composer_json, "composer.json", '{"require":{"symfony/framework-bundle":"^7"}}',
     [("web", 8000)]),
    (tasks.recipes, "Makefile", "PORT ?= 8011\ndev:\n\tuvicorn a:b --port $(PORT)\n"
     "lint:\n\tx --port 1\n", [("web", 8011, "PORT")]),
    (tasks.recipes, "Makefile", "gate:\n\tgo run ./cmd/gate -addr :8018\n"
     "bench:\n\tgo run ./cmd/bench -addr :8019\n", [("gate", 8018)]),
    (tasks.recipes, "Makefile", "api:\n\tcargo watch -q -x 'run -- --port 8020'\n",
     [("api", 8020)]),
    (tasks.pm2, "ecosystem.config.js",
     'a = { apps: [{ name: "web", args: "--port 8021" }, { name: "b", args: ["-p", "8022"] },'
     ' { name: "c", env: { PORT: 8023 } }, { name: "d", args: "--depth 8024" }] }',
     [("web", 8021), ("b", 8022), ("c", 8023, "PORT")]),
    (tasks.recipes, "justfile", "port := '8012'\nserve-api:\n  ./api --port {{port}}\n",
     [("api", 8012)]),
    (tasks.taskfile, "Taskfile.yml",
     "vars:\n  PORT: 8013\ntasks:\n  dev:\n    cmds:\n      - flask run --port {{.PORT}}\n",
     [("web", 8013, "PORT")]),
    (sources.launch_json, ".vscode/launch.json",
     '{"configurations":[{"module":"flask","args":["run","--port","9000"]},'
     '{"request":"attach","args":["--port","9229"]}]}', [("web", 9000)]),
]  # fmt: skip


@pytest.mark.parametrize("case", FILES, ids=lambda case: f"{case[0].__name__}:{case[1]}")
def test_what_a_file_says(case: Any) -> None:
    """Name, port and variable; a text that is none of the kind says nothing."""
    reader, where, text, wanted = case
    assert brief(reader(text, where)) == wanted
    for odd in ("", "{", "[" * 10_000, "port: x", "\0"):
        assert reader(odd, where) == []


CODE = [
    ("src/index.js", "app.listen(process.env.PORT || 3000)", [("web", 3000, "PORT")]),
    ("src/index.js", "app.listen(3001, go)", [("web", 3001)]),
    ("src/main.ts", "await app.listen(process.env.PORT ?? 3002)", [("web", 3002, "PORT")]),
    ("a/server.ts", "Bun.serve({ fetch, port: 3003 })", [("a", 3003)]),
    ("db.js", "connect(process.env.DB_PORT || 5432)", []),
    ("cmd/app/main.go", 'cmd.Flags().Int("port", 8081, "x")', [("app", 8081)]),
    ("cmd/x/main.go", 'const port = "8080"\nos.Getenv("PORT"); http.ListenAndServe(":"+p)',
     [("x", 8080, "PORT")]),
    ("app.py", "app.run(debug=True, port=5001)", [("web", 5001)]),
    ("api/main.py", 'uvicorn.run(app, port=int(os.environ.get("API_PORT", 8002)))',
     [("api", 8002, "API_PORT")]),
    ("src/main.rs", 'get_env_var("SHOP_PORT", "8000")', [("web", 8000, "SHOP_PORT")]),
    ("src/main.rs", 'TcpListener::bind("127.0.0.1:3009").await', [("web", 3009)]),
    ("src/main.rs", 'println!("localhost:3009")', []),
]  # fmt: skip


@pytest.mark.parametrize(("where", "text", "wanted"), CODE)
def test_the_default_of_a_server_in_code(
    where: str, text: str, wanted: list[tuple[Any, ...]]
) -> None:
    """The default beside a variable, else a literal; a client's variable is no server."""
    assert brief(code.code(text, where)) == wanted


def test_what_a_dockerfile_exposes_is_a_weak_find_of_a_container() -> None:
    """Several ports a line, UDP too; what is no number (a build argument) is passed over."""
    text = "FROM x\nexpose 8080 53/UDP $PORT 0\n\nEXPOSE\n"
    found = readers.dockerfile(text, "services/gate/Dockerfile")
    assert [(one.name, one.target, one.protocol, one.where) for one in found] == [
        ("gate", 8080, "tcp", "services/gate/Dockerfile:2"),
        ("gate", 53, "udp", "services/gate/Dockerfile:2"),
    ]
    assert all(one.weak and one.kind == "container" for one in found)
    assert readers.dockerfile("EXPOSE 80", "Dockerfile")[0].name == "app"


def test_a_devcontainer_forwards_ports() -> None:
    """Numbers, `owner:port`, labels, comments and a trailing comma; the rest is passed over."""
    text = """{
      // http://localhost:1 is no port
      "forwardPorts": [3000, "db:5432", "8080:80", "x", 9229, 4000,],
      "appPort": 7000, /* one */
      "portsAttributes": {
        "3000": {"label": "Web App"}, "db:5432": {"label": "Main DB"}, "4000": "odd",
        "9229": {"onAutoForward": "silent"},
      },
    }"""
    assert brief(readers.devcontainer(text, ".devcontainer.json")) == [
        ("web-app", 3000),
        ("main-db", 5432),
        ("port-8080", 8080),
        ("port-9229", 9229),
        ("port-4000", 4000),
        ("port-7000", 7000),
    ]
    assert brief(
        readers.devcontainer('{"forwardPorts": ["db:5432"], "portsAttributes": 1}', "d")
    ) == [("db", 5432)]


def test_an_env_example_gives_ports_and_addresses() -> None:
    """`*_PORT` is a port; a value with a local address is one to rewrite; the rest is not ours."""
    text = """\
# A_PORT=1
export API_PORT='8000'
PORT=3000
API_URL="http://localhost:8000/v1"
CACHE=redis://127.0.0.1:6379
COUNT=8080
BIG_PORT=70000
a b=localhost:1234
caf\u00e9_PORT=1234
no equals
FAR=http://example.com:8000
"""
    found = env_example(text, ".env.example")
    assert brief(found) == [("api", 8000, "API_PORT"), ("web", 3000, "PORT")]
    assert [one for one in found if isinstance(one, DetectedAddress)] == [
        DetectedAddress("API_URL", "http://localhost:8000/v1", ".env.example:4"),
        DetectedAddress("CACHE", "redis://127.0.0.1:6379", ".env.example:5"),
    ]


def test_a_variable_that_says_where_a_client_connects_is_no_service() -> None:
    """With a host beside it, or of a database; one on this machine follows."""
    text = "SMTP_ADDRESS=\nSMTP_PORT=465\nDB_HOST=localhost\nDB_PORT=5432\nREDIS_PORT=6379\n"
    text += "MAIL_HOST=smtp.example.com\nMAIL_PORT=2525\nPORT=3000\nHOST=0.0.0.0\n"
    found = env_example(text, ".env.example")
    assert brief(found) == [("web", 3000, "PORT")]
    assert [one.variable for one in found if isinstance(one, DetectedAddress)] == ["DB_PORT"]


@pytest.mark.parametrize(
    ("text", "where", "wanted"),
    [
        ("server.port=8081\n", "application.properties", [("web", 8081, "SERVER_PORT")]),
        ("server.port=${APP_PORT:8082}\n", "x/application.properties", [("web", 8082, "APP_PORT")]),
        (
            "server:\n  ssl: no\n  port: ${MY_PORT:8083}\n",
            "shop/api/src/main/resources/application.yml",
            [("api", 8083, "MY_PORT")],
        ),
        (
            "server: # http\n  # ours\n  port: 8084\n\nspring:\n  port: 1\n",
            "application.yml",
            [("web", 8084, "SERVER_PORT")],
        ),
        ("server:\n  tomcat:\n    port: 9\n", "application.yml", []),
        ("server:\nspring:\n  port: 9\n", "application.yml", []),
        ("management.port=9\n", "application.properties", []),
    ],
)
def test_spring_says_its_port_flat_or_nested(
    text: str, where: str, wanted: list[tuple[Any, ...]]
) -> None:
    """In properties or YAML, with a variable of its own or Spring's; named after its module."""
    assert brief(readers.spring(text, where)) == wanted


@pytest.mark.parametrize(
    ("text", "where", "wanted"),
    [
        ('http.ListenAndServe(":8080", nil)', "cmd/gateway/main.go", [("gateway", 8080)]),
        ('net.Listen("tcp", "127.0.0.1:50051")', "main.go", [("api", 50051)]),
        ('r.Run("[::]:8090")', "cmd/main.go", [("api", 8090)]),
        ('getEnv("BILLING_PORT", "9000")', "src/billing/x.go", [("billing", 9000, "BILLING_PORT")]),
        ('fmt.Println("localhost:8080")', "main.go", []),
    ],
)
def test_a_go_server_says_where_it_listens(
    text: str, where: str, wanted: list[tuple[Any, ...]]
) -> None:
    """A default of a variable goes before a literal; folders named cmd and src name nothing."""
    assert brief(code.code(text, where)) == wanted


def test_supabase_has_several_ports() -> None:
    """Out of range, of another type, or no TOML at all: passed over."""
    text = """
    [api]
    port = 54321
    [db]
    port = 54322
    shadow_port = 54320
    [studio]
    port = "54323"
    [inbucket]
    port = 70000
    """
    assert brief(readers.supabase(text, "supabase/config.toml")) == [
        ("supabase-api", 54321),
        ("supabase-db", 54322),
        ("supabase-db-shadow", 54320),
    ]
    assert readers.supabase("api = 3\n", "supabase/config.toml") == []
    assert readers.supabase("[api", "supabase/config.toml") == []


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({"manage.py": "import django"}, [("web", 8000)]),
        ({"manage.py": "import flask_script"}, []),
        ({"pom.xml": "<id>spring-boot-starter</id>"}, [("web", 8080, "SERVER_PORT")]),
        (
            {"build.gradle.kts": 'id("org.springframework.boot")'},
            [("web", 8080, "SERVER_PORT")],
        ),
        ({"build.gradle": "apply plugin: 'java'"}, []),
    ],
)
def test_frameworks_are_known_by_a_file_at_the_root(
    texts: dict[str, str], wanted: list[tuple[Any, ...]]
) -> None:
    """Weak finds: a command found elsewhere goes before them."""
    found = by_mark(texts, [])
    assert brief(found) == wanted
    assert all(one.weak and one.where in texts for one in found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Web App", "web-app"),
        ("@scope/API_v2", "scope-api-v2"),
        ("42-things", "things"),
        ("42", "web"),
        ("", "web"),
        ("\u65e5\u672c", "web"),
        ("x" * 39 + "-y", "x" * 39),
    ],
)
def test_any_text_becomes_a_name(text: str, name: str) -> None:
    """Names of services are plain: what has no letter left is the default."""
    assert service_name(text) == name


@pytest.mark.parametrize(
    ("text", "port"),
    [
        *[("1", 1), ("65535", 65535), ("65536", None), ("0", None), ("", None), ("-1", None)],
        *[("\u0661\u0662", None), ("123456", None), ("8x", None)],
    ],
)
def test_what_spells_a_port(text: str, port: int | None) -> None:
    """ASCII digits between 1 and 65535."""
    assert port_number(text) == port


PIECES = (" ", "\n", "server: {", "a", "//", "serve(", '"', "${", "http:\n x\n")
#: Beginnings that readers look for, with lines behind them that look like more of the same.
LONG = {
    **{piece: piece * (40_000 // len(piece)) for piece in PIECES},
    "blocks": "server:\n" + "        deep: x\n" * 3000,
    "of http": "http:\n" + "        deep: x\n" * 3000,
    "indented": " " * 20_000 + "x\n",
    "options": "server: { " + "port: a[(" * 4000,
    "schema": "PORT: z." + "string()." * 4000,
    "calls": "uvicorn.run(" * 4000,
    "defaults": 'getenv("PORT", ' * 4000,
    "constants": "port = port = " * 4000,
    "addresses": "http://a:b@" * 4000,
    "words": "web: " + "npm run " * 4000,
    "quotes": 'web: "' + '\\"' * 8000,
    "scripts": '{"scripts": {"dev": "' + "a && " * 4000 + '"}}',
    "variables": "run:\n\t" + "$(" * 8000,
    "comments": '{"a": ' + "/* " * 8000,
}


@pytest.mark.parametrize("name", LONG)
def test_no_reader_is_slow_on_a_hostile_text(name: str) -> None:
    """A pattern that tries every pair of places would take minutes for a file of 40 kB."""
    began = time.process_time()
    for patterns, reader in READERS:
        for ending in ("js", "go", "py", "rs") if reader is code.code else ("",):
            reader(LONG[name], f"x.{ending}" if ending else patterns[0].replace("*", ""))
    assert time.process_time() - began < 5  # 0.5 s alone; the rest is for a slow machine


#: A line of code, and the variable and address that are its default.
DEFAULTS = {
    "const a = process.env.API_URL || 'http://localhost:8000/v1'": (
        "API_URL",
        "http://localhost:8000/v1",
    ),
    'const a = import.meta.env.VITE_API_URL ?? "http://127.0.0.1:8000"': (
        "VITE_API_URL",
        "http://127.0.0.1:8000",
    ),
    'const { API_URL = "http://localhost:8000" } = process.env': (
        "API_URL",
        "http://localhost:8000",
    ),
    "const a = process.env['API_URL'] ?? `http://localhost:8000`": (
        "API_URL",
        "http://localhost:8000",
    ),
    'A = os.environ.get("API_URL", "http://localhost:8000")': ("API_URL", "http://localhost:8000"),
    'A = os.getenv("API_URL") or "http://localhost:8000"': ("API_URL", "http://localhost:8000"),
    'A = env("API_URL", default="http://localhost:8000")': ("API_URL", "http://localhost:8000"),
    'A = ENV.fetch("API_URL", "http://localhost:8000")': ("API_URL", "http://localhost:8000"),
    'A = ENV["API_URL"] || "http://localhost:8000"': ("API_URL", "http://localhost:8000"),
    "'url' => env('API_URL', 'http://localhost:8000'),": ("API_URL", "http://localhost:8000"),
    'a := getenv("API_URL", "http://localhost:8000")': ("API_URL", "http://localhost:8000"),
    'DB = os.environ.get("DATABASE_URL", "postgres://localhost/app")': (
        "DATABASE_URL",
        "postgres://localhost/app",
    ),
    'const a = "http://localhost:8000"': None,
    'API_URL = "http://localhost:8000"': None,
    "const a = process.env.API_URL || 'https://api.example.com:8000'": None,
    "const a = process.env.API_URL || `http://localhost:${port}`": None,
    'log(process.env.API_URL, "no server at http://localhost")': None,
}


@pytest.mark.parametrize("line", DEFAULTS)
def test_where_code_connects_unless_it_is_told(line: str) -> None:
    """Such a variable becomes a value of [env]; tests, documents and bare literals are none."""
    found = [(one.variable, one.value) for one in client_defaults(f"\n{line}\n", "src/a.ts")]
    wanted = DEFAULTS[line]
    assert found == ([wanted] if wanted else [])
    assert not client_defaults(line, "tests/a.ts")
    assert not client_defaults(line, "README.md")
