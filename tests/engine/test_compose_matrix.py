"""What Compose files say, in the first checkout, a worktree and a clone of it, at once.

Every service answers with its own checkout's name and with data of its own; afterwards `down`
leaves each folder as it was. Many shapes share one project, so that this takes a minute.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.engine.daemon import IMAGE
from tests.engine.test_compose import GIT, commit, config, values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.engine.daemon import Engine


class Shape(NamedTuple):
    """One service: what its file says besides image and command, and its entry in ports.toml.

    `listen` is what httpd is given; `data` the volume it writes to; `at` the address it answers on;
    `reads` a variable it shows, with the value that is right in every checkout.
    """

    text: str
    entry: str = "target = 80"
    listen: str = "80"
    data: str = "data"
    at: str = "127.0.0.1"
    reads: tuple[str, str] | None = None


PORT = 26100
#: {P} is the usual port of the shape, {N} its name, {V} its variable.
SHAPES = {
    "short": Shape('ports: ["{P}:80"]'),
    "address": Shape('ports: ["127.0.0.1:{P}:80"]'),
    "every": Shape('ports: ["0.0.0.0:{P}:80"]'),
    "own-address": Shape('ports: ["127.0.0.10:{P}:80"]', at="127.0.0.10"),
    "two-addresses": Shape('ports: ["{P}:80", "[::1]:{P}:80"]'),
    "long": Shape("ports: [{{target: 80, published: {P}}}]"),
    "long-host": Shape('ports: [{{target: 80, published: "{P}", host_ip: 127.0.0.1, mode: host}}]'),
    "variable": Shape('ports: ["${{{V}:-{P}}}:80"]'),
    "required": Shape('ports: ["127.0.0.1:${{{V}:?run portman up}}:80"]'),
    "both-sides": Shape(
        'environment: {{{V}: "${{{V}:-{P}}}"}}\n    ports: ["${{{V}:-{P}}}:${{{V}:-{P}}}"]',
        "target = {P}",
        listen="$${V}",
    ),
    "inside-only": Shape(
        'environment: {{INNER: "${{{V}:-80}}"}}\n    ports: ["{P}:${{{V}:-80}}"]',
        listen="$$INNER",
    ),
    "inside-command": Shape('ports: ["{P}:${{{V}:-80}}"]', listen="${{{V}:-80}}"),
    "forward": Shape('ports: ["${{FORWARD:-127.0.0.1:{P}}}:${{{V}:-80}}"]'),
    "env-file": Shape('ports: ["{P}:80"]\n    env_file: [.env]', reads=("ENV_FILE_PORT", "80")),
    "to-service": Shape(
        'ports: ["{P}:80"]\n'
        '    environment: {{SHORT_HOST: short, SHORT_PORT: "${{SHORT_PORT:-80}}"}}',
        reads=("SHORT_PORT", "80"),
    ),
    "url": Shape(
        'ports: ["{P}:80"]\n    environment: ["URL=http://short:${{SHORT_PORT:-80}}/"]',
        reads=("URL", "http://short:80/"),
    ),
    "none": Shape("expose: [80]"),
    "any": Shape('ports: ["80"]'),
    "range": Shape('ports: ["{P}-{Q}:79-80"]', "target = 79\ncount = 2"),
    "replicas": Shape(
        'ports: ["{P}-{Q}:80"]\n    deploy: {{replicas: 2}}', "target = 80\ncount = 2"
    ),
    "both-protocols": Shape(
        'ports: ["{P}:80", "{P}:80/udp"]', 'target = 80\nprotocol = ["tcp", "udp"]'
    ),
    "other-port-too": Shape('ports: ["{P}:80", "127.0.0.1::81"]'),
    "extends": Shape("extends: {{file: base.yaml, service: base}}"),
    "anchor": Shape("<<: *common"),
    "container-name": Shape('container_name: matrix-named\n    ports: ["{P}:80"]'),
    "hostname": Shape('hostname: matrix-host\n    ports: ["{P}:80"]'),
    "named-volume": Shape('ports: ["{P}:80"]', data="named"),
    "external-volume": Shape('ports: ["{P}:80"]', data="outside"),
    "device-volume": Shape('ports: ["{P}:80"]', data="device"),
    "own-folder": Shape('ports: ["{P}:80"]', data="./own"),
    "bridge-name": Shape('networks: [bridged]\n    ports: ["{P}:80"]'),
    "other-container": Shape(
        'pid: "container:matrix-named"\n    depends_on: [container-name]\n    ports: ["{P}:80"]'
    ),
    "host-folder": Shape('ports: ["{P}:80"]', data="{T}/pgdata"),
    "named-network": Shape('networks: [named]\n    ports: ["{P}:80"]'),
    "external-network": Shape('networks: [proxy]\n    ports: ["{P}:80"]'),
    "static-address": Shape(
        'networks: {{fixed: {{ipv4_address: "${{NET:-10.211.77}}.5"}}}}\n    ports: ["{P}:80"]'
    ),
    "built-image": Shape('build: .\n    ports: ["{P}:80"]'),
    "built-tags": Shape('build: {{context: ., tags: ["matrix-tag:1"]}}\n    ports: ["{P}:80"]'),
    "below-1024": Shape('ports: ["{P}:80"]'),
}
REST = """\
volumes:
  data: {}
  named: {name: matrix-data}
  outside: {name: matrix-outside, external: true}
  device: {driver_opts: {type: none, o: bind, device: TOP/device}}
