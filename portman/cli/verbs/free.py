"""`portman free`: the plan, then what was stopped."""

from __future__ import annotations

from portman import commands
from portman.base.address import at
from portman.base.errors import Report
from portman.base.text import printable
from portman.cli import OutputOptions
from portman.cli.emit import confirmation
from portman.cli.parameters import PID, UDP, YES, Parameter, Verb, flag, service_names
from portman.cli.render import Style, paragraph
from portman.diagnose.free.plan import FreeOptions

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data

OUTCOMES = {
    "stopped": ("green", "done"),
    "gone": ("green", "it had ended already"),
    "killed": ("yellow", "SIGKILL was needed"),
    "ignored": ("red", "SIGTERM was ignored"),
    "failed": ("red", "failed"),
}


def view(data: Data, style: Style) -> list[str]:
    asked = data.get("asked_on_terminal", False)
    lines = [] if asked or not data["plan"]["steps"] else plan_lines(data, style)
    for step in data["done"]:
        colour, word = OUTCOMES[step["outcome"]]
        lines.append(f"  {style.paint(colour, word)}")
    return lines + _result(data, style)


def plan_lines(data: Data, style: Style) -> list[str]:
    """Return what would be done, and for which sockets. The plan made its texts printable."""
    places = ", ".join(f"{one['protocol']} {_place(one)}" for one in data["targets"])
    lines = [style.paint("bold", f"to free {places}:")]
    for number, step in enumerate(data["plan"]["steps"], 1):
        lines += paragraph(f"{number}. {step['text']}", style)
        for detail in step["details"]:
            lines += paragraph(detail, style, "     ", colour="dim")
        if step["command"]:
            lines.append(style.paint("dim", f"     {printable(' '.join(step['command']))}"))
    if data["force"] and any(step["pids"] for step in data["plan"]["steps"]):
        lines += paragraph(f"then SIGKILL, if it has not ended in {data['timeout']:g} s", style)
    return lines


def _place(socket: Data) -> str:
    return at(socket["address"], socket["port"])


def _result(data: Data, style: Style) -> list[str]:
    place = data["service"] or data["asked"]
    if data["dry_run"] and data["plan"]["steps"]:
        return [style.paint("dim", "nothing was stopped (--dry-run)")]
    if data["state"] in ("idle", "lingering", "reserved"):
        word = "is free now" if data["done"] else "is free already"
        return [style.paint("green", printable(f"{place} {word}"))]
    return []


def _free(
    options: OutputOptions,
    asked: str,
    *,
    dry_run: bool,
    yes: bool,
    force: bool,
    manager: str,
    timeout: float,
    udp: bool,
    pid: int | None,
) -> Report:
    commands.free.require_options(timeout, force=force, manager=manager)
    chosen = FreeOptions(
        udp=udp, dry_run=dry_run, force=force, timeout=timeout, manager=manager, pid=pid
    )
    confirm = None if yes else confirmation(options, plan_lines)
    return commands.free.free(
        options.start,
        asked,
        instance=options.instance,
        options=chosen,
        confirm=confirm,
    )


VERBS = {
    "free": Verb(
        _free,
        view,
        """
        Shows the plan, asks, stops the program, and checks that the port is free. Stops a
        container through its engine, a systemd unit through systemctl; never portman's own
        parents or another user's program, nor a manager or forwarder (pm2, docker-proxy,
        sshd, ...) that --force does not name. Exit 0 if the port is free in the
        end, 1 if not.

        Example: portman free 3000 --dry-run
        """,
        asked=Parameter(
            metavar="[PORT|ADDRESS|NAME]",
            default="",
            help="3000, :::3000, [::1]:3000, a service, or a pasted line in quotes.",
            complete=service_names,
        ),
        dry_run=flag(("--dry-run", "-n"), help="Show the plan; stop nothing."),
        yes=YES,
        manager=Parameter(
            metavar="[MANAGER]",
            default="",
            help="With --force: a manager or forwarder that may get the signal, by name.",
        ),
        force=flag(("--force",), help="SIGKILL what SIGTERM does not stop."),
        timeout=Parameter(
            ("--timeout",),
            metavar="SECONDS",
            kind=float,
            default=5.0,
            help="How long to wait after each signal.",
        ),
        udp=UDP,
        pid=PID,
    )
}
