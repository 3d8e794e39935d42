"""People and programs that mean harm: a repository, a neighbour, an engine (docs/security.md).

For each: a clear error or the right answer, nothing written outside the checkout and the state
folder, and both time and memory bounded by the kernel while it runs.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import resource
import shlex
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman.base.run_tool import UnboundedError, ask, run
from portman.containers import client as engine_http
from portman.containers.client import PipeClient
from portman.containers.endpoint import EngineEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
#: What every run here may take: bytes of address space, seconds of processor time.
MEMORY, PROCESSOR = 1 << 30, 40
SECRET = "another's file\n"
#: Control characters that steer terminals; a line break and a tab do no harm.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Ran:
    """How a command ended."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def codes(self) -> set[str]:
        """Return the codes of the errors in the JSON."""
        return {one["code"] for one in json.loads(self.out)["errors"]}


def bounded() -> None:
    """Let the kernel hold the process to its limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))


def portman(*words: str, cwd: Path, **variables: str) -> Ran:
    """Run the command line within the limits; a traceback is never an answer."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "portman", *words],
        cwd=cwd,
        # The C library sets 64 MiB of addresses aside for each thread, used or not.
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            "MALLOC_ARENA_MAX": "2",
            **variables,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=120,
        preexec_fn=bounded,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 1, 2, 4, 5), (done.returncode, done.stdout, done.stderr)
    return Ran(done)


@pytest.fixture(name="repo")
def _repo(tmp_path: Path) -> Iterator[Path]:
    """Return a checkout with things around it that must stay as they are."""
    for name in ("outside/file", "outside/.env", "home/.bashrc"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET)
    folder = tmp_path / "repo"
    folder.mkdir()
    yield folder
    around = {str(path.relative_to(tmp_path)): path.read_text() for path in tree(tmp_path, folder)}
    assert around == dict.fromkeys(("outside/file", "outside/.env", "home/.bashrc"), SECRET)


def tree(root: Path, without: Path) -> list[Path]:
    """Return all files below `root` but for one folder."""
    return [path for path in root.rglob("*") if path.is_file() and without not in path.parents]


def manifest(folder: Path, text: str) -> None:
    """Write a manifest."""
    (folder / "ports.toml").write_text(text, encoding="utf-8", errors="surrogateescape")


# A hostile repository.


