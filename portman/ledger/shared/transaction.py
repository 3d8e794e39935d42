"""One allocation on the server: who else has what, what this seat gets, and until when.

The order is the safety of it: the rows of the port spaces are locked first, in one order; what
has expired ends by the server's clock; then everything that the plan needs is read, all in one
round trip. What is granted goes in a second one, with COMMIT: others wait meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE
from portman.ledger.shared import schema, statements
from portman.ledger.shared.driver import CONFIRMED, LINE, PATIENCE, STOPPED, host_name
from portman.state.receipts import moment

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterable, Iterator

    from portman.base.values import Checkout, CheckoutRecord, Lease
    from portman.ledger.protocol import EngineName
    from portman.ledger.shared.driver import Row, ServerConnection, Statement
    from portman.ledger.shared.settings import Settings

    Key = tuple[str, int]

#: The port space of a host whose PORTMAN_SPACE names it, and that of an engine by its own ID.
HOST, ENGINE = "host:", "engine:"


class OwnRow:
    """A row of this seat: one port of a service of one of its checkouts."""

    __slots__ = ("given", "key", "port", "position", "protocol", "service", "who")

    def __init__(self, row: Row) -> None:
        _, self.protocol, self.port, path, instance, self.service, self.position, self.given = row
        self.key: Key = (self.protocol, self.port)
        self.who: tuple[str, str] = (os.fsdecode(bytes(path)), instance)


class ServerTransaction:
    """An open transaction with the locks of some port spaces; its reads are done."""

    def __init__(self, connection: ServerConnection, settings: Settings, seat: str) -> None:
        self._connection, self._settings, self._seat = connection, settings, seat
        self._queue: list[Statement] = []
        self._names: dict[tuple[str, Key], tuple[str, str, str]] = {}
        self.own: dict[str, list[OwnRow]] = {}
        self.taken: dict[str, set[Key]] = {}
        self.counters: dict[str, int] = {}
        self.boot, self.sent = moment()  # before anything is sent: `expires_at` is counted later
        self.ledger = ""
        self.epoch = ""
        #: Whether a pooler is between: sessions, and their locks, are not this process's then.
        self.pooled = False
        self._freed: dict[str, set[Key]] = {}
        self._known: dict[str, str] = {}
        self._given: list[int] = []

    def resolve(self, names: Mapping[str, str]) -> dict[str, str]:
        """Return the space of each local name, by the ID of its engine or what is known of it.

        Raises PortmanError "ledger-space" for an engine that has never said which one it is,
        "ledger-newer" and "ledger-unusable" for the tables of another version.
        """
        engines = [f"{ENGINE}{identity}" for identity in names.values() if identity]
        found = self._connection.ask(
            [
                (statements.VERSION, ()),
                (statements.ALIASES, ([*names, *engines],)),
                (statements.BACKEND, ()),
            ]
        )
        self.ledger = check_version(found[0], self._connection.shown)
        self.pooled = found[2][0][0] != self._connection.told_pid
        self._known = known = {row[0]: row[1] for row in found[1]}
        spaces = {}
        for name, identity in names.items():
            if name == LOCAL_SCOPE:
                spaces[name] = HOST + self._settings.space
            elif identity:
                spaces[name] = known.get(ENGINE + identity, ENGINE + identity)
            elif name in known:
                spaces[name] = known[name]
            else:
                raise PortmanError(
                    "ledger-space",
                    f"the engine {name.removeprefix('host:')} did not say which one it is, so the "
                    "ledger server cannot tell its ports from those of another engine",
                    hint="see why: docker info\nstart it, then: portman up",
                )
        return spaces

    def begin(self, spaces: Mapping[str, str]) -> None:
        names = sorted(set(spaces.values()))
        own = [one for one in names if one.startswith(HOST)]
        guard = (self.boot, network())
        try:
            found = self._connection.ask(
                [
                    ("BEGIN", ()),
                    (f"SET LOCAL lock_timeout = {int(PATIENCE * 1000)}", ()),
                    (f"SET LOCAL idle_in_transaction_session_timeout = {STOPPED * 1000}", ()),
                    (statements.ADD_SPACES, (names,)),
                    (statements.LOCK_SPACES, (names,)),
                    (statements.OTHER_NAMES, (*guard, own or [""])),
                    (statements.FIND_EPOCH, ()),
                    (statements.EPOCH, ()),
                    (statements.END_EXPIRED, (names,)),
                    (statements.END_OWNED, (names,)),
                    (statements.TAKEN, (names,)),
                    (statements.OWN, (self._seat, names)),
                ],
                patience=PATIENCE,
            )
            self._check_spaces(found[4], found[5] if own else [], guard)
        except PortmanError:
            self.undo()
            raise
        self.epoch = found[7][0][0]
        self.counters = {row[0]: row[4] for row in found[4]}
        self.taken = {one: set() for one in names}
        self.own = {one: [] for one in names}
        for space, protocol, ports in found[10]:
            self.taken[space].update((protocol, int(port)) for port in ports.split(","))
        for row in found[11]:
            self.own[row[0]].append(OwnRow(row))

    def _check_spaces(self, rows: list[Row], others: list[Row], guard: tuple[str, int]) -> None:
        """Refuse two names for one port space of a host, and one name for two.

        Its kernel says which one it is: the run of the machine and the network namespace. A run
        that comes back after another one is another machine's.
        """
        boot, netns = guard
        if others and boot:
            other = others[0][0].removeprefix(HOST)
            raise PortmanError(
                "ledger-space",
                f"PORTMAN_SPACE: this machine's ports are shared under the name {other} already",
                hint=f"export PORTMAN_SPACE={other}",
            )
        for name, known, space, boots, _ in rows:
            if not name.startswith(HOST) or not boot:
                continue
            if (known == boot and space != netns) or boot in boots:
                raise PortmanError(
                    "ledger-space",
                    f"PORTMAN_SPACE={name.removeprefix(HOST)} is the name of another port space: "
                    "one of another machine, or of another network namespace of this one",
                    hint="give this one a name of its own: export PORTMAN_SPACE=another-name",
                )
            if (known, space) != guard:
                self._queue.append((statements.GUARD_SPACE, (boot, netns, name)))

    def name_of(self, space: str, key: Key) -> tuple[str, str, str]:
        if (space, key) not in self._names:
            found = self._connection.ask([(statements.WHO, (space, *key))])[0]
            label, seat, path, instance, service = found[0] if found else ("?", "", b"?", "", "?")
            label += f"-{seat}" if label == host_name() else ""  # a container with our name
            said = f"{label}:{os.fsdecode(bytes(path))}"
            self._names[space, key] = (said, instance, service)
        return self._names[space, key]

    def names(self, space: str) -> list[tuple[str, str, str, str]]:
        """Return (kind, name, machine and folder, instance) of what other machines have."""
        rows = self._connection.ask([(statements.NAMES, (space, self._seat))])[0]
        return [
            (kind, name, f"{label}:{os.fsdecode(bytes(path))}", instance)
            for kind, name, label, path, instance in rows
        ]

    # What changes is queued; `commit` sends it.

    def alias(self, name: str, space: str) -> None:
        if self._known.get(name) != space:
            self._queue.append((statements.ALIAS, (name, space)))

    def settle(self, checkout: Checkout | CheckoutRecord, user: str) -> None:
        project, who = os.fsencode(checkout.project), os.fsencode(user)
        key = self._key((checkout.path, checkout.instance))
        self._queue += [
            (statements.SEAT, (self._seat, host_name(), self.boot)),
            (statements.CHECKOUT, (*key, project, who)),
        ]

    def grant(
        self, who: tuple[str, str], space: str, leases: Iterable[Lease], freed: Iterable[Key]
    ) -> None:
        """Give numbers to a checkout of this seat; `freed`: those another one of it gave back."""
        items = sorted(
            (port, protocol, lease.service, port - lease.port)
            for lease in leases
            for protocol, port in lease.keys()
        )  # in one order
        ports, protocols, services, positions = (list(one) for one in zip(*items, strict=True))
        self.release(space, freed)
        self.freed(space).difference_update((protocol, port) for port, protocol, *_ in items)
        columns = (protocols, ports, services, positions)
        values = (space, self._settings.lease, *columns, *self._key(who))
        self._queue.append((statements.GRANT, values))
        asked = (len(ports), protocols, ports, space, *self._key(who))
        self._queue.append((statements.IS_GRANTED, asked))
        self._given += ports

    def renew(self, who: tuple[str, str], space: str) -> None:
        """Let the server vouch for all that a checkout has in a space from now on."""
        values = (self._settings.lease, space, *self._key(who))
        self._queue.append((statements.RENEW, values))

    def keep_names(self, who: tuple[str, str], space: str, names: Iterable[EngineName]) -> None:
        """Let a checkout have these names in a space, for as long as a lease, and no others."""
        kinds, words = (list(one) for one in zip(*sorted(names), strict=True))
        seat, *path = self._key(who)
        self._queue += [
            (statements.END_NAMES, (space,)),
            (statements.DROP_NAMES, (space, seat, *path, kinds, words)),
            (statements.ADD_NAMES, (space, self._settings.lease, kinds, words, seat, *path)),
        ]

    def release(self, space: str, keys: Iterable[Key]) -> None:
        gone = sorted(keys)
        if gone:
            self._freed.setdefault(space, set()).update(gone)
            pairs = ([one[0] for one in gone], [one[1] for one in gone])
            self._queue.append((statements.RELEASE, (*pairs, self._seat, space)))

    def freed(self, space: str) -> set[Key]:
        return self._freed.setdefault(space, set())

    def own_by(self, who: tuple[str, str], token: str, key: int) -> None:
        """Let a checkout end with this process: its session keeps a lock for as long as it lives.

        The lock is there before others can see the owner.
        """
        whose = self._key(who)
        self._queue += [
            *((f"SET tcp_{name} = {value}", ()) for name, value in LINE.items()),
            (statements.HOLD, (key,)),
            (statements.OWNED, (True, *whose)),
            (statements.DROP_OWNER, (token, *whose)),
            (statements.ADD_OWNER, (token, key, self.epoch, *whose)),
        ]

    def disown(self, who: tuple[str, str]) -> None:
        whose = self._key(who)
        self._queue += [(statements.DROP_OWNERS, whose), (statements.OWNED, (False, *whose))]

    def commit(self) -> None:
        """Send what is queued, and COMMIT.

        Raises PortmanError "ledger-*". Nothing is kept then, except where its message says that
        the server did not say: running it again finds what was.
        """
        if self._queue:
            self._queue.append((statements.COUNT, (sorted(self.counters),)))
            self.counters = {name: counter + 1 for name, counter in self.counters.items()}
        numbers = ", ".join(map(str, self._given))
        refused = {
            statements.COPIED: PortmanError(
                "ledger-space",
                "this state folder is a copy of one that another machine uses",
                hint="name one of this machine's own: export PORTMAN_HOME=/var/tmp/portman\n"
                "see both: portman ledger members",
            ),
            statements.NOT_GRANTED: PortmanError(
                "ledger-damaged", f"a port of {numbers} is leased already. Nothing was changed."
            ),
        }
        try:
            self._connection.ask(
                [*self._queue, ("COMMIT", ())], patience=CONFIRMED, doing="commit", refused=refused
            )
        except PortmanError:
            self.undo()
            raise
        self._queue = []

    def undo(self) -> None:
        self._queue = []
        if self._connection.closed:
            return
        try:
            self._connection.ask([("ROLLBACK", ())])
        except PortmanError:
            self._connection.close()

    def _key(self, who: tuple[str, str]) -> tuple[str, bytes, str]:
        return (self._seat, os.fsencode(who[0]), who[1])


class TakenPorts(Mapping[tuple[str, int], tuple[str, str, str]]):
    """Who has which (protocol, port) of a space; another machine's name is asked when wanted.

    A space may have tens of thousands of leases, and a message needs the names of one or two.
    """

    def __init__(self, transaction: ServerTransaction, space: str) -> None:
        self._transaction, self._space = transaction, space
        self.known: dict[Key, tuple[str, str, str]] = {}
        self._others = set(transaction.taken[space])

    def set_aside(self, keys: Iterable[Key]) -> None:
        """Leave out numbers that this seat has given back."""
        self._others.difference_update(keys)

    def __getitem__(self, key: Key) -> tuple[str, str, str]:
        if key in self.known:
            return self.known[key]
        if key not in self._others:
            raise KeyError(key)
        return self._transaction.name_of(self._space, key)

    def __contains__(self, key: object) -> bool:
        return key in self.known or key in self._others

    def __iter__(self) -> Iterator[Key]:
        yield from self.known
        yield from self._others.difference(self.known)

    def __len__(self) -> int:
        return len(self._others.union(self.known))

    def items(self) -> ItemsView[Key, tuple[str, str, str]]:
        """Return what is known without asking: the numbers of this state folder."""
        return self.known.items()


def network() -> int:
    try:
        return os.stat("/proc/self/ns/net").st_ino
    except OSError:
        return 0


def check_version(rows: list[Row], shown: str) -> str:
    """Return the id of the ledger. Raises PortmanError "ledger-newer" or "ledger-unusable"."""
    version, reads_from, ledger = rows[0] if rows else (0, 0, "")
    if reads_from > schema.VERSION:
        raise PortmanError(
            "ledger-newer",
            f"the ledger server {shown} has tables of version {version}; this portman knows "
            f"{schema.VERSION}. Nothing was changed.",
            hint="upgrade: uv tool upgrade ports-toml\nor: pipx upgrade ports-toml",
        )
    if version < schema.VERSION:
        raise PortmanError(
            "ledger-unusable",
            f"the ledger server {shown} has tables of version {version}; this portman needs "
            f"{schema.VERSION}",
            hint="its owner raises them: portman ledger migrate",
        )
    return str(ledger)
