"""What the commands that machines call may load and touch: pinned, as every import costs time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from portman import state as ledger_state
from portman.ledger import fast_read
from portman.state import receipts as receipt

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = "[services]\n" + "".join(f's{number} = "auto"\n' for number in range(10))
MACHINE_FORMS = [
    ("up",),
    ("up", "--json"),
    ("check",),
    ("env",),
    ("env", "--format", "shell"),
    ("port", "s3"),
    ("url", "s3"),
    ("list", "--line"),
]

#: The whole receipt lane, besides what the bare interpreter has loaded.
RECEIPT_LANE = {
    "portman",
    "portman.__main__",
    "portman.cli",
    "portman.cli.fast_path",
    "portman._version",
    "portman.state",
    "portman.state.receipts",
}
PROBING = {
    "_socket",
    "errno",
    "portman.machine",
    "portman.machine.sockets",
    "portman.machine.sockets.linux",
}
#: Looking at one's own rows after somebody wrote to the ledger (`_sqlite3` loads functools).
GLIMPSE = {"_sqlite3", "portman.ledger", "portman.ledger.fast_read"}
#: Nothing that answers in a prompt may load these; each costs from 3 to 100 ms.
HEAVY = {
    "argparse", "asyncio", "ast", "dataclasses", "docker", "email", "hashlib", "importlib.metadata",
    "inspect", "logging", "multiprocessing", "pathlib", "platformdirs", "psutil", "pydantic",
    "requests", "rich", "shutil", "socket", "ssl", "subprocess", "tempfile", "threading", "tomlkit",
    "traceback", "typer", "urllib", "urllib.request", "uuid",
}  # fmt: skip
#: What no happy path loads: modules that cost as much as Python's own start, and what brings them.
SLOW = {"datetime", "enum", "json", "re", "sqlite3", "tomllib", "typing"}
#: So many modules of ours an unchanged `up` loads without a receipt: Compose, the planner, messages
#: and processes are for those who need them.
MOST_MODULES = 68
#: What the commands a person types may not load before they need it.
LAZY = {"asyncio", "docker", "mcp", "psutil", "pydantic", "requests", "rich", "ssl", "tomlkit"}

_RUN = (
    "import sys; bare = set(sys.modules); sys.argv[0] = 'portman'; "
    "from portman.__main__ import main; code = main(); "
    "sys.stderr.write('\\n'.join(sorted(set(sys.modules) - bare))); sys.exit(code)"
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pins the branches of Linux")


class Place(NamedTuple):
    """A checkout whose `up` has a receipt, and a neighbour on the same machine."""

    project: Path
    neighbour: Path
    portman: Callable[..., object]

    def remember(self, *argv: str) -> None:
        """Give one more form a receipt."""
        self.portman(*argv, cwd=self.project)


@pytest.fixture(name="place")
def _place(tmp_path: Path, portman: Callable[..., object]) -> Place:
    project, neighbour = tmp_path / "project", tmp_path / "neighbour"
    for folder in (project, neighbour):
        folder.mkdir()
        (folder / "ports.toml").write_text(MANIFEST)
    portman("up", cwd=project)
    time.sleep(0.1)  # so that nothing changed too lately to be trusted
    portman("up", cwd=project)
    return Place(project, neighbour, portman)


def environment() -> dict[str, str]:
    """Return ours with the tree importable, and no byte code written."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def loaded(folder: Path, *argv: str, code: int | None = 0) -> set[str]:
    """Return what a run of the command line loads beyond the bare interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *argv],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert code is None or done.returncode == code, done.stderr
    return set(done.stderr.split())


def forget() -> None:
    """Drop every receipt."""
    shutil.rmtree(Path(ledger_state.state_folder()) / f"receipts-{os.geteuid()}")


@pytest.mark.parametrize("argv", MACHINE_FORMS, ids=" ".join)
def test_receipt_lane_loads_exactly_this(place: Place, argv: tuple[str, ...]) -> None:
    """Seven modules, and five more where ports are tried; nothing of the rest of the package."""
    place.remember(*argv)
    tries = argv[0] in ("up", "check", "list")
    assert loaded(place.project, *argv) == RECEIPT_LANE | (PROBING if tries else set())


def test_after_a_write_by_others_it_looks_at_its_rows(place: Place) -> None:
    """Once, with SQLite's own module alone; the next run is a plain receipt again."""
    place.portman("up", cwd=place.neighbour)
    seen = loaded(place.project, "up")
    assert {name for name in seen if name.startswith("portman")} <= RECEIPT_LANE | PROBING | GLIMPSE
    assert seen >= GLIMPSE
    assert not seen & (HEAVY | {"sqlite3", "datetime", "typing", "re", "enum"})
    assert loaded(place.project, "up") == RECEIPT_LANE | PROBING


