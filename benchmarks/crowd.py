"""Fill a ledger with leases of other checkouts, through portman's own ledger.

Run with the Python that has portman installed: `python crowd.py STATE FOLDER LEASES`. Makes real
folders below FOLDER, as leases of folders that are gone are given back at the next allocation.
"""

from __future__ import annotations

import os
import sys
import time

PER_CHECKOUT = 20
FIRST = 20000


def main(state: str, folder: str, leases: int) -> None:
    from portman.base.values import LOCAL_SCOPE, Checkout, Lease
    from portman.ledger.sqlite import SqliteLedger

    now = int(time.time())
    with SqliteLedger(state).writing() as writer:
        for number in range(leases // PER_CHECKOUT):
            path = os.path.join(folder, f"other-{number:04}")
            os.makedirs(path, exist_ok=True)
            first = FIRST + number * PER_CHECKOUT
            granted = [Lease(f"s{at}", first + at) for at in range(PER_CHECKOUT)]
            checkout = Checkout(path, "", f"other-{number:04}", primary=True)
            writer.record_checkout(checkout, primary=True, user="bench", now=now)
            writer.grant(path, "", LOCAL_SCOPE, granted, now)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
