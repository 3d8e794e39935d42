"""The contract in ledger/protocol.py is what both ledgers really have."""

from __future__ import annotations

import inspect

import pytest

from portman.ledger import protocol
from portman.ledger.shared.ledger import SharedLedger
from portman.ledger.shared.writer import SharedWriter
from portman.ledger.sqlite import SqliteLedger
from portman.ledger.write import SqliteWriter
from tests.unit.ledger.memory_ledger import MemoryLedger, MemoryWriter

PAIRS = [
    (protocol.Ledger, SqliteLedger),
    (protocol.Ledger, MemoryLedger),
    (protocol.Writer, SqliteWriter),
    (protocol.Writer, MemoryWriter),
    (protocol.Ledger, SharedLedger),
    (protocol.Writer, SharedWriter),
]


@pytest.mark.parametrize(("asked", "given"), PAIRS)
def test_every_promise_is_kept_with_the_same_parameters(asked: type, given: type) -> None:
    """Names, order, kinds and defaults; properties are properties."""
    promised = [name for name in vars(asked) if not name.startswith("_")]
    assert promised
    for name in promised:
        wanted, found = inspect.getattr_static(asked, name), inspect.getattr_static(given, name)
        assert isinstance(found, property) == isinstance(wanted, property), name
        if not isinstance(wanted, property):
            ours, theirs = inspect.signature(wanted), inspect.signature(found)
            assert list(ours.parameters.values()) == list(theirs.parameters.values()), name
            assert inspect.getdoc(wanted), name  # where each promise is documented, once


def test_a_writer_promises_nothing_that_is_not_public() -> None:
    """What a writer has beyond the contract nobody above may call."""
    public = {name for name in vars(SqliteWriter) if not name.startswith("_")}
    assert public == {name for name in vars(protocol.Writer) if not name.startswith("_")}
