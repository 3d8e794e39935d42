"""`portman ledger`: what was done on the server, or how it is.

`portman repair`: what was wrong with the ledger, and what could be saved.
"""

from __future__ import annotations

import time

from portman.base.text import ago, counted, printable
from portman.cli.parameters import Parameter, Verb
from portman.cli.render import Cell, table
from portman.commands.fleet import ACTIONS, ledger
from portman.ledger.repair import repair_report
from portman.ledger.shared.schema import MEMBERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.cli.render import Data, Style


def view(data: Data, style: Style) -> list[str]:
    return VIEWS[data["action"]](data, style)


def _tables(data: Data, _style: Style) -> list[str]:
    if data["was"] == data["version"]:
        return [f"the tables on {data['server']} have version {data['version']} already"]
    return [
        f"the tables on {data['server']} have version {data['version']} now",
        f'a member is made so: GRANT "{data["members"]}" TO ada',
    ]


def _remembered(data: Data, _style: Style) -> list[str]:
    names = ", ".join(data["names"])
    return [f"kept {names} in {printable(data['file'])}; a shell that sets one goes first"]


def _forgotten(data: Data, _style: Style) -> list[str]:
    return [f"removed {printable(data['file'])}" if data["removed"] else "nothing was kept"]


def _status(data: Data, style: Style) -> list[str]:
    standby = {
        "none": "none: what the server has confirmed is lost with its disk",
        "asynchronous": "the standby is asynchronous: a failover gives ports out twice",
        "off for commits": "synchronous_commit is off: confirmed leases can be lost",
    }
    names = {"leases": "port", "checkouts": "checkout", "seats": "seat", "spaces": "port space"}
    has = {name: counted(data[name], word) for name, word in names.items()}
    rows = [
        ("server", f"{data['server']}, PostgreSQL {data['version']}"),
        ("tables", f"version {data['tables']}, this portman knows {data['knows']}"),
        ("ledger", data["ledger"]),
        ("role", data["role"] + (", read-only, as a standby is" if data["read_only"] else "")),
        ("synchronous", standby.get(data["standby"], data["standby"])),
        ("TLS", "yes" if data["encrypted"] else "no"),
        ("pooler", "PgBouncer or its kind: no --ephemeral" if data["pooled"] else "none"),
        ("clock", f"{data['drift']:+.1f} s from this machine's; it decides what has expired"),
        ("this space", data["space"] or "private (PORTMAN_SPACE is unset)"),
        ("this seat", data["seat"]),
        ("has", "{leases} of {checkouts} on {seats}, in {spaces}".format(**has)),
    ]
    return table([(Cell(name, "dim"), Cell(printable(str(said)))) for name, said in rows], style)


def _members(data: Data, style: Style) -> list[str]:
    rows = [
        (
            Cell(printable(one["label"]), "bold"),
            Cell(printable(one["role"])),
            Cell(one["seat"][:8], "dim"),
            Cell(f"{counted(one['ports'], 'port')} of {counted(one['checkouts'], 'checkout')}"),
            Cell(f"seen {ago(time.time() - one['seen_at'])}", "dim"),
            Cell("this one" if one["seat"].replace("-", "") == data["seat"] else "", "dim"),
        )
        for one in data["members"]
    ]
    return table(rows, style) if rows else ["no state folder has asked this server yet"]


def _gc(data: Data, _style: Style) -> list[str]:
    found = [
        f"{done} {counted(number, thing)} on the server"
        for done, number, thing in (
            ("ended", len(data["ended"]), "port"),
            ("forgot", data["forgotten"], "state folder"),
        )
        if number
    ]
    return found or ["nothing on the server is over"]


def _adopted(data: Data, _style: Style) -> list[str]:
    if not data["checkouts"]:
        return [f"{printable(data['label'])} has no checkout that is not one of this seat too"]
    return [
        *(f"took over {printable(one['checkout'])}" for one in data["checkouts"]),
        "their ports come back with: portman up",
    ]


def _accepted(_data: Data, _style: Style) -> list[str]:
    return ["portman up registers this machine's leases there again"]


VIEWS = {
    "init": _tables,
    "migrate": _tables,
    "remember": _remembered,
    "forget": _forgotten,
    "status": _status,
    "members": _members,
    "gc": _gc,
    "adopt": _adopted,
    "accept": _accepted,
}


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


VERBS = {
    "ledger": Verb(
        lambda _options, action, label, members: ledger(action, label, members=members),
        view,
        """
        PORTMAN_LEDGER names a PostgreSQL that decides the ports of a remote engine, and of this
        machine if PORTMAN_SPACE gives its ports a name. `remember` keeps both for this user.
        Without PORTMAN_LEDGER there is no server and nothing to do here.

        Example: portman ledger status
        """,
        without=("directory", "instance"),
        action=Parameter(
            metavar="ACTION",
            help=", ".join(ACTIONS) + ".",
            complete=lambda _start: list(ACTIONS.items()),
        ),
        label=Parameter(metavar="[LABEL]", default="", help="adopt: whose leases, by label or id."),
        members=Parameter(
            ("--members",), metavar="ROLE", default=MEMBERS, help="init: the role of members."
        ),
    ),
    "repair": Verb(
        lambda _options: repair_report(),
        view_repair,
        """
        The damaged file is kept. `portman up` restores a checkout's lost leases from its env
        files. A ledger without damage is not changed.

        Example: portman repair
        """,
        without=("directory", "instance"),
    ),
}
