"""What an engine's answers mean: who, which ports, whose socket."""

from __future__ import annotations

import pytest

from portman.base.forwarders import asks_engine
from portman.base.holder import Holder
from portman.base.values import ContainerFacts
from portman.containers.endpoint import EngineEndpoint
from portman.containers.model import (
    Binding,
    Container,
    Leftover,
    Resource,
    behind,
    claims_by_key,
    container_id,
    container_stop,
    facts_of,
    fixed_bindings,
    label,
    leftovers,
    listed_bindings,
    needs_inspection,
    read_label,
)
from portman.holders.messages import who

ID = "ab" * 32


def test_facts_hold_no_more_than_is_needed() -> None:
    """Names, image, state, and the labels of Compose and of ours; nothing of the environment."""
    row = {
        "Id": ID,
        "Names": ["/shop-db-1"],
        "Image": "postgres:16",
        "State": "running",
        "Labels": {
            "com.docker.compose.project": "shop",
            "com.docker.compose.service": "db",
            "com.docker.compose.project.working_dir": "/w/shop",
            "portman.checkout": "/w/my%20shop#ci",
            "SECRET": "x",
        },
        "Env": ["SECRET=x"],
    }
    assert facts_of(row) == ContainerFacts(
        "shop-db-1", ID, "postgres:16", "running", "shop", "/w/shop", "db", "/w/my shop#ci", None
    )


@pytest.mark.parametrize("row", [{}, {"Names": None, "Labels": None, "Ports": None}, {"Id": 5}])
def test_odd_rows_are_no_error(row: dict[str, object]) -> None:
    """An engine that says less, or something else, is read as far as it goes."""
    assert facts_of(row).name == ""
    assert listed_bindings(row) == ()
    assert fixed_bindings(row) == ()


def test_bindings_of_what_runs() -> None:
    """Private ports, and other protocols, are none."""
    row = {
        "Ports": [
            {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
            {"IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
            {"PrivatePort": 81, "Type": "tcp"},
            {"PrivatePort": 82, "PublicPort": 8082, "Type": "sctp"},
            {"PrivatePort": 53, "PublicPort": 5353, "Type": "udp"},
        ]
    }
    assert listed_bindings(row) == (
        Binding("tcp", 8080, "0.0.0.0"),
        Binding("tcp", 8080, "::"),
        Binding("udp", 5353),
    )


def test_fixed_bindings_of_what_does_not_run() -> None:
    """One number is fixed; none, zero, and a range to pick from are not."""
    hosts = [
        {"HostIp": "", "HostPort": "8080"},
        {"HostIp": "", "HostPort": ""},
        {"HostIp": "", "HostPort": "0"},
        {"HostIp": "", "HostPort": "8000-8010"},
    ]
    details = {"HostConfig": {"PortBindings": {"80/tcp": hosts, "53/udp": None}}}
    assert fixed_bindings(details) == (Binding("tcp", 8080),)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"State": "running"}, False),
        ({"State": "created"}, True),
        ({"State": "exited"}, True),
        ({"State": "dead"}, True),
        ({"State": "restarting"}, True),
        ({"State": "exited", "HostConfig": {"NetworkMode": "host"}}, False),
        ({"State": "exited", "HostConfig": {"NetworkMode": "container:x"}}, False),
        ({"State": "exited", "Ports": [{"PublicPort": 1, "Type": "tcp"}]}, False),
    ],
)
def test_only_what_is_open_is_inspected(row: dict[str, object], *, expected: bool) -> None:
    """One inspection for each container that matters, and no more."""
    assert needs_inspection(row) is expected


def container(name: str, *bindings: Binding, **facts: str) -> Container:
    """Return a container."""
    return Container(ContainerFacts(name, **facts), bindings)


def test_behind_a_forwarder_is_the_container_of_that_address() -> None:
    """Of two containers on one port the one of the same address; of others none."""
    two = (
        container("a", Binding("tcp", 80, "127.0.0.2")),
        container("b", Binding("tcp", 80, "127.0.0.1")),
        container("c", Binding("udp", 80, "127.0.0.1")),
    )
    proxy = Holder(pid=5, name="docker-proxy", port=80, address="127.0.0.1")
    assert behind(proxy, two) == two[1].facts
    assert behind(proxy._replace(protocol="udp"), two) == two[2].facts
    assert behind(proxy._replace(port=81), two) is None
    assert behind(proxy._replace(name="node"), two) is None
    assert behind(Holder(port=80, address="0.0.0.0"), two) is None
    assert behind(proxy._replace(address="127.0.0.3"), two) is None
    everywhere = container("d", Binding("tcp", 80, "0.0.0.0"))
    assert behind(proxy, (*two[:1], everywhere)) == everywhere.facts


