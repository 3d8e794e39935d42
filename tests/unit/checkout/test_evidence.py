"""Whose server it is, case by case."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from portman.base.holder import Holder, RunRecord
from portman.base.values import ContainerFacts, Service
from portman.checkout import evidence, ownership
from portman.checkout.evidence import evidence_of, is_ours, is_service, was_ours
from portman.checkout.ownership import Tenant, checkout_slug, checkout_token
from portman.machine.mounts import born

if TYPE_CHECKING:
    from pathlib import Path

SHOP = "/home/me/shop"


def _container(**facts: str | None) -> Holder:
    return Holder(cwd="/", container=ContainerFacts(name="db", **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("holder", "instance", "ours"),
    [
        (Holder(cwd=SHOP), "", True),
        (Holder(cwd=SHOP + "/web/src"), "", True),
        (Holder(cwd=SHOP + "-old"), "", False),
        (Holder(cwd="/home/me"), "", False),
        (Holder(cwd=None), "", False),
        (Holder(cwd="/"), "", False),
        (Holder(cwd=SHOP), "ci", True),
        (Holder(cwd="/tmp", claims_checkout=SHOP), "", True),
        (Holder(cwd="/tmp", claims_checkout=SHOP), "ci", False),
        (Holder(cwd="/tmp", claims_checkout=SHOP + "#ci"), "ci", True),
        (Holder(cwd="/tmp", claims_checkout=SHOP + "#ci"), "", False),
        (Holder(cwd=SHOP, claims_checkout=SHOP + "#ci"), "", False),
        (Holder(cwd=SHOP, claims_checkout=SHOP), "ci", False),
        (Holder(cwd=SHOP, claims_checkout="/home/me/other"), "", True),
        (Holder(cwd=SHOP, claims_checkout=SHOP + "#a/b"), "", True),
        (_container(), "", False),
        (_container(folder=SHOP), "", True),
        (_container(folder=SHOP + "/docker"), "ci", True),
        (_container(folder="/home/me/other"), "", False),
        (_container(checkout=SHOP), "", True),
        (_container(checkout=SHOP, folder=SHOP), "ci", False),
        (_container(checkout=SHOP + "#ci", folder="/srv"), "ci", True),
    ],
)
def test_who_is_ours(holder: Holder, instance: str, ours: bool) -> None:
    """A claim decides about its own path, else the folder does, by whole components."""
    assert is_ours(holder, SHOP, instance) is ours


def test_checkout_at_the_root() -> None:
    """The root folder holds every other one."""
    assert is_ours(Holder(cwd="/srv"), "/")
    assert is_ours(Holder(cwd="/"), "/")


def test_token() -> None:
    """A token is the path, and the instance after a number sign."""
    assert checkout_token(SHOP) == SHOP
    assert checkout_token(SHOP, "ci") == SHOP + "#ci"


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Path:
    """Return a checkout with two apps, and another checkout beside it and inside it."""
    for place in ("shop", "other", "shop/trees/one"):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / "ports.toml").touch()
    for place in ("shop/apps/web/src", "shop/apps/api", "shop/docs", "loose"):
        (tmp_path / place).mkdir(parents=True)
    return tmp_path / "shop"


def working(folder: Path, **more: object) -> Holder:
    """Return a process that works in a real folder."""
    above = [folder, *folder.parents]
    seen = tuple((one.stat().st_dev, one.stat().st_ino) for one in above)
    return Holder(pid=1, cwd=str(folder), folders=seen)._replace(**more)  # type: ignore[arg-type]


def test_real_folders(shop: Path) -> None:
    """On the file system, the nearest ports.toml decides."""
    inner = shop / "trees" / "one"
    assert not is_ours(working(inner), str(shop))
    assert is_ours(working(inner), str(inner))
    assert is_ours(working(shop / "trees"), str(shop))
    assert ownership.manifest_folder(str(inner / "gone")) == str(inner)
    assert ownership.manifest_folder(os.sep) is None


def test_a_token_counts_for_what_does_not_work_in_another_checkout(shop: Path) -> None:
    """A shell of A hands its token down to servers of B, deleted since or not, and inside A."""
    token, other = str(shop), shop.parent / "other"
    assert is_ours(working(shop.parent / "loose", claims_checkout=token), token)
    assert not is_ours(working(other, claims_checkout=token), token)
    assert not is_ours(working(shop / "trees" / "one", claims_checkout=token), token)
    gone = working(other, claims_checkout=token, cwd_deleted=True, cwd=str(other) + "-gone")
    assert not is_ours(gone, token)
    noted = working(other, run=RunRecord(token), claims_checkout=token)
    assert not is_ours(noted, token)


def test_run_with_a_folder_to_start_in_is_ours_where_it_was_typed(shop: Path) -> None:
    """`portman -C SHOP run` in another checkout: that folder was noted."""
    other = shop.parent / "other"
    at = f"{other.stat().st_dev}:{other.stat().st_ino}"
    assert is_ours(working(other, run=RunRecord(str(shop), start=at)), str(shop))
    assert not is_ours(working(other, run=RunRecord(str(shop), start="1:1")), str(shop))


def test_a_folder_made_again_is_another_folder(shop: Path) -> None:
    """The old server of a checkout, or of a folder in it, that was deleted and is there again."""
    old = working(shop / "apps" / "web", claims_checkout=str(shop))
    (shop / "apps" / "web").rename(shop.parent / "kept")  # so that its inode is not used again
    assert is_ours(old._replace(cwd_deleted=True), str(shop)), "it was deleted, and is not again"
    (shop / "apps" / "web").mkdir()
    assert evidence_of(old._replace(cwd_deleted=True), Tenant(str(shop))).place == "remade"
    assert not is_ours(old._replace(cwd_deleted=True), str(shop))
    other = Holder(pid=1, cwd=str(shop), cwd_deleted=True, folders=((1, 1),))
    assert not is_ours(other, str(shop))
    assert not is_ours(working(shop.parent, run=RunRecord(str(shop), folder="1:1")), str(shop))


def test_a_mount_of_a_checkout_is_the_checkout(shop: Path) -> None:
    """A process in a container sees it under another name, or under none of ours."""
    assert is_ours(working(shop / "docs", cwd=None), str(shop))
    linked = shop.parent / "link"
    linked.symlink_to(shop)
    assert is_ours(Holder(container=ContainerFacts("db", folder=str(linked / "apps"))), str(shop))
    assert not is_ours(working(shop.parent / "loose", cwd=None), str(shop))


WEB, API = Service("web", dir="apps/web"), Service("api", dir="apps/api")
DB = Service("db", kind="container", compose="postgres")
TENANT_SERVICES = (WEB, API, Service("jobs"), DB)


@pytest.mark.parametrize(
    ("where", "more", "services"),
    [
        ("apps/web", {}, {"web"}),
        ("apps/web/src", {}, {"web"}),
        ("apps/api", {}, {"api"}),
        ("docs", {}, {"jobs", "db"}),
        ("apps", {}, {"jobs", "db"}),
        (".", {}, {"jobs", "db"}),
        (".", {"token": ""}, {"web", "api", "jobs", "db"}),
        (".", {"run": ""}, {"web", "api", "jobs", "db"}),
        ("apps/api", {"token": "web"}, {"web"}),
        ("apps/api", {"token": "unknown"}, {"api"}),
        ("docs", {"token": ""}, {"web", "api", "jobs", "db"}),
        ("../loose", {"token": "jobs"}, {"jobs"}),
        ("../loose", {"run": "api"}, {"api"}),
        ("../loose", {}, set()),
        ("apps/web", {"run": "api", "inherited": True, "token": "jobs"}, {"jobs"}),
        ("apps/web", {"run": "api", "token": "jobs"}, {"api"}),
    ],
)
def test_which_service_it_is(
    shop: Path, where: str, more: dict[str, object], services: set[str]
) -> None:
    """By what `run` noted, the token, and the `dir` it works in; none by a folder above it."""
    holder = working((shop / where).resolve())
    if "token" in more:
        holder = holder._replace(
            claims_checkout=str(shop), claims_service=str(more["token"]) or None
        )
    if "run" in more:
        inherited = bool(more.get("inherited"))
        noted = RunRecord(str(shop), service=str(more["run"]), inherited=inherited)
        holder = holder._replace(run=noted)
    tenant = Tenant(str(shop), "", TENANT_SERVICES)
    said = evidence_of(holder, tenant)
    found = {one.name for one in TENANT_SERVICES if is_service(said, one, holder)}
    assert found == services
    assert is_service(said, None, holder) is bool(services)


@pytest.mark.parametrize(
    ("facts", "services"),
    [
        ({"compose_service": "postgres"}, {"db"}),
        ({"compose_service": "worker"}, {"web", "api", "jobs"}),
        ({"compose_service": "api"}, {"api"}),
        ({"service": "db"}, {"db"}),
        ({}, {"web", "api", "jobs", "db"}),
    ],
)
def test_which_service_a_container_is(
    shop: Path, facts: dict[str, str], services: set[str]
) -> None:
    """A Compose service that the manifest does not name is none of its containers."""
    holder = Holder(container=ContainerFacts("one", folder=str(shop), **facts))
    tenant = Tenant(str(shop), "", TENANT_SERVICES)
    said = evidence_of(holder, tenant)
    found = {one.name for one in TENANT_SERVICES if is_service(said, one, holder)}
    assert found == services


def test_a_container_from_before_its_folder_is_another_ones(shop: Path) -> None:
    """By the engine's time of it and the folder's; it is no stranger's claim, though."""
    when = born(str(shop))
    if not when:
        pytest.skip("this file system keeps no time of birth")
    for made, ours in ((when - 1, False), (when, True), (when + 5, True), (0, True)):
        for facts in ({"folder": str(shop)}, {"checkout": str(shop)}):
            holder = Holder(container=ContainerFacts("db", created=made, **facts))
            assert is_ours(holder, str(shop)) is ours
            assert was_ours(holder, str(shop))
            assert evidence_of(holder, Tenant(str(shop))).place == ("outside" if ours else "remade")


