"""list, over several checkouts: what runs, since when, last used, what is left of the pool."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERVER = """
import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("up", flush=True)
time.sleep(60)
"""


def make(
    folder: Path, portman: Callable[..., Any], text: str = '[services]\nweb = "auto"\n'
) -> int:
    """Make a checkout with leases; return the port of web."""
    folder.mkdir()
    (folder / "ports.toml").write_text(text)
    assert portman("up", cwd=folder).code == 0
    return int(portman("port", "web", cwd=folder).out.split()[0])


def listed(portman: Callable[..., Any], *words: str) -> dict[str, Any]:
    """Return the data of `portman list --json`."""
    done = portman("list", *words, "--json")
    assert done.code == 0
    data: dict[str, Any] = json.loads(done.out)["data"]
    return data


def serve(
    port: int, folder: Path, started: Callable[..., subprocess.Popen[str]]
) -> subprocess.Popen[str]:
    """Start a server in a folder and wait for it."""
    import subprocess

    server = started(sys.executable, "-c", SERVER, str(port), cwd=folder, stdout=subprocess.PIPE)
    assert server.stdout
    assert server.stdout.readline() == "up\n"
    return server


def test_what_runs_and_since_when(
    tmp_path: Path, portman: Callable[..., Any], started: Callable[..., Any]
) -> None:
    """Our own server is running since it started, a stranger's holds the port, the rest is free."""
    one, other = tmp_path / "one", tmp_path / "other"
    mine = make(one, portman, '[services]\nweb = "auto"\njobs = "auto"\n')
    theirs = make(other, portman)
    server = serve(mine, one, started)
    serve(theirs, tmp_path, started)
    first, second = listed(portman)["checkouts"]
    services = {each["name"]: each for each in first["services"]}
    assert [services["web"]["verdict"], services["jobs"]["verdict"]] == ["running", "idle"]
    assert services["web"]["holder"]["pid"] == server.pid
    assert abs(services["web"]["since"] - time.time()) < 60
    assert services["jobs"]["since"] is None
    assert [first["running"], second["running"]] == [True, False]
    assert second["services"][0]["verdict"] == "taken"
    text = portman("list").out
    assert f"(pid {server.pid})" in text
    assert text.splitlines()[-1].startswith("pool ")


def test_projects_and_stale_checkouts(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """One project's; those whose folder is gone; those unused for so long."""
    make(tmp_path / "one", portman)
    make(tmp_path / "two", portman, 'name = "shop"\n[services]\nweb = "auto"\n')
    assert [each["project"] for each in listed(portman, "--project", "shop")["checkouts"]] == [
        "shop"
    ]
    assert listed(portman, "--stale")["checkouts"] == []
    assert len(listed(portman, "--stale", "--days", "0")["checkouts"]) == 2
    shutil.rmtree(tmp_path / "one")
    stale = listed(portman, "--stale")["checkouts"]
    assert [(each["project"], each["gone"]) for each in stale] == [("one", True)]
    assert "folder is gone" in portman("list", "--stale").out
    assert portman("list", "--project", "nope").out == "no leases of project nope\n"


def test_the_pool_shrinks_by_what_is_leased(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """A range of four takes four."""
    make(tmp_path / "one", portman)
    before = listed(portman)["pool"][0]
    make(tmp_path / "two", portman, "[services]\nweb = { port = 'auto', count = 4 }\n")
    after = listed(portman)["pool"][0]
    assert before["left"] - after["left"] == 4
    assert after["size"] == before["size"]


def test_last_used_is_told_by_the_receipt_and_list_writes_nothing(
    tmp_path: Path, portman: Callable[..., Any], own_state: Path
) -> None:
    """The newest of the ledger's own times and the receipt's: written, or read again."""
    make(tmp_path / "one", portman)
    receipts = own_state / f"receipts-{os.geteuid()}"
    for _ in range(50):
        if receipts.is_dir() and any(receipts.iterdir()):
            break
        time.sleep(0.1)  # what an answer was made from has to be older than 50 ms
        portman("up", cwd=tmp_path / "one")
    (receipt,) = receipts.iterdir()
    with closing(sqlite3.connect(own_state / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE checkout SET used_at = 1000")
        ledger.execute("UPDATE lease SET given_at = 1000")
    now = int(time.time())
    for accessed, modified, used in ((7000, 9000, 7000), (9000, 8000, 8000)):
        os.utime(receipt, (now - accessed, now - modified))
        before = (own_state / "ledger.db").read_bytes()
        (checkout,) = listed(portman)["checkouts"]
        assert checkout["used_at"] == now - used
        assert (own_state / "ledger.db").read_bytes() == before
    receipt.unlink()
    assert listed(portman, "--stale")["checkouts"][0]["used_at"] == 1000


def test_one_line_for_a_prompt(
    tmp_path: Path, portman: Callable[..., Any], started: Callable[..., Any]
) -> None:
    """This checkout's services; a mark for a server; nothing, and no error, outside of one.

    The server is a real one: its mark says whose it is.
    """
    shop = tmp_path / "shop"
    shop.mkdir()
    assert portman("list", "--line", cwd=shop) == (0, "\n", "")
    (shop / "ports.toml").write_text('[services]\nweb = "auto"\napi = "auto"\n')
    assert portman("list", "--line", cwd=shop) == (0, "\n", "")
    portman("up", cwd=shop)
    web, api = (portman("port", name, cwd=shop).out.strip() for name in ("web", "api"))
    for _ in range(2):
        assert portman("list", "--line", cwd=shop) == (0, f"web {web} api {api}\n", "")
    code = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1])))"
    code += "; print('up', flush=True); time.sleep(60)"
    for folder, port in ((shop, web), (tmp_path, api)):
        server = started(sys.executable, "-c", code, port, cwd=folder, stdout=subprocess.PIPE)
        assert server.stdout.readline() == "up\n"
    assert portman("list", "--line", cwd=shop) == (0, f"web {web}* api {api}!\n", "")
    data = json.loads(portman("list", "--line", "--json", cwd=shop).out)["data"]
    assert [one["verdict"] for one in data["services"]] == ["running", "taken"]
