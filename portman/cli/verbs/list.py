"""`portman list`: every checkout with its services, and what is left of the pool."""

from __future__ import annotations

import time

from portman.base.errors import Report
from portman.base.text import ago, printable, span
from portman.cli import OutputOptions
from portman.cli.parameters import Parameter, Verb, flag
from portman.cli.render import VERDICT_COLOURS, Cell, Style, ports_text, short_path, table
from portman.commands.list import Choice, here, list_leases, team_leases

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data

#: What a prompt shows behind a port: a server that is this service's own, and one that is not.
MARKS = {"running": ("*", "green"), "taken": ("!", "red"), "claimed": ("!", "red")}


def view(data: Data, style: Style) -> list[str]:
    if "team" in data:
        return _team(data, style)
    if data.get("line"):
        return [" ".join(_short(one, style) for one in data["services"])]
    if not data["checkouts"]:
        return [_no_checkouts(data), *_leftovers(data, style)]
    rows = {id(one): _service_row(one) for each in data["checkouts"] for one in each["services"]}
    # One table for all, so that the columns line up from checkout to checkout.
    lined = dict(zip(rows, table(list(rows.values()), style), strict=True))
    lines: list[str] = []
    for checkout in data["checkouts"]:
        lines.append(_title(checkout, style))
        lines += [lined[id(one)] for one in checkout["services"]]
    for pool in data["pool"][:1]:
        left = f"pool {pool['range']}: {pool['left']:,} of {pool['size']:,} ports left"
        lines.append(style.paint("dim", left))
    return [*lines, *_leftovers(data, style)]


def _team(data: Data, style: Style) -> list[str]:
    lines = []
    rows = {
        id(one): (
            Cell("  " + printable(one["name"]), "bold"),
            Cell(ports_text(one)),
            Cell(f"until {time.strftime('%d %b %H:%M', time.localtime(one['until']))}", "dim"),
        )
        for each in data["team"]
        for one in each["services"]
    }
    lined = dict(zip(rows, table(list(rows.values()), style), strict=True))
    for each in data["team"]:
        kind = f" instance {each['instance']}" if each["instance"] else ""
        place = printable(f"{each['machine']}:{each['checkout']}{kind}  in {each['space']}")
        lines.append(f"{style.paint('bold', printable(each['project']))}  {place}")
        lines += [lined[id(one)] for one in each["services"]]
    shown = {(each["seat"], each["checkout"], each["instance"]) for each in data["team"]}
    if len(shown) >= data["most"]:
        said = f"the newest {data['most']} checkouts; of one project: portman list --team --project"
        lines.append(style.paint("dim", f"{said} NAME"))
    return lines or ["no member has a lease on the server"]


def _short(one: Data, style: Style) -> str:
    mark, colour = MARKS.get(one["verdict"] or "", ("", ""))
    port = f"{one['port']}{mark}"
    return f"{printable(one['name'])} {style.paint(colour, port) if colour else port}"


def _list(
    options: OutputOptions,
    *,
    project: str | None,
    stale: bool,
    days: int,
    line: bool,
    team: bool,
) -> Report:
    if team:
        return team_leases(project)
    if line:
        return here(options.start, options.instance)
    return list_leases(Choice(project, stale, days), options.start)


def _leftovers(data: Data, style: Style) -> list[str]:
    lines = []
    for one in data["leftovers"]:
        kinds = ((len(one[kind]), kind) for kind in ("containers", "networks", "volumes"))
        counts = ", ".join(f"{n} {k if n > 1 else k[:-1]}" for n, k in kinds if n)
        place = f"{one['project'] or 'no project'}  {short_path(one['folder'])}"
        lines.append(
            style.paint("yellow", f"left by a deleted checkout: {printable(place)}") + f"  {counts}"
        )
        lines += [f"  {printable(command)}" for command in one["commands"]]
    return lines


def _no_checkouts(data: Data) -> str:
    if data["project"] is None and not data["only_stale"]:
        return "no leases on this machine yet"
    of = f" of project {printable(data['project'])}" if data["project"] else ""
    if data["only_stale"]:
        return f"no checkout{of} is gone or was unused for {data['unused_days']} days"
    return f"no leases{of}"


def _service_row(one: Data) -> tuple[Cell, ...]:
    verdict = one["verdict"] or ""
    return (
        Cell("  " + printable(one["name"]), "bold"),
        Cell(ports_text(one)),
        Cell(verdict, VERDICT_COLOURS.get(verdict, "")),
        Cell(_holder(one), "dim"),
    )


def _holder(one: Data) -> str:
    holder = one["holder"]
    if holder is None:
        return ""
    if holder["container"]:
        name = f"container {holder['container']['name']}"
    elif holder["pid"]:
        name = f"{holder['name']} (pid {holder['pid']})"
    else:
        name = f"user {holder['user']}" if holder["user"] else ""
    age = f", up {span(time.time() - one['since'])}" if one["since"] else ""
    return printable(name + age)


def _title(checkout: Data, style: Style) -> str:
    kind = f" instance {checkout['instance']}" if checkout["instance"] else ""
    branch = f" ({printable(checkout['branch'])})" if checkout["branch"] else ""
    why = "its programs have ended" if checkout["ephemeral"] else "folder is gone"
    if checkout["unseen"] and not checkout["gone"]:
        why = "cannot see its folder from here"
    gone = style.paint("yellow", f"  {why}") if checkout["gone"] or checkout["unseen"] else ""
    used = "" if checkout["running"] else f"  used {ago(time.time() - checkout['used_at'])}"
    name = style.paint("bold", printable(checkout["project"]))
    place = short_path(checkout["checkout"]) + branch + kind + used
    return f"{name}  {style.paint('dim', place)}{gone}"


VERBS = {
    "list": Verb(
        _list,
        view,
        """
        Shows for each port what runs there and since when, and for each checkout when it was
        last used. This checkout comes first, then those with something on their ports. --line
        is one line for a prompt: the services of this checkout, * for a server that is its
        own, ! for another program. Outside of a checkout the line is empty.

        Example: portman list --stale
        """,
        line=flag(("--line",), help="Only this checkout, in one line for prompts."),
        team=flag(("--team",), help="What the machines of the ledger server have leased."),
        project=Parameter(("--project",), metavar="NAME", help="Only this project's checkouts."),
        stale=flag(("--stale",), help="Only checkouts that are gone or long unused."),
        days=Parameter(
            ("--days",),
            metavar="N",
            kind=int,
            default=30,
            low=0,
            help="With --stale: unused for N days.",
        ),
    )
}
