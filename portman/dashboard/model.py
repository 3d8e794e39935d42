"""What the page shows: services by checkout, what is in the way, how many in each state. Pure.

Colours, links and HTML are the templates' business; every text here is plain.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from hashlib import blake2b

from portman.base.address import at, reach_of
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.base.text import home_short, printable
from portman.base.values import LOCAL_SCOPE
from portman.commands.overview import arrange
from portman.holders.verdicts import GRAVITY

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from portman.commands.watch import Row, WatchSnapshot

#: What stands in the way, as opposed to what merely is.
GRAVE = frozenset(GRAVITY) - {"running", "idle", "reserved"}
Seat = tuple[str, str]


class CheckoutFacts(NamedTuple):
    """What `portman list` knows of a checkout and the live snapshot does not."""

    branch: str = ""
    primary: bool = False
    unseen: bool = False


class CellView(NamedTuple):
    """One service of one checkout. `key` is stable while the lease lives, and unique on the page.

    `here` begins a command about its checkout. `reach` is the URL for other devices, where the
    server listens beyond loopback.
    """

    key: str
    service: str
    port: int
    ports: str
    state: str
    who: str = ""
    since: float | None = None
    connections: int = 0
    url: str = ""
    misplaced: str = ""
    scope: str = ""
    reach: str = ""
    here: str = ""

    @property
    def commands(self) -> dict[str, str]:
        """Return what can be done about it, and the command that each is."""
        found = {"free": f"portman free {self.port}"}
        if self.state not in ("running", "taken"):
            found = {}
        if self.state != "running":
            found["reassign"] = f"{self.here} up --reassign {word(self.service)}"
            found["release"] = f"{self.here} down {word(self.service)}"
        return found

    @property
    def shown(self) -> str:
        return shown_state(self.state, self.misplaced)


class ColumnView(NamedTuple):
    """One checkout (or instance of one): a column of its project's matrix."""

    key: str
    path: str
    short: str
    title: str
    instance: str
    branch: str
    primary: bool
    gone: bool
    unseen: bool


class RowView(NamedTuple):
    """One service across the checkouts; None where a checkout has none of that name."""

    service: str
    cells: tuple[CellView | None, ...]


class ProjectView(NamedTuple):
    """The checkouts of one project, this machine's first checkout first."""

    name: str
    key: str
    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]


class AttentionItem(NamedTuple):
    """Something in the way: the cell it belongs to, a sentence, commands to copy."""

    key: str
    state: str
    text: str
    commands: tuple[str, ...]


class PageView(NamedTuple):
    """Everything live on the page. `found` counts states; `total` services before a filter."""

    projects: tuple[ProjectView, ...]
    attention: tuple[AttentionItem, ...]
    found: tuple[tuple[str, int], ...]
    shown: int
    total: int

    def cells(self) -> Iterator[CellView]:
        for project in self.projects:
            for row in project.rows:
                yield from (one for one in row.cells if one is not None)


def build(
    snapshot: WatchSnapshot,
    rows: tuple[Row, ...],
    facts: Mapping[Seat, CheckoutFacts],
    home: str,
    lan: str = "",
) -> PageView:
    by_project: dict[str, list[Row]] = {}
    for row in rows:
        by_project.setdefault(row.project, []).append(row)
    projects = [
        _project(name, mine, facts, home, lan)
        for name, mine in sorted(by_project.items(), key=lambda item: _order(item[1], item[0]))
    ]
    counted: dict[str, int] = {}
    for row in rows:
        state = shown_state(row.state, row.misplaced)
        counted[state] = counted.get(state, 0) + 1
    grave = (state for state in GRAVITY if state in GRAVE)
    order = (*grave, "misplaced", "running", "reserved", "idle")
    found = tuple((state, counted[state]) for state in dict.fromkeys(order) if state in counted)
    taken = [_attention(row, home) for row in rows if row.state in GRAVE]
    taken.sort(key=lambda one: order.index(one.state))
    attention = (*taken, *_misplaced(rows, home), *_gone(rows, home))
    return PageView(tuple(projects), attention, found, len(rows), len(snapshot.rows))


