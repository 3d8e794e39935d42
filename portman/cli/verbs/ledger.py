"""`portman gc` and `where`: what was given back, and each place in use."""

from __future__ import annotations

from portman.base.text import printable
from portman.cli.parameters import Verb, flag
from portman.cli.render import Cell, Style, table
from portman.commands.ledger import gc, where

TYPE_CHECKING = False

if TYPE_CHECKING:
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
    "where": Verb(
        lambda options: where(options.start, instance=options.instance),
        view_where,
        """
        Works without a manifest too.

        Example: portman where --json
        """,
    ),
}
