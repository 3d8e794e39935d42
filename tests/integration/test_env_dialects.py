"""What portman writes, read by the programs it is written for.

A reader that is not installed is skipped by name; with CI=true and PORTMAN_REQUIRE_READERS=1
a missing one is a failure, but for those that no package of the test machine offers.
"""

from __future__ import annotations

import http.server
import importlib.util
import json
import os
import random
import shutil
import socketserver
import string
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.outputs.block import put_block
from portman.outputs.formats import PLAIN, file_text, is_plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Values = dict[str, str]
    Reader = Callable[[Path, Path], Values]

PATIENCE = 60
GENERATOR = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"

#: Readers that Debian, PyPI and npm do not offer: skipped even where the others are required.
UNOBTAINABLE = {"pwsh"}


# ---- readers: (file, a folder to work in) -> what a program would find in its environment


def run(command: list[str], **more: object) -> str:
    """Run a reader in a nearly empty environment and return what it printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    environment |= more.pop("environment", {})  # type: ignore[arg-type]
    done = subprocess.run(  # type: ignore[call-overload]
        command, env=environment, capture_output=True, timeout=PATIENCE, **more
    )
    assert done.returncode == 0, (command[0], done.stderr.decode("utf-8", "replace"))
    return done.stdout.decode("utf-8")


def listed(text: str) -> Values:
    """Read the output of `env -0`."""
    return dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry)


def sourced_by(*shell: str, line: str = 'set -a; . "$1"; exec env -0') -> Reader:
    """Return a reader that sources the file in a shell."""
    return lambda file, folder: listed(run([*shell, "-c", line, "reader", str(file)]))


def make(file: Path, folder: Path) -> Values:
    """`-include` in a Makefile, exported, seen by a recipe."""
    (folder / "Makefile").write_text(f"export\n-include {file}\nall:\n\t@env -0\n")
    warn = "--warn-undefined-variables"
    return listed(run(["make", "-s", warn, "-C", str(folder), "--no-print-directory"]))


def python_dotenv(file: Path, folder: Path) -> Values:
    """`load_dotenv()`."""
    code = "import dotenv, os, json; dotenv.load_dotenv('{}'); print(json.dumps(dict(os.environ)))"
    return json.loads(run([sys.executable, "-c", code.format(file)]))


def node_env_file(file: Path, folder: Path) -> Values:
    """`node --env-file`."""
    code = "process.stdout.write(JSON.stringify(process.env))"
    return json.loads(run(["node", f"--env-file={file}", "-e", code]))


def node_parse_env(file: Path, folder: Path) -> Values:
    """`util.parseEnv`."""
    code = "process.stdout.write(JSON.stringify(require('util').parseEnv("
    code += "require('fs').readFileSync(process.argv[1], 'utf8'))))"
    return json.loads(run(["node", "-e", code, str(file)]))


def npm_dotenv(file: Path, folder: Path) -> Values:
    """`dotenv.parse` of npm."""
    code = "process.stdout.write(JSON.stringify(require('dotenv').parse("
    code += "require('fs').readFileSync(process.argv[1]))))"
    return json.loads(run(["node", "-e", code, str(file)], environment=node_path()))


def npm_dotenv_expand(file: Path, folder: Path) -> Values:
    """`dotenv-expand` after `dotenv`, as Vite and Next.js have them."""
    code = "const parsed = require('dotenv').parse(require('fs').readFileSync(process.argv[1]));"
    code += "process.stdout.write(JSON.stringify("
    code += "require('dotenv-expand').expand({parsed, processEnv: {}}).parsed))"
    return json.loads(run(["node", "-e", code, str(file)], environment=node_path()))


def node_path() -> Values:
    """Return where npm packages may be, if somebody says so."""
    return {"NODE_PATH": os.environ.get("NODE_PATH", "")}


def honcho(file: Path, folder: Path) -> Values:
    """`honcho -e FILE run`."""
    command = [sys.executable, "-m", "honcho.command", "-e", str(file), "run", "env", "-0"]
    return listed(run(command, cwd=folder))


def direnv(file: Path, folder: Path) -> Values:
    """`dotenv` in an .envrc."""
    return json.loads(run(["direnv", "dotenv", "json", str(file)]))


def just(file: Path, folder: Path) -> Values:
    """`set dotenv-path`."""
    (folder / "justfile").write_text(f"set dotenv-path := '{file}'\nall:\n    @env -0\n")
    program = shutil.which("just", path=reader_path()) or "just"
    return listed(run([program, "--justfile", str(folder / "justfile"), "all"]))


def reader_path() -> str:
    """Return PATH with the folder of this interpreter, where PyPI puts programs."""
    return os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])


def systemd(file: Path, folder: Path) -> Values:
    """`environment.d` of a user; what the generator prints is in turn a shell's."""
    config = folder / "environment.d"
    config.mkdir(exist_ok=True)
    shutil.copy(file, config / "10-portman.conf")
    text = run([GENERATOR], environment={"XDG_CONFIG_HOME": str(folder)})
    return listed(run(["bash", "-c", 'set -a; eval "$1"; exec env -0', "reader", text]))