@pytest.mark.parametrize("argv", MACHINE_FORMS, ids=" ".join)
def test_express_lane_without_a_receipt_loads_nothing_heavy(
    place: Place, argv: tuple[str, ...]
) -> None:
    """The long way of a machine's command goes without Typer and its like, too."""
    forget()
    seen = loaded(place.project, *argv)
    assert not seen & (HEAVY | SLOW)
    more = 10 if argv[0] == "list" else 0  # it asks for other checkouts too
    assert sum(name.startswith("portman") for name in seen) <= MOST_MODULES + more


def test_first_up_loads_nothing_heavy(place: Place) -> None:
    """Allocating neither: 200 of them at once share two cores; their manifest is known."""
    assert not loaded(place.neighbour, "port", "s1") & (HEAVY | SLOW)


def test_first_up_starts_git_without_the_library(place: Place) -> None:
    """It asks git about the file that it writes; `subprocess` costs as much as Python's start."""
    (place.neighbour / ".git").mkdir()
    assert not loaded(place.neighbour, "up") & (HEAVY | SLOW | {"contextlib", "signal"})


@pytest.mark.parametrize(
    "argv",
    [
        *(("list",), ("where",), ("gc",), ("publish", "db"), ("who", "s1"), ("free", "s1", "-n")),
        *(("watch", "--once"), ("down",), ("list", "--json"), ("validate",), ()),
    ],
    ids=" ".join,
)
def test_no_verb_loads_a_slow_module_of_the_library(place: Place, argv: tuple[str, ...]) -> None:
    """Nor do the verbs that a person types, where nothing has to be explained."""
    if "db" in argv:
        (place.project / "ports.toml").write_text(MANIFEST + "[containers.db]\ntarget = 5432\n")
        place.portman("up", cwd=place.project)
    assert not loaded(place.project, *argv, code=None) & SLOW


@pytest.mark.parametrize(
    "argv",
    [
        *(("list",), ("where",), ("up", "--color", "never"), ("gc",), ("validate",), ("schema",)),
        *(("watch", "--once"), ("explain", "s1"), ("down", "s1")),
        *(("free", "s1", "-n"), ("integrate",), ("add", "x"), ("up", "--reassign")),
    ],
    ids=" ".join,
)
def test_no_verb_loads_typer_or_a_library_it_does_not_use(
    place: Place, argv: tuple[str, ...]
) -> None:
    """Typer is for mistakes and help; engines, editors and printers wait for who needs them."""
    used = {"add": {"tomlkit"}}.get(argv[0], set())
    assert not loaded(place.project, *argv) & ((LAZY | {"typer", "click"}) - used)


class Traced(NamedTuple):
    """What a run asked of the kernel."""

    started: list[str]
    changed: list[str]
    looked_at: list[str]
    sockets: int