def _order(rows: list[Row], name: str) -> tuple[bool, bool, str]:
    """What is in the way first, then what runs, then by name."""
    grave = any(row.state in GRAVE or row.misplaced for row in rows)
    return not grave, not any(row.state == "running" for row in rows), name


def _project(
    name: str, rows: list[Row], facts: Mapping[Seat, CheckoutFacts], home: str, lan: str
) -> ProjectView:
    arranged = arrange(name, rows, lambda seat: not facts.get(seat, CheckoutFacts()).primary)
    seats, found = arranged.seats, arranged.rows
    gone = {(row.checkout, row.instance) for row in rows if row.gone}
    columns = tuple(
        _column(seat, facts.get(seat, CheckoutFacts()), home, gone=seat in gone) for seat in seats
    )
    lines = tuple(
        RowView(
            printable(service),
            tuple(
                cell(found[(*seat, service)], lan, home) if (*seat, service) in found else None
                for seat in seats
            ),
        )
        for service in arranged.services
    )
    return ProjectView(printable(name), slug("project", name), columns, lines)


def _column(seat: Seat, facts: CheckoutFacts, home: str, *, gone: bool) -> ColumnView:
    path, instance = seat
    short = short_path(path, home)
    return ColumnView(
        slug("checkout", path, instance),
        path,
        short,
        short.rstrip("/").rpartition("/")[2] or short,
        printable(instance),
        printable(facts.branch),
        facts.primary,
        gone,
        facts.unseen,
    )


def cell(row: Row, lan: str, home: str) -> CellView:
    return CellView(
        key_of(row),
        printable(row.service),
        row.port,
        ports_of(row),
        row.state,
        printable(row.holder),
        row.since,
        row.connections or 0,
        row.url,
        printable(row.misplaced),
        "" if row.scope == LOCAL_SCOPE else printable(row.scope),
        reach_url(row, lan),
        here(row, home),
    )


def reach_url(row: Row, lan: str) -> str:
    if row.state != "running" or not row.address or not row.url.startswith("http"):
        return ""
    reach = reach_of(row.address)
    if reach == "loopback" or (reach == "wildcard" and not lan):
        return ""
    scheme, host = row.url.partition("://")[0], lan if reach == "wildcard" else row.address
    return f"{scheme}://{at(host, row.port)}"


def key_of(row: Row) -> str:
    return slug("service", row.checkout, row.instance, row.service, row.scope)


@lru_cache(maxsize=20_000)
def slug(kind: str, *words: str) -> str:
    """Return a name for an element and a link: letters and digits, the same for the same words."""
    return f"{kind}-{_digest(words)}"


def _digest(words: Iterable[str]) -> str:
    text = "\0".join(words).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=6).hexdigest()


def ports_of(row: Row) -> str:
    """Return "3000", "3000-3003", with "/udp" where no TCP is meant."""
    first, last = row.ports[0], row.ports[-1]
    number = str(first) if first == last else f"{first}-{last}"
    return number if "tcp" in row.protocols else f"{number}/{row.protocols[0]}"


def _gone(rows: tuple[Row, ...], home: str) -> Iterable[AttentionItem]:
    """Name each checkout whose folder is gone, once."""
    counted: dict[Seat, int] = {}
    for row in rows:
        if row.gone:
            seat = (row.checkout, row.instance)
            counted[seat] = counted.get(seat, 0) + 1
    for seat, count in counted.items():
        leases = "1 lease is" if count == 1 else f"{count} leases are"
        text = f"{home_short(seat[0], home)}: the folder is gone; {leases} left"
        yield AttentionItem(slug("checkout", *seat), "gone", printable(text), ("portman gc",))