@pytest.mark.parametrize(
    "path",
    [
        "../outside/.env", "/etc/portman-was-here", "a/../../outside/.env", "..", ".", "",
        "a/./../..//outside/file", "~/x", ".git/hooks/pre-commit", ".GIT/config", "C:\\x",
        "\\\\host\\share", "a\\..\\..\\outside", "sub/.git/config", "-rf", "a\x00b", "a\nb",
        "ports.toml", "x" * 5000, "ports.local.toml",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["dotenv", "json"])
def test_a_path_that_leads_out(repo: Path, path: str, form: str) -> None:
    """A mistake in the manifest, or a file inside the checkout; never one outside."""
    before = f'[services]\nweb = "auto"\n[[output]]\npath = {json.dumps(path)}\nformat = "{form}"\n'
    manifest(repo, before)
    ran = portman("up", "--json", cwd=repo)
    assert ran.code in (0, 4, 5)
    assert not Path("/etc/portman-was-here").exists()
    assert (repo / "ports.toml").read_text() == before
    assert not list(repo.glob(".git*"))


@pytest.mark.parametrize(
    "links",
    [
        {".env": "../outside/.env"},
        {".env": "../outside/new"},
        {"sub": "../outside"},
        {"sub": "/tmp"},
        {".env": "loop", "loop": ".env"},
        {".env": "/dev/full"},
        {"sub": "a", "a": "b", "b": "../outside"},
    ],
)
def test_links_that_lead_out(repo: Path, links: dict[str, str]) -> None:
    """Refused by name; what they lead to is neither read into nor written."""
    manifest(
        repo,
        '[services]\nweb = "auto"\n[[output]]\npath = ".env"\n[[output]]\npath = "sub/x.env"\n',
    )
    for name, target in links.items():
        (repo / name).symlink_to(target)
    ran = portman("up", "--json", cwd=repo)
    assert ran.code == 5
    assert ran.codes <= {"output-outside", "output-unwritable"}
    assert portman("down", "--json", cwd=repo).codes <= {"output-outside", "output-unwritable"}
    assert not Path("/tmp/x.env").exists()


def test_a_folder_that_turns_into_a_link_meanwhile(repo: Path, started: Callable[..., Any]) -> None:
    """However often a folder on the way is swapped for a link outside, nothing lands there."""
    manifest(repo, '[services]\nweb = "auto"\n[[output]]\npath = "sub/deep/x.env"\n')
    (repo / "real/deep").mkdir(parents=True)
    (repo.parent / "outside" / "deep").mkdir()
    code = (
        "import os, sys\n"
        "while True:\n"
        "    for target in ('real', '../outside'):\n"
        "        try: os.symlink(target, 'new'); os.rename('new', 'sub')\n"
        "        except OSError: pass\n"
    )
    started(sys.executable, "-c", code, cwd=repo)
    end = time.monotonic() + 10
    for turn in range(60):
        portman("up" if turn % 3 else "down", "--json", cwd=repo)
        assert list((repo.parent / "outside" / "deep").iterdir()) == []
        if time.monotonic() > end:
            break


@pytest.mark.skipif(sys.platform != "linux", reason="folders are held open on Linux")
@pytest.mark.parametrize("moment", ["after the folder was opened", "before it was opened"])
@pytest.mark.parametrize("there", [False, True])
def test_a_folder_swapped_for_a_link_at_the_worst_moment(
    repo: Path, monkeypatch: pytest.MonkeyPatch, moment: str, there: bool
) -> None:
    """Between the look at the path and the write: the folder that was looked at is written in."""
    from portman.base.errors import PortmanError
    from portman.base.values import Output
    from portman.outputs import atomic
    from portman.outputs import managed_file as output_file

    (repo / "sub").mkdir()
    if there:
        (repo / "sub" / "file").write_text("mine\n")

    def swap(*arguments: object) -> None:
        if not (repo / "sub").is_symlink():
            (repo / "sub").rename(repo / "aside")
            (repo / "sub").symlink_to("../outside")

    output = Output("sub/file" if there else "sub/new")
    if moment == "after the folder was opened":
        monkeypatch.setattr(atomic, "sweep", swap)
        assert output_file.write_output(str(repo), output, "A=1\n") == "written"
        assert "A=1" in (repo / "aside" / output.path[4:]).read_text()
    else:
        monkeypatch.setattr(output_file, "make_folders", swap)
        with pytest.raises(PortmanError) as caught:
            output_file.write_output(str(repo), output, "A=1\n")
        assert caught.value.code == "output-outside"
    assert list((repo / "aside").glob(".portman-*")) == []


EVIL = [
    *["$(touch sprung)", "`touch sprung`", "\n touch sprung\n", "';touch sprung;'", "#", "!x"],
    *['"$(touch sprung)"', "\\", "%PATH%", "${IFS}", "a\rb", "\u2028touch sprung", "$((1+1))"],
    "$$(touch sprung)",
]
FORMATS = ("dotenv", "json", "make", "shell", "fish", "powershell", "github")


@pytest.mark.parametrize("evil", EVIL)
def test_values_that_want_to_run(repo: Path, evil: str) -> None:
    """In a value, a name, a host, a path: refused, or written so that no reader runs it."""
    word = json.dumps(evil)
    where = [
        f'[services]\nweb = "auto"\n[env]\nX = {word}\n',
        f'name = {word}\n[services]\nweb = "auto"\n',
        f'[services]\n{word} = "auto"\n',
        f'[services]\nweb = {{ port = "auto", host = {word} }}\n[env]\nX = "{{web.url}}"\n',
        f'[services]\nweb = {{ port = "auto", env = [{word}] }}\n',
        f'[services]\nweb = "auto"\n[[output]]\npath = {word}\n',
        f'[services]\nweb = "auto"\n[env]\n{word} = "x"\n',
        f'[services]\nweb = "auto"\n[env]\nX = {word}\n[[output]]\npath = "x"\nquote = "single"\n',
    ]
    shells = ". ./.env 2>/dev/null; " + "".join(
        f'eval "$("$P" -P -m portman env --format {form} 2>/dev/null)" 2>/dev/null; '
        for form in ("shell", "dotenv")
    )
    for text in where:
        manifest(repo, text)
        assert portman("up", "--json", cwd=repo).code in (0, 4, 5), text
        for form in FORMATS if text is where[0] else ():
            portman("env", "--format", form, cwd=repo)
        if (repo / ".env").exists():
            subprocess.run(
                ["sh", "-c", shells], cwd=repo, capture_output=True, timeout=60,
                env={**os.environ, "P": sys.executable, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        (repo / ".env").unlink(missing_ok=True)
        assert not (repo / "sprung").exists(), text


@pytest.mark.parametrize("name", ["PATH", "Ld_Preload"])  # all: tests/unit, test_env_names.py
@pytest.mark.parametrize("place", ["env", "service"])
def test_names_that_change_how_programs_load(repo: Path, name: str, place: str) -> None:
    """Refused, whoever sets them and however they are spelt."""
    if place == "env":
        manifest(repo, f'[services]\nweb = "auto"\n[env]\n{name} = "/evil"\n')
    else:
        manifest(repo, f'[services]\nweb = {{ port = "auto", env = ["{name}"] }}\n')
    ran = portman("up", "--json", cwd=repo)
    assert (ran.code, ran.codes) == (4, {"manifest-invalid"})
    assert not (repo / ".env").exists()


@pytest.mark.parametrize(
    "letter", ["\x1b]0;x\x07", "\x1b[2J", "\x9b31m", "\x08\x08", "\r", "\u202e", "\udcff"]
)
def test_names_that_steer_a_terminal(repo: Path, letter: str) -> None:
    """No control character of a name, a path or a message reaches the terminal."""
    folder = repo / f"shop{letter}x"
    folder.mkdir()
    word = json.dumps(letter) if letter != "\udcff" else '"\\u00ff"'
    for text in (
        f'[services]\n{word} = "auto"\n',
        f'name = {word}\n[services]\nweb = "auto"\n',
        f'[services]\nweb = "auto"\n[env]\n{word} = {word}\n',
        f'[services]\nweb = "auto"\n[[output]]\npath = {word}\n',
        f"[services\n# {letter}" if letter != "\udcff" else "[services\n",
        '[services]\nweb = 80\napi = "auto"\n',
    ):
        manifest(folder, text)
        for words in (
            ("up",),
            ("check",),
            ("list",),
            ("where",),
            ("port", f"no{letter}pe"),
            ("down",),
        ):
            ran = portman(*words, cwd=folder, FORCE_COLOR="", NO_COLOR="1")
            for said in (ran.out, ran.err):
                assert not STEERING.search(said), (words, text, said)


def test_a_manifest_of_a_million_services(repo: Path) -> None:
    """Refused for its size, before it is parsed."""
    with open(repo / "ports.toml", "w") as file:
        file.write("[services]\n")
        file.writelines(f's{number} = "auto"\n' for number in range(10**6))
    for words in (("up", "--json"), ("check", "--json"), ("port", "s1", "--json")):
        ran = portman(*words, cwd=repo)
        assert (ran.code, ran.codes) == (4, {"manifest-unreadable"})


@pytest.mark.parametrize("line", ['s{} = "auto"\n', "s{} = {}\n"])
def test_a_manifest_as_large_as_may_be(repo: Path, line: str) -> None:
    """Just under the limit: more services than any pool has ports. An answer, within the limits."""
    rows = [line.format(number, 2000 + number % 60000) for number in range(58000)]
    manifest(repo, "[services]\n" + "".join(rows)[: (1 << 20) - 100].rpartition("\n")[0] + "\n")
    ran = portman("up", "--json", cwd=repo)
    assert ran.code in (1, 4)
    assert not (repo / ".env").exists()


@pytest.mark.parametrize("way", ["launcher", "module"])
def test_modules_that_lie_in_wait(repo: Path, way: str) -> None:
    """Neither the installed command nor `python -P -m portman` loads a module from the checkout."""
    trap = f"open({str(repo / 'sprung')!r}, 'w')\n"
    for name in ("socket", "tomllib", "sqlite3", "json", "typer", "re", "sitecustomize", "pwd"):
        (repo / f"{name}.py").write_text(trap)
    (repo / "portman").mkdir()
    for name in ("__init__", "__main__"):
        (repo / "portman" / f"{name}.py").write_text(trap)
    manifest(repo, '[services]\nweb = "auto"\n')
    launcher = repo.parent / "bin" / "portman"
    launcher.parent.mkdir()
    launcher.write_text("import sys\nfrom portman.__main__ import main\nsys.exit(main())\n")
    start = [str(launcher)] if way == "launcher" else ["-P", "-m", "portman"]
    for words in (["up"], ["up"], ["list"], ["doctor"], ["run", "--", sys.executable, "-V"]):
        done = subprocess.run(
            [sys.executable, *start, *words],
            cwd=repo,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode in (0, 1), done.stderr
        assert not (repo / "sprung").exists(), words
    launcher.unlink()


DEEP = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + at)}: &{chr(98 + at)} [{','.join(['*' + chr(97 + at)] * 9)}]\n" for at in range(20)
)


@pytest.mark.parametrize(
    "text",
    [
        DEEP + "services: {db: {ports: *u}}\n",
        DEEP.replace("x,x", "'80:80',x") + "services: {db: {image: x, ports: *c}}\n",
        "services: " + "{a: " * 3000 + "}" * 3000,
        "services:\n  db:\n    ports: ['${" + "A:-${" * 5000 + "}" * 5001 + ":80']\n",
        "services:\n  db:\n    ports: ['1-65535:1-65535']\n" * 1,
        "services:\n" + "".join(f"  s{n}: {{ports: ['{n}:80']}}\n" for n in range(20000)),
        "include: [compose.yaml]\nservices: {db: {extends: {file: compose.yaml, service: db}}}\n",
        "services: !!python/object/apply:os.system ['touch sprung']\n",
        "services: {db: {extends: {file: ../outside/file, service: x}}}\n",
        "services: {db: {extends: {file: /dev/zero, service: x}}}\ninclude: [/dev/zero, /etc/sh]\n",
    ],
    ids=["bomb", "bomb-of-ports", "deep", "deep-variable", "range", "many", "itself", "object",
         "outside", "device"],
)  # fmt: skip
def test_a_compose_file_that_means_harm(repo: Path, text: str) -> None:
    """An answer within the limits, and nothing of it run."""
    manifest(repo, '[services]\nweb = "auto"\n[containers.db]\ntarget = 80\n')
    (repo / "compose.yaml").write_text(text)
    ran = portman("up", "--json", cwd=repo, DOCKER_HOST=f"unix://{repo}/none.sock")
    assert ran.code in (0, 1, 4, 5)
    assert not (repo / "sprung").exists()
    assert "another's file" not in ran.out


@pytest.mark.parametrize(
    "pointer",
    [
        "gitdir: /\n", "gitdir: /etc/passwd\n", "gitdir: /dev/zero\n", "gitdir: .git\n",
        "gitdir: ../outside\n", "gitdir: /proc/self/root\n", "gitdir: " + "x" * 3000 + "\n",
        "gitdir: \n", "gitdir: a\0b\n", "gitdir: $(touch sprung)\n", "nonsense", "x" * 100_000,
    ],
)  # fmt: skip
def test_a_git_file_that_points_anywhere(repo: Path, pointer: str) -> None:
    """It counts as no git here."""
    (repo / ".git").write_text(pointer)
    manifest(repo, '[services]\nweb = "auto"\n')
    for words in (("up", "--json"), ("where", "--json"), ("list", "--json"), ("down", "--json")):
        assert portman(*words, cwd=repo).code == 0
    assert not (repo / "sprung").exists()


@pytest.mark.parametrize("what", ["fifo", "folder-of-links", "socket"])
def test_a_git_that_is_no_file(repo: Path, what: str) -> None:
    """Nothing waits for it."""
    manifest(repo, '[services]\nweb = "auto"\n')
    git = repo / ".git"
    if what == "fifo":
        os.mkfifo(git)
    elif what == "socket":
        with contextlib.chdir(repo), socket.socket(socket.AF_UNIX) as one:
            one.bind(".git")
    else:
        git.mkdir()
        for name in ("HEAD", "config", "commondir", "index", "objects", "refs"):
            (git / name).symlink_to("/dev/zero")
    assert portman("up", "--json", cwd=repo).code == 0


def test_a_git_configuration_that_means_harm(repo: Path) -> None:
    """Programs it names are not run; a FIFO it includes is not waited for without end."""
    subprocess.run(["git", "init", "-q", str(repo)], check=True)
    trap = repo / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(repo / 'sprung'))}\n")
    trap.chmod(0o755)
    os.mkfifo(repo / "fifo")
    for name in ("post-index-change", "post-checkout", "reference-transaction", "pre-commit"):
        (repo / ".git/hooks" / name).parent.mkdir(exist_ok=True)
        (repo / ".git/hooks" / name).write_bytes(trap.read_bytes())
        (repo / ".git/hooks" / name).chmod(0o755)
    with open(repo / ".git/config", "a") as config:
        config.write(
            f"[core]\nfsmonitor = {trap}\npager = {trap}\nsshCommand = {trap}\neditor = {trap}\n"
            f"worktree = /\nexcludesFile = {repo / 'fifo'}\nattributesFile = {repo / 'fifo'}\n"
            f"[alias]\nls-files = !{trap}\ncheck-ignore = !{trap}\n[include]\npath = fifo\n"
        )
    manifest(repo, '[services]\nweb = "auto"\n')
    began = time.monotonic()
    ran = portman("up", "--json", cwd=repo)
    assert ran.code in (0, 5)
    assert not (repo / "sprung").exists()
    assert time.monotonic() - began < 100


