"""What `portman init` reads out of each kind of file: ports, names, variables, and no guesses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from portman.init import readers as kinds
from portman.init.readers import (
    Detected,
    DetectedAddress,
    Served,
    port_number,
    programs,
    served,
    service_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def brief(finds: Iterable[Detected]) -> list[tuple[Any, ...]]:
    """Return (name, port), and the variable if there is one."""
    return [(one.name, one.port, *([one.variable] if one.variable else [])) for one in finds]


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
        ("storybook dev", 6006, "storybook", ""),
        ("tsc && vite", 5173, "web", ""),
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
        assert found is None
        return
    assert found is not None
    assert (found.port, found.name, found.variable) == (port, name, variable)


def test_the_first_program_counts_and_the_longest_name_of_it() -> None:
    """`rails server` is not `rails s`; what is started first names the service."""
    assert served("rails server") == Served(3000, "web", "", "rails server takes it by PORT")
    assert served("storybook dev & vite") == Served(
        6006, "storybook", "", "storybook takes it by -p $PORT"
    )


def test_every_program_of_the_table_is_recognised_by_its_name() -> None:
    """A name that could not be found in a command would be a dead row."""
    for program, (port, name, _) in programs().items():
        found = served(f"exec {program}")
        assert found is not None, program
        assert (found.port, found.name) == (port, name), program


def test_a_procfile_gives_its_processes() -> None:
    """Comments, lines without a name and commands that serve nothing are passed over."""
    text = "# web: vite\nweb: vite --port 5180\nworker: celery\nno colon\na b: vite\n"
    text += "old-api: flask run\n"
    found = list(kinds.procfile(text, "Procfile"))
    assert brief(found) == [("web", 5180), ("old-api", 5000)]
    assert found[0].where == "Procfile:2"
    assert found[1].what == "runs `flask run`; flask run takes it by FLASK_RUN_PORT"


def test_a_long_command_is_shortened() -> None:
    """The comment in ports.toml stays readable."""
    (found,) = kinds.procfile(f"web: vite {'x' * 100}", "Procfile")
    assert found.what.startswith("runs `vite xxx")
    assert "...`" in found.what
    assert len(found.what.split(";")[0]) < 70


PACKAGES: dict[str, tuple[Mapping[str, object], str, int | None, list[tuple[Any, ...]]]] = {
    "one server": ({"scripts": {"dev": "vite"}}, "package.json", None, [("web", 5173)]),
    "what vite.config says": (
        {"scripts": {"dev": "vite"}}, "package.json", 5199, [("web", 5199)],
    ),
    "another program does not read vite.config": (
        {"scripts": {"dev": "next dev"}}, "package.json", 5199, [("web", 3000)],
    ),
    "start is the same server, built": (
        {"scripts": {"dev": "vite", "start": "node server.js --port 4000"}}, "package.json", None,
        [("web", 5173)],
    ),
    "one port is one find": (
        {"scripts": {"docs": "vitepress dev", "docs:dev": "vitepress dev"}}, "package.json", None,
        [("docs", 5173)],
    ),
    "storybook stands beside it": (
        {"scripts": {"dev": "next dev", "storybook": "storybook dev -p 6007"}}, "package.json",
        None, [("web", 3000), ("storybook", 6007)],
    ),
    "a package of a workspace has its folder's name": (
        {"name": "@shop/site", "scripts": {"dev": "vite"}}, "apps/admin/package.json", None,
        [("admin", 5173)],
    ),
    "scripts that are none": ({"scripts": ["dev"]}, "package.json", None, []),
    "a script that is no text": ({"scripts": {"dev": 3000}}, "package.json", None, []),
    "nothing to start": ({"name": "x"}, "package.json", None, []),
}  # fmt: skip


@pytest.mark.parametrize("case", PACKAGES)
def test_the_scripts_of_a_package(case: str) -> None:
    """One find for each server that a script starts."""
    data, where, vite_port, wanted = PACKAGES[case]
    assert brief(kinds.package_json(json.dumps(data), where, vite_port)) == wanted


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '"x"'])
def test_a_package_that_is_no_object_has_no_scripts(text: str) -> None:
    """Neither bad JSON nor endless nesting ends `init`."""
    assert kinds.package_json(text, "package.json") == []
    assert list(kinds.devcontainer(text, "devcontainer.json")) == []


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("export default { server: { host: true, port: 3001 } }", 3001),
        ("export default { server: { port: Number(env.PORT) } }", None),
        ("export default { preview: { port: 4173 } }", None),
        ("server: { port: 99999 }", None),
    ],
)
def test_the_port_of_a_vite_config(text: str, port: int | None) -> None:
    """Only a number in `server` counts."""
    assert kinds.vite_config(text) == port


def test_what_a_dockerfile_exposes_is_a_weak_find_of_a_container() -> None:
    """Several ports a line, UDP too; what is no number (a build argument) is passed over."""
    text = "FROM x\nexpose 8080 53/UDP $PORT 0\n\nEXPOSE\n"
    found = list(kinds.dockerfile(text, "services/gate/Dockerfile"))
    assert [(one.name, one.target, one.protocol, one.where) for one in found] == [
        ("gate", 8080, "tcp", "services/gate/Dockerfile:2"),
        ("gate", 53, "udp", "services/gate/Dockerfile:2"),
    ]
    assert all(one.weak and one.kind == "container" for one in found)
    assert next(kinds.dockerfile("EXPOSE 80", "Dockerfile")).name == "app"


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
    assert brief(kinds.devcontainer(text, ".devcontainer.json")) == [
        ("web-app", 3000),
        ("main-db", 5432),
        ("port-80", 80),
        ("port-9229", 9229),
        ("port-4000", 4000),
        ("port-7000", 7000),
    ]
    assert brief(
        kinds.devcontainer('{"forwardPorts": ["db:5432"], "portsAttributes": 1}', "d")
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
    found, addresses = kinds.env_example(text, ".env.example")
    assert brief(found) == [("api", 8000, "API_PORT"), ("web", 3000, "PORT")]
    assert addresses == [
        DetectedAddress("API_URL", "http://localhost:8000/v1", 8000, ".env.example:4"),
        DetectedAddress("CACHE", "redis://127.0.0.1:6379", 6379, ".env.example:5"),
    ]


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
        ("management.port=9\n", "application.properties", []),
    ],
)
def test_spring_says_its_port_flat_or_nested(
    text: str, where: str, wanted: list[tuple[Any, ...]]
) -> None:
    """In properties or YAML, with a variable of its own or Spring's; named after its module."""
    assert brief(kinds.spring(text, where)) == wanted


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
    assert brief(kinds.go_server(text, where)) == wanted


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
    assert brief(kinds.supabase(text, "supabase/config.toml")) == [
        ("supabase-api", 54321),
        ("supabase-db", 54322),
        ("supabase-db-shadow", 54320),
    ]
    assert list(kinds.supabase("api = 3\n", "supabase/config.toml")) == []
    assert list(kinds.supabase("[api", "supabase/config.toml")) == []


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ({"manage.py": "import django"}, [("web", 8000)]),
        ({"manage.py": "import flask_script"}, []),
        (
            {"config/puma.rb": 'port ENV.fetch("PORT") { 3100 }'},
            [("web", 3100, "PORT")],
        ),
        ({"config/puma.rb": 'port ENV.fetch("PORT", 3200)'}, [("web", 3200, "PORT")]),
        ({"config/puma.rb": "port ENV.fetch('PORT', '3300')"}, [("web", 3300, "PORT")]),
        ({"config/puma.rb": "workers 2"}, [("web", 3000, "PORT")]),
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
    found = list(kinds.by_mark(texts, texts))
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
