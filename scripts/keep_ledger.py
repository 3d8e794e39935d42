"""Keep a small ledger of today's schema as tests/data/ledgers/vN.db, once for each version.

    python scripts/keep_ledger.py

Never overwrites: such a file is what users of that version have on their disks.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from portman.base.values import LOCAL_SCOPE, Checkout, Lease  # noqa: E402
from portman.ledger.caller import Caller, calling  # noqa: E402
from portman.ledger.sqlite import SqliteLedger  # noqa: E402
from portman.ledger.tables import SCHEMA  # noqa: E402

KEPT = ROOT / "tests" / "data" / "ledgers"
SHOP = Checkout("/home/me/shop", "", "shop", primary=True, repository="/home/me/shop/.git")
TREE = Checkout("/home/me/tree", "ci", "shop", primary=False, repository="/home/me/shop/.git")

JOB = Checkout("/home/me/shop", "job-1", "shop", primary=False, repository="/home/me/shop/.git")
OWNER = "4242@1764000249@boot"


def main() -> int:
    """Keep the file of this version if there is none."""
    kept = KEPT / f"v{SCHEMA}.db"
    if kept.exists():
        print(f"{kept} is there already")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fill(folder)
        shutil.copyfile(Path(folder) / "ledger.db", kept)
    print(f"kept {kept}")
    return 0


def fill(folder: str) -> None:
    """Write leases of every shape, and a service that gave its port back."""
    ledger = SqliteLedger(folder, shareable=False)
    with calling(Caller("up", 4242, "me", "codex", "s-1")), ledger.writing() as writer:
        writer.record_checkout(SHOP, primary=True, user="me", now=1764000000)
        dns = Lease("dns", 61053, 1, ("tcp", "udp"))
        granted = [Lease("web", 3000), dns, Lease("shard", 61200, 4)]
        writer.grant(SHOP.path, "", LOCAL_SCOPE, granted, 1764000000)
        writer.record_checkout(TREE, primary=False, user="me", now=1764000100)
        granted = [Lease("web", 61234), Lease("old", 61300)]
        writer.grant(TREE.path, "ci", LOCAL_SCOPE, granted, 1764000100)
    with calling(Caller("down", 4243, "me", terminal="pts/3")), ledger.writing() as writer:
        writer.give_back(TREE.path, "ci", ["old"], 1764000200)
        # Since version 2: an instance that ends with its process.
        writer.record_checkout(JOB, primary=False, user="me", now=1764000250)
        writer.own(JOB.path, JOB.instance, OWNER)
        writer.grant(JOB.path, JOB.instance, LOCAL_SCOPE, [Lease("web", 61400)], 1764000250)
        # Since version 3: names that an engine has once.
        writer.take_engine_names(SHOP.path, "", LOCAL_SCOPE, [("project", "shop")], 1764000300)
        # Since version 6: engines by what they call themselves.
        writer.know_engine("host:build.lan", "ABCD:1234", 1764000350, here=False)
        writer.know_engine("host:192.0.2.7", "ABCD:1234", 1764000350, here=False)
    ledger.close()


if __name__ == "__main__":
    sys.exit(main())
