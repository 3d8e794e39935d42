"""A small program that the ledger's tests start many times: one command per process.

    python ledger_worker.py FOLDER COMMAND ARGUMENT...

It prints one JSON document. A PortmanError becomes {"code": ..., "message": ..., "hint": ...}.
"""

from __future__ import annotations

import json
import os
import pwd  # noqa: F401 (imported before the user changes: the library may lie in a home)
import shlex  # noqa: F401
import shutil  # noqa: F401
import sys
import tempfile  # noqa: F401
import time
from contextlib import closing

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger import (
    locks,  # noqa: F401 - as above
    repair,
)
from portman.ledger.sqlite import SqliteLedger
from portman.ledger.write import SqliteWriter  # noqa: F401 - as above

TIMEOUT = float(os.environ.get("LEDGER_TIMEOUT", "30"))
SHAREABLE = os.environ.get("LEDGER_SHAREABLE") == "1"


def first_up(folder: str, name: str, wanted: str) -> object:
    """Lease so many free ports of 20000 and above, as a first `up` does."""
    path = f"/src/{name}"
    with closing(SqliteLedger(folder, shareable=SHAREABLE, timeout=TIMEOUT)) as ledger:
        held = ledger.leases(path, "", LOCAL_SCOPE)
        if not held:
            with ledger.writing() as writer:
                held = writer.leases(path, "", LOCAL_SCOPE)
                if not held:
                    used = {port for _, port in writer.taken(LOCAL_SCOPE)}
                    free = [port for port in range(20000, 30000) if port not in used]
                    chosen = [Lease(f"s{n}", port) for n, port in enumerate(free[: int(wanted)])]
                    writer.record_checkout(Checkout(path), primary=True, user="me", now=1)
                    writer.grant(path, "", LOCAL_SCOPE, chosen, 1)
                    held = writer.leases(path, "", LOCAL_SCOPE)
        return sorted(lease.port for lease in held.values())


def grant(folder: str, name: str, port: str) -> object:
    """Lease one port."""
    with closing(SqliteLedger(folder, shareable=SHAREABLE, timeout=TIMEOUT)) as ledger:
        with ledger.writing() as writer:
            writer.record_checkout(Checkout(f"/src/{name}"), primary=True, user="me", now=1)
            writer.grant(f"/src/{name}", "", LOCAL_SCOPE, [Lease(f"p{port}", int(port))], 1)
        return ledger.stamp()


def read(folder: str) -> object:
    """Return all leased ports."""
    with closing(SqliteLedger(folder, shareable=SHAREABLE, timeout=TIMEOUT)) as ledger:
        return [holding.lease.port for holding in ledger.holdings()]


def mend(folder: str) -> object:
    """Repair."""
    return repair.repair(folder, now=0, shareable=SHAREABLE, timeout=TIMEOUT)._asdict()


def churn(folder: str, first: str) -> object:
    """Lease one port after the other for ever; print each once it is committed."""
    port = int(first)
    while True:
        grant(folder, "churn", str(port))
        print(port, flush=True)
        port += 1


def hold(folder: str) -> object:
    """Open a write transaction, say so, and keep it."""
    with closing(SqliteLedger(folder, shareable=SHAREABLE)) as ledger, ledger.writing() as writer:
        writer.record_checkout(Checkout("/src/held"), primary=True, user="me", now=1)
        print("held", flush=True)
        time.sleep(600)
    return None


COMMANDS = {one.__name__: one for one in (first_up, grant, read, mend, churn, hold)}


def become(user: str) -> None:
    """Change to "uid:gid,gid...:umask"; needs root."""
    uid, groups, umask = user.split(":")
    numbers = [int(number) for number in groups.split(",")]
    os.umask(int(umask, 8))
    os.setgroups(numbers)
    os.setgid(numbers[0])
    os.setuid(int(uid))


def main() -> None:
    """Run one command, at the moment LEDGER_START (unix seconds) if that is set."""
    folder, command, *arguments = sys.argv[1:]
    if "LEDGER_USER" in os.environ:
        become(os.environ["LEDGER_USER"])
    time.sleep(max(0.0, float(os.environ.get("LEDGER_START", "0")) - time.time()))
    try:
        said = COMMANDS[command](folder, *arguments)
    except PortmanError as error:
        said = {"code": error.code, "message": error.message, "hint": error.hint}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