networks:
  named: {name: matrix-net}
  proxy: {name: matrix-proxy, external: true}
  fixed: {ipam: {config: [{subnet: "${NET:-10.211.77}.0/24"}]}}
  bridged: {driver_opts: {com.docker.network.bridge.name: br-matrix}}
"""


def usual(name: str) -> int:
    """Return the usual port of a shape: two each."""
    return 81 if name == "below-1024" else PORT + 2 * list(SHAPES).index(name)


def service(name: str, shape: Shape, top: Path) -> str:
    """Write one service of a Compose file."""
    port, variable = usual(name), name.upper().replace("-", "_") + "_PORT"

    def filled(text: str) -> str:
        return text.format(P=port, Q=port + 1, N=name, V=variable, T=top)

    shown = f'echo "$${shape.reads[0]}" > /www/data/{name}.seen; ' if shape.reads else ""
    image = f"matrix-{name}:1" if name.startswith("built") else IMAGE
    data = filled(shape.data)
    server = f"exec httpd -f -p {filled(shape.listen)} -h /www"
    return f"""\
  {name}:
    image: {image}
    init: true
    command: [/bin/sh, -c, '{shown}echo x >> /www/data/{name}; {server}']
    volumes: ["./who:/www/index.html:ro", "{data}:/www/data"]
    {filled(shape.text)}
