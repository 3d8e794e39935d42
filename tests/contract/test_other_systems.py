"""Every verb on a pretended Mac and a pretended Windows: no traceback, the same exit codes.

Each test starts a process, because `sys.platform` is read when modules load.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

import pytest

from portman.cli import COMMANDS
from tests.other_systems import SYSTEMS, portman_on, python_on

if TYPE_CHECKING:
    from pathlib import Path

#: The words of a command -> its exit code in a project of two idle services.
VERBS: list[tuple[str, int]] = [
    ("up", 0),
    ("up", 0),
    ("check", 0),
    ("port web", 0),
    ("url web", 0),
    ("env", 0),
    ("env --format powershell", 0),
    ("list", 0),
    ("who {web}", 1),
    ("explain {web}", 0),
    ("where", 0),
    ("validate", 0),
    ("schema", 0),
    ("publish web", 1),
    ("free {web} --dry-run", 0),
    ("wait web --timeout 0.1", 1),
    ("watch --once", 0),
    ("init --dry-run", 0),
    ("add jobs", 0),
    ("remove jobs", 0),
    ("integrate", 0),
    ("gc", 0),
    ("repair", 0),
    ("hold", 1),
    ("overview", 0),
    ("adopt --dry-run", 0),
    ("names", 0),
    ("log", 0),
    ("ledger status", 5),
    ("completion bash", 0),
    ("uninstall --dry-run", 0),
    ("down", 0),
    ("doctor", 1),
]
_BROWSER = "sys.modules.pop('webbrowser'); os.startfile = lambda _: None"
_PAGE = "import anyio, starlette.applications, starlette.responses, uvicorn\n"
#: Verbs that become or serve something, each in a process of its own: its words, its exit code,
#: what runs first, and what only loads on the system that this machine has.
ALONE: dict[str, tuple[tuple[str, ...], int, str, str]] = {
    "run": (("--", "sh", "-c", "exit 7"), 7, "", ""),
    "open": (("web",), 0, _BROWSER, ""),
    "forward": (("host.invalid",), 5, "", ""),
    "mcp": ((), 0, "", f"{_PAGE}import mcp.server.lowlevel, mcp.server.stdio\n"),
    "dashboard": (("--html", "-"), 0, "", _PAGE),
}
_RUN_ALL = """
import io, contextlib
from portman.__main__ import main
class Stream(io.TextIOWrapper):
    def fileno(self): raise OSError("no number")
