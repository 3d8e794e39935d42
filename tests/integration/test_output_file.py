"""Outputs on a real file system: written whole or not at all, refused with a reason."""

from __future__ import annotations

import errno
import os
import random
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest

from portman.base.errors import PortmanError
from portman.base.small_file import all_of
from portman.base.values import TEMPLATE, Output
from portman.outputs import atomic
from portman.outputs import managed_file as output_file
from portman.outputs.block import put_block
from portman.outputs.formats import FORMATS, file_text
from portman.outputs.gitignore import ignore_line, is_ignored, is_tracked
from portman.outputs.managed_file import (
    check_place,
    read_output,
    remove_output,
    would_write,
    write_output,
)

ENV = Output(".env")
TEXT = "WEB_PORT=61000\n"
OTHER = "WEB_PORT=61001\n"
ROOT = str(Path(__file__).resolve().parents[2])
NOBODY = 65534

needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be other users"
)


def content(checkout: Path, path: str = ".env") -> tuple[bytes | None, os.stat_result | None]:
    """Return what is read of an output."""
    file = read_output(str(checkout), path)
    return file.data, file.status


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout outside any repository."""
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git as the tests' own user, without the machine's configuration."""
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(checkout: Path) -> Path:
    """Return a checkout that is a repository."""
    git(checkout, "init", "-q")
    return checkout


def refused(checkout: Path, output: Output = ENV, text: str = TEXT) -> PortmanError:
    """Return the error of writing, having seen that no temporary file stays."""
    with pytest.raises(PortmanError) as caught:
        write_output(str(checkout), output, text)
    assert caught.value.hint
    assert output.path.split("/")[-1] in str(caught.value)
    assert not list(checkout.rglob(".portman-*"))
    return caught.value


# ---- written, unchanged, removed


@pytest.mark.parametrize("format_", FORMATS)
def test_written_once_then_unchanged_then_removed(checkout: Path, format_: str) -> None:
    """The whole life of an output, in every format."""
    output = Output("web/ports", format_)
    text = file_text(format_, [("WEB_PORT", "61000")])
    assert would_write(read_output(str(checkout), output.path), output, text)
    assert write_output(str(checkout), output, text) == "written"
    assert not would_write(read_output(str(checkout), output.path), output, text)
    assert write_output(str(checkout), output, text) == "unchanged"
    assert write_output(str(checkout), output, text.replace("61000", "61001")) == "written"
    assert b"61001" in (checkout / "web/ports").read_bytes()
    assert remove_output(str(checkout), output) == "deleted"
    assert remove_output(str(checkout), output) == "unchanged"
    assert os.listdir(checkout / "web") == []


def test_unchanged_content_is_not_written(checkout: Path) -> None:
    """Same file, same time stamp: nothing that watches it wakes up."""
    write_output(str(checkout), ENV, TEXT)
    os.utime(checkout / ".env", ns=(1, 1))
    before = (checkout / ".env").stat()
    assert write_output(str(checkout), ENV, TEXT) == "unchanged"
    after = (checkout / ".env").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, 1)


@pytest.mark.parametrize(
    "data",
    [b"", b"A=1", b"A=1\r\nB=2\r\n", b"\xef\xbb\xbfA=1\n", b"\0\xff", b"\n\n", b"x" * 3_000_000],
)
def test_foreign_bytes_come_back(checkout: Path, data: bytes) -> None:
    """What was there is there in between, and again in the end."""
    file = checkout / ".env"
    file.write_bytes(data)
    write_output(str(checkout), ENV, TEXT)
    write_output(str(checkout), ENV, OTHER)
    assert file.read_bytes() == put_block(data, OTHER)
    assert remove_output(str(checkout), ENV) == "cleaned"
    assert file.read_bytes() == data
    assert remove_output(str(checkout), ENV) == "unchanged"


@pytest.mark.parametrize("data", [b"", b'{"A": "1"}\n', b"A=1\n", b"# notes\n"])
@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "dotenv"])
def test_whole_files_of_others_are_never_overwritten(
    checkout: Path, format_: str, data: bytes
) -> None:
    """Nor removed."""
    output = Output("ports.json", format_)
    (checkout / "ports.json").write_bytes(data)
    text = file_text(format_, [("WEB_PORT", "61000")])
    assert refused(checkout, output, text).code == "output-foreign"
    with pytest.raises(PortmanError, match="was not written by portman"):
        would_write(read_output(str(checkout), output.path), output, text)
    assert remove_output(str(checkout), output) == "kept"
    assert (checkout / "ports.json").read_bytes() == data


def test_a_whole_file_without_our_mark_is_our_own_mistake(checkout: Path) -> None:
    """It would be taken for somebody else's next time."""
    with pytest.raises(ValueError, match=r"^the text of a whole file comes from .*file_text"):
        write_output(str(checkout), Output("ports.json", "json"), '{"A": "1"}\n')


