"""Names that a file fixes, and variables that mean the port inside."""

from __future__ import annotations

import pytest

from portman.compose.isolation import (
    Rules,
    isolate,
    overlap,
    pinned,
    pinned_lines,
)
from portman.compose.model import (
    Bind,
    ComposeProject,
    Merged,
    NamedResource,
    Traits,
    UrlText,
)
from portman.compose.override import RESET
from portman.compose.problems import ports_in

BRIDGE = "com.docker.network.bridge.name"


def rules(first: bool = False, share: tuple[str, ...] = (), taken: str = "") -> Rules:
    """Return the rules of a checkout of the project `acme`; others have the name `taken`."""
    return Rules(
        first,
        True,
        frozenset(share),
        "abc123",
        "acme" if first else "acme-fix-abc123",
        "acme",
        lambda kind, name, external: "/other" if name == taken else "",
        lambda project, env: (
            lambda name: (
                project if name == "COMPOSE_PROJECT_NAME" else name.lower() if env else None
            )
        ),
        "/work/acme-fix",
        not first or bool(taken),
    )


def project(*resources: NamedResource, mode: str = "", **traits: object) -> ComposeProject:
    """Return a project with one service."""
    service = Merged((), mode, traits=Traits(**traits))  # type: ignore[arg-type]
    return ComposeProject({"db": service}, resources=resources)


def test_the_first_checkout_keeps_every_name_and_records_it() -> None:
    """Nothing is added for it."""
    found = isolate(
        project(
            NamedResource("volume", "data", "pgdata"),
            NamedResource("network", "net", "", subnets=("172.31.0.0/24",)),
            container_name="db",
            image="own:1",
            build=True,
            binds=(Bind("/srv/pg", "/var/lib/postgresql/data"),),
        ),
        rules(first=True),
    )
    assert (found.services, found.resources, found.own, found.shared) == ({}, {}, (), ())
    assert set(found.names) == {
        ("volume", "pgdata"),
        ("subnet", "172.31.0.0/24"),
        ("container", "db"),
        ("image", "own:1"),
        ("folder", "/srv/pg"),
    }


@pytest.mark.parametrize(
    ("made", "service", "resources"),
    [
        (project(NamedResource("volume", "data", "pgdata")), {},
         {"volumes": {"data": {"name": "pgdata-abc123"}}}),
        (project(NamedResource("volume", "data", "", external=True)), {},
         {"volumes": {"data": {"name": "data-abc123", "external": False}}}),
        (project(NamedResource("volume", "data", "${COMPOSE_PROJECT_NAME}_pg")), {}, {}),
        (project(NamedResource("network", "n", "", subnets=("10.9.0.0/24",)),
                 networks=(("n", "10.9.0.5"),)),
         {"networks": {"n": {"ipv4_address": RESET}}}, {"networks": {"n": {"ipam": RESET}}}),
        (project(NamedResource("network", "n", "", subnets=("10.9.0.0/24", "fd00:9::/64")),
                 networks=(("n", "10.9.0.5", "fd00:9::5"),)),
         {"networks": {"n": {"ipv4_address": RESET, "ipv6_address": RESET}}},
         {"networks": {"n": {"ipam": {"config": [{"subnet": "fdab:c123:0:a3d2::/64"}]}}}}),
        (project(NamedResource("network", "n", bridge="br-acme-long")), {},
         {"networks": {"n": {"driver_opts": {BRIDGE: "br-acme--abc123"}}}}),
        (project(NamedResource("volume", "d", device="/srv/pg")), {},
         {"volumes": {"d": {"driver_opts": RESET}}}),
        (project(NamedResource("volume", "d", device="/work/acme-fix/pg")), {}, {}),
        (project(binds=(Bind("/work/acme-fix/data", "/var/lib/mysql"),)), {}, {}),
        (project(container_name="one", external_links=("one:db", "far"),
                 volumes_from=("db", "container:one:ro"), pid="container:one", networks=(("n",),)),
         {"container_name": "one-abc123", "networks": {"n": {"aliases": ["one"]}},
          "pid": "container:one-abc123", "external_links": ["one-abc123:db", "far:far"],
          "volumes_from": ["db", "container:one-abc123:ro"]}, {}),
        (project(container_name="one"),
         {"container_name": "one-abc123", "networks": {"default": {"aliases": ["one"]}}}, {}),
        (project(image="reg:5000/own", build=True), {"image": "reg:5000/own:latest-abc123"}, {}),
        (project(image="postgres:16"), {}, {}),
        (project(binds=(Bind("/srv/pg", "/var/lib/postgresql/data"),)),
         {"volumes": ["portman-srv-pg:/var/lib/postgresql/data"]},
         {"volumes": {"portman-srv-pg": {}}}),
        (project(binds=(Bind("/var/run/docker.sock", "/var/run/docker.sock"),)), {}, {}),
        (project(binds=(Bind("/home/me/.ssh", "/data"),)), {}, {}),
        (project(binds=(Bind("/srv/pg", "/data", read_only=True),)), {}, {}),
    ],
)  # fmt: skip
def test_a_further_checkout_has_its_own(
    made: ComposeProject, service: dict[str, object], resources: dict[str, object]
) -> None:
    """A name with the project in it is its own already."""
    found = isolate(made, rules())
    assert found.services.get("db", {}) == service
    assert found.resources == resources


