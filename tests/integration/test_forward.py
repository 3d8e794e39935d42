"""`portman forward` with Debian's sshd and ssh: another host is another network namespace.

Real OpenSSH, as what is promised is that its keys, its options and its tunnel do the work. sshd
talks through a pipe (ProxyCommand, `sshd -i`): the two networks need no way to each other.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.integration import needs
from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Result

    Portman = Callable[..., Result]

pytestmark = pytest.mark.root


class Host(NamedTuple):
    """The other host: a checkout there, how its portman starts, what runs things there."""

    folder: Path
    program: str
    inside: list[str]

    def run(self, *argv: str) -> None:
        subprocess.run([*self.inside, *argv], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture
def host(
    tmp_path: Path, apart: list[str], started: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Host:
    """Return a host called `devbox` on which a project's `web` runs on its leased port."""
    sshd, ssh = needs.program("sshd", "/usr/sbin/sshd"), needs.program("ssh")
    os.makedirs("/run/sshd", exist_ok=True)  # where sshd gives up its rights
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name)], check=True
        )
    (keys / "authorized").write_bytes((keys / "user.pub").read_bytes())
    (keys / "sshd_config").write_text(
        f"HostKey {keys}/host\nAuthorizedKeysFile {keys}/authorized\nStrictModes no\n"
        "PasswordAuthentication no\nPermitRootLogin yes\nUsePAM no\n"
    )
    inside = shlex.join([*apart, sshd, "-i", "-f", str(keys / "sshd_config")])
    (keys / "ssh_config").write_text(
        f"Host devbox\n  ProxyCommand {inside}\n  IdentityFile {keys}/user\n  User root\n"
        f"  StrictHostKeyChecking no\n  UserKnownHostsFile {keys}/known\n  LogLevel ERROR\n"
    )
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "ssh").write_text(f'#!/bin/sh\nexec {ssh} -F {keys}/ssh_config "$@"\n')
    (programs / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    folder = tmp_path / "there" / "shop"
    folder.mkdir(parents=True)
    (folder / "ports.toml").write_text('[services]\nweb = "auto"\napi = "auto"\n')
    words = ["env", f"PORTMAN_HOME={tmp_path}/there/state", f"PYTHONPATH={ROOT}"]
    argv = [*words, sys.executable, "-m", "portman"]
    there = Host(folder, shlex.join(argv), [*apart, *argv])
    there.run("up", "-q")
    done = subprocess.run(
        [*there.inside, "port", "web"], cwd=folder, capture_output=True, text=True, check=True
    )
    (folder / "index.html").write_text("there")
    server = [sys.executable, "-m", "http.server", done.stdout.strip(), "--bind", "127.0.0.1"]
    started(*apart, *server, cwd=folder, stderr=subprocess.DEVNULL)
    return there


def page(port: int) -> str:
    until = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_a_page_of_the_other_host_is_on_the_same_number_here(
    host: Host, portman: Portman, started: Callable[..., Any], tmp_path: Path
) -> None:
    done = portman("forward", "devbox", "--portman", host.program, "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    data = json.loads(done.out)["data"]
    assert {one["service"] for one in data["forwards"]} == {"web", "api"}
    assert all(one["local"] == one["remote"] for one in data["forwards"])
    process = started(
        *(sys.executable, "-m", "portman", "forward", "devbox", "web", "--run"),
        *("--portman", host.program),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    web = next(one["local"] for one in data["forwards"] if one["service"] == "web")
    assert page(web) == "there"
    listed = json.loads(portman("list", "--json", cwd=tmp_path).out)["data"]["checkouts"]
    (mine,) = [one for one in listed if one["project"] == "shop on devbox"]
    verdicts = {one["name"]: one["verdict"] for one in mine["services"]}
    assert verdicts == {"web": "running", "api": "idle"}
    again = portman("forward", "devbox", "--run", "--portman", host.program, cwd=tmp_path)
    assert again.code == 1
    assert f"pid {process.pid} forwards these ports already" in again.err
    process.terminate()


def test_a_block_of_ssh_config_forwards_the_same(
    host: Host, portman: Portman, started: Callable[..., Any], tmp_path: Path
) -> None:
    """The new name has the key, the user and the way of the old one."""
    argv = ("forward", "devbox", "web", "--portman", host.program)
    data = json.loads(portman(*argv, "--json", cwd=tmp_path).out)["data"]
    done = portman(*argv, "--format", "ssh-config", cwd=tmp_path)
    assert done.code == 0, done.err
    with (tmp_path / "keys" / "ssh_config").open("a") as file:
        file.write(done.out)
    started("ssh", "-N", "devbox-shop", cwd=tmp_path, env=dict(os.environ))
    assert page(data["forwards"][0]["local"]) == "there"


def test_another_number_where_the_same_is_taken_and_a_link_leads_there(
    host: Host, portman: Portman, started: Callable[..., Any], tmp_path: Path
) -> None:
    first = json.loads(
        portman("forward", "devbox", "--portman", host.program, "--json", cwd=tmp_path).out
    )["data"]
    portman("down", "--at", first["checkout"], cwd=tmp_path)
    taken = next(one["remote"] for one in first["forwards"] if one["service"] == "web")
    started(
        *(sys.executable, "-m", "http.server", str(taken), "--bind", "127.0.0.1"),
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    page(taken)
    data = json.loads(
        portman("forward", "devbox", "--portman", host.program, "--json", cwd=tmp_path).out
    )["data"]
    web = next(one for one in data["forwards"] if one["service"] == "web")
    assert (web["remote"], web["local"] != taken) == (taken, True)
    assert f"127.0.0.1:{web['local']}:localhost:{taken}" in data["argv"]
    here = tmp_path / "here"
    here.mkdir()
    (here / "ports.toml").write_text(
        f'[services]\nown = "auto"\n[links]\nshop = "ssh://devbox{host.folder}"\n'
        '[env]\nSHOP_URL = "{shop.web.url}"\n'
    )
    done = portman("env", cwd=here)
    assert f"SHOP_URL=http://localhost:{web['local']}\n" in done.out, done.err


def test_a_link_to_an_instance_on_the_other_host_leads_there(
    host: Host, portman: Portman, tmp_path: Path
) -> None:
    host.run("--instance", "ci", "up", "-q")
    host.run("down", "-q")
    asked = portman("forward", "devbox", "--portman", host.program, "--json", cwd=tmp_path)
    web = next(
        one["local"] for one in json.loads(asked.out)["data"]["forwards"] if one["service"] == "web"
    )
    (tmp_path / "ports.toml").write_text(
        f'[services]\nown = "auto"\n[links.shop]\npath = "ssh://devbox{host.folder}"\n'
        'instance = "ci"\n[env]\nSHOP_URL = "{shop.web.url}"\n'
    )
    done = portman("env", cwd=tmp_path)
    assert f"SHOP_URL=http://localhost:{web}\n" in done.out, done.err


def test_a_link_to_a_host_that_was_not_asked_says_what_to_type(
    portman: Portman, tmp_path: Path
) -> None:
    (tmp_path / "ports.toml").write_text(
        '[services]\nown = "auto"\n[links]\nshop = "ssh://devbox/srv/shop"\n'
        '[env]\nSHOP_URL = "{shop.web.url}"\n'
    )
    done = portman("env", cwd=tmp_path)
    assert done.code != 0
    assert "portman forward devbox" in done.err


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["-oProxyCommand=touch x"], 2, ""),
        (["devbox", "--portman", "no-such-program"], 5, "has no `no-such-program`"),
        (["devbox", "--portman", "echo"], 5, "something else than a list of checkouts"),
        (["nobody.invalid"], 5, "ssh nobody.invalid ended with exit code 255"),
        (["nobody.invalid"], 5, "ssh nobody.invalid true"),
        (["devbox", "wbe"], 1, "has no service 'wbe'"),
        (["devbox", "--checkout", "/srv/other"], 2, "has no checkout '/srv/other'"),
    ],
)
def test_what_goes_wrong_is_named(
    host: Host, portman: Portman, tmp_path: Path, argv: list[str], code: int, said: str
) -> None:
    if "--portman" not in argv:
        argv = [*argv, "--portman", host.program]
    done = portman("forward", *argv, cwd=tmp_path)
    assert (done.code, done.out) == (code, ""), done.err
    assert said in done.err
    assert not (tmp_path / "x").exists()
