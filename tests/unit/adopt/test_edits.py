"""Edits as spans of bytes, one table for each kind of file that adopt changes."""

from __future__ import annotations

import pytest

from portman.adopt.commands import (
    changed,
    server_of,
    set_port,
    with_run,
    without_port,
)
from portman.adopt.compose import HostPort, adopt_compose, is_read
from portman.adopt.js_config import adopt_config, adopt_entry
from portman.adopt.notes import find_literals, started_by_run
from portman.adopt.plan import plan
from portman.adopt.project import (
    ConflictError,
    Edit,
    FileText,
    Job,
    Place,
    Project,
    apply,
    as_bytes,
)
from portman.base.programs import by_package


def after(text: str, edits: list[Edit] | tuple[Edit, ...]) -> str:
    return apply(as_bytes(text), edits).decode("utf-8", "surrogateescape")


DB = HostPort("db", "db", 5432, 5432, "DB_PORT")

#: item of `ports` -> what it becomes; None: it stays.
ENTRIES = {
    "- 5432:5432": "- ${DB_PORT:-5432}:5432",
    "- 5432:5432 # pg": "- ${DB_PORT:-5432}:5432 # pg",
    '- "5432:5432"': '- "${DB_PORT:-5432}:5432"',
    "- '5432:5432/tcp'": "- '${DB_PORT:-5432}:5432/tcp'",
    "- 127.0.0.1:5432:5432": "- 127.0.0.1:${DB_PORT:-5432}:5432",
    '- "0.0.0.0:5432:5432"': '- "0.0.0.0:${DB_PORT:-5432}:5432"',
    '- "[::1]:5432:5432"': '- "[::1]:${DB_PORT:-5432}:5432"',
    '- published: "5432"\n        target: 5432': (
        '- published: "${DB_PORT:-5432}"\n        target: 5432'
    ),
    "- target: 5432\n        published: 5432": (
        "- target: 5432\n        published: ${DB_PORT:-5432}"
    ),
    '- "${FORWARD:-127.0.0.1:5432}:5432"': '- "${FORWARD:-127.0.0.1:${DB_PORT:-5432}}:5432"',
    '- "${FORWARD:-127.0.0.1:5432}:${PORT:-5432}"': (
        '- "${FORWARD:-127.0.0.1:${DB_PORT:-5432}}:${PORT:-5432}"'
    ),
    '- "127.0.0.1:5432:$PORT"': '- "127.0.0.1:${DB_PORT:-5432}:$PORT"',
    "- 5432:${PORT:-80}": '- "${DB_PORT:-5432}:${PORT:-80}"',
    "- 6000:$PORT": None,
    '- "${FORWARD:-5432}:5432"': None,
    '- "${PG:-5432}:5432"': None,
    "- 5432": None,
    '- "5432-5434:5432-5434"': None,
    "- 6000:6000": None,
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_compose_entries(entry: str) -> None:
    text = f"services:\n  db:\n    image: x\n    ports:\n      {entry}\n"
    made = adopt_compose(FileText("compose.yaml", text), [DB], {})
    wanted = ENTRIES[entry]
    assert after(text, made.edits) == text.replace(entry, wanted or entry)


def test_compose_keeps_bytes() -> None:
    """Carriage returns, a byte order mark, comments and flow style survive."""
    text = "\ufeffservices:\r\n  db: {image: x, ports: [5432:5432]} # é\r\n"
    made = adopt_compose(FileText("compose.yaml", text), [DB], {})
    assert after(text, made.edits) == text.replace("5432:5432", '"${DB_PORT:-5432}:5432"')


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("container_name: mail", "container_name: mail${CONTAINER_SUFFIX:-}"),
        ('container_name: "mail"', 'container_name: "mail${CONTAINER_SUFFIX:-}"'),
        ("container_name: mail-$USER", None),
        ("container_name: mail\n    environment:\n      U: http://mail:25/", None),
    ],
)
def test_compose_names(text: str, wanted: str | None) -> None:
    whole = f"services:\n  db:\n    {text}\n"
    made = adopt_compose(FileText("c.yaml", whole), [], {})
    assert after(whole, made.edits) == whole.replace(text, wanted or text)
    assert made.suffixed == (wanted is not None)


def test_compose_addresses() -> None:
    """A browser's address follows; a container's own does not."""
    text = (
        "services:\n  db:\n    environment:\n"
        "      APP_URL: http://localhost:3000/x\n      CHECK: http://localhost:5432/\n"
    )
    made = adopt_compose(FileText("c.yaml", text), [DB], {3000: "WEB_PORT", 5432: "DB_PORT"})
    assert after(text, made.edits) == text.replace("3000", "${WEB_PORT:-3000}")


def test_compose_shared_lines_are_named() -> None:
    text = "x: &p [5432:5432]\nservices:\n  db: {ports: *p}\n  two: {ports: *p}\n"
    made = adopt_compose(FileText("c.yaml", text), [DB], {})
    assert [one.line for one in made.left] == [1]


def test_compose_variables_that_the_image_reads_are_refused() -> None:
    text = "services:\n  db:\n    environment:\n      - DB_PORT\n    ports: ['5432:5432']\n"
    made = adopt_compose(FileText("c.yaml", text), [DB], {})
    assert not made.edits
    assert made.left