@pytest.mark.parametrize(
    "unit",
    [f"docker-{ID}.scope", f"/docker/{ID}", f"libpod-{ID}.scope", f"/machine/libpod-{ID}"],
)
def test_a_control_group_names_a_container(unit: str) -> None:
    """`--network host`: the process is the container's though no port is published."""
    assert container_id(unit) == ID
    inner = container("host", id=ID)
    assert behind(Holder(pid=5, name="nginx", unit=unit, port=80), (inner,)) == inner.facts


def test_units_without_a_container() -> None:
    """Other units, and other hexadecimal words."""
    assert container_id("nginx.service") == ""
    assert container_id("user@1000.service/app.slice/abc.scope") == ""


def test_forwarders_and_hidden_processes_ask_the_engine() -> None:
    """A process we see and know not to be a forwarder does not."""
    assert asks_engine(Holder(pid=None))
    assert asks_engine(Holder(pid=5, name="rootlessport"))
    assert asks_engine(Holder(pid=5, name="OrbStack Helper"))
    assert asks_engine(Holder(pid=5, name="wslrelay.exe"))
    assert not asks_engine(Holder(pid=5, name="python3"))
    assert not asks_engine(Holder(pid=5, name="systemd"))


def test_claims_are_by_protocol_and_port() -> None:
    """The first container of a port is the one that is told."""
    found = claims_by_key(
        [container("a", Binding("tcp", 80)), container("b", Binding("tcp", 80, "::1"))]
    )
    assert {key: claim.container.name for key, claim in found.items()} == {("tcp", 80): "a"}


@pytest.mark.parametrize("text", ["/plain/path", "/with space/%41*?[x]", "/é/ü", "/tab\there#ci"])
def test_labels_are_one_word_and_come_back(text: str) -> None:
    """No white space, nothing that a shell expands; and the same text after reading."""
    word = label(text)
    assert not set(word) & set(" \t*?[$&;")
    assert read_label(word) == text


def test_what_is_left_is_of_projects_that_are_gone() -> None:
    """By folder, by label, by the ledger's names; a project with a living container is alive."""
    gone = {"/w/a", "/w/b"}.__contains__
    containers = (
        container("a-db-1", project="a", folder="/w/a"),
        container("cache", checkout="/w/b#ci"),
        container("mixed-1", project="mixed", folder="/w/a"),
        container("mixed-2", project="mixed", folder="/w/here"),
        container("plain"),
    )
    resources = (
        Resource("network", "a_default", "a"),
        Resource("volume", "a_data", "a"),
        Resource("volume", "mixed_data", "mixed"),
        Resource("volume", "known_data", "known"),
        Resource("volume", "other", ""),
    )
    owners = {("project", "known"): "/w/b", ("project", "here"): "/w/here"}
    found = {
        one.project + one.folder: one for one in leftovers(containers, resources, owners, gone)
    }
    assert found == {
        "/w/b": Leftover("", "/w/b", ("cache",)),
        "a/w/a": Leftover("a", "/w/a", ("a-db-1",), ("a_default",), ("a_data",)),
        "known/w/b": Leftover("known", "/w/b", volumes=("known_data",)),
        "/w/a": Leftover("", "/w/a", ("mixed-1",)),
    }
    assert found["/w/b"].commands == ("docker rm -f cache",)
    assert found["a/w/a"].commands == ("docker compose -p a down", "docker volume rm a_data")
    assert found["known/w/b"].commands == ("docker volume rm known_data",)


@pytest.mark.parametrize(
    ("label", "value", "kind"),
    [
        ("com.supabase.cli.project", "shop", "Supabase project"),
        ("io.x-k8s.kind.cluster", "dev", "kind cluster"),
        ("com.ddev.site-name", "shop", "ddev site"),
        ("devcontainer.local_folder", "/w/shop", "dev container of"),
        ("org.testcontainers.sessionId", "ab-1", "Testcontainers session"),
    ],
)
def test_a_tool_knows_its_containers_by_a_label(label: str, value: str, kind: str) -> None:
    """And so does portman, for its messages and its hints."""
    facts = facts_of({"Id": ID, "Names": ["/x"], "Labels": {label: value}})
    assert facts.tool == (kind, value)
    assert f"{kind} {value}" in who(Holder(container=facts))
    stops = {"Supabase project": "supabase stop --project-id shop", "ddev site": "ddev stop shop"}
    assert container_stop(facts) == stops.get(kind, "docker stop x")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("tcp://u:secret@127.0.0.1:2375", "tcp://u@127.0.0.1:2375"),
        ("tcp://:secret@host:1", "tcp://host:1"),
        ("ssh://me@host", "ssh://me@host"),
        ("unix:///var/run/docker.sock", "unix:///var/run/docker.sock"),
        ("", ""),
    ],
)
def test_no_password_of_an_engine_is_shown(url: str, shown: str) -> None:
    """DOCKER_HOST may have one."""
    assert EngineEndpoint(url).shown == shown
