"""`portman who`: one block for each program on the port, from the socket to the lease.

`portman explain`: the answer, then a short lesson on one address in four parts.
"""

from __future__ import annotations

from portman import commands
from portman.base.address import at
from portman.base.hints import Hint, hint_lines
from portman.base.text import ago, counted, printable
from portman.cli.parameters import PID, TARGET, Verb, flag
from portman.cli.render import Cell, Style, field, paragraph, short_path, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.base.errors import Report
    from portman.cli import OutputOptions
    from portman.cli.render import Data


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


def view(data: Data, style: Style) -> list[str]:
    if data["asked"] is None:
        return _listing(data, style)
    blocks = [
        _holder(one, style) + _leased(one, data["leases"], style) for one in data["occupants"]
    ]
    lines: list[str] = []
    for block in blocks:
        lines += ([""] if lines else []) + block
    commands = dict.fromkeys(word for one in data["occupants"] for word in _stop(one))
    return lines + ([""] if commands else []) + [style.paint("dim", one) for one in commands]


def _stop(one: Data) -> list[str]:
    """Return the command that ends a stranger; never one for a server that belongs there."""
    expected = one["expected"]
    if one["role"] not in ("listen", "bound") or (expected and expected["ours"]):
        return []
    if one["pid"] is None and one["unit"] is None and one["container"] is None:
        return []  # `free` would not know what to end either
    socket = next(each for each in one["sockets"] if each["role"] in ("listen", "bound"))
    flag = " --udp" if socket["protocol"] == "udp" else ""
    return [f"stop it: portman free {at(socket['address'], socket['port'])}{flag}"]


def _holder(one: Data, style: Style) -> list[str]:
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


def _leased(one: Data, leases: list[Data], style: Style) -> list[str]:
    """Say when the port's lease began, and by whom, beside what runs there."""
    expected = one["expected"]
    said = [
        f"{lease['granted']['text']}"
        for lease in leases
        if expected
        and lease["granted"]
        and (lease["checkout"], lease["instance"], lease["service"])
        == (expected["checkout"], expected["instance"], expected["service"])
    ]
    return field("leased", [printable(text) for text in said[:1]], style)


def _title(one: Data, style: Style) -> str:
    ports = sorted({socket["port"] for socket in one["sockets"]})
    udp = all(socket["protocol"] == "udp" for socket in one["sockets"])
    numbers = ", ".join(str(port) for port in ports) + ("/udp" if udp else "")
    return f"{style.paint('bold', _name(one))} {DOES[one['role']]} {numbers}"


def _name(one: Data) -> str:
    if one["container"]:
        return printable(f"container {one['container']['name']}")
    if one["pid"]:
        return printable(f"{one['name'] or 'a process'} (pid {one['pid']})")
    if one["user"]:
        return printable(f"a process of user {one['user']}")
    return "a process that is not shown"


def _socket(socket: Data) -> str:
    place = f"{socket['protocol']} {at(socket['address'], socket['port'])}"
    if socket["peer"]:
        place += f" -> {at(socket['peer']['address'], socket['peer']['port'])}"
        reach = socket["state"]
    else:
        reach = REACH.get(socket["reach"], "this address")
        if socket["role"] == "bound":
            reach = "bound, not listening"
        elif socket["address"] == "::":
            reach += ", IPv6 only" if socket["v6only"] else ", IPv4 too"
    space = f" ({socket['namespace']})" if socket["namespace"] else ""
    return f"{place:<28}  {reach}{space}"


def _in_use(one: Data) -> list[str]:
    count = one["connections"]
    now = [f"{counted(count, 'connection')} now"] if count else []
    return now + [
        f"{socket['waiting']} of at most {socket['backlog']} connections wait to be accepted"
        for socket in one["sockets"]
        if socket["waiting"]
    ]


