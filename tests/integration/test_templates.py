"""Outputs made from templates: written, found stale, given back; foreign files stay."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Portman = Callable[..., Any]

MANIFEST = """
[services]
web = "auto"
[[output]]
template = "conf/app.toml.in"
[[output]]
template = "app.json.in"
[[output]]
path = "start.sh"
template = "start.tmpl"
"""


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "conf").mkdir(parents=True)
    (folder / "ports.toml").write_text(MANIFEST)
    (folder / "conf" / "app.toml.in").write_text("port = ${WEB_PORT}\n")
    (folder / "app.json.in").write_text('{"port": ${WEB_PORT}}\n')
    (folder / "start.tmpl").write_text("#!/bin/sh\nserve --port ${WEB_PORT} $1\n")
    return folder


def actions(result: Any) -> list[str]:
    """Return what became of each output."""
    return [one["action"] for one in json.loads(result.out)["data"]["outputs"]]


def test_written_once_then_unchanged_then_given_back(project: Path, portman: Portman) -> None:
    """`up` writes, a second one does not, `check` agrees, `down` leaves only the templates."""
    before = sorted(str(one) for one in project.rglob("*"))
    up = portman("up", "--json", cwd=project)
    assert (up.code, actions(up)) == (0, ["written"] * 3)
    port = portman("port", "web", cwd=project).out.strip()
    assert (project / "conf" / "app.toml").read_text() == (
        f"# Written by portman from conf/app.toml.in; edits are lost.\nport = {port}\n"
    )
    assert json.loads((project / "app.json").read_text()) == {"port": int(port)}
    assert (project / "start.sh").read_text().splitlines()[2] == f"serve --port {port} $1"
    for _ in range(3):
        again = portman("up", "--json", cwd=project)
        assert (again.code, actions(again)) == (0, ["unchanged"] * 3)
    assert portman("check", cwd=project).code == 0
    assert actions(portman("down", "--json", cwd=project)) == ["deleted"] * 3
    assert sorted(str(one) for one in project.rglob("*")) == before


def test_an_edited_template_makes_its_output_stale(project: Path, portman: Portman) -> None:
    """Also after answers were remembered: the template is evidence."""
    for _ in range(3):
        portman("up", "--json", cwd=project)
        portman("check", "--json", cwd=project)
    (project / "app.json.in").write_text('{"p": ${WEB_PORT}}\n')
    check = portman("check", "--json", cwd=project)
    assert (check.code, actions(check)) == (1, ["unchanged", "stale", "unchanged"])
    assert actions(portman("up", "--json", cwd=project)) == ["unchanged", "written", "unchanged"]
    assert "p" in json.loads((project / "app.json").read_text())
    (project / "conf" / "app.toml.in").write_text("p = ${WEB_PORT}\n")
    assert actions(portman("up", "--json", cwd=project))[0] == "written"


@pytest.mark.parametrize("name", ["conf/app.toml", "app.json", "start.sh"])
def test_a_foreign_file_is_never_overwritten(project: Path, portman: Portman, name: str) -> None:
    """Neither one that was there before, nor one of ours that somebody rewrote."""
    (project / name).write_text("mine\n")
    up = portman("up", cwd=project)
    assert up.code == 5
    assert f"{name} was not written by portman" in up.err
    assert (project / name).read_text() == "mine\n"
    (project / name).unlink()
    assert portman("up", cwd=project).code == 0
    (project / name).write_text("mine again\n")
    assert portman("up", cwd=project).code == 5
    assert portman("down", cwd=project).code == 0
    assert (project / name).read_text() == "mine again\n"


def test_a_json_file_that_already_says_it_needs_no_memory(
    project: Path, portman: Portman, own_state: Path
) -> None:
    """After the state folder is lost, an equal file stays; the digest only guards changes."""
    portman("up", cwd=project)
    (project / "ports.toml").write_text(MANIFEST + '[[output]]\npath = ".env"\n')
    portman("up", cwd=project)
    shutil.rmtree(own_state)
    up = portman("up", "--json", cwd=project)  # .env heals the port
    assert (up.code, actions(up)) == (0, ["unchanged"] * 4)


def test_what_is_wrong_with_a_template_is_told_by_line(project: Path, portman: Portman) -> None:
    """Unknown placeholder, missing template; the other outputs are written all the same."""
    (project / "conf" / "app.toml.in").write_text("\nport = ${WEB_PROT}\n")
    (project / "app.json.in").unlink()
    up = portman("up", "--json", cwd=project)
    document = json.loads(up.out)
    assert up.code == 4
    assert [one["code"] for one in document["errors"]] == [
        "template-invalid",
        "template-unreadable",
    ]
    assert document["errors"][0]["line"] == 2
    assert "${WEB_PORT}" in document["errors"][0]["hints"][0]["label"]
    assert actions(up) == ["failed", "failed", "written"]
    assert portman("check", "--json", cwd=project).code == 4


def test_a_template_that_is_a_link_out_of_the_checkout_is_refused(
    project: Path, portman: Portman
) -> None:
    """What is outside does not end up in a file inside."""
    (project.parent / "secret").write_text("s\n")
    (project / "app.json.in").unlink()
    (project / "app.json.in").symlink_to("../secret")
    up = portman("up", cwd=project)
    assert up.code == 4
    assert "outside the checkout" in up.err
    assert not (project / "app.json").exists()


def test_instances_have_files_of_their_own(project: Path, portman: Portman) -> None:
    """--instance ci writes conf/app.ci.toml from the same template."""
    assert portman("up", "--instance", "ci", cwd=project).code == 0
    port = portman("port", "web", "--instance", "ci", cwd=project).out.strip()
    assert f"port = {port}" in (project / "conf" / "app.ci.toml").read_text()
    assert (project / "app.ci.json").exists()
    assert not (project / "app.json").exists()


def test_a_tracked_output_is_refused(project: Path, portman: Portman) -> None:
    """A file in git's index would carry one's ports into commits."""
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    (project / "app.json").write_text("{}\n")
    subprocess.run(["git", "add", "app.json"], cwd=project, check=True)
    (project / "app.json").unlink()
    up = portman("up", cwd=project)
    assert up.code == 5
    assert "tracked by git" in up.err
