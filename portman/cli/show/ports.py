"""`up`, `check`, `down`: one table of services, then the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.text import home_short, printable
from portman.cli.render import Cell, table

if TYPE_CHECKING:
    from portman.cli.render import Style

COLOURS = {
    "idle": "green",
    "running": "cyan",
    "reserved": "cyan",
    "lingering": "yellow",
    "taken": "red",
    "claimed": "red",
    "excluded": "red",
    "privileged": "red",
}


def up(data: dict[str, Any], style: Style) -> list[str]:
    """Show services with their state, then what became of the outputs."""
    return [*title(data, style), *_services(data, style), *_outputs(data, style)]


def check(data: dict[str, Any], style: Style) -> list[str]:
    """Show the same table as `up`; outputs only if stale."""
    return [*title(data, style), *_services(data, style), *_outputs(data, style)]


def down(data: dict[str, Any], style: Style) -> list[str]:
    """Show what was given back."""
    given = [f"{one['name']} {ports_text(one)}" for one in data["services"]]
    told = f"gave back {', '.join(given)}" if given else "there was no lease to give back"
    return [*title(data, style), told, *_outputs(data, style)]


def title(data: dict[str, Any], style: Style) -> list[str]:
    """Return the line that says whose ports these are."""
    from portman.holders.messages import home

    kind = f"instance {data['instance']}" if data["instance"] else ""
    kind = kind or ("primary checkout" if data["primary"] else "checkout")
    place = printable(home_short(data["checkout"], home()))
    name = style.paint("bold", printable(data["project"]))
    return [f"{name}  {style.paint('dim', f'{kind} {place}')}"]


def ports_text(service: dict[str, Any]) -> str:
    """Return "61234", "61234-61237", with "/udp" or "/tcp+udp" where it is not plain TCP."""
    ports = service["ports"]
    text = str(ports[0]) if len(ports) == 1 else f"{ports[0]}-{ports[-1]}"
    protocols = "+".join(service["protocols"])
    return text if protocols == "tcp" else f"{text}/{protocols}"


def _services(data: dict[str, Any], style: Style) -> list[str]:
    rows = [
        (
            Cell("  " + one["name"], "bold"),
            Cell(_address(one)),
            Cell(one["verdict"] or "", COLOURS.get(one["verdict"] or "", "")),
            Cell(_note(one), "dim"),
        )
        for one in data["services"]
    ]
    return table(rows, style)


def _address(service: dict[str, Any]) -> str:
    plain = service["kind"] == "service" and service["protocols"] == ["tcp"]
    if plain and len(service["ports"]) == 1:
        return str(service["url"])
    return ports_text(service)


def _note(service: dict[str, Any]) -> str:
    if service["was"] is not None:
        return f"was {service['was']}"
    held_by = _holder(service["holder"])
    if held_by:
        return held_by
    if service["verdict"] == "lingering":
        return "closing; free within a minute"
    if service["fixed"]:
        return "fixed"
    at_home = service["usual"] in (None, service["port"])
    return "" if at_home else f"usual {service['usual']}"


def _holder(holder: dict[str, Any] | None) -> str:
    if holder is None:
        return ""
    if holder["container"]:
        return printable(f"container {holder['container']['name']}")
    return printable(f"{holder['name']} (pid {holder['pid']})") if holder["pid"] else ""


def _outputs(data: dict[str, Any], style: Style) -> list[str]:
    by_action: dict[str, list[str]] = {}
    for one in data["outputs"]:
        by_action.setdefault(one["action"], []).append(printable(one["path"]))
    return [
        style.paint("dim", f"{action} {', '.join(paths)}")
        for action, paths in by_action.items()
        if action != "unchanged" or len(by_action) == 1
    ]