def test_what_was_moved_once_stays_when_the_other_is_gone() -> None:
    """Its data is under the name that it got."""
    made = project(NamedResource("volume", "data", "pgdata"))
    again = rules(first=True)._replace(has=lambda kind, name: name == "pgdata-abc123")
    assert isolate(made, again).resources == {"volumes": {"data": {"name": "pgdata-abc123"}}}


def test_what_is_shared_on_purpose_stays() -> None:
    """By its name or its key in the file."""
    made = project(NamedResource("volume", "data", "pgdata"))
    for word in ("volume:data", "volume:pgdata"):
        assert isolate(made, rules(share=(word,))).resources == {}


def test_a_clone_gets_its_own_where_another_has_the_name() -> None:
    """Two primary checkouts: the ledger says who was first."""
    made = project(NamedResource("volume", "data", "pgdata"))
    found = isolate(made, rules(first=True, taken="pgdata"))
    assert found.resources == {"volumes": {"data": {"name": "pgdata-abc123"}}}


@pytest.mark.parametrize(
    ("made", "key", "said"),
    [
        (project(mode="host"), "host:db", "db uses the host's network, and its ports"),
        (project(mode="container:vpn"), "container:vpn", "db uses the container vpn"),
        (project(ipc="container:${X:-vpn}"), "container:vpn", "db uses the container vpn"),
        (project(external_links=("redis:c",)), "container:redis", "db uses the container redis"),
        (project(volumes_from=("container:d:ro",)), "container:d", "db uses the container d"),
        (project(binds=(Bind("/srv/up", "/uploads"),)), "folder:/srv/up", "db writes to /srv/up"),
        (project(proxy="Traefik"), "proxy:db", "Traefik finds db by the same host names"),
        (project(NamedResource("network", "n", parent="eth0")), "network:n",
         "network n is on the host's interface eth0"),
    ],
)  # fmt: skip
def test_what_can_only_be_named_is_named(made: ComposeProject, key: str, said: str) -> None:
    """In a further checkout, unless ports.toml says that it is meant."""
    ((found, words),) = isolate(made, rules()).shared
    assert (found, words[: len(said)]) == (key, said)
    assert isolate(made, rules(share=(key,))).shared == ()
    assert isolate(made, rules(first=True)).shared == ()


PORTS = {"DB_PORT": ("5432", "61000")}


