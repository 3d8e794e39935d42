"""`list`, `gc`, `where`, `repair`: the whole machine's leases, and where they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.cli.show.ports import ports_text
from portman.cli.tables import Cell, table
from portman.core.wording import home_short, printable

if TYPE_CHECKING:
    from portman.cli.style import Style


def leases(data: dict[str, Any], style: Style) -> list[str]:
    """Show every checkout with its services."""
    lines: list[str] = []
    for checkout in data["checkouts"]:
        lines.append(_title(checkout, style))
        rows = [
            (Cell("  " + printable(one["name"]), "bold"), Cell(ports_text(one)))
            for one in checkout["services"]
        ]
        lines.extend(table(rows, style))
    return lines or ["no leases on this machine yet"]


def gc(data: dict[str, Any], style: Style) -> list[str]:
    """Show which vanished checkouts gave back what."""
    verb = "would give back" if data["dry_run"] else "gave back"
    return [
        f"{verb} {len(one['ports'])} ports of {printable(one['checkout'])}"
        for one in data["checkouts"]
    ] or ["no checkout has vanished: nothing to give back"]


def where(data: dict[str, Any], style: Style) -> list[str]:
    """Show every place and range as a small table."""
    rows = [
        (Cell(name.replace("_", " "), "dim"), Cell(printable(_text(value))))
        for name, value in data.items()
        if value not in (None, "")
    ]
    return table(rows, style)


def repair(data: dict[str, Any], style: Style) -> list[str]:
    """Show what was saved of a damaged ledger, and where the old file is."""
    place = printable(data["path"])
    if data["healthy"]:
        return [f"the ledger is whole: {place} ({data['leases']} leases)"]
    lines = [
        f"the ledger was damaged: {printable(data['trouble'])}",
        f"moved aside: {printable(', '.join(data['moved_to']))}",
        f"saved {data['leases']} leases of {data['checkouts']} checkouts into {place}",
    ]
    if data["lost"]:
        lines.append(f"{data['lost']} leases could not be read")
    return [*lines, style.paint("dim", "portman up in a checkout heals it from its own env file")]


def _title(checkout: dict[str, Any], style: Style) -> str:
    from portman.operations.trouble import home

    kind = f" instance {checkout['instance']}" if checkout["instance"] else ""
    place = printable(home_short(checkout["checkout"], home()))
    gone = style.paint("yellow", "  (folder is gone)") if checkout["gone"] else ""
    name = style.paint("bold", printable(checkout["project"]))
    return f"{name}  {style.paint('dim', place + kind)}{gone}"


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