def traced(folder: Path, report: Path, *argv: str) -> Traced:
    """Run the command line under strace; return what it started, changed and looked at."""
    calls = "trace=%process,%file,%desc,bind"
    strace = ["strace", "-f", "-y", "-qq", "-s", "400", "-o", str(report), "-e", calls]
    done = subprocess.run(
        [*strace, sys.executable, "-m", "portman", *argv],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "Operation not permitted" in done.stderr:
        pytest.skip("no tracing here")
    assert done.returncode == 0, done.stderr
    lines = [line.partition(" ")[2].lstrip() for line in report.read_text().splitlines()]
    return Traced(
        [line for line in lines if _starts(line)],
        [line for line in lines if _changes(line)],
        lines,
        sum(line.startswith("bind(") for line in lines),
    )


def _starts(line: str) -> bool:
    new = line.startswith(("fork(", "vfork(")) or re.match(r"clone3?\((?!.*CLONE_THREAD)", line)
    return line.startswith("execve(") or bool(new)


_CHANGING = ("rename", "unlink", "mkdir", "rmdir", "link", "symlink", "chmod", "chown", "utimens")


def _changes(line: str) -> bool:
    call = line.partition("(")[0]
    if call in ("open", "openat", "creat"):
        return bool(re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", line)) and "= -1" not in line
    bare = call.removesuffix("2").removesuffix("at").removeprefix("f").removeprefix("l")
    return bare in _CHANGING or call in ("ftruncate", "truncate", "fallocate", "flock")


needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")


@needs_strace
@pytest.mark.parametrize("argv", MACHINE_FORMS, ids=" ".join)
def test_unchanged_with_a_receipt_starts_and_changes_nothing(
    place: Place, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    """No process, no write, no lock, no look at others' processes; a bind for each port."""
    place.remember(*argv)
    seen = traced(place.project, tmp_path / "trace", *argv)
    assert len(seen.started) == 1
    assert seen.changed == []
    processes = [line for line in seen.looked_at if re.search(r'"/proc/\d+', line)]
    assert all(re.match(r'readlink\("/proc/\d+/cwd"', line) for line in processes)
    assert len(processes) == len(set(processes))
    assert not [line for line in seen.looked_at if re.match(r"open.*ledger\.(db|lock)", line)]
    assert seen.sockets == (10 if argv[0] in ("up", "check", "list") else 0)


#: How often a run without a receipt opens a file.
OPENED = {".env": 2, "ports.toml": 3, "ledger.db": 1, "config.json": 2}
#: A line of strace about a process: its pid, and which of its files.
PROCESS = re.compile(r'"/proc/(\d+)/([^"]*)"')


@needs_strace
@pytest.mark.parametrize("argv", MACHINE_FORMS, ids=" ".join)
def test_unchanged_without_a_receipt_writes_the_receipt_alone(
    place: Place, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    """No process, no write transaction, no output touched.

    Of others' processes nothing but the links to the folder they work in and to their view of the
    machine, once (and where a view is another, the folder); the descriptors of those that work in
    this checkout.

    SQLite may open (and make) its shared index and an empty log to read; never the ledger itself
    for writing, and never the lock that every write transaction takes.
    """
    forget()
    before = Path(place_of("ledger.lock")).stat()
    seen = traced(place.project, tmp_path / "trace", *argv)
    assert len(seen.started) == 1
    allowed = re.compile(r"/receipts\b|ledger\.db-(wal|shm)\b")
    assert [line for line in seen.changed if not allowed.search(line)] == []
    # Once each; the receipt looks at its evidence once more when the answer is there, and at the
    # manifest before it is read.
    opened = [line for line in seen.looked_at if line.startswith("open") and "= -1" not in line]
    times = {name: sum(f'/{name}"' in line for line in opened) for name in OPENED}
    assert {name: count for name, count in times.items() if count > OPENED[name]} == {}, opened
    others = [one.groups() for line in seen.looked_at if (one := re.search(PROCESS, line))]
    links = [line for line in seen.looked_at if line.startswith("readlink") and "/proc/" in line]
    assert len(links) == len(set(links))
    # strace itself works in the project: it alone is looked at more closely.
    assert len({pid for pid, what in others if what[:3] not in ("cwd", "ns/")}) <= 1
    assert not [line for line in seen.looked_at if re.match(r"open.*ledger\.lock", line)]
    after = Path(place_of("ledger.lock")).stat()
    assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def place_of(name: str) -> str:
    """Return the path of a file of the ledger."""
    return os.path.join(ledger_state.state_folder(), name)


@needs_strace
def test_what_counts_as_a_change_is_seen(place: Place, tmp_path: Path) -> None:
    """A first `up` does all of it, so that the counts above cannot be empty by mistake."""
    seen = traced(place.neighbour, tmp_path / "trace", "up")
    told = "\n".join(seen.changed)
    for mark in ("ledger.lock", "flock", 'ledger.db"', ".env", "rename"):
        assert mark in told, mark


def test_a_receipt_is_what_answered(place: Place) -> None:
    """The fixture above really leaves receipts, or the first tests would test the long way."""
    place.remember("port", "s3")
    state, project = ledger_state.state_folder(), str(place.project)
    for question in ("up dotenv ", "port dotenv s3"):
        assert receipt.recall(state, project, "", question, fast_read.rows) is not None
