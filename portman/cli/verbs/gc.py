"""`portman gc`: which vanished checkouts gave back how many ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.text import printable
from portman.cli.parameters import Verb, flag
from portman.commands.gc import gc

if TYPE_CHECKING:
    from portman.cli.render import Style


def view(data: dict[str, Any], _style: Style) -> list[str]:
    verb = "would give back" if data["dry_run"] else "gave back"
    return [
        f"{verb} {len(one['ports'])} ports of {printable(one['checkout'])}"
        for one in data["checkouts"]
    ] or ["no checkout has vanished: nothing to give back"]


VERBS = {
    "gc": Verb(
        lambda _how, dry_run: gc(dry_run=dry_run),
        view,
        """
        A checkout made again at the same path gets its ports back if they are still free.

        Example: portman gc --dry-run
        """,
        without=("directory", "instance"),
        dry_run=flag("--dry-run", "-n", help="Print what would be given back."),
    )
}
