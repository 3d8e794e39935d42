"""Each example, in the tool it is for: made by `portman integrate`, run for real.

A tool that is not installed is skipped by name; with PORTMAN_REQUIRE_READERS=1 it is a failure.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import portman_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Portman = Callable[..., Any]

ROOT = Path(__file__).parents[2]
#: folder of examples/ -> what is typed behind `portman integrate`.
EXAMPLES = {
    "make": "make", "direnv": "direnv", "mise": "mise", "just": "just", "procfile": "honcho",
    "npm": "npm", "vscode": "vscode", "devcontainer": "devcontainer", "pre-commit": "pre-commit",
    "github-actions": "github", "agents": "agents",
}  # fmt: skip
PATIENCE = 120


@pytest.fixture(name="network")
def _network(apart: list[str]) -> list[str]:
    """Run every portman, and so every server, in this test's own network.

    The examples want 3000 and 8000: on the machine's network somebody else may take them between
    two steps of a test.
    """
    return apart


@pytest.fixture(name="path", autouse=True)
def _path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: list[str]) -> str:
    """Put a `portman` that runs this tree first on PATH, then the tools of PyPI and npm."""
    folder = portman_program(tmp_path / "bin", network)
    npm = os.path.join(os.environ.get("NODE_PATH") or "/nonexistent", ".bin")
    places = [str(folder), os.path.dirname(sys.executable), npm, os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(places))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return os.environ["PATH"]


def need(tool: str) -> str:
    """Return the program, or skip by its name."""
    found = shutil.which(tool)
    if found:
        return found
    if os.environ.get("PORTMAN_REQUIRE_READERS") == "1":
        pytest.fail(f"tool not installed: {tool}")
    pytest.skip(f"tool not installed: {tool}")


def example(tmp_path: Path, name: str) -> Path:
    """Return a copy of an example."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "examples" / name, folder, ignore=shutil.ignore_patterns(".env"))
    return folder


def run(folder: Path, *words: str, env: dict[str, str] | None = None) -> str:
    """Run a tool that has to succeed; return what it printed."""
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, **(env or {})}, capture_output=True, text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def leased(portman: Portman, folder: Path) -> dict[str, str]:
    """Return the variables as portman has them."""
    done = portman("env", "--json", cwd=folder)
    assert done.code == 0, done
    values: dict[str, str] = json.loads(done.out)["data"]["env"]
    return values


def shown(values: dict[str, str]) -> str:
    """Return the line that the examples' `show` prints."""
    return f"web {values['WEB_PORT']}, api {values['API_PORT']}, {values['API_URL']}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_generator_writes(
    tmp_path: Path, portman: Portman, name: str
) -> None:
    """Running it in the example finds nothing to do, and changes no byte."""
    folder = example(tmp_path, name)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = portman("integrate", EXAMPLES[name], "--json", cwd=folder)
    assert done.code == 0, done
    assert [one["action"] for one in json.loads(done.out)["data"]["files"]] == ["unchanged"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_tool_of_every_example_is_listed(tmp_path: Path, portman: Portman) -> None:
    """`portman integrate` alone; also where there is no manifest."""
    tools = json.loads(portman("integrate", "--json", cwd=tmp_path).out)["data"]["tools"]
    assert {one["tool"] for one in tools} >= set(EXAMPLES.values())


def test_it_shows_first_and_writes_only_when_agreed(tmp_path: Path, portman: Portman) -> None:
    """--dry-run exits 0; without a terminal and without --yes nothing is written, exit 1."""
    (tmp_path / "ports.toml").write_text("[services]\nweb = 3000\n")
    dry = portman("integrate", "direnv", "--dry-run", cwd=tmp_path)
    assert (dry.code, "+watch_file ports.toml" in dry.out) == (0, True)
    refused = portman("integrate", "direnv", cwd=tmp_path)
    assert refused.code == 1
    assert "portman integrate direnv --yes" in refused.err
    assert not (tmp_path / ".envrc").exists()
    assert portman("integrate", "direnv", "--yes", cwd=tmp_path).code == 0
    text = (tmp_path / ".envrc").read_text()
    assert "portman env" in text
    assert portman("integrate", "direnv", cwd=tmp_path).code == 0  # nothing to ask
    assert (tmp_path / ".envrc").read_text() == text
    assert not (tmp_path / ".env").exists()


def test_it_keeps_modes_and_refuses_links_out_of_the_checkout(
    tmp_path: Path, portman: Portman
) -> None:
    """An .envrc of 0600 stays so; one that leads elsewhere is left alone."""
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "ports.toml").write_text("[services]\nweb = 3000\n")
    (folder / ".envrc").write_text("mine\n")
    (folder / ".envrc").chmod(0o600)
    assert portman("integrate", "direnv", "-y", cwd=folder).code == 0
    assert (folder / ".envrc").stat().st_mode & 0o777 == 0o600
    (tmp_path / "outside").write_text("mine\n")
    (folder / "AGENTS.md").symlink_to("../outside")
    assert portman("integrate", "agents", "-y", cwd=folder).code == 5
    assert (tmp_path / "outside").read_text() == "mine\n"
    (folder / "justfile").write_bytes(b"\xff\xfe")
    assert portman("integrate", "just", "-y", cwd=folder).code == 5


