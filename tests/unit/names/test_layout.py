"""Host names: labels, which checkout has which middle, and the routes made from them."""

from __future__ import annotations

import pytest

from portman.base.values import CheckoutRecord, Manifest, NameRules, Service
from portman.names.layout import (
    is_served,
    label,
    middles,
    origin,
    references,
    service_names,
    stem,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web", "web"),
        ("Web_API", "web-api"),
        ("my.app (copy)", "my-app-copy"),
        ("--a--b--", "a-b"),
        ("Überblick", "berblick"),
        ("数据", "x"),
        ("", "x"),
        ("a" * 80, "a" * 63),
        ("a" * 62 + "-b", "a" * 62),
    ],
)
def test_labels_are_valid_for_dns(text: str, expected: str) -> None:
    assert label(text) == expected


def seat(
    path: str, made_at: int = 0, instance: str = "", *, primary: bool = False, project: str = "shop"
) -> CheckoutRecord:
    return CheckoutRecord(path, instance, project, primary, made_at=made_at)


def test_the_first_checkout_has_no_middle_and_others_their_folder() -> None:
    found = middles([seat("/w/shop-fix", 2), seat("/w/shop", 1, primary=True)])
    assert found == {("/w/shop", ""): "", ("/w/shop-fix", ""): "shop-fix"}


def test_an_instance_is_part_of_the_middle() -> None:
    found = middles(
        [
            seat("/w/shop", 1, primary=True),
            seat("/w/shop", 2, "ci", primary=True),
            seat("/w/fix", 3, "ci"),
        ]
    )
    assert found["/w/shop", "ci"] == "ci"
    assert found["/w/fix", "ci"] == "fix-ci"


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (seat("/a/fix", 1), seat("/b/fix", 2)),
        (seat("/a/fix", 1), seat("/b/Fix_", 2)),
        (seat("/a/shop", 1, primary=True), seat("/b/shop", 2, primary=True)),
    ],
    ids=["one folder name", "one label", "two repositories of one name"],
)
def test_a_newer_checkout_never_changes_an_older_name(
    older: CheckoutRecord, newer: CheckoutRecord
) -> None:
    alone = middles([older])
    both = middles([newer, older])
    assert both[older.path, ""] == alone[older.path, ""]
    assert both[newer.path, ""] != both[older.path, ""]
    assert middles([older, newer]) == both, "the order of the rows does not matter"
    assert len(both[newer.path, ""].rpartition("-")[2]) == 6


def test_projects_do_not_share_middles() -> None:
    found = middles([seat("/a/fix", 1, project="one"), seat("/b/fix", 2, project="two")])
    assert set(found.values()) == {"fix"}


@pytest.mark.parametrize(
    ("rules", "middle", "expected"),
    [
        (NameRules(), "", "shop.localhost"),
        (NameRules(), "fix", "fix.shop.localhost"),
        (NameRules(first="main"), "", "main.shop.localhost"),
        (NameRules(first="main"), "fix", "fix.shop.localhost"),
        (NameRules(domain="test.example"), "fix", "fix.shop.test.example"),
    ],
)
def test_stems(rules: NameRules, middle: str, expected: str) -> None:
    assert stem(rules, "Shop", middle) == expected


@pytest.mark.parametrize(
    ("rules", "port", "expected"),
    [
        (NameRules(), 80, "http://web.shop.localhost"),
        (NameRules(), 443, "http://web.shop.localhost:443"),
        (NameRules(), 8443, "http://web.shop.localhost:8443"),
        (NameRules(https=True), 443, "https://web.shop.localhost"),
        (NameRules(https=True), 80, "https://web.shop.localhost:80"),
    ],
)
def test_an_origin_names_the_port_where_the_scheme_has_another(
    rules: NameRules, port: int, expected: str
) -> None:
    assert origin(rules, "web.shop.localhost", port) == expected


def test_every_port_of_a_service_has_a_name_and_no_two_are_equal() -> None:
    manifest = Manifest(
        services=(Service("web"), Service("shard", size=2), Service("a-b"), Service("a_b"))
    )
    names = service_names(manifest, "shop.localhost")
    assert [names[key].split(".")[0] for key in names] == [
        "web",
        "shard",
        "shard-2",
        "a-b",
        "a-b-2",
    ]
    found = references(names, NameRules(port=80), 80)
    assert found["shard.name"] == "shard.shop.localhost"
    assert found["shard.2.origin"] == "http://shard-2.shop.localhost"


@pytest.mark.parametrize(
    ("service", "rules", "expected"),
    [
        (Service("web", usual=3000), NameRules(), True),
        (Service("web"), NameRules(), True),
        (Service("db", "container", target=5432), NameRules(), False),
        (Service("db", "container", target=5432), NameRules(only=("db",)), True),
        (Service("web", usual=3000), NameRules(only=("api",)), False),
        (Service("dns", usual=5300, protocols=("udp",)), NameRules(), False),
        (Service("cache", usual=6379), NameRules(), False),
        (Service("ui", "container", target=8025), NameRules(), True),
    ],
)
def test_what_may_speak_http_gets_a_route(
    service: Service, rules: NameRules, expected: bool
) -> None:
    assert is_served(service, rules) is expected
