"""`portman doctor --self-test`: it holds here, leaves nothing behind, and sends nothing private.

Starts real commands: the facts are about processes, sockets and files of this machine.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portman.commands import doctor
from portman.diagnose import self_test
from portman.diagnose.self_test import Fact, paste
from tests.other_systems import portman_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes import Result


def test_every_assumption_holds_here(
    portman: Callable[..., Result],
    own_state: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, temporary = tmp_path / "here", tmp_path / "temporary"
    for folder in (here, temporary):
        folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    done = portman("doctor", "--self-test", "--json", cwd=here)
    data = json.loads(done.out)["data"]
    assert [one for one in data["facts"] if one["verdict"] == "differs"] == []
    assert done.code == 0
    names = {one["name"] for one in data["facts"]}
    wanted = {"bind-tcp-v4-loopback", "bind-time-wait", "owner-pid", "start-ended"}
    wanted |= {"lock-after-kill", "two-first-ups", "replace-under-reader", "exit-7", "ctrl-c"}
    assert wanted <= names
    assert os.listdir(temporary) == os.listdir(here) == []
    assert not own_state.exists()


def test_the_line_to_send_has_no_name_and_no_path(
    portman: Callable[..., Result], tmp_path: Path
) -> None:
    """Also from the background of a shell, where Ctrl-C is ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        done = portman("doctor", "--self-test", "--paste", cwd=tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (done.code, done.out.count("\n")) == (0, 1)
    assert done.out.startswith("portman-self-test 1 system=")
    assert len(done.out) < 600
    for private in (getpass.getuser(), socket.gethostname(), str(Path.home()), str(tmp_path)):
        assert not re.search(rf"\b{re.escape(private)}\b", done.out)
    assert "/" not in re.sub(r"ok=\d+/\d+", "", done.out)


def test_what_differs_is_an_error_and_in_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [Fact("exit-7", "passed on", "lost"), Fact("lock-held", "waits", "waits")]
    unknown = Fact("owner", "tried", "unknown (OSError)")
    monkeypatch.setattr(self_test, "run_all", lambda: [*facts, unknown])
    report = doctor.self_test()
    assert [one.message for one in report.errors] == ["exit-7: assumed passed on, seen lost"]
    assert report.exit_code == 1
    assert "ok=1/3" in str(report.data["paste"])
    assert str(report.data["paste"]).endswith("exit-7=lost; owner=unknown (OSError)")


def test_a_trial_that_breaks_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: self_test.SelfTest) -> None:
        raise RuntimeError("/home/me/secret")

    monkeypatch.setattr(self_test, "GROUPS", (broken, self_test._engine))
    found = self_test.run_all()
    assert [one.verdict for one in found] == ["unknown", "ok"]
    assert "secret" not in paste(found, 1.0)


def test_owners_are_looked_up_anew_on_a_mac(tmp_path: Path) -> None:
    """There one table of sockets serves a whole command: an earlier trial's has not this owner."""
    done = portman_on("darwin", "doctor", "--self-test", "--json", cwd=tmp_path)
    facts = {one["name"]: one for one in json.loads(done.stdout)["data"]["facts"]}
    wanted = {"owner-pid", "owner-folder", "owner-environment", "start-ended", "lock-after-kill"}
    if facts["owner-pid"]["verdict"] == "unknown":  # lsof has two seconds: a busy machine
        wanted -= {"owner-pid", "owner-folder", "owner-environment"}
    assert {facts[name]["verdict"] for name in wanted} == {"ok"}, facts
    assert facts["owner-source"]["seen"].startswith("lsof")


#: What subprocess and signal have on Windows, by what there is here; a registry with a boot.
WINDOWS = """
    import signal, subprocess, types
    signal.CTRL_BREAK_EVENT, signal.SIGKILL, os.WNOHANG = 2, 9, 1
    subprocess.CREATE_NEW_PROCESS_GROUP = 0x200
    popen = subprocess.Popen
    class Windows(popen):
        def __init__(self, *words, creationflags=0, **more):
            super().__init__(*words, **{**more, "start_new_session": bool(creationflags)})
        def send_signal(self, number):
            os.kill(-self.pid if number == 2 else self.pid, number)
    subprocess.Popen = Windows
    sys.modules["winreg"] = types.SimpleNamespace(
        HKEY_LOCAL_MACHINE=0, OpenKey=lambda *_: open(os.devnull), QueryValueEx=lambda *_: [7])
"""
#: What the pretence has of this machine: its files, and locks that its children do not share.
OF_THIS_MACHINE = {"case-of-names", "lock-held"}


def test_the_branch_of_windows_is_run_to_its_end(tmp_path: Path) -> None:
    """Groups of processes, Ctrl-Break, psutil's owners and the pipe: no trial breaks on the way."""
    done = portman_on("win32", "doctor", "--self-test", "--json", cwd=tmp_path, before=WINDOWS)
    facts = {one["name"]: one for one in json.loads(done.stdout)["data"]["facts"]}
    strange = [one for one in facts.values() if one["verdict"] != "ok"]
    assert [one for one in strange if one["name"] not in OF_THIS_MACHINE] == []
    assert {"owner-pid", "start-ended", "exit-255", "ctrl-c", "engine"} <= facts.keys()
    assert facts["engine"]["seen"].startswith("npipe")


@pytest.mark.parametrize(
    ("said", "kept"),
    [("6.1.0-acme-corp", "6.1.0"), ("10.0.22631", "10.0.22631"), ("15.1", "15.1"), ("x", "")],
)
def test_a_version_is_its_numbers(said: str, kept: str) -> None:
    assert self_test._digits(said) == kept
