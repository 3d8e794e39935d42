"""What the page shows of this machine, gathered: each kind as often as it is worth.

The live snapshot is that of `portman watch`. Everything else costs more (the engine of containers,
git, the checks of doctor) and is kept for a while.
"""

from __future__ import annotations

import socket
import time

from portman.allocation.leasing import machine_pool
from portman.base.address import reach_of
from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.values import Manifest
from portman.commands.doctor import doctor
from portman.commands.list import list_leases, team_leases
from portman.commands.log import log
from portman.commands.watch import Watcher, matching
from portman.containers.claims import stopped_claims
from portman.dashboard import model
from portman.dashboard.number_line import draw
from portman.holders.json_view import claim_view
from portman.holders.messages import home
from portman.machine.port_range import automatic_range
from portman.machine.sockets.listing import list_listeners

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portman.commands.watch import Row, WatchSnapshot
    from portman.dashboard.model import CheckoutFacts, PageView, Seat
    from portman.dashboard.number_line import NumberLine

#: Seconds for which facts are kept: of `list`, of `doctor`, and of the ledger's server.
LIST_FOR, DOCTOR_FOR, TEAM_FOR = 30.0, 60.0, 15.0
#: Rows of the log on the page.
LOG_ROWS = 100


class Surroundings(NamedTuple):
    """What changes seldom: branches, what deleted checkouts left, the pool, the number line."""

    checkouts: dict[Seat, CheckoutFacts]
    leftovers: list[dict[str, Any]]
    pool: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    log: list[dict[str, Any]]
    line: NumberLine
    lan: str


class Update(NamedTuple):
    """What changed: cells by key, or everything (`cells` is None)."""

    page: PageView | None
    cells: dict[str, Any] | None = None
    error: str = ""


class MachineFacts:
    """Gathers for one server. Not for several threads at once: the ledger belongs to one."""

    def __init__(self, start: str) -> None:
        self.start = start
        self._watcher: Watcher | None = None
        self._kept: dict[str, tuple[float, Any]] = {}
        self.shares = False
        self._stamp: tuple[int, ...] = ()

    def look(self) -> WatchSnapshot:
        """Return the live snapshot, without dashboards. Raises PortmanError: ledger-*."""
        if self._watcher is None:
            self._watcher = Watcher()
            self.shares = self._watcher.ledger.shares
        found = self._watcher.look()
        rows = tuple(row for row in found.rows if not row.instance.startswith("dashboard-"))
        return found._replace(rows=rows)

    def page(self, snapshot: WatchSnapshot, words: str = "") -> PageView:
        around = self.surroundings()

        def more(row: Row) -> str:
            known = around.checkouts.get((row.checkout, row.instance))
            states = ["misplaced"] * bool(row.misplaced) + ["gone"] * row.gone
            return " ".join([known.branch if known else "", *states])

        rows = matching(snapshot.rows, words, more=more)
        return model.build(snapshot, rows, around.checkouts, home(), around.lan)

    def changes(self) -> Callable[[], Update | None]:
        """Return a function that returns what changed since its last call."""
        last: PageView | None = None
        made_of: object = None

        def look() -> Update | None:
            nonlocal last, made_of
            try:
                snapshot = self.look()
                evidence = snapshot.rows, self.surroundings().checkouts
                if evidence == made_of:
                    return None  # building a page of 500 services takes longer than looking
                page, made_of = self.page(snapshot), evidence
            except PortmanError as error:
                return Update(None, error=error.message)
            before, last = last, page
            return None if before in (None, page) else Update(page, model.changed(before, page))

        return look

    def surroundings(self) -> Surroundings:
        """Return what is kept while the ledger is the same: `list` walks all processes."""
        stamp = self._watcher.ledger.stamp() if self._watcher else ()
        if stamp != self._stamp:
            self._kept.pop("list", None)
            self._stamp = stamp
        found: Surroundings = self._keep("list", LIST_FOR, self._surroundings)
        return found

    def checks(self) -> dict[str, Any]:
        found: dict[str, Any] = self._keep(
            "doctor", DOCTOR_FOR, lambda: doctor(self.start, only_trouble=True).data
        )
        return found

    def team(self) -> dict[str, Any] | None:
        """Return the machines of the shared ledger, or why its server does not say; None: unset.

        It may take seconds, in which nothing else waits: not for the thread that looks.
        """
        if not self.shares:
            return None
        found: dict[str, Any] = self._keep("team", TEAM_FOR, _team)
        return found

    def forget(self) -> None:
        """Look again at everything: something was just changed from here."""
        self._kept.clear()

    def _keep(self, name: str, seconds: float, find: Callable[[], Any]) -> Any:
        at, found = self._kept.get(name, (0.0, None))
        if found is None or time.monotonic() - at > seconds:
            found = find()
            self._kept[name] = (time.monotonic(), found)
        return found

    def _surroundings(self) -> Surroundings:
        data: dict[str, Any] = list_leases().data
        checkouts = {
            (one["checkout"], one["instance"]): model.CheckoutFacts(
                one["branch"] or "", one["primary"], one["unseen"]
            )
            for one in data["checkouts"]
        }
        leased = [
            (port, f"{service['name']} of {one['project']}")
            for one in data["checkouts"]
            for service in one["services"]
            for port in service["ports"]
        ]
        listening = [(one.port, "something listens here") for one in list_listeners(()) if one.port]
        entries: Any = log(newest=LOG_ROWS).data["entries"]
        bands = machine_pool(Manifest()).bands
        return Surroundings(
            checkouts,
            data["leftovers"],
            data["pool"],
            [claim_view(one) for one in stopped_claims()],
            [
                {**one, "checkout": model.short_path(one["checkout"], home())}
                for one in entries
                if not one["instance"].startswith("dashboard-")  # the port of a dashboard
            ],
            draw(automatic_range(), bands, leased, listening),
            _lan_address(),
        )


def _team() -> dict[str, Any]:
    try:
        report = team_leases(None)
    except PortmanError as error:
        return {"error": error.message, "machines": ()}
    return {"error": "", "machines": model.machines(report.data["team"])}  # type: ignore[arg-type]


def _lan_address() -> str:
    """Return the address by which a network reaches this machine, "" without one.

    Connecting a UDP socket sends nothing; it makes the kernel choose a route (192.0.2.1 is the
    documentation's own network, RFC 5737).
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address: str = asking.getsockname()[0]
    return "" if reach_of(address) in {"loopback", "wildcard"} else address
