"""Ledgers of every schema version there has been: read, raised, and refused when too new.

tests/data/ledgers/vN.db was written by the portman of version N (scripts/keep_ledger.py).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger import tables as schema
from portman.ledger.protocol import LogQuery
from portman.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = Path(__file__).resolve().parents[1] / "data" / "ledgers"
VERSIONS = range(1, schema.SCHEMA + 1)
#: path, instance, project, primary, service, first port, size, protocols
LEASES = {
    ("/home/me/shop", "", "shop", True, "web", 3000, 1, ("tcp",)),
    ("/home/me/shop", "", "shop", True, "dns", 61053, 1, ("tcp", "udp")),
    ("/home/me/shop", "", "shop", True, "shard", 61200, 4, ("tcp",)),
    ("/home/me/tree", "ci", "shop", False, "web", 61234, 1, ("tcp",)),
}

#: Since version 2: an instance that ends with its process.
JOB = ("/home/me/shop", "job-1", "shop", False, "web", 61400, 1, ("tcp",))
OWNERS = {("/home/me/shop", "job-1"): ("4242@1764000249@boot",)}
#: Since version 3: names that an engine has once.
NAMES = {("project", "shop"): ("/home/me/shop", "")}
#: Since version 6: what an engine calls itself, and the port space of its addresses.
FAR = ("host:192.0.2.7", "host:build.lan")

#: Since version 5: what became of each port, and who asked.
LOG = [
    ("leased", "web", 3000, "codex"),
    ("leased", "dns", 61053, "codex"),
    ("leased", "shard", 61200, "codex"),
    ("leased", "web", 61234, "codex"),
    ("leased", "old", 61300, "codex"),
    ("given-back", "old", 61300, ""),
    ("leased", "web", 61400, ""),
]


def leases_in(version: int) -> set[tuple[object, ...]]:
    """Return the leases in the kept file of a version."""
    return LEASES | ({JOB} if version >= 2 else set())


def kept(version: int, folder: Path) -> Path:
    """Lay the kept ledger of a version into a state folder; return its path."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return Path(shutil.copyfile(KEPT / f"v{version}.db", folder / "ledger.db"))


def leases(folder: Path) -> set[tuple[object, ...]]:
    """Return every lease as the ledger tells it."""
    with closing(SqliteLedger(str(folder), shareable=False)) as ledger:
        return {
            (
                *(record.path, record.instance, record.project, record.primary),
                *(lease.service, lease.port, lease.size, lease.protocols),
            )
            for record, lease, _ in ledger.holdings()
        }