def docker_compose(file: Path, folder: Path) -> Values:
    """`env_file:` of a Compose service."""
    compose = {"services": {"x": {"image": "x", "env_file": [str(file)]}}}
    (folder / "compose.json").write_text(json.dumps(compose))
    command = ["docker", "compose", "-f", str(folder / "compose.json"), "config"]
    text = run([*command, "--format", "json"])  # --no-interpolate leaves env_file unread in 2.26
    return json.loads(text)["services"]["x"]["environment"]


def docker_env_file(file: Path, folder: Path) -> Values:
    """`docker create --env-file`: the real client, sending to an engine that only listens."""
    asked: list[dict[str, list[str]]] = []

    class Engine(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status: int, value: object) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Api-Version", "1.41")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.answer(200, {})

        do_GET = do_HEAD  # noqa: N815

        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer(201, {"Id": "portman", "Warnings": []})

        def address_string(self) -> str:
            return "client"

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

    place = str(folder / "engine.sock")
    with Server(place, Engine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = ["docker", "create", "--env-file", str(file), "image"]
        run(command, environment={"DOCKER_HOST": f"unix://{place}", "DOCKER_CONFIG": str(folder)})
        server.shutdown()
    return dict(entry.split("=", 1) for entry in asked[0]["Env"])


def is_module(name: str) -> bool:
    """Return whether this interpreter has the module."""
    return importlib.util.find_spec(name) is not None


def is_npm_package(name: str) -> bool:
    """Return whether node finds the package."""
    command = ["node", "-e", f"require({name!r})"]
    environment = dict(os.environ) | node_path()
    if not shutil.which("node"):
        return False
    return not subprocess.run(command, env=environment, capture_output=True).returncode


def is_compose() -> bool:
    """Return whether docker has its compose plugin."""
    if not shutil.which("docker"):
        return False
    return not subprocess.run(["docker", "compose", "version"], capture_output=True).returncode


#: name -> (the reader, how to find out whether it is here)
READERS: dict[str, tuple[Reader, Callable[[], object]]] = {
    "sh": (sourced_by("sh"), lambda: shutil.which("sh")),
    "dash": (sourced_by("dash"), lambda: shutil.which("dash")),
    "bash": (sourced_by("bash"), lambda: shutil.which("bash")),
    "zsh": (sourced_by("zsh", "-f"), lambda: shutil.which("zsh")),
    "make": (make, lambda: shutil.which("make")),
    "python-dotenv": (python_dotenv, lambda: is_module("dotenv")),
    "node --env-file": (node_env_file, lambda: shutil.which("node")),
    "node parseEnv": (node_parse_env, lambda: shutil.which("node")),
    "npm dotenv": (npm_dotenv, lambda: is_npm_package("dotenv")),
    "npm dotenv-expand": (npm_dotenv_expand, lambda: is_npm_package("dotenv-expand")),
    "honcho": (honcho, lambda: is_module("honcho")),
    "direnv": (direnv, lambda: shutil.which("direnv")),
    "just": (just, lambda: shutil.which("just", path=reader_path())),
    "systemd": (systemd, lambda: os.access(GENERATOR, os.X_OK)),
    "docker --env-file": (docker_env_file, lambda: shutil.which("docker")),
    "docker compose": (docker_compose, is_compose),
}

#: Those for which quote = "single" is meant: make and docker keep the quotes in the value.
SINGLE_READERS = [name for name in READERS if name not in ("make", "docker --env-file")]


def reader_called(name: str) -> Reader:
    """Return the reader, or skip the test by its name."""
    reader, is_here = READERS[name]
    require(name, is_here())
    return reader


def require(name: str, is_here: object) -> None:
    """Skip, or fail where every reader has to be there."""
    if is_here:
        return
    strict = os.environ.get("CI") == "true" and os.environ.get("PORTMAN_REQUIRE_READERS") == "1"
    if strict and name not in UNOBTAINABLE:
        pytest.fail(f"reader not installed: {name}")
    pytest.skip(f"reader not installed: {name}")


# ---- values


def named(values: list[str]) -> list[tuple[str, str]]:
    """Give every value a name."""
    return [(f"PM_{number}", value) for number, value in enumerate(values)]


def everywhere(characters: str) -> list[str]:
    """Return each character alone, at the start, in the middle, at the end, and doubled."""
    shapes = ("{0}", "{0}a", "a{0}b", "a{0}", "a{0}{0}b")
    return [shape.format(character) for character in characters for shape in shapes]


def scrambled(characters: str, count: int) -> list[str]:
    """Return values put together by chance, the same every time."""
    chance = random.Random(20000)
    return ["".join(chance.choices(characters, k=chance.randint(1, 12))) for _ in range(count)]


PLAIN_VALUES = [
    value
    for value in [
        *everywhere(PLAIN),
        *scrambled(PLAIN, 400),
        "61000",
        "localhost:61000",
        "http://localhost:61000/a?b=1",
        "postgresql://app:p%40ss@127.0.0.1:61000/shop?sslmode=disable",
        *("-n", "--", "true", "null", "0x10", "007", "1e5", "%PATH%", "%s%n", "@file", "C:/x"),
        *("export", "a=b=c", "?", "./a", "../a", "/", "//", "a,b,c", "+1", "a:", ":"),
        "x" * 8000,
    ]
    if is_plain(value)
]

PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "
_CARRIED = "".join(character for character in PRINTABLE if character not in "'$\\")

SINGLE_VALUES = [
    *everywhere(_CARRIED),
    *scrambled(_CARRIED, 400),
    *("", " ", "a b", " a ", "a #b", "#", '"', '""', '"a"', "`id`", "(a)", "a & b", "é 😀", "!!"),
    *PLAIN_VALUES,
]

NASTY_VALUES = [
    *everywhere(PRINTABLE),
    *scrambled(PRINTABLE, 400),
    *(
        "",
        "'",
        "''",
        "'''",
        "a'b'c",
        "$(id)",
        "${HOME}",
        "`id`",
        "\\",
        "\\\\",
        "\\'",
        "a\\",
        "\t",
        "é😀",
    ),
    *("\\#", "\\\\#", "#\\", "$", "$$", "$(", "$#", "\\$", " a ", "\ta\t", "define x", "~", "=ls"),
]

LINES_VALUES = ["\n", "a\nb", "a\n", "\na", "a\\\nb", "'\n'", "a\r\nb", "a\n#b\n"]


def compare(read: Values, variables: list[tuple[str, str]]) -> None:
    """Show only what differs."""
    wrong = {name: (value, read.get(name)) for name, value in variables}
    wrong = {name: pair for name, pair in wrong.items() if pair[0] != pair[1]}
    assert not wrong


# ---- tests


@pytest.mark.parametrize("name", READERS)
def test_bare_values_read_alike_everywhere(name: str, tmp_path: Path) -> None:
    """Every character of the alphabet in every position, in a block with its comments."""
    reader = reader_called(name)
    variables = named(PLAIN_VALUES)
    file = tmp_path / "ports.env"
    file.write_bytes(put_block(b"# somebody's\nOTHER=1\n", file_text("dotenv", variables)))
    read = reader(file, tmp_path)
    compare(read, variables)
    assert read["OTHER"] == "1"


@pytest.mark.parametrize("name", SINGLE_READERS)
def test_single_quotes_read_alike_where_they_are_meant(name: str, tmp_path: Path) -> None:
    """Everything printable but `'`, `$` and the backslash."""
    reader = reader_called(name)
    # environment.d has no empty values, and prints a lone ~ bare, which only bash expands.
    unlike = ("", "~") if name == "systemd" else ()
    variables = named([value for value in SINGLE_VALUES if value not in unlike])
    file = tmp_path / "ports.env"
    file.write_bytes(put_block(None, file_text("dotenv", variables, quote="single")))
    compare(reader(file, tmp_path), variables)


@pytest.mark.parametrize("name", ["sh", "dash", "bash", "zsh"])
def test_shell_format_carries_anything(name: str, tmp_path: Path) -> None:
    """Line breaks too, without `set -a`, and nothing is run."""
    reader_called(name)
    variables = named(NASTY_VALUES + LINES_VALUES)
    file = tmp_path / "ports.sh"
    file.write_bytes(file_text("shell", variables).encode())
    options = ["-f"] if name == "zsh" else []
    for line in ('. "$1"; exec env -0', 'eval "$(cat "$1")"; exec env -0'):
        compare(sourced_by(name, *options, line=line)(file, tmp_path), variables)
    if name == "zsh":
        quotes = 'setopt rc_quotes; . "$1"; exec env -0'
        compare(sourced_by("zsh", "-f", line=quotes)(file, tmp_path), variables)


def test_fish_format_carries_anything(tmp_path: Path) -> None:
    """As `source` reads it."""
    require("fish", shutil.which("fish"))
    variables = named(NASTY_VALUES + LINES_VALUES)
    file = tmp_path / "ports.fish"
    file.write_bytes(file_text("fish", variables).encode())
    line = ["fish", "--no-config", "-c", f"source {file}; exec env -0"]
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    compare(listed(run(line, environment=environment)), variables)


def test_make_format_carries_anything_on_one_line(tmp_path: Path) -> None:
    """`-include ports.mk`: seen by recipes without a further `export`, and no warning."""
    require("make", shutil.which("make"))
    variables = named(NASTY_VALUES)
    file = tmp_path / "ports.mk"
    file.write_bytes(file_text("make", variables).encode())
    (tmp_path / "Makefile").write_text(f"-include {file}\nall:\n\t@env -0; echo '$(PM_0)' >&2\n")
    command = ["make", "-s", "--no-print-directory", "--warn-undefined-variables", "-C"]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, timeout=PATIENCE)
    assert done.stderr.decode() == f"{NASTY_VALUES[0]}\n"
    compare(listed(done.stdout.decode()), variables)