def _attention(row: Row, home: str) -> AttentionItem:
    whose = f" by {row.holder}" if row.holder and row.state == "taken" else ""
    reason = _REASONS.get(row.state, f"is {row.state}{whose}").format(whose=whose)
    text = f"{row.service} of {home_short(row.checkout, home)}: port {ports_of(row)} {reason}"
    return AttentionItem(key_of(row), row.state, printable(text), commands_for(row, home))


def _misplaced(rows: tuple[Row, ...], home: str) -> Iterable[AttentionItem]:
    """Name each program on a wrong port once, whichever service it may be."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        if row.misplaced:
            groups.setdefault((row.checkout, row.instance, row.misplaced), []).append(row)
    for (checkout, _, said), group in groups.items():
        where, one = home_short(checkout, home), group[0]
        if len(group) == 1:
            text = f"{one.service} of {where}: {said}, its port is {ports_of(one)}"
        else:
            text = f"{where}: {said}, which is not a port of this checkout"
        yield AttentionItem(
            key_of(one), "misplaced", printable(text), (f"{here(one, home)} check",)
        )


_REASONS = {
    "taken": "is taken{whose}",
    "lingering": "has closed connections that block some servers for a minute",
    "claimed": "is reserved by a stopped container",
    "excluded": "is kept back by the system",
    "privileged": "needs rights that you do not have",
}


def commands_for(row: Row, home: str) -> tuple[str, ...]:
    """Return what can be typed about a port that is in the way; the first one ends nothing."""
    first = f"portman who {row.port}"
    if row.state != "taken":
        return (f"portman explain {row.port}",)
    return first, f"{here(row, home)} up --reassign {word(row.service)}"


def here(row: Row, home: str) -> str:
    """Return how a command about the checkout of a row begins."""
    instance = f" --instance {word(row.instance)}" if row.instance else ""
    return f"portman -C {folder(row.checkout, home)}{instance}"


def shown_state(state: str, misplaced: str) -> str:
    return "misplaced" if misplaced and state in ("idle", "reserved") else state


def short_path(path: str, home: str) -> str:
    return printable(home_short(path, home))


def folder(path: str, home: str) -> str:
    """Return a folder as it can be typed: with ~ where a shell takes that, or quoted."""
    short = home_short(path, home)
    plain = sys.platform != "win32" and short.startswith("~/") and word(short[1:]) == short[1:]
    return short if plain else word(path)


class MachineView(NamedTuple):
    """A member of the shared ledger: who leases from it there, and what."""

    name: str
    users: str
    spaces: str
    ports: int
    rows: tuple[tuple[str, str, str], ...]


def machines(team: Iterable[Mapping[str, Any]]) -> tuple[MachineView, ...]:
    """Group what `portman list --team` says of all members by machine."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in team:
        groups.setdefault(one["machine"], []).append(one)
    return tuple(
        MachineView(
            printable(name),
            _joined(one["user"] for one in group),
            _joined(one["space"] for one in group),
            sum(len(service["ports"]) for one in group for service in one["services"]),
            tuple(
                (
                    printable(one["project"]),
                    printable(f"{one['checkout']} {one['instance']}".rstrip()),
                    printable(", ".join(f"{s['name']} {s['port']}" for s in one["services"])),
                )
                for one in group
            ),
        )
        for name, group in groups.items()
    )


def _joined(words: Iterable[str]) -> str:
    return printable(", ".join(dict.fromkeys(words)))


def version(page: PageView) -> str:
    """Return a name for exactly this page, by which a tab knows whether it has it."""
    return f"v-{_digest([repr(page)])}"


def changed(before: PageView, after: PageView) -> dict[str, Any] | None:
    """Return the cells that differ, by key; None if anything else does, so that all is sent."""
    if _shape(before) != _shape(after):
        return None
    old = {one.key: one for one in before.cells()}
    return {one.key: one for one in after.cells() if old[one.key] != one}


def _shape(page: PageView) -> object:
    return [
        (
            project.key,
            project.columns,
            [[bool(one) and one.key for one in row.cells if one] for row in project.rows],
        )
        for project in page.projects
    ]
