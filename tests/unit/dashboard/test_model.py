"""What the page says of a snapshot: order, what is in the way, what changed. Tables, no process."""

from __future__ import annotations

from typing import Any

import pytest

from portman.commands.watch import Row, WatchSnapshot
from portman.dashboard.model import CheckoutFacts, PageView, build, changed, machines, version
from portman.dashboard.number_line import WIDTH, draw, position


def row(service: str = "web", checkout: str = "/w/shop", port: int = 3000, **more: Any) -> Row:
    values = {"state": "idle", "url": f"http://localhost:{port}", **more}
    return Row(
        values.pop("project", "shop"),
        checkout,
        "",
        service,
        "local",
        port,
        (port,),
        ("tcp",),
        **values,
    )


def page(*rows: Row, lan: str = "", facts: Any = None) -> PageView:
    return build(WatchSnapshot(0.0, rows), rows, facts or {}, "/w", lan)


def test_a_project_is_services_by_checkouts_with_the_first_checkout_first() -> None:
    facts = {("/w/shop-z", ""): CheckoutFacts("main", primary=True)}
    found = page(row(), row("api", port=8000), row(checkout="/w/shop-z", port=1), facts=facts)
    (shop,) = found.projects
    assert [one.path for one in shop.columns] == ["/w/shop-z", "/w/shop"]
    assert [one.service for one in shop.rows] == ["web", "api"]
    assert [[cell and cell.port for cell in one.cells] for one in shop.rows] == [
        [1, 3000],
        [None, 8000],
    ]


def test_projects_with_something_in_the_way_come_first() -> None:
    found = page(
        row(project="a"), row(project="b", state="running"), row(project="c", state="taken")
    )
    assert [one.name for one in found.projects] == ["c", "b", "a"]


def test_commands_about_an_instance_name_it() -> None:
    """Without it they would move or judge the ports of the checkout beside it."""
    one = row(state="taken", misplaced="node listens on 3001")._replace(instance="ci")
    taken, misplaced = page(one).attention
    assert taken.commands[1] == "portman -C ~/shop --instance ci up --reassign web"
    assert misplaced.commands == ("portman -C ~/shop --instance ci check",)


@pytest.mark.parametrize(
    ("one", "state", "text", "command"),
    [
        (row(state="taken", holder="node (pid 8)"), "taken",
            "web of ~/shop: port 3000 is taken by node (pid 8)", "portman who 3000"),
        (row(state="claimed"), "claimed",
            "web of ~/shop: port 3000 is reserved by a stopped container", "portman explain 3000"),
        (row(gone=True), "gone", "~/shop: the folder is gone; 1 lease is left", "portman gc"),
        (row(misplaced="node listens on 3001"), "misplaced",
            "web of ~/shop: node listens on 3001, its port is 3000", "portman -C ~/shop check"),
        (row(checkout="/w/my shop", misplaced="node listens on 3001"), "misplaced",
            "web of ~/my shop: node listens on 3001, its port is 3000",
            "portman -C '/w/my shop' check"),
    ],
)  # fmt: skip
def test_what_is_in_the_way_is_said_with_a_first_command_that_ends_nothing(
    one: Row, state: str, text: str, command: str
) -> None:
    (found,) = page(one).attention
    assert (found.state, found.text, found.commands[0]) == (state, text, command)


def test_what_is_in_the_way_is_named_once_and_the_gravest_first() -> None:
    lost = {"misplaced": "node (pid 8) listens on 5199"}
    found = page(
        row(**lost), row("api", **lost), row("a", "/w/b", state="lingering"),
        row("c", "/w/d", state="taken"), row("e", "/w/f", gone=True), row("g", "/w/f", gone=True),
    )  # fmt: skip
    assert [one.state for one in found.attention] == ["taken", "lingering", "misplaced", "gone"]
    assert found.attention[2].text == (
        "~/shop: node (pid 8) listens on 5199, which is not a port of this checkout"
    )
    assert [one.shown for one in found.cells() if one.misplaced] == ["misplaced"] * 2


def test_machines_are_the_members_of_the_shared_ledger() -> None:
    def of(machine: str, checkout: str, *ports: int) -> dict[str, Any]:
        services = [{"name": "web", "port": one, "ports": [one]} for one in ports]
        more = {"project": "shop", "instance": "", "user": "ada", "space": "host:box"}
        return {"machine": machine, "checkout": checkout, "services": services, **more}

    one, two = machines([of("desk", "/a", 3000), of("ci\x1b", "/b", 3001), of("desk", "/c", 1, 2)])
    assert (one.name, one.users, one.spaces, one.ports) == ("desk", "ada", "host:box", 3)
    assert one.rows == (("shop", "/a", "web 3000"), ("shop", "/c", "web 1, web 2"))
    assert two.name == "ci\\x1b"


@pytest.mark.parametrize("state", ["idle", "running", "reserved"])
def test_what_is_as_it_should_be_is_not_in_the_way(state: str) -> None:
    assert page(row(state=state)).attention == ()


def test_control_characters_of_names_are_shown() -> None:
    assert page(row("w\x1b[2J")).projects[0].rows[0].service == "w\\x1b[2J"


@pytest.mark.parametrize(
    ("address", "lan", "reach"),
    [
        ("127.0.0.1", "10.0.0.5", ""),
        ("::1", "10.0.0.5", ""),
        ("0.0.0.0", "10.0.0.5", "http://10.0.0.5:3000"),
        ("::", "", ""),
        ("192.168.1.9", "10.0.0.5", "http://192.168.1.9:3000"),
    ],
)
def test_an_address_for_other_devices_only_where_one_is_listened_on(
    address: str, lan: str, reach: str
) -> None:
    (cell,) = page(row(state="running", address=address), lan=lan).cells()
    assert cell.reach == reach


def test_a_change_of_cells_is_told_apart_from_a_change_of_the_table() -> None:
    before = page(row(), row("api", port=8000))
    after = page(row(state="running"), row("api", port=8000))
    assert [one.state for one in (changed(before, after) or {}).values()] == ["running"]
    assert changed(before, page(row())) is None
    assert version(before) != version(after)
    assert version(before) == version(page(row(), row("api", port=8000)))


@pytest.mark.parametrize(
    ("port", "x"), [(0, 0.0), (1024, 120.0), (49152, 600.0), (57344, 800.0), (65536, WIDTH)]
)
def test_each_zone_is_to_scale(port: int, x: float) -> None:
    assert position(port) == pytest.approx(x, abs=0.1)


def test_a_leased_port_that_listens_is_one_mark() -> None:
    line = draw(
        (32768, 60999), [(61000, 65535)], [(3000, "web of shop")], [(3000, ""), (22, "sshd")]
    )
    assert [(one.port, one.kind) for one in line.marks] == [(3000, "lease"), (22, "listener")]
    assert [one.name for one in line.ranges] == ["automatic", "pool"]
