"""What portman asks of a ledger, so that a server database can take SQLite's place."""

from __future__ import annotations

from portman.base.record import NamedTuple, Protocol

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from contextlib import AbstractContextManager
    from typing import Literal

    from portman.base.errors import Problem, ServerError
    from portman.base.values import Checkout, CheckoutRecord, Lease, OwnedLease

    #: Port spaces with the ID of their engine.
    Asked = Iterable[tuple[str, str]]

    #: What a row of the log says: "moved" has `was`; "freed" and "refused" change no lease.
    LogEvent = Literal["leased", "moved", "given-back", "reclaimed", "freed", "refused"]


#: (kind, name): "project", "container", "volume", "network" or "image", and what it is called.
EngineName = tuple[str, str]
#: Where `{checkout.slug}` of folders at one path is kept like a name of an engine.
SLUGS = "slug"


class NameOwner(NamedTuple):
    """A checkout that has a name on an engine; `place` tells folders of one path apart."""

    path: str
    instance: str
    place: str = ""


class EndedLease(NamedTuple):
    """What a port was: `size` ports from `port` on, until `ended_at` (Unix seconds)."""

    path: str
    instance: str
    service: str
    port: int
    size: int = 1
    ended_at: int = 0


class LogEntry(NamedTuple):
    """One row of the log: what became of a service's ports, why, and who asked.

    `why` names the reason of a reclaim or refusal, or whom `free` stopped. What asked: `command`
    of process `pid`, by `user`, in `agent`'s `session` or on `terminal`, each "" if unknown.
    """

    number: int
    at: int
    event: LogEvent
    path: str
    instance: str
    scope: str
    service: str
    port: int
    size: int = 1
    was: int | None = None
    why: str = ""
    branch: str = ""
    command: str = ""
    pid: int = 0
    user: str = ""
    agent: str = ""
    session: str = ""
    terminal: str = ""


class LogChange(NamedTuple):
    """What a row of the log is about; the rest of the row the writer knows."""

    event: LogEvent
    path: str
    instance: str
    scope: str
    lease: Lease
    was: int | None = None
    why: str = ""


class LogQuery(NamedTuple):
    """Which rows: numbers above `after`, not older than `since` (Unix seconds), the rest if given.

    `newest`: at most so many, the last ones; 0 for all.
    """

    after: int = 0
    since: int = 0
    service: str = ""
    port: int = 0
    path: str = ""
    newest: int = 0


class Ledger(Protocol):
    """All leases of this machine. Reading never waits for writers and never writes.

    Every method but `stamp` and `rows` raises PortmanError with a `ledger-*` code when the ledger
    cannot be used.
    """

    #: Whether a server decides some port spaces.
    shares: bool

    @property
    def path(self) -> str: ...

    def stamp(self) -> tuple[int, ...]:
        """Return a signature of the contents: equal signatures, equal contents.

        () while a write is under way or was cut off: keep and trust no answer then.
        """

    def rows(self, path: str, instance: str) -> str:
        """Return the checkout's record and leases as one text, to compare; "" if unreadable."""

    def record(self, path: str, instance: str) -> CheckoutRecord | None:
        """Return the checkout's own record, or None if it has never asked."""

    def known_path(self, path: str) -> str:
        """Return the path under which the folder at `path` is recorded; `path` for a new one."""

    def leases(self, path: str, instance: str, scope: str) -> dict[str, Lease]:
        """Return the checkout's leases by service name (those no longer in the manifest too)."""

    def checkouts(self) -> tuple[CheckoutRecord, ...]:
        """Return every checkout that has leases, in no order."""

    def holdings(self, scope: str | None = None, path: str | None = None) -> tuple[OwnedLease, ...]:
        """Return leases with their checkouts, ordered by path, instance and port.

        All of them, or those of one port space, or of the checkouts at one path.
        """

    def lease_on(self, scope: str, protocol: str, port: int) -> OwnedLease | None:
        """Return the lease that this port belongs to, if any."""

    def ended_leases(self, scope: str, port: int) -> tuple[EndedLease, ...]:
        """Return the ended leases that this port belonged to, the newest first."""

    def log(self, query: LogQuery) -> tuple[LogEntry, ...]:
        """Return rows of the log, the oldest first."""

    def owners(self) -> dict[CheckoutRecord, tuple[str, ...]]:
        """Return the owners of every checkout that ends with its processes (see Writer.own)."""

    def engine_names(self, scope: str) -> dict[EngineName, NameOwner]:
        """Return which checkout has which name on the engine of `scope`."""

    def space(self, scope: str) -> str:
        """Return the port space of an engine that is spelled `scope` (see Writer.know_engine)."""

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the ledger's storage; () if nothing is."""

    def writing(self, asked: Asked = ()) -> AbstractContextManager[Writer]:
        """Open the one write transaction: commit on leaving, roll back on an exception.

        `asked`: the port spaces in which leases may be granted, each with the ID of its engine
        ("" if unknown or this machine's). Where a server decides one of them, leaving raises
        ServerError if the server does not confirm.
        """

    def is_due(self, path: str, instance: str, scopes: Iterable[str]) -> bool:
        """Return whether a server should vouch again for what the checkout has in these spaces."""

    def is_shared(self, scope: str) -> bool:
        """Return whether a server decides this space, so that others in it are not known here."""

    def excuse(self, error: ServerError, path: str, instance: str) -> tuple[Problem, ...]:
        """Return how a checkout goes on with the leases it has; raises `error` if it must not."""

    def evidence(self, path: str, instance: str) -> tuple[str, ...]:
        """Return until when an answer about the checkout may be repeated, for a receipt."""

    def close(self) -> None:
        """Close what is open; the next use opens it again."""