#: command -> (with `{web}` as its port, without its port, through `portman run`).
COMMANDS = {
    "next dev -p 3000": (
        "next dev -p {web}",
        "next dev",
        "portman run --service web -- next dev -p 3000",
    ),
    "vite --port=3000 --open": (
        "vite --port={web} --open",
        "vite --open",
        "portman run --service web -- vite --port=3000 --open",
    ),
    "cross-env A=b vite": (
        "cross-env A=b vite --port {web}",
        None,
        "portman run --service web -- cross-env A=b vite",
    ),
    "NODE_ENV=development next dev -p3000": (
        "NODE_ENV=development next dev -p{web}",
        "NODE_ENV=development next dev",
        "NODE_ENV=development portman run --service web -- next dev -p3000",
    ),
    "cd api && uvicorn app:app --port 3000": (
        "cd api && uvicorn app:app --port {web}",
        "cd api && uvicorn app:app",
        "cd api && portman run --service web -- uvicorn app:app --port 3000",
    ),
    "gunicorn -b 0.0.0.0:3000 app": (
        "gunicorn -b 0.0.0.0:{web} app",
        None,
        "portman run --service web -- gunicorn -b 0.0.0.0:3000 app",
    ),
    "python manage.py runserver": (
        "python manage.py runserver 127.0.0.1:{web}",
        None,
        "portman run --service web -- python manage.py runserver",
    ),
    "next dev -p ${PORT:-3000}": (
        None,
        None,
        "portman run --service web -- next dev -p ${PORT:-3000}",
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(command: str) -> None:
    server = server_of(command, 3000)
    assert server is not None
    assert server.alone
    port, without, run = COMMANDS[command]
    change = set_port(server, 3000, "{web}")
    assert (change and changed(command, [change])) == port
    gone = without_port(server, 3000)
    assert (gone and changed(command, [gone])) == without
    assert changed(command, [with_run(server, "web")]) == run


@pytest.mark.parametrize(
    ("command", "alone"),
    [
        ("vite | cat", False),
        ("vite && echo done", False),
        ("vite & other", False),
        ("vite --port $(cat port)", False),
        ("tsc && vite", True),
    ],
)
def test_what_a_shell_does_more_with(command: str, alone: bool) -> None:
    server = server_of(command)
    assert server is not None
    assert server.alone is alone


def test_two_servers_are_none() -> None:
    assert server_of("vite && next dev") is None
    assert server_of("eslint .") is None


#: A config's text -> the text of its `server`, or None where it is refused.
CONFIGS = {
    "export default { plugins: [a()] }": "port: Number(ports.WEB_PORT) || 5173",
    "export default defineConfig({ server: { port: 3001 } })": "Number(ports.WEB_PORT) || 3001",
    "export default defineConfig(() => ({ server: {} }))": "|| 5173",
    "export default defineConfig(({ mode }) => {\n  const a = '{'\n  return { server: {} }\n})": (
        "|| 5173"
    ),
    "export default defineConfig({ ...base, server: {} })": None,
    "export default defineConfig({ server: { ...base } })": None,
    "export default defineConfig(make())": None,
    "export default mergeConfig(a, b)": None,
    "export default defineConfig({ server: { port: choose() } })": None,
    "export default defineConfig({ server })": None,
}


@pytest.mark.parametrize("text", CONFIGS)
def test_configs(text: str) -> None:
    made = adopt_config(FileText("vite.config.ts", text), None, "WEB_PORT", "web", {})
    wanted = CONFIGS[text]
    if wanted is None:
        assert made is None
        return
    assert made is not None
    new = after(text, made.edits)
    assert wanted in new
    assert "loadEnv" in new
    again = adopt_config(FileText("vite.config.ts", new), None, "WEB_PORT", "web", {})
    assert again is not None
    assert (again.edits, again.variable) == ([], "WEB_PORT")


#: Code -> what it becomes; None: it is not changed.
CODE = {
    "app.listen(3000)": (
        "try { process.loadEnvFile() } catch {}\napp.listen(process.env.PORT || 3000)"
    ),
    "'use strict'\napp.listen(3000, go)": (
        "'use strict'\ntry { process.loadEnvFile() } catch {}\n"
        "app.listen(process.env.PORT || 3000, go)"
    ),
    "require('dotenv').config()\napp.listen(process.env.PORT)": (
        "require('dotenv').config()\napp.listen(process.env.PORT)"
    ),
    "a.listen(3000)\nb.listen(3001)": None,
    "// app.listen(3000)\nserve()": None,
    "app.listen(4000)": None,
}


@pytest.mark.parametrize("text", CODE)
def test_code(text: str) -> None:
    job = Job("web", 3000, ("WEB_PORT",))
    made = adopt_entry(job, FileText("server.js", text), "")
    wanted = CODE[text]
    assert (made and after(text, made.edits)) == wanted


def of(files: dict[str, str], job: Job, style: str = "plain") -> dict[str, str]:
    """Return the files after the plan for one service."""
    made = plan(Project(files, (job,), (), ".env", style))  # type: ignore[arg-type]
    return {
        path: after(text, [one for one in made.edits if one.file == path])
        for path, text in files.items()
    }


def script(text: str) -> str:
    return f'{{\n\t"scripts": {{"dev": "{text}"}},\n\t"devDependencies": {{"dotenv-cli": "1"}}\n}}'


NEXT = Job(
    *("web", 3000, ("WEB_PORT",), "apps/web", by_package("next")),
    (Place("apps/web/package.json", 2, "sure", 'script "dev" runs'),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("dotenv -e ../../.env -- next dev", "dotenv -e .env.local -e ../../.env -- next dev"),
        ("dotenv -e .env.local -- next dev", "dotenv -e .env.local -- next dev"),
        (
            "dotenv -e ../../.env -- next dev -p 3000",
            "dotenv -e .env.local -e ../../.env -- next dev",
        ),
        ("next dev --turbo", "dotenv -e .env.local -- next dev --turbo"),
        ("next dev -p 3001", "next dev -p 3001"),
        ("cross-env PORT=${UI_PORT:-3001} next dev", "cross-env PORT=${UI_PORT:-3001} next dev"),
    ],
)
def test_dotenv_cli(before: str, wanted: str) -> None:
    files = {"apps/web/package.json": script(before)}
    assert of(files, NEXT) == {"apps/web/package.json": script(wanted)}


def test_a_file_that_a_container_reads_too_gets_no_port() -> None:
    """The server inside the image would take it."""
    files = {"apps/web/package.json": script("dotenv -e .env -- next dev")}
    for inside, way in ((frozenset(), "reads"), (frozenset({"apps/web/.env"}), "run")):
        made = plan(Project(files, (NEXT,), inside=inside))
        assert made.outcomes["web"].way == way
        assert bool(made.scoped) == (way == "reads")


@pytest.mark.parametrize(
    ("before", "after", "command"),
    [
        ("PORT=3000 tsx x.ts", "PORT=${WEB_PORT:-3000} tsx x.ts", "npm run dev"),
        ("A=b API_PORT=3000 node x.js", "A=b API_PORT=${WEB_PORT:-3000} node x.js", "npm run dev"),
        (
            "cross-env A=b PORT=3000 tsx x.ts",
            "cross-env A=b PORT=3000 tsx x.ts",
            "npx cross-env A=b PORT={web} tsx x.ts",
        ),
        ("tsc && cross-env PORT=3000 node x.js", "tsc && cross-env PORT=3000 node x.js", ""),
        (
            "npm run gen && cross-env PORT=3000 node x.js",
            "npm run gen && cross-env PORT=3000 node x.js",
            "!npm run gen && portman run --service web -- npx cross-env PORT={web} node x.js",
        ),
        ("env-cmd -f e node x.js", "env-cmd --no-override -f e node x.js", "npm run dev"),
    ],
)
def test_a_script_that_sets_the_number_itself(before: str, after: str, command: str) -> None:
    """What a script sets goes before its environment; who has cross-env may have no sh."""
    place = Place("package.json", 1, "sure", f'script "dev" runs `{before}`')
    job = Job("web", 3000, ("PORT",), places=(place, Place("x.js", 1, "code", "")))
    text = f'{{"scripts": {{"dev": "{before}"}}}}'
    made = plan(Project({"package.json": text}, (job,)))
    assert of({"package.json": text}, job) == {"package.json": text.replace(before, after)}
    typed = f"portman run --service web -- {command}" if command else ""
    typed = command[1:] if command.startswith("!") else typed
    assert made.outcomes["web"].command == typed
    assert bool(made.left) is not bool(command)


IN_CODE = [
    ("x.ts", "tsx x.ts", "app.listen(3000)", "app.listen(Number(process.env.PORT) || 3000)", "run"),
    (
        *("x.ts", "bun --hot x.ts", "export default {\n  port: 3000,\n  fetch: app.fetch,\n}"),
        "export default {\n  port: Number(process.env.PORT) || 3000,\n  fetch: app.fetch,\n}",
        "edited",
    ),
    (
        *("x.mjs", "node x.mjs", "serve({ fetch, port: 3000 })"),
        "try { process.loadEnvFile() } catch {}\nserve({ fetch, port: process.env.PORT || 3000 })",
        "edited",
    ),
    ("x.ts", "tsx watch x.ts", "listenOn(3000)", "listenOn(3000)", "unknown"),
]


@pytest.mark.parametrize("row", IN_CODE)
def test_a_number_in_code_of_a_script(row: tuple[str, ...]) -> None:
    """Bun reads .env itself, Node by a line, TypeScript through `portman run`; else it is named."""
    path, script, text, wanted, way = row
    place = Place(path, 1, "code", "listens on 3000; no variable moves it")
    job = Job("web", 3000, ("WEB_PORT",), places=(place,))
    files = {path: text, "package.json": f'{{"scripts": {{"dev": "{script}"}}}}'}
    made = plan(Project(files, (job,)))
    assert of(files, job)[path] == wanted
    assert made.outcomes["web"].way == way
    assert bool(made.left) is (way == "unknown")


def test_apps_of_pm2() -> None:
    text = "module.exports = { apps: [{ name: 'api', env: { PORT: '3012' } }] }\n"
    place = Place("ecosystem.config.js", 1, "sure", "sets PORT of this app")
    job = Job("api", 3012, ("PORT",), places=(place,))
    new = of({"ecosystem.config.js": text}, job)["ecosystem.config.js"]
    assert new == text.replace("'3012'", "process.env.API_PORT || 3012")
    made = plan(Project({"ecosystem.config.js": new}, (job,)))
    assert (made.edits, made.outcomes["api"].way) == ((), "run")


def test_a_profile_of_spring_with_a_number_of_its_own() -> None:
    """It goes before the plain file's, and SERVER_PORT before both."""
    folder = "src/main/resources/"
    files = {
        "pom.xml": "spring",
        f"{folder}application.yml": "server:\n  port: 8080\n",
        f"{folder}application-dev.yml": "server:\n  port: 8081\n",
    }
    place = Place(f"{folder}application.yml", 2, "sure", "")
    made = plan(Project(files, (Job("web", 8080, ("SERVER_PORT",), places=(place,)),)))
    assert (made.edits, made.outcomes["web"].way) == ((), "run")


def test_a_script_of_wireit() -> None:
    """Its command stands in another table."""
    text = '{"scripts": {"dev": "wireit"}, "wireit": {"dev": {"command": "vite --port 3000"}}}'
    place = Place("package.json", 1, "sure", 'script "dev" runs `vite --port 3000`')
    job = Job("web", 3000, ("WEB_PORT",), program=by_package("vite"), places=(place,))
    config = "export default defineConfig({})\n"
    new = of({"package.json": text, "vite.config.js": config}, job)
    assert new["package.json"] == text.replace(" --port 3000", "")
    assert "WEB_PORT) || 3000" in new["vite.config.js"]


@pytest.mark.parametrize(
    ("files", "manager"),
    [
        ({"apps/web/bun.lock": ""}, "bun"),
        ({"apps/bunfig.toml": "", "yarn.lock": ""}, "bun"),
        ({"pnpm-lock.yaml": ""}, "pnpm"),
        ({"apps/web/package-lock.json": "", "yarn.lock": ""}, "npm"),
        ({"package.json": '{"packageManager": "pnpm@9.1.0"}', "yarn.lock": ""}, "pnpm"),
        ({}, "npm"),
    ],
)
def test_the_package_manager_that_lies_nearest(files: dict[str, str], manager: str) -> None:
    known = {"apps/web/package.json": '{"scripts": {"dev": "next dev"}}', **files}
    command = plan(Project(known, (NEXT,))).outcomes["web"].command
    assert command == f"cd apps/web && portman run --service web -- {manager} run dev"


def test_no_script_is_made_up() -> None:
    """A package whose only start is its production one has no `dev` to type."""
    place = Place("apps/web/package.json", 1, "code", "")
    job = Job("web", 5000, ("WEB_PORT",), "apps/web", places=(place,))
    for scripts, command in (('"start": "node x.js"', "start"), ('"test": "jest"', "")):
        files = {"apps/web/package.json": f'{{"scripts": {{{scripts}}}}}'}
        typed = f"cd apps/web && portman run --service web -- npm run {command}"
        assert plan(Project(files, (job,))).outcomes["web"].command == (typed if command else "")


def test_yarn_4_reads_a_file_of_its_own() -> None:
    job = NEXT._replace(folder="", places=(Place("package.json", 2, "sure", 'script "dev"'),))
    text = '{"packageManager": "yarn@4.1.0", "scripts": {"dev": "next dev -p 3000"}}'
    wanted = text.replace("-p 3000", "-p ${WEB_PORT:-3000}")
    assert of({"package.json": text}, job) == {"package.json": wanted}
    made = plan(Project({"package.json": text}, (job,)))
    assert made.outputs == {".env.yarn": ("WEB_PORT",)}
    again = plan(Project({"package.json": wanted}, (job,)))
    assert (again.edits, again.outcomes["web"].way) == ((), "reads")


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (
            "",
            "spring.config.import=optional:file:.env[.properties]\nserver.port=${WEB_PORT:8080}\n",
        ),
        (
            "a=b\r\nserver.port=8080",
            "a=b\r\nserver.port=${WEB_PORT:8080}\r\n"
            "spring.config.import=optional:file:.env[.properties]\r\n",
        ),
        ("spring.config.import=x", "spring.config.import=x"),
        ("a=1\n#---\nb=2", "a=1\n#---\nb=2"),
    ],
)
def test_spring(before: str, wanted: str) -> None:
    path = "src/main/resources/application.properties"
    job = Job(
        *("web", 8080, ("SERVER_PORT",), "", by_package("spring-boot")),
        (Place(path, 1, "config", ""),),
    )  # fmt: skip
    files = {path: before, "pom.xml": "<artifactId>spring-boot-starter</artifactId>"}
    new = of(files, job)[path]
    assert new == wanted
    again = plan(Project({**files, path: new}, (job,)))
    assert not again.edits
    assert again.outcomes["web"].way == ("run" if new == before else "reads")