@pytest.mark.parametrize("number", [22, 80, 443, 1023, 6000, 6667, 10080, 0, 65536, 99999999])
def test_a_committed_block_that_asks_for_a_port(repo: Path, number: int) -> None:
    """A number in a file is a wish: no system port, none that browsers refuse."""
    manifest(repo, '[services]\nweb = "auto"\n')
    (repo / ".env").write_text(f"# >>> portman\nWEB_PORT={number}\n# <<< portman\n")
    ran = portman("up", "--json", cwd=repo)
    assert ran.code == 0
    assert json.loads(ran.out)["data"]["services"][0]["port"] > 10080


# A hostile neighbour.


@pytest.mark.parametrize(
    "room",
    ["locks", *(f"{name}-{os.geteuid()}" for name in ("outputs", "holds", "receipts"))],
)
def test_folders_planted_as_links(repo: Path, own_state: Path, room: str) -> None:
    """What portman keeps beside its ledger never follows a link out of the state folder."""
    manifest(
        repo,
        '[services]\nweb = "auto"\n[[output]]\npath = ".env"\n'
        '[[output]]\npath = "x.json"\ntemplate = "x.in"\n',
    )
    (repo / "x.in").write_text('{"port": ${WEB_PORT}}\n')
    own_state.mkdir()
    (own_state / room).symlink_to(repo.parent / "outside")
    for _ in range(2):
        portman("up", "--json", cwd=repo)
        time.sleep(0.1)
        portman("port", "web", cwd=repo)
    portman("run", "--", sys.executable, "-c", "pass", cwd=repo)