"""


def write_services(folder: Path, shapes: dict[str, Shape]) -> None:
    """Write the project in which every shape is a service."""
    text = "".join(service(name, shape, folder.parent) for name, shape in shapes.items())
    rest = REST.replace("TOP", str(folder.parent))
    anchor = f'x-common: &common\n  ports: ["{usual("anchor")}:80"]\n'
    (folder / "compose.yaml").write_text(f"{anchor}services:\n{text}{rest}")
    base = f'services:\n  base:\n    image: {IMAGE}\n    ports: ["{usual("extends")}:80"]\n'
    (folder / "base.yaml").write_text(base)
    (folder / "Dockerfile").write_text(f"FROM {IMAGE}\nENV A=1\n")
    rows = []
    for name, shape in shapes.items():
        entry = shape.entry.format(P=usual(name))
        rows.append(f"[containers.{name}]\nport = {usual(name)}\n{entry}\n")
    (folder / "ports.toml").write_text("".join(rows))


def three(top: Path, write: Callable[[Path], None], dotenv: str = "") -> list[Path]:
    """Make a repository, a worktree of it, and a clone in a folder of the same name."""
    first = top / "one" / "shop"
    first.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(first)], check=True)
    write(first)
    outputs = "**/.env\n/who\n**/compose.override.yaml\n**/compose.portman.yaml\n"
    (first / ".gitignore").write_text(outputs)
    commit(first)
    fix, clone = top / "one" / "shop-fix", top / "two" / "shop"
    subprocess.run([*GIT, "-C", first, "worktree", "add", "-q", fix], check=True)
    subprocess.run([*GIT, "clone", "-q", first, clone], check=True)
    for folder in (first, fix, clone):
        (folder / "who").write_text(f"{folder.parent.name}/{folder.name}\n")
        if dotenv:
            (folder / ".env").write_text(dotenv)
    return [first, fix, clone]


def bring_up(engine: Engine, folders: list[Path], *options: str) -> None:
    """Run `portman up` in each, then `docker compose up -d` in all at once."""
    for folder in folders:
        done = engine.portman("up", "--json", cwd=folder)
        assert done.code == 0, done.out
        codes = {one["code"] for one in done.json["warnings"]}
        assert codes <= {"usual-taken", "compose-isolated"}, done.out

    def launch(folder: Path) -> None:
        words = ("docker", "compose", *options, "up", "-d", "--quiet-pull")
        done = engine.inside(*words, cwd=folder, env={"DOCKER_BUILDKIT": "0"})
        assert done.code == 0, f"{folder}: {done.err[-1500:]}"

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(launch, folders))


def take_down(engine: Engine, folders: list[Path], *options: str) -> None:
    """End the containers, and see that `down` gives every folder back as it was."""
    words = ("compose", *options, "down", "--volumes", "-t", "0")
    for folder in folders:
        # Docker 20.10 forgets endpoints where many containers of a network go at once.
        engine.docker(*words, cwd=folder, env={"COMPOSE_PARALLEL_LIMIT": "2"})
        assert engine.portman("down", cwd=folder).code == 0


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder but git's."""
    files = (one for one in folder.rglob("*") if one.is_file())
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in files
        if not one.relative_to(folder).parts[0].startswith(".git")
    }


def fetch(engine: Engine, address: str, port: str, path: str = "") -> str:
    """Fetch a page that a container of the tests serves."""
    for _ in range(50):
        words = ("busybox", "wget", "-q", "-O", "-", f"http://{address}:{port}/{path}")
        done = engine.inside(*words)
        if done.code == 0:
            return done.out.strip()
    raise AssertionError(f"{address}:{port}/{path}: {done.err}")


def check(engine: Engine, folder: Path, name: str, shape: Shape) -> None:
    """See that a service answers with its checkout's name, and that only it wrote to its data."""
    variable = name.upper().replace("-", "_") + "_PORT"
    own = values(folder)
    last = name == "range"
    port = own[f"{variable}_2"] if last else own[variable]
    who = f"{folder.parent.name}/{folder.name}"
    assert fetch(engine, shape.at, port) == who, name
    starts = ["x"] * (2 if name == "replicas" else 1)
    assert fetch(engine, shape.at, port, f"data/{name}").split() == starts, name
    if shape.reads:
        assert fetch(engine, shape.at, port, f"data/{name}.seen") == shape.reads[1], name


def test_every_shape_of_a_service(engine: Engine, tmp_path: Path) -> None:
    """Thirty and more ways to write a service, three checkouts of each at once."""
    assert len(SHAPES) >= 30
    bring_every_shape(engine, tmp_path, SHAPES)


def bring_every_shape(engine: Engine, tmp_path: Path, shapes: dict[str, Shape]) -> None:
    """Bring three checkouts up, look at each service, and see that `down` leaves nothing."""
    engine.docker("volume", "create", "matrix-outside")
    engine.docker("network", "create", "matrix-proxy")
    folders = three(tmp_path, lambda folder: write_services(folder, shapes))
    (tmp_path / "one" / "pgdata").mkdir()
    for folder in folders:
        (folder.parent / "device").mkdir(exist_ok=True)
    before = [contents(folder) for folder in folders]
    bring_up(engine, folders)
    first = values(folders[0])
    assert {int(first[f"{name.upper().replace('-', '_')}_PORT"]) for name in shapes} == {
        usual(name) for name in shapes
    }
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(check, engine, folder, name, shape)
            for folder in folders
            for name, shape in shapes.items()
        ]
        for job in jobs:
            job.result()
    named = engine.docker("ps", "--format", "{{.Names}}").split()
    assert len([one for one in named if one.startswith("matrix-named")]) == 3
    tags = engine.docker("image", "ls", "--format", "{{.Tag}}", "matrix-tag").split()
    assert len(set(tags)) == 3 * ("built-tags" in shapes)
    take_down(engine, folders)
    for folder in folders:
        shutil.rmtree(folder / "own", ignore_errors=True)
    assert [contents(folder) for folder in folders] == before
    engine.docker("volume", "rm", "matrix-outside")