IMPORT = 'import: "optional:file:.env[.properties]"\n'


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (
            "server:\n  port: 8080 # x\nspring:\n    application:\n        name: shop\n",
            "server:\n  port: ${WEB_PORT:8080} # x\nspring:\n    config:\n        "
            f"{IMPORT}    application:\n        name: shop\n",
        ),
        (
            "logging:\n  level: info",
            "logging:\n  level: info\nserver:\n  port: ${WEB_PORT:8080}\nspring:\n  config:\n    "
            f"{IMPORT}",
        ),
        (
            "server:\r\n  ssl: off\r\n",
            "server:\r\n  port: ${WEB_PORT:8080}\r\n  ssl: off\r\nspring:\r\n  config:\r\n    "
            f"{IMPORT[:-1]}\r\n",
        ),
        ("server:\n  port: ${X:8080}\n", None),
        ("server: {port: 8080}\n", None),
        ("spring:\n  config:\n    import: x\n", None),
        ("spring.application.name: x\n", None),
        ("a: 1\n---\nserver:\n  port: 8080\n", None),
    ],
)
def test_spring_yaml(before: str, wanted: str | None) -> None:
    """Blocks keep their indent, comments and line ends; flow style and several documents stay."""
    path = "src/main/resources/application.yml"
    job = Job(
        *("web", 8080, ("SERVER_PORT",), "", by_package("spring-boot")),
        (Place(path, 1, "config", ""),),
    )  # fmt: skip
    files = {path: before, "pom.xml": "<artifactId>spring-boot-starter</artifactId>"}
    new = of(files, job)[path]
    assert new == (before if wanted is None else wanted)
    again = plan(Project({**files, path: new}, (job,)))
    assert not again.edits
    assert again.outcomes["web"].way == ("run" if wanted is None else "reads")


