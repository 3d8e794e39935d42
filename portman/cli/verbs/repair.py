"""`portman repair`: what was wrong with the ledger, and what could be saved."""

from __future__ import annotations

from portman.base.text import printable
from portman.cli.parameters import Verb
from portman.ledger.repair import repair_report

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data, Style


def view(data: Data, style: Style) -> list[str]:
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


VERBS = {
    "repair": Verb(
        lambda _options: repair_report(),
        view,
        """
        The damaged file is kept. `portman up` restores a checkout's lost leases from its env
        files. A ledger without damage is not changed.

        Example: portman repair
        """,
        without=("directory", "instance"),
    ),
}
