"""`portman adopt` by running: three checkouts of a project at once, by its own start command.

Every test starts the servers of three checkouts: only a program that really listens shows that an
edit is right.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration import needs
from tests.integration.adopt_projects import EXAMPLES, Example, Start, package
from tests.processes import ROOT, portman_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes import Result

    Portman = Callable[..., Result]
    Started = Callable[..., subprocess.Popen[str]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="commands of a POSIX shell")
SECONDS = 25


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words], check=True, capture_output=True, text=True
    )
    return done.stdout


def make(tmp_path: Path, files: dict[str, str]) -> Path:
    """Make a repository with one commit."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    git(folder, "init", "-q", "-b", "main")
    for key, value in (("user.email", "ada@example.org"), ("user.name", "Ada")):
        git(folder, "config", key, value)
    exclude = folder / ".git" / "info" / "exclude"
    # Vite, which reads its config again when undo changes that, makes *.timestamp-* for a moment.
    exclude.write_text(
        "where.txt\nnode_modules\n__pycache__\n.next\n.vite\n.yarn\n.yarn\n*.timestamp-*\n"
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it was")
    return folder


def settle(folder: Path, needed: tuple[str, ...]) -> None:
    """Give a checkout what an install would: the packages, and a page that says which it is."""
    for place in ("where.txt", "public/where.txt"):
        if place == "where.txt" or (folder / "pages").exists() or (folder / "index.html").exists():
            (folder / place).parent.mkdir(exist_ok=True)
            (folder / place).write_text(folder.name)
    if (folder / "yarn.lock").exists():
        subprocess.run(["yarn", "install"], cwd=folder, check=True, capture_output=True)
    elif (folder / "package.json").exists():
        packages(folder, [one[4:] for one in needed if one.startswith("npm:")])


def packages(folder: Path, names: list[str]) -> None:
    """Link the folder of npm packages that has those of a project, or each of them from its own."""
    known = [one for one in os.environ.get("NODE_PATH", "").split(os.pathsep) if one]
    there = [one for one in known if any((Path(one) / name).exists() for name in names)]
    if len(there) < 2:
        for one in (there or known)[:1]:
            (folder / "node_modules").symlink_to(one)
        return
    for one in there[::-1]:  # a later folder is for one program alone, so its commands go first
        for place in (Path(one), Path(one) / ".bin"):
            inside = folder / "node_modules" / place.relative_to(one)
            inside.mkdir(parents=True, exist_ok=True)
            for entry in place.iterdir():
                if entry.name != ".bin" and not (inside / entry.name).is_symlink():
                    (inside / entry.name).symlink_to(entry)


@pytest.fixture(name="portman_on_path")
def _portman_on_path(tmp_path: Path, network: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = portman_program(tmp_path / "bin", network)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setenv("NEXT_TELEMETRY_DISABLED", "1")
    monkeypatch.setenv("TURBO_TELEMETRY_DISABLED", "1")
    monkeypatch.setenv("YARN_ENABLE_NETWORK", "0")


def fulfil(needed: tuple[str, ...]) -> None:
    for one in needed:
        kind, colon, name = one.partition(":")
        if not colon:
            needs.module(one)
        elif kind == "npm":
            needs.node_package(name)
        else:
            needs.program(name)


def start(checkout: Path, one: Start, started: Started) -> None:
    """Start the project's own command in a shell, as a person does."""
    log = checkout.parent / f"{checkout.name}.log"
    with log.open("a") as stream:
        started(
            *("sh", "-c", one.command), cwd=checkout / one.folder, stdout=stream, stderr=stream,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip


def answer(url: str, until: float) -> str:
    """Ask until a server answers."""
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return str(response.read().decode())
        except OSError as error:
            if time.monotonic() > until:
                return f"{type(error).__name__}: {error}"
        time.sleep(0.1)


def ports(portman: Portman, checkout: Path) -> dict[str, int]:
    result = portman("up", "--json", cwd=checkout)
    assert result.code == 0, (result.out, result.err)
    return {one["name"]: one["port"] for one in json.loads(result.out)["data"]["services"]}


@pytest.mark.usefixtures("portman_on_path")
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_checkout_has_its_own_servers(
    name: str, tmp_path: Path, portman: Portman, started: Started
) -> None:
    """Adopt, two worktrees, the own start command in all three; then undo leaves nothing."""
    example: Example = EXAMPLES[name]
    fulfil(example.needs)
    first = make(tmp_path, example.files)
    base = git(first, "rev-parse", "HEAD").strip()
    result = portman("adopt", "--yes", "--style", example.style, cwd=first)
    assert result.code == 0, (result.out, result.err)
    git(first, "add", "-A")
    git(first, "commit", "-q", "-m", "adopted")
    checkouts = [first]
    for other in ("shop-fix", "shop-next"):
        git(first, "worktree", "add", "-q", "-b", other, str(tmp_path / other))
        checkouts.append(tmp_path / other)
    leased = {}
    for checkout in checkouts:
        settle(checkout, example.needs)
        leased[checkout] = ports(portman, checkout)
    for checkout in checkouts:
        for one in example.starts:
            command = one.command.replace("{", "{").strip()
            start(checkout, one._replace(command=command), started)
    until = time.monotonic() + SECONDS
    for checkout in checkouts:
        for service, path in example.answers.items():
            url = f"http://127.0.0.1:{leased[checkout][service]}/{path}"
            log = (tmp_path / f"{checkout.name}.log").read_text()
            said = answer(url, until)
            assert said.strip() == checkout.name, (name, service, url, said, log[-2000:])
    checked = portman("adopt", "--check", cwd=checkouts[1])
    assert (checked.code, checked.out) == (0, ""), checked.err
    git(first, "reset", "-q", "--mixed", base)
    for checkout in checkouts[1:]:
        assert portman("down", cwd=checkout).code == 0
    assert portman("down", cwd=first).code == 0
    undone = portman("adopt", "--undo", cwd=first)
    assert undone.code == 0, undone.err
    assert not git(first, "status", "--porcelain")


COMPOSE = """\
services:
  db:
    image: busybox # the database
    container_name: shop-db
    ports:
      - 5432:5432
      - "127.0.0.1:8025:8025" # mail
    environment:
      PUBLIC_URL: "http://localhost:8025/x"
  cache: {image: busybox, ports: [6379:6379]}
"""


@pytest.mark.parametrize("words", [(), ("-f", "docker/dev/compose.yml")])
def test_compose_files_publish_on_the_leases(
    words: tuple[str, ...], tmp_path: Path, portman: Portman
) -> None:
    """Compose itself says what it would publish, also with -f, which no override reaches."""
    docker = needs.program("docker")
    path = words[1] if words else "compose.yaml"
    files = {path: COMPOSE.replace("\n", "\r\n")}
    if words:
        files["package.json"] = package(db=f"docker compose -f {path} up -d")
    first = make(tmp_path, files)
    assert portman("adopt", "--yes", cwd=first).code == 0
    changed = (first / path).read_bytes()
    assert changed.count(b"\r\n") == changed.count(b"\n")
    git(first, "add", "-A")
    git(first, "commit", "-q", "-m", "adopted")
    git(first, "worktree", "add", "-q", "-b", "fix", str(tmp_path / "fix"))
    seen: set[str] = set()
    names = set()
    for checkout in (first, tmp_path / "fix"):
        leased = ports(portman, checkout)
        done = subprocess.run(
            [docker, "compose", *words, "config", "--format", "json"],
            cwd=checkout, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if "unknown" in done.stderr and done.returncode:
            pytest.skip("no Compose")
        assert done.returncode == 0, done.stderr
        services = json.loads(done.stdout)["services"]
        published = {one["published"] for x in services.values() for one in x["ports"]}
        assert published == {str(port) for port in leased.values()}
        url = services["db"]["environment"]["PUBLIC_URL"]
        assert url == f"http://localhost:{leased['db-8025']}/x"
        assert not seen & published
        seen |= published
        names.add(services["db"]["container_name"])
    assert "shop-db" in names
    assert len(names) == 2
    assert portman("adopt", "--check", cwd=first).code == 0


def test_undo_is_refused_where_a_file_was_changed(tmp_path: Path, portman: Portman) -> None:
    """All files or none; the names are said."""
    first = make(tmp_path, {"Makefile": "serve:\n\tpython3 -m http.server 8000\n"})
    before = (first / "Makefile").read_bytes()
    assert portman("adopt", "--yes", cwd=first).code == 0
    adopted = (first / "Makefile").read_bytes()
    (first / "Makefile").write_bytes(adopted + b"# mine\n")
    result = portman("adopt", "--undo", cwd=first)
    assert result.code == 1
    assert "Makefile" in result.err
    assert (first / "ports.toml").exists()
    (first / "Makefile").write_bytes(adopted)
    assert portman("adopt", "--undo", cwd=first).code == 0
    assert (first / "Makefile").read_bytes() == before
    assert not git(first, "status", "--porcelain")
    result = portman("adopt", "--undo", cwd=first)
    assert (result.code, "portman adopt -n" in result.err) == (1, True)


def test_nothing_is_written_unasked(tmp_path: Path, portman: Portman) -> None:
    """A dry run prints the diff; without a terminal and without --yes it writes nothing."""
    first = make(tmp_path, {"Makefile": "serve:\n\tpython3 -m http.server 8000\n"})
    dry = portman("adopt", "-n", cwd=first)
    assert dry.code == 0
    assert "+\tpython3 -m http.server $(WEB_PORT)" in dry.out
    asked = portman("adopt", cwd=first)
    assert asked.code == 1
    assert "portman adopt --yes" in asked.err
    assert not git(first, "status", "--porcelain")
    checked = portman("adopt", "--check", cwd=first)
    assert checked.code == 4


def test_compose_beside_a_tracked_env_file_is_started_by_run(
    tmp_path: Path, portman: Portman
) -> None:
    """Compose reads .env alone, and that file stays the team's."""
    first = make(tmp_path, {"compose.yaml": COMPOSE, ".env": "A=b\n", "README.md": "# Shop\n"})
    assert portman("adopt", "--yes", cwd=first).code == 0
    assert "portman run -- docker compose up -d" in (first / "README.md").read_text()
    assert (first / ".env").read_text() == "A=b\n"
    assert ".env.local" in (first / "ports.toml").read_text()
    assert portman("adopt", "--check", cwd=first).code == 0


def test_nothing_found_writes_nothing(tmp_path: Path, portman: Portman) -> None:
    """A project without ports is told so, with what to type."""
    first = make(tmp_path, {"README.md": "# Notes\n"})
    result = portman("adopt", "--yes", cwd=first)
    assert result.code == 1
    assert "portman init --template" in result.err
    assert not git(first, "status", "--porcelain")


def test_an_address_that_stays_is_named(tmp_path: Path, portman: Portman) -> None:
    """The first with its line, after the edits; how many more there are, and what lists them."""
    recipe = "serve:\n\tpython3 -m http.server 8000\nsmoke:\n\tcurl http://localhost:8000/\n"
    first = make(tmp_path, {"Makefile": recipe, "smoke.sh": "curl http://localhost:8000/\n"})
    done = portman("adopt", "-n", cwd=first)
    assert "smoke.sh:1: an address with the port 8000 of web" in (said := done.err)
    assert "+\tcurl http://localhost:$(WEB_PORT)/" in done.out
    assert "more: portman adopt --check" not in said
