"""What several checks need, each fact fetched once: the manifest, the ledger, the listeners."""

from __future__ import annotations

from functools import cached_property

from portman.allocation.leasing import machine_pool
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError
from portman.base.holder import weightiest_first
from portman.base.record import NamedTuple
from portman.base.text import home_short, printable
from portman.base.values import LOCAL_SCOPE, Manifest
from portman.containers.claims import name_containers
from portman.containers.endpoint import find_endpoint
from portman.diagnose import firewall
from portman.holders.find import name_sockets
from portman.holders.messages import home
from portman.ledger.open import open_ledger
from portman.machine import port_range
from portman.machine.mounts import look
from portman.machine.sockets.listing import list_listeners, why_unknown
from portman.manifest import FILE
from portman.manifest.file import read_manifest

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Literal

    from portman.allocation.pool import Band, Pool
    from portman.allocation.workspace import Workspace
    from portman.base.holder import Holder
    from portman.base.values import CheckoutRecord, OwnedLease, Service
    from portman.containers.endpoint import EngineEndpoint
    from portman.ledger.protocol import EngineName, Ledger, NameOwner
    from portman.machine.mounts import Folders

    Status = Literal["ok", "warn", "fail", "skipped"]


class CheckResult(NamedTuple):
    """One line of the page. "skipped": it could not be checked, whatever the machine is like.

    Each line of `fix` is a command that can be typed as printed, or one imperative sentence.
    `code` is that of `list` and `check` for the same fact.
    """

    check: str
    status: Status
    reason: str
    fix: str = ""
    code: str = ""


class Listener(NamedTuple):
    """A listening socket with its owner. `families`: by which a client reaches it."""

    holder: Holder
    families: frozenset[str]
    folder_gone: bool = False


class DoctorContext:
    """The folder in which `doctor` was called, and the facts of the machine around it."""

    def __init__(self, start: str, instance: str = "") -> None:
        self.start, self.instance = start, instance
        self.manifest_error: PortmanError | None = None
        self.ledger_error: PortmanError | None = None

    def prepare(self) -> None:
        """Read what must be read in one thread: an SQLite connection belongs to its thread."""
        for name in ("workspace", "holdings", "listeners", "_listening", "gone", "engine_names"):
            getattr(self, name)

    @cached_property
    def workspace(self) -> Workspace | None:
        """None outside a project, or if manifest or ledger cannot be read."""
        try:
            return open_workspace(self.start, self.instance)
        except PortmanError as error:
            if error.code == "usage":
                raise
            if error.code.startswith("ledger-"):
                self.ledger_error = error
            else:
                self.manifest_error = error
            return None

    @cached_property
    def ledger(self) -> Ledger:
        return open_ledger()

    @cached_property
    def holdings(self) -> tuple[OwnedLease, ...]:
        try:
            return self.ledger.holdings(LOCAL_SCOPE)
        except PortmanError as error:
            self.ledger_error = error
            return ()

    @cached_property
    def gone(self) -> frozenset[CheckoutRecord]:
        """The checkouts whose folder was deleted; each folder is looked at once."""
        folders: Folders = {}
        records = dict.fromkeys(one.record for one in self.holdings)
        return frozenset(one for one in records if look(one.path, one.place, folders) == "gone")

    @cached_property
    def engine(self) -> EngineEndpoint:
        return find_endpoint()

    @cached_property
    def engine_names(self) -> dict[EngineName, NameOwner]:
        """Which checkout has which name on the engine; none if the ledger cannot be read."""
        try:
            return self.ledger.engine_names(self.ledger.space(self.engine.scope))
        except PortmanError as error:
            self.ledger_error = error
            return {}

    @property
    def own_holdings(self) -> tuple[OwnedLease, ...]:
        """The leases of this checkout; outside a project, all leases."""
        if self.workspace is None:
            return self.holdings
        here = (self.workspace.checkout.path, self.workspace.checkout.instance)
        return tuple(one for one in self.holdings if (one.record.path, one.record.instance) == here)

    @cached_property
    def manifests(self) -> dict[str, dict[str, Service]]:
        found: dict[str, dict[str, Service]] = {}
        for path in {one.record.path for one in self.holdings}:
            try:
                manifest = read_manifest(f"{path}/{FILE}")
            except PortmanError:
                manifest = Manifest()
            found[path] = {service.name: service for service in manifest.services}
        return found

    @cached_property
    def automatic(self) -> Band:
        return port_range.automatic_range()

    @cached_property
    def reserved(self) -> list[Band]:
        return port_range.reserved_ports()

    @cached_property
    def pool(self) -> Pool:
        return machine_pool(self.workspace.manifest if self.workspace else Manifest())

    @cached_property
    def filters(self) -> firewall.Filters:
        return firewall.read_filters()

    @cached_property
    def frontends(self) -> tuple[firewall.Frontend, ...]:
        return firewall.frontends()

    @cached_property
    def listeners(self) -> tuple[Listener, ...]:
        """All TCP listeners (where the system lists them at once), else those on leased ports."""
        pairs = {("tcp", port) for one in self.holdings for port in one.lease.ports}
        return _listeners(pairs)

    @cached_property
    def unseen(self) -> str:
        """Why the system did not say who listens, "" where it did."""
        _ = self.listeners
        return why_unknown()

    @cached_property
    def _listening(self) -> dict[tuple[str, int], list[Listener]]:
        found: dict[tuple[str, int], list[Listener]] = {}
        for one in self.listeners:
            found.setdefault((one.holder.protocol, one.holder.port), []).append(one)
        return found

    def listeners_on(self, holding: OwnedLease) -> list[Listener]:
        return [one for key in holding.lease.keys() for one in self._listening.get(key, ())]


def place(holding: OwnedLease) -> str:
    record = holding.record
    kind = f" ({record.instance})" if record.instance else ""
    return printable(f"{holding.lease.service} of {home_short(record.path, home())}{kind}")


def named(items: list[str], most: int = 4) -> str:
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def _listeners(pairs: set[tuple[str, int]]) -> tuple[Listener, ...]:
    """List all TCP listeners; those on `pairs` where the system does not list all at once."""
    holders = name_containers(name_sockets(list_listeners(pairs)))
    return tuple(
        Listener(
            one,
            _families(one.address, dual=one.first.v6only is not True),
            folder_gone=one.cwd_deleted,
        )
        for one in weightiest_first(holders)
    )


def _families(address: str, *, dual: bool) -> frozenset[str]:
    if ":" not in address or address.startswith("::ffff:"):
        return frozenset({"ipv4"})
    return frozenset({"ipv4", "ipv6"} if address == "::" and dual else {"ipv6"})