def test_a_damaged_block_is_left_alone(checkout: Path) -> None:
    """The message names file and line."""
    data = b"A=1\n# >>> portman\nB=2\n"
    (checkout / ".env").write_bytes(data)
    error = refused(checkout)
    assert error.code == "output-damaged"
    assert error.message.startswith(".env, line 2: ")
    with pytest.raises(PortmanError, match=r"^\.env, line 2"):
        remove_output(str(checkout), ENV)
    assert (checkout / ".env").read_bytes() == data


def test_utf16_is_refused(checkout: Path) -> None:
    """As Windows PowerShell's `>` writes it; ASCII appended to it would be garbage."""
    data = "A=1\r\n".encode("utf-16")
    (checkout / ".env").write_bytes(data)
    assert refused(checkout).code == "output-foreign"
    assert (checkout / ".env").read_bytes() == data


def test_reading(checkout: Path) -> None:
    """The content and its status, or neither."""
    assert content(checkout, ".env") == (None, None)
    assert content(checkout, "no/such/.env") == (None, None)
    (checkout / ".env").write_bytes(b"A=1\n")
    data, status = content(checkout)
    assert data == b"A=1\n"
    assert status is not None
    assert status.st_size == 4


@pytest.mark.parametrize("most", [1, 199_999, 200_000, 200_001, 1 << 24])
def test_a_file_is_read_to_its_end_or_to_the_limit(checkout: Path, most: int) -> None:
    """Whatever size is said of it, as the files in /proc say none."""
    data = bytes(range(250)) * 800
    (checkout / "long").write_bytes(data)
    descriptor = os.open(checkout / "long", os.O_RDONLY)
    try:
        assert all_of(descriptor, most) == data[:most]
    finally:
        os.close(descriptor)