@pytest.mark.root
def test_a_receipt_that_another_user_planted(repo: Path, own_state: Path) -> None:
    """Its answer is not repeated, be it owned by him or writable to him."""
    manifest(repo, '[services]\nweb = "auto"\n')
    portman("up", cwd=repo)
    time.sleep(0.1)
    told = portman("port", "web", cwd=repo).out
    (file,) = [path for path in own_state.rglob("*") if path.parent.name.startswith("receipts")]
    whole = file.read_bytes()
    assert told.strip().encode() in whole
    for owner, mode in ((65534, 0o644), (0, 0o666), (0, 0o660)):
        file.write_bytes(whole.replace(told.strip().encode(), b"1"))
        os.chown(file, owner, 0)
        file.chmod(mode)
        assert portman("port", "web", cwd=repo).out == told
        file.unlink(missing_ok=True)
        file.write_bytes(whole)


@pytest.mark.root
@pytest.mark.parametrize("mode", [0o755, 0o777, 0o1777])
def test_another_users_state_folder(repo: Path, own_state: Path, mode: int) -> None:
    """Refused with exit 5; what he made there is neither used nor touched."""
    own_state.mkdir()
    (own_state / "ledger.db").write_bytes(b"his")
    os.chown(own_state, 65534, 65534)
    own_state.chmod(mode)
    manifest(repo, '[services]\nweb = "auto"\n')
    ran = portman("up", "--json", cwd=repo)
    assert (ran.code, ran.codes) == (5, {"ledger-foreign"})
    assert [path.name for path in own_state.iterdir()] == ["ledger.db"]
    assert not (repo / ".env").exists()