@pytest.mark.parametrize("name", ["node", "python"])
def test_json_format_carries_anything(name: str, tmp_path: Path) -> None:
    """Two parsers that share no code."""
    variables = named(NASTY_VALUES + LINES_VALUES)
    file = tmp_path / "ports.json"
    file.write_bytes(file_text("json", variables).encode())
    if name == "node":
        require("node", shutil.which("node"))
        code = "process.stdout.write(JSON.stringify(require(process.argv[1])))"
        compare(json.loads(run(["node", "-e", code, str(file)])), variables)
    else:
        compare(json.loads(file.read_text()), variables)


def test_powershell_format_carries_anything(tmp_path: Path) -> None:
    """As a script, dot-sourced."""
    require("pwsh", shutil.which("pwsh"))
    variables = named([value for value in NASTY_VALUES + LINES_VALUES if value])
    file = tmp_path / "ports.ps1"
    file.write_bytes(file_text("powershell", variables).encode())
    command = ["pwsh", "-NoProfile", "-NonInteractive", "-Command", f". {file}; env -0"]
    compare(listed(run(command)), variables)


def test_what_is_refused_would_have_been_misread(tmp_path: Path) -> None:
    """The alphabet is no superstition: each of these goes wrong in the reader named."""
    cases = [
        ("dash", "a b"),
        ("bash", "a&b"),
        ("bash", "$HOME"),
        ("make", "a#b"),
        ("node --env-file", "a#b"),
        ("zsh", "=ls"),
        ("zsh", "a:=ls"),
        ("docker --env-file", "'a'"),
        ("make", "'a'"),
    ]
    for number, (name, value) in enumerate(cases):
        with pytest.raises(PortmanError):
            file_text("dotenv", [("PM_X", value)])
        reader, is_here = READERS[name]
        if not is_here():
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "x.env").write_text(f"PM_X={value}\n")
        try:
            read = reader(folder / "x.env", folder).get("PM_X")
        except AssertionError:
            read = None
        assert read != (value.strip("'") if "'" in value else value), (name, value)
