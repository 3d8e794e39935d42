"""Whose server it is, case by case."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from portman.base.holder import Holder
from portman.base.values import ContainerFacts
from portman.checkout import ownership
from portman.checkout.ownership import checkout_token
from portman.checkout.ownership import evidence_is_ours as is_ours

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


def test_deeper_checkout_has_its_own_servers() -> None:
    """A server in a worktree kept inside ours is that worktree's."""
    inner = SHOP + "/.trees/one"

    def nearest(folder: str) -> str | None:
        return inner if folder.startswith(inner) else SHOP

    assert not is_ours(Holder(cwd=inner + "/src"), SHOP, nearest_checkout=nearest)
    assert is_ours(Holder(cwd=inner + "/src"), inner, nearest_checkout=nearest)
    assert is_ours(Holder(cwd=SHOP + "/src"), SHOP, nearest_checkout=nearest)
    assert is_ours(Holder(cwd=SHOP + "/src"), SHOP, nearest_checkout=lambda _: None)
    assert is_ours(Holder(cwd=inner, claims_checkout=SHOP), SHOP, nearest_checkout=nearest)


def test_checkout_at_the_root() -> None:
    """The root folder holds every other one."""
    assert is_ours(Holder(cwd="/srv"), "/")
    assert is_ours(Holder(cwd="/"), "/")


def test_token() -> None:
    """A token is the path, and the instance after a number sign."""
    assert checkout_token(SHOP) == SHOP
    assert checkout_token(SHOP, "ci") == SHOP + "#ci"


def test_real_folders(tmp_path: Path) -> None:
    """On the file system, the nearest ports.toml decides, also for a folder that is gone."""
    shop, inner = tmp_path / "shop", tmp_path / "shop" / "trees" / "one"
    inner.mkdir(parents=True)
    (shop / "ports.toml").touch()
    (inner / "ports.toml").touch()
    server = Holder(cwd=str(inner / "gone" / "src"))
    assert not ownership.is_ours(server, str(shop))
    assert ownership.is_ours(server, str(inner))
    assert ownership.is_ours(Holder(cwd=str(shop / "trees")), str(shop))
    assert ownership.manifest_folder(str(inner / "gone")) == str(inner)
    assert ownership.manifest_folder(os.sep) is None


def test_windows_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where paths differ only in case or slashes, they are the same, and instances are not."""
    import ntpath

    monkeypatch.setattr(ownership.os.path, "normcase", ntpath.normcase)
    monkeypatch.setattr(ownership.os, "sep", "\\")
    monkeypatch.setattr(ownership, "manifest_folder", lambda _: None)
    shop = "C:\\Users\\Me\\Shop"
    assert ownership.is_ours(Holder(cwd="c:/users/me/shop/web"), shop)
    assert ownership.is_ours(Holder(claims_checkout="c:\\users\\ME\\shop#CI"), shop, "CI")
    assert not ownership.is_ours(Holder(claims_checkout="c:\\users\\ME\\shop#CI"), shop, "ci")
    assert not ownership.is_ours(Holder(cwd="C:\\Users\\Me\\Shop2"), shop)
