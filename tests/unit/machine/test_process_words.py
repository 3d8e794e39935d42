"""Command lines, cgroups and git settings: small texts of other programs, read rightly."""

from __future__ import annotations

import pytest

from portman.checkout import git as git_config
from portman.machine.processes import cgroups
from portman.machine.processes.model import readable, visible


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], ""),
        (["node", "server.js"], "node server.js"),
        (["python", "-c", "print(1)", ""], "python -c 'print(1)' ''"),
        (["nginx: master process nginx", "", ""], "nginx: master process nginx"),
        (["/opt/my app/x"], "/opt/my app/x"),
        (["a", "b\nc"], "a 'b\\nc'"),
        (["a", "\x1b]0;t\x07\u202egnp"], "a '\\x1b]0;t\\x07\\u202egnp'"),
        (["a", "\udcff\U000e0001é日"], "a '\\udcff\\U000e0001é日'"),
    ],
)
def test_readable_command(argv: list[str], expected: str) -> None:
    """Quoted as in a shell, titles as they are, nothing that a terminal obeys."""
    assert readable(argv) == expected


def test_visible_leaves_plain_text_alone() -> None:
    """Printable text is returned as it is."""
    assert visible("Zoë's 日本語") == "Zoë's 日本語"
    assert visible("a\tb\r") == "a\\tb\\r"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["0::/system.slice/ssh.service\n"], "/system.slice/ssh.service"),
        (["1:name=systemd:/a.service\n", "0::/\n"], "/a.service"),
        (["4:memory:/x\n", "1:name=systemd:/\n", "0::/\n"], None),
        (["0::/with:colon.scope\n"], "/with:colon.scope"),
        ([], None),
    ],
)
def test_cgroup_of_a_process(lines: list[str], expected: str | None) -> None:
    """The unified hierarchy first, then systemd's; the root says nothing."""
    assert cgroups.parse(lines) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (None, None),
        ("/", None),
        ("/system.slice/ssh.service", "ssh.service"),
        ("/system.slice/docker-abc123.scope", "docker-abc123.scope"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope", "app-x.scope"),
        ("/user.slice/user-1000.slice/user@1000.service/init.scope/inner", "init.scope"),
        ("/docker/abc123", "/docker/abc123"),
        ("/../x.service", "x.service"),
    ],
)
def test_unit_of_a_cgroup(path: str | None, expected: str | None) -> None:
    """The innermost unit, or the cgroup itself where systemd has no hand in it."""
    assert cgroups.unit(path) == expected


def test_mount_point() -> None:
    """The unified hierarchy is found among the mounts, whatever its path."""
    lines = [
        "25 1 0:23 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n",
        "26 25 0:24 / /mnt/c\\040g\\0111 rw,nosuid shared:9 - cgroup2 none rw\n",
    ]
    assert cgroups.mount_point(lines) == "/mnt/c g\t1"
    assert cgroups.mount_point(lines[:1]) is None


CONFIG = """\
; comment
[core]
\trepositoryformatversion = 0
\tBare = TRUE   # why not
[remote "origin"]
\tbare = false
[Extensions] worktreeConfig = "true"
[core] worktree = ../../work
[alias]
\tst
"""


def test_git_settings() -> None:
    """Sections without subsections, either case, comments and quotes; a bare key is true."""
    settings = git_config.parse(CONFIG)
    assert settings["core.bare"] == "TRUE"
    assert settings["core.worktree"] == "../../work"
    assert git_config.is_true(settings["core.bare"])
    assert git_config.is_true(settings["extensions.worktreeconfig"])
    assert git_config.is_true(settings["alias.st"])
    assert not git_config.is_true(settings.get("core.nothing"))
    assert git_config.parse("[core\nbare") == {"core.bare": ""}
    assert git_config.parse("") == {}
