"""`portman gc`, `repair` and `where`: what was given back or saved, and each place in use."""

from __future__ import annotations

from portman.base.text import printable
from portman.cli.parameters import Verb, flag
from portman.cli.render import Cell, Style, table
from portman.commands.ledger import gc, where

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Report
    from portman.cli import OutputOptions
    from portman.cli.render import Data


def view_gc(data: Data, _style: Style) -> list[str]:
    verb = "would give back" if data["dry_run"] else "gave back"
    ended = [
        f"{verb} {len(one['ports'])} ports of {printable(one['checkout'])}"
        for one in data["checkouts"]
    ] or ["no checkout has vanished: nothing to give back"]
    kept = [
        f"kept {len(one['ports'])} ports of {printable(one['checkout'])}: cannot see its folder "
        "from here"
        for one in data["unseen"]
    ]
    return [*ended, *kept, *(["end them too: portman gc --unseen"] if kept else [])]


def _repair(_options: OutputOptions) -> Report:
    from portman.ledger.repair import repair_report  # opens SQLite in ways of its own

    return repair_report()


def view_repair(data: Data, style: Style) -> list[str]:
    place = printable(data["path"])
    if data["healthy"]:
        return [f"the ledger is not damaged: {place} ({data['leases']} leases)"]
    lines = [
        f"the ledger was damaged: {printable(data['trouble'])}",
        f"moved aside: {printable(', '.join(data['moved_to']))}",
        f"saved {data['leases']} leases of {data['checkouts']} checkouts into {place}",
    ]
    if data["lost"]:
        lines.append(f"{data['lost']} leases could not be read")
    advice = "portman up in a checkout restores its leases from its own env file"
    return [*lines, style.paint("dim", advice)]


def view_where(data: Data, style: Style) -> list[str]:
    rows = [
        (Cell(name.replace("_", " "), "dim"), Cell(printable(_text(value))))
        for name, value in data.items()
        if value not in (None, "")
    ]
    return table(rows, style)


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


VERBS = {
    "gc": Verb(
        lambda _options, dry_run, unseen: gc(dry_run=dry_run, unseen=unseen),
        view_gc,
        """
        A checkout made again at the same path gets its ports back if they are still free.

        A folder counts as deleted only if its own file system can be seen from here, at the same
        place. One on an unmounted disk, or in a container, keeps its ports.

        Example: portman gc --dry-run
        """,
        without=("directory", "instance"),
        dry_run=flag(("--dry-run", "-n"), help="Print what would be given back."),
        unseen=flag(("--unseen",), help="Also what checkouts have that cannot be seen from here."),
    ),
    "repair": Verb(
        _repair,
        view_repair,
        """
        The damaged file is kept. `portman up` restores a checkout's lost leases from its env
        files. A ledger without damage is not changed.

        Example: portman repair
        """,
        without=("directory", "instance"),
    ),
    "where": Verb(
        lambda options: where(options.start, instance=options.instance),
        view_where,
        """
        Works without a manifest too.

        Example: portman where --json
        """,
    ),
}