@pytest.mark.parametrize("free", [0, 1, 3])
def test_sockets_that_squat_on_the_pool(repo: Path, free: int) -> None:
    """All of it: exit 1 and what to do, nothing leased. Some of it: what is left is found."""
    low, width = 19200, 40
    sockets: list[socket.socket] = []
    try:
        for port in range(low, low + width):
            with contextlib.suppress(OSError):
                sockets.append(socket.create_server(("127.0.0.1", port)))
        left = set()
        for one in sockets[:free]:
            left.add(one.getsockname()[1])
            one.close()
        manifest(
            repo, f'[pool]\nrange = "{low}-{low + width - 1}"\n[services]\na = "auto"\nb = "auto"\n'
        )
        ran = portman("up", "--json", cwd=repo)
        if free < 2:
            assert (ran.code, ran.codes) == (1, {"pool-exhausted"})
            assert not (repo / ".env").exists()
            return
        assert ran.code == 0
        ports = {one["port"] for one in json.loads(ran.out)["data"]["services"]}
        assert len(ports) == 2
        assert ports <= left
    finally:
        for one in sockets:
            one.close()


# A hostile engine.


def endless(connection: socket.socket) -> None:
    """Never stop talking."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while True:
        connection.sendall(b'{"Id":"' + b"x" * 65536 + b'"},')


def huge(connection: socket.socket) -> None:
    """Promise and send more than anybody should read."""
    size = 3 << 30
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + b"[" * 64)
    block = b" " * (1 << 20)
    for _ in range(size >> 20):
        connection.sendall(block)


def dripping(connection: socket.socket) -> None:
    """Say one byte now and then."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.3)


