"""What an allocation costs on a server with a million leases: benchmarks/shared_ledger.py URL.

URL is the owner's, of a database of its own: its schema `portman` is dropped and made again. Prints
medians for an empty ledger and for a generated one (1,000 hosts, 10,000 seats), as a member with
leases of another role around it, and checks that the large one takes at most three times as long.
docs/scale.md shows a run.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg

from portman.base.values import Checkout, Lease
from portman.ledger.shared import admin, schema
from portman.ledger.shared.ledger import SharedLedger
from portman.ledger.shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

LEASES, SPACES, SEATS, PER_CHECKOUT, THREADS = 1_000_000, 1_000, 10_000, 10, 4
#: The member that measures: row-level security counts for it, and not for an owner.
MEMBER, PASSWORD = "portman_bench", "portman-bench"
FILL = """
INSERT INTO portman.space (name) SELECT 'engine:' || n
  FROM generate_series(0, {spaces} - 1) n ON CONFLICT DO NOTHING;
INSERT INTO portman.seat (id, label, boot)
  SELECT gen_random_uuid(), 'laptop-' || n, 'x' FROM generate_series(1, {seats}) n;
INSERT INTO portman.checkout (seat, path, instance, project, usr)
  SELECT id, convert_to('/home/dev/src/project-' || n, 'UTF8'), '',
    convert_to('project-' || n % 500, 'UTF8'), 'dev'
  FROM portman.seat, generate_series(1, {leases} / {per} / {seats}) n;
INSERT INTO portman.lease (space, protocol, port, checkout, service, position, expires_at)
  SELECT 'engine:' || row % {spaces}, 'tcp', 20000 + (row / {spaces}) * {per} + n, id,
    'service-' || n, 0, clock_timestamp() + interval '1 day' * (1 + row % 29)
  FROM (SELECT id, row_number() OVER () - 1 AS row FROM portman.checkout) c,
    generate_series(0, {per} - 1) n;
ANALYZE;
"""


def main() -> int:
    """Measure the empty ledger and the full one; return 1 past three times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--leases", type=int, default=LEASES)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--rate", type=int, default=50, help="allocations a second")
    arguments = parser.parse_args()
    with psycopg.connect(arguments.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS portman CASCADE")
        for role in (schema.MEMBERS, f"{MEMBER} LOGIN PASSWORD '{PASSWORD}'"):
            connection.execute(
                f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN END $$"
            )
        connection.execute(f"GRANT {schema.MEMBERS} TO {MEMBER}")
        for statement in schema.steps(0, schema.MEMBERS):
            connection.execute(statement)
        parts = urlsplit(arguments.url)
        where = f"{MEMBER}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}"
        url = urlunsplit(parts._replace(netloc=where))
        empty = measure(url, "first", arguments.runs)
        began = time.perf_counter()
        sizes = {
            "leases": arguments.leases, "per": PER_CHECKOUT,
            "spaces": SPACES, "seats": min(SEATS, arguments.leases // PER_CHECKOUT),
        }  # fmt: skip
        connection.execute(FILL.format(**sizes))
        count = connection.execute("SELECT count(*) FROM portman.lease").fetchone()
        size = connection.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        spent = time.perf_counter() - began
        print(f"filled {count} leases in {spent:.0f} s: {size.fetchone()}")
        full = measure(url, "7", arguments.runs)
        print(at_a_rate(url, arguments.rate))
    worst = 0.0
    print(f"{'':28}{'empty':>10}{'full':>10}  ratio")
    for name, first in empty.items():
        worst = max(worst, full[name] / first)
        print(f"{name:28}{first:8.1f}ms{full[name]:8.1f}ms  {full[name] / first:.2f}")
    return int(worst > 3)


def at_a_rate(url: str, wanted: int, seconds: float = 10.0) -> str:
    """Allocate so many times a second in spaces at random, each with a connection of its own."""
    spent: list[float] = []

    def work(folder: str, number: int) -> None:
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            ledger = SharedLedger(f"{folder}/{number}", Settings(url, "box"))
            allocate(ledger, str(random.randrange(SPACES)), len(spent))
            ledger.close()
            spent.append((time.perf_counter() - began) * 1000)
            time.sleep(max(0.0, began + THREADS / wanted - time.perf_counter()))

    with tempfile.TemporaryDirectory() as folder:
        running = [threading.Thread(target=work, args=(folder, at)) for at in range(THREADS)]
        for one in running:
            one.start()
        for one in running:
            one.join()
    return f"{len(spent) / seconds:.0f} a second: median {statistics.median(spent):.0f} ms"


def allocate(ledger: SharedLedger, engine: str, number: int) -> None:
    name = f"host:{engine}"
    with ledger.writing([(name, engine)]) as writer:
        taken = writer.taken(name)
        writer.know_engine(name, engine, 1, here=False)
        free = (port for port in range(20_000, 60_000) if ("tcp", port) not in taken)
        checkout = Checkout(f"/bench/{number}", project="bench")
        leases = [Lease(f"s{at}", next(free)) for at in range(PER_CHECKOUT)]
        writer.record_checkout(checkout, primary=True, user="bench", now=1)
        writer.grant(checkout.path, "", name, leases, 1)


def measure(url: str, engine: str, runs: int) -> dict[str, float]:
    """Return medians in milliseconds: first allocations in one space, and lists of 15 checkouts."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = SharedLedger(folder, Settings(url, "box"))
        ledger.server()

        found = {
            "an allocation of 10 ports": median(
                lambda number: allocate(ledger, engine, number), runs
            ),
            "list --team --project": median(
                lambda _: admin.team(ledger.server(), "bench", 15), runs
            ),
            "list --team": median(lambda _: admin.team(ledger.server(), None, 15), runs),
        }
        ledger.close()
    return found


def median(work: Callable[[int], object], runs: int) -> float:
    spent = []
    for number in range(runs):
        began = time.perf_counter()
        work(number)
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


if __name__ == "__main__":
    sys.exit(main())