#: file, line -> what becomes of it.
RECIPES = {
    ("Taskfile.yml", 'version: "3"\ntasks:\n  dev:\n    cmds:\n      - http-server -p 8080\n', 5): (
        "version: \"3\"\ndotenv: ['.env']\ntasks:\n  dev:\n    cmds:\n"
        "      - http-server -p ${WEB_PORT:-8080}\n"
    ),
    (
        "Taskfile.yml",
        'version: "3"\nvars:\n  PORT: 8080 # it\ntasks:\n  d: serve -l {{.PORT}}\n',
        5,
    ): (
        "version: \"3\"\ndotenv: ['.env']\nvars:\n"
        "  PORT: '{{.WEB_PORT | default \"8080\"}}' # it\ntasks:\n  d: serve -l {{.PORT}}\n"
    ),
    ("Taskfile.yml", "tasks:\n  d: serve -l {{.PORT}}\n", 2): "tasks:\n  d: serve -l {{.PORT}}\n",
    ("Procfile", "web: rails server\n", 1): "web: PORT=${WEB_PORT:-$PORT} rails server\n",
    ("Procfile", "web: next start\n", 1): "web: PORT=${WEB_PORT:-$PORT} next start\n",
    ("Procfile", "web: vite\n", 1): "web: vite --port ${WEB_PORT:-8080}\n",
    ("Procfile", "web: ruby server.rb\n", 1): "web: PORT=${WEB_PORT:-$PORT} ruby server.rb\n",
    ("Procfile", "web: rails server -p $PORT\n", 1): "web: rails server -p ${WEB_PORT:-$PORT}\n",
    ("Makefile", "-include .env\nPORT ?= 8080\nd:\n\tserve -l $(PORT)\n", 4): (
        "-include .env\nPORT ?= 8080\nd:\n\tserve -l $(PORT)\n"
    ),
    ("justfile", "set dotenv-load\nd:\n  serve -l 8080\n", 3): (
        "set dotenv-load\nd:\n  serve -l ${WEB_PORT:-8080}\n"
    ),
}


@pytest.mark.parametrize("row", RECIPES)
def test_recipes(row: tuple[str, str, int]) -> None:
    path, text, line = row
    job = Job("web", 8080, ("WEB_PORT",), places=(Place(path, line, "sure", ""),))
    assert of({path: text}, job) == {path: RECIPES[row]}
    added = RECIPES[row].count("\n") - text.count("\n")
    later = job._replace(places=(Place(path, line + added, "sure", ""),))
    again = plan(Project({path: RECIPES[row], "README.md": "portman up\n"}, (later,)))
    typed = {"README.md"} if RECIPES[row] == text and "{{" in text else set()
    assert {one.file for one in again.edits} == typed
    command = {"portman run --service web -- task d"} if typed else set()
    assert set(again.commands.values()) == command


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("Makefile", "export A_PORT := 8080\nd:\n\tserve -l $(A_PORT)\n", ":= -> ?="),
        ("Makefile", "A_PORT ?= 8080\nd:\n\tserve -l $(A_PORT)\n", ""),
        (
            "Taskfile.yml",
            "vars:\n  PORT: '8080'\ntasks:\n  d: serve -l {{.PORT}}\n",
            "'8080' -> '{{.WEB_PORT | default \"8080\"}}'",
        ),
    ],
)
def test_a_variable_of_the_file_itself_gives_way_to_portman_run(
    path: str, text: str, wanted: str
) -> None:
    """What a Makefile or Taskfile sets goes before the environment, and so before `portman run`."""
    job = Job("web", 8080, ("A_PORT",), places=(Place(path, text.count("\n"), "sure", ""),))
    made = plan(Project({path: text}, (job,), style="run"))
    old, _, new = wanted.partition(" -> ")
    assert [one.new for one in made.edits] == ([new] if wanted else [])
    changed = apply(as_bytes(text), made.edits).decode()
    assert changed == (text.replace(old, new) if wanted else text)
    assert set(made.variables["web"]) >= ({"A_PORT"} if path == "Makefile" else {"WEB_PORT"})
    assert not plan(Project({path: changed}, (job,), style="run")).edits


