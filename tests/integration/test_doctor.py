"""`portman doctor` on real rules, real servers and a real ledger, in namespaces of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes import Result  # type: ignore[import-not-found]

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import socket, sys, time
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
s.bind((sys.argv[1], int(sys.argv[2]))); s.listen()
print("up", flush=True)
time.sleep(60)
"""


def in_netns(tmp_path: Path, setup: str, *argv: str) -> dict[str, Any]:
    """Run shell lines, then `portman doctor --json`, in new network and mount namespaces."""
    script = tmp_path / "inside.sh"
    script.write_text(f"set -e\nip link set lo up\n{textwrap.dedent(setup)}\n")
    command = f'. "$0"; set +e; cd "{tmp_path}"; exec "$@"'
    done = subprocess.run(
        [
            *("unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc"),
            *("sh", "-c", command, str(script)),
            *(sys.executable, "-m", "portman", "doctor", "--json", *argv),
        ],
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if "unshare failed" in done.stderr:
        pytest.skip("this system gives no namespaces")
    assert done.stdout.strip(), done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["exit_code"] == done.returncode
    return found


def lines(found: dict[str, Any], check: str) -> list[dict[str, Any]]:
    """Return the findings of one check."""
    return [one for one in found["data"]["checks"] if one["check"] == check]


def fix(found: dict[str, Any]) -> str:
    """Return the hints of a finding: each command, or sentence, on a line."""
    return "\n".join(one["command"] or one["label"] for one in found["hints"])


def need(*tools: str) -> None:
    """Skip where a tool is not installed."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    for tool in tools:
        if shutil.which(tool, path=path) is None:
            pytest.skip(f"no {tool} here")


@pytest.mark.root
class TestLoopback:
    """A connection to our own listener, and the rule that stops it."""

    def test_without_rules_it_arrives(self, tmp_path: Path) -> None:
        """Both families are tried."""
        (found,) = lines(in_netns(tmp_path, ""), "loopback")
        assert found["status"] == "ok"
        assert "127.0.0.1 and ::1 arrive" in found["reason"]

    def test_an_nftables_rule_is_named_and_listed_by_its_fix(self, tmp_path: Path) -> None:
        """The rule drops the whole pool; the command that the page prints lists it."""
        need("nft")
        setup = """
        nft 'table inet corp { chain in { type filter hook input priority 0; policy accept;
             ct state established accept
             tcp dport 61000-65535 counter drop comment "no high ports"
        }; }'
        """
        report = in_netns(tmp_path, setup)
        (found,) = lines(report, "loopback")
        assert (report["exit_code"], found["status"]) == (1, "fail")
        assert 'dropped: `tcp dport 61000-65535 counter drop comment "no high' in found["reason"]
        assert "(nft inet table corp chain in) names the port" in found["reason"]
        assert "check-failed" in [error["code"] for error in report["errors"]]
        assert fix(found) == "sudo nft list chain inet corp in"
        said = tmp_path / "listed"
        mend = f"{fix(found).removeprefix('sudo ')} > {said}\n"
        mend += "nft insert rule inet corp in iif lo accept"  # docs/doctor.md, loopback
        (mended,) = lines(in_netns(tmp_path, setup + mend), "loopback")
        assert "tcp dport 61000-65535" in said.read_text()
        assert mended["status"] == "ok"

    def test_a_policy_is_named(self, tmp_path: Path) -> None:
        """Where no rule names the port or loopback, the policy of a chain is the suspect."""
        need("nft")
        setup = """
        nft 'table ip t { chain out { type filter hook output priority 0; policy drop; }; }'
        """
        (found,) = lines(in_netns(tmp_path, setup), "loopback")
        assert "policy drop of nft ip table t chain out" in found["reason"]
        assert fix(found) == "sudo nft list chain ip t out"

    def test_a_rule_that_no_search_finds_leads_to_the_list(self, tmp_path: Path) -> None:
        """It names a mark, not a port: the connection fails, and the rules are one command away."""
        need("nft")
        setup = """
        nft 'table ip6 t { chain in { type filter hook input priority 0;
             meta mark 0 tcp flags syn counter drop
        }; }'
        """
        (found,) = lines(in_netns(tmp_path, setup), "loopback")
        assert "[::1]:" in found["reason"]
        assert found["reason"].endswith("are dropped: no rule names the port or loopback")
        assert fix(found).endswith("sudo nft list ruleset")

    def test_an_answer_that_is_dropped_is_found_too(self, tmp_path: Path) -> None:
        """The question gets through, the answer does not."""
        need("nft")
        setup = """
        nft 'table ip t { chain out { type filter hook output priority 0;
             tcp sport 61000-65535 drop
        }; }'
        """
        (found,) = lines(in_netns(tmp_path, setup), "loopback")
        assert "`tcp sport 61000-65535 drop`" in found["reason"]

    def test_an_iptables_reject_is_named_and_listed_by_its_fix(self, tmp_path: Path) -> None:
        """A refusal is no timeout: it is known at once, and the rule stands in its own chain."""
        need("iptables", "iptables-save")
        setup = """
        iptables -N corp
        iptables -A INPUT -j corp
        iptables -A corp -p tcp --dport 61000:65535 -j REJECT --reject-with tcp-reset
        """
        (found,) = lines(in_netns(tmp_path, setup), "loopback")
        assert "refused" in found["reason"]
        assert "--dport 61000:65535 -j REJECT" in found["reason"]
        assert fix(found) == "sudo iptables -S corp"
        mend = "iptables -I INPUT -i lo -j ACCEPT"  # docs/doctor.md, loopback
        (mended,) = lines(in_netns(tmp_path, setup + mend), "loopback")
        assert mended["status"] == "ok"

    def test_a_redirect_is_told_as_somebody_else_answering(self, tmp_path: Path) -> None:
        """A connection that succeeds and reaches the wrong server."""
        need("iptables")
        setup = f"""
        iptables -t nat -A OUTPUT -o lo -p tcp --dport 61000:65535 -j REDIRECT --to-ports 9999
        cat > "{tmp_path}/server.py" <<'END'\n{SERVER}\nEND
        {PYTHON} "{tmp_path}/server.py" 127.0.0.1 9999 >"{tmp_path}/said" &
        for i in 1 2 3 4 5 6 7 8 9; do grep -q up "{tmp_path}/said" && break; sleep 0.3; done
        """
        script = "\n".join(line.removeprefix("        ") for line in setup.splitlines())
        (found,) = lines(in_netns(tmp_path, script), "loopback")
        assert "diverted" in found["reason"]
        assert "REDIRECT --to-ports 9999" in found["reason"]

    def test_ufw_that_lost_its_rule_for_lo(self, tmp_path: Path) -> None:
        """Real ufw on a copy of its settings; the rule is taken out as an admin would."""
        need("ufw", "iptables")
        setup = f"""
        cp -a /etc/ufw "{tmp_path}/ufw"; mount --bind "{tmp_path}/ufw" /etc/ufw
        cp /etc/default/ufw "{tmp_path}/default"; mount --bind "{tmp_path}/default" /etc/default/ufw
        sed -i 's/^IPT_SYSCTL=.*/IPT_SYSCTL=/' "{tmp_path}/default"
        mount -t tmpfs run /run
        ufw --force enable >/dev/null
        """
        report = in_netns(tmp_path, setup)
        assert lines(report, "loopback")[0]["status"] == "ok"
        assert "ufw on" in lines(report, "firewall")[0]["reason"]
        shutil.rmtree(tmp_path / "ufw")
        setup += "iptables -D ufw-before-input -i lo -j ACCEPT\n"
        setup += "ip6tables -D ufw6-before-input -i lo -j ACCEPT\n"
        found = lines(in_netns(tmp_path, setup), "loopback")
        assert len(found) == 2
        assert "policy drop of iptables table filter chain INPUT" in found[0]["reason"]
        assert [fix(one) for one in found] == [
            "sudo iptables -S INPUT",
            "sudo ip6tables -S INPUT",
        ]

    def test_firewalld_with_a_direct_rule(self, tmp_path: Path) -> None:
        """Real firewalld on a bus of its own."""
        need("firewalld", "firewall-cmd", "dbus-daemon")
        setup = f"""
        mount -t tmpfs run /run; mkdir -p /run/dbus
        cp -a /etc/firewalld "{tmp_path}/firewalld"
        mount --bind "{tmp_path}/firewalld" /etc/firewalld
        dbus-daemon --config-file=/usr/share/dbus-1/system.conf --nopidfile \\
            --address=unix:path=/run/dbus/system_bus_socket --fork
        firewalld --nofork --nopid >/dev/null 2>&1 &
        for i in $(seq 60); do
            firewall-cmd --state >/dev/null 2>&1 && break; sleep 0.5
        done
        """
        report = in_netns(tmp_path, setup)
        assert lines(report, "loopback")[0]["status"] == "ok"
        assert "firewalld on" in lines(report, "firewall")[0]["reason"]
        shutil.rmtree(tmp_path / "firewalld")
        setup += "firewall-cmd -q --direct --add-rule ipv4 filter INPUT 0 -p tcp "
        setup += "--dport 61000:65535 -j DROP\n"
        (found,) = lines(in_netns(tmp_path, setup), "loopback")
        assert "--dport 61000:65535 -j DROP" in found["reason"]

    def test_a_port_in_use_is_only_searched_for(
        self, tmp_path: Path, portman: Callable[..., Result]
    ) -> None:
        """No connection is made to a server that is not ours: a rule that names it is a warning."""
        need("nft")
        (tmp_path / "ports.toml").write_text("[services]\nweb = 3000\n")
        port = json.loads(portman("up", "--json", cwd=tmp_path).out)["data"]["services"][0]["port"]
        setup = f"""
        nft 'table ip t {{ chain in {{
             type filter hook input priority 0; tcp dport {port} drop; }}; }}'
        cat > "{tmp_path}/server.py" <<'END'\n{SERVER}\nEND
        {PYTHON} "{tmp_path}/server.py" 127.0.0.1 {port} >"{tmp_path}/said" &
        for i in 1 2 3 4 5 6 7 8 9; do grep -q up "{tmp_path}/said" && break; sleep 0.3; done
        """
        script = "\n".join(line.removeprefix("        ") for line in setup.splitlines())
        tried, untried = lines(in_netns(tmp_path, script), "loopback")
        assert (tried["status"], untried["status"]) == ("ok", "warn")
        assert f"web {port} not tried, a server runs: `tcp dport {port} drop`" in untried["reason"]
        assert fix(untried) == "sudo nft list chain ip t in"

    def test_a_machine_without_ipv6_is_fine(self, tmp_path: Path) -> None:
        """What it has arrives; that it has no ::1 is said."""
        setup = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.lo.disable_ipv6=1"
        (found,) = lines(in_netns(tmp_path, setup), "loopback")
        assert found["status"] == "ok"
        assert "has no ::1" in found["reason"]

    def test_localhost_that_is_v6_first_and_a_server_that_is_not(
        self, tmp_path: Path, portman: Callable[..., Result]
    ) -> None:
        """With a hosts file of its own, and a real server on a leased port."""
        (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
        port = portman("port", "web", cwd=tmp_path).out.strip()
        (tmp_path / "hosts").write_text("::1 localhost\n127.0.0.1 localhost\n")
        setup = f"""
        mount --bind "{tmp_path}/hosts" /etc/hosts
        cat > "{tmp_path}/server.py" <<'END'\n{SERVER}\nEND
        {PYTHON} "{tmp_path}/server.py" 127.0.0.1 {port} >"{tmp_path}/said" &
        for i in 1 2 3 4 5 6 7 8 9; do grep -q up "{tmp_path}/said" && break; sleep 0.3; done
        """
        script = "\n".join(line.removeprefix("        ") for line in setup.splitlines())
        (found,) = lines(in_netns(tmp_path, script), "localhost")
        assert found["status"] == "warn"
        assert "listens on IPv4 only, but localhost is ::1 first" in found["reason"]

    def test_localhost_that_is_nowhere_fails(self, tmp_path: Path) -> None:
        """Or somewhere else."""
        (tmp_path / "hosts").write_text("203.0.113.9 localhost\n")
        setup = f'mount --bind "{tmp_path}/hosts" /etc/hosts'
        (found,) = lines(in_netns(tmp_path, setup), "localhost")
        assert found["status"] == "fail"
        assert "203.0.113.9" in found["reason"]


def test_tools_that_are_missing_or_hang_hold_nobody_up(
    tmp_path: Path, portman: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A docker that never answers becomes a line; the page does not wait for it to end."""
    docker = tmp_path / "bin/docker"
    docker.parent.mkdir()
    docker.write_text("#!/bin/sh\nsleep 300\n")
    docker.chmod(0o755)
    path = f"{docker.parent}:{os.environ['PATH']}"
    begun = time.monotonic()
    report = json.loads(portman("doctor", "--json", cwd=tmp_path, env={"PATH": path}).out)
    assert time.monotonic() - begun < 60  # the script alone takes 300 s
    (found,) = lines(report, "docker")
    assert (found["status"], "no answer within" in found["reason"]) == ("skipped", True)

    from portman.base import run_tool as system_tool
    from portman.diagnose import firewall

    monkeypatch.setattr(system_tool, "ADMIN_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    unseen = firewall.read_filters().unseen
    assert unseen == ("no iptables-save here", "no ip6tables-save here", "no nft here")


def test_a_check_that_breaks_or_never_ends_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are shown all the same, and the exit is not held up."""
    from threading import Event

    from portman.commands import doctor
    from portman.diagnose.doctor import pool
    from portman.diagnose.doctor.context import DoctorContext

    def broken(around: object) -> list[object]:
        raise ValueError("oh")

    def endless(around: object) -> list[object]:
        Event().wait(60)
        return []

    checks = (("proxies", broken), ("wsl", endless), ("pool", pool.pool))
    monkeypatch.setattr(doctor, "CHECKS", checks)
    found = doctor.run_checks(DoctorContext("."), patience=3.0)
    assert [one.status for one in found] == ["fail", "skipped", "ok"]
    assert "ValueError: oh" in found[0].reason


@pytest.mark.root
def test_a_user_without_root_is_told_what_was_not_seen(tmp_path: Path) -> None:
    """The failed connection is a fact all the same."""
    need("nft", "setpriv")
    tmp_path.chmod(0o755)
    state = tmp_path / "state"
    state.mkdir()
    os.chown(state, 65534, 65534)
    drop = "tcp dport 61000-65535 drop"
    rule = f"table ip t {{ chain in {{ type filter hook input priority 0; {drop}; }}; }}"
    done = subprocess.run(
        [
            *(
                "unshare",
                "--net",
                "sh",
                "-c",
                f"ip link set lo up; nft '{rule}'; exec \"$@\"",
                "sh",
            ),
            *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
            *(sys.executable, "-m", "portman", "-C", "/", "doctor", "--json"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PORTMAN_HOME": str(state / "portman"),
            "HOME": str(state),
        },
    )
    if "Permission denied" in done.stderr and not done.stdout:
        pytest.skip("another user cannot read this Python or this checkout")
    (found,) = lines(json.loads(done.stdout), "loopback")
    assert "127.0.0.1" in found["reason"]
    assert "nft needs root" in found["reason"]
    assert "sudo nft list ruleset" in fix(found)


class TestHere:
    """Checks that need no namespace: the ledger, the manifest, the servers."""

    @pytest.fixture
    def doctor(self, portman: Callable[..., Result]) -> Callable[[Path | str], dict[str, Any]]:
        """Run it and return the envelope."""

        def run(folder: Path | str, **env: str) -> dict[str, Any]:
            found: dict[str, Any] = json.loads(portman("doctor", "--json", cwd=folder, env=env).out)
            return found

        return run

    @pytest.mark.parametrize(
        "words",
        [
            ("up",),
            ("check",),
            ("port", "web"),
            ("env",),
            ("init",),
            ("down",),
            ("run", "--", "true"),
        ],
    )
    def test_a_deleted_folder_is_no_bug(self, tmp_path: Path, words: tuple[str, ...]) -> None:
        """A shell that stands in a folder somebody removed."""
        script = f'mkdir "{tmp_path}/x"; cd "{tmp_path}/x"; rmdir "{tmp_path}/x"; exec "$@"'
        done = subprocess.run(
            ["sh", "-c", script, "sh", sys.executable, "-m", "portman", *words],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert (done.returncode, done.stdout) == (4, "")
        assert "has been deleted" in done.stderr

    def test_doctor_goes_on_in_a_deleted_folder(self, tmp_path: Path) -> None:
        """Only the manifest is not checked."""
        script = f'mkdir "{tmp_path}/x"; cd "{tmp_path}/x"; rmdir "{tmp_path}/x"; exec "$@"'
        done = subprocess.run(
            ["sh", "-c", script, "sh", sys.executable, "-m", "portman", "doctor", "--json"],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        (found,) = lines(json.loads(done.stdout), "manifest")
        assert found["status"] == "skipped"
        assert "has been deleted" in found["reason"]

    def test_a_wrong_instance_is_a_wrong_command_line(self, portman: Callable[..., Result]) -> None:
        """As for every other command: exit 2."""
        assert portman("doctor", "--instance", "a b").code == 2

    def test_it_works_outside_a_project(self, doctor: Any, tmp_path: Path) -> None:
        """The manifest is not checked, everything else is."""
        report = doctor(tmp_path)
        assert [(one["status"], fix(one)) for one in lines(report, "manifest")] == [
            ("skipped", "portman adopt\nportman init")
        ]
        assert {"ok"} == {one["status"] for one in lines(report, "pool")}
        counts = report["data"]["counts"]
        assert sum(counts.values()) == len(report["data"]["checks"])

    def test_usual_ports_in_the_automatic_range_and_refused_ones(
        self, doctor: Any, tmp_path: Path
    ) -> None:
        """Each with what to do about it."""
        (tmp_path / "ports.toml").write_text("[services]\nweb = 40000\nx11 = 6000\n")
        reasons = [one["reason"] for one in lines(doctor(tmp_path), "manifest")]
        assert any("web 40000" in one and "automatic range" in one for one in reasons)
        assert any("x11 6000" in one and "browsers refuse" in one for one in reasons)

    def test_a_broken_manifest_fails_with_its_line(self, doctor: Any, tmp_path: Path) -> None:
        """And the other checks go on."""
        (tmp_path / "ports.toml").write_text("[services]\nweb = 99999\n")
        report = doctor(tmp_path)
        (found,) = lines(report, "manifest")
        assert (report["exit_code"], found["status"]) == (1, "fail")
        assert "ports.toml:2" in found["reason"]
        assert lines(report, "ledger")

    def test_vanished_checkouts_and_what_mends_them(
        self, doctor: Any, portman: Callable[..., Result], tmp_path: Path
    ) -> None:
        """After `portman gc` the warning is gone."""
        (tmp_path / "old").mkdir()
        (tmp_path / "old/ports.toml").write_text("[services]\nweb = 3000\n")
        portman("up", cwd=tmp_path / "old")
        shutil.rmtree(tmp_path / "old")
        (found,) = lines(doctor(tmp_path), "checkouts")
        assert (found["status"], fix(found)) == ("warn", "portman gc")
        portman("gc", cwd=tmp_path)
        (found,) = lines(doctor(tmp_path), "checkouts")
        assert found["status"] == "ok"

    def test_a_server_whose_folder_was_deleted(
        self, doctor: Any, started: Callable[..., subprocess.Popen[str]], tmp_path: Path
    ) -> None:
        """It still answers, from code that is no longer there."""
        folder = tmp_path / "gone"
        folder.mkdir()
        port, server = serve(started, folder, "127.0.0.1", 0)
        folder.rmdir()
        found = [one for one in lines(doctor(tmp_path), "servers") if one["status"] == "warn"]
        assert any(f"(pid {server.pid})" in one["reason"] for one in found)
        assert f":{port}" in " ".join(fix(one) for one in found if "portman free" in fix(one))

    def test_a_service_on_all_interfaces_that_should_be_local(
        self,
        doctor: Any,
        portman: Callable[..., Result],
        started: Callable[..., subprocess.Popen[str]],
        tmp_path: Path,
    ) -> None:
        """And not a word if the manifest says that it is meant."""
        manifest = tmp_path / "ports.toml"
        manifest.write_text('[services]\nweb = "auto"\n')
        port = int(portman("port", "web", cwd=tmp_path).out)
        serve(started, tmp_path, "0.0.0.0", port)
        (found,) = lines(doctor(tmp_path), "exposure")
        assert found["status"] == "warn"
        assert (
            f"listens on all interfaces, port {port}; ports.toml has 127.0.0.1" in found["reason"]
        )
        manifest.write_text('[services]\nweb = { port = "auto", host = "0.0.0.0" }\n')
        (found,) = lines(doctor(tmp_path), "exposure")
        assert found["status"] == "ok"

    def test_an_open_ledger_and_a_second_one(
        self, doctor: Any, portman: Callable[..., Result], own_state: Path, tmp_path: Path
    ) -> None:
        """Rights that are too wide, and a ledger in the place without PORTMAN_HOME."""
        (tmp_path / "ports.toml").write_text("[services]\nweb = 3000\n")
        portman("up", cwd=tmp_path)
        own_state.chmod(0o755)
        home = Path(os.environ["HOME"]) / ".local/state/portman"
        home.mkdir(parents=True)
        shutil.copy(own_state / "ledger.db", home)
        found = lines(doctor(tmp_path), "ledger")
        assert f"chmod 700 {own_state}" in [fix(one) for one in found]
        assert any(f"a second ledger in {home}" in one["reason"] for one in found)

    def test_a_damaged_ledger_fails(
        self, doctor: Any, portman: Callable[..., Result], own_state: Path, tmp_path: Path
    ) -> None:
        """It is told as a finding, with what mends it; the page goes on."""
        own_state.mkdir(parents=True)
        (own_state / "ledger.db").write_bytes(b"no database at all" * 100)
        report = doctor(tmp_path)
        found = lines(report, "ledger")
        assert (report["exit_code"], found[0]["status"]) == (1, "fail")
        assert fix(found[0])
        assert lines(report, "loopback")

    def test_a_proxy_without_exemption(self, doctor: Any, tmp_path: Path) -> None:
        """It is the environment of the caller that counts."""
        found = lines(doctor(tmp_path, http_proxy="http://proxy:3128", no_proxy=""), "proxies")
        assert found[0]["status"] == "warn"

    def test_quiet_leaves_out_what_is_in_order(
        self, portman: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Only trouble and the count are left."""
        out = portman("doctor", "-q", cwd=tmp_path).out
        assert not [line for line in out.splitlines() if line.startswith("ok ")]
        assert "ok" in out.splitlines()[-1]

    def test_the_page_is_on_stdout_alone(
        self, portman: Callable[..., Result], tmp_path: Path
    ) -> None:
        """A failure is told once, beside its mend, not again on stderr."""
        (tmp_path / "ports.toml").write_text("[services\n")
        done = portman("doctor", cwd=tmp_path)
        assert (done.code, done.err) == (1, "")
        assert "FAIL  manifest" in done.out

    def test_the_trial_leaves_nothing_on_the_port(
        self, doctor: Any, portman: Callable[..., Result], tmp_path: Path
    ) -> None:
        """No TIME_WAIT: a service can be started on its port right after."""
        (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
        portman("up", cwd=tmp_path)
        doctor(tmp_path)
        verdict = json.loads(portman("check", "--json", cwd=tmp_path).out)["data"]["services"][0]
        assert verdict["verdict"] == "idle"


def serve(
    started: Callable[..., subprocess.Popen[str]], folder: Path, address: str, port: int
) -> tuple[int, subprocess.Popen[str]]:
    """Start a listener in `folder`; return its port and process."""
    if not port:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    server = started(
        sys.executable, "-c", SERVER, address, str(port), cwd=folder, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdout.readline() == "up\n"
    return port, server