answers = []
for words in %r:
    sys.argv[:] = ["portman", *words.split()]
    out, err = (Stream(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main()
        except SystemExit as error:
            code = error.code
    out.flush(), err.flush()
    texts = [one.buffer.getvalue().decode() for one in (out, err)]
    answers.append([words, code, *texts])
print(json.dumps(answers))
"""


class Answer(NamedTuple):
    """What one command of the run said."""

    words: str
    code: int
    out: str
    err: str


def answers_on(system: str, folder: Path, commands: list[str]) -> list[Answer]:
    done = python_on(system, _RUN_ALL % (commands,), cwd=folder, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return [Answer(*one) for one in json.loads(done.stdout)]


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ports.toml").write_text("[services]\nweb = 38501\napi = 38502\n")
    return folder


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_verb_runs(system: str, project: Path) -> None:
    commands = [words.format(web=38501) for words, _ in VERBS]
    answers = answers_on(system, project, commands)
    wrong = [
        one
        for one, (_, code) in zip(answers, VERBS, strict=True)
        if (one.code != code and not one.words.startswith("doctor")) or "bug" in one.err
    ]
    assert not wrong


#: What a verb of an extra needs.
EXTRAS = {"mcp": ("mcp",), "dashboard": ("starlette", "uvicorn", "jinja2", "segno")}


@pytest.mark.parametrize("verb", ALONE)
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_verb_that_becomes_or_serves_something(system: str, verb: str, project: Path) -> None:
    if (system, verb) == ("win32", "mcp"):
        pytest.skip("asyncio's event loop of Windows runs on Windows only")
    for module in EXTRAS.get(verb, ()):  # absent with the lowest and newest dependencies
        pytest.importorskip(module)
    words, code, before, loaded = ALONE[verb]
    done = portman_on(system, verb, *words, before=before, loaded=loaded, cwd=project)
    assert done.returncode == code, done.stderr
    assert "bug" not in done.stderr


def test_no_verb_is_left_out() -> None:
    assert {words.split()[0] for words, _ in VERBS} | ALONE.keys() == COMMANDS.keys()


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_hold_runs_its_command(system: str, project: Path) -> None:
    done = portman_on(system, "hold", "--", "sh", "-c", "echo $WEB_PORT; exit 7", cwd=project)
    assert (done.returncode, done.stdout) == (7, "38501\n")
    assert "until the command starts" in done.stderr


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_hold_without_a_command_says_no(system: str, project: Path) -> None:
    done = portman_on(system, "hold", "--json", cwd=project)
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["code"] == "hold-unavailable"


def test_a_file_that_is_open_elsewhere_is_replaced_a_moment_later(project: Path) -> None:
    (project / ".env").write_text("A=1\n")
    refuse = """
    real, left = os.replace, [2]
    def replace(source, target, **more):
        if str(target).endswith(".env") and left[0]:
            left[0] -= 1
            error = PermissionError(13, "Access is denied", str(source))
            error.winerror = %d
            raise error
        return real(source, target, **more)
    os.replace = replace
    """
    done = portman_on("win32", "up", before=refuse % 5, cwd=project)
    assert done.returncode == 0, done.stderr
    assert "WEB_PORT=38501" in (project / ".env").read_text()


def test_an_output_that_ends_like_a_program_can_be_written_again(project: Path) -> None:
    """Python gives a path that ends in .cmd execute bits on Windows, and an open file none."""
    manifest = project / "ports.toml"
    output = '\n[[output]]\npath = "ports.cmd"\n'
    bits = """
    def executable(real):
        def look(path, *words, **more):
            seen = real(path, *words, **more)
            if not isinstance(path, int) and str(path).endswith(".cmd"):
                parts = list(seen)
                parts[0] |= 0o111
                seen = os.stat_result(parts, {
                    name: getattr(seen, name) for name in dir(seen) if name.startswith("st_")})
            return seen
        return look
    os.stat, os.lstat = executable(os.stat), executable(os.lstat)
    """
    for services in ("web = 38501", "web = 38501\napi = 38502"):
        manifest.write_text(f"[services]\n{services}\n{output}")
        done = portman_on("win32", "up", before=bits, cwd=project)
        assert done.returncode == 0, done.stderr
    assert "API_PORT" in (project / "ports.cmd").read_text()


def test_a_reader_that_has_gone_is_no_error_on_windows(project: Path) -> None:
    """There writing to such a pipe is an invalid argument."""
    gone = """
    import io
    class Gone(io.BytesIO):
        def write(self, data): raise OSError(22, "Invalid argument")
    class Out:
        encoding, buffer = "cp1252", Gone()
        def flush(self): pass
        def isatty(self): return False
        def fileno(self): return os.open(os.devnull, os.O_WRONLY)
    sys.stdout = Out()
    """
    done = portman_on("win32", "list", before=gone, cwd=project)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("virtual", [0, 1])
def test_colour_needs_a_console_that_takes_it(project: Path, virtual: int) -> None:
    """Before Windows 10, and where the mode cannot be set, the codes would be shown as text."""
    console = f"""
    ctypes.windll.kernel32.SetConsoleMode = lambda *_: {virtual}
    sys.stdout.isatty = lambda: True
    os.environ["TERM"] = "xterm"
    """
    portman_on("win32", "up", cwd=project)
    done = portman_on("win32", "list", before=console, cwd=project)
    assert done.returncode == 0, done.stderr
    assert ("\x1b[" in done.stdout) == bool(virtual)


def test_a_commit_is_synced_to_the_drive_on_a_mac(project: Path) -> None:
    spy = """
    import _sqlite3, fcntl
    told, control = [], fcntl.fcntl
    def full(descriptor, command, *more):
        told.append(command)
        if command == 51: return 0
        return control(descriptor, command, *more)
    fcntl.fcntl = full
    class Spy(sqlite3.Connection):
        def execute(self, sql, *more):
            told.append(sql)
            return super().execute(sql, *more)
    connect = sqlite3.connect
    _sqlite3.connect = lambda *words, **more: connect(*words, **{**more, "factory": Spy})
    import atexit
    atexit.register(lambda: sys.stderr.write(repr([51 in told, [
        one for one in told if "fullfsync" in str(one)]])))
    """
    done = portman_on("darwin", "up", before=spy, cwd=project)
    assert done.stderr.endswith(
        "[True, ['PRAGMA fullfsync = ON', 'PRAGMA checkpoint_fullfsync = ON']]"
    ), done.stderr


@pytest.mark.parametrize("system", SYSTEMS)
def test_receipts_load_ten_modules_and_start_nothing(system: str, project: Path) -> None:
    """The lane that answers in a prompt: as short as on Linux."""
    count = """
    import atexit
    before = set(sys.modules)
    def started(*words, **more): raise AssertionError(words)
    subprocess.Popen = started
    atexit.register(lambda: sys.stderr.write(
        "\\n".join(sorted(set(sys.modules) - before - {"__main__"}))))
    """
    env = {"PYTHONDONTWRITEBYTECODE": "1"}
    for _ in range(3):
        portman_on(system, "up", cwd=project, env=env)
        portman_on(system, "env", cwd=project, env=env)
    for verb in ("up", "env"):
        done = portman_on(system, verb, before=count, cwd=project, env=env)
        loaded = done.stderr.split()
        assert done.returncode == 0
        assert len(loaded) <= 10, loaded
        assert os.linesep not in done.stdout or done.stdout