@pytest.mark.parametrize(
    ("path", "flag", "command"),
    [
        (
            "cmd/api/main.go",
            "port",
            "portman run --service api -- go run ./cmd/api --port {api}",
        ),
        ("main.go", "web.listen-address", "go run . --web.listen-address :{api}"),
        ("server.py", "port", "portman run --service api -- python server.py --port {api}"),
    ],
)
def test_a_port_by_an_option_of_the_code_is_typed(path: str, flag: str, command: str) -> None:
    """No variable moves it, so `portman run` fills the number in."""
    what = f"listens on 8080; its flag --{flag} takes another"
    folder = path.rpartition("/")[0]
    place = Place(path, 2, "code", what)
    job = Job("api", 8080, ("API_PORT",), folder=folder, places=(place,))
    made = plan(Project({path: "package main\nx\n", "go.mod": "module x\n"}, (job,)))
    assert made.commands["api"].endswith(command)


def test_a_process_that_portman_starts_is_not_wrapped_twice() -> None:
    """The app is a container too, and its Procfile has been adopted."""
    files = {
        "compose.yaml": "services:\n  app:\n    build: .\n    ports: ['${APP_PORT:-3000}:3000']\n",
        "Procfile.dev": "web: portman run --service app -- rails server -p {app}\n",
        "README.md": "portman up\n",
    }
    places = (Place("compose.yaml", 4, "sure", ""), Place("Procfile.dev", 1, "sure", ""))
    job = Job("app", 3000, ("APP_PORT",), places=places, target=3000, compose="app", hosted=True)
    made = plan(Project(files, (job,), compose_files=("compose.yaml",), style="run"))
    assert not made.edits
    assert not made.commands


def test_a_program_with_two_ports_is_started_once() -> None:
    files = {
        "config/dev.exs": "http: [port: 4000]\nconfig :x, m_port: 9568\n",
        "mix.exs": "phoenix",
    }
    jobs = [
        Job(
            name,
            port,
            (f"{name.upper()}_PORT",),
            places=(Place("config/dev.exs", line, "sure", ""),),
        )
        for name, port, line in (("web", 4000, 1), ("metrics", 9568, 2))
    ]
    made = plan(Project(files, tuple(jobs)))
    assert made.commands == {"web": "portman run --service web -- mix phx.server"}


@pytest.mark.parametrize(
    ("entry", "read"),
    [
        ("- '${V_PORT:-5173}:${V_PORT:-5173}'", False),
        ("- ${V_PORT}:5173", False),
        ("- '${V_PORT:-5173}:${W_PORT:-5173}'", True),
    ],
)
def test_one_variable_on_both_sides_is_the_port_that_is_published(entry: str, read: bool) -> None:
    assert is_read(f"services:\n  v:\n    ports:\n      {entry}\n", "V_PORT") is read


def test_a_service_of_a_file_that_another_extends() -> None:
    """Its name there is another; target and number say which it is."""
    text = "services:\n  pg:\n    image: postgres\n    ports:\n      - 5432:5432\n"
    made = adopt_compose(FileText("common.yml", text), [DB], {}, "")
    assert "${DB_PORT:-5432}:5432" in after(text, made.edits)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"README.md": "type `portman run --service web -- mvn`\n"}, True),
        ({"bin/dev.sh": "portman run --service=web -- mvn &\n"}, True),
        ({"README.md": "portman run x\n--service web\n"}, False),
        ({"main.go": "portman run --service web\n"}, False),
        ({"README.md": "portman run --service website -- x\n"}, False),
    ],
)
def test_whether_a_project_starts_a_service_by_portman_run(
    texts: dict[str, str], told: bool
) -> None:
    assert started_by_run("web", texts) is told


def test_turbo_hands_ports_on_in_run_style() -> None:
    files = {"turbo.json": '{\n  "tasks": {}\n}\n'}
    new = of(files, Job("web", None, ("WEB_PORT",)), "run")["turbo.json"]
    assert new == (
        '{\n  "globalPassThroughEnv": ["PORT", "*_PORT", "PORTMAN_*"],\n  "tasks": {}\n}\n'
    )


SHARED = {
    "compose.yaml": "services:\n  shop:\n    build: .\n    ports:\n      - 3000:3000\n",
    "package.json": script("node server.js"),
    "server.js": "require('dotenv').config()\napp.listen(process.env.PORT || 3000)\n",
}


def test_an_app_that_is_a_container_too_takes_portman_run() -> None:
    """Its own PORT in .env could move the server inside the image as well."""
    code = Place("server.js", 2, "code", "listens on 3000; it takes PORT")
    job = Job("shop", 3000, ("SHOP_PORT",), "", None, (code,), 3000, compose="shop", hosted=True)
    made = plan(Project(SHARED, (job,), ("compose.yaml",)))
    outcome = made.outcomes["shop"]
    assert (outcome.way, outcome.host) == ("compose", "run")
    assert outcome.command == "portman run --service shop -- npm run dev"
    assert [one.kind for one in made.edits if one.file == "compose.yaml"] == ["compose-port"]
    assert not [one for one in made.edits if one.file == "server.js"]


