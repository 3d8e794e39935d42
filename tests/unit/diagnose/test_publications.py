"""Which published ports walk around which firewall."""

from __future__ import annotations

import pytest

from portman.base.values import ContainerFacts
from portman.containers.endpoint import EngineEndpoint
from portman.containers.model import Binding, Container
from portman.diagnose.doctor.containers import guarded_by, is_rootless, is_strict, judge
from portman.diagnose.firewall import Chain, Filters, Frontend

OPEN = Container(
    ContainerFacts("web-1", project="shop", folder="/srv/shop"),
    (Binding("tcp", 8080, "0.0.0.0"), Binding("tcp", 8080, "::")),
)
CLOSED = Container(ContainerFacts("db-1"), (Binding("tcp", 5432, "127.0.0.1"),))
UDP = Container(ContainerFacts("dns-1"), (Binding("udp", 5353, ""),))


def test_each_open_port_is_told_once_with_its_project() -> None:
    """An engine lists both families; one warning is enough."""
    (found,) = judge((OPEN, CLOSED), "ufw", rootless=False)
    assert found.status == "warn"
    assert "container web-1 of shop (/srv/shop) publishes 8080" in found.reason
    assert "past ufw" in found.reason


def test_udp_is_named_and_kept_in_the_mend() -> None:
    """A mend without /udp would publish something else."""
    (found,) = judge((UDP,), "firewalld", rootless=False)
    assert "publishes 5353/udp" in found.reason
    assert '"127.0.0.1:5353:TARGET/udp"' in found.fix


@pytest.mark.parametrize(
    ("containers", "guard", "rootless", "word"),
    [
        ((CLOSED,), "ufw", False, "none published"),
        ((), "ufw", False, "0 containers running"),
        ((OPEN,), "", False, "no firewall is on"),
        ((OPEN,), "ufw", True, "rootless"),
    ],
)
def test_what_passes_no_firewall_is_no_warning(
    containers: tuple[Container, ...], guard: str, rootless: bool, word: str
) -> None:
    """Nothing open, nothing to walk around, or an engine that the input chain filters."""
    (found,) = judge(containers, guard, rootless=rootless)
    assert (found.status, word in found.reason) == ("ok", True)


def test_the_firewall_relied_on_is_a_front_end_or_a_policy() -> None:
    """Front ends first; else an input chain that drops what nothing accepts."""
    off, on = Frontend("ufw", active=False), Frontend("firewalld", active=True)
    drop = Chain("nft", "inet", "t", "in", "input", policy="drop")
    assert guarded_by((off, on), Filters()) == "firewalld"
    assert guarded_by((off,), Filters((drop,))) == "nft (policy drop of in)"
    assert guarded_by((off,), Filters((drop._replace(hook="forward"),))) == ""
    assert guarded_by((off,), Filters((drop._replace(policy="accept"),))) == ""


def test_strict_firewalld_refuses_published_ports_itself() -> None:
    """firewalld.conf(5), since 2.3."""
    assert is_strict("# StrictForwardPorts=no\nStrictForwardPorts=yes\n")
    assert not is_strict("# StrictForwardPorts=yes\n")
    assert not is_strict("")


def test_a_rootless_engine_is_known_by_its_socket() -> None:
    """It lies in the user's run-time folder."""
    assert is_rootless(EngineEndpoint("unix:///run/user/1000/docker.sock"))
    assert not is_rootless(EngineEndpoint("unix:///var/run/docker.sock"))