def test_a_tool_that_calls_its_project_by_our_slug_has_our_container() -> None:
    """`project_id = "${checkout.slug}"` of Supabase; another project of it is another's."""
    for name, ours in ((checkout_slug(SHOP), True), (checkout_slug(SHOP, "ci"), False)):
        facts = ContainerFacts("db", tool=("Supabase project", name))
        assert is_ours(Holder(container=facts), SHOP) is ours
    mine = ContainerFacts("db", tool=("Supabase project", checkout_slug(SHOP)))
    second = Tenant(SHOP, slug=lambda: "shop-second")  # the same path in another container
    assert not evidence_of(Holder(container=mine), second).ours


def test_windows_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where paths differ only in case or slashes, they are the same, and instances are not."""
    import ntpath

    monkeypatch.setattr(evidence.os.path, "normcase", ntpath.normcase)
    monkeypatch.setattr(evidence.os, "sep", "\\")
    monkeypatch.setattr(evidence, "manifest_folder", lambda _: None)
    shop = "C:\\Users\\Me\\Shop"
    assert is_ours(Holder(cwd="c:/users/me/shop/web"), shop)
    assert is_ours(Holder(claims_checkout="c:\\users\\ME\\shop#CI"), shop, "CI")
    assert not is_ours(Holder(claims_checkout="c:\\users\\ME\\shop#CI"), shop, "ci")
    assert not is_ours(Holder(cwd="C:\\Users\\Me\\Shop2"), shop)