def test_an_app_that_is_a_container_too_has_its_settings_edited() -> None:
    """What `portman run` starts has to read the variable that it sets."""
    place = Place("config/dev.exs", 1, "sure", "port of the endpoint")
    job = Job("shop", 3000, ("SHOP_PORT",), "", None, (place,), 3000, compose="shop", hosted=True)
    files = {"compose.yaml": SHARED["compose.yaml"], "config/dev.exs": "http: [port: 3000]\n"}
    made = plan(Project(files, (job,), ("compose.yaml",)))
    assert made.outcomes["shop"].command == "portman run --service shop -- mix phx.server"
    new = 'String.to_integer(System.get_env("SHOP_PORT") || "3000")'
    assert [one.new for one in made.edits if one.file == "config/dev.exs"] == [new]


def test_an_app_that_is_a_container_too_takes_the_variable_of_both() -> None:
    """A Procfile's line takes the same variable as the published port."""
    place = Place("Procfile", 1, "sure", "runs `rails server`")
    job = Job("shop", 3000, ("SHOP_PORT",), "", None, (place,), 3000, compose="shop", hosted=True)
    files = {"compose.yaml": SHARED["compose.yaml"], "Procfile": "shop: rails server\n"}
    made = plan(Project(files, (job,), ("compose.yaml",)))
    assert made.outcomes["shop"].host == "edited"
    assert [one.new for one in made.edits if one.file == "Procfile"] == [
        "PORT=${SHOP_PORT:-$PORT} "
    ]


def test_the_config_of_a_program_that_no_script_starts() -> None:
    """Nx starts it; the file beside project.json says the port."""
    text = "import { defineConfig } from 'vite'\n\n"
    text += "export default defineConfig({ server: { port: 4201 } })\n"
    place = Place("apps/cart/vite.config.ts", 3, "config", "sets its port: 4201")
    job = Job("cart", 4201, ("CART_PORT",), "apps/cart", places=(place,))
    new = of({"apps/cart/vite.config.ts": text}, job)["apps/cart/vite.config.ts"]
    assert "CART_PORT) || 4201" in new


def test_phoenix_takes_a_variable() -> None:
    """Mix reads no env file, so the command goes through portman."""
    text = "config :shop, Shop.Endpoint,\n  http: [ip: {127, 0, 0, 1}, port: 4000],\n  x: 1\n"
    job = Job("web", 4000, ("WEB_PORT",), places=(Place("config/dev.exs", 2, "sure", ""),))
    new = of({"config/dev.exs": text}, job)["config/dev.exs"]
    wanted = 'port: String.to_integer(System.get_env("WEB_PORT") || "4000")]'
    assert new == text.replace("port: 4000]", wanted)
    again = plan(Project({"config/dev.exs": new}, (job,)))
    assert (again.edits, again.outcomes["web"].way) == ((), "run")
    assert again.commands == {"web": "portman run --service web -- mix phx.server"}


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"package.json": script("tsx server/index.ts")}, "npm run dev"),
        ({"main.go": "package main\n"}, "go run ."),
        ({"Cargo.toml": "[package]\n"}, "cargo run"),
        ({}, ""),
    ],
)
def test_a_variable_that_only_an_example_shows(files: dict[str, str], command: str) -> None:
    """The start command of its folder, through portman."""
    place = Place(".env.example", 3, "hint", "sets SHOP_PORT")
    made = plan(Project(files, (Job("shop", 8000, ("SHOP_PORT",), places=(place,)),)))
    typed = f"portman run --service shop -- {command}" if command else ""
    assert made.outcomes["shop"].command == typed


@pytest.mark.parametrize(
    ("files", "path", "command"),
    [
        ({"cmd/shop/main.go": "package main"}, "cmd/shop/main.go", "go run ./cmd/shop"),
        ({"main.go": "package main"}, "main.go", "go run ."),
        ({"main.go": "package main", "env/env.go": "package env"}, "env/env.go", "go run ."),
        ({"env/env.go": "package env"}, "env/env.go", ""),
        ({"bin/rails": "x", "config/puma.rb": "port 1"}, "config/puma.rb", "bin/rails server"),
        ({"config/puma.rb": "port 1"}, "config/puma.rb", "bundle exec puma"),
        ({"app.py": "x"}, "app.py", "python app.py"),
        ({"manage.py": "x"}, "manage.py", "python manage.py runserver {web}"),
        ({"hugo.toml": "x"}, "hugo.toml", "hugo server -p {web}"),
    ],
)
def test_code_that_no_file_starts(files: dict[str, str], path: str, command: str) -> None:
    """The command of its language; none where the file is no program."""
    job = Job("web", 8080, ("WEB_PORT",), places=(Place(path, 1, "code", ""),))
    outcome = plan(Project(files, (job,))).outcomes["web"]
    assert outcome.command == (f"portman run --service web -- {command}" if command else "")


@pytest.mark.parametrize(
    ("files", "folder", "command"),
    [
        ({"api/pom.xml": "", "mvnw": ""}, "api", "./mvnw -pl api quarkus:dev"),
        ({"pom.xml": ""}, "", "mvn quarkus:dev"),
        ({"a/b/build.gradle.kts": "", "gradlew": ""}, "a/b", "./gradlew :a:b:quarkusDev"),
        ({}, "api", ""),
    ],
)
def test_a_module_of_quarkus(files: dict[str, str], folder: str, command: str) -> None:
    place = Place("x.properties", 1, "sure", "says quarkus.http.port; Quarkus takes Q")
    job = Job("web", 8080, ("WEB_PORT",), folder, places=(place,))
    outcome = plan(Project(files, (job,))).outcomes["web"]
    assert outcome.command == (f"portman run --service web -- {command}" if command else "")


def test_a_renderer_of_electron_vite() -> None:
    """The dev server's port is the renderer's; no option moves it."""
    text = "import { defineConfig } from 'electron-vite'\n\n"
    text += "export default defineConfig({\n  main: {},\n  renderer: {\n    root: 'x'\n  }\n})\n"
    package = '{"scripts": {"dev": "electron-vite dev"}}'
    place = Place("package.json", 1, "command", 'script "dev" runs `electron-vite dev`')
    job = Job("web", 5173, ("WEB_PORT",), "", by_package("electron-vite"), (place,))
    files = {"package.json": package, "electron.vite.config.ts": text}
    new = of(files, job)["electron.vite.config.ts"]
    assert "renderer: {\n    server: {\n" in new
    assert "port: Number(ports.WEB_PORT) || 5173" in new
    made = plan(Project({"package.json": package}, (job,)))
    assert (made.outcomes["web"].way, made.outcomes["web"].command) == ("unknown", "")
    assert [one.what.split(",")[0] for one in made.left] == [
        "electron-vite dev takes its port from electron.vite.config:renderer.server.port alone"
    ]