def _process(one: Data, style: Style) -> list[str]:
    lines = field("process", [printable(one["command"])], style)
    started = f"{_when(one['started_at'])}, " if one["started_at"] else ""
    lines += field("started", [f"{started}by {printable(str(one['user']))}"], style)
    if one["stopped"]:
        state = "suspended (Ctrl-Z): it answers no client until it is continued"
        lines += field("state", [state], style, colour="yellow")
    chain = [printable(f"{parent['name']} ({parent['pid']})") for parent in one["parents"]]
    lines += field("parents", [" < ".join(chain)] if chain else [], style)
    others = [printable(f"{other['name']} ({other['pid']})") for other in one["sharing"]]
    lines += field("shared with", [", ".join(others)] if others else [], style)
    return lines


def _when(moment: float) -> str:
    import time

    then = time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
    return f"{ago(time.time() - moment)} ({then})"


def _forwarder(one: Data) -> str:
    text = f"{one['name']} (pid {one['pid']}) is {one['forwarder']['text']}"
    unknown = "" if one["container"] else "; its engine did not tell which container it serves"
    return printable(text + unknown)


def _container(container: Data | None) -> list[str]:
    if container is None:
        return []
    lines = [printable(f"{container['name']} ({container['image']}), {container['state']}")]
    if container["project"]:
        service = container["compose_service"]
        of = f"{service} of " if service else ""
        lines.append(printable(f"{of}Compose project {container['project']}"))
    if container["folder"]:
        lines.append(short_path(container["folder"]))
    return lines


def _folder(folder: Data | None, style: Style) -> list[str]:
    if folder is None:
        return []
    gone = "  (deleted since)" if folder["gone"] else ""
    lines = field("folder", [short_path(folder["path"]) + gone], style)
    if folder["worktree"]:
        branch = f", branch {printable(folder['branch'])}" if folder["branch"] else ""
        linked = ", a linked worktree" if folder["linked"] else ""
        lines += field("git", [short_path(folder["worktree"]) + branch + linked], style)
    if folder["checkout"]:
        lines += field("checkout", [short_path(folder["checkout"])], style)
    return lines


def _instead(one: Data) -> list[str]:
    """Name the ports its checkout has for it, if it uses none of them."""
    if not one["instead"]:
        return []
    ports = [f"{lease['service']} {lease['port']}" for lease in one["instead"][:4]]
    more = [f"{len(one['instead']) - 4} more"] if len(one["instead"]) > 4 else []
    return [printable(f"not used: its checkout has {', '.join(ports + more)}")]


def _expected(one: Data, style: Style) -> list[str]:
    expected = one["expected"]
    if expected is None:
        if one["role"] == "connection":
            return []
        return field("expected", ["no checkout has a lease on this port"], style, colour="dim")
    instance = f" (instance {expected['instance']})" if expected["instance"] else ""
    whose = f"{expected['service']} of {short_path(expected['checkout'])}{instance}"
    if expected["ours"]:
        return field("expected", [f"yes: {whose}"], style, colour="green")
    return field("expected", [f"no: the port is leased to {whose}"], style, colour="red")


def _listing(data: Data, style: Style) -> list[str]:
    """Return one line for each program, under the checkout that it belongs to; this one first."""
    if not data["occupants"]:
        return ["no program of yours listens on a TCP port"]
    grouped: dict[str, list[Data]] = {}
    for one in data["occupants"]:
        grouped.setdefault(_home_of(one), []).append(one)
    first = [path for path in (data["checkout"],) if path in grouped]
    order = [*first, *sorted(path for path in grouped if path and path not in first), ""]
    rows = {id(one): _row(one, path) for path, group in grouped.items() for one in group}
    lined = dict(zip(rows, table(list(rows.values()), style), strict=True))
    lines: list[str] = []
    for path in order:
        if path in grouped:
            title = short_path(path) if path else "no checkout"
            lines.append(style.paint("bold" if path else "dim", title))
            lines += [lined[id(one)] for one in grouped[path]]
    return lines