class Writer(Protocol):
    """The inside of a write transaction: no other process writes until it ends."""

    def leases(self, path: str, instance: str, scope: str) -> dict[str, Lease]:
        """Return the checkout's leases as they are under the lock."""

    def unsettled(self, only: Collection[tuple[str, str]]) -> tuple[CheckoutRecord, ...]:
        """Return the checkouts (path, instance) of `only`, ephemeral ones, and those of no place.

        Of no place are those that an older version recorded.
        """

    def taken(
        self, scope: str, asking: tuple[str, str] | None = None
    ) -> Mapping[tuple[str, int], tuple[str, str, str]]:
        """Map every leased (protocol, port) to (checkout path, instance, service).

        `asking` is a checkout (path, instance): where another container has another folder at its
        path, the path of that one is returned with a remark.
        """

    def tenants_on(self, scope: str, ports: Collection[int]) -> set[tuple[str, str]]:
        """Return (path, instance) of each checkout that has leased one of these numbers."""

    def ended_ports(
        self, path: str, instance: str, scope: str, sizes: Mapping[str, int] | None = None
    ) -> dict[str, int]:
        """Return the first port each service of this checkout had when last given back.

        With `sizes` (by service) only what it had in that size.
        """

    def record_checkout(self, checkout: Checkout, *, primary: bool, user: str, now: int) -> None:
        """Record the checkout, or refresh its record: `used_at`, and which folder it is."""

    def note_place(self, record: CheckoutRecord) -> None:
        """Keep evidence of a folder that an older portman recorded without."""

    def grant(
        self, path: str, instance: str, scope: str, leases: Iterable[Lease], now: int
    ) -> None:
        """Store the leases, replacing earlier ones of the same services.

        Raises PortmanError "ledger-damaged" if a port is leased already: the UNIQUE
        constraint is the last line, never the first. Protocols are kept as a set: a lease
        comes back with "tcp" before "udp". Raises LookupError if the checkout is not recorded.
        """

    def is_shared(self, scope: str) -> bool:
        """Return whether a server decides this space: unchanged leases are granted again too."""

    def notes(self) -> tuple[Problem, ...]:
        """Return what became of leases while they were read."""

    def note(self, change: LogChange, now: int) -> None:
        """Add a row to the log. `grant` and `give_back` write theirs."""

    def give_back(  # noqa: PLR0913 - whose, which, when, why
        self,
        path: str,
        instance: str,
        services: Iterable[str] | None,
        now: int,
        place: str | None = None,
        *,
        why: str = "",
    ) -> tuple[Lease, ...]:
        """End leases (all of the checkout for None) in every scope, remember their ports.

        With `why` the log says "reclaimed": the checkout did not ask for it.

        `place` (CheckoutRecord.place) names a checkout that this view of the machine may not see.
        Returns them ordered by port. A checkout without leases is forgotten, its ports are not.
        """

    def primary_of(self, repository: str) -> tuple[str, str] | None:
        """Return (path, instance) of the repository's primary checkout: the first that asked."""

    def own(self, path: str, instance: str, token: str) -> None:
        """Let the leases of a checkout end with a process.

        `token` names it (see portman.machine.processes). Several may own one instance; its
        ports are not remembered. Owners go when the checkout is forgotten. Raises LookupError if
        the checkout is not recorded.
        """

    def disown(self, path: str, instance: str) -> None:
        """Let an instance outlive its processes."""

    def owners(self) -> dict[CheckoutRecord, tuple[str, ...]]:
        """Return all owners, under the lock."""

    def owners_of(self, path: str, instance: str) -> tuple[str, ...]:
        """Return the owners of a checkout, under the lock."""

    def engine_names(self, scope: str) -> dict[EngineName, NameOwner]:
        """Return which checkout has which name, under the lock."""

    def take_engine_names(
        self, path: str, instance: str, scope: str, names: Iterable[EngineName], now: int
    ) -> None:
        """Give a checkout these names in place of those it had; another's are not touched.

        They outlive its leases: the containers and volumes of a checkout do too.
        """

    def drop_engine_names(self, owner: NameOwner) -> None:
        """Forget the names of a checkout that is gone, in every scope."""

    def know_engine(self, scope: str, identity: str, now: int, *, here: bool) -> str:
        """Keep which engine answers for `scope`; return the port space of that engine.

        It is that of another scope which the same engine answered for, or this machine's
        (`here`). What was leased under `scope` goes there; where two leases of one engine have
        one port, the one in the other space stays.
        """