SETTINGS = (Place("shop/settings.py", 1, "code", ""),)


@pytest.mark.parametrize(
    ("files", "places", "program", "command"),
    [
        ({"shop/settings.py": ""}, SETTINGS, "", ""),
        (
            {"shop/settings.py": "", "shop/app.py": 'if __name__ == "__main__":'},
            SETTINGS,
            "",
            "portman run --service web -- python shop/app.py",
        ),
        (
            {"shop/settings.py": ""},
            (*SETTINGS, Place("a.json", 1, "hint", "runs `A=b C=d uvicorn a:b --port 9`")),
            "uvicorn",
            "A=b C=d portman run --service web -- uvicorn a:b --port 9",
        ),
        (
            {"api/package.json": '{"devDependencies": {"vite": "6"}}', "api/pnpm-lock.yaml": ""},
            (Place("api/package.json", 1, "command", "runs `A=b vite --open`"),),
            "vite",
            "cd api && A=b portman run --service web -- pnpm exec vite --open",
        ),
    ],
)
def test_settings_are_nothing_to_start(
    files: dict[str, str], places: tuple[Place, ...], program: str, command: str
) -> None:
    """What starts is beside them, or in what another file says."""
    row = by_package(program) if program else None
    folder = "api" if "api/" in places[0].path else ""
    job = Job("web", 9000, ("WEB_PORT",), folder, program=row, places=places)
    assert plan(Project(files, (job,))).outcomes["web"].command == command


def test_run_script_os_chooses_a_script() -> None:
    """People type the script that chooses."""
    scripts = '"start": "run-script-os", "start:windows": "ng serve", "start:default": "ng serve"'
    files = {"package.json": f'{{"scripts": {{{scripts}}}}}'}
    place = Place("package.json", 1, "command", 'script "start:windows" runs `ng serve`')
    job = Job("web", 4200, ("WEB_PORT",), "", by_package("@angular/cli"), (place,))
    outcome = plan(Project(files, (job,))).outcomes["web"]
    assert outcome.command == "portman run --service web -- npm run start"


def test_generated_and_unsettled_files_are_refused() -> None:
    for text in ("# @generated\nweb: rails server\n", "<<<<<<< ours\nweb: rails server\n"):
        job = Job("web", 3000, ("WEB_PORT",), places=(Place("Procfile", 2, "sure", ""),))
        made = plan(Project({"Procfile": text}, (job,)))
        assert not made.edits
        assert made.left


def test_a_line_that_is_meant_is_kept() -> None:
    text = "# tasks\nd:\n\tserve -l 8080 # portman: keep\n"
    job = Job("web", 8080, ("WEB_PORT",), places=(Place("Makefile", 3, "sure", ""),))
    made = plan(Project({"Makefile": text}, (job,)))
    assert not [one for one in made.edits if one.line == 3]