def test_a_file_of_any_size_is_read_up_to_a_limit(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to the very byte; beyond it the file is named and left alone, or never read through."""
    assert output_file.LARGEST == 16 * 1024 * 1024
    monkeypatch.setattr(output_file, "LARGEST", 200_000)
    file = checkout / ".env"
    for size in (199_999, 200_000):
        file.write_bytes(b"x" * size)
        assert write_output(str(checkout), ENV, TEXT) == "written"
        file.write_bytes(b"x" * size)
        data, status = content(checkout)
        assert (data, status and status.st_size) == (b"x" * size, size)
    for size in (200_001, 3 << 30):
        with file.open("wb") as stream:
            stream.truncate(size)
        error = refused(checkout)
        assert error.code == "output-unwritable"
        assert error.message == ".env has over 200,000 bytes, and is neither read nor written"
        assert error.hint == "make it smaller, or choose another path: ls -ld .env"
        assert file.stat().st_size == size
    descriptor = os.open("/dev/zero", os.O_RDONLY)
    try:
        assert len(all_of(descriptor, 200_001)) == 200_001
    finally:
        os.close(descriptor)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no list of open files here")
def test_no_file_stays_open(checkout: Path) -> None:
    """Not after a hundred outputs, nor after a hundred that cannot be read."""
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(100):
        write_output(str(checkout), ENV, TEXT)
        remove_output(str(checkout), ENV)
        assert content(checkout, ".env") == (None, None)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf16_is_refused_with_the_way_out(checkout: Path, order: str) -> None:
    """In either order of its bytes."""
    (checkout / ".env").write_bytes("\ufeffA=1\n".encode(order))
    error = refused(checkout)
    assert error.message == ".env is UTF-16 text, which env-file readers cannot read"
    assert error.hint == "save it as UTF-8"


def test_an_output_without_room_for_a_mark_is_known_by_its_content(checkout: Path) -> None:
    """Ours as long as it is what we wrote, bytes that are no text among it; then forgotten."""
    output, file = Output("web.json", TEMPLATE), checkout / "web.json"
    assert write_output(str(checkout), output, '"\udcff"\n') == "written"
    assert file.read_bytes() == b'"\xff"\n'
    assert write_output(str(checkout), output, "2\n") == "written"
    assert remove_output(str(checkout), output) == "deleted"
    file.write_bytes(b"2\n")
    assert remove_output(str(checkout), output) == "kept"
    error = refused(checkout, output, "3\n")
    assert error.message == (
        "web.json was not written by portman, which never overwrites another's file"
    )
    assert error.hint == "move it away, or choose another path for this output in ports.toml"
    assert write_output(str(checkout), output, "2\n") == "unchanged"


# ---- modes, owners, attributes, links to the same file


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o644, 0o755])
def test_the_mode_is_kept(checkout: Path, mode: int) -> None:
    """Secrets stay private."""
    file = checkout / ".env"
    file.write_bytes(b"A=1\n")
    file.chmod(mode)
    write_output(str(checkout), ENV, TEXT)
    assert stat.S_IMODE(file.stat().st_mode) == mode
    remove_output(str(checkout), ENV)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_gets_what_the_umask_says(checkout: Path, umask: int, mode: int) -> None:
    """As from any other program."""
    before = os.umask(umask)
    try:
        write_output(str(checkout), ENV, TEXT)
    finally:
        os.umask(before)
    assert stat.S_IMODE((checkout / ".env").stat().st_mode) == mode


@needs_root
def test_the_owner_is_kept(checkout: Path) -> None:
    """Under sudo, say."""
    file = checkout / ".env"
    file.write_bytes(b"A=1\n")
    os.chown(file, NOBODY, 1234)
    file.chmod(0o640)
    write_output(str(checkout), ENV, TEXT)
    status = file.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (NOBODY, 1234, 0o640)


@needs_root
def test_a_group_that_cannot_be_kept_gets_no_rights(checkout: Path) -> None:
    """Another group must not come to read what was not meant for it."""
    file = checkout / ".env"
    file.write_bytes(b"A=1\n")
    os.chown(checkout, NOBODY, NOBODY)
    os.chown(file, NOBODY, 1234)
    file.chmod(0o660)
    as_nobody(checkout, "print(write_output('.', Output('.env'), 'A=2\\n'))")
    status = file.stat()
    assert status.st_uid == NOBODY
    assert stat.S_IMODE(status.st_mode) == 0o600


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_extended_attributes_are_kept(checkout: Path) -> None:
    """As far as the file system has them."""
    file = checkout / ".env"
    file.write_bytes(b"A=1\n")
    try:
        os.setxattr(file, "user.portman", b"kept")
    except OSError as error:
        pytest.skip(f"no extended attributes on {checkout}: {error}")
    write_output(str(checkout), ENV, TEXT)
    assert os.getxattr(file, "user.portman") == b"kept"


def test_a_hard_link_keeps_the_old_content(checkout: Path) -> None:
    """The other name may lie anywhere: it is not ours to change."""
    (checkout / ".env").write_bytes(b"A=1\n")
    os.link(checkout / ".env", checkout / "other")
    write_output(str(checkout), ENV, TEXT)
    assert (checkout / "other").read_bytes() == b"A=1\n"


# ---- places


def test_links_that_leave_the_checkout_are_refused(checkout: Path, tmp_path: Path) -> None:
    """The file itself, a folder on the way, one that leads to nothing yet, a chain."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".env").write_bytes(b"A=1\n")
    (checkout / "file").symlink_to(outside / ".env")
    (checkout / "web").symlink_to(outside)
    (checkout / "new").symlink_to("../outside/new")
    (checkout / "chain").symlink_to("file")
    (checkout / "sibling").symlink_to(f"{checkout}2/.env")
    for path in ("file", "web/.env", "web/deep/.env", "new", "chain", "sibling", "../x", "/etc/x"):
        for attempt in (
            lambda path=path: write_output(str(checkout), Output(path), TEXT),
            lambda path=path: would_write(
                read_output(str(checkout), Output(path).path), Output(path), TEXT
            ),
            lambda path=path: remove_output(str(checkout), Output(path)),
        ):
            with pytest.raises(PortmanError, match="outside the checkout") as caught:
                attempt()
            assert caught.value.code == "output-outside"
    assert [entry.name for entry in outside.iterdir()] == [".env"]
    assert (outside / ".env").read_bytes() == b"A=1\n"
    assert not (tmp_path / "x").exists()


def test_links_that_stay_inside_are_followed(checkout: Path) -> None:
    """The link stays a link, also where it leads to nothing yet."""
    (checkout / "config").mkdir()
    (checkout / "config/env").write_bytes(b"A=1\n")
    (checkout / ".env").symlink_to("config/env")
    (checkout / "new.env").symlink_to("config/new")
    for path, target in ((".env", "config/env"), ("new.env", "config/new")):
        assert write_output(str(checkout), Output(path), TEXT) == "written"
        assert (checkout / path).is_symlink()
        assert TEXT.encode() in (checkout / target).read_bytes()
        assert remove_output(str(checkout), Output(path)) in ("cleaned", "deleted")
        assert (checkout / path).is_symlink()
    assert os.listdir(checkout / "config") == ["env"]


def test_a_checkout_reached_through_a_link(checkout: Path, tmp_path: Path) -> None:
    """The link to the checkout itself leads out of nothing."""
    (tmp_path / "link").symlink_to(checkout)
    assert write_output(str(tmp_path / "link"), ENV, TEXT) == "written"
    assert check_place(str(tmp_path / "link"), ".env") == str(checkout / ".env")


@pytest.mark.parametrize("path", [".git/hooks/post-checkout", "sub/.git/config", ".GIT/x"])
def test_git_s_own_folder_is_refused(checkout: Path, path: str) -> None:
    """A hook written there would be run."""
    assert refused(checkout, Output(path)).code == "output-outside"
    (checkout / "hooks").symlink_to(".git/hooks")
    error = refused(checkout, Output("hooks/pre-commit", "shell"), file_text("shell", []))
    assert error.code == "output-outside"
    assert not (checkout / ".git").exists()


@pytest.mark.parametrize("kind", ["folder", "fifo", "socket", "loop", "null"])
def test_what_is_no_file_is_refused_without_waiting(checkout: Path, kind: str) -> None:
    """A FIFO would make open() wait for ever."""
    place = checkout / ".env"
    if kind == "folder":
        place.mkdir()
    elif kind == "fifo":
        os.mkfifo(place)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.relpath(place))
    elif kind == "loop":
        place.symlink_to(".env")
    else:
        if os.geteuid() != 0:
            pytest.skip("only root can make devices")
        os.mknod(place, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    before = os.lstat(place)
    error = refused(checkout)
    assert error.code == "output-unwritable"
    with pytest.raises(PortmanError):
        remove_output(str(checkout), ENV)
    assert os.lstat(place).st_mode == before.st_mode


@pytest.mark.parametrize(
    ("kind", "words"),
    [("folder", "a folder"), ("loop", "a link to itself"), ("fifo", "not an ordinary file")],
)
def test_what_is_no_file_is_named(checkout: Path, kind: str, words: str) -> None:
    """With the command that looks at it."""
    make = {
        "folder": Path.mkdir,
        "loop": lambda place: place.symlink_to(".env"),
        "fifo": os.mkfifo,
    }
    make[kind](checkout / ".env")
    error = refused(checkout)
    assert error.message == f".env cannot be written: it is {words}"
    assert error.hint == "move it away, or choose another path for this output: ls -ld .env"


def test_where_a_way_out_leads_is_told(checkout: Path, tmp_path: Path) -> None:
    """The place it leads to, as a link shows only its name."""
    (checkout / ".env").symlink_to(tmp_path / "x")
    (checkout / "hooks").symlink_to(".git")
    error = refused(checkout)
    assert error.message == f".env leads to {tmp_path / 'x'}, outside the checkout {checkout}"
    assert error.hint == "remove the link, or choose another path for this output in ports.toml"
    error = refused(checkout, Output("hooks/x"))
    assert error.message == f"hooks/x leads into git's own folder: {checkout / '.git/x'}"
    assert error.hint == "choose another path for this output in ports.toml"


def test_a_checkout_may_lie_in_a_folder_of_git(checkout: Path) -> None:
    """Some keep worktrees there; only what is below the checkout's own root counts."""
    inside = checkout / ".git" / "trees" / "one"
    inside.mkdir(parents=True)
    assert write_output(str(inside), ENV, TEXT) == "written"


def test_the_root_of_all_folders_can_be_a_checkout() -> None:
    """As in a container. Nothing is written here."""
    assert check_place("/", "no-such-folder/.env") == "/no-such-folder/.env"


def test_a_name_that_is_too_long(checkout: Path) -> None:
    """No file system here has 300 bytes for a name."""
    error = refused(checkout, Output("x" * 300))
    assert error.message == f"{'x' * 300} cannot be written: the name is too long"


@pytest.mark.parametrize("kind", ["fifo", "link"])
def test_what_takes_the_place_of_a_checked_file_is_not_read(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Between the look and the opening: no waiting at a FIFO, no following of a link."""
    place = str(checkout / ".env")
    if kind == "fifo":
        os.mkfifo(place)
    else:
        os.symlink("/etc/passwd", place)
    monkeypatch.setattr(output_file, "check_place", lambda checkout, path: place)
    waited: list[str] = []

    def let_go() -> None:
        waited.append(place)
        os.close(os.open(place, os.O_RDWR))

    release = threading.Timer(20, let_go)
    release.start()  # else a reader that waits would wait for ever
    try:
        with pytest.raises(PortmanError) as caught:
            read_output(str(checkout), ".env")
    finally:
        release.cancel()
    assert not waited
    assert caught.value.code == "output-unwritable"


def test_a_file_that_cannot_be_read_is_told_with_the_cause(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the system's words, and where to look."""
    (checkout / ".env").write_bytes(b"A=1\n")

    def fail(*arguments: object) -> None:
        raise OSError(errno.EIO, "x")

    monkeypatch.setattr(output_file.os, "read", fail)
    error = refused(checkout)
    assert error.code == "output-unwritable"
    assert error.message == f".env cannot be read: {os.strerror(errno.EIO)}"
    assert error.hint == "look at its rights: ls -ld .env"


def test_a_file_where_a_folder_should_be(checkout: Path) -> None:
    """The way to the output is blocked."""
    (checkout / "web").write_bytes(b"")
    error = refused(checkout, Output("web/.env"))
    assert error.code == "output-unwritable"
    assert remove_output(str(checkout), Output("web/.env")) == "unchanged"


@pytest.mark.parametrize(
    "path", ["a b/.env", "it's.env", "né/.env", "-n", "x" * 255, "new\nline", "$(id)", "*?[x]"]
)
def test_odd_names(repository: Path, path: str) -> None:
    """Blanks, quotes, what a shell or git would take for a pattern, and 255 bytes."""
    assert write_output(str(repository), Output(path), TEXT) == "written"
    assert write_output(str(repository), Output(path), OTHER) == "written"
    assert remove_output(str(repository), Output(path)) == "deleted"


# ---- git


def test_tracked_files_are_refused_with_the_way_out(repository: Path) -> None:
    """The hint, typed as it stands, makes the next attempt work."""
    (repository / "it's [a].env").write_bytes(b"A=1\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "x")
    output = Output("it's [a].env")
    error = refused(repository, output)
    assert error.code == "output-tracked"
    assert error.hint.startswith("git rm --cached ")
    subprocess.run(error.hint, shell=True, cwd=repository, check=True, capture_output=True)
    assert write_output(str(repository), output, TEXT) == "written"
    assert is_ignored(str(repository), output.path) is True
    assert is_tracked(str(repository), output.path) is False


def test_tracked_but_deleted_is_tracked(repository: Path) -> None:
    """With its folder, even."""
    (repository / "web").mkdir()
    (repository / "web/.env").write_bytes(b"A=1\n")
    git(repository, "add", ".")
    (repository / "web/.env").unlink()
    (repository / "web").rmdir()
    error = refused(repository, Output("web/.env"))
    assert error.code == "output-tracked"
    assert error.hint == "git rm --cached web/.env\necho /web/.env >> .gitignore"
    assert not (repository / "web").exists()


def test_a_link_to_a_tracked_file_is_refused(repository: Path) -> None:
    """It is the target that would change."""
    (repository / "env.example").write_bytes(b"A=1\n")
    git(repository, "add", ".")
    (repository / ".env").symlink_to("env.example")
    error = refused(repository)
    assert error.code == "output-tracked"
    assert error.message == ".env is tracked by git, so your ports would end up in commits"
    assert error.hint == "git rm --cached env.example\necho /env.example >> .gitignore"


def test_a_tracked_link_to_an_untracked_file_is_fine(repository: Path) -> None:
    """The link does not change."""
    (repository / ".env").symlink_to("local.env")
    git(repository, "add", ".")
    assert write_output(str(repository), ENV, TEXT) == "written"


def test_a_tracked_output_is_still_given_back(repository: Path) -> None:
    """Somebody has added it by mistake; `down` works all the same."""
    write_output(str(repository), ENV, TEXT)
    git(repository, "add", "-f", ".env")
    assert write_output(str(repository), ENV, TEXT) == "unchanged"
    assert remove_output(str(repository), ENV) == "deleted"
    assert not (repository / ".env").exists()


def test_a_tracked_file_in_a_submodule_or_worktree(repository: Path, tmp_path: Path) -> None:
    """Git is asked where the file lies."""
    (repository / ".env").write_bytes(b"A=1\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "x")
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "tree")
    assert refused(tmp_path / "tree").code == "output-tracked"
    allow = ["-c", "protocol.file.allow=always"]
    git(repository, *allow, "submodule", "add", "-q", str(repository), "sub")
    assert refused(repository, Output("sub/.env")).code == "output-tracked"


def test_outside_a_repository_git_says_nothing(checkout: Path) -> None:
    """Not tracked; whether ignored, nobody can tell."""
    assert is_tracked(str(checkout), ".env") is False
    assert is_ignored(str(checkout), ".env") is None


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without it."""
    monkeypatch.setenv("PATH", "")
    assert is_tracked(str(repository), ".env") is False
    assert is_ignored(str(repository), ".env") is None
    assert write_output(str(repository), ENV, TEXT) == "written"


def test_ignored_or_not(repository: Path) -> None:
    """As check-ignore says."""
    assert is_ignored(str(repository), ".env") is False
    (repository / ".gitignore").write_text(".env\n")
    assert is_ignored(str(repository), ".env") is True


@pytest.mark.parametrize(
    "path", [".env", "web/.env", "#x", "!x", "a b", "x ", "a*b", "a?b", "[a]", "a\\b", "a\nb", "né"]
)
def test_the_ignore_line_ignores_just_that(repository: Path, path: str) -> None:
    """Git itself reads it."""
    (repository / ".gitignore").write_text(ignore_line(path) + "\n")
    assert is_ignored(str(repository), path) is True
    assert is_ignored(str(repository), f"deeper/{path}") is False
    assert is_ignored(str(repository), f"{path}x") is False


def test_variables_of_an_outer_git_do_not_mislead(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a hook, which runs with GIT_DIR and GIT_INDEX_FILE set."""
    (repository / ".env").write_bytes(b"A=1\n")
    git(repository, "add", ".")
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert is_tracked(str(repository), ".env") is True
    assert refused(repository).code == "output-tracked"


def test_hostile_configuration_runs_nothing(repository: Path, tmp_path: Path) -> None:
    """A clone of anything at all: its settings name programs, its folder has a `git`."""
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(tmp_path / 'sprung'))}\n")
    trap.chmod(0o755)
    for place in (repository / "git", repository / ".git/hooks/post-index-change"):
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(trap.read_bytes())
        place.chmod(0o755)
    names = ["core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "diff.external"]
    names += ["filter.x.clean", "filter.x.smudge", "alias.ls-files", "alias.check-ignore"]
    names += ["core.askPass", "credential.helper", "pager.ls-files", "core.alternateRefsCommand"]
    for name in names:
        git(repository, "config", name, str(trap))
    (repository / ".gitattributes").write_text("* filter=x\n")
    code = "import os; os.environ['PATH'] = '.::' + os.environ['PATH'];"
    code += "print(write_output('.', Output('.env'), 'A=1\\n'), is_ignored('.', '.env'))"
    assert python(repository, code).split() == ["written", "False"]
    assert not (tmp_path / "sprung").exists()
    # The trap is a real one: git falls for it when it is not told otherwise.
    subprocess.run(["git", "status"], cwd=repository, capture_output=True)
    assert (tmp_path / "sprung").exists()


@needs_root
def test_a_repository_of_another_user_is_not_asked(repository: Path) -> None:
    """Git distrusts it (safe.directory); portman does not overrule git, and still works."""
    (repository / ".env").write_bytes(b"A=1\n")
    git(repository, "add", ".")
    for place in (repository, repository / ".git"):
        os.chown(place, NOBODY, NOBODY)
    environment = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    code = "print(is_tracked('.', '.env'), is_ignored('.', '.env'))"
    assert python(repository, code, **environment).split() == ["False", "None"]


def test_git_is_not_asked_when_nothing_changes(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unchanged `up` starts no process."""
    write_output(str(repository), ENV, TEXT)
    monkeypatch.setattr(subprocess, "run", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert write_output(str(repository), ENV, TEXT) == "unchanged"
    assert would_write(read_output(str(repository), ENV.path), ENV, OTHER) is True


# ---- what the system refuses

PREAMBLE = """
import shlex, subprocess, sys  # now, as nobody may have no access to the interpreter's library
sys.path.insert(0, {root!r})
from portman.base.errors import PortmanError
from portman.base.values import Output
from portman.outputs.gitignore import is_ignored, is_tracked
from portman.outputs.managed_file import read_output, remove_output, would_write, write_output
def told(call, *arguments):
    try:
        return call(*arguments)
    except PortmanError as error:
        return f"{{error.code}}: {{error.message}}"
"""


def python(folder: Path, code: str, *, start: tuple[str, ...] = (), **variables: str) -> str:
    """Run code in a process of its own and return what it printed."""
    script = PREAMBLE.format(root=ROOT) + code
    done = subprocess.run(
        [*start, sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def as_nobody(folder: Path, code: str) -> str:
    """Run code as a user without any rights."""
    drop = f"import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
    reach(folder)
    return python(folder, drop + code)


def reach(folder: Path) -> None:
    """Let other users walk to a folder of this test run."""
    top = Path(tempfile.gettempdir()).resolve()
    for place in folder.resolve().parents:
        if top in place.parents:
            place.chmod(place.stat().st_mode | 0o011)


@needs_root
@pytest.mark.root
def test_a_full_disk_keeps_the_old_file(checkout: Path) -> None:
    """On a file system of 64 KB, which has no room for a second copy."""
    code = """
import os, subprocess
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "."], check=True)
os.chdir(os.getcwd())
old = b"x" * 40000
open(".env", "wb").write(old)
print(told(write_output, ".", Output(".env"), "A=1\\n"))
print(os.listdir("."), open(".env", "rb").read() == old)
open(".env", "wb").write(b"B=2\\n")
print(told(write_output, ".", Output(".env"), "A=1\\n"))
"""
    lines = python(checkout, code, start=("unshare", "-m")).splitlines()
    assert lines == [
        "output-unwritable: .env cannot be written: no space is left on the disk",
        "['.env'] True",
        "written",
    ]


@needs_root
@pytest.mark.root
def test_a_read_only_file_system(checkout: Path) -> None:
    """As in some containers."""
    code = """
import os, subprocess
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "."], check=True)
os.chdir(os.getcwd())
open(".env", "w").write("B=2\\n")
subprocess.run(["mount", "-o", "remount,ro", "."], check=True)
for path in (".env", "new.env", "web/.env"):
    print(told(write_output, ".", Output(path), "A=1\\n"))
