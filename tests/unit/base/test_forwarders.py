"""Who has a port for another: names and titles as recorded, and what is behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portman.base.forwarders import asks_engine, forwarder, forwarder_of
from portman.base.holder import Holder, RunRecord
from portman.base.values import ContainerFacts
from portman.checkout.evidence import is_ours
from portman.containers.model import Binding, Container, behind

if TYPE_CHECKING:
    from pathlib import Path

#: Titles of OpenSSH masters: Colima (two generations), Lima, Rancher Desktop, and a user's own.
MASTERS = {
    "ssh: /Users/me/.lima/colima-fresh/ssh.sock [mux]": "Colima",
    "ssh: /Users/me/.colima/_lima/colima/ssh.sock [mux]": "Colima",
    "ssh: /Users/me/.lima/default/ssh.sock [mux]": "Lima",
    "ssh: /Volumes/vm/lima-home/docker/ssh.sock [mux]": "Lima",
    "ssh: /Users/me/Library/Application Support/rancher-desktop/lima/0/ssh.sock [mux]": "Rancher",
    "ssh: /Users/me/.ssh/cm-host-22-me [mux]": "",
}
#: Programs for whose sockets an engine is asked.
ASKED = (
    *("com.docker.proxy", "com.docker.backend", "com.docker.backe", "com.docker.backend.exe"),
    *("com.docker.vpnkit", "vpnkit.exe", "vpnkit-bridge", "docker-proxy", "OrbStack Helper"),
    *("OrbStack", "colima", "limactl", "limactl.ventura", "host-switch.exe", "gvproxy"),
    *("gvproxy.exe", "win-sshproxy.exe", "wslrelay.exe", "wslhost.exe", "wslrelay"),
    *("rootlessport", "rootlessport-child", "rootlessport-ch", "conmon", "rootlesskit", "pasta"),
    *("kube-proxy", "passt", "vfkit", "krunkit", "qemu-system-aarch64", "container-runtime-linux"),
    *("container-runti", "slirp4netns", "containerd-shim-runc-v2"),
)
#: Programs of which no engine knows, and those that are nobody's forwarder.
UNASKED = ("svchost.exe", "ControlCenter", "sshd: me", "tailscaled", "systemd", "Cursor", "adb")
PLAIN = (
    "node",
    "python3",
    "ssh",
    "postgres",
    "exe",
    "dockerfile-server",
    "pm2-runtime",
    "System32",
)


@pytest.mark.parametrize("name", ASKED)
def test_an_engine_is_asked(name: str) -> None:
    assert asks_engine(Holder(pid=9, name=name))


@pytest.mark.parametrize("name", UNASKED)
def test_no_engine_knows(name: str) -> None:
    assert forwarder(name) is not None
    assert not asks_engine(Holder(pid=9, name=name))


@pytest.mark.parametrize("name", PLAIN)
def test_a_program_of_its_own(name: str) -> None:
    assert forwarder(name) is None


@pytest.mark.parametrize("title", MASTERS)
@pytest.mark.parametrize("read", [True, False])
def test_a_shared_connection_is_of_the_machine_it_leads_to(title: str, *, read: bool) -> None:
    """A Mac gives a rewritten title as one argument, as several words, or only as the command."""
    words = tuple(title.split(" ")) if read else ()
    holder = Holder(pid=53130, name="ssh", command=title, argv=words, port=5432, protocol="tcp",
                    address="127.0.0.1", cwd="/")  # fmt: skip
    found = forwarder_of(holder)
    assert found is not None
    assert found.text.startswith(MASTERS[title] or "a shared SSH connection")
    assert asks_engine(holder) == bool(MASTERS[title])
    facts = ContainerFacts(name="shop-db-1", folder="/Users/me/shop", state="running")
    database = Container(facts, (Binding("tcp", 5432, "0.0.0.0"),))
    assert behind(holder, [database]) == (facts if MASTERS[title] else None)


@pytest.mark.parametrize(
    "name",
    ["limactl", "gvproxy", "com.docker.backend", "OrbStack Helper", "ssh", "wslrelay.exe",
     "host-switch.exe", "vpnkit", "Code Helper (Plugin)", "Code - Insiders Helper (Plugin)"],
)  # fmt: skip
@pytest.mark.parametrize("known", ["cwd", "environment", "run"])
def test_where_a_shared_forwarder_was_started_shows_nothing(
    name: str, known: str, tmp_path: Path
) -> None:
    """`colima start` typed in a checkout does not make every port of that machine its own."""
    (tmp_path / "ports.toml").touch()
    seen = tmp_path.stat()
    title = "ssh: /Users/me/.colima/_lima/colima/ssh.sock [mux]"
    holder = Holder(pid=5, name=name, command=title, cwd=str(tmp_path))
    holder = {
        "cwd": holder._replace(folders=((seen.st_dev, seen.st_ino),)),
        "environment": holder._replace(claims_checkout=str(tmp_path)),
        "run": holder._replace(run=RunRecord(str(tmp_path))),
    }[known]
    assert not is_ours(holder, str(tmp_path))
    assert is_ours(holder._replace(name="node", command="node x.js"), str(tmp_path))


@pytest.mark.parametrize(("name", "ours"), [("rootlessport", (False, True)), ("pm2", (True, True))])
def test_a_helper_of_one_container_is_known_by_its_start(
    name: str, ours: tuple[bool, bool], tmp_path: Path
) -> None:
    """`portman run -- podman run` where Podman's engine does not answer; PM2 runs our workers."""
    (tmp_path / "ports.toml").touch()
    path = str(tmp_path)
    holder = Holder(pid=5, name=name, cwd=path)
    seen = (is_ours(holder, path), is_ours(holder._replace(claims_checkout=path), path))
    assert seen == ours