ADDRESSES = {
    "destination: 'http://localhost:8000/:path*'": (
        "destination: `http://localhost:${process.env.API_PORT || 8000}/:path*`"
    ),
    'ws: "ws://127.0.0.1:8000"': "ws: `ws://127.0.0.1:${process.env.API_PORT || 8000}`",
    "a: `http://localhost:8000`": "a: `http://localhost:${process.env.API_PORT || 8000}`",
    "a: `http://localhost:${p}/8000`": None,
    "'http://localhost:8000': 'key'": None,
    "// 'http://localhost:8000'": None,
    "a: 'http://localhost:9999'": None,
    "a: 'see http://localhost:8000 for more'": None,
    "a: process.env.API || 'http://localhost:8000'": (
        "a: process.env.API || `http://localhost:${process.env.API_PORT || 8000}`"
    ),
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses_in_settings_of_javascript(text: str) -> None:
    """Rewrites of Next follow the other service; its env file gets the variable."""
    jobs = (Job("web", 3000, ("WEB_PORT",), "web"), Job("api", 8000, ("API_PORT",)))
    whole = f"export default {{\n  {text},\n}}\n"
    made = plan(Project({"web/next.config.mjs": whole}, jobs))
    wanted = ADDRESSES[text]
    assert after(whole, made.edits) == whole.replace(text, wanted or text)
    assert made.outputs == ({"web/.env.local": ("API_PORT",)} if wanted else {})
    again = plan(Project({"web/next.config.mjs": after(whole, made.edits)}, jobs))
    assert not again.edits
    root = plan(Project({"web/proxy.conf.js": whole}, jobs))
    assert (bool(root.edits), root.outputs) == (bool(wanted), {})


LOADS = "import os\nload_dotenv()\n"
#: file, text -> what becomes of it.
RECIPE_ADDRESSES = {
    ("Makefile", "smoke:\n\tcurl 'http://localhost:8000/'\n"): (
        "-include .env\nAPI_PORT ?= 8000\nsmoke:\n\tcurl 'http://localhost:$(API_PORT)/'\n"
    ),
    ("Makefile", "# http://localhost:8000\nhelp:\n\t@echo http://localhost:8000\n"): None,
    ("justfile", "smoke:\n  curl http://localhost:8000/\n"): (
        "set dotenv-load\nsmoke:\n  curl http://localhost:${API_PORT:-8000}/\n"
    ),
    ("justfile", "smoke:\n  curl 'http://localhost:8000/'\n"): None,
    ("justfile", "a:\n  #!/usr/bin/env python3\n  get('http://localhost:8000/')\n"): None,
    ("app/settings.py", f'{LOADS}CSRF = ["http://localhost:8000", "http://a"]\n'): (
        f"{LOADS}CSRF = [f\"http://localhost:{{os.environ.get('API_PORT', '8000')}}\", \"http://a\"]\n"
    ),
    ("app/settings.py", f"{LOADS}A = env('A', 'http://localhost:8000')\n"): None,
    ("app/settings.py", f"{LOADS}A = b'http://localhost:8000'\n"): None,
    ("app/settings.py", "import os\nA = 'http://localhost:8000'\n"): None,
    ("web/settings.py", f"{LOADS}A = 'http://localhost:8000'\n"): None,
}


@pytest.mark.parametrize("row", RECIPE_ADDRESSES)
def test_addresses_in_recipes_and_settings(row: tuple[str, str]) -> None:
    """Where the project's own env file is read, and web/ has one of its own."""
    (path, text), wanted = row, RECIPE_ADDRESSES[row]
    procfile = {"Procfile": "api: serve -l ${API_PORT:-8000}\n"}
    jobs = (Job("api", 8000, ("API_PORT",), places=(Place("Procfile", 1, "sure", ""),)),)
    project = Project({path: text, **procfile}, jobs, beside=frozenset(("web/.env",)))
    made = [one for one in plan(project).edits if one.file == path]
    assert after(text, made) == (wanted or text)


def test_a_folder_has_one_env_file() -> None:
    """Next reads .env too, so what an example asks for there is not parted into two files."""
    jobs = (Job("web", 3000, ("WEB_PORT",), "web"), Job("api", 8000, ("API_PORT",)))
    files = {"web/next.config.mjs": "export default { a: 'http://localhost:8000' }\n"}
    made = plan(Project(files, jobs, beside=frozenset(("web/.env",))))
    assert made.outputs == {"web/.env": ("API_PORT",)}


def test_addresses_that_are_left() -> None:
    files = {
        "src/api.ts": "const a = 'http://localhost:8000/x'\nconst b = env.U || 'http://localhost:8000'\n",
        "tests/a.ts": "fetch('http://localhost:8000')\n",
        "docs/a.md": "http://localhost:8000\n",
        "src-tauri/tauri.conf.json": '{"build": {"devUrl": "http://localhost:8000"}}\n',
        "server.py": 'print("http://localhost:8000")\n# http://localhost:8000\n',
    }
    project = Project(files, (Job("api", 8000, ("API_PORT",)),))
    assert [(one.file, one.line) for one in find_literals(project)] == [
        ("src-tauri/tauri.conf.json", 1),
        ("src/api.ts", 1),
    ]


def test_a_default_that_no_variable_leads_is_named() -> None:
    """With the line of [env] that would lead it; what ports.toml sets already is quiet."""
    text = "const a = process.env.API_URL || 'http://localhost:8000/v1'\n"
    files = {"src/api.ts": text, "src/kept.ts": f"{text.rstrip()} // portman: keep\n"}
    project = Project(files, (Job("api", 8000, ("API_PORT",)),))
    (left,) = find_literals(project)
    assert (left.file, left.line) == ("src/api.ts", 1)
    assert left.what.endswith('add API_URL = "http://localhost:{api}/v1" to [env]')
    assert not list(find_literals(project._replace(named=frozenset(("API_URL",)))))


def test_edits_fit_only_the_file_they_were_made_for() -> None:
    edit = FileText("a", "one two").edit(4, 7, "three", "command", "")
    assert apply(b"one two", [edit]) == b"one three"
    for data, edits in ((b"one xyz", [edit]), (b"one two", [edit, edit])):
        with pytest.raises(ConflictError):
            apply(data, edits)


PYTHON = {
    "from flask import Flask\napp.run(port=5000, debug=True)\n": (
        "import os\nfrom flask import Flask\n"
        'app.run(port=int(os.environ.get("WEB_PORT", "5000")), debug=True)\n'
    ),
    "import os\nuvicorn.run(app, port=5000)\n": (
        'import os\nuvicorn.run(app, port=int(os.environ.get("WEB_PORT", "5000")))\n'
    ),
    "from flask import Flask\napp.run(debug=True)\n": (
        "import os\nfrom flask import Flask\n"
        'app.run(debug=True, port=int(os.environ.get("WEB_PORT", "5000")))\n'
    ),
    "import os\nui.run()\n": ('import os\nui.run(port=int(os.environ.get("WEB_PORT", "5000")))\n'),
    "import os\nui.run(**given)\n": None,
    "import os\napp.run(port=5001)\n": None,
    "import os\nserver = Server(('', 5000))\n": None,
}


@pytest.mark.parametrize("text", PYTHON)
def test_a_number_in_a_call_of_python(text: str) -> None:
    """It becomes the default of the service's variable; anything else is named, not edited."""
    place = Place("app.py", 2, "code", "listens on 5000; no variable moves it")
    made = plan(Project({"app.py": text}, (Job("web", 5000, ("WEB_PORT",), places=(place,)),)))
    wanted = PYTHON[text]
    assert after(text, made.edits) == (wanted or text)
    assert bool(made.left) is (wanted is None)
    command = "portman run --service web -- python app.py" if wanted else ""
    assert made.outcomes["web"].command == command


def test_a_program_of_go_is_started_by_its_target() -> None:
    files = {"cmd/shop/main.go": "package main", "Makefile": "shop:\n\tgo run ./cmd/shop\n"}
    job = Job("web", 8080, ("WEB_PORT",), places=(Place("cmd/shop/main.go", 1, "code", ""),))
    outcome = plan(Project(files, (job,))).outcomes["web"]
    assert outcome.command == "portman run --service web -- make shop"


def test_an_address_without_a_number_is_named() -> None:
    """A variable for it would be another origin: http://localhost is not http://localhost:80."""
    env = "      PUBLIC_URL: http://localhost\n      A_URL: http://localhost:${X:-1}\n"
    text = f"services:\n  db:\n    environment:\n{env}"
    made = adopt_compose(FileText("c.yaml", text), [DB], {80: "WEB_PORT"})
    assert not made.edits
    assert [(one.line, "http://localhost:${WEB_PORT}" in one.what) for one in made.left] == [
        (4, True)
    ]


def test_configs_of_test_runners_are_left_to_integrate() -> None:
    files = {
        "playwright.config.ts": "a = 'http://localhost:8000'\nb = 'http://localhost:8000'\n",
        "src/a.ts": "fetch('http://localhost:8000')\n",
        "Makefile": "smoke:\n\tcurl http://localhost:8000/\n",
    }
    made = plan(Project(files, (Job("api", 8000, ("API_PORT",)),)))
    said = "tests would reach one checkout: portman integrate playwright"
    assert [(one.file, one.line, one.what) for one in made.left] == [
        ("playwright.config.ts", 1, said)
    ]
    literals = find_literals(Project(files, (Job("api", 8000, ("API_PORT",)),)))
    assert [one.file for one in literals] == ["Makefile", "playwright.config.ts", "src/a.ts"]
