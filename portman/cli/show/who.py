"""`who`: one block for everybody on the port, from the socket to what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.address import at
from portman.base.text import ago, home_short, printable
from portman.cli.render import field

if TYPE_CHECKING:
    from portman.cli.render import Style

REACH = {
    "loopback": "this machine only",
    "wildcard": "every interface",
    "private": "the local network",
    "link-local": "the local network segment",
    "shared": "the provider's or VPN's network",
    "multicast": "a multicast group",
    "public": "the internet, if nothing filters",
}
DOES = {"listen": "listens on", "bound": "has bound", "connection": "is connected from"}


def who(data: dict[str, Any], style: Style) -> list[str]:
    """Show everybody; nothing if nobody is there (the error says so)."""
    blocks = [occupant_lines(one, style) for one in data["occupants"]]
    lines: list[str] = []
    for block in blocks:
        lines += ([""] if lines else []) + block
    if blocks and any(one["role"] in ("listen", "bound") for one in data["occupants"]):
        asked = data["service"] or str(data["ports"][0])
        lines += ["", style.paint("dim", f"stop it: portman free {asked}")]
    return lines


def occupant_lines(one: dict[str, Any], style: Style) -> list[str]:
    """Return the block of one occupant: a title and its fields."""
    lines = [_title(one, style)]
    lines += field("address", [_socket(socket) for socket in one["sockets"]], style)
    lines += field("in use", _in_use(one), style)
    lines += field("container", _container(one["container"]), style)
    if one["forwarder"] and one["pid"]:
        lines += field("forwarder", [_forwarder(one)], style)
    elif one["pid"]:
        lines += _process(one, style)
    lines += field("unit", [printable(one["unit"])] if one["unit"] else [], style)
    lines += _folder(one["folder"], style)
    lines += _expected(one, style)
    lines += field("own port", _instead(one), style, colour="yellow")
    return lines


def _title(one: dict[str, Any], style: Style) -> str:
    ports = sorted({socket["port"] for socket in one["sockets"]})
    udp = all(socket["protocol"] == "udp" for socket in one["sockets"])
    numbers = ", ".join(str(port) for port in ports) + ("/udp" if udp else "")
    return f"{style.paint('bold', name_of(one))} {DOES[one['role']]} {numbers}"


def name_of(one: dict[str, Any]) -> str:
    """Return whom to name: a container before the forwarder that has its port."""
    if one["container"]:
        return printable(f"container {one['container']['name']}")
    if one["pid"]:
        return printable(f"{one['name'] or 'a process'} (pid {one['pid']})")
    if one["user"]:
        return printable(f"a process of user {one['user']}")
    return "a process that is not shown"


def _socket(socket: dict[str, Any]) -> str:
    place = f"{socket['protocol']} {at(socket['address'], socket['port'])}"
    if socket["peer"]:
        place += f" -> {at(socket['peer']['address'], socket['peer']['port'])}"
        told = socket["state"]
    else:
        told = REACH.get(socket["reach"], "this address")
        if socket["role"] == "bound":
            told = "bound, not listening"
        elif socket["address"] == "::":
            told += ", IPv6 only" if socket["v6only"] else ", IPv4 too"
    space = f" ({socket['namespace']})" if socket["namespace"] else ""
    return f"{place:<28}  {told}{space}"


def _in_use(one: dict[str, Any]) -> list[str]:
    count = one["connections"]
    told = [f"{count} connection{'' if count == 1 else 's'} now"] if count else []
    return told + [
        f"{socket['waiting']} of at most {socket['backlog']} connections wait to be accepted"
        for socket in one["sockets"]
        if socket["waiting"]
    ]


def _process(one: dict[str, Any], style: Style) -> list[str]:
    lines = field("process", [printable(one["command"])], style)
    started = f"{_when(one['started_at'])}, " if one["started_at"] else ""
    lines += field("started", [f"{started}by {printable(str(one['user']))}"], style)
    if one["stopped"]:
        told = "suspended (Ctrl-Z): it answers nobody until it is continued"
        lines += field("state", [told], style, colour="yellow")
    chain = [printable(f"{parent['name']} ({parent['pid']})") for parent in one["parents"]]
    lines += field("parents", [" < ".join(chain)] if chain else [], style)
    others = [printable(f"{other['name']} ({other['pid']})") for other in one["sharing"]]
    lines += field("shared with", [", ".join(others)] if others else [], style)
    return lines


def _when(moment: float) -> str:
    import time

    then = time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
    return f"{ago(time.time() - moment)} ({then})"


def _forwarder(one: dict[str, Any]) -> str:
    told = f"{one['name']} (pid {one['pid']}) is {one['forwarder']['text']}"
    behind = "" if one["container"] else "; what is behind it could not be asked"
    return printable(told + behind)


def _container(container: dict[str, Any] | None) -> list[str]:
    if container is None:
        return []
    told = [printable(f"{container['name']} ({container['image']}), {container['state']}")]
    if container["project"]:
        service = container["compose_service"]
        of = f"{service} of " if service else ""
        told.append(printable(f"{of}Compose project {container['project']}"))
    if container["folder"]:
        told.append(short(container["folder"]))
    return told


def _folder(folder: dict[str, Any] | None, style: Style) -> list[str]:
    if folder is None:
        return []
    gone = "  (deleted since)" if folder["gone"] else ""
    lines = field("folder", [short(folder["path"]) + gone], style)
    if folder["worktree"]:
        branch = f", branch {printable(folder['branch'])}" if folder["branch"] else ""
        linked = ", a linked worktree" if folder["linked"] else ""
        lines += field("git", [short(folder["worktree"]) + branch + linked], style)
    if folder["checkout"]:
        lines += field("checkout", [short(folder["checkout"])], style)
    return lines


def _instead(one: dict[str, Any]) -> list[str]:
    """Say which ports its checkout has for it, if it uses none of them."""
    if not one["instead"]:
        return []
    ports = [f"{lease['service']} {lease['port']}" for lease in one["instead"][:4]]
    return [printable(f"not used: its checkout has {', '.join(ports)}")]


def _expected(one: dict[str, Any], style: Style) -> list[str]:
    expected = one["expected"]
    if expected is None:
        if one["role"] == "connection":
            return []
        return field("expected", ["no checkout has a lease on this port"], style, colour="dim")
    instance = f" (instance {expected['instance']})" if expected["instance"] else ""
    whose = f"{expected['service']} of {short(expected['checkout'])}{instance}"
    if expected["ours"]:
        return field("expected", [f"yes: {whose}"], style, colour="green")
    return field("expected", [f"no: the port is leased to {whose}"], style, colour="red")


def short(path: str) -> str:
    """Return a path as a person reads it."""
    from portman.holders.messages import home

    return printable(home_short(path, home()))
