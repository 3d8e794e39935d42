"""The judgements of `portman doctor` on facts given to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from portman.allocation.pool import Pool
from portman.diagnose import firewall
from portman.diagnose.doctor import containers as engines
from portman.diagnose.doctor import ledger, network, pool
from portman.diagnose.doctor import shell as commands
from portman.diagnose.doctor.context import named
from portman.diagnose.firewall import Filters, Frontend

if TYPE_CHECKING:
    from pathlib import Path


class TestPool:
    """The pool against the automatic range."""

    def test_a_pool_outside_the_automatic_range_is_fine(self) -> None:
        """What the kernel never hands out needs no reservation."""
        (found,) = pool.judge_pool(Pool(((61000, 65535),)), (32768, 60999), [], [61000, 3000])
        assert (found.status, "4,535 of 4,536 ports left" in found.reason) == ("ok", True)

    def test_a_pool_inside_it_is_a_warning_with_the_sysctl_line(self) -> None:
        """The line keeps what was reserved before, since setting it replaces the whole list."""
        (found,) = pool.judge_pool(Pool(((40000, 40099),)), (32768, 60999), [(8080, 8080)], [])
        assert found.status == "warn"
        assert "net.ipv4.ip_local_reserved_ports=8080,40000-40099" in found.fix

    def test_a_reserved_pool_inside_it_is_fine(self) -> None:
        """After that line the warning is gone."""
        (found,) = pool.judge_pool(Pool(((40000, 40099),)), (32768, 60999), [(40000, 40099)], [])
        assert (found.status, "reserved within" in found.reason) == ("ok", True)

    def test_a_pool_almost_used_up_is_told(self) -> None:
        """Before the day it is full."""
        (found,) = pool.judge_pool(Pool(((61000, 61099),)), (32768, 60999), [], range(61000, 61095))
        assert (found.status, found.reason.startswith("almost used up")) == ("warn", True)

    @pytest.mark.parametrize(
        ("bands", "joined"),
        [
            ([(5, 6), (1, 3), (4, 4)], [(1, 6)]),
            ([(1, 9), (2, 3)], [(1, 9)]),
            ([(1, 1), (3, 3)], [(1, 1), (3, 3)]),
            ([], []),
        ],
    )
    def test_ranges_are_joined(
        self, bands: list[tuple[int, int]], joined: list[tuple[int, int]]
    ) -> None:
        """The list for the kernel is as short as it can be."""
        assert joined == pool.merged(bands)


class TestProxies:
    """no_proxy in all its spellings."""

    @pytest.mark.parametrize(
        ("env", "status"),
        [
            ({}, "ok"),
            ({"no_proxy": "x"}, "ok"),
            ({"http_proxy": ""}, "ok"),
            ({"http_proxy": "http://p:3128"}, "warn"),
            ({"HTTPS_PROXY": "http://p:3128", "no_proxy": "localhost"}, "warn"),
            ({"http_proxy": "http://p", "no_proxy": "localhost,127.0.0.1,::1"}, "ok"),
            ({"http_proxy": "http://p", "NO_PROXY": "localhost 127.0.0.0/8 [::1]"}, "ok"),
            ({"http_proxy": "http://p", "no_proxy": "*"}, "ok"),
            ({"http_proxy": "http://p", "no_proxy": "*", "NO_PROXY": "corp"}, "warn"),
            ({"all_proxy": "socks5://p", "no_proxy": ".localhost,127.0.0.1,::1"}, "ok"),
            ({"http_proxy": "http://p", "no_proxy": "localhost.corp,127.0.0.1,::1"}, "warn"),
        ],
    )
    def test_localhost_must_be_exempt_in_every_spelling(
        self, env: dict[str, str], status: str
    ) -> None:
        """Tools differ in which variable they read."""
        assert status == network.judge_proxies(env).status

    def test_the_mend_keeps_what_was_exempt(self) -> None:
        """A company's own list is added to, not replaced."""
        fix = network.judge_proxies({"http_proxy": "http://p", "no_proxy": ".corp,localhost"}).fix
        assert 'no_proxy="$no_proxy,127.0.0.1,::1"' in fix
        assert ".corp" not in fix


class TestLocalhost:
    """What localhost is against who listens where."""

    @pytest.mark.parametrize(
        ("answers", "families", "status", "word"),
        [
            ([], {"ipv4"}, "fail", "does not resolve"),
            (["203.0.113.9"], {"ipv4"}, "fail", "another machine"),
            (["::1", "127.0.0.1"], {"ipv4"}, "warn", "is ::1 first"),
            (["127.0.0.1", "::1"], {"ipv6"}, "warn", "is 127.0.0.1 first"),
            (["127.0.0.1"], {"ipv6"}, "warn", "is 127.0.0.1 only"),
            (["::1", "127.0.0.1"], {"ipv4", "ipv6"}, "ok", "then 127.0.0.1"),
            (["127.0.0.1"], {"ipv4"}, "ok", "1 running"),
        ],
    )
    def test_a_server_in_the_other_family_is_told(
        self, answers: list[str], families: set[str], status: str, word: str
    ) -> None:
        """Clients that try one address only would be refused."""
        (found,) = network.judge(answers, [("web of ~/shop (3000)", frozenset(families))])
        assert (status, True) == (found.status, word in found.reason)