"""
    for line in python(checkout, code, start=("unshare", "-m")).splitlines():
        assert line.startswith("output-unwritable: ")
        assert line.endswith("cannot be written: the file system is read-only")


@needs_root
def test_a_folder_one_may_not_write(checkout: Path) -> None:
    """As another user; a file in it that one may not read, likewise."""
    (checkout / "secret.env").write_bytes(b"A=1\n")
    (checkout / "secret.env").chmod(0o600)
    (checkout / "mine.env").write_bytes(b"A=1\n")
    (checkout / "mine.env").chmod(0o666)
    code = """
for path in (".env", "web/.env", "mine.env", "secret.env"):
    print(told(write_output, ".", Output(path), "A=1\\n"))
"""
    assert as_nobody(checkout, code).splitlines() == [
        "output-unwritable: .env cannot be written: permission denied",
        "output-unwritable: web/.env cannot be written: permission denied",
        "output-unwritable: mine.env cannot be written: permission denied",
        "output-unwritable: secret.env cannot be read: permission denied",
    ]
    assert sorted(os.listdir(checkout)) == ["mine.env", "secret.env"]


@needs_root
def test_a_folder_one_may_write_but_not_list(checkout: Path) -> None:
    """A drop box: leftovers cannot be swept there, and need not be."""
    os.chown(checkout, NOBODY, NOBODY)
    checkout.chmod(0o300)
    code = f"print(told(write_output, {str(checkout)!r}, Output('.env'), 'A=1\\n'))"
    assert as_nobody(checkout, code).strip() == "written"
    assert (checkout / ".env").read_bytes() == put_block(None, "A=1\n")


@needs_root
def test_a_read_only_file_stays(checkout: Path) -> None:
    """Renaming over it would work; whoever made it read-only meant it."""
    (checkout / ".env").write_bytes(b"A=1\n")
    (checkout / ".env").chmod(0o444)
    os.chown(checkout, NOBODY, NOBODY)
    os.chown(checkout / ".env", NOBODY, NOBODY)
    code = "print(told(write_output, '.', Output('.env'), 'A=1\\n'))"
    said = as_nobody(checkout, code).strip()
    assert said == "output-unwritable: .env cannot be written: permission denied"
    assert (checkout / ".env").read_bytes() == b"A=1\n"


@pytest.mark.parametrize(
    ("call", "number", "words"),
    [
        ("write", errno.ENOSPC, "no space is left on the disk"),
        ("write", errno.EDQUOT, "the disk quota is used up"),
        ("fsync", errno.EIO, "the disk reported an error"),
        ("fsync", errno.ENOSPC, "no space is left on the disk"),
        ("replace", errno.EROFS, "the file system is read-only"),
    ],
)
def test_each_step_may_fail(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, words: str
) -> None:
    """The old file stays whole, no temporary file stays, the cause is named."""
    (checkout / ".env").write_bytes(b"A=1\n")

    def fail(*arguments: object, **named: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic.os, call, fail)
    error = refused(checkout)
    assert error.code == "output-unwritable"
    assert error.message == f".env cannot be written: {words}"
    assert (checkout / ".env").read_bytes() == b"A=1\n"


def test_an_interrupt_leaves_no_temporary_file(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """^C in the middle."""

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_output(str(checkout), ENV, TEXT)
    assert os.listdir(checkout) == []


# ---- others at the same time


def test_a_change_in_between_is_seen(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves the file while we write: their text is kept."""
    file = checkout / ".env"
    file.write_bytes(b"A=1\n")
    real, meddled = atomic._write, []

    def meddle(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        if not meddled:
            meddled.append(file.write_bytes(b"A=1\nB=2\n"))

    monkeypatch.setattr(atomic, "_write", meddle)
    assert write_output(str(checkout), ENV, TEXT) == "written"
    assert file.read_bytes() == put_block(b"A=1\nB=2\n", TEXT)
    assert os.listdir(checkout) == [".env"]


@pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="no handles on folders here")
@pytest.mark.parametrize("deed", ["write", "give back", "remove"])
def test_a_folder_that_becomes_a_link_in_between_leads_nowhere(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    """After the look at the path, before the file is touched: what is outside stays as it is."""
    output, web, outside = Output("web/.env"), checkout / "web", tmp_path / "outside"
    web.mkdir()
    if deed != "remove":
        (web / ".env").write_bytes(b"A=1\n")
    if deed != "write":
        write_output(str(checkout), output, TEXT)
    shutil.copytree(web, outside)
    for file in web.iterdir():  # the very same file there, so that nothing else tells them apart
        (outside / file.name).unlink()
        os.link(file, outside / file.name)
    before = {file.name: file.read_bytes() for file in outside.iterdir()}
    real = output_file.read_output

    def meddle(*arguments: str) -> object:
        found = real(*arguments)
        if not web.is_symlink():
            web.rename(tmp_path / "away")
            web.symlink_to(outside)
        return found

    monkeypatch.setattr(output_file, "read_output", meddle)
    arguments = (TEXT,) if deed == "write" else ()
    act = write_output if deed == "write" else remove_output
    with pytest.raises(PortmanError, match="outside the checkout") as caught:
        act(str(checkout), output, *arguments)
    assert caught.value.code == "output-outside"
    assert {file.name: file.read_bytes() for file in outside.iterdir()} == before


def test_a_file_that_comes_or_goes_in_between_is_seen(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither overwritten nor brought back from the dead."""
    file, real = checkout / ".env", atomic._write
    meddling = [lambda: file.write_bytes(b"A=1\n"), file.unlink]

    def meddle(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        if meddling:
            meddling.pop(0)()

    monkeypatch.setattr(atomic, "_write", meddle)
    assert write_output(str(checkout), ENV, TEXT) == "written"
    assert file.read_bytes() == put_block(None, TEXT)


def test_endless_changes_end_in_an_error(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No endless loop against an endless writer."""
    real = atomic._write

    def meddle(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        with (checkout / ".env").open("ab") as file:
            file.write(b"B=2\n")

    monkeypatch.setattr(atomic, "_write", meddle)
    error = refused(checkout)
    assert error.code == "output-unwritable"
    assert error.message == ".env cannot be written: another program keeps changing it"
    assert error.hint == "wait for it to finish, then run portman up again"


def test_many_writers_agree(checkout: Path) -> None:
    """Eight at once, the same text: one whole file, nothing else."""
    (checkout / ".env").write_bytes(b"A=1\n")
    said: list[str] = []

    def write() -> None:
        said.append(write_output(str(checkout), ENV, TEXT))

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert set(said) <= {"written", "unchanged"}
    assert len(said) == 8
    assert (checkout / ".env").read_bytes() == put_block(b"A=1\n", TEXT)
    assert os.listdir(checkout) == [".env"]


def test_leftovers_of_killed_runs_are_swept(checkout: Path) -> None:
    """Old ones, and those whose process is gone; never a living writer's, nor other files."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = checkout / f".portman-.env-{gone.pid}-0a0a0a0a.tmp"
    alive = checkout / f".portman-.env-{os.getpid()}-0a0a0a0a.tmp"
    old = checkout / f".portman-a-b-{os.getpid()}-0b0b0b0b.tmp"
    names = [".portman-notes", "x.tmp", ".portman-x.tmp", f".portman-x-{gone.pid}-notes.tmp"]
    names += [f".portman--{gone.pid}-0a0a0a0a.tmp", f".portman-x-0{gone.pid}-0a0a0a0a.tmp"]
    others = [checkout / name for name in names]
    folder = checkout / ".portman-x-1-00000000.tmp"
    folder.mkdir()
    for file in (dead, alive, old, *others):
        file.write_bytes(b"")
    an_hour_ago = time.time() - 3600
    for file in (old, *others):
        os.utime(file, (an_hour_ago, an_hour_ago))
    write_output(str(checkout), ENV, TEXT)
    left = set(checkout.iterdir())
    assert left == {alive, *others, folder, checkout / ".env"}


@pytest.mark.skipif(os.name == "nt", reason="nothing is killed there")
@pytest.mark.parametrize("next_word", ["up", "down"])
def test_what_a_killed_down_leaves_goes_with_the_next_run(checkout: Path, next_word: str) -> None:
    """Even where nothing is to be written, and an answer of `up` was remembered."""
    (checkout / "ports.toml").write_text('[services]\nweb = "auto"\n')
    (checkout / ".env").write_text("MINE=1\n")
    fatal = "os.kill(os.getpid(), 9)"
    code = "import os, sys; from portman.outputs import atomic; from portman.__main__ import main\n"

    def portman(word: str, *, killed: bool = False) -> int:
        more = f"atomic._rename = lambda *a: {fatal}\n" if killed else ""
        return subprocess.run(
            [sys.executable, "-c", f"{code}{more}sys.exit(main())", word],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": ROOT},
            capture_output=True,
            check=False,
        ).returncode

    for _ in range(2):
        assert portman("up") == 0
        time.sleep(0.1)
    block = (checkout / ".env").read_bytes()
    assert portman("down", killed=True) == -signal.SIGKILL
    assert len(list(checkout.glob(".portman-*"))) == 1
    assert (checkout / ".env").read_bytes() == block
    assert portman(next_word) == 0
    assert list(checkout.glob(".portman-*")) == []
    assert (checkout / ".env").read_bytes() == (block if next_word == "up" else b"MINE=1\n")


def test_killed_at_any_moment_the_file_is_old_or_new(checkout: Path) -> None:
    """Kill -9, again and again, at moments chosen by chance."""
    foreign = b"SECRET=" + b"x" * 200_000
    file = checkout / ".env"
    file.write_bytes(foreign)
    file.chmod(0o600)
    whole = {foreign, *(put_block(foreign, f"WEB_PORT={port}\n") for port in (61000, 61001))}
    code = textwrap.dedent("""
        print("ready", flush=True)
        while True:
            for port in (61000, 61001):
                write_output(".", Output(".env"), f"WEB_PORT={port}\\n")
    """)
    chance = random.Random(9)
    for _ in range(25):
        writer = subprocess.Popen(
            [sys.executable, "-c", PREAMBLE.format(root=ROOT) + code],
            cwd=checkout,
            stdout=subprocess.PIPE,
        )
        try:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.05))
        finally:
            writer.send_signal(signal.SIGKILL)
            writer.communicate()
        assert file.read_bytes() in whole
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(os.listdir(checkout)) <= 2
    write_output(str(checkout), ENV, "WEB_PORT=61002\n")
    assert os.listdir(checkout) == [".env"]
    remove_output(str(checkout), ENV)
    assert file.read_bytes() == foreign
