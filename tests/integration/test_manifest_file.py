"""ports.toml on a real disk: found from below, and refused in words when it is no file."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.manifest.file import find_manifest, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
GOOD = "[services]\nweb = 3000\n"


def refused(path: Path) -> PortmanError:
    """Return the error that reading `path` makes."""
    with pytest.raises(PortmanError) as caught:
        read_manifest(str(path))
    return caught.value


def test_found_from_below(tmp_path: Path) -> None:
    """As git does: from the folder itself, from any below it, and through links to one."""
    manifest = tmp_path / "a b" / "ports.toml"
    below = manifest.parent / "x" / "y"
    below.mkdir(parents=True)
    manifest.write_text(GOOD)
    (tmp_path / "link").symlink_to(below)
    real = os.path.realpath(manifest)
    for start in (manifest.parent, below, tmp_path / "link", manifest.parent / "x" / ".." / "x"):
        assert find_manifest(str(start)) == real
    (below / "ports.toml").write_text(GOOD)
    assert find_manifest(str(tmp_path / "link")) == os.path.realpath(below / "ports.toml")


def test_not_found(tmp_path: Path) -> None:
    """The error says where was looked, and what to type."""
    with pytest.raises(PortmanError, match="any folder above") as caught:
        find_manifest(str(tmp_path))
    assert (caught.value.code, caught.value.hint) == (
        "manifest-missing",
        "portman adopt\nports.toml alone: portman init",
    )
    with pytest.raises(PortmanError, match="does not exist"):
        find_manifest(str(tmp_path / "gone"))


def test_read_with_the_local_file(tmp_path: Path) -> None:
    """The file beside it is laid over it; problems carry whole paths."""
    path, local = tmp_path / "ports.toml", tmp_path / "ports.local.toml"
    path.write_text(GOOD)
    assert read_manifest(str(path)).services[0].usual == 3000
    local.write_text("[services]\nweb = 3001\n")
    assert read_manifest(str(path)).services[0].usual == 3001
    local.write_text("[services]\nweb = 0\n")
    assert [problem.file for problem in refused(path).problems] == [str(local)]


def make_folder(path: Path) -> None:
    """Put a folder at `path`."""
    path.mkdir()


def make_pipe(path: Path) -> None:
    """Put a pipe that nobody writes to at `path`."""
    os.mkfifo(path)


def make_broken_link(path: Path) -> None:
    """Put a link to nothing at `path`."""
    path.symlink_to("nowhere.toml")


def make_loop(path: Path) -> None:
    """Put a link to itself at `path`."""
    path.symlink_to(path.name)


def make_device(path: Path) -> None:
    """Put a link to a device without an end at `path`."""
    path.symlink_to("/dev/zero")


def make_large(path: Path) -> None:
    """Put a file larger than any disk here at `path`."""
    with path.open("wb") as stream:
        stream.truncate(1 << 40)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (make_folder, "is a folder, not a file"),
        (make_pipe, "is a pipe, not a file"),
        (make_broken_link, "link to nowhere.toml, which is not there"),
        (make_loop, "Too many levels of symbolic links"),
        (make_device, "is a device, not a file"),
        (make_large, "1,048,577 bytes or more"),
    ],
)
@pytest.mark.parametrize("name", ["ports.toml", "ports.local.toml"])
def test_no_file(tmp_path: Path, make: object, said: str, name: str) -> None:
    """Whatever has the name and cannot be read is found, refused in words, and never waited for."""
    (tmp_path / "ports.toml").write_text(GOOD)
    if name == "ports.toml":
        (tmp_path / name).unlink()
    assert callable(make)
    make(tmp_path / name)
    error = refused(Path(find_manifest(str(tmp_path))))
    assert error.exit_code == 4
    (problem,) = error.problems
    assert problem.code == "manifest-unreadable"
    assert problem.file == str(tmp_path / name)
    assert said in problem.message


def test_both_files_are_told_of(tmp_path: Path) -> None:
    """One that cannot be read does not hide what is wrong in the other."""
    (tmp_path / "ports.toml").write_text("[services]\nweb = 0\n")
    (tmp_path / "ports.local.toml").mkdir()
    codes = [problem.code for problem in refused(tmp_path / "ports.toml").problems]
    assert codes == ["manifest-unreadable", "manifest-invalid"]


def test_gone_since_it_was_found(tmp_path: Path) -> None:
    """Between finding and reading, anything may happen."""
    error = refused(tmp_path / "ports.toml")
    assert (error.code, error.hint) == ("manifest-missing", "write one: portman init")


@pytest.mark.parametrize("name", ["ports.toml", "ports.local.toml"])
def test_no_permission(public: Path, name: str) -> None:
    """As a user who may not read it (the tests often run as root, who may read everything)."""
    (public / "ports.toml").write_text(GOOD)
    (public / name).write_text(GOOD)
    (public / name).chmod(0)
    told = read_as_nobody(public)
    assert told.startswith(
        f"manifest-unreadable|no permission to read {public / name}|look at its rights: "
    )


def test_no_permission_for_the_folder(public: Path) -> None:
    """A folder that may not be searched is no reason to say that the file is gone."""
    (public / "ports.toml").write_text(GOOD)
    public.chmod(0o600)
    assert "|no permission to read" in read_as_nobody(public)


@pytest.fixture
def public() -> Iterator[Path]:
    """Return a folder that any user may enter; those of pytest are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)
        os.chmod(folder, 0o755)


def read_as_nobody(folder: Path) -> str:
    """Read the manifest without root's privileges; return code, message and hint of the error."""
    code = (
        "import os, shlex, stat, sys, tomllib  # before the privileges go\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from portman.manifest import parse as manifest, document as manifest_text\n"
        "from portman.base.errors import PortmanError\n"
        "from portman.manifest.file import find_manifest, read_manifest\n"
        "if os.geteuid() == 0:\n"
        "    os.setgroups([]), os.setgid(65534), os.setuid(65534)\n"
        "try:\n"
        f"    read_manifest({str(folder / 'ports.toml')!r})\n"
        "except PortmanError as error:\n"
        "    print(error.code, error.message, error.hint, sep='|')\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert run.stderr == ""
    return run.stdout