class TestCommands:
    """Which portman a shell starts."""

    def test_other_programs_of_the_name_are_recognised(self, tmp_path: Path) -> None:
        """An npm package, a Python program, and ours: nothing is started to find out."""
        ours = _script(tmp_path / "a", "#!/usr/bin/python3\nfrom portman.__main__ import main\n")
        package = tmp_path / "lib/node_modules/@apideck/portman/bin/run.js"
        other = _script(package.parent, "#!/usr/bin/env node\n", name="run.js")
        (tmp_path / "b").mkdir()
        (tmp_path / "b/portman").symlink_to(other)
        path = f"{tmp_path}/b:{tmp_path}/missing:{tmp_path}/a"
        found = commands.on_path(path)
        assert [(f"{tmp_path}/b/portman", False), (ours, True)] == found
        (finding,) = commands.judge(found)
        assert finding.status == "warn"
        assert f"put {tmp_path}/a first in PATH" in finding.fix
        assert "npm uninstall -g @apideck/portman" in finding.fix

    def test_ours_first_is_fine_even_so_the_other_is_told(self, tmp_path: Path) -> None:
        """The other one wins in a shell with another PATH."""
        ours = _script(tmp_path / "a", "#!/bin/sh\nexec python3 -m portman\n")
        other = _script(tmp_path / "b", "#!/usr/bin/python3\nfrom portman.cli import main\n")
        (finding,) = commands.judge(commands.on_path(f"{tmp_path}/a:{tmp_path}/b"))
        assert (ours in finding.reason, other in finding.reason) == (True, True)

    def test_alone_and_ours_is_ok(self, tmp_path: Path) -> None:
        """The usual case."""
        _script(tmp_path / "a", "#!/usr/bin/python3\nfrom portman.__main__ import main\n")
        (finding,) = commands.judge(commands.on_path(f"{tmp_path}/a:{tmp_path}/a"))
        assert finding.status == "ok"


class TestEngines:
    """Versions that matter."""

    @pytest.mark.parametrize(
        ("version", "status"),
        [("27.5.1", "warn"), ("28.0.0", "ok"), ("28.2.2-rc.1", "ok"), ("20.10.24+dfsg1", "warn")],
    )
    def test_engines_before_28_publish_loopback_to_the_segment(
        self, version: str, status: str
    ) -> None:
        """The Docker manual says so; a version may carry a tail."""
        assert status == engines.judge_engine(version).status

    @pytest.mark.parametrize(
        ("version", "status"),
        [
            ("2.24.3\n", "warn"),
            ("v2.24.4", "ok"),
            ("2.26.1-4\n", "ok"),
            ("1.29.2", "warn"),
            ("", "skipped"),
        ],
    )
    def test_compose_needs_the_override_tag(self, version: str, status: str) -> None:
        """Without it ports are added to, not replaced."""
        assert status == engines.judge_compose(version).status

    def test_no_server_and_no_right_differ(self) -> None:
        """The one is no trouble; the other hides containers from us."""
        assert engines.judge_engine("", "Cannot connect to the Docker daemon").status == "skipped"
        denied = engines.judge_engine("", "permission denied while trying to connect")
        assert (denied.status, "usermod -aG docker" in denied.fix) == ("warn", True)

    @pytest.mark.parametrize("text", ["", "{", "null", "[]", '{"Server": null}', '{"Server": {}}'])
    def test_a_client_without_an_engine_has_no_version(self, text: str) -> None:
        """Whatever `docker version` prints then."""
        assert engines.server_version(text) == ""

    def test_the_version_is_the_servers(self) -> None:
        """Not the client's."""
        text = json.dumps({"Client": {"Version": "1"}, "Server": {"Version": "28.2.2"}})
        assert engines.server_version(text) == "28.2.2"


class TestWsl:
    """Modes of WSL's network, from its documentation."""

    @pytest.mark.parametrize(
        ("settings", "mode", "forwarding"),
        [
            ("", "nat", True),
            ("[wsl2]\nnetworkingMode=mirrored\n", "mirrored", True),
            ("[experimental]\nnetworkingMode=mirrored\n", "nat", True),
            ("[WSL2]\nLocalhostForwarding = False # no\n", "nat", False),
        ],
    )
    def test_wslconfig_is_read_as_wsl_does(
        self, settings: str, mode: str, forwarding: bool
    ) -> None:
        """Section and key count, not their case."""
        assert (mode, forwarding) == (pool.configured_mode(settings), pool.forwards(settings))

    @pytest.mark.parametrize(
        ("mode", "forwarding", "status"),
        [
            ("nat", True, "ok"),
            ("nat", False, "warn"),
            ("mirrored", False, "ok"),
            ("none", True, "warn"),
            ("", True, "skipped"),
        ],
    )
    def test_modes_that_cut_windows_off_are_warned_of(
        self, mode: str, forwarding: bool, status: str
    ) -> None:
        """The others only explain."""
        assert status == pool.judge(mode, forwarding=forwarding).status