def plain(ports: str = '["26800:80"]', head: str = "") -> str:
    """Write a Compose file with one service."""
    return f"""\
{head}services:
  web:
    image: {IMAGE}
    init: true
    command: [/bin/sh, -c, 'echo x >> /www/data/web; exec httpd -f -p 80 -h /www']
    volumes: ["${{WHO_FILE:-./who}}:/www/index.html:ro", "data:/www/data"]
    ports: {ports}
volumes: {{data: {{}}}}
"""


WEB = "[containers.web]\ntarget = 80\nport = 26800\n"
BELOW = WEB + '[compose]\nfile = "docker/compose.yaml"\n'
#: files of the project, an env file that is copied into every checkout, options of compose
PROJECTS: dict[str, tuple[dict[str, str], str, tuple[str, ...]]] = {
    "folder-name": ({"compose.yaml": plain()}, "", ()),
    "name-in-file": ({"compose.yaml": plain(head="name: acme\n")}, "", ()),
    "name-in-env": ({"compose.yaml": plain()}, "COMPOSE_PROJECT_NAME=acme\n", ()),
    "old-file-name": ({"docker-compose.yml": plain()}, "", ()),
    "own-override": (
        {"compose.yaml": plain(), "compose.override.yml": "services: {web: {labels: {a: b}}}\n"},
        "",
        (),
    ),
    "several-files": (
        {"a.yaml": plain(), "b.yaml": "services: {web: {labels: {a: b}}}\n"},
        "COMPOSE_FILE=a.yaml,b.yaml\nCOMPOSE_PATH_SEPARATOR=,\n",
        (),
    ),
    "included": (
        {"compose.yaml": "include: [part.yaml]\n", "part.yaml": plain(head="name: acme\n")},
        "",
        (),
    ),
    "in-a-folder": (
        {
            "docker/compose.yaml": plain().replace("./who", "../who"),
            "ports.toml": BELOW,
        },
        "",
        (),
    ),
}


@pytest.mark.parametrize("kind", PROJECTS)
def test_every_shape_of_a_project(engine: Engine, tmp_path: Path, kind: str) -> None:
    """However a project gets its name and its files, three checkouts are three projects."""
    files, dotenv, options = PROJECTS[kind]

    def write(folder: Path) -> None:
        for name, text in {"ports.toml": WEB, **files}.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)

    folders = three(tmp_path, write, dotenv)
    before = [contents(folder) for folder in folders]
    bring_up(engine, folders, *options)
    for folder in folders:
        check(engine, folder, "web", Shape(""))
    names = [config(engine, folder)["name"] for folder in folders]
    assert len(set(names)) == 3
    take_down(engine, folders, *options)
    assert [contents(folder) for folder in folders] == before


def test_f_with_a_file_below_starts_this_checkouts_project(engine: Engine, tmp_path: Path) -> None:
    """`docker compose -f docker/compose.yaml` reads docker/.env, so the name is there too."""
    files = {"docker/compose.yaml": plain(), "ports.toml": BELOW}

    def write(folder: Path) -> None:
        (folder / "docker").mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)

    folders = three(tmp_path, write)
    for folder in folders:
        assert engine.portman("up", cwd=folder).code == 0
    names = [config(engine, one, "-f", "docker/compose.yaml")["name"] for one in folders]
    assert names[0] == "docker"
    assert len(set(names)) == 3


