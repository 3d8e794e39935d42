"""Small notes in the state folder (receipts, digests): anything doubtful in one is no note."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from portman import state as ledger_state
from portman.base.errors import PortmanError
from portman.base.values import TEMPLATE, Checkout, Output
from portman.checkout.ownership import checkout_token
from portman.ledger.sqlite import SqliteLedger
from portman.outputs import gitignore as git_ignore
from portman.outputs import whole_file
from portman.outputs import whole_file as written_before
from portman.state import receipts as receipt

if TYPE_CHECKING:
    from pathlib import Path

HERE = ("/src/shop", "")


@pytest.fixture(name="state")
def _state(own_state: Path) -> str:
    """Return the folder of a ledger that was written once."""
    with closing(SqliteLedger(str(own_state))) as ledger, ledger.writing() as writer:
        writer.record_checkout(Checkout("/src/shop"), primary=True, user="me", now=1)
    return str(own_state)


def remember(state: str, text: str = "61000\n", question: str = "port web") -> None:
    """Keep an answer."""
    receipt.remember(state, *HERE, (ledger_state.stamp(state), "rows"), {}, (question, "", text))


def recall(state: str, question: str = "port web") -> tuple[str, str] | None:
    """Ask for it."""
    return receipt.recall(state, *HERE, question, lambda *_: "")


def test_an_answer_is_repeated(state: str) -> None:
    """Also beside others, and after it was forgotten no more."""
    remember(state)
    remember(state, "61001\n", "port api")
    assert recall(state) == ("", "61000\n")
    assert recall(state, "port api") == ("", "61001\n")
    receipt.forget(state, *HERE)
    receipt.forget(state, *HERE)
    assert recall(state) is None


@pytest.mark.parametrize("doubt", ["open to others", "a second name", "damaged", "a link"])
def test_a_receipt_that_others_may_have_written_is_none(state: str, doubt: str) -> None:
    """A file of ours that others may write, or have given this name by a link, is not ours."""
    remember(state)
    file = receipt.file_of(state, *HERE)
    if doubt == "open to others":
        os.chmod(file, 0o666)
    elif doubt == "a second name":
        os.link(file, file + ".twin")
    elif doubt == "a link":
        os.rename(file, file + ".twin")
        os.symlink(file + ".twin", file)
    else:
        with open(file, "ab") as stream:
            stream.write(b"x")
    assert recall(state) is None


def test_what_cannot_be_kept_is_computed_again(state: str, tmp_path: Path) -> None:
    """A text with the separator in it, a folder that cannot be made."""
    remember(state, "a\0b")
    assert recall(state) is None
    (tmp_path / "file").write_text("")
    remember(str(tmp_path / "file" / "state"))
    scratch = f"{receipt.file_of(state, *HERE)}.{os.getpid()}"
    os.makedirs(scratch, mode=0o700)
    remember(state)
    assert recall(state) is None


@pytest.mark.root
def test_a_folder_that_another_user_made_is_not_written_in(state: str) -> None:
    """What is planted there would lead our files elsewhere."""
    remember(state)
    os.chown(os.path.dirname(receipt.file_of(state, *HERE)), 65534, -1)
    remember(state, "61001\n")
    assert recall(state) == ("", "61000\n")


def test_conditions_of_a_bare_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the kernel's range nor the state folder need be there."""
    monkeypatch.setattr(receipt, "RANGE_FILE", str(tmp_path / "none"))
    magic, automatic, _, folder = receipt.conditions(str(tmp_path / "state"))
    assert (magic, automatic, folder) == (receipt.MAGIC, "", "-")
    assert receipt.settled_before([str(tmp_path / "none")], 0)


def test_digests_are_kept_of_the_old_and_the_new(own_state: Path) -> None:
    """A kill may fall between the note and the write; damage is no digest."""
    written_before.forget_digest("/src/shop/x.json")
    assert not written_before.wrote("/src/shop/x.json", b"new")
    written_before.note_digest("/src/shop/x.json", b"new", before=b"old")
    assert written_before.wrote("/src/shop/x.json", b"old")
    assert written_before.wrote("/src/shop/x.json", b"new")
    assert not written_before.wrote("/src/shop/x.json", b"")
    (folder,) = own_state.iterdir()
    (file,) = folder.iterdir()
    file.write_bytes(b"\xff\xfe")
    assert not written_before.wrote("/src/shop/x.json", b"new")
    written_before.forget_digest("/src/shop/x.json")
    assert list(folder.iterdir()) == []


def test_a_file_that_cannot_say_whose_it_is_is_not_written_without_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next run would take it for somebody else's; one with comments needs none."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PORTMAN_HOME", str(tmp_path / "file" / "state"))
    markless = Output("x.json", TEMPLATE, template="x.json.in")
    with pytest.raises(PortmanError) as caught:
        whole_file.note(markless, "/src/shop/x.json", b"{}", before=None)
    assert caught.value.code == "output-unwritable"
    marked = Output("x.toml", TEMPLATE, template="x.toml.in")
    whole_file.note(marked, "/src/shop/x.toml", b"", before=None)


def test_a_git_that_hangs_or_is_none_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it for ever."""
    (tmp_path / ".git").mkdir()
    hanging = tmp_path / "hang"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(git_ignore, "_program", lambda: str(hanging))
    monkeypatch.setattr(git_ignore, "_PATIENCE", 0.2)
    assert git_ignore._ask(str(tmp_path), "status") is None
    monkeypatch.setattr(git_ignore, "_program", lambda: str(tmp_path / "none"))
    assert git_ignore._ask(str(tmp_path), "status") is None


def test_an_answer_is_repeated_from_anywhere_in_its_checkout(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the instance asked for, else of the one that the environment names for this checkout."""
    shop = tmp_path / "shop"
    (shop / "deep").mkdir(parents=True)
    (shop / receipt.MANIFEST).write_text("")
    for instance, text in (("", "1\n"), ("ci", "2\n")):
        answer = ("port web", "", text)
        receipt.remember(
            state, str(shop), instance, (ledger_state.stamp(state), "rows"), {}, answer
        )

    def repeated(start: Path, instance: str = "") -> str | None:
        found = receipt.repeat(str(start), instance, "port web", lambda *_: "")
        return found and found[1]

    assert repeated(shop / "deep") == repeated(shop) == "1\n"
    assert repeated(shop, "ci") == "2\n"
    monkeypatch.setenv("PORTMAN_CHECKOUT", checkout_token(str(shop), "ci"))
    assert repeated(shop) == "2\n"
    monkeypatch.setenv("PORTMAN_CHECKOUT", checkout_token("/elsewhere", "ci"))
    assert repeated(shop) == "1\n"
    assert repeated(tmp_path) is None
    monkeypatch.setattr(receipt, "state_folder", lambda: 1 / 0)
    assert repeated(shop) is None


def test_a_deleted_folder_is_in_no_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was there is told by the long way."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert receipt.manifest_folder(".") is None