def test_what_cannot_be_merged_is_shown_and_left(tmp_path: Path, portman: Portman) -> None:
    """Exit 1, the text to put in, and no change."""
    (tmp_path / "ports.toml").write_text("[services]\nweb = 3000\n")
    (tmp_path / "package.json").write_text('{"scripts": {"ports": "mine"}}')
    done = portman("integrate", "npm", "--yes", cwd=tmp_path)
    assert done.code == 1
    assert '"with-ports": "portman run --"' in done.out
    assert "has another value" in done.err
    assert (tmp_path / "package.json").read_text() == '{"scripts": {"ports": "mine"}}'
    assert portman("integrate", "mak", cwd=tmp_path).code == 2


def test_make(tmp_path: Path, portman: Portman) -> None:
    """The first `make` leases and writes; recipes and their shells see the values; default goal."""
    make = need("make")
    folder = example(tmp_path, "make")
    out = run(folder, make, "--no-print-directory")
    assert out.splitlines()[-1] == shown(leased(portman, folder))
    assert run(folder, make, "--no-print-directory", "show").splitlines() == out.splitlines()[-1:]
    (folder / "ports.toml").write_text(
        (folder / "ports.toml").read_text() + 'NEW_HOST = "n{web}"\n'
    )
    (folder / "Makefile").write_text(
        (folder / "Makefile").read_text() + "new:\n\t@echo $$NEW_HOST\n"
    )
    os.utime(folder / "ports.toml", (time.time() + 5, time.time() + 5))
    last = run(folder, make, "--no-print-directory", "new").splitlines()[-1]
    assert last == f"n{leased(portman, folder)['WEB_PORT']}"


def test_direnv(tmp_path: Path, portman: Portman) -> None:
    """`direnv exec` has the variables before anybody ran `up`; a broken manifest is told."""
    direnv = need("direnv")
    folder = example(tmp_path, "direnv")
    home = {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    run(folder, direnv, "allow", ".", env=home)
    out = run(folder, direnv, "exec", ".", "sh", "-c", 'echo "$WEB_PORT $API_URL"', env=home)
    values = leased(portman, folder)
    assert out.strip() == f"{values['WEB_PORT']} {values['API_URL']}"
    (folder / "ports.toml").write_text("[services]\nweb = 0\n")
    done = subprocess.run([direnv, "exec", ".", "true"], cwd=folder, env={**os.environ, **home},
                          capture_output=True, text=True, timeout=PATIENCE)  # fmt: skip
    assert "services.web must be a port" in done.stderr


def test_mise(tmp_path: Path, portman: Portman) -> None:
    """The file in conf.d joins the project's own mise.toml."""
    mise = need("mise")
    folder = example(tmp_path, "mise")
    env = {"MISE_TRUSTED_CONFIG_PATHS": str(tmp_path), "MISE_DATA_DIR": str(tmp_path / "mise"),
           "MISE_CACHE_DIR": str(tmp_path / "cache"), "MISE_STATE_DIR": str(tmp_path / "ms"),
           "MISE_OFFLINE": "1", "MISE_YES": "0"}  # fmt: skip
    run(folder, mise, "run", "ports", env=env)
    assert shown(leased(portman, folder)) in run(folder, mise, "run", "show", env=env)


def test_just(tmp_path: Path, portman: Portman) -> None:
    """`just ports`, then every recipe; and `dotenv-command`, which needs neither."""
    just = need("just")
    folder = example(tmp_path, "just")
    run(folder, just, "ports")
    assert run(folder, just, "show").strip() == shown(leased(portman, folder))
    (folder / ".env").unlink()
    text = (folder / "justfile").read_text()
    (folder / "justfile").write_text(
        text.replace("set dotenv-load", "set dotenv-command := 'portman env'")
    )
    assert run(folder, just, "show").strip() == shown(leased(portman, folder))


@pytest.fixture(name="whole_answer")
def _whole_answer(portman: Portman, network: list[str]) -> Callable[[Path, str], str]:
    """Return a function: wait until a service is up and ours, then ask it for its page."""
    ask = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())"

    def answer(folder: Path, service: str) -> str:
        done = portman("wait", service, "--timeout", str(PATIENCE - 10), cwd=folder)
        assert done.code == 0, (done.err, (folder / "said").read_text())
        url = portman("url", service, cwd=folder).out.strip()
        return run(folder, *network, sys.executable, "-c", ask, url).strip()

    return answer