@pytest.mark.parametrize(
    ("options", "file"),
    [
        (("-f", "dev.yaml"), "dev.yaml"),
        (("-f", "docker/dev.yaml"), "docker/dev.yaml"),
        (("--project-directory", "infra"), "infra/compose.yaml"),
    ],
)
def test_a_file_that_only_a_makefile_names_is_a_project_of_each_checkout(
    engine: Engine, tmp_path: Path, options: tuple[str, ...], file: str
) -> None:
    """As Compose itself reads it there; ports.toml has [services] alone."""

    def write(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(plain('["80"]'))
        (folder / "ports.toml").write_text("[services]\nweb = 26900\n")
        command = " ".join(("docker", "compose", *options, "up", "-d"))
        (folder / "Makefile").write_text(f"up:\n\t{command}\n")

    folders = three(tmp_path, write)
    before = [contents(folder) for folder in folders]
    for folder in folders:
        assert engine.portman("up", cwd=folder).code == 0
        engine.docker("compose", *options, "up", "-d", cwd=folder)
    assert len({config(engine, one, *options)["name"] for one in folders}) == 3
    assert len(engine.docker("ps", "-q").split()) == 3
    take_down(engine, folders, *options)
    assert [contents(folder) for folder in folders] == before


def test_services_outside_containers_are_a_project_of_their_own(
    engine: Engine, tmp_path: Path
) -> None:
    """Without [containers] a second checkout still does not take over the first one's project."""
    compose = plain("[]", "name: acme\n").replace("image:", "container_name: acme-web\n    image:")
    compose = compose.replace("data: {}", "data: {name: acme-data}")
    files = {"compose.yaml": compose, "ports.toml": "[services]\nweb = 26900\n"}

    def write(folder: Path) -> None:
        for name, text in files.items():
            (folder / name).write_text(text)

    folders = three(tmp_path, write)
    for folder in folders:
        assert engine.portman("up", cwd=folder).code == 0
        engine.docker("compose", "up", "-d", cwd=folder)
    running = engine.docker("ps", "--format", "{{.Names}}").split()
    assert len([one for one in running if one.startswith("acme-web")]) == 3
    volumes = engine.docker("volume", "ls", "-q").split()
    assert len([one for one in volumes if one.startswith("acme-data")]) == 3
    take_down(engine, folders)


def test_a_name_that_cannot_be_written_leaves_nothing_half_done(
    engine: Engine, tmp_path: Path
) -> None:
    """With .env tracked, neither the name nor the override is written, and `up` says why."""

    def write(folder: Path) -> None:
        (folder / "compose.yaml").write_text(plain(head="name: acme\n"))
        (folder / "ports.toml").write_text(WEB)

    first, _, clone = three(tmp_path, write)
    assert engine.portman("up", cwd=first).code == 0
    (clone / ".env").write_text("A=1\n")
    subprocess.run([*GIT, "-C", clone, "add", "-f", ".env"], check=True)
    done = engine.portman("up", "--json", cwd=clone)
    assert done.code != 0
    assert [one["code"] for one in done.json["errors"]] == ["output-tracked"]
    assert not (clone / "compose.override.yaml").exists()
    assert (clone / ".env").read_text() == "A=1\n"


def test_a_name_of_the_shell_is_refused_where_it_is_anothers(
    engine: Engine, tmp_path: Path
) -> None:
    """Compose prefers the shell's COMPOSE_PROJECT_NAME, which may lead to another's project."""

    def write(folder: Path) -> None:
        (folder / "compose.yaml").write_text(plain())
        (folder / "ports.toml").write_text(WEB)

    first, fix, clone = three(tmp_path, write)
    shell = {"COMPOSE_PROJECT_NAME": "acme"}
    assert engine.portman("up", cwd=first, env=shell).code == 0
    for folder in (fix, clone):
        done = engine.portman("up", "--json", cwd=folder, env=shell)
        assert [one["code"] for one in done.json["errors"]] == ["compose-name"], done.out
        assert done.json["errors"][0]["hints"][0]["label"] == "unset COMPOSE_PROJECT_NAME"
        assert not (folder / "compose.override.yaml").exists()
        assert engine.portman("up", cwd=folder).code == 0
        own = {"COMPOSE_PROJECT_NAME": values(folder)["COMPOSE_PROJECT_NAME"]}
        assert engine.portman("up", cwd=folder, env=own).code == 0
        assert engine.portman("up", cwd=first, env=own).code == 5


def test_simultaneous_first_runs_get_names_of_their_own(engine: Engine, tmp_path: Path) -> None:
    """Eight clones that would all be one project ask at the same moment."""
    seed = tmp_path / "seed"
    seed.mkdir()
    (seed / "compose.yaml").write_text(plain(head="name: acme\n"))
    (seed / "ports.toml").write_text(WEB)
    folders = [shutil.copytree(seed, tmp_path / f"clone{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda folder: engine.portman("up", "--json", cwd=folder), folders))
    assert {one.code for one in done} == {0}, [one.out for one in done]
    names = {config(engine, folder)["name"] for folder in folders}
    assert len(names) == 8
    assert "acme" in names


def test_sharing_is_said_in_the_manifest(engine: Engine, tmp_path: Path) -> None:
    """`share` and `isolate` decide; without them a further checkout has its own."""
    text = plain().replace("data: {}", "data: {name: acme-data}")

    def write(folder: Path) -> None:
        (folder / "compose.yaml").write_text(text)
        (folder / "ports.toml").write_text(WEB)

    _, fix, clone = three(tmp_path, write)
    seen = []
    for more in ("", '[compose]\nshare = ["volume:acme-data"]\n', "[compose]\nisolate = false\n"):
        (fix / "ports.toml").write_text(WEB + more)
        done = engine.portman("up", "--json", cwd=fix)
        codes = [one["code"] for one in done.json["warnings"]]
        seen.append((config(engine, fix)["volumes"]["data"]["name"], "compose-isolated" in codes))
    assert seen[0][0].startswith("acme-data-")
    assert seen[0][1]
    assert seen[1:] == [("acme-data", False)] * 2
    del clone


def test_a_port_below_1024_is_the_engines_to_bind(engine: Engine, tmp_path: Path) -> None:
    """A user who may not bind 80 gets it for a container; a program of another keeps it taken."""
    (tmp_path / "compose.yaml").write_text(plain('["80:80"]'))
    (tmp_path / "ports.toml").write_text("[containers.web]\ntarget = 80\nport = 80\n")
    (tmp_path / "who").write_text("me\n")
    weak = ("setpriv", "--bounding-set=-net_bind_service", sys.executable, "-m", "portman")
    done = engine.inside(*weak, "up", "--json", cwd=tmp_path)
    assert done.code == 0, done.out
    (web,) = done.json["data"]["services"]
    assert (web["port"], web["verdict"]) == (80, "idle")
    engine.docker("compose", "up", "-d", cwd=tmp_path)
    done = engine.inside(*weak, "up", "--json", cwd=tmp_path)
    assert done.json["data"]["services"][0]["verdict"] == "running", done.out
    other = tmp_path / "other"
    other.mkdir()
    (other / "ports.toml").write_text("[containers.web]\ntarget = 80\nport = 80\nfixed = true\n")
    done = engine.inside(*weak, "up", "--json", cwd=other, env={"PORTMAN_HOME": str(other / "s")})
    assert done.json["data"]["services"][0]["verdict"] == "taken", done.out
    engine.docker("compose", "down", "--volumes", "-t", "0", cwd=tmp_path)


def test_two_services_never_get_one_host_port(engine: Engine, tmp_path: Path) -> None:
    """What would publish a number twice is not written; the project stays as it was."""
    text = plain().replace(
        "volumes: {data", "  other:\n    image: x\n    ports: ['${OTHER}:81']\nvolumes: {data"
    )
    (tmp_path / "compose.yaml").write_text(text)
    (tmp_path / ".env").write_text("OTHER=26801\n")
    (tmp_path / "ports.toml").write_text(WEB.replace("26800", "26801"))
    done = engine.portman("up", "--json", cwd=tmp_path)
    assert [one["code"] for one in done.json["errors"]] == ["compose-refused"], done.out
    assert "26801" in done.json["errors"][0]["message"]
    assert not (tmp_path / "compose.override.yaml").exists()
