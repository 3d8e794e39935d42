"""Compose's override on disk: ours is kept up to date and taken away, another's never touched."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.compose import override_file as override
from portman.compose.model import ComposePlan
from portman.compose.override import render
from portman.outputs.managed_file import read_output

if TYPE_CHECKING:
    from pathlib import Path

NAME = "deploy/compose.override.yaml"
TEXT = render({"db": {"ports": ("127.0.0.1:61000:5432",)}})


def differs(checkout: str, path: str, text: str) -> bool:
    """Compare what lies there with the text."""
    return override.differs(read_output(checkout, path), text)


def test_it_is_written_compared_and_removed(tmp_path: Path) -> None:
    """Folders on the way are made; a second time nothing changes."""
    here = str(tmp_path)
    assert differs(here, NAME, TEXT)
    assert override.write(here, NAME, TEXT) == "written"
    assert (tmp_path / NAME).read_text() == TEXT
    assert override.write(here, NAME, TEXT) == "unchanged"
    assert not differs(here, NAME, TEXT)
    assert differs(here, NAME, render({}))
    assert override.remove(here, NAME) == "deleted"
    assert override.remove(here, NAME) == "unchanged"
    assert not (tmp_path / NAME).exists()


def test_another_s_file_stays_to_the_byte(tmp_path: Path) -> None:
    """The hint shows the file, and the key that names another one."""
    (tmp_path / "compose.override.yaml").write_text("services: {}\n")
    here, name = str(tmp_path), "compose.override.yaml"
    for refused in (override.write, differs):
        with pytest.raises(PortmanError) as caught:
            refused(here, name, TEXT)
        assert caught.value.code == "output-foreign"
        assert "[compose] override" in str(caught.value.hint)
    assert override.remove(here, name) == "unchanged"
    assert (tmp_path / name).read_text() == "services: {}\n"


def test_a_tracked_override_is_refused(tmp_path: Path) -> None:
    """One's ports would end up in everybody's commits."""
    name = "compose.override.yaml"
    assert override.write(str(tmp_path), name, TEXT) == "written"
    git = ("git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@x")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", name], check=True)
    with pytest.raises(PortmanError) as caught:
        override.write(str(tmp_path), name, render({}))
    assert caught.value.code == "output-tracked"
    assert (tmp_path / name).read_text() == TEXT


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A FIFO is not waited for."""
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(PortmanError) as caught:
        override.write(str(tmp_path), "fifo", TEXT)
    assert caught.value.code == "output-unwritable"


def test_a_version_that_another_planted_is_not_believed(
    tmp_path: Path, own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compose is asked once, and again where others may write what is kept of its answer."""
    plugin = tmp_path / "docker" / "cli-plugins" / "docker-compose"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(f"#!/bin/sh\necho asked >>{tmp_path}/log\necho 2.39.0\n")
    plugin.chmod(0o755)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    plan = ComposePlan(override=("compose.override.yaml", "ports: !override []"), services=("db",))
    for _ in range(3):
        assert override.too_old(plan) == ()
    assert (tmp_path / "log").read_text() == "asked\n"
    (kept,) = own_state.glob("receipts-*/compose-version")
    kept.write_bytes(kept.read_bytes().replace(b"2.39.0", b"1.0 ; x"))
    kept.chmod(0o666)
    assert override.too_old(plan) == ()
    assert (tmp_path / "log").read_text() == "asked\nasked\n"