def crumbs(connection: socket.socket) -> None:
    """Send the body in chunks of two bytes, each of which is an object where it is kept."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"2\r\n  \r\n" * 4096)


def chunk(connection: socket.socket) -> None:
    """Announce one chunk of more than any memory, and send it."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n")
    while True:
        connection.sendall(b" " * 65536)


def soon(connection: socket.socket) -> None:
    """Say without end that the answer will follow."""
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" * 1000)


def line(connection: socket.socket) -> None:
    """Send a first line without end."""
    connection.sendall(b"HTTP/1.1 200 ")
    while True:
        connection.sendall(b"x" * 65536)


def unfolding(connection: socket.socket) -> None:
    """Send as much as is read, of what takes the most memory."""
    saying(b"[" + b"[]," * ((engine_http.LARGEST - 4) // 3) + b"[]]")(connection)


def inspections(connection: socket.socket) -> None:
    """List many containers, and show for each as much as may be, all of it to be kept."""
    rows = [{"Id": f"{number:064x}", "State": "exited"} for number in range(10_000)]
    ports = [
        {"HostPort": str(number % 65000 + 1), "HostIp": f"{number}"} for number in range(300_000)
    ]
    details = json.dumps({"HostConfig": {"PortBindings": {"80/tcp": ports}}}).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n"
    body = json.dumps(rows).encode()
    while True:
        connection.sendall(head.format(len(body)).encode() + body)
        if not connection.recv(65536):
            return
        body = details


def silent(connection: socket.socket) -> None:
    """Say nothing."""
    time.sleep(60)


def headers(connection: socket.socket) -> None:
    """Send headers without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Y: " + b"z" * 4096 + b"\r\n")


def saying(body: bytes, status: str = "200 OK") -> Callable[[socket.socket], None]:
    """Return an engine that answers everything with the same body."""

    def say(connection: socket.socket) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nApi-Version: 1.41\r\n"
        connection.sendall(
            f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        )
        connection.sendall(body)

    return say


DEEP_JSON = b"[" * 200_000 + b"]" * 200_000
ODD_ROW = json.dumps(
    [{"Id": 7, "Names": {}, "Labels": [1], "Ports": [None, 3, {"PublicPort": "x", "Type": []}]},
     {"Id": "\x1b[2J", "Names": ["/\x1b]0;x\x07"], "State": "running", "Image": "\x1b[31m",
      "Ports": [{"PublicPort": 2**70, "Type": "tcp"}, {"PublicPort": -1, "Type": "udp"}]}, None, []]
).encode()  # fmt: skip
ENGINES: dict[str, Callable[[socket.socket], None]] = {
    "endless": endless,
    "huge": huge,
    "crumbs": crumbs,
    "chunk": chunk,
    "soon": soon,
    "line": line,
    "dripping": dripping,
    "silent": silent,
    "headers": headers,
    "nothing": lambda connection: None,
    "noise": lambda connection: connection.sendall(os.urandom(4096)),
    "not-json": saying(b"<html>"),
    "deep": saying(DEEP_JSON),
    "number": saying(b'{"ApiVersion": 1e999}'),
    "null": saying(b"null"),
    "odd": saying(ODD_ROW),
    "version": saying(b'{"ApiVersion": "\\u001b[2J999999999999.99"}'),
    "many": saying(
        json.dumps([{"Id": f"{n:064x}", "State": "exited"} for n in range(50_000)]).encode()
    ),
    "away": saying(b"", "301 Moved\r\nLocation: http://127.0.0.1:1/"),
    "error": saying(b'{"message": "' + b"\x1b[2J" + b'"}', "500 No"),
}


@contextlib.contextmanager
def engine(folder: Path, behaviour: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one behaviour on a Unix socket; every connection has a thread of its own."""
    path = folder / "engine.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen(16)

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(20)
            connection.recv(65536)
            behaviour(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"unix://{path}"
    finally:
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        path.unlink()


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_that_means_harm(repo: Path, name: str, tmp_path_factory: Any) -> None:
    """The ports are given all the same, in bounded time and memory, and nothing is steered."""
    manifest(repo, '[services]\nweb = "auto"\n[containers.db]\ntarget = 80\n')
    folder = Path(tmp_path_factory.mktemp("e"))
    with engine(folder, ENGINES[name]) as address:
        for words in (("up",), ("list",)):
            began = time.monotonic()
            ran = portman(*words, "--json", cwd=repo, DOCKER_HOST=address)
            assert ran.code == 0, ran.out
            assert time.monotonic() - began < 60
        ran = portman("up", "--reassign", "web", cwd=repo, DOCKER_HOST=address)
        assert ran.code == 0, ran.err
        assert not STEERING.search(ran.out + ran.err)


#: Starts a command and tells on stderr how many KiB of memory it had at most. A process of its
#: own: what is started from here begins with the memory of the tests as its most.
MEASURED = (
    "import os, sys; pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ);"
    "_, status, usage = os.wait4(pid, 0); print('peak', usage.ru_maxrss, file=sys.stderr);"
    "sys.exit(os.waitstatus_to_exitcode(status))"
)
#: MiB that a run may take at most (docs/security.md), and what it says of the engine then.
PEAKS = {
    "endless": (128, "says too much"),
    "huge": (128, "says too much"),
    "crumbs": (128, "takes over|says too much"),
    "chunk": (128, "says too much"),
    "headers": (128, "is not a container engine"),
    "line": (128, "is not a container engine"),
    "soon": (128, "takes over"),
    "unfolding": (640, "is not a container engine"),
    "inspections": (640, "says too much"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="counts in KiB")
@pytest.mark.parametrize("name", PEAKS)
def test_an_engine_that_wants_all_memory(repo: Path, name: str, tmp_path_factory: Any) -> None:
    """However fast it talks, and however long one waits for it: an end, and a note of it."""
    manifest(repo, '[services]\nweb = "auto"\n[containers.db]\ntarget = 80\n')
    behaviours = {**ENGINES, "unfolding": unfolding, "inspections": inspections}
    with engine(Path(tmp_path_factory.mktemp("e")), behaviours[name]) as address:
        done = subprocess.run(
            [sys.executable, "-S", "-c", MEASURED, sys.executable, "-P", "-m", "portman", "up"],
            cwd=repo,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "DOCKER_HOST": address,
                "PORTMAN_ENGINE_PATIENCE": "3" if name in ("soon", "crumbs") else "30",
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
    most, said = PEAKS[name]
    assert done.returncode == 0, done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert int(done.stderr.rsplit("peak ", 1)[1]) < most << 10, done.stderr


def test_the_way_to_a_pipe_has_the_same_bounds(tmp_path_factory: Any) -> None:
    """What Windows uses, over a socket file: read to the limit, no packing, no redirection."""
    packed = gzip.compress(b" " * (64 << 20))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    cases: list[tuple[Callable[[socket.socket], None], type[Exception] | None]] = [
        (saying(b'[{"Id": "a"}]'), None),
        (saying(b"{}", "404 Gone"), LookupError),
        (saying(b"", "301 Moved\r\nLocation: http://127.0.0.1:1/"), engine_http.AnswerError),
        (endless, engine_http.TooLargeError),
        (
            lambda connection: connection.sendall(head.encode() + packed),
            engine_http.AnswerError,
        ),
    ]
    for behaviour, error in cases:
        with engine(Path(tmp_path_factory.mktemp("e")), behaviour) as address:
            client = PipeClient(EngineEndpoint(address), 30)
            if error is None:
                assert client.rows(everything=True) == [{"Id": "a"}]
            else:
                with pytest.raises(error):
                    client.inspect("a")


# Programs that are asked.


@pytest.mark.parametrize("stream", ["1", "2"])
def test_a_program_that_talks_without_end(stream: str) -> None:
    """It is ended at the limit, and the answer is none."""
    began = time.monotonic()
    with pytest.raises(UnboundedError, match="says more than 1 MiB"):
        run(["sh", "-c", f"exec yes >&{stream}"], patience=60, most=1 << 20)
    assert time.monotonic() - began < 50
    answer = ask(["sh", "-c", f"exec yes >&{stream}"])
    assert (answer.found, answer.code) == (True, None)
    assert "says more than 32 MiB" in answer.err


def test_a_program_whose_child_keeps_talking() -> None:
    """Neither it nor what it left behind is waited for past the time."""
    began = time.monotonic()
    with pytest.raises(UnboundedError, match="no answer within"):
        run(["sh", "-c", "sleep 20 & echo done"], patience=0.5)
    assert time.monotonic() - began < 15
    assert run(["sh", "-c", "echo out; echo err >&2; exit 3"], patience=60) == (
        3,
        b"out\n",
        b"err\n",
    )


def test_a_compose_that_talks_without_end(repo: Path, tmp_path_factory: Any) -> None:
    """What it makes of a project is read up to a limit; what portman read itself still counts."""
    place = Path(tmp_path_factory.mktemp("docker"))
    program = place / "cli-plugins" / "docker-compose"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$*" >>{place}/asked\n'
        'case "$*" in *config*) exec yes;; *) echo 2.30.0;; esac\n'
    )
    program.chmod(0o755)
    manifest(repo, '[services]\nweb = "auto"\n[containers.db]\ntarget = 80\n')
    (repo / "compose.yaml").write_text("services: {db: {image: x, ports: ['8080:80']}}\n")
    variables = {"DOCKER_CONFIG": str(place), "DOCKER_HOST": "unix:///none.sock"}
    for words in (("up",), ("doctor",)):
        ran = portman(*words, "--json", cwd=repo, **variables)
        assert ran.code in (0, 1), ran.out
    assert "config" in (place / "asked").read_text()


# Files that are larger than anybody's.


@pytest.mark.parametrize("name", [".env", ".env.in"])
def test_an_output_or_template_too_large_to_read(repo: Path, name: str) -> None:
    """Refused by name and number, and left as it is."""
    text = '[services]\nweb = "auto"\n[[output]]\npath = ".env"\n'
    manifest(repo, text + ('template = ".env.in"\n' if name == ".env.in" else ""))
    with open(repo / name, "wb") as file:
        file.truncate(3 << 30)
    for words in (("up",), ("check",), ("down",)):
        ran = portman(*words, "--json", cwd=repo)
        assert ran.codes <= {"output-unwritable", "template-unreadable", "output-stale"}, ran.out
        assert words[0] == "down" or f"{name} has over 16,777,216 bytes" in ran.out, ran.out
    assert (repo / name).stat().st_size == 3 << 30


@pytest.mark.parametrize("name", ["ports.toml", "ports.local.toml"])
@pytest.mark.parametrize("kind", ["large", "pipe", "binary"])
def test_editing_a_manifest_that_is_none(repo: Path, name: str, kind: str) -> None:
    """`add` and `remove` read as carefully as all the others."""
    manifest(repo, '[services]\nweb = "auto"\n')
    (repo / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(repo / name)
    else:
        with open(repo / name, "wb") as file:
            file.write(b"\xff" if kind == "binary" else b"#")
            file.truncate(2 if kind == "binary" else 3 << 30)
    for words in (("add", "api"), ("remove", "web")):
        ran = portman(*words, "--json", cwd=repo)
        assert (ran.code, ran.codes) == (4, {"manifest-unreadable"}), ran.out
