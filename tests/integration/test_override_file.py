"""Compose's override on disk: ours is kept up to date and taken away, another's never touched."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.commands.up import up
from portman.compose import override_file as override
from portman.compose.override import render
from portman.compose.reader import ComposePlan
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


@pytest.mark.parametrize(("says", "old"), [("1.4.0", False), ("1.3.0", True), ("x\n1.0.6", True)])
def test_podmans_compose_is_asked_where_docker_has_none(
    tmp_path: Path, own_state: Path, monkeypatch: pytest.MonkeyPatch, says: str, old: bool
) -> None:
    """Before 1.4 it ends with a traceback at `!override`; the oldest print more than a version."""
    program = tmp_path / "podman-compose"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' '{says}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(override, "find_compose", lambda: None)
    plan = ComposePlan(override=("compose.override.yaml", "ports: !override []"), services=("db",))
    said = [one.message for one in override.too_old(plan)]
    number = says.rpartition("\n")[2]
    wanted = f"needs Podman Compose 1.4.0 or newer; {program} is {number}"
    assert said == [f"compose.override.yaml {wanted}"] * old


CACHE = """services:
  db:
    image: x
    ports: ["5432:5432"]
  cache:
    image: x
    ports: ["{ports}"]{more}
"""


@pytest.mark.parametrize(
    ("ports", "more", "refused"),
    [
        ("26981:6379", "", True),
        ("127.0.0.1:26981:6379", "", True),
        ("26980-26982:6379-6381", "", True),
        ("${CACHE:-26981}:6379", "", True),
        ("26981:6379/udp", "", False),
        ("26983:6379", "", False),
        ("26981", "", False),
        ("26981:6379", "\n    profiles: [other]", True),
        ("26981:6379", "\n    network_mode: none", False),
        ("5432:6379", "", False),
    ],
)
def test_one_host_port_twice_is_found_without_compose(
    tmp_path: Path,
    own_state: Path,
    monkeypatch: pytest.MonkeyPatch,
    ports: str,
    more: str,
    refused: bool,
) -> None:
    """By our own reading; what the files have twice already is their own affair."""
    assert own_state
    monkeypatch.setattr(override, "find_compose", lambda: None)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    (tmp_path / "compose.yaml").write_text(CACHE.format(ports=ports, more=more))
    (tmp_path / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 26981\n")
    report = up(str(tmp_path))
    said = [one.message for one in report.errors if one.code == "compose-refused"]
    assert bool(said) is refused, report
    assert (tmp_path / "compose.override.yaml").exists() is not refused
    if refused:
        assert "26981 would be published by" in said[0]


def test_alternatives_of_profiles_may_publish_one_port(
    tmp_path: Path, own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two databases, of which a profile starts one."""
    assert own_state
    monkeypatch.setattr(override, "find_compose", lambda: None)
    text = CACHE.format(ports="26981:6379", more="\n    profiles: [b]")
    text = text.replace('["5432:5432"]', '["5432:5432"]\n    profiles: [a]')
    (tmp_path / "compose.yaml").write_text(text)
    (tmp_path / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 26981\n")
    assert not up(str(tmp_path)).errors
