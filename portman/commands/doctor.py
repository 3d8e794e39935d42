"""`portman doctor`: run every check at once, and say how each one stands."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError, Problem, Report
from portman.diagnose.doctor.context import CheckResult, DoctorContext

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[DoctorContext], list[CheckResult]]

#: (module of diagnose/doctor, its function), in the order of the page.
CHECKS = (
    ("shell", "commands"),
    ("manifest", "manifest"),
    ("pool", "pool"),
    ("pool", "leases"),
    ("ledger", "ledger"),
    ("servers", "vanished"),
    ("servers", "servers"),
    ("servers", "exposure"),
    ("network", "localhost"),
    ("loopback", "loopback"),
    ("network", "firewall"),
    ("containers", "docker"),
    ("containers", "compose"),
    ("containers", "publications"),
    ("network", "proxies"),
    ("pool", "wsl"),
    ("shell", "completion"),
)
#: Seconds after which a check that has not answered is given up: a name server that is gone,
#: say. Tools have shorter limits of their own.
PATIENCE = 8.0


def doctor(start: str, *, instance: str = "", only_trouble: bool = False) -> Report:
    """Look at everything that commonly stands between a service and its port.

    Exit 1 if a check fails; a warning alone is 0. `only_trouble` leaves out what is in order.
    """
    around = DoctorContext(start, instance)
    around.prepare()
    findings = run_all(around)
    shown = [one for one in findings if not only_trouble or one.status in ("warn", "fail")]
    failed = [one for one in findings if one.status == "fail"]
    return Report(
        "doctor",
        {
            "checks": [one._asdict() for one in shown],
            "counts": {
                status: sum(one.status == status for one in findings)
                for status in ("ok", "warn", "fail", "skipped")
            },
        },
        errors=tuple(
            Problem("check-failed", f"{one.check}: {one.reason}", one.fix) for one in failed
        ),
    )


def run_all(around: DoctorContext, patience: float = PATIENCE) -> list[CheckResult]:
    """Run the checks side by side (most of them wait for a tool); keep the order of the page.

    Each has a thread that nobody waits for in the end: a name server that is gone may hold one
    for half a minute.
    """
    from threading import Thread
    from time import monotonic

    found: dict[int, list[CheckResult]] = {}

    def run(number: int, file: str, name: str) -> None:
        found[number] = run_one(file, name, around)

    threads = [
        Thread(target=run, args=(number, *check), name=f"doctor-{check[1]}", daemon=True)
        for number, check in enumerate(CHECKS)
    ]
    for thread in threads:
        thread.start()
    until = monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
    late = f"no answer within {patience:g} s"
    return [
        finding
        for number, (_, name) in enumerate(CHECKS)
        for finding in found.get(number, [CheckResult(name, "skipped", late)])
    ]


def run_one(file: str, name: str, around: DoctorContext) -> list[CheckResult]:
    """Run one check. One that breaks is a failed line, and the others go on."""
    check: Check = getattr(import_module(f"portman.diagnose.doctor.{file}"), name)
    try:
        return check(around)
    except PortmanError as error:
        return [CheckResult(name, "fail", error.problems[0].message, error.hint)]
    except Exception as error:  # noqa: BLE001 - one broken check must not hide the rest
        reason = f"the check itself broke: {type(error).__name__}: {error}; a bug in portman"
        return [CheckResult(name, "fail", reason, "portman doctor --json, and report it")]
