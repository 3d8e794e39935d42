"""`portman up`, `check` and `down`: the services, then the files."""

from __future__ import annotations

from portman import commands
from portman.base.errors import PortmanError, Report
from portman.base.text import counted, printable
from portman.cli.parameters import SERVICES, Parameter, Verb, flag
from portman.cli.render import VERDICT_COLOURS, Cell, Style, outputs, ports_text, table, title

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli import OutputOptions
    from portman.cli.render import Data

#: The verdicts that the one line counts.
SHOWN = ("running", "reserved", "lingering", "taken", "claimed", "excluded", "privileged")


def view(data: Data, style: Style) -> list[str]:
    rows = [
        (
            Cell("  " + one["name"], "bold"),
            Cell(_address(one)),
            Cell(one["verdict"] or "", VERDICT_COLOURS.get(one["verdict"] or "", "")),
            Cell(_note(one), "dim"),
        )
        for one in data["services"]
    ]
    if data.get("brief"):
        return [_brief(data)]
    again = data.get("free_again", ())
    home = (
        [style.paint("dim", f"{_listed(again)} free again: portman up --reassign")] if again else []
    )
    left = [
        f"{printable(one['name'])} {ports_text(one)} is not in ports.toml any more; "
        f"give it back: portman down {printable(one['name'])}"
        for one in data.get("dropped", ())
    ]
    return [title(data, style), *table(rows, style), *outputs(data, style), *home, *left]


def _listed(again: list[Data]) -> str:
    names = ", ".join(f"{one['port']} ({printable(one['name'])})" for one in again)
    return f"usual port {names} is" if len(again) == 1 else f"usual ports {names} are"


def _brief(data: Data) -> str:
    """Return the whole answer in one line: "shop: 7 ports, 2 running, 1 taken"."""
    verdicts = [one["verdict"] for one in data["services"]]
    count = counted(len(verdicts), "port")
    states = [f"{verdicts.count(word)} {word}" for word in SHOWN if word in verdicts]
    moved = [
        f"{one['name']} {one['was']} -> {one['port']}" for one in data["services"] if one["was"]
    ]
    changed = [
        f"{one['action']} {one['path']}" for one in data["outputs"] if one["action"] != "unchanged"
    ]
    rest = states or ["nothing in the way"]
    return printable(f"{data['project']}: " + ", ".join([count, *rest, *moved, *changed]))


def _up(
    options: OutputOptions,
    names: tuple[str, ...],
    *,
    reassign: bool,
    was: bool,
    brief: bool,
    budget: int | None,
) -> Report:
    if budget and not options.json:
        raise PortmanError(
            "usage", "--budget goes with --json", hint="portman up --brief --json --budget 2000"
        )
    if reassign and was:
        raise PortmanError("usage", "--was takes back what --reassign did; give one of them")
    if was:
        from portman.commands.take_back import moves_back
    report = commands.up.up(
        options.start,
        instance=options.instance,
        names=names,
        reassign=reassign,
        was=moves_back if was else None,
    )
    if options.json:
        return _within(report, budget) if brief or budget else report
    if brief:
        report.data["brief"] = True
    if report.errors and not brief:
        report = _with_keys(options, report)
    return report if options.quiet else commands.up.shortened(report)


def _within(report: Report, budget: int | None) -> Report:
    from portman.cli.budget import BYTES, brief

    return brief(report, budget or BYTES)


def _with_keys(options: OutputOptions, report: Report) -> Report:
    """Offer keys in place of the hints of a conflict, where a person can press one."""
    from portman.cli.prompt import CONFLICT, can_ask, choices

    offered = choices(report.errors)
    if not offered or not can_ask(options):
        return report
    report.data["keys"] = offered
    errors = (one._replace(hint="") if one.code == CONFLICT else one for one in report.errors)
    return report._replace(errors=tuple(errors))


def _after(options: OutputOptions, report: Report) -> int:
    if "keys" not in report.data:
        return report.exit_code
    from portman.cli.prompt import ask

    return ask(options, report)


def _address(service: Data) -> str:
    plain = service["kind"] == "service" and service["protocols"] == ["tcp"]
    if plain and len(service["ports"]) == 1:
        return str(service["url"])
    return ports_text(service)


def _note(service: Data) -> str:
    if service["was"] is not None:
        return f"was {service['was']}"
    holder = _holder(service["holder"])
    if holder:
        return holder
    if service["verdict"] == "lingering":
        return "closing; free within a minute"
    if service["fixed"]:
        return "fixed"
    has_usual = service["usual"] in (None, service["port"])
    return "" if has_usual else f"usual {service['usual']}"


def _holder(holder: Data | None) -> str:
    if holder is None:
        return ""
    if holder["container"]:
        return printable(f"container {holder['container']['name']}")
    return printable(f"{holder['name']} (pid {holder['pid']})") if holder["pid"] else ""


def view_down(data: Data, style: Style) -> list[str]:
    given = [f"{one['name']} {ports_text(one)}" for one in data["services"]]
    line = f"gave back {', '.join(given)}" if given else "there was no lease to give back"
    return [title(data, style), line, *outputs(data, style)]


VERBS = {
    "up": Verb(
        _up,
        view,
        """
        A service that has a port keeps it, unless --reassign moves it. Exit 1 if another
        checkout or program has one of the ports; on a terminal one key then moves the
        service, shows who has the port, or frees it.

        Example: portman up && make dev
        """,
        after=_after,
        names=SERVICES,
        reassign=flag(
            ("--reassign",),
            help="Move the named services; without names, those in conflict, "
            "and those whose usual port is free.",
        ),
        was=flag(
            ("--was",),
            help="Take back the last move, or the last one of each named service.",
        ),
        brief=flag(("--brief",), help="One line in place of the table; few bytes with --json."),
        budget=Parameter(
            ("--budget",),
            metavar="BYTES",
            kind=int,
            default=None,
            low=450,
            help="With --json: at most so many bytes, errors first; default 1000.",
        ),
    ),
    "check": Verb(
        lambda options, names: commands.up.check(
            options.start, instance=options.instance, names=names
        ),
        view,
        """
        Exit 1 if a service has no port, if another checkout or program has its port, or if
        an env file is stale.

        Example: portman check -q || portman up
        """,
        names=SERVICES,
    ),
    "down": Verb(
        lambda options, names, at: commands.up.down(
            at or options.start, instance=options.instance, names=names
        ),
        view_down,
        """
        Stops no program. The numbers are remembered: the next `up` gets them again if they
        are still free. With names only their ports are given back, also those of services
        that ports.toml no longer has. Without a ports.toml it gives back what the ledger has
        for the folder.

        Example: portman down
        """,
        names=SERVICES,
        at=Parameter(("--at",), metavar="PATH", help="The checkout at PATH, which may be gone."),
    ),
}
