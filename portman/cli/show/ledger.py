"""`list`, `gc`, `where`, `repair`: the whole machine's leases, and where they are kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from portman.base.text import ago, home_short, printable, span
from portman.cli.render import Cell, table
from portman.cli.show.ports import COLOURS, ports_text

if TYPE_CHECKING:
    from portman.cli.render import Style


def leases(data: dict[str, Any], style: Style) -> list[str]:
    """Show every checkout with its services, and what is left of the pool."""
    if not data["checkouts"]:
        return [_no_checkouts(data)]
    rows = {id(one): _service_row(one) for each in data["checkouts"] for one in each["services"]}
    # One table for all, so that the columns line up from checkout to checkout.
    lined = dict(zip(rows, table(list(rows.values()), style), strict=True))
    lines: list[str] = []
    for checkout in data["checkouts"]:
        lines.append(_title(checkout, style))
        lines += [lined[id(one)] for one in checkout["services"]]
    return [*lines, *_pool(data, style)]


def _no_checkouts(data: dict[str, Any]) -> str:
    if data["project"] is None and not data["only_stale"]:
        return "no leases on this machine yet"
    of = f" of project {printable(data['project'])}" if data["project"] else ""
    if data["only_stale"]:
        return f"no checkout{of} is gone or was unused for {data['unused_days']} days"
    return f"no leases{of}"


def _service_row(one: dict[str, Any]) -> tuple[Cell, ...]:
    verdict = one["verdict"] or ""
    return (
        Cell("  " + printable(one["name"]), "bold"),
        Cell(ports_text(one)),
        Cell(verdict, COLOURS.get(verdict, "") if verdict != "idle" else "dim"),
        Cell(_since(one), "dim"),
    )


def _since(one: dict[str, Any]) -> str:
    holder = one["holder"]
    if holder is None:
        return ""
    if holder["container"]:
        who = f"container {holder['container']['name']}"
    elif holder["pid"]:
        who = f"{holder['name']} (pid {holder['pid']})"
    else:
        who = f"user {holder['user']}" if holder["user"] else ""
    age = f", up {span(time.time() - one['since'])}" if one["since"] else ""
    return printable(who + age)


def _pool(data: dict[str, Any], style: Style) -> list[str]:
    return [
        style.paint("dim", f"pool {one['range']}: {one['left']} of {one['size']} ports left")
        for one in data["pool"][:1]
    ]


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
    from portman.holders.messages import home

    kind = f" instance {checkout['instance']}" if checkout["instance"] else ""
    place = printable(home_short(checkout["checkout"], home()))
    branch = f" ({printable(checkout['branch'])})" if checkout["branch"] else ""
    why = "its programs have ended" if checkout["ephemeral"] else "folder is gone"
    gone = style.paint("yellow", f"  {why}") if checkout["gone"] else ""
    used = "" if checkout["running"] else f"  used {ago(time.time() - checkout['used_at'])}"
    name = style.paint("bold", printable(checkout["project"]))
    return f"{name}  {style.paint('dim', place + branch + kind + used)}{gone}"


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