@pytest.mark.parametrize(
    ("environment", "by_file", "frozen", "expected"),
    [
        ((), True, (), {"DB_PORT": "5432"}),
        ((), False, (), {}),
        ((("DB_PORT", None),), False, (), {"DB_PORT": "5432"}),
        ((("DB_PORT", "1"),), True, (), {}),
        ((("DB_HOST", "db"), ("DB_PORT", "${DB_PORT:-5432}")), False, (), {"DB_PORT": "5432"}),
        ((("DB_HOST", "elsewhere"), ("DB_PORT", "${DB_PORT}")), False, (), {}),
        ((("URL", "postgres://u:${PASSWORD}@db:${DB_PORT}/x"),), False, (),
         {"URL": "postgres://u:${PASSWORD}@db:5432/x"}),
        ((("URL", "http://localhost:${DB_PORT}"),), False, (), {}),
        ((("LISTEN", "0.0.0.0:$DB_PORT"),), False, ("DB_PORT",), {"LISTEN": "0.0.0.0:5432"}),
    ],
)  # fmt: skip
def test_the_port_inside_is_kept_in_containers(
    environment: tuple[tuple[str, str | None], ...],
    by_file: bool,
    frozen: tuple[str, ...],
    expected: dict[str, str],
) -> None:
    """No other variable's value is written down."""
    files = ("/w/.env",) if by_file else ()
    service = Merged(traits=Traits(environment=environment, env_files=files))
    outputs, known = frozenset({"/w/.env"}), frozenset({"db", "app"})
    assert pinned(service, PORTS, outputs, known, frozenset(frozen)) == expected
    same = {"DB_PORT": ("5432", "5432")}
    assert pinned(service, same, outputs, known, frozenset(frozen)) == {}


@pytest.mark.parametrize(
    ("line", "frozen", "expected"),
    [
        (("command", "scalar", "wait db:${DB_PORT:-5432} -- run"), (),
         {"command": "wait db:5432 -- run"}),
        (("command", "sequence", "wait", "db:$DB_PORT", "$$X"), (),
         {"command": ["wait", "db:5432", "$$X"]}),
        (("command", "scalar", "serve $DB_PORT"), (), {}),
        (("entrypoint", "scalar", "serve $DB_PORT"), ("DB_PORT",), {"entrypoint": "serve 5432"}),
        (("healthcheck", "sequence", "CMD", "curl", "localhost:$DB_PORT"), ("DB_PORT",),
         {"healthcheck": {"test": ["CMD", "curl", "localhost:5432"]}}),
    ],
)  # fmt: skip
def test_the_port_inside_is_kept_in_what_a_container_runs(
    line: tuple[str, ...], frozen: tuple[str, ...], expected: dict[str, object]
) -> None:
    """A list stays a list; a variable that no service's port inside is meant by stays too."""
    service = Merged(traits=Traits(lines=(line,)))
    known = frozenset({"db", "app"})
    assert pinned_lines(service, PORTS, known, frozenset(frozen), str) == expected


@pytest.mark.parametrize(
    ("name", "text", "inside", "expected"),
    [
        ("DASHBOARD_URL", "http://localhost:9000/", (), ["9000"]),
        ("URLS", "http://localhost:9000,http://127.0.0.1:9001", (), ["9000", "9001"]),
        ("A", "${A:-http://host.docker.internal:9000}", (), ["9000"]),
        ("A", "http://localhost:${SET}", (), ["61000"]),
        ("HEALTH", "http://localhost:8000/up", ("8000",), []),
        ("NEXTAUTH_URL", "http://localhost:8000", ("8000",), ["8000"]),
        ("A", "http://api:8000 ${B:?}", (), []),
    ],
)
def test_addresses_of_this_machine_in_texts(
    name: str, text: str, inside: tuple[str, ...], expected: list[str]
) -> None:
    """A port of the container itself is meant as such, unless the name speaks of others."""
    found = ports_in(UrlText(name, text), frozenset(inside), {"SET": "61000"}.get)
    assert found == expected


