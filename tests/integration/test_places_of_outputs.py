"""Whose file is it: outputs of others, one file twice, mounts, copies, and what is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portman.commands.up import check, down, up

ONE = '[services]\nweb = "auto"\n'


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a ledger and a home of its own."""
    monkeypatch.setenv("PORTMAN_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def checkout(tmp_path: Path, manifest: str = ONE, name: str = "shop") -> Path:
    """Return a folder with this manifest."""
    folder = tmp_path / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ports.toml").write_text(manifest)
    return folder


def outputs(*paths: str) -> str:
    """Return a manifest with one service and these outputs."""
    return ONE + "".join(f'[[output]]\npath = "{path}"\n' for path in paths)


def codes(report: object) -> set[str]:
    """Return the codes of all that a report says."""
    return {one.code for one in (*report.errors, *report.warnings)}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "layout", ["separate git folder", "link", "bare repository", "worktree's own folder"]
)
def test_nothing_is_written_in_gits_folder(tmp_path: Path, layout: str) -> None:
    """Whatever it is called, a hook there would be run."""
    folder = checkout(tmp_path)
    at = str(folder)
    if layout == "separate git folder":
        subprocess.run(["git", "init", "-q", f"--separate-git-dir={at}/.bare", at], check=True)
    elif layout == "link":
        subprocess.run(["git", "init", "-q", at], check=True)
        (folder / ".git").rename(folder / ".bare")
        (folder / ".git").symlink_to(".bare")
    elif layout == "bare repository":
        subprocess.run(["git", "init", "-q", "--bare", f"{at}/.bare"], check=True)
    else:
        (folder / ".bare").mkdir()
        for name in ("HEAD", "commondir"):
            (folder / ".bare" / name).write_text("../x\n")
    (folder / "ports.toml").write_text(outputs(".bare/hooks/post-checkout", ".bare/config"))
    before = sorted((folder / ".bare").rglob("*"))
    report = up(at)
    assert {one.code for one in report.errors} == {"output-outside"}
    assert sorted((folder / ".bare").rglob("*")) == before


def test_a_file_of_a_checkout_below_is_left_alone(tmp_path: Path) -> None:
    """Neither `up` nor `down` of the outer one changes the inner one's file."""
    outer, inner = checkout(tmp_path, outputs("sub/.env")), checkout(tmp_path, name="shop/sub")
    up(str(inner))
    before = (inner / ".env").read_bytes()
    assert codes(up(str(outer))) >= {"output-outside"}
    down(str(outer))
    assert (inner / ".env").read_bytes() == before


@pytest.mark.parametrize(
    ("link", "target"), [("b.env", "a.env"), ("b.env", "ports.toml"), ("b.env", "a.in")]
)
def test_two_outputs_are_two_files(tmp_path: Path, link: str, target: str) -> None:
    """A link makes one of two paths, or an output of the manifest itself."""
    more = '[[output]]\ntemplate = "a.in"\npath = "a"\n' if target == "a.in" else ""
    folder = checkout(tmp_path, outputs("a.env", link) + more)
    (folder / "a.in").write_text("x ${WEB_PORT}\n")
    (folder / link).symlink_to(target)
    report = up(str(folder))
    assert [one.code for one in report.errors] == ["output-clash"]
    assert target in report.errors[0].message
    assert (folder / "ports.toml").read_text() == outputs("a.env", link) + more


def test_an_instance_does_not_write_another_output(tmp_path: Path) -> None:
    """`--instance ci` makes .env.ci of .env, which the manifest may have already."""
    folder = checkout(tmp_path, outputs(".env", ".env.ci"))
    up(str(folder))
    before = (folder / ".env.ci").read_bytes()
    report = up(str(folder), instance="ci")
    assert [one.code for one in report.errors] == ["output-clash"]
    assert next(one["action"] for one in down(str(folder), instance="ci").data["outputs"]) == "kept"
    assert (folder / ".env.ci").read_bytes() == before
    assert not up(str(folder), instance="e2e").errors


@pytest.mark.parametrize("word", ["up", "down"])
def test_what_is_an_output_no_more_is_given_back(tmp_path: Path, word: str) -> None:
    """By the next `up`, and by `down` if there was none; a file that portman made goes."""
    folder = checkout(tmp_path, outputs("a.env", "made.env"))
    (folder / "a.env").write_text("A=1\n")
    up(str(folder))
    (folder / "ports.toml").write_text(ONE + '[[output]]\npath = "a.env"\nformat = "json"\n')
    report = up(str(folder)) if word == "up" else down(str(folder))
    assert not (folder / "made.env").exists()
    assert (folder / "a.env").read_text() == "A=1\n"
    if word == "up":
        assert "output-dropped" in codes(report)
        (folder / "a.env").unlink()
        assert codes(up(str(folder))) <= {"output-not-ignored"}


def test_a_copied_file_is_recognised(tmp_path: Path) -> None:
    """`check` names the checkout whose ports it has; `up` does too, and writes its own."""
    first = checkout(tmp_path, name="first")
    up(str(first))
    second = checkout(tmp_path, name="second")
    up(str(second))
    own = (second / ".env").read_bytes()
    shutil.copy(first / ".env", second / ".env")
    stale = check(str(second))
    assert [one.code for one in stale.errors] == ["output-stale"]
    assert str(first) in stale.errors[0].message
    report = up(str(second))
    assert str(first) in next(one.message for one in report.warnings if one.code == "output-copied")
    assert (second / ".env").read_bytes() == own


