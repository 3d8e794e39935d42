"""A remembered answer is given only while everything it was made from is unchanged."""

from __future__ import annotations

import ast
import json
import mmap
import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman import state as ledger_state
from portman.base.errors import Report
from portman.base.values import Checkout
from portman.cli import fast_path
from portman.ledger import fast_read
from portman.ledger.sqlite import SqliteLedger
from portman.machine.sockets import linux
from portman.state import receipts as receipt
from portman.state.remember import begin, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANIFEST = '[services]\nweb = 28501\njobs = "auto"\n'


@pytest.fixture(name="project")
def _project(tmp_path: Path, portman: Callable[..., Any]) -> Path:
    """Lay out a checkout whose `up`, `env` and `port web` have receipts."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    portman("up", cwd=tmp_path)
    time.sleep(0.1)  # so that nothing changed too lately to be trusted
    for words in (("up",), ("env",), ("port", "web"), ("check",)):
        portman(*words, cwd=tmp_path)
    return tmp_path


def recalled(project: Path, question: str = "up dotenv ") -> tuple[str, str] | None:
    """Return what the express lane would repeat."""
    return receipt.recall(ledger_state.state_folder(), str(project), "", question, fast_read.rows)


def test_unchanged_is_remembered(project: Path) -> None:
    """Answers of several commands stand side by side, with the ports to try."""
    found = recalled(project)
    assert found is not None
    assert found[0].startswith("tcp:28501 tcp:")
    assert "28501" in found[1]
    assert recalled(project, "port dotenv web") == ("", "28501\n")
    assert recalled(project, "port dotenv jobs") is None


CHANGES: dict[str, Callable[[Path, Path], object]] = {
    "manifest edited": lambda here, state: (here / "ports.toml").write_text(MANIFEST + "#"),
    "manifest touched": lambda here, state: os.utime(here / "ports.toml"),
    "manifest replaced with the same times": lambda here, state: replaced(here / "ports.toml"),
    "local manifest appears": lambda here, state: (here / "ports.local.toml").write_text("#"),
    "output edited": lambda here, state: (here / ".env").write_text("x"),
    "output deleted": lambda here, state: (here / ".env").unlink(),
    "git appears": lambda here, state: (here / ".git").mkdir(),
    "ledger deleted": lambda here, state: (state / "ledger.db").unlink(),
    "home moved": lambda here, state: os.environ.update(HOME=str(here)),
    "our lease changed behind our back": lambda here, state: in_ledger(
        state, "UPDATE lease SET port = 28502 WHERE service = 'web'"
    ),
    "our lease taken away": lambda here, state: in_ledger(state, "DELETE FROM lease"),
    "our record changed": lambda here, state: in_ledger(
        state, "UPDATE checkout SET is_primary = 1 - is_primary"
    ),
    "state folder opened to others": lambda here, state: state.chmod(0o777),
    "output turned into a link to itself elsewhere": lambda here, state: moved_and_linked(
        here / ".env", state / "moved"
    ),
}


def in_ledger(state: Path, statement: str) -> None:
    """Change the ledger as no portman would, at a time of its own."""
    time.sleep(0.02)
    with closing(sqlite3.connect(state / "ledger.db")) as connection:
        connection.execute(statement)
        connection.commit()


def moved_and_linked(path: Path, elsewhere: Path) -> None:
    """Move a file away and lead to it with a link."""
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def replaced(path: Path) -> None:
    """Put a copy with the same content and times in the file's place."""
    seen = path.stat()
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    os.utime(copy, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    copy.replace(path)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_ends_it(
    project: Path, own_state: Path, change: Callable[[Path, Path], object]
) -> None:
    """Every piece of evidence counts, whatever happened to it."""
    change(project, own_state)
    assert recalled(project) is None


def test_edit_that_keeps_size_and_mtime_is_seen(project: Path) -> None:
    """The change time cannot be set back by a user."""
    path = project / "ports.toml"
    seen = path.stat()
    path.write_text(MANIFEST.replace("28501", "28502"))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert recalled(project) is None


def test_an_edit_through_a_shared_mapping_is_seen(project: Path) -> None:
    """Once its page is dirty, a mapping changes neither size nor any time: the content counts."""
    with (project / "ports.toml").open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        at = mapped.find(b"28501")
        mapped[at : at + 5] = b"28501"
        seen = os.stat(file.fileno())
        now = receipt.signature(file.name)
        mapped[at : at + 5] = b"28502"
        if os.stat(file.fileno()).st_ctime_ns == seen.st_ctime_ns:
            assert receipt.signature(file.name) != now
    assert recalled(project) is None


def test_whole_seconds_need_longer_to_settle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Times of an old ext4 or of vfat: a change in the same second or two looks the same."""
    file = tmp_path / "file"
    file.write_text("x")
    found = list(os.stat(file))
    changed = 1_700_000_000

    def stat(_path: object, **_: object) -> os.stat_result:
        times = {"st_ctime_ns": changed * 10**9, "st_mtime_ns": changed * 10**9}
        return os.stat_result([*found[:7], changed, changed, changed], times)

    monkeypatch.setattr(os, "stat", stat)
    second = 10**9
    assert not receipt.settled_before([str(file)], changed * second + second)
    assert not receipt.settled_before([str(file)], changed * second + 2 * second)
    assert receipt.settled_before([str(file)], changed * second + 3 * second)


def test_what_changes_while_an_answer_is_made_is_not_kept(
    project: Path, portman: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of the last answer are looked at before anything is read, and after."""
    start = begin(SqliteLedger, str(project), "")
    assert start is not None
    path = str(project / "ports.toml")
    assert start.seen[path] == receipt.signature(path)
    data = {"checkout": str(project), "instance": "", "services": [], "outputs": []}
    kept: list[object] = []
    monkeypatch.setattr(receipt, "remember", lambda *words: kept.append(words))
    remember(start, Report("env", data), "env", "text")
    assert len(kept) == 1
    stale = start._replace(seen={**start.seen, path: "what it was"})
    remember(stale, Report("env", data), "env", "text")
    assert len(kept) == 1


def test_an_empty_git_folder_gets_a_head(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """Git looks above an empty one; the folder itself stays the same when `git init` fills it."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    (tmp_path / ".git").mkdir()
    portman("up", cwd=tmp_path)
    time.sleep(0.1)
    portman("up", cwd=tmp_path)
    assert recalled(tmp_path) is not None
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert recalled(tmp_path) is None


@pytest.mark.parametrize("way", ["a", "far/b"])
def test_a_link_on_the_way_to_another_project_is_evidence(
    tmp_path: Path, portman: Callable[..., Any], way: str
) -> None:
    """The path is a link, or a folder on it is: after `ln -sfn` the answer is another."""
    shop, far = tmp_path / "shop", tmp_path / "shop" / "far"
    for name in ("one/b", "two/b"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "ports.toml").write_text('[services]\napi = "auto"\n')
        portman("up", cwd=tmp_path / name)
    shop.mkdir()
    link, target = (far, "../one") if "/" in way else (shop / "a", "../one/b")
    link.symlink_to(target)
    (shop / "ports.toml").write_text(
        f'[services]\nweb = 28501\n[links]\nother = "{way}"\n[env]\nACC = "{{other.api}}"\n'
    )
    portman("up", cwd=shop)
    time.sleep(0.1)
    portman("up", cwd=shop)
    assert recalled(shop) is not None
    link.unlink()
    link.symlink_to(target.replace("one", "two"))
    assert recalled(shop) is None


@pytest.mark.parametrize("words", [("up",), ("down",), ("gc",), ("up", "--reassign", "jobs")])
def test_what_others_write_does_not_end_it(
    project: Path, tmp_path_factory: pytest.TempPathFactory, portman: Callable[..., Any],
    words: tuple[str, ...],
) -> None:  # fmt: skip
    """Our rows are compared once; then the ledger's new stamp is what is remembered."""
    other = tmp_path_factory.mktemp("other")
    (other / "ports.toml").write_text('[services]\njobs = "auto"\n')
    if words != ("up",):
        portman("up", cwd=other)
    before = recalled(project)
    assert portman(*words, cwd=other).code == 0
    assert before is not None
    assert recalled(project) == before
    assert noted_stamp(project) == ledger_state.stamp(ledger_state.state_folder())


def noted_stamp(project: Path) -> object:
    """Return the stamp that the project's receipt bears."""
    file = Path(receipt.file_of(ledger_state.state_folder(), str(project), ""))
    return ast.literal_eval(file.read_text().split("\0")[receipt._STAMP])


@pytest.mark.parametrize("words", [("down",), ("up", "--reassign", "jobs")])
def test_whatever_changes_our_own_leases_ends_it(
    project: Path, portman: Callable[..., Any], words: tuple[str, ...]
) -> None:
    """Even if another program had kept every file as it was."""
    kept = {path: path.read_bytes() for path in (project / ".env", project / "ports.toml")}
    assert portman(*words, cwd=project).code == 0
    assert recalled(project) is None
    assert kept[project / "ports.toml"] == (project / "ports.toml").read_bytes()


def test_nobody_vouches_for_a_ledger_that_is_being_written(project: Path) -> None:
    """While a transaction is open, and after one was cut off, there is no remembering."""
    with SqliteLedger().writing() as writer:
        writer.record_checkout(Checkout("/elsewhere"), primary=True, user="me", now=1)
        assert recalled(project) is None
    assert recalled(project) is not None
    lock = Path(ledger_state.state_folder()) / ledger_state.LOCK_FILE
    os.truncate(lock, lock.stat().st_size + 1)
    assert recalled(project) is None


def test_rows_are_read_past_a_log_that_still_holds_some(
    project: Path, tmp_path_factory: pytest.TempPathFactory, portman: Callable[..., Any]
) -> None:
    """A reader keeps the log from being folded back: the file alone is not the whole ledger."""
    other = tmp_path_factory.mktemp("other")
    (other / "ports.toml").write_text('[services]\njobs = "auto"\n')
    state = ledger_state.state_folder()
    with closing(sqlite3.connect(f"file://{state}/ledger.db?mode=ro", uri=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM lease").fetchall()
        assert portman("up", cwd=other).code == 0
        assert (Path(state) / ledger_state.WAL_FILE).stat().st_size
        assert recalled(project) is not None
        assert fast_read.rows(state, str(other), "").count("'tcp'") == 1
        assert portman("down", cwd=project).code == 0
        assert recalled(project) is None


def test_another_version_is_a_miss(project: Path, monkeypatch: Any) -> None:
    """What one portman remembers, another does not repeat."""
    monkeypatch.setattr(receipt, "MAGIC", "portman receipt 1, 99.0")
    assert recalled(project) is None


def test_which_ledger_decides_is_evidence(project: Path, own_state: Path, monkeypatch: Any) -> None:
    """A server that `ledger remember` kept, and an environment that overrules it."""
    state = str(own_state)
    seen = [receipt.conditions(state)]
    (own_state / "server").write_text("PORTMAN_LEDGER=service=ports\n")
    seen.append(receipt.conditions(state))
    assert recalled(project) is None
    for name, value in (("LEDGER", ""), ("SPACE", "ci"), ("LEDGER", "service=other")):
        monkeypatch.setenv(f"PORTMAN_{name}", value)
        seen.append(receipt.conditions(state))
    assert all(one != other for at, one in enumerate(seen) for other in seen[:at])


def test_automatic_range_is_evidence(project: Path, monkeypatch: Any) -> None:
    """The pool comes from the kernel: another range, another answer."""
    monkeypatch.setattr(receipt, "automatic_range", lambda: "1024 65535")
    assert recalled(project) is None


def test_a_busy_port_is_judged_anew(project: Path, portman: Callable[..., Any]) -> None:
    """The receipt never answers for a port that is not free at this moment."""
    assert portman("up", cwd=project).code == 0
    with socket.create_server(("127.0.0.1", 28501)):
        assert portman("up", cwd=project).code == 1
        assert portman("check", cwd=project).code == 1
        assert portman("port", "web", cwd=project).out == "28501\n"


def test_freshly_edited_files_are_not_trusted(project: Path, portman: Callable[..., Any]) -> None:
    """An answer made within the kernel's clock tick of an edit is not kept."""
    (project / "ports.toml").write_text(MANIFEST + "# edited just now\n")
    portman("port", "web", cwd=project)
    found = recalled(project, "port dotenv web")
    changed = (project / "ports.toml").stat().st_ctime_ns
    assert found is None or time.time_ns() - changed > receipt.RACY_NS


@pytest.mark.parametrize(
    "junk", [b"", b"\0" * 50, b"x", b"\0".join([b"a"] * 40), bytes(range(256)) * 9]
)
def test_a_spoilt_receipt_is_a_miss(
    project: Path, portman: Callable[..., Any], junk: bytes, own_state: Path
) -> None:
    """Losing a receipt loses only time."""
    (file,) = (own_state / f"receipts-{os.geteuid()}").iterdir()
    file.write_bytes(junk)
    done = portman("up", "--json", cwd=project)
    assert done.code == 0
    assert json.loads(done.out)["data"]["services"][0]["port"] == 28501


def test_a_linked_receipt_is_a_miss(project: Path, own_state: Path, tmp_path: Path) -> None:
    """Nobody can point it elsewhere."""
    (file,) = (own_state / f"receipts-{os.geteuid()}").iterdir()
    file.rename(tmp_path / "moved")
    file.symlink_to(tmp_path / "moved")
    assert recalled(project) is None


@pytest.mark.parametrize("mode", [0o700, 0o2770, 0o770])
def test_each_user_of_a_state_folder_has_receipts_of_their_own(own_state: Path, mode: int) -> None:
    """In a shared state folder too: closed to the others, so that nobody is in another's way."""
    own_state.mkdir()
    own_state.chmod(mode)
    receipt.remember(str(own_state), "/x", "", ((2,), ""), {}, ("q", "", "a"))
    folder = own_state / f"receipts-{os.geteuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(list(folder.iterdir())) == 1


def test_no_more_answers_than_the_limit(project: Path) -> None:
    """A receipt starts anew rather than grow without end."""
    state = ledger_state.state_folder()
    stamp = ledger_state.stamp(state)
    for number in range(2 * receipt.MOST_ANSWERS):
        receipt.remember(state, str(project), "", (stamp, ""), {}, (f"q{number}", "", "a"))
    size = Path(receipt.file_of(state, str(project), "")).stat().st_size
    assert size < 100 * receipt.MOST_ANSWERS
    assert recalled(project, f"q{2 * receipt.MOST_ANSWERS - 1}") == ("", "a")


def test_a_linked_checkouts_new_port_ends_it(
    tmp_path: Path, portman: Callable[..., Any], own_state: Path
) -> None:
    """Values made from another project's lease follow it, however often they were asked for."""
    accounts, shop = tmp_path / "accounts", tmp_path / "shop"
    for folder in (accounts, shop):
        folder.mkdir()
    (accounts / "ports.toml").write_text('[services]\napi = "auto"\n')
    (shop / "ports.toml").write_text(
        '[links]\naccounts = "../accounts"\n[services]\nweb = "auto"\n'
        '[env]\nACCOUNTS = "{accounts.api}"\n'
    )
    portman("up", cwd=accounts)
    time.sleep(0.1)
    for _ in range(3):
        before = portman("env", cwd=shop).out
        portman("up", cwd=shop)
        time.sleep(0.1)
    assert portman("up", "--reassign", "api", cwd=accounts).code == 0
    moved = portman("port", "api", cwd=accounts).out.strip()
    assert f"ACCOUNTS={moved}\n" not in before
    assert f"ACCOUNTS={moved}\n" in portman("env", cwd=shop).out
    assert portman("check", cwd=shop).code == 1
    assert portman("up", cwd=shop).code == 0
    assert f"ACCOUNTS={moved}\n" in (shop / ".env").read_text()


#: A server that does what it is told on its standard input; another program keeps its socket.
SERVER = """\
import os, socket, sys
server = socket.create_server(("127.0.0.1", 28501))
server.set_inheritable(True)
print("up", flush=True)
for line in sys.stdin:
    if line == "leave\\n": os.chdir("/")
    if line == "close\\n": kept = os.dup(server.fileno()); server.close()
    if line == "become\\n": os.execv(sys.executable, [sys.executable, "-c", "input(); input()"])
    print("done", flush=True)
"""


@pytest.fixture(name="server")
def _server(project: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a server of `web` in the checkout: a process of its own, since whose it is counts."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=project,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield process
        process.kill()


def still_true(ports: str, folder: str) -> bool:
    """Return whether the express lane would repeat an answer with these ports."""
    return fast_path._all_free(ports, folder)


def remembered(project: Path, portman: Callable[..., Any], word: str) -> tuple[str, str]:
    """Call `up` until an answer with the word is kept: not while listeners elsewhere change."""
    for _ in range(50):
        assert portman("up", cwd=project).code == 0
        found = recalled(project)
        if found and word in found[1].splitlines()[1]:
            return found
        time.sleep(0.05)
    pytest.fail("no receipt was kept")


def test_a_running_server_of_ours_is_remembered_and_forgotten(
    project: Path, portman: Callable[..., Any], server: subprocess.Popen[str]
) -> None:
    """Its port is not tried; once it has ended, the next answer is remembered as well."""
    ports, _ = remembered(project, portman, "running")
    assert "tcp:28501" not in ports
    server.kill()
    server.wait()
    assert recalled(project) is None
    ports, _ = remembered(project, portman, "idle")
    assert ports.startswith("tcp:28501 ")


#: Listens where it is told until its standard input ends.
LISTENER = """\
import socket, sys
address = (sys.argv[1], int(sys.argv[2]))
servers = [socket.create_server(address) for _ in range(int(sys.argv[3]))]
print("up", flush=True)
input()
"""


@contextmanager
def listener(folder: Path, address: str, port: int, count: int = 1) -> Iterator[None]:
    """Listen from a process of its own: in whose folder it works is what counts."""
    command = [sys.executable, "-c", LISTENER, address, str(port), str(count)]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


@pytest.mark.parametrize("state", ["idle", "running"])
def test_listeners_elsewhere_end_no_receipt(
    project: Path, portman: Callable[..., Any], request: Any, state: str
) -> None:
    """Of what listens only programs of this checkout, and what is on its running ports, count.

    A machine with several projects has listeners that come and go all the time.
    """
    if state == "running":
        request.getfixturevalue("server")
    ports, _ = remembered(project, portman, state)
    there = str(project)
    assert still_true(ports, there)
    with listener(Path("/"), "127.0.0.1", 0):
        assert still_true(ports, there)
        assert "wrong-port" not in portman("up", "--json", cwd=project).out
    with listener(project, "127.0.0.1", 28509):
        assert not still_true(ports, there)
    assert still_true(ports, there)
    with listener(Path("/"), "127.0.0.2", 28501):
        assert not still_true(ports, there)


def test_more_listeners_than_are_compared(project: Path, portman: Callable[..., Any]) -> None:
    """Where the list of listeners is too long, the programs of the checkout alone are evidence."""
    with listener(Path("/"), "127.0.0.1", 0, count=800):
        assert linux.listeners() == ""
        receipt.forget(ledger_state.state_folder(), str(project), "")
        ports, _ = remembered(project, portman, "idle")
        assert "listeners:@@" in ports
        assert still_true(ports, str(project))
        with listener(project, "127.0.0.1", 28509):
            assert not still_true(ports, str(project))


@pytest.mark.parametrize("order", ["leave", "close", "become"])
def test_a_server_that_changes_is_judged_anew(
    project: Path, portman: Callable[..., Any], server: subprocess.Popen[str], order: str
) -> None:
    """Another folder, another program and a socket under another number each end a receipt."""
    remembered(project, portman, "running")
    assert server.stdin is not None
    assert server.stdout is not None
    print(order, file=server.stdin, flush=True)
    if order == "become":
        deadline = time.monotonic() + 10
        while recalled(project) is not None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    else:
        server.stdout.readline()
    assert recalled(project) is None


def test_datagrams_of_ours_are_no_receipt(
    tmp_path: Path, portman: Callable[..., Any], monkeypatch: Any
) -> None:
    """The list of TCP listeners says nothing of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ports.toml").write_text('[services]\ndns = { port = 28503, protocol = "udp" }\n')
    portman("up", cwd=tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 28503))
        time.sleep(0.1)
        for _ in range(3):
            assert "running" in portman("up", cwd=tmp_path).out
        assert recalled(tmp_path) is None