@pytest.mark.parametrize(
    ("hosts", "told"),
    [
        (("db:10.5.0.5", "110.5.0.50"), "10.5.0.5"),
        (("10.5.0.1", "8.8.8.8", "10.6.0.5", "10.5.0.5.example"), "10.5.0.1"),
        (("sh -c 'wait 10.5.0.5 && wait 10.5.0.9'",), "10.5.0.5, 10.5.0.9"),
    ],
)
def test_what_else_is_fixed_gets_another_name_or_is_named(
    hosts: tuple[str, ...], told: str
) -> None:
    """More tags of an image, a database in a single file, an address that another is told."""
    made = project(
        NamedResource("network", "net", subnets=("10.5.0.0/16",)),
        image="shop:1",
        build=True,
        tags=("shop:latest", "reg/shop:${COMPOSE_PROJECT_NAME}"),
        binds=(Bind("/srv/app.db", "/app.db"), Bind("/srv/my.conf", "/etc/my.conf")),
        hosts=hosts,
        networks=(("net", "10.5.0.5"),),
    )
    found = isolate(made, rules())
    tags = ["shop:latest-abc123", "reg/shop:${COMPOSE_PROJECT_NAME}"]
    assert found.services["db"]["build"] == {"tags": tags}
    assert dict(found.shared) == {"folder:/srv/app.db": "db writes to /srv/app.db"}
    said = "network net without the addresses 10.5.0.0/16"
    assert dict(found.own)["subnet:net"] == f"{said}: db is given {told}, which leads nowhere here"


def test_addresses_with_variables_are_those_that_they_come_to() -> None:
    """So the range is compared and shown, and a service that is given one of it is named."""
    made = project(
        NamedResource("network", "net", subnets=("${NET:-10.5}.0.0/16",)),
        hosts=("10.5.0.1",),
        networks=(("net", "${NET:-10.5}.0.7"),),
    )
    found = isolate(made, rules())
    assert found.services["db"]["networks"] == {"net": {"ipv4_address": RESET}}
    assert ("subnet", "10.5.0.0/16-abc123") in found.names
    assert "db is given 10.5.0.1" in dict(found.own)["subnet:net"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.5.0.0/16", "10.5.7.0/24", True),
        ("10.5.7.1", "10.5.7.0/24", True),
        ("10.5.0.0/16", "10.6.0.0/16", False),
        ("10.5.0.0/16", "fd00::/64", False),
        ("${X}", "${X}", True),
        ("${X}", "10.6.0.0/16", False),
    ],
)
def test_ranges_that_no_engine_has_both(one: str, other: str, same: bool) -> None:
    """Two texts may have addresses in common."""
    assert overlap(one, (other,)) is same


def test_a_network_with_a_name_and_a_bridge_has_both_said() -> None:
    """One line for the network: neither takes the other's place."""
    found = isolate(project(NamedResource("network", "n", "shop-net", bridge="br-shop")), rules())
    said = "network shop-net-abc123, not shop-net, on the bridge br-shop-abc123, not br-shop"
    assert dict(found.own) == {"network:n": said}


def test_names_of_an_included_file_follow_its_own_variables() -> None:
    """Compose reads them from the .env beside it; the override sees the values, not the texts."""
    service = Merged(
        traits=Traits(container_name="${CN}", volumes_from=("${WEB}:ro", "container:${CN}")),
        env=("/work/part/.env",),
    )
    volume = NamedResource("volume", "d", "${CN}-data", env=("/work/part/.env",))
    found = isolate(ComposeProject({"web": service}, resources=(volume,)), rules())
    assert found.resources["volumes"]["d"] == {"name": "cn-data-abc123"}
    assert found.services["web"]["container_name"] == "cn-abc123"
    assert found.services["web"]["volumes_from"] == ["web:ro", "container:cn-abc123"]
