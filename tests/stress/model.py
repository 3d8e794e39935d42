"""The reference model of the whole system: eighteen statements (test_model.py counts them).

An answer of portman is right if `allows` says so. Services that hold no port are given the first
of `wishes` that can be had.
"""

from __future__ import annotations

Place = tuple[str, str]  # a checkout and its instance
Ports = dict[str, tuple[int, ...]]  # the ports of each service
Server = tuple[str, int, str]  # a checkout, how often it was made, and the service ("": any)


class Model:
    """Who has which ports, what was given back, and what the env files say (set by who writes)."""

    def __init__(self) -> None:
        self.leases, self.former, self.written = (dict[Place, Ports]() for _ in range(3))
        self.made = dict[str, int]()  # how often each checkout was made

    def give(self, place: Place, given: Ports) -> None:
        """Let a place have these ports, besides what it has."""
        self.leases[place] = self.after(place, given)

    def after(self, place: Place, given: Ports) -> Ports:
        """Return what a place has then: a service that it dropped hands its number on."""
        used = {port for ports in given.values() for port in ports}
        held = self.leases.get(place, {})
        return {**{name: old for name, old in held.items() if not used & set(old)}, **given}

    def give_back(self, place: Place) -> None:
        """Leave a place without ports, and its file without a word; remember what it had."""
        self.former[place] = {**self.former.get(place, {}), **self.leases.pop(place, {})}
        self.written.pop(place, None)

    def lose_ledger(self) -> None:
        """Only the files are left."""
        self.leases, self.former = {}, {}

    def allows(self, place: Place, given: Ports, moving: set[str]) -> bool:
        """See that what is held stays unless it moves or changes size, and nothing comes twice."""
        held = self.leases.get(place, {})
        now = {**self.leases, place: self.after(place, given)}
        ports = [port for of in now.values() for ports in of.values() for port in ports]
        return len(ports) == len(set(ports)) and all(
            name in moving or len(given.get(name, ())) != len(old) or given[name] == old
            for name, old in held.items()
        )

    def wishes(self, place: Place, service: str) -> list[int]:
        """Return the first ports a service without a lease would like: in its file, given back."""
        return [one[place][service][0] for one in (self.written, self.former)
                if service in one.get(place, {})]  # fmt: skip

    def make(self, name: str) -> None:
        """A folder made again under its old name is another folder."""
        self.made[name] = self.made.get(name, 0) + 1

    def own(self, place: Place, service: str, server: Server | None) -> bool:
        """Return whether a server is a service: of this very folder, and in the service's own."""
        return server == (place[0], self.made[place[0]], service)

    def verdict(self, place: Place, service: str, there: list[Server | None]) -> str:
        """Return the verdict on a service whose ports these servers have (None: strangers)."""
        mine = [self.own(place, service, one) for one in there]
        return "idle" if not there else "running" if all(mine) else "taken"
