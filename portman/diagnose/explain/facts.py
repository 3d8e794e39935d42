"""The facts about an address, and the statements that an explanation is made of."""

from __future__ import annotations

from portman.allocation.pool import Pool
from portman.base.address import Address, reach_of
from portman.base.hints import hints_json
from portman.base.record import NamedTuple
from portman.base.text import home_short, printable

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Literal

    from portman.allocation.pool import Band
    from portman.base.holder import Holder, Socket
    from portman.base.values import Claim, OwnedLease
    from portman.diagnose.firewall import RuleMatch
    from portman.ledger.protocol import EndedLease
    from portman.machine.addresses import Answer
    from portman.machine.port_range import Registration

    Topic = Literal["answer", "address", "number", "now", "trouble"]
    Level = Literal["plain", "good", "warn", "bad"]


class Statement(NamedTuple):
    """One finding. `code` is stable; each line of `next` is a command or one step.

    `level`: "plain" is neutral, "good" as intended, "warn" may surprise, "bad" does not work.
    """

    topic: Topic
    code: str
    text: str
    next: str = ""
    level: Level = "plain"

    def view(self) -> dict[str, object]:
        return {
            "topic": self.topic,
            "code": self.code,
            "text": self.text,
            "hints": hints_json(self.next),
            "level": self.level,
        }


class ExplainFacts(NamedTuple):
    """What commands/explain.py gathers.

    `port` is None where the address names none. `own`: whether the host is an address of this
    machine; None where that is unknown. `addresses`: those of a host name on this machine.
    `localhost`: the addresses of that name, in order. `probes`: the probe's result by protocol,
    `occupancy` its finer classification (machine/sockets/model.py). `rules` are those of the
    firewall that may stop or redirect a loopback connection. `peers` have the port at their other
    end. Of a service that was asked for by name: its `url`, its `variables`, and the same service
    in the other checkouts of its project (`siblings`).
    `now` is Unix time in seconds. `system` is sys.platform; `windows`: in WSL the pid of a
    program of Windows that has the port.
    """

    address: Address
    port: int | None = None
    service: str | None = None
    checkout: str | None = None
    registrations: tuple[Registration, ...] = ()
    customary: str = ""
    automatic: Band = (32768, 60999)
    reserved: tuple[Band, ...] = ()
    excluded: tuple[Band, ...] = ()
    unprivileged: int = 1024
    privileged_user: bool = False
    pool: Pool = Pool(())
    own: bool | None = None
    addresses: tuple[str, ...] = ()
    localhost: tuple[str, ...] = ("127.0.0.1",)
    holders: tuple[Holder, ...] = ()
    peers: tuple[Holder, ...] = ()
    probes: tuple[tuple[str, str], ...] = ()
    occupancy: str = ""
    answer: Answer = ""
    rules: tuple[RuleMatch, ...] = ()
    leases: tuple[OwnedLease, ...] = ()
    formers: tuple[EndedLease, ...] = ()
    claims: tuple[Claim, ...] = ()
    url: str = ""
    variables: tuple[str, ...] = ()
    siblings: tuple[OwnedLease, ...] = ()
    now: float = 0.0
    home: str = ""
    system: str = "linux"
    windows: int = 0

    def short(self, path: str) -> str:
        return printable(home_short(path, self.home))

    @property
    def elsewhere(self) -> bool:
        return self.own is False

    @property
    def sockets(self) -> tuple[Socket, ...]:
        return tuple(socket for one in self.holders for socket in one.sockets)

    @property
    def listeners(self) -> tuple[tuple[Holder, Socket], ...]:
        return tuple(
            (one, socket)
            for one in self.holders
            for socket in one.sockets
            if socket.state == "listen" and socket.protocol == "tcp" and not socket.namespace
        )

    @property
    def targets(self) -> tuple[str, ...]:
        host = self.address.host
        if self.addresses:
            return self.addresses
        if not host:
            return self.localhost
        if reach_of(host) == "wildcard":
            return ("::1",) if ":" in host else ("127.0.0.1",)
        return (host,)