@pytest.fixture(name="managed")
def _managed() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start process managers in sessions of their own, which are ended with all in them.

    What they say goes to the file `said` in their folder, for the message of a failure.
    """
    running: list[subprocess.Popen[bytes]] = []

    def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(
                words, cwd=folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        running.append(process)
        return process

    yield start
    for process in running:
        for ending in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, ending)
                process.wait(timeout=15)
                break
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        process.wait(timeout=15)


@pytest.mark.parametrize("manager", ["honcho", "nf"])
def test_procfile_managers(
    tmp_path: Path,
    portman: Portman,
    managed: Callable[..., Any],
    whole_answer: Callable[[Path, str], str],
    manager: str,
) -> None:
    """Both servers come up on their leases, not on the manager's own PORT."""
    program = need(manager)
    folder = example(tmp_path, "procfile")
    (folder / "whose").write_text("ours")
    managed(folder, program, "start")
    for service in ("web", "api"):
        assert "whose" in whole_answer(folder, service)
    checked = json.loads(portman("check", "--json", cwd=folder).out)
    assert {one["verdict"] for one in checked["data"]["services"]} <= {"running", "reserved"}


def test_npm(
    tmp_path: Path,
    portman: Portman,
    managed: Callable[..., Any],
    whole_answer: Callable[[Path, str], str],
) -> None:
    """Scripts with the env file, through `with-ports`, and a server under `portman run`."""
    npm = need("npm")
    need("node")
    folder = example(tmp_path, "npm")
    run(folder, npm, "run", "--silent", "ports")
    values = leased(portman, folder)
    out = run(folder, npm, "run", "--silent", "show").strip()
    assert out == f"web {values['WEB_PORT']}, {values['API_URL']}"
    out = run(folder, npm, "run", "--silent", "with-ports", "--", "sh", "-c", "echo {api} $API_URL")
    assert out.strip() == f"{values['API_PORT']} {values['API_URL']}"
    managed(folder, npm, "run", "--silent", "dev")
    assert whole_answer(folder, "web") == str(folder)


def test_vscode(tmp_path: Path, portman: Portman) -> None:
    """VS Code's own JSON parser reads both files; the task's command runs."""
    node = need("node")
    folder = example(tmp_path, "vscode")
    code = (
        "const {parse} = require('jsonc-parser'), errors = [];"
        "const read = file => parse(require('fs').readFileSync(file, 'utf8'), errors,"
        " {allowTrailingComma: true});"
        "console.log(JSON.stringify({files: process.argv.slice(1).map(read), errors}))"
    )
    done = subprocess.run([node, "-e", code, ".vscode/tasks.json", ".vscode/launch.json"],
                          cwd=folder, capture_output=True, text=True, timeout=PATIENCE)  # fmt: skip
    if "Cannot find module" in done.stderr:
        need("jsonc-parser of npm")
    told = json.loads(done.stdout)
    assert told["errors"] == []
    show, task = told["files"][0]["tasks"]
    assert show["label"] == "show"
    run(folder, task["command"], *task["args"])
    assert f"WEB_PORT={leased(portman, folder)['WEB_PORT']}" in (folder / ".env").read_text()
    assert told["files"][1]["configurations"][0]["preLaunchTask"] == task["label"]


def test_devcontainer(tmp_path: Path, portman: Portman) -> None:
    """The dev container CLI reads the file, comments and all; what it names is there."""
    cli = need("devcontainer")
    folder = example(tmp_path, "devcontainer")
    engine = tmp_path / "no-engine"  # asked only whether such a container runs: there is none
    engine.write_text("#!/bin/sh\n")
    engine.chmod(0o755)
    out = run(folder, cli, "read-configuration", "--workspace-folder", str(folder),
              "--docker-path", str(engine))  # fmt: skip
    told = json.loads(out)["configuration"]
    run(folder, *told["initializeCommand"].split())
    assert told["runArgs"] == ["--env-file", f"{folder}/.env"]
    assert f"WEB_PORT={leased(portman, folder)['WEB_PORT']}" in (folder / ".env").read_text()


