"""One folder, two spellings: one checkout, one set of ports, one receipt.

A bind mount stands for what other systems do by themselves (APFS and drvfs ignore case, UNC paths
lead back to this machine): same device and inode, and no link between the two paths. Starts real
commands: the two spellings meet in the ledger.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portman.base.holder import Holder
from portman.checkout.evidence import is_ours
from portman.machine.processes import portable
from tests.other_systems import portman_on
from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.processes import Result


@pytest.fixture(name="spellings")
def _spellings(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Path, Path]]:
    """Return two paths of one folder; the parameter says how far above it they part."""
    one, other = tmp_path / "code" / "Shop", tmp_path / "other" / "shop"
    if getattr(request, "param", "itself") == "above":
        other = tmp_path / "other" / "Shop"
        source, target = one.parent, other.parent
    else:
        source, target = one, other
    one.mkdir(parents=True)
    target.mkdir(parents=True)
    (one / "ports.toml").write_text("[services]\nweb = 38141\n")
    subprocess.run(["mount", "--bind", str(source), str(target)], check=True)
    yield one, other
    subprocess.run(["umount", str(target)], check=True)


def up(portman: Callable[..., Result], folder: Path, *words: str) -> tuple[str, list[int]]:
    found = json.loads(portman("-C", str(folder), *words, "up", "--json", cwd="/").out)
    assert found["exit_code"] == 0, found
    return found["data"]["checkout"], [one["port"] for one in found["data"]["services"]]


def listed(portman: Callable[..., Result]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(portman("list", "--json", cwd="/").out)["data"][
        "checkouts"
    ]
    return found


@pytest.mark.parametrize("spellings", ["itself", "above"], indirect=True)
@pytest.mark.root
def test_both_spellings_are_one_checkout(
    portman: Callable[..., Result], spellings: tuple[Path, Path]
) -> None:
    one, other = spellings
    assert up(portman, one) == (str(one), [38141])
    for _ in range(2):
        assert up(portman, other) == (str(one), [38141])
    assert portman("-C", str(other), "port", "web").out == "38141\n"
    instance = up(portman, other, "--instance", "ci")
    assert instance == up(portman, one, "--instance", "ci")
    paths = {one["checkout"] for one in listed(portman)}
    assert paths == {str(one)}
    assert portman("-C", str(other), "down").code == 0
    assert portman("-C", str(other), "--instance", "ci", "down").code == 0
    assert listed(portman) == []
    assert not (one / ".env").exists()


@pytest.mark.root
def test_two_first_runs_at_one_instant_are_one_checkout(
    own_state: Path, spellings: tuple[Path, Path]
) -> None:
    """Both find no lease and wait for the ledger's lock, which the test has until then.

    The second one sees in its own transaction that the folder has leases by now.
    """
    import fcntl

    own_state.mkdir(mode=0o700, exist_ok=True)
    (own_state / "ledger.lock").touch(mode=0o600)
    with (own_state / "ledger.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        inode = f":{os.fstat(lock.fileno()).st_ino} "
        both = [
            subprocess.Popen(
                [sys.executable, "-m", "portman", "-C", str(folder), "up", "--json"],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                cwd="/",
            )
            for folder in spellings
        ]

        def waiting() -> int:
            lines = Path("/proc/locks").read_text().splitlines()
            return sum("->" in line and inode in line for line in lines)

        limit = time.monotonic() + 20
        while waiting() < 2 and time.monotonic() < limit:
            time.sleep(0.01)
        assert waiting() == 2
    answers = [json.loads(one.communicate()[0])["data"] for one in both]
    assert len({one["checkout"] for one in answers}) == 1
    assert {one["checkout"] for one in answers} <= set(map(str, spellings))
    assert [[one["port"] for one in each["services"]] for each in answers] == [[38141]] * 2
    text = (spellings[0] / ".env").read_text()
    assert text.count("WEB_PORT=38141") == 1


@pytest.mark.root
def test_a_copy_and_a_folder_made_again_are_others(
    portman: Callable[..., Result], tmp_path: Path
) -> None:
    """Equal content is no identity, and neither is an old number of a folder that is gone."""
    one = tmp_path / "one"
    one.mkdir()
    (one / "ports.toml").write_text("[services]\nweb = 38142\n")
    first = up(portman, one)
    shutil.copytree(one, tmp_path / "two")
    assert up(portman, tmp_path / "two")[1] != first[1]
    one.rename(tmp_path / "three")
    assert up(portman, tmp_path / "three")[0] == str(tmp_path / "three")


@pytest.mark.parametrize("typed", ["shop", "SHOP", unicodedata.normalize("NFC", "shöp")])
def test_a_mac_names_the_folder_as_it_is_stored(tmp_path: Path, typed: str) -> None:
    """F_GETPATH gives the case and the normal form of the disk; both spellings are links here."""
    stored = unicodedata.normalize("NFD", "Shöp")
    folder = tmp_path / stored
    folder.mkdir()
    (folder / "ports.toml").write_text("[services]\nweb = 38143\n")
    (tmp_path / typed).mkdir()
    (tmp_path / typed / "ports.toml").write_text("[services]\nweb = 38143\n")
    spelled = f"""
    import fcntl
    real = fcntl.fcntl
    def control(descriptor, command, argument=0):
        if command == 51:
            return 0
        if command != 50:
            return real(descriptor, command, argument)
        path = os.readlink(f"/proc/self/fd/{{descriptor}}")
        return path.replace({typed!r}, {stored!r}).encode().ljust(1024, b"\\0")
    fcntl.fcntl = control
    """
    answers = [
        portman_on("darwin", "-C", str(one), "up", "--json", before=spelled)
        for one in (folder, tmp_path / typed)
    ]
    data = [json.loads(one.stdout)["data"] for one in answers]
    assert [one["checkout"] for one in data] == [str(folder)] * 2
    assert [[one["port"] for one in each["services"]] for each in data] == [[38143]] * 2


def test_a_process_elsewhere_is_known_by_its_folders(tmp_path: Path) -> None:
    """Windows gives a working folder as it was typed: a junction, a `subst` drive, another case."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    (real / "ports.toml").touch()
    child = subprocess.Popen([sys.executable, "-c", "input()"], cwd=link, stdin=subprocess.PIPE)
    try:
        seen = portable.facts(child.pid)
    finally:
        child.communicate(b"\n")
    assert seen is not None
    found = os.stat(real)
    assert seen.folders[0] == (found.st_dev, found.st_ino)
    typed = Holder(pid=1, name="node", cwd=str(link), folders=seen.folders)
    assert is_ours(typed, str(real))
    assert not is_ours(typed, str(tmp_path / "other"))
