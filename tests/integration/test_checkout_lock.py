"""Several portmans in one checkout: they take turns, for a bounded time, whoever runs them."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE
from portman.commands.up import down, up
from portman.ledger import locks
from portman.ledger.locks import checkout_lock
from portman.ledger.sqlite import SqliteLedger
from portman.state.receipts import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
AS_USER = Path(__file__).with_name("as_user.py")
MANIFEST = '[services]\nweb = "auto"\ndb = "auto"\n'
#: Two users with a group in common, and one without.
ADA, BOB = "65534:65534,4242:022", "65533:65533,4242:077"


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ports.toml").write_text(MANIFEST)
    return folder


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so, for a minute at most."""
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_down_between_the_lease_and_the_file_does_not_leave_an_empty_block(
    checkout: Path, own_state: Path, started: Callable[..., Any]
) -> None:
    """The `up` that was overtaken leases again; its file never lacks a service."""
    with closing(SqliteLedger(str(own_state))) as ledger:

        def leases() -> int:
            return len(ledger.leases(str(checkout), "", LOCAL_SCOPE))

        with checkout_lock(str(own_state), str(checkout), key_of(str(checkout), "")):
            process = started(
                sys.executable, "-m", "portman", "up", "--json",
                cwd=checkout, env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
            )  # fmt: skip
            wait_for(lambda: leases() == 2)
            with ledger.writing() as writer:  # what a `down` does before it lets the lock go
                writer.give_back(str(checkout), "", None, 1)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0, out
        told = {
            f"{one['name'].upper()}_PORT={one['port']}"
            for one in json.loads(out)["data"]["services"]
        }
        assert leases() == 2
    assert told == {line for line in (checkout / ".env").read_text().splitlines() if line[0] != "#"}


def test_an_up_that_is_overtaken_every_time_says_so(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error and the way on, not an empty file and not for ever."""
    monkeypatch.setattr("portman.allocation.files.read_leases", lambda workspace: {})
    with pytest.raises(PortmanError) as caught:
        up(str(checkout))
    assert caught.value.code == "ledger-busy"
    assert "portman up" in caught.value.hint
    assert not (checkout / ".env").exists()


def test_down_waits_for_who_writes_the_files(checkout: Path, own_state: Path) -> None:
    """A lock that is held stops `down` as it stops `up`."""
    up(str(checkout))
    code = (
        "import sys; from portman.ledger import locks as m; m.PATIENCE = 0.2;"
        "from portman.commands.up import down; down(sys.argv[1])"
    )
    with checkout_lock(str(own_state), str(checkout), key_of(str(checkout), "")):
        done = subprocess.run(
            [sys.executable, "-c", code, str(checkout)],
            capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert "has been writing the files of" in done.stderr
    assert "_PORT=" in (checkout / ".env").read_text()
    down(str(checkout))
    assert not (checkout / ".env").exists()


@pytest.mark.parametrize("stopped", [True, False])
def test_a_holder_that_does_not_let_go_is_named_in_bounded_time(
    checkout: Path,
    own_state: Path,
    monkeypatch: pytest.MonkeyPatch,
    started: Callable[..., Any],
    stopped: bool,
) -> None:
    """Ctrl-Z in the wrong moment is no reason to hang; afterwards everything goes on."""
    monkeypatch.setattr(locks, "PATIENCE", 0.3)
    (checkout / ".env").write_text("A=1\n")
    code = (
        "import sys, time; from portman.ledger.locks import checkout_lock\n"
        "with checkout_lock(*sys.argv[1:]): print('held', flush=True); time.sleep(60)"
    )
    process = started(
        sys.executable, "-c", code, str(own_state), str(checkout), key_of(str(checkout), ""),
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout.readline() == "held\n"
    if stopped:
        process.send_signal(signal.SIGSTOP)
    with pytest.raises(PortmanError) as caught:
        up(str(checkout))
    assert caught.value.code == "ledger-busy"
    assert f"Process {process.pid}" in str(caught.value)
    assert ("is stopped" in str(caught.value)) == stopped
    assert (f"kill -CONT {process.pid}" in caught.value.hint) == stopped
    assert (checkout / ".env").read_text() == "A=1\n"
    process.kill()
    process.wait()
    assert up(str(checkout)).exit_code == 0


def test_a_lock_file_that_is_removed_does_not_let_two_in(checkout: Path, own_state: Path) -> None:
    """Who waited on the removed one asks again at the new one."""
    name = own_state / "locks" / key_of(str(checkout), "")
    with checkout_lock(str(own_state), str(checkout), key_of(str(checkout), "")):
        name.unlink()
        with checkout_lock(str(own_state), str(checkout), key_of(str(checkout), "")):
            descriptor = os.open(name, os.O_RDWR)
            with pytest.raises(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(descriptor)


@pytest.mark.parametrize("what", ["link", "file"])
def test_what_is_no_folder_of_ours_is_refused(checkout: Path, own_state: Path, what: str) -> None:
    """A link would lead our files elsewhere."""
    elsewhere = checkout / "elsewhere"
    elsewhere.mkdir()
    own_state.mkdir()
    if what == "link":
        (own_state / "locks").symlink_to(elsewhere)
    else:
        (own_state / "locks").write_text("")
    with pytest.raises(PortmanError) as caught:
        up(str(checkout))
    assert caught.value.code == "ledger-unusable"
    assert list(elsewhere.iterdir()) == []


@pytest.fixture(name="open_place")
def _open_place() -> Iterator[Path]:
    """Return a folder that every user can reach, with a shared state folder and a checkout."""
    with tempfile.TemporaryDirectory(prefix="portman-test-") as name:
        place = Path(name)
        place.chmod(0o755)
        for part in ("state", "shop"):
            (place / part).mkdir()
            os.chown(place / part, 65534, 4242)
            (place / part).chmod(0o2770)
        (place / "shop" / "ports.toml").write_text(MANIFEST)
        (place / "shop" / "ports.toml").chmod(0o644)
        yield place


def as_user(user: str, place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run portman in the checkout of `place` as another user."""
    return subprocess.run(
        [sys.executable, str(AS_USER), user, str(place / "shop"), *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PORTMAN_HOME": str(place / "state"), "HOME": str(place)},
    )


@pytest.mark.root
def test_two_users_of_a_shared_state_folder_work_in_one_checkout(open_place: Path) -> None:
    """Whoever comes first makes the folder of the locks for both."""
    first = as_user(ADA, open_place, "up", "--json")
    assert first.returncode == 0, first.stdout + first.stderr
    (open_place / "shop" / ".env").unlink()
    second = as_user(BOB, open_place, "up", "--json")
    assert second.returncode == 0, second.stdout + second.stderr
    ports = [
        [one["port"] for one in json.loads(done.stdout)["data"]["services"]]
        for done in (first, second)
    ]
    assert ports[0] == ports[1]
    assert "WEB_PORT=" in (open_place / "shop" / ".env").read_text()


@pytest.mark.root
def test_another_users_folder_of_locks_is_refused(checkout: Path, own_state: Path) -> None:
    """In a state folder that nobody shares."""
    (own_state / "locks").mkdir(parents=True)
    os.chown(own_state / "locks", 65534, 65534)
    with pytest.raises(PortmanError) as caught:
        up(str(checkout))
    assert caught.value.code == "ledger-foreign"