def git(folder: Path, *words: str) -> str:
    """Run git under a name of its own."""
    return run(folder, "git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words)


def test_pre_commit(tmp_path: Path) -> None:
    """A commit with a wrong ports.toml is stopped with file, line and hint; a right one passes."""
    program = need("pre-commit")
    folder = example(tmp_path, "pre-commit")
    env = {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    git(folder, "init", "-q")
    git(folder, "add", ".")
    run(folder, program, "run", "--all-files", env=env)
    (folder / "ports.toml").write_text("[services]\nweb = 3000\napi = 99999\n")
    git(folder, "add", ".")
    done = subprocess.run([program, "run", "--all-files"], cwd=folder, text=True,
                          env={**os.environ, **env}, capture_output=True,
                          timeout=PATIENCE)  # fmt: skip
    assert done.returncode == 1
    assert "ports.toml:3" in done.stdout


def test_validate_needs_no_ledger(tmp_path: Path, portman: Portman, own_state: Path) -> None:
    """Also several files at once, a local file by its own name, and what is not there."""
    for name, text in (("a", "[services]\nweb = 1\n"), ("b", "[services]\nweb = 0\nx = 0\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ports.toml").write_text(text)
    unusable = {"PORTMAN_HOME": "/proc/nowhere"}
    done = portman("validate", "a/ports.toml", cwd=tmp_path, env=unusable)
    assert (done.code, done.out.strip().endswith("valid, 1 service")) == (0, True), done
    done = portman("validate", "a/ports.toml", "b/ports.toml", cwd=tmp_path, env=unusable)
    assert done.code == 4
    assert done.err.count("must be a port") == 2
    (tmp_path / "a" / "ports.local.toml").write_text("[services]\nweb = 0\n")
    done = portman("validate", "a/ports.local.toml", cwd=tmp_path, env=unusable)
    assert (done.code, "ports.local.toml:2" in done.err) == (4, True)
    assert portman("validate", "c/ports.toml", cwd=tmp_path).code == 4
    assert portman("validate", cwd=tmp_path / "a").code == 4
    assert not own_state.exists()


def yaml_of(path: Path) -> Any:
    """Read YAML."""
    yaml = pytest.importorskip("ruamel.yaml")
    return yaml.YAML(typ="safe").load(path)


def test_the_hook_of_this_repository_passes_pre_commit(tmp_path: Path) -> None:
    """pre-commit's own checker accepts .pre-commit-hooks.yaml."""
    program = need("pre-commit")
    run(ROOT, program, "validate-manifest", ".pre-commit-hooks.yaml",
        env={"PRE_COMMIT_HOME": str(tmp_path)})  # fmt: skip


def steps_of(path: Path) -> list[dict[str, Any]]:
    """Return the steps of a workflow or composite action."""
    document = yaml_of(path)
    steps: list[dict[str, Any]] = (
        document["runs"]["steps"] if "runs" in document else document["jobs"]["ports"]["steps"]
    )
    return steps


@pytest.mark.parametrize("kind", ["workflow", "action"])
def test_github(tmp_path: Path, portman: Portman, kind: str) -> None:
    """The steps as bash runs them on a runner: later steps find the variables in GITHUB_ENV."""
    bash = need("bash")
    folder = example(tmp_path, "github-actions")
    file = folder / ".github/workflows/ports.yml" if kind == "workflow" else ROOT / "action.yml"
    names = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH")
    env = {name: str(tmp_path / name) for name in names} | {"RUNNER_TEMP": str(tmp_path)}
    inputs = {"working-directory": ".", "instance": "ci" if kind == "action" else ""}
    ran = 0
    for step in steps_of(file):
        script = step.get("run", "")
        if not script or "install" in script:
            continue
        assert "${{" not in script  # inputs come as variables, never as shell text
        given = {f"${{{{ inputs.{name} }}}}": value for name, value in inputs.items()}
        own = {key: given[value] for key, value in step.get("env", {}).items()}
        run(
            folder,
            bash,
            "--noprofile",
            "--norc",
            "-eo",
            "pipefail",
            "-c",
            script,
            env={**env, **own},
        )
        ran += 1
    assert ran
    instance = ("--instance", inputs["instance"]) if inputs["instance"] else ()
    values = json.loads(portman("env", "--json", *instance, cwd=folder).out)["data"]["env"]
    text = (tmp_path / "GITHUB_ENV").read_text()
    for name, value in values.items():
        assert name in text
        assert value in text
    if kind == "action":
        line = (tmp_path / "GITHUB_OUTPUT").read_text().removeprefix("json=")
        assert json.loads(line)["status"] == "ok"


def test_the_agents_passage_says_what_matters() -> None:
    """Run `portman up`, read the JSON, never kill what is not yours; every command exists."""
    text = (ROOT / "examples" / "agents" / "AGENTS.md").read_text()
    assert "portman up --brief --json" in text
    assert "Never kill a program by its port" in text