@pytest.mark.parametrize(
    ("path", "text", "reported"),
    [
        (".env.local", "WEB_PORT=hunter2\n", True),
        (".env.development", "export WEB_PORT='hunter2'\n", True),
        (".env.development.local", "WEB_PORT=hunter2\n", True),
        (".env.production", "WEB_PORT=hunter2\n", False),
        (".env.local", "OTHER=hunter2\n#WEB_PORT=1\n", False),
        (".env.local", "WEB_PORT={port}\n", False),
    ],
)
def test_a_sibling_that_wins_is_reported(
    tmp_path: Path, path: str, text: str, *, reported: bool
) -> None:
    """By file and line, without its value, and at once when it appears."""
    folder = checkout(tmp_path)
    port = up(str(folder)).data["services"][0]["port"]  # type: ignore[index]
    up(str(folder))
    (folder / path).write_text(text.replace("{port}", str(port)))
    done = subprocess.run(
        [sys.executable, "-m", "portman", "-C", str(folder), "up"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (f"{path}:1 sets WEB_PORT" in done.stderr) == reported
    assert "hunter2" not in done.stdout + done.stderr


IN_A_MOUNT = """
import os, subprocess, sys
folder, real, word = sys.argv[1:]
subprocess.run(["mount", "--bind", real, folder + "/.env"], check=True)
from portman.__main__ import main
sys.argv = ["portman", "-C", folder, word, "--json"]
main()
"""


def in_a_mount(folder: Path, real: Path, word: str) -> str:
    """Run portman where .env is a bind mount of `real`."""
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, "-c", IN_A_MOUNT, str(folder), str(real), word],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip("no mount namespace")
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="mount namespaces are Linux's")
def test_a_mounted_file_is_written_in_place(tmp_path: Path) -> None:
    """With a note; `down` gives its bytes back; text below the block is not risked."""
    folder, real = checkout(tmp_path), tmp_path / "real"
    real.write_text("A=1")
    (folder / ".env").write_text("")
    inode = real.stat().st_ino
    assert "output-in-place" in in_a_mount(folder, real, "up")
    block = real.read_bytes()
    assert block.startswith(b"A=1\n# >>> portman\n")
    assert real.stat().st_ino == inode
    in_a_mount(folder, real, "down")
    assert real.read_text() == "A=1"
    real.write_bytes(block.replace(b"WEB_PORT=", b"X=1\nWEB_PORT=") + b"B=2\n")
    before = real.read_bytes()
    said = in_a_mount(folder, real, "up")
    assert "output-unwritable" in said
    assert "a mount of its own" in said
    assert real.read_bytes() == before


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_takes_the_files_away_and_puts_others_there(tmp_path: Path) -> None:
    """`git stash --all`, `clean -fdx`, a sparse checkout, a moved worktree: the number stays."""
    folder = checkout(tmp_path, outputs(".env", "apps/web/.env"))
    (folder / "apps" / "web").mkdir(parents=True)
    (folder / "apps" / "web" / "x").touch()
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.invalid", "-C")

    def run(where: Path, *words: str) -> None:
        subprocess.run([*git, str(where), *words], check=True, capture_output=True)

    def port(where: Path) -> int:
        report = up(str(where))
        assert report.errors == ()
        (service,) = report.data["services"]  # type: ignore[misc]
        said = f"WEB_PORT={service['port']}\n"
        assert said in (where / ".env").read_text()
        assert said in (where / "apps" / "web" / ".env").read_text()
        return int(service["port"])

    run(tmp_path, "init", "-q", str(folder))
    run(folder, "add", ".")
    run(folder, "commit", "-q", "-m", "x")
    number = port(folder)
    run(folder, "stash", "--all")
    assert not (folder / ".env").exists()
    assert port(folder) == number
    run(folder, "clean", "-fdx")
    assert port(folder) == number
    run(folder, "clean", "-fdx")
    run(folder, "sparse-checkout", "set", "other")
    assert not (folder / "apps").exists()
    assert port(folder) == number
    run(folder, "worktree", "add", "-q", str(tmp_path / "one"))
    moved = port(tmp_path / "one")
    run(folder, "worktree", "move", str(tmp_path / "one"), str(tmp_path / "two"))
    assert port(tmp_path / "two") == moved != number


@pytest.mark.skipif(shutil.which("chattr") is None, reason="needs chattr")
def test_an_immutable_file_is_named_so(tmp_path: Path) -> None:
    """Its rights, which `ls` shows, are not the reason."""
    folder = checkout(tmp_path)
    (folder / ".env").write_text("A=1\n")
    if subprocess.run(
        ["chattr", "+i", folder / ".env"], check=False, capture_output=True
    ).returncode:
        pytest.skip("no such flag here")
    try:
        (error,) = up(str(folder)).errors
    finally:
        subprocess.run(["chattr", "-i", folder / ".env"], check=True)
    assert "immutable" in error.message
    assert (folder / ".env").read_text() == "A=1\n"
