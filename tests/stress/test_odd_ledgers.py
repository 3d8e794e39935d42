"""The ledger where disks are slow or read-only, clocks jump, writers stop and files vanish."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.stress
ROOT = Path(__file__).resolve().parents[2]
FOREIGN = b"# mine\r\nSECRET=x y\n\xff\xfe odd bytes\nWEBSITE_PORT_=1\n"
MANIFEST = '[services]\nweb = "auto"\ndb = "auto"\n[services.shard]\ncount = 3\n'
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


def checkouts(root: Path, number: int) -> list[Path]:
    """Make checkouts with somebody's env file in each."""
    made = [root / f"c{at}" for at in range(number)]
    for folder in made:
        folder.mkdir()
        (folder / "ports.toml").write_text(MANIFEST)
        (folder / ".env").write_bytes(FOREIGN)
    return made


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a command with --json; return its envelope."""
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in err, err
    said: dict[str, Any] = json.loads(out)
    assert said["exit_code"] == process.returncode
    return said


def ports(said: dict[str, Any]) -> list[int]:
    """Return all ports of an answer that is fine."""
    assert said["errors"] == [], said
    return [port for one in said["data"]["services"] for port in one["ports"]]


@needs_strace
def test_a_slow_disk_only_takes_longer(
    tmp_path: Path,
    launch: Callable[..., subprocess.Popen[str]],
    whole: Callable[[Path], dict[str, int]],
    sized: Callable[[Any, Any], Any],
) -> None:
    """Every write and sync takes 20 ms more, as on a bad network mount; eight at once."""
    calls = "pwrite64,fdatasync,fsync,rename,flock"
    late = f"inject={calls}:delay_exit={sized(20, 50)}000"
    slow = ("strace", "-f", "-qq", "-o", os.devnull, "--seccomp-bpf",
            "-e", f"trace={calls}", "-e", late)  # fmt: skip
    folders = checkouts(tmp_path, sized(6, 20))
    running = [launch("up", "--json", cwd=folder, before=slow) for folder in folders]
    given = [ports(answer(process)) for process in running]
    flat = [port for some in given for port in some]
    assert len(set(flat)) == len(flat) == 5 * len(folders)
    assert [sorted(whole(folder / ".env").values()) for folder in folders] == [
        sorted(some) for some in given
    ]


@pytest.mark.root
def test_a_read_only_state_folder_answers_and_refuses_to_lease(
    tmp_path: Path, own_state: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    """What is leased can be asked and written to files; what is not cannot, and nothing changes."""
    known, fresh = checkouts(tmp_path, 2)
    before = ports(answer(launch("up", "--json", cwd=known)))
    whole_file = (known / ".env").read_bytes()
    files = {path.name: path.read_bytes() for path in own_state.iterdir() if path.is_file()}
    mounted = ("unshare", "--mount", "sh", "-c",
               'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"',
               str(own_state))  # fmt: skip
    for words in (("port", "web"), ("env",), ("check",), ("up",), ("url", "db")):
        said = answer(launch(*words, "--json", cwd=known, before=mounted))
        assert said["errors"] == [], (words, said)
    assert ports(answer(launch("up", "--json", cwd=known, before=mounted))) == before
    assert (known / ".env").read_bytes() == whole_file
    for words in (("up",), ("port", "web"), ("env",)):
        said = answer(launch(*words, "--json", cwd=fresh, before=mounted))
        assert said["exit_code"] == 5
        assert "read-only" in said["errors"][0]["message"], said
    assert (fresh / ".env").read_bytes() == FOREIGN
    assert files == {path.name: path.read_bytes() for path in own_state.iterdir() if path.is_file()}
    assert len(ports(answer(launch("up", "--json", cwd=fresh)))) == 5


@needs_strace
@pytest.mark.parametrize("call", ["pwrite64", "renameat"])
def test_an_up_that_is_stopped_while_it_writes(
    tmp_path: Path,
    launch: Callable[..., subprocess.Popen[str]],
    whole: Callable[[Path], dict[str, int]],
    call: str,
) -> None:
    """Stopped in the ledger: others get exit 5 in bounded time. In its files: others go on.

    After SIGCONT everything continues.
    """
    stopped, other = checkouts(tmp_path, 2)
    log = tmp_path / "strace.log"
    strace = ("strace", "-f", "-qq", "-o", str(log), "-e", f"trace={call}",
              "-e", f"inject={call}:signal=STOP:when={2 if call == 'pwrite64' else 1}")  # fmt: skip
    process = launch("up", "--json", cwd=stopped, before=strace)
    end = time.monotonic() + 60
    while "SIGSTOP" not in (log.read_text() if log.exists() else ""):
        assert time.monotonic() < end
        time.sleep(0.05)
    pid = int(log.read_text().split()[0])
    began = time.monotonic()
    said = answer(launch("up", "--json", cwd=other))
    if call == "pwrite64":
        assert said["exit_code"] == 5
        error = said["errors"][0]
        assert error["code"] == "ledger-busy"
        assert f"Process {pid}" in error["message"]
        assert f"kill -CONT {pid}" in str(error["hints"])
        assert 25 < time.monotonic() - began < 120
        assert (other / ".env").read_bytes() == FOREIGN
    else:
        assert len(ports(said)) == 5
    os.kill(pid, signal.SIGCONT)
    given = ports(answer(process))
    assert sorted(whole(stopped / ".env").values()) == sorted(given)
    assert not set(given) & set(ports(answer(launch("up", "--json", cwd=other))))


def test_the_ledger_deleted_or_replaced_while_in_use(
    tmp_path: Path,
    own_state: Path,
    launch: Callable[..., subprocess.Popen[str]],
    whole: Callable[[Path], dict[str, int]],
    ledger_rows: Callable[[Path], list[tuple[str, str, str, int]]],
    sized: Callable[[Any, Any], Any],
) -> None:
    """Ups while somebody removes the ledger, or the folder, or puts an old copy back.

    Each answer is 0 or 5 with the way on; at the end every checkout has what its file said.
    """
    seed = int(os.environ.get("PORTMAN_SEED", str(random.randrange(1 << 32))))
    dice = random.Random(seed)
    folders = checkouts(tmp_path, 8)
    old = tmp_path / "old"
    given = {folder: ports(answer(launch("up", "--json", cwd=folder))) for folder in folders[:4]}
    shutil.copytree(own_state, old)
    for _ in range(sized(10, 60)):
        running = [launch("up", "--json", cwd=dice.choice(folders)) for _ in range(6)]
        time.sleep(dice.uniform(0.05, 0.4))
        harm(dice, own_state, old)
        for process in running:
            said = answer(process)
            assert said["exit_code"] in (0, 5), (seed, said)
            assert all(error["hints"] for error in said["errors"]), (seed, said)
            # Only the file that was put in place half-way may be called damaged.
            codes = {error["code"] for error in said["errors"]}
            assert codes <= {"ledger-unusable", "ledger-damaged", "ledger-busy"}, (seed, said)
        for folder in folders:
            whole(folder / ".env")
    for _ in range(2):
        last = [ports(answer(launch("up", "--json", cwd=folder))) for folder in folders]
    flat = [port for some in last for port in some]
    assert len(set(flat)) == len(flat) == 40, seed
    for folder, some in zip(folders, last, strict=True):
        assert sorted(whole(folder / ".env").values()) == sorted(some), seed
    for folder, some in given.items():
        assert last[folders.index(folder)] == some, (seed, "a block did not heal its leases")
    assert sorted(row[3] for row in ledger_rows(own_state)) == sorted(flat)


def harm(dice: random.Random, state: Path, old: Path) -> None:
    """Do to the state folder what people do."""
    what = dice.choice(["ledger", "folder", "lock", "replace", "log"])
    if what == "folder":
        shutil.rmtree(state, ignore_errors=True)
    elif what == "replace":
        for name in ("ledger.db-wal", "ledger.db-shm"):
            (state / name).unlink(missing_ok=True)
        state.mkdir(exist_ok=True, mode=0o700)
        shutil.copyfile(old / "ledger.db", state / "ledger.db.copy")
        os.replace(state / "ledger.db.copy", state / "ledger.db")
    else:
        names = {"ledger": ["ledger.db", "ledger.db-wal", "ledger.db-shm"], "lock": ["ledger.lock"],
                 "log": ["ledger.db-shm"]}[what]  # fmt: skip
        for name in names:
            (state / name).unlink(missing_ok=True)


@pytest.mark.skipif(FAKETIME is None, reason="needs libfaketime")
def test_a_clock_that_jumps(
    tmp_path: Path,
    own_state: Path,
    launch: Callable[..., subprocess.Popen[str]],
    whole: Callable[[Path], dict[str, int]],
) -> None:
    """Back to 1970, on to 2037, and about: same ports, and no answer that is out of date.

    The file system's times stay those of the real clock, as on a machine whose clock was set
    after its files were written.
    """
    (folder,) = checkouts(tmp_path, 1)
    preload = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    given = ports(answer(launch("up", "--json", cwd=folder)))
    jumps = ["-3s", "-1d", "@1970-01-02 00:00:00", "+10y", "+1s", "-400d", "@2037-12-31 23:59:59"]
    for jump in [*jumps, *jumps]:
        clock = {**preload, "FAKETIME": jump}
        assert ports(answer(launch("up", "--json", cwd=folder, **clock))) == given
        assert ports(answer(launch("up", "--json", cwd=folder, **clock))) == given
        # An edit right after an answer was remembered, within the file system's clock tick.
        (folder / "ports.toml").write_text('[services]\nx = "auto"\n' + MANIFEST[11:])
        said = answer(launch("up", "--json", cwd=folder, **clock))
        assert said["data"]["services"][0]["name"] == "x", jump
        assert len(whole(folder / ".env")) == 6
        (folder / "ports.toml").write_text(MANIFEST)
        assert ports(answer(launch("up", "--json", cwd=folder, **clock))) == given
        assert len(whole(folder / ".env")) == 5
    said = answer(launch("down", "--json", cwd=folder, **preload, FAKETIME="-30y"))
    assert said["exit_code"] == 0
    assert ports(answer(launch("up", "--json", cwd=folder, **preload, FAKETIME="-30y"))) == given
    with pytest.raises(AssertionError):
        # The trap is real: the clock does jump for a program that is started so.
        assert year({**preload, "FAKETIME": "-30y"}) == time.gmtime().tm_year
    assert own_state.exists()


def year(variables: dict[str, str]) -> int:
    """Return the year that a Python started with these variables sees."""
    code = "import time; print(time.gmtime().tm_year)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    return int(done.stdout)
