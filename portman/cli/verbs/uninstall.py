"""`portman uninstall`: what goes, and what is left to do."""

from __future__ import annotations

from portman.base.errors import Report
from portman.base.text import counted, printable
from portman.cli import OutputOptions
from portman.cli.emit import confirmation
from portman.cli.parameters import YES, Verb, flag
from portman.cli.render import Cell, Style, short_path, table
from portman.commands.uninstall import uninstall

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data


def view(data: Data, style: Style) -> list[str]:
    lines = [] if data.get("asked_on_terminal") else plan_lines(data, style)
    if data["dry_run"]:
        return [*lines, style.paint("dim", "nothing was removed (--dry-run)")]
    if not data["done"]:
        return lines
    return [*lines, "removed", f"the program itself: {data['program']}"]


def plan_lines(data: Data, style: Style) -> list[str]:
    rows: list[tuple[str, str]] = []
    for one in data["checkouts"]:
        kind = f" instance {one['instance']}" if one["instance"] else ""
        files = "; its lines in " + ", ".join(one["files"]) if one["files"] else ""
        files = "; the folder is gone" if one["gone"] else files
        said = counted(len(one["ports"]), "port") + files
        rows.append((f"{short_path(one['checkout'])}{kind}", printable(said)))
    rows += [
        (short_path(one["checkout"]), f"what integrate wrote for {one['tool']}")
        for one in data["integrations"]
    ]
    rows += [(short_path(one), "completion") for one in data["completions"]]
    if data["state"]:
        rows.append((short_path(data["state"]), "the ledger, its log, and notes"))
    if not rows:
        return ["portman has nothing on this machine"]
    lines = table([(Cell(f"  {one}", "bold"), Cell(said)) for one, said in rows], style)
    stays = [f"{short_path(one)} stays adopted: portman adopt --undo" for one in data["adopted"]]
    if data["shared"]:
        said = f"the ledger stays: other users have {counted(data['shared'], 'lease')} in it"
        stays.append(f"{said}; your own notes beside it go")
    stays.append("ports.toml files, programs and containers stay")
    return ["to be removed:", *lines, *(style.paint("dim", one) for one in stays)]


def _uninstall(options: OutputOptions, *, dry_run: bool, yes: bool) -> Report:
    confirm = None if yes else confirmation(options, plan_lines)
    return uninstall(dry_run=dry_run, confirm=confirm)


VERBS = {
    "uninstall": Verb(
        _uninstall,
        view,
        """
        Shows what goes and asks: leases, the lines and files that `up` wrote, what integrate
        wrote, completion, the state folder. Exit 1 if something could not be cleaned; then
        the state folder stays, and the command can be repeated.

        Example: portman uninstall --dry-run
        """,
        without=("directory", "instance"),
        dry_run=flag(("--dry-run", "-n"), help="Show what would go; remove nothing."),
        yes=YES,
    )
}