class TestFirewalls:
    """What the tools of three systems say."""

    def test_ufw_conf(self) -> None:
        """Quoted or not, commented or not."""
        assert firewall.ufw_enabled("# ENABLED=no\nENABLED=yes\nLOGLEVEL=low\n") is True
        assert firewall.ufw_enabled('ENABLED="no"\n') is False
        assert firewall.ufw_enabled("LOGLEVEL=low\n") is None

    @pytest.mark.parametrize(
        ("text", "state"),
        [
            ("Firewall is enabled. (State = 1)\n", True),
            ("Firewall is blocking all non-essential incoming connections. (State = 2)\n", True),
            ("Firewall is disabled. (State = 0)\n", False),
            ("", None),
        ],
    )
    def test_socketfilterfw(self, text: str, state: bool | None) -> None:
        """The three states it has."""
        assert firewall.parse_state(text) is state

    def test_pf(self) -> None:
        """Blocks on another interface do not concern loopback."""
        assert firewall.parse_pf_info("Status: Enabled for 0 days 00:00:04  Debug: Urgent\n")
        assert firewall.parse_pf_info("pfctl: /dev/pf: Permission denied\n") is None
        rules = (
            "pass out all\nblock drop in on en0 all\nblock drop in on lo0 proto tcp to port 3000\n"
        )
        assert firewall.blocking_rules(rules) == ["block drop in on lo0 proto tcp to port 3000"]

    def test_netsh_profiles(self) -> None:
        """One state for each profile."""
        text = (
            "\nDomain Profile Settings: \n----------------------------\n"
            "State                                 ON\n\n"
            "Public Profile Settings: \n----------------------------\n"
            "State                                 OFF\nOk.\n"
        )
        assert firewall.parse_profiles(text) == {"Domain": True, "Public": False}

    def test_netsh_rules(self) -> None:
        """Only rules that are on, block, and concern TCP."""
        text = "".join(
            f"\nRule Name:          {name}\n-----------\nEnabled:            {on}\n"
            f"Protocol:           {protocol}\nLocalPort:          {port}\n"
            f"Action:             {action}\n"
            for name, on, protocol, port, action in (
                ("No node", "Yes", "TCP", "3000", "Block"),
                ("Old", "No", "TCP", "3000", "Block"),
                ("Dns", "Yes", "UDP", "53", "Block"),
                ("Web", "Yes", "TCP", "80", "Allow"),
            )
        )
        assert firewall.parse_blocking(text) == ["No node (LocalPort 3000)"]

    def test_nothing_seen_is_not_ok(self) -> None:
        """Without root the rules are not seen, and that is said."""
        found = network.judge_firewall((), Filters(unseen=("nft needs root",)))
        assert (found.status, found.reason) == ("skipped", "not checked: nft needs root")
        found = network.judge_firewall(
            (Frontend("ufw", active=True),), Filters(unseen=("nft needs root",))
        )
        assert (found.status, found.reason) == ("ok", "ufw on; not checked: nft needs root")


def test_local_addresses() -> None:
    """All of 127/8 and ::1, and nothing that merely begins like it."""
    local = ["127.0.0.1", "127.0.0.53", "::1", "localhost", "::ffff:127.0.0.1"]
    wide = ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "fe80::1", "127.evil"]
    assert all(network.is_local(one) for one in local)
    assert not any(network.is_local(one) for one in wide)


def test_the_file_system_of_a_folder_is_that_of_its_nearest_mount() -> None:
    """Lines of proc_pid_mountinfo(5), a space in a path among them."""
    mounts = [
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
        "30 22 0:50 / /home/me/my\\040share rw - nfs4 server:/x rw",
        "31 22 0:51 / /home rw - btrfs /dev/sdb rw",
    ]
    assert ledger.file_system(mounts, "/home/me/my share/portman") == "nfs4"
    assert ledger.file_system(mounts, "/home/me") == "btrfs"
    assert ledger.file_system(mounts, "/homestead") == "ext4"


def test_long_lists_are_cut() -> None:
    """Four are named, the rest counted."""
    assert named(list("ab")) == "a, b"
    assert named(list("abcdef")) == "a, b, c, d and 2 more"


def _script(folder: Path, text: str, name: str = "portman") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_one_folder_with_two_sets_of_ports_is_found(tmp_path: Path) -> None:
    """As an earlier version recorded it; a link stands for the other spelling."""
    (tmp_path / "Shop").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "shop").symlink_to(tmp_path / "Shop")
    paths = [str(tmp_path / name) for name in ("Shop", "shop", "other", "gone")]
    (found,) = network._spelled_twice(paths)
    assert (found.check, found.status) == ("checkouts", "warn")
    assert f"portman -C {tmp_path / 'shop'} down" in found.fix
    assert network._spelled_twice(paths[1:]) == []