def _home_of(one: Data) -> str:
    expected, folder = one["expected"], one["folder"]
    if expected and expected["ours"]:
        return str(expected["checkout"])
    return str((folder and folder["checkout"]) or "")


def _row(one: Data, path: str) -> tuple[Cell, ...]:
    ports = ", ".join(str(port) for port in sorted({each["port"] for each in one["sockets"]}))
    expected, folder = one["expected"], one["folder"]
    colour, word = "dim", ""
    if expected and expected["ours"]:
        colour, word = "green", expected["service"]
    elif expected:
        colour, word = (
            "red",
            f"leased to {expected['service']} of {short_path(expected['checkout'])}",
        )
    elif path:
        colour, word = "yellow", "not a port of this checkout"
    inside = folder["path"] if folder else ""
    return (
        Cell("  " + ports, "bold"),
        Cell(printable(_name(one))),
        Cell(printable(word), colour),
        Cell("" if inside in ("", path) else short_path(inside), "dim"),
    )


def _who(
    options: OutputOptions,
    asked: tuple[str, ...],
    *,
    pid: int | None,
    udp: bool,
    all_namespaces: bool,
) -> Report:
    if not asked:
        return commands.who.who_all(options.start, pid)
    return commands.who.who(
        options.start,
        " ".join(asked),
        instance=options.instance,
        udp=udp,
        everywhere=all_namespaces,
    )


TITLES = {
    "answer": "",
    "address": "The address",
    "number": "The number",
    "now": "Right now",
    "trouble": "Possible problems",
}
COLOURS = {"plain": "", "good": "green", "warn": "yellow", "bad": "red"}
MARKS = {"plain": " ", "good": " ", "warn": "!", "bad": "!"}


def view_explanation(data: Data, style: Style) -> list[str]:
    lines = [style.paint("bold", printable(_asked(data)))]
    # Of a service it matters first whether it runs; of a number, what it is.
    order = ("answer", "now", "trouble", "address", "number") if data["service"] else TITLES
    for topic, title in ((topic, TITLES[topic]) for topic in order):
        found = [one for one in data["findings"] if one["topic"] == topic]
        if not found:
            continue
        lines += ["", style.paint("bold", title)] if title else []
        for one in found:
            lines += _finding(one, style)
    return lines


def _asked(data: Data) -> str:
    if data["service"]:
        return f"{data['service']}: port {data['port']}"
    if data["port"] is not None and str(data["port"]) not in data["asked"]:
        return f"{data['asked']}: port {data['port']}"
    return str(data["asked"])


def _finding(one: Data, style: Style) -> list[str]:
    text, *rest = paragraph(one["text"], style)
    mark = MARKS[one["level"]]
    head = style.paint(COLOURS[one["level"]], mark) + text[1:]
    lines = [head, *rest]
    steps = hint_lines([Hint(each["label"], each["command"] or "") for each in one["hints"]])
    return lines + [style.paint("cyan", f"    -> {printable(step)}") for step in steps]


VERBS = {
    "who": Verb(
        _who,
        view,
        """
        Names the process or container, unit, folder, checkout and service. Without a port:
        every listener of yours on this machine, by checkout. Exit 1 if nothing has the port.

        Example: portman who 3000
        """,
        asked=TARGET,
        pid=PID,
        udp=flag(("--udp",), help="UDP only."),
        all_namespaces=flag(
            ("--all-namespaces",), help="Search other network namespaces too (Linux)."
        ),
    ),
    "explain": Verb(
        lambda options, asked, udp, pid: commands.explain.explain(
            options.start, " ".join(asked), instance=options.instance, udp=udp, pid=pid
        ),
        view_explanation,
        """
        Explains the address, the number, what has the port now, and possible problems with
        the commands that help.

        Example: portman explain 127.0.0.1:62893
        """,
        asked=TARGET,
        pid=PID,
        udp=flag(("--udp",), help="UDP only."),
    ),
}