def owners(folder: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return whose processes keep which instances."""
    with closing(SqliteLedger(str(folder), shareable=False)) as ledger:
        return {(one.path, one.instance): said for one, said in ledger.owners().items()}


def names(folder: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Return which checkout has which name on the engine."""
    with closing(SqliteLedger(str(folder), shareable=False)) as ledger:
        return {key: owner[:2] for key, owner in ledger.engine_names(LOCAL_SCOPE).items()}


def space(folder: Path, scope: str) -> str:
    """Return the port space of an engine that is spelled so."""
    with closing(SqliteLedger(str(folder), shareable=False)) as ledger:
        return ledger.space(scope)


def logged(folder: Path) -> list[tuple[str, str, int, str]]:
    """Return what the log tells: event, service, port, agent."""
    with closing(SqliteLedger(str(folder), shareable=False)) as ledger:
        return [(one.event, one.service, one.port, one.agent) for one in ledger.log(LogQuery())]


def version_of(file: Path) -> int:
    """Return the schema version in a file's header."""
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def add_lease(folder: Path) -> dict[str, int]:
    """Write once; return the former ports of the worktree as they were at that moment."""
    with (
        closing(SqliteLedger(str(folder), shareable=False)) as ledger,
        ledger.writing() as writer,
    ):
        former = dict(writer.ended_ports("/home/me/tree", "ci", LOCAL_SCOPE))
        writer.record_checkout(Checkout("/home/me/new"), primary=True, user="me", now=1764000400)
        writer.grant("/home/me/new", "", LOCAL_SCOPE, [Lease("web", 61500)], 1764000400)
    return former


def test_a_ledger_of_every_version_is_kept() -> None:
    """Whoever adds a version also keeps a file of it: python scripts/keep_ledger.py."""
    assert sorted(path.name for path in KEPT.glob("v*.db")) == [f"v{n}.db" for n in VERSIONS]
    assert [version_of(KEPT / f"v{number}.db") for number in VERSIONS] == list(VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_ledger_is_read_without_a_change(version: int, tmp_path: Path) -> None:
    """All leases are there, and not one byte of the file is another."""
    file = kept(version, tmp_path / "state")
    before = hashlib.sha256(file.read_bytes()).digest()
    assert leases(tmp_path / "state") == leases_in(version)
    assert owners(tmp_path / "state") == (OWNERS if version >= 2 else {})
    assert names(tmp_path / "state") == (NAMES if version >= 3 else {})
    assert logged(tmp_path / "state") == (LOG if version >= 5 else [])
    assert space(tmp_path / "state", FAR[0]) == FAR[version >= 6]
    assert hashlib.sha256(file.read_bytes()).digest() == before


@pytest.mark.parametrize("version", VERSIONS)
def test_the_next_write_raises_it_and_loses_nothing(version: int, tmp_path: Path) -> None:
    """Leases, and the ports that were given back, survive; the file is sound."""
    file = kept(version, tmp_path / "state")
    assert add_lease(tmp_path / "state")["old"] == 61300
    assert owners(tmp_path / "state") == (OWNERS if version >= 2 else {})
    assert names(tmp_path / "state") == (NAMES if version >= 3 else {})
    assert leases(tmp_path / "state") == leases_in(version) | {
        ("/home/me/new", "", "", True, "web", 61500, 1, ("tcp",))
    }
    assert version_of(file) == schema.SCHEMA
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_port_spaces_of_an_older_ledger_are_named_after_machines(tmp_path: Path) -> None:
    """`tcp:HOST:PORT` and `ssh:HOST` of one machine become one; of two leases of a port one stays.

    One of this machine's own addresses has the ports of this machine.
    """
    file = kept(5, tmp_path / "state")
    rows = [
        ("tcp:192.0.2.7:2375", 1, "db", 5432, 0),
        ("ssh:192.0.2.7", 2, "db", 5432, 0),
        ("ssh:192.0.2.7", 2, "s3", 9000, 0),
        ("ssh:192.0.2.7", 2, "s3", 9001, 1),
        ("tcp:127.0.0.9:2375", 2, "here", 7000, 0),
    ]
    with closing(sqlite3.connect(file)) as connection:
        connection.executemany("INSERT INTO lease VALUES (?1, 'tcp', ?4, ?2, ?3, ?5, 7)", rows)
        connection.execute(
            "INSERT INTO former VALUES"
            " ('/home/me/tree', 'ci', 'ssh:192.0.2.7', 'mq', 5672, 1, 1764000390)"
        )
        connection.commit()
    for _ in ("read", "written"):
        with closing(SqliteLedger(str(tmp_path / "state"), shareable=False)) as ledger:
            found = {
                (one.scope, one.lease.service, one.lease.port, one.lease.size)
                for one in ledger.holdings()
                if one.lease.given_at == 7
            }
        assert {one for one in found if one[1] != "db"} == {
            ("host:192.0.2.7", "s3", 9000, 2),
            (LOCAL_SCOPE, "here", 7000, 1),
        }
        assert [one for one in found if one[1] == "db"] == [("host:192.0.2.7", "db", 5432, 1)]
        add_lease(tmp_path / "state")
    with closing(SqliteLedger(str(tmp_path / "state"), shareable=False)) as ledger:
        assert [one.service for one in ledger.ended_leases("host:192.0.2.7", 5672)] == ["mq"]


@pytest.mark.parametrize("version", VERSIONS)
def test_raised_step_by_step_it_is_what_a_new_one_is(version: int, tmp_path: Path) -> None:
    """No table or column tells whether a ledger was made new or raised from an old one."""
    kept(version, tmp_path / "old")
    (tmp_path / "new").mkdir(mode=0o700)
    add_lease(tmp_path / "old")
    add_lease(tmp_path / "new")
    assert tables(tmp_path / "old") == tables(tmp_path / "new")


def tables(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return each table's columns as SQLite reports them."""
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(row[1:] for row in connection.execute(f"PRAGMA table_info({name})"))
            for (name,) in names
        }


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_portman_refuses_a_newer_ledger_and_leaves_it(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going back to an older program is told, not tried: reading and writing both refuse."""
    file = kept(version, tmp_path / "state")
    before = file.read_bytes()
    monkeypatch.setattr(schema, "SCHEMA", version - 1)
    for attempt in (leases, add_lease):
        with pytest.raises(PortmanError) as caught:
            attempt(tmp_path / "state")
        assert caught.value.code == "ledger-newer"
        assert file.read_bytes() == before


def test_every_command_says_exit_5_for_a_ledger_from_the_future(
    tmp_path: Path, own_state: Path, portman: Callable[..., tuple[int, str, str]]
) -> None:
    """`up`, `env` and `list` alike: a clear code, a next command, and the file as it was."""
    file = kept(schema.SCHEMA, own_state)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA + 1}")
        connection.commit()
    before = file.read_bytes()
    project = tmp_path / "project"
    project.mkdir()
    (project / "ports.toml").write_text('[services]\nweb = "auto"\n')
    for argv in (["up"], ["env"], ["port", "web"], ["list"], ["check"]):
        code, out, _ = portman(*argv, "--json", cwd=project)
        errors = json.loads(out)["errors"]
        assert (code, [error["code"] for error in errors]) == (5, ["ledger-newer"]), argv
        assert errors[0]["hints"]
    assert file.read_bytes() == before
    assert os.listdir(project) == ["ports.toml"]


def test_there_is_a_step_to_each_version() -> None:
    assert len(schema.steps("ledger.sql")) == schema.SCHEMA
